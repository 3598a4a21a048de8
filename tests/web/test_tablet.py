"""The shared tablet: everybody sees the list, acting asks who, and a seat is left after three minutes."""

import pytest

from cercle.page import tablet
from tests.web.browser import Browser, Page
from tests.web.conftest import Cast
from tests.web.test_people import written


def set_pin(browser: Browser, name: str, cast: Cast, pin: str) -> Page:
    browser.open(f"people/{cast.member(name)}")
    return browser.send("/pin", pin=pin)


def tablet_of(cast: Cast) -> Browser:
    """A browser that Amina signs in on and turns into the circle's tablet."""
    browser = cast.home.browser()
    person = cast.home.node.token(cast.amina.cookies["cercle"], "session").person
    browser.open(f"/in/{cast.home.node.make_token('signin', person, lasts=60_000)}")
    page = browser.open("tablet/new")
    assert "Make this the circle’s tablet?" in page.text
    browser.send("/tablet/new")
    assert browser.page.path.endswith("/list")
    return browser


def seated(browser: Browser, cast: Cast, name: str, pin: str) -> Page:
    browser.open("tablet")
    link = next(link for link in browser.page.links if cast.member(name) in link)
    browser.open(link)
    assert f"{name}, your PIN?" in browser.page.text
    return browser.send(cast.member(name), pin=pin)


def test_everybody_sees_the_list_and_nothing_else(cast: Cast) -> None:
    cast.amina.open("list")
    cast.amina.send("/list", line="6 eggs")
    screen = tablet_of(cast)
    assert "eggs" in screen.page.text
    assert "Who are you?" in screen.page.text
    for address in ("people", "log", "money", "settings", f"log/{cast.circle}", "people/leave", "help"):
        page = screen.open(address)
        assert page.path.endswith("/tablet"), address
        assert "Bruno" in page.text
    for address in ("/circles", "/start", "/import", "/signout"):
        assert screen.open(address).path.endswith("/list"), address
    assert screen.open("/").path.endswith("/list")
    assert screen.open(f"/c/{cast.farid.circle}/list").path == f"/c/{cast.circle}/list"


def test_acting_asks_who_and_does_nothing(cast: Cast) -> None:
    screen = tablet_of(cast)
    before = written(cast)
    page = screen.send("/list", line="6 eggs")
    assert page.path.endswith("/tablet")
    assert written(cast) == before


def asked_and_answered(screen: Browser, cast: Cast, name: str, pin: str) -> Page:
    """From "Who are you?" on, as it stands open."""
    screen.open(next(link for link in screen.page.links if cast.member(name) in link))
    return screen.send(cast.member(name), pin=pin)


def turned_away(cast: Cast, line: str = "3 citrons") -> Browser:
    """The tablet, where somebody has typed that with nobody there. Bruno and Dov have PINs."""
    set_pin(cast.bruno, "Bruno", cast, "2580")
    set_pin(cast.dov, "Dov", cast, "1234")
    screen = tablet_of(cast)
    assert line in screen.send("/list", line=line).text
    return screen


def test_what_was_typed_is_done_once_the_pin_is_right(cast: Cast) -> None:
    screen = turned_away(cast)
    before = written(cast)
    assert asked_and_answered(screen, cast, "Bruno", "0000").status == 422
    page = screen.send(cast.member("Bruno"), pin="2580")
    assert "3 citrons" in page.text
    assert written(cast) == before
    form = page.form("/list")
    assert screen.send("/list").path.endswith("/list")
    assert "citrons" in screen.page.text
    assert written(cast) > before
    after = written(cast)
    screen.post(form.action, form.fields)
    assert written(cast) == after, "once only"
    assert "Bruno put" in cast.amina.open("log").text
    screen.send("/tablet/done")
    assert seated(screen, cast, "Bruno", "2580").path.endswith("/list"), "it is forgotten"


def test_a_line_that_was_ticked_is_ticked_once_the_pin_is_right(cast: Cast) -> None:
    cast.amina.open("list")
    cast.amina.send("/list", line="6 eggs")
    set_pin(cast.bruno, "Bruno", cast, "2580")
    screen = tablet_of(cast)
    screen.send("/list/tick", button="tick")
    asked_and_answered(screen, cast, "Bruno", "2580")
    screen.send("/list/tick")
    assert any(name == "untick" for name, _ in screen.page.form("/list/tick").buttons)
    assert "Bruno ticked" in cast.amina.open("log").text


def test_what_was_typed_is_forgotten_after_three_minutes(cast: Cast) -> None:
    screen = turned_away(cast)
    tablet._turned_away[screen.cookies["cercle"]].at -= tablet.SEAT_LASTS + 1
    assert asked_and_answered(screen, cast, "Bruno", "2580").path.endswith("/list")
    assert "citrons" not in screen.page.text


def test_what_was_typed_is_forgotten_by_who_goes_back(cast: Cast) -> None:
    screen = turned_away(cast)
    screen.open("list", **{"x-cercle": "live"})
    assert screen.cookies["cercle"] in tablet._turned_away, "what the page does by itself is no choice"
    screen.open("tablet")
    screen.open(next(link for link in screen.page.links if link.endswith("/list")))
    assert seated(screen, cast, "Bruno", "2580").path.endswith("/list")
    assert "citrons" not in screen.page.text


def test_another_tablet_does_nothing_of_it(cast: Cast) -> None:
    turned_away(cast)
    other = tablet_of(cast)
    assert seated(other, cast, "Bruno", "2580").path.endswith("/list")
    assert "citrons" not in other.page.text


def test_what_a_member_had_filled_in_goes_on_in_no_other_name_and_not_by_itself(cast: Cast) -> None:
    set_pin(cast.dov, "Dov", cast, "1234")
    set_pin(cast.bruno, "Bruno", cast, "2580")
    screen = tablet_of(cast)
    for name, pin in (("Dov", "1234"), ("Bruno", "2580")):
        seated(screen, cast, "Bruno", "2580")
        screen.open("settings")
        tablet._seats[screen.cookies["cercle"]].tapped -= tablet.SEAT_LASTS + 1
        before = written(cast)
        assert screen.send("/settings/person", name="Bruno the Great").path.endswith("/tablet")
        page = asked_and_answered(screen, cast, name, pin)
        assert written(cast) == before
        if name == "Dov":
            assert page.path.endswith("/list")
            screen.send("/tablet/done")
    assert "data-onward" not in page.attributes
    screen.send("/settings/person")
    assert "Bruno the Great" in cast.amina.open("people").text


@pytest.mark.parametrize(
    ("address", "changed", "files"),
    [
        ("list", {"line": "x" * 20_001}, None),
        ("list", {"act": ""}, None),
        ("people/add", {"name": "Emma", "role": "child"}, None),
        ("list", {}, {"file": b"x"}),
    ],
)
def test_what_is_not_kept(cast: Cast, address: str, changed: dict[str, str], files: dict[str, bytes] | None) -> None:
    screen = turned_away(cast)
    screen.open("list")
    data = {"_csrf_token": screen.token(), "act": "ab" * 16, "me": "", "line": "6 eggs"} | changed
    assert screen.post(address, data, files=files).path.endswith("/tablet")
    assert asked_and_answered(screen, cast, "Bruno", "2580").path.endswith("/list")


def test_a_forged_form_is_not_kept(cast: Cast) -> None:
    screen = turned_away(cast)
    screen.open("list")
    assert screen.post("list", {"_csrf_token": "0" * 128, "act": "ab" * 16, "line": "6 eggs"}).status == 403
    assert seated(screen, cast, "Bruno", "2580").path.endswith("/list")


def test_a_name_and_a_pin_and_it_is_bruno_who_acts(cast: Cast) -> None:
    assert "The PIN is set." in set_pin(cast.bruno, "Bruno", cast, "2580").text
    screen = tablet_of(cast)
    assert seated(screen, cast, "Bruno", "2580").path.endswith("/list")
    screen.send("/list", line="6 eggs")
    assert "Bruno put" in cast.amina.open("log").text
    assert any(link.endswith("/people") for link in screen.open("list").links)
    assert screen.send("/tablet/done").path.endswith("/list")
    assert screen.open("people").path.endswith("/tablet")


def test_after_the_pin_one_is_where_one_wanted_to_be(cast: Cast) -> None:
    set_pin(cast.bruno, "Bruno", cast, "2580")
    screen = tablet_of(cast)
    screen.open("log")
    screen.open(next(link for link in screen.page.links if cast.member("Bruno") in link))
    assert screen.send(cast.member("Bruno"), pin="2580").path.endswith("/log")


@pytest.mark.parametrize("back", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "x"])
def test_after_the_pin_one_is_never_elsewhere(cast: Cast, back: str) -> None:
    set_pin(cast.bruno, "Bruno", cast, "2580")
    screen = tablet_of(cast)
    bruno = cast.member("Bruno")
    screen.open(f"tablet/{bruno}")
    data = {"_csrf_token": screen.token(), "pin": "2580"}
    page = screen._ask("POST", screen._whole(f"tablet/{bruno}"), data=data, params={"back": back})
    assert page.url == f"http://cercle.home/c/{cast.circle}/list"


def test_the_seat_is_left_after_three_minutes_without_a_tap(cast: Cast) -> None:
    set_pin(cast.bruno, "Bruno", cast, "2580")
    screen = tablet_of(cast)
    seated(screen, cast, "Bruno", "2580")
    seat = tablet._seats[screen.cookies["cercle"]]
    assert 'content="185;url=' in screen.page.source
    seat.tapped -= tablet.SEAT_LASTS - 5
    tapped = seat.tapped
    screen.open("list", **{"x-cercle": "live"})
    assert seat.tapped == tapped, "what the page does by itself is no tap"
    screen.open("people")
    assert screen.page.path.endswith("/people")
    assert seat.tapped > tapped
    seat.tapped -= tablet.SEAT_LASTS + 1
    assert screen.open("people").path.endswith("/tablet")


def test_the_page_leaves_the_seat_by_itself(cast: Cast) -> None:
    set_pin(cast.bruno, "Bruno", cast, "2580")
    screen = tablet_of(cast)
    seated(screen, cast, "Bruno", "2580")
    page = screen.open("people")
    idle = page.source.partition('data-idle="')[2].partition('"')[0]
    assert screen.open(idle).path.endswith("/tablet")
    assert screen.open("settings").path.endswith("/tablet")


def test_a_form_that_somebody_else_had_opened_does_nothing(cast: Cast) -> None:
    set_pin(cast.bruno, "Bruno", cast, "2580")
    set_pin(cast.dov, "Dov", cast, "1234")
    screen = tablet_of(cast)
    seated(screen, cast, "Bruno", "2580")
    screen.open("settings")
    form = screen.page.form("/settings/person")
    data = {name: values[0] for name, values in form.fields.items()} | {"name": "Dov the Great"}
    screen.send("/tablet/done")
    seated(screen, cast, "Dov", "1234")
    before = written(cast)
    screen.post(form.action, data)
    assert written(cast) == before


def test_five_wrong_pins_make_one_wait(cast: Cast) -> None:
    set_pin(cast.bruno, "Bruno", cast, "2580")
    screen = tablet_of(cast)
    for wrong in ("0000", "2579", "25800", "", "é"):
        page = seated(screen, cast, "Bruno", wrong)
        assert page.path.endswith(cast.member("Bruno"))
        assert page.status == (422 if wrong != "é" else 429)
        assert wrong not in page.form(cast.member("Bruno")).fields.get("pin", [])[0] or not wrong
    assert "Too many wrong PINs: wait 1 minute." in page.text
    assert seated(screen, cast, "Bruno", "2580").status == 429, "the right one is not looked at either"
    assert set_pin(cast.bruno, "Bruno", cast, "9876").status == 200
    assert seated(screen, cast, "Bruno", "9876").path.endswith("/list")


def test_the_waits_grow_to_an_hour(cast: Cast) -> None:
    node = cast.home.node
    person = node.token(cast.bruno.cookies["cercle"], "session").person
    tablet.keep_pin(node, person, "2580")
    at, waits = 1_000_000, []
    for _ in range(14):
        assert not tablet.check_pin(node, person, "0000", at)
        waits.append(tablet.wait(node, person, at) // 60_000)
        at += tablet.wait(node, person, at)
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    assert tablet.check_pin(node, person, "2580", at)
    assert not tablet.check_pin(node, person, "0000", at)
    assert tablet.wait(node, person, at) == 0
    assert b"2580" not in node.person(person).pin.encode()


@pytest.mark.parametrize("pin", ["123", "123456789", "12e4", "١٢٣٤", "-123", "12 34"])
def test_what_is_no_pin_is_not_kept(cast: Cast, pin: str) -> None:
    page = set_pin(cast.bruno, "Bruno", cast, pin)
    assert page.status == 422
    assert "A PIN has four to eight digits." in page.text
    assert f'value="{pin}"' not in page.source


def test_who_has_no_pin_sets_it_on_their_own_phone(cast: Cast) -> None:
    screen = tablet_of(cast)
    page = screen.open(f"tablet/{cast.member('Dov')}")
    assert "Dov has no PIN yet" in page.text
    screen.open("list")
    page = screen.post(f"tablet/{cast.member('Dov')}", {"_csrf_token": screen.token(), "pin": ""})
    assert "Dov has no PIN yet" in page.text
    assert screen.open("people").path.endswith("/tablet")


def test_nobody_sets_the_pin_of_somebody_who_can(cast: Cast) -> None:
    set_pin(cast.bruno, "Bruno", cast, "2580")
    cast.amina.open("people")
    bruno = cast.member("Bruno")
    cast.amina.post(f"people/{bruno}/pin", {"_csrf_token": cast.amina.token(), "pin": "0000"})
    screen = tablet_of(cast)
    assert seated(screen, cast, "Bruno", "2580").path.endswith("/list")


def test_a_child_without_a_phone_gets_a_pin_from_an_adult(cast: Cast) -> None:
    cast.amina.open("people")
    cast.amina.send("/people/add", name="Emma", role="child")
    page = tablet_of(cast).open(f"tablet/{cast.member('Emma')}")
    assert "An adult of the circle sets it for Emma, on that person’s page." in page.text
    assert "phone" not in page.text
    set_pin(cast.amina, "Emma", cast, "1111")
    before = written(cast)
    emma = cast.member("Emma")
    cast.amina.post(f"people/{emma}/pin", {"_csrf_token": cast.amina.token(), "pin": "2222"})
    assert written(cast) == before, "once only"
    screen = tablet_of(cast)
    assert seated(screen, cast, "Emma", "1111").path.endswith("/list")
    screen.send("/list", line="1 cake")
    assert "Emma put" in cast.amina.open("log").text
    set_pin(screen, "Emma", cast, "3333")
    screen.send("/tablet/done")
    assert seated(screen, cast, "Emma", "3333").path.endswith("/list")


def test_what_is_about_oneself_is_not_done_at_the_tablet(cast: Cast) -> None:
    set_pin(cast.bruno, "Bruno", cast, "2580")
    screen = tablet_of(cast)
    seated(screen, cast, "Bruno", "2580")
    bruno = cast.member("Bruno")
    before = written(cast)
    for address in ("people/leave", f"people/{bruno}/erase", f"people/{bruno}/data.json", "tablet/new"):
        assert screen.open(address).status == 403, address
    screen.open("settings")
    token = screen.token()
    for address in ("people/leave", f"people/{bruno}/erase", "settings/device", f"people/{bruno}/kind", "tablet/new"):
        assert screen.post(address, {"_csrf_token": token, "add": "1", "kind": "guest"}).status == 403, address
    screen.post(f"people/{bruno}/pin", {"_csrf_token": token, "pin": "0000"})
    assert written(cast) == before
    screen.open("settings")
    screen.send("/tablet/done")
    assert seated(screen, cast, "Bruno", "2580").path.endswith("/list")


def test_who_may_not_invite_may_not_set_up_a_tablet(cast: Cast) -> None:
    for browser in (cast.chloe, cast.dov):
        assert browser.open("tablet/new").status == 404
        browser.open("people")
        assert "A tablet in the kitchen" not in browser.page.text
        assert browser.post("tablet/new", {"_csrf_token": browser.token()}).status == 404
        assert browser.open("people").status == 200


def test_an_adult_ends_the_tablet_from_anywhere(cast: Cast) -> None:
    screen = tablet_of(cast)
    page = cast.bruno.open("settings")
    assert "The circle’s tablet" in page.text
    key = [value for name, value in page.form("/settings/device").buttons if name == "close"][-1]
    cast.dov.open("settings")
    cast.dov.post("settings/device", {"_csrf_token": cast.dov.token(), "close": key})
    assert screen.open("list").status == 200
    cast.bruno.send("/settings/device", button=f"close={key}")
    assert screen.open(f"/c/{cast.circle}/list").status == 401


def test_somebody_who_was_removed_no_longer_sits_down(cast: Cast) -> None:
    set_pin(cast.bruno, "Bruno", cast, "2580")
    screen = tablet_of(cast)
    seated(screen, cast, "Bruno", "2580")
    cast.bruno.open("people/leave")
    cast.bruno.send("/people/leave")
    assert screen.open("people").path.endswith("/tablet")
    assert "Bruno" not in screen.page.text
