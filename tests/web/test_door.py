"""The door: a stranger sees it everywhere and learns nothing; what opens it opens once."""

from collections.abc import Iterator

import pytest

from cercle.web.door import split_invitation
from tests.web.browser import Browser, Home
from tests.web.conftest import Cast, link_of
from tests.web.test_people import written

PLACES = (
    "list",
    "people",
    "settings",
    "log",
    "money",
    "help",
    "tablet",
    "tablet/new",
    "events",
    "people/leave",
    "nothing",
    "pages",
)
OUTSIDE = ("/", "/circles", "/start", "/import", "/signout", "/nothing", "/c", "/c/", "/look")


def seen(browser: Browser, address: str) -> tuple[int, str]:
    """What a page shows, without what is new in each answer."""
    page = browser.open(address)
    return page.status, page.text


def test_a_stranger_sees_the_door_everywhere_and_learns_nothing(cast: Cast) -> None:
    stranger = cast.home.browser()
    nowhere = {seen(stranger, f"/c/{'0' * 20}/{place}") for place in PLACES}
    here = {seen(stranger, f"/c/{cast.circle}/{place}") for place in PLACES}
    entry = {seen(stranger, f"/c/{cast.circle}/log/{cast.circle}"), seen(stranger, f"/c/{'0' * 20}/log/{cast.circle}")}
    outside = {seen(stranger, address) for address in OUTSIDE}
    assert len(nowhere | here | entry | outside) == 1
    status, text = next(iter(here))
    assert status == 401
    assert "This door is closed" in text
    assert "Chez nous" not in text
    assert "Amina" not in text


def test_the_member_of_another_circle_learns_no_more(cast: Cast) -> None:
    before = written(cast)
    for place in PLACES:
        here, nowhere = (seen(cast.farid, f"/c/{circle}/{place}") for circle in (cast.circle, "f" * 20))
        assert here == nowhere
        assert here[0] in (401, 404, 405), place
        assert "Chez nous" not in here[1]
    for address in (
        "list",
        "people/add",
        "people/invite",
        "settings/circle",
        "pages",
        f"people/{cast.member('Dov')}/kind",
    ):
        cast.farid.open("/circles")
        cast.farid.open(f"/c/{started_by(cast.farid)}/people")
        data = {"_csrf_token": cast.farid.token(), "name": "Farid", "role": "adult", "kind": "adult", "line": "1 egg"}
        page = cast.farid.post(f"/c/{cast.circle}/{address}", data)
        assert page.status == 401
    assert written(cast) == before


def started_by(browser: Browser) -> str:
    """The circle that is open to them."""
    return next(link for link in browser.page.links if "/c/" in link).split("/c/")[1].split("/")[0]


def test_the_api_is_closed_as_well(cast: Cast) -> None:
    stranger = cast.home.browser()
    answers = {stranger.open(f"/api/circles/{circle}/log").status for circle in (cast.circle, "0" * 20)}
    assert answers == {401}


# --- what opens it -----------------------------------------------------------------------------------------------


def test_the_code_of_the_terminal_opens_once_by_link_or_by_hand(home: Home) -> None:
    door = home.door()
    first, second = home.browser(), home.browser()
    assert first.open(door).path == "/start"
    page = second.open(door)
    assert page.status == 401
    assert "This code opens nothing" in page.text
    by_hand = home.browser()
    by_hand.open("/door")
    assert by_hand.send("/door", code=f" http://cercle.home{home.door()}/ ").path == "/start"


@pytest.mark.parametrize("code", ["", "x", "0" * 32, "' OR 1=1 --", "é" * 40, "../../etc/passwd", "A" * 5000])
def test_no_other_code_opens(home: Home, code: str) -> None:
    browser = home.browser()
    browser.open("/door")
    page = browser.send("/door", code=code)
    assert page.status == 401
    assert page.form("/door").fields["code"] == [code.strip().rstrip("/").rpartition("/")[2]]
    assert "cercle" not in browser.cookies


def test_a_session_is_no_code_and_a_code_is_no_session(cast: Cast) -> None:
    session = cast.amina.cookies["cercle"]
    assert cast.home.browser().open(f"/in/{session}").status == 401
    code = cast.home.door().rpartition("/")[2]
    browser = cast.home.browser()
    browser.cookies["cercle"] = code
    assert browser.open(f"/c/{cast.circle}/list").status == 401


def test_a_session_that_somebody_else_chose_becomes_nobodys(cast: Cast) -> None:
    chosen = "a" * 32
    victim = cast.home.browser()
    victim.cookies["cercle"] = chosen
    person = cast.home.node.token(cast.bruno.cookies["cercle"], "session").person
    victim.open(f"/in/{cast.home.node.make_token('signin', person, lasts=60_000)}")
    assert victim.cookies["cercle"] != chosen
    assert cast.home.node.token(chosen, "session") is None


def test_coming_in_ends_the_session_that_the_browser_had(cast: Cast) -> None:
    old = cast.amina.cookies["cercle"]
    person = cast.home.node.token(cast.bruno.cookies["cercle"], "session").person
    cast.amina.open(f"/in/{cast.home.node.make_token('signin', person, lasts=60_000)}")
    assert cast.amina.cookies["cercle"] != old
    assert cast.home.node.token(old, "session") is None
    assert "Bruno · settings" in cast.amina.open("list").text


def test_the_cookie_is_for_the_server_alone(home: Home) -> None:
    answer = home.client.get(home.door(), follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("cercle=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


# --- invitations -------------------------------------------------------------------------------------------------


def changed(code: str) -> Iterator[str]:
    """Links that are nearly the one of an invitation."""
    yield code[:-2]
    yield code[:-1] + ("A" if code[-1] != "A" else "B")
    yield code + "A"
    yield code[:20] + "A" * (len(code) - 20)
    yield "0" * 20 + code[20:]
    yield code[:20].upper() + code[20:]
    yield code + "="
    yield code[:25] + "+/" + code[27:]


def test_a_wrong_secret_opens_no_seat(cast: Cast) -> None:
    code = link_of(cast.amina, "adult").rpartition("/")[2]
    assert split_invitation(code) is not None
    stranger = cast.home.browser()
    for wrong in changed(code):
        if wrong == code:
            continue
        page = stranger.open(f"/join/{wrong}")
        assert page.status in (401, 404), wrong
        assert "Chez nous" not in page.text
    page = stranger.open("/door")
    page = stranger.post(f"/join/{code[:20]}{'B' * 43}", {"_csrf_token": stranger.token(), "name": "Farid"})
    assert page.status == 401
    assert stranger.open(f"/join/{code}").status == 200


def test_an_invitation_link_in_the_box_of_the_door(cast: Cast) -> None:
    address = link_of(cast.amina, "adult")
    browser = cast.home.browser()
    browser.open("/door")
    assert "Join Chez nous" in browser.send("/door", code=address).text
