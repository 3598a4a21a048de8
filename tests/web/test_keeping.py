"""What a device may keep for when there is no network, whose it is, and what makes it forget."""

import pytest

from cercle.page.visit import KEEP, WHOSE
from tests.web.browser import Page
from tests.web.conftest import Cast, link_of
from tests.web.test_people import written
from tests.web.test_tablet import seated, set_pin, tablet_of


def whose(page: Page) -> str:
    return str(page.headers[WHOSE])


def may_be_kept(page: Page) -> bool:
    return KEEP in page.headers


def test_each_page_of_the_menu_may_be_kept(cast: Cast) -> None:
    pages = [cast.amina.open(link) for link in set(cast.amina.open("list").links) if "/c/" in link]
    assert len(pages) > 3
    assert all(map(may_be_kept, pages))
    assert len({whose(page) for page in pages}) == 1
    assert may_be_kept(cast.amina.open("/offline"))


def test_no_page_with_a_way_in_is_kept(cast: Cast) -> None:
    link = link_of(cast.amina, "guest")
    assert not may_be_kept(cast.amina.page), "the link stands on it"
    assert not may_be_kept(cast.home.browser().open(link))
    cast.amina.open("settings")
    assert not may_be_kept(cast.amina.send("/settings/device", button="add")), "the answer to a form"
    address = f"/in/{cast.home.node.make_token('signin', 1, lasts=60_000)}"
    answer = cast.home.client.get(address, follow_redirects=False)
    assert KEEP not in answer.headers


def test_no_error_and_no_answer_to_a_form_is_kept(cast: Cast) -> None:
    cast.amina.open("list")
    assert not may_be_kept(cast.amina.send("/list", line="7"))
    assert not may_be_kept(cast.amina.open("nothing"))
    assert not may_be_kept(cast.home.browser().open("/door"))


def test_another_person_session_language_or_light_is_somebody_elses(cast: Cast) -> None:
    first = whose(cast.amina.open("list"))
    assert whose(cast.amina.open("people")) == first
    codes = {first, whose(cast.bruno.open("list"))}
    for name, value in (("language", "fr"), ("theme", "dark")):
        cast.amina.cookies[name] = value
        codes.add(whose(cast.amina.open("list")))
    person = cast.home.node.token(cast.amina.cookies["cercle"], "session").person
    again = cast.home.browser()
    codes.add(whose(again.open(f"/in/{cast.home.node.make_token('signin', person, lasts=60_000)}")))
    assert len(codes) == 5
    assert "" not in codes
    assert cast.amina.cookies["cercle"] not in " ".join(codes)


def test_who_signs_out_leaves_or_is_signed_out_leaves_nothing_behind(cast: Cast) -> None:
    assert whose(cast.home.browser().open(f"/c/{cast.circle}/list")) == ""
    cast.amina.open("settings")
    cast.amina.send("/settings/signout")
    assert whose(cast.amina.send("/signout")) == ""
    cast.bruno.open("people/leave")
    assert whose(cast.bruno.send("/people/leave")) == ""
    assert whose(cast.bruno.open(f"/c/{cast.circle}/list")) == ""
    person = cast.home.node.token(cast.dov.cookies["cercle"], "session").person
    for row in cast.home.node.tokens_of("session", person=person):
        cast.home.node.end_token_of(row)
    assert whose(cast.dov.open("list")) == ""


def test_of_the_tablet_what_all_see_is_kept_and_no_more(cast: Cast) -> None:
    set_pin(cast.bruno, "Bruno", cast, "2580")
    screen = tablet_of(cast)
    nobody = screen.open("list")
    assert may_be_kept(nobody)
    assert not may_be_kept(screen.open("people")), "who are you?"
    assert screen.open("/").path.endswith("/list")
    page = seated(screen, cast, "Bruno", "2580")
    assert whose(page) == whose(nobody) != ""
    assert not may_be_kept(page)
    assert not may_be_kept(screen.open("log"))


def test_a_form_that_another_member_filled_in_does_nothing(cast: Cast) -> None:
    """Bruno has signed in in a browser where a page of Amina's was still open."""
    cast.amina.open("list")
    form = cast.amina.page.form("/list").fields
    cast.bruno.cookies["csrf"] = cast.amina.cookies["csrf"]
    data = {name: values[0] for name, values in form.items() if values} | {"line": "6 eggs"}
    assert cast.bruno.post("list", data, headers={"x-cercle": "tap"}).status == 401
    before = written(cast)
    assert cast.bruno.post("list", data).path == f"/c/{cast.circle}/list"
    assert written(cast) == before
    assert cast.amina.post("list", data).status == 200
    assert "Amina put" in cast.amina.open("log").text


def test_what_was_tapped_at_the_tablet_without_a_network_waits_for_somebody(cast: Cast) -> None:
    screen = tablet_of(cast)
    screen.open("list")
    data = {"_csrf_token": screen.token(), "act": "ab" * 16, "me": "", "line": "6 eggs"}
    later = {"x-cercle": "tap", "x-cercle-day": "2026-11-20"}
    assert screen.post("list", data, headers=later).status == 401
    assert screen.post("list", data).path.endswith("/tablet"), "with a network, the tablet asks at once"


def test_the_worker_stands_at_the_root_and_under_the_same_rules(cast: Cast) -> None:
    answer = cast.home.client.get("/worker.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert 'data-worker="/worker.js"' in cast.amina.open("list").source


def test_a_node_may_end_the_worker_of_its_browsers(cast: Cast) -> None:
    cast.home.app.state["keeps"] = False
    assert "unregister" in cast.home.client.get("/worker.js").text
    assert "data-worker" not in cast.amina.open("list").source


NAMES = [("en", "Cercle: what we share"), ("fr", "Cercle\u202f: ce que nous partageons")]


@pytest.mark.parametrize(("language", "name"), NAMES)
def test_a_phone_can_install_it(cast: Cast, language: str, name: str) -> None:
    page = cast.home.browser(language).open("/door")
    address = page.source.partition('rel="manifest" href="')[2].partition('"')[0].replace("&amp;", "&")
    answer = cast.home.client.get(address)
    assert answer.headers["content-type"] == "application/manifest+json"
    said = answer.json()
    assert (said["lang"], said["name"], said["display"], said["start_url"]) == (language, name, "standalone", "/")
    assert {(icon["sizes"], icon["purpose"]) for icon in said["icons"]} >= {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for icon in said["icons"]:
        assert cast.home.client.get(icon["src"]).headers["content-type"] == "image/png"


def test_the_installed_program_is_as_light_or_dark_as_its_pages(cast: Cast) -> None:
    colours = {}
    for theme in ("light", "dark", "auto", "nonsense"):
        colours[theme] = cast.home.client.get(f"/manifest.webmanifest?theme={theme}").json()["background_color"]
    assert colours == {"light": "#f6f2ea", "dark": "#191512", "auto": "#f6f2ea", "nonsense": "#f6f2ea"}
    cast.amina.cookies["theme"] = "dark"
    assert cast.amina.open("list").source.count('name="theme-color"') == 1
