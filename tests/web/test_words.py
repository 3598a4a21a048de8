"""Every word of every page is in the catalogue: in the pseudo-language what is translated stands in ⟦brackets⟧, and
nothing else that a person reads is a word, save what people typed. New pages are found by their links."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from cercle.mail.post import PURPOSE
from cercle.mail.server import Problem, Said, Server, Why, keep_server, note
from cercle.store import reminders
from tests.web.browser import Browser, Home, Page
from tests.web.conftest import joined, started

# What people of this story typed, what names itself, and signs that are no words.
TYPED = (
    "Chez nous", "Amina", "Bruno", "Dov", "Emma", "Gouda", "Le Marché", "Cellar", "beurre salé", "for the cake",
    "Who gets the role “Cellar”?",
)  # fmt: skip
OWN_NAMES = {"Cercle", "English", "Français", "Firefox", "Linux", "ihatemoney", "Grocy", "EUR", "kg", "cl", "ml", "dl"}
NO_PAGES = re.compile(r"/static/|/log/file$|/charter/file$|data\.json$|/events$|/signout$|\.csv$|/left/")
BRACKETS = re.compile(r"⟦[^⟦⟧]*⟧")
WORD = re.compile(r"[^\W\d_]{2,}")
MOST_PAGES = 250


@pytest.fixture
def speaking(tmp_path: Path) -> Iterator[Browser]:
    """Amina at home, where every page is turned on and has something on it; her browser is in the pseudo-language."""
    home = Home(tmp_path, pseudo=True)
    with home.client:
        amina = started(home, "Chez nous", "Amina")
        live_at(home, amina)
        amina.cookies["language"] = "pseudo"
        yield amina
    home.node.close()


def live_at(home: Home, amina: Browser) -> None:
    bruno = joined(amina, "Bruno", "adult")
    dov = joined(amina, "Dov", "guest")
    bruno.open("people")
    bruno.send("/people/away", **{"from": "2020-05-01", "until": "2099-05-03"})
    amina.open("people")
    amina.send("/people/add", name="Emma", role="child")
    amina.open("people")
    amina.send("/people/invite", kind="guest")
    while buttons := [value for name, value in amina.open("settings").form("/pages").buttons if name == "on"]:
        amina.send("/pages", button=f"on={buttons[0]}")
    for line in ("2 kg Gouda", "beurre salé", "6 Gouda"):
        amina.open("list")
        amina.send("/list", line=line)
    decide(amina)
    meet(amina)
    amina.open("roles/new")
    role = amina.send("/roles/new", button="do=now", name="Cellar", purpose="for the cake").path
    amina.send("/fill")
    amina.open(f"{role}/propose/elect")
    amina.send("/propose/elect", why="beurre salé", now="yes")
    dov.open("people/leave")
    dov.send("/people/leave")


def decide(amina: Browser) -> None:
    """A rule that was changed, one of several that is voted on, and what is only talked about."""
    amina.open("charter/compare?template=friends")
    amina.send("/compare/propose", title="Gouda", way="light", now="yes", rule=["spend_alone", "proxy_days"])
    amina.open("decisions/new")
    page = amina.send("/decisions/new", title="Gouda", choices="Emma\nDov", way_of_several="ranked", now="yes")
    amina.send("/vote", **{name: "1" for name in page.form("/vote").fields if name.startswith("o-")})
    amina.open("decisions/new")
    amina.send("/decisions/new", title="Gouda")


def meet(amina: Browser) -> None:
    """A meeting that is under way, with its minutes."""
    amina.open("meetings/new")
    amina.send("/meetings/new", name="Gouda", day="2099-05-03", at="19:30", often="weekly", place="Chez nous")
    amina.send("/put", what="Gouda", minutes="5")
    page = amina.page
    amina.send("/begin", present=page.form("/begin").fields["present"])
    amina.send("/note", what_said="Gouda")


def walk(browser: Browser, start: str) -> Iterator[Page]:
    """Every page that links lead to from here, each address once, whatever is asked of it."""
    waiting, known = [start], {urlsplit(start).path}
    while waiting and len(known) < MOST_PAGES:
        page = browser.open(waiting.pop(0))
        yield page
        for link in page.links:
            place = urlsplit(link)
            if place.netloc == "cercle.home" and place.path not in known and not NO_PAGES.search(place.path):
                known.add(place.path)
                waiting.append(link)


def untranslated(page: Page) -> set[str]:
    """The words that stand on the page and in no brackets."""
    text = page.text
    while BRACKETS.search(text):
        text = BRACKETS.sub(" ", text)
    for name in sorted(TYPED, key=len, reverse=True):
        text = text.replace(name, " ")
    return set(WORD.findall(text)) - OWN_NAMES


def test_every_word_of_every_page_is_in_the_catalogue(speaking: Browser) -> None:
    seen: dict[str, set[str]] = {}
    for page in walk(speaking, f"/c/{speaking.circle}/settings"):
        assert page.status == 200, page.url
        assert page.language == "pseudo"
        seen[page.path] = untranslated(page)
    shapes = {re.sub(r"[0-9a-f]{20}", "*", path) for path in seen}
    for wanted in ("list", "money", "people", "people/*", "log", "log/*", "settings", "help", "help/people", "stock"):
        assert f"/c/*/{wanted}" in shapes
    assert {path: words for path, words in seen.items() if words} == {}


def test_refusals_and_the_door_are_in_the_catalogue_too(speaking: Browser) -> None:
    token = speaking.open("settings").form("/look").fields["_csrf_token"][0]
    pages = [
        speaking.post("settings/circle", {"_csrf_token": token, "circle": ""}),
        speaking.post("settings/circle", {"_csrf_token": "forged"}),
        speaking.post("people/away", {"_csrf_token": token, "from": "2026-05-03", "until": "2026-05-01"}),
        speaking.post("people/invite", {"_csrf_token": token, "kind": ""}),
        speaking.post("people/add", {"_csrf_token": token, "name": "", "role": ""}),
        speaking.post("pages", {"_csrf_token": token, "on": "nothing"}),
        speaking.open("nothing"),
        speaking.open("/in/nothing"),
        speaking.open(f"/c/{'0' * 20}/list"),
    ]
    assert all(page.status >= 400 for page in pages)
    assert {page.url: words for page in pages if (words := untranslated(page))} == {}


def test_the_pages_of_mail_are_in_the_catalogue_however_it_goes(speaking: Browser) -> None:
    node, circle = speaking.home.node, speaking.circle
    server = Server("203.0.113.1", 25, "none", "", "", "1@2.3", "http://4")
    pages = [speaking.open("mail"), speaking.open("reminders")]
    keep_server(node, server)
    for said in (Said(), Said(1), Said(1, Problem(Why.AWAY.code))):
        note(node, said)
        pages.append(speaking.open("mail"))
    pages += [speaking.send("/mail", host=""), speaking.send("/mail/test", to=""), speaking.open("reminders")]
    live = node.find(circle)
    where = (node.connection, live.no, 1, "1@2.3")
    reminders.choose(*where, ["day"], 1)
    pages.append(speaking.open("reminders"))
    reminders.confirm(*where, 1)
    pages += [speaking.open("reminders"), speaking.send("/reminders", address="1")]
    reminders.note_refused(node.connection, 1, "1@2.3", "550")
    token = node.make_token(PURPOSE, 1, live.no, label="1@2.3")
    pages += [speaking.open("reminders"), speaking.open(f"/mail/confirm/{token}")]
    pages += [speaking.send(f"/mail/confirm/{token}"), speaking.open("/mail/stop/0"), speaking.send("/mail/stop/0")]
    assert {page.status for page in pages} == {200, 422}
    assert {page.url: words for page in pages if (words := untranslated(page))} == {}


def test_a_word_outside_is_seen() -> None:
    class Answer:
        status_code, url, headers = 200, "http://cercle.home/", {}
        text = '<p title="⟦All⟧">⟦Of ⟦4⟧ May⟧ Amina <i>bread</i><b aria-label="butter"></b><code>raw</code></p>'

    assert untranslated(Page(Answer())) == {"bread", "butter"}
