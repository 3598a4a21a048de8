"""Who is in the circle: invitations, absences, rights, a person without a device."""

import re

import pytest

from cercle.page import links
from cercle.store.tables import entries
from tests.web.browser import Browser
from tests.web.conftest import Cast, joined, link_of


def written(cast: Cast) -> int:
    """How many entries all circles of the node hold."""
    connection = cast.home.node.connection
    return len(connection.execute(entries.select()).all())


def test_everybody_sees_who_is_here(cast: Cast) -> None:
    for browser in (cast.amina, cast.bruno, cast.chloe, cast.dov):
        page = browser.open("people")
        assert page.status == 200
        assert all(name in page.text for name in ("Amina", "Bruno", "Chloé", "Dov"))
        assert "Farid" not in page.text


def test_the_page_is_french_for_who_reads_french(cast: Cast) -> None:
    emma = joined(cast.amina, "Emma", "adult", "fr-FR,fr;q=0.9,en;q=0.5")
    page = emma.open("people")
    assert page.language == "fr"
    assert "Membres" in page.text
    assert cast.amina.open("people").language == "en"


# --- invitations -------------------------------------------------------------------------------------------------


def test_an_invitation_carries_the_host_by_which_the_page_was_opened(cast: Cast) -> None:
    link = link_of(cast.amina, "adult")
    assert link.startswith("http://cercle.home/join/")
    assert "<svg viewBox=" in cast.amina.page.source
    assert "style=" not in cast.amina.page.source


def test_opened_under_localhost_the_link_carries_an_address_of_the_home_network() -> None:
    addresses = links.lan_addresses()
    assert not any(address.startswith("127.") for address in addresses)
    for host in ("localhost", "127.0.0.1", "::1", "0.0.0.0", "cercle.localhost"):
        link = links.outside("http", host, 8000)
        assert link == (f"http://{addresses[0]}:8000" if addresses else link)
    assert links.outside("http", "localhost", 8000, at_home=False) == "http://localhost:8000"
    assert links.outside("http", "192.168.1.20", 8000) == "http://192.168.1.20:8000"
    assert links.outside("https", "cercle.home", None) == "https://cercle.home"
    assert links.outside("http", "fd00::7", 8000) == "http://[fd00::7]:8000"


def test_the_link_opens_once(cast: Cast) -> None:
    address = link_of(cast.amina, "adult")
    first, second = cast.home.browser(), cast.home.browser()
    first.open(address)
    assert "Join Chez nous" in first.page.text
    second.open(address)
    path = address.partition(".home")[2]
    first.send(path, name="Emma")
    assert first.page.path.endswith("/list")
    assert "It lets one person in." in cast.amina.page.text
    second.send(path, name="Fanny")
    assert second.page.status == 401
    assert "This invitation was used, or it has run out" in second.page.text
    assert "Ask Amina for a new one." in second.page.text
    assert "Open the link" not in second.page.text
    assert "Chez nous" not in second.page.text
    assert "Fanny" not in cast.amina.open("people").text


def test_the_page_of_who_invited_says_who_has_come_in(cast: Cast) -> None:
    address = link_of(cast.amina, "adult")
    shown = cast.amina.page.url
    browser = cast.home.browser()
    browser.open(address)
    browser.send(address.partition(".home")[2], name="Emma")
    page = cast.amina.open(shown, **{"x-cercle": "live"})
    assert "Emma has come in: this invitation is used." in page.text
    assert address not in page.source
    assert "has come in" not in cast.amina.open("people").text


def test_who_invited_and_has_gone_is_not_asked_for_another(cast: Cast) -> None:
    address = link_of(cast.bruno, "adult")
    cast.bruno.send("/people/invite", button=f"withdraw={address.rpartition('/')[2][:20]}")
    cast.bruno.open("people/leave")
    cast.bruno.send("/people/leave")
    page = cast.home.browser().open(address)
    assert "Ask somebody of the circle for a new one." in page.text
    assert "Bruno" not in page.text


def test_who_is_in_already_is_led_to_the_list(cast: Cast) -> None:
    address = link_of(cast.amina, "adult")
    before = written(cast)
    assert cast.bruno.open(address).path.endswith("/list")
    token = cast.bruno.page.forms[0].fields["_csrf_token"][0]
    assert cast.bruno.post(address, {"_csrf_token": token, "name": "Bruno again"}).path.endswith("/list")
    assert written(cast) == before


def test_one_person_may_be_in_several_circles(cast: Cast) -> None:
    address = link_of(cast.amina, "guest")
    cast.farid.open(address)
    cast.farid.send(address.partition(".home")[2], name="Farid")
    assert cast.farid.circle == cast.circle
    page = cast.farid.open("/circles?here=" + cast.circle)
    assert "Chez nous" in page.text
    assert "Elsewhere" in page.text
    assert cast.farid.open("/").path == "/circles"


def test_a_withdrawn_invitation_admits_nobody(cast: Cast) -> None:
    address = link_of(cast.amina, "adult")
    key = address.rpartition("/")[2][:20]
    cast.amina.send("/people/invite", button=f"withdraw={key}")
    assert "withdrawn" in cast.amina.page.text
    assert cast.home.browser().open(address).status == 401


def test_an_open_invitation_can_be_shown_again(cast: Cast) -> None:
    address = link_of(cast.amina, "child")
    page = cast.bruno.open("people")
    assert "For a child of the circle." in page.text
    shown = next(link for link in page.links if "invitation=" in link)
    assert address in cast.bruno.open(shown).source


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u200d", "x" * 61])
def test_a_name_that_nobody_can_read_is_refused_and_the_form_stays(cast: Cast, name: str) -> None:
    address = link_of(cast.amina, "adult")
    browser = cast.home.browser()
    browser.open(address)
    page = browser.send(address.partition(".home")[2], name=name, colour="7")
    assert page.status == 422
    assert "A name has 1 to 60 letters." in page.text
    assert page.form(address.partition(".home")[2]).fields["colour"] == ["7"]


@pytest.mark.parametrize("name", ["Bruno", "  bRUNO ", "chloe\u0301"])
def test_a_name_that_somebody_has_is_refused_and_the_form_stays(cast: Cast, name: str) -> None:
    address = link_of(cast.amina, "adult")
    before = written(cast)
    browser = cast.home.browser()
    browser.open(address)
    page = browser.send(address.partition(".home")[2], name=name, colour="7")
    assert page.status == 422
    assert "is here already: add something to tell the two apart." in page.text
    assert page.form(address.partition(".home")[2]).fields["name"] == [name]
    assert page.form(address.partition(".home")[2]).fields["colour"] == ["7"]
    cast.amina.open("people")
    page = cast.amina.send("/people/add", name=name, role="guest")
    assert page.status == 422
    assert "is here already: add something to tell the two apart." in page.text
    assert page.form("/people/add").fields["role"] == ["guest"]
    assert written(cast) == before


def test_the_name_of_somebody_who_has_left_is_free(cast: Cast) -> None:
    address = link_of(cast.amina, "adult")
    cast.bruno.open("people/leave")
    cast.bruno.send("/people/leave")
    browser = cast.home.browser()
    browser.open(address)
    assert browser.send(address.partition(".home")[2], name="Bruno").path.endswith("/list")


def test_an_invitation_of_no_kind_is_refused(cast: Cast) -> None:
    cast.amina.open("people")
    before = written(cast)
    page = cast.amina.send("/people/invite", kind="queen")
    assert (page.status, written(cast)) == (422, before)


@pytest.mark.parametrize("who", ["chloe", "dov"])
def test_who_may_not_invite_is_not_offered_it_and_refused(cast: Cast, who: str) -> None:
    browser: Browser = getattr(cast, who)
    page = browser.open("people")
    assert not any(form.action.endswith(("/invite", "/add")) for form in page.forms)
    before = written(cast)
    page = browser.post("people/invite", {"_csrf_token": browser.token(), "kind": "adult"})
    assert page.status == 409
    assert "This is not yours to do in this circle." in page.text
    page = browser.post("people/add", {"_csrf_token": browser.token(), "name": "Emma", "role": "adult"})
    assert page.status == 409
    assert written(cast) == before


def test_the_same_tap_twice_makes_one_invitation(cast: Cast) -> None:
    cast.amina.open("people")
    data = {"_csrf_token": cast.amina.token(), "kind": "adult", "act": "ab" * 16}
    first = cast.amina.post("people/invite", data)
    before = written(cast)
    second = cast.amina.post("people/invite", data)
    assert written(cast) == before
    assert first.url == second.url


def test_a_taken_colour_shows_whose_it_is_and_stays_possible(cast: Cast) -> None:
    address = link_of(cast.amina, "adult")
    browser = cast.home.browser()
    page = browser.open(address)
    shown = re.findall(r'class="colour-\d+" aria-hidden="true">(\w)</span>', page.source)
    assert sorted(shown) == ["A", "B", "C", "D"]
    assert page.text.count("(taken)") == 4
    path = address.partition(".home")[2]
    assert browser.send(path, name="Emma", colour="5").path.endswith("/list")
    page = cast.bruno.open("settings")
    shown = re.findall(r'class="colour-\d+" aria-hidden="true">(\w)</span>', page.source)
    assert "B" not in shown
    assert sorted(shown) == ["C", "D", "E"], "of two with one colour the latest"


# --- somebody without a device -----------------------------------------------------------------------------------


def test_somebody_without_a_device_is_added_once(cast: Cast) -> None:
    cast.amina.open("people")
    data = {"_csrf_token": cast.amina.token(), "name": " Emma ", "role": "child", "act": "cd" * 16}
    assert "Emma is in the circle." in cast.amina.post("people/add", data).text
    before = written(cast)
    assert "Emma is in the circle." in cast.amina.post("people/add", data).text
    assert written(cast) == before
    assert "child · no device yet" in cast.amina.page.text


def test_adults_speak_for_somebody_without_a_device(cast: Cast) -> None:
    cast.amina.open("people")
    cast.amina.send("/people/add", name="Emma", role="child")
    emma = cast.member("Emma")
    cast.bruno.open(f"people/{emma}")
    cast.bruno.send("/name", name="Émilie", colour="9")
    assert "Émilie" in cast.bruno.page.text
    page = cast.bruno.send("/name", name="amina", colour="9")
    assert page.status == 422
    assert "Amina is here already" in page.text
    cast.bruno.send("/name", name="émilie", colour="10")
    assert "émilie" in cast.bruno.page.text
    cast.bruno.send("/people/away", **{"from": "2026-12-24", "until": "2026-12-26"})
    assert "24 December 2026 to 26 December 2026" in cast.bruno.page.text
    assert not any(form.action.endswith("/name") for form in cast.chloe.open(f"people/{emma}").forms)
    page = cast.chloe.post(f"people/{emma}/name", {"_csrf_token": cast.chloe.token(), "name": "Emmanuelle"})
    assert page.status == 409
    assert "Emmanuelle" not in cast.amina.open("people").text


def test_a_device_for_somebody_who_had_none(cast: Cast) -> None:
    cast.amina.open("people")
    cast.amina.send("/people/add", name="Emma", role="adult")
    emma = cast.member("Emma")
    cast.amina.open(f"people/{emma}")
    cast.amina.send("/device")
    link = re.search(r"http://cercle\.home/join/[\w-]+", cast.amina.page.source)
    assert link is not None
    browser = cast.home.browser()
    page = browser.open(link[0])
    assert "You are Emma." in page.text
    browser.send(link[0].partition(".home")[2])
    page = browser.open(f"people/{emma}")
    assert "Leave the circle" in page.text, "she is Emma"
    assert not any(form.action.endswith("/name") for form in cast.amina.open(f"people/{emma}").forms)


# --- absences ----------------------------------------------------------------------------------------------------


def test_an_absence_is_noted_shown_and_struck_out(cast: Cast) -> None:
    cast.dov.open("people")
    cast.dov.send("/people/away", **{"from": "2020-05-01", "until": "2099-05-03"})
    assert "Away from 1 May 2020 to 3 May 2099." in cast.dov.page.text
    assert "away until 3 May 2099" in cast.amina.open("people").text
    cast.dov.send("/people/away", button="back")
    assert "away until" not in cast.amina.open("people").text


@pytest.mark.parametrize(
    ("since", "until", "sentence", "status"),
    [
        ("2026-05-03", "2026-05-01", "An absence ends on the day it begins, or later.", 409),
        ("2026-02-30", "2026-05-01", "From which day on?", 422),
        ("soon", "", "Until which day?", 422),
    ],
)
def test_days_that_cannot_be_are_refused_as_filled_in(
    cast: Cast, since: str, until: str, sentence: str, status: int
) -> None:
    cast.dov.open("people")
    before = written(cast)
    page = cast.dov.send("/people/away", **{"from": since, "until": until})
    assert (page.status, written(cast)) == (status, before)
    assert sentence in page.text
    assert page.form("/people/away").fields["from"] == [since]
    assert page.form("/people/away").fields["until"] == [until]


def test_nobody_notes_the_absence_of_somebody_who_can(cast: Cast) -> None:
    cast.bruno.open("people")
    data = {
        "_csrf_token": cast.bruno.token(),
        "member": cast.member("Dov"),
        "from": "2026-05-01",
        "until": "2026-05-02",
    }
    page = cast.bruno.post("people/away", data)
    assert page.status == 409
    assert "Only this person can say that." in page.text


# --- rights ------------------------------------------------------------------------------------------------------


def test_a_child_grows_up(cast: Cast) -> None:
    chloe = cast.member("Chloé")
    cast.bruno.open(f"people/{chloe}")
    cast.bruno.send("/kind", kind="adult")
    assert "Takes part as adult" in cast.bruno.page.text
    assert any(form.action.endswith("/invite") for form in cast.chloe.open("people").forms)


def test_nobody_takes_rights_that_are_not_theirs_to_take(cast: Cast) -> None:
    chloe, amina = cast.member("Chloé"), cast.member("Amina")
    for browser, member, kind in (
        (cast.chloe, chloe, "adult"),
        (cast.dov, amina, "guest"),
        (cast.bruno, amina, "child"),
        (cast.bruno, chloe, "keeper"),
        (cast.bruno, "0" * 20, "adult"),
    ):
        browser.open("people")
        before = written(cast)
        page = browser.post(f"people/{member}/kind", {"_csrf_token": browser.token(), "kind": kind})
        assert page.status in (404, 409, 422)
        assert written(cast) == before


def test_the_last_adult_stays_one(cast: Cast) -> None:
    cast.farid.open("people")
    farid = next(link for link in cast.farid.page.links if "/people/" in link)
    cast.farid.open(farid)
    page = cast.farid.send("/kind", kind="guest")
    assert page.status == 409
    assert "A circle keeps at least one adult." in page.text


def test_a_new_person_has_the_first_free_colour(cast: Cast) -> None:
    emma = joined(cast.amina, "Emma", "adult")
    assert emma.open("people").status == 200
    assert emma.page.source.count("colour-1") > 0
