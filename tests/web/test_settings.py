"""One's own name, language and devices; the circle's name and pages; what is offered; the way out."""

import re
from pathlib import Path

import pytest
from sqlalchemy import update

from cercle import beginnings
from cercle.modules.circle.events import Begun
from cercle.modules.people.events import Described
from cercle.store.tables import keys
from tests.web.browser import Browser
from tests.web.conftest import Cast
from tests.web.seated import seated
from tests.web.test_people import written


def test_a_new_name_and_colour(cast: Cast) -> None:
    cast.bruno.open("settings")
    cast.bruno.send("/settings/person", name="Bruno B.", colour="11")
    assert "Kept." in cast.bruno.page.text
    page = cast.amina.open("people")
    assert "Bruno B." in page.text
    assert "colour-11" in page.source


def test_what_is_said_once_is_not_lost_on_what_a_page_fetches_by_itself(cast: Cast) -> None:
    cast.bruno.open("settings")
    data = {"_csrf_token": cast.bruno.token(), "name": "Bruno B.", "colour": "11"}
    assert cast.bruno.post("settings/person", data, follow_redirects=False).status == 303
    assert "Kept." not in cast.bruno.open("list", **{"x-cercle": "live"}).text
    assert "Kept." in cast.bruno.open("settings").text
    assert "Kept." not in cast.bruno.open("settings").text


def test_a_name_that_is_none_stays_in_the_form(cast: Cast) -> None:
    cast.bruno.open("settings")
    page = cast.bruno.send("/settings/person", name="y" * 61)
    assert page.status == 422
    assert page.invalid == ["name"]
    assert page.form("/settings/person").fields["name"] == ["y" * 61]
    assert "Bruno" in cast.amina.open("people").text


def test_a_name_that_somebody_has_stays_in_the_form(cast: Cast) -> None:
    cast.bruno.open("settings")
    before = written(cast)
    page = cast.bruno.send("/settings/person", name=" amina", colour="11")
    assert page.status == 422
    assert "Amina is here already: add something to tell the two apart." in page.text
    form = page.form("/settings/person")
    assert (form.fields["name"], form.fields["colour"]) == ([" amina"], ["11"])
    assert written(cast) == before
    cast.bruno.send("/settings/person", name="bruno", colour="11")
    assert "Kept." in cast.bruno.page.text


def test_the_circle_is_renamed_once_a_tap(cast: Cast) -> None:
    cast.bruno.open("settings")
    data = {"_csrf_token": cast.bruno.token(), "circle": "Notre maison", "act": "ef" * 16}
    cast.bruno.post("settings/circle", data)
    before = written(cast)
    cast.bruno.post("settings/circle", data)
    assert written(cast) == before
    assert "Notre maison" in cast.dov.open("list").text


@pytest.mark.parametrize("who", ["chloe", "dov"])
def test_who_may_not_is_offered_neither_name_nor_pages(cast: Cast, who: str) -> None:
    browser: Browser = getattr(cast, who)
    page = browser.open("settings")
    assert not any(form.action.endswith(("/circle", "/pages")) for form in page.forms)
    before = written(cast)
    assert browser.post("settings/circle", {"_csrf_token": browser.token(), "circle": "Mine"}).status == 409
    browser.open("settings")
    assert browser.post("pages", {"_csrf_token": browser.token(), "on": "money"}).status == 409
    assert written(cast) == before


def test_a_page_is_tried_and_turned_off_again(cast: Cast) -> None:
    assert "Money" not in cast.dov.open("list").text
    cast.bruno.open("settings")
    cast.bruno.send("/pages", button="on=money")
    assert any(link.endswith("/money") for link in cast.dov.open("list").links)
    cast.bruno.send("/pages", button="off=money")
    assert not any(link.endswith("/money") for link in cast.dov.open("list").links)


def test_what_is_no_page_is_refused(cast: Cast) -> None:
    for data in ({"on": "throne"}, {"off": "é"}, {"off": "x" * 99}, {"on": "list"}, {}):
        cast.amina.open("settings")
        before = written(cast)
        assert cast.amina.post("pages", {"_csrf_token": cast.amina.token(), **data}).status == 409
        assert written(cast) == before


def test_an_offer_is_answered(cast: Cast) -> None:
    cast.amina.open("settings")
    token = cast.amina.token()
    page = cast.amina.post("pages", {"_csrf_token": token, "module": "money", "offer": "later"})
    assert page.path.endswith("/list")
    assert cast.amina.cookies["later"] == "money"
    page = cast.amina.post("pages", {"_csrf_token": cast.amina.token(), "module": "stock", "offer": "later"})
    assert cast.amina.cookies["later"] == "money.stock"
    page = cast.amina.post("pages", {"_csrf_token": cast.amina.token(), "module": "money", "offer": "yes"})
    assert page.path.endswith("/money")
    assert (
        cast.amina.post("pages", {"_csrf_token": cast.amina.token(), "module": "\r\nx", "offer": "later"}).status == 404
    )


# --- language and light ------------------------------------------------------------------------------------------


def test_language_and_light_are_chosen_and_follow_the_person(cast: Cast) -> None:
    cast.bruno.open("settings")
    page = cast.bruno.send("/look", language="fr", theme="dark")
    assert page.path.endswith("/settings")
    assert (page.language, 'data-theme="dark"' in page.source) == ("fr", True)
    cast.bruno.send("/settings/device", button="add")
    link = re.search(r"/in/[0-9a-f]{32}", cast.bruno.page.source)
    phone = cast.home.browser("de")
    assert link is not None
    assert phone.open(link[0]).language == "fr"


def test_neither_language_nor_light_is_what_was_never_offered(cast: Cast) -> None:
    cast.bruno.open("settings")
    data = {"_csrf_token": cast.bruno.token(), "language": "pseudo", "theme": '"><script>'}
    page = cast.bruno.post("/look", data)
    assert page.language == "en"
    assert "<script>" not in page.source.replace('<script type="module"', "")
    cast.bruno.cookies |= {"language": "pseudo", "theme": "neon"}
    page = cast.bruno.open("settings")
    assert (page.language, 'data-theme="auto"' in page.source) == ("en", True)


# --- devices -----------------------------------------------------------------------------------------------------


def test_this_is_me_on_another_device(cast: Cast) -> None:
    cast.bruno.open("settings")
    page = cast.bruno.send("/settings/device", button="add")
    link = re.search(r"http://cercle\.home/in/[0-9a-f]{32}", page.source)
    assert link is not None
    assert "<svg viewBox=" in page.source
    phone = cast.home.browser()
    assert phone.open(link[0]).path.endswith("/list")
    assert "Bruno · settings" in phone.page.text
    assert cast.home.browser().open(link[0]).status == 401, "it opens once"


def test_a_link_that_is_15_minutes_old_opens_nothing(cast: Cast) -> None:
    node = cast.home.node
    person = node.token(cast.bruno.cookies["cercle"], "session").person
    old = node.make_token("signin", person, lasts=-1)
    assert cast.home.browser().open(f"/in/{old}").status == 401


def test_a_device_is_signed_out_from_another_and_only_ones_own(cast: Cast) -> None:
    cast.bruno.open("settings")
    link = re.search(r"/in/[0-9a-f]{32}", cast.bruno.send("/settings/device", button="add").source)
    phone = cast.home.browser()
    phone.headers["user-agent"] = "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/150.0 Mobile Safari/537.36"
    assert link is not None
    phone.open(link[0])
    page = cast.bruno.open("settings")
    assert "Chrome on Android" in page.text
    assert "Firefox on Linux" in page.text
    key = next(value for name, value in page.form("/settings/device").buttons if name == "close")
    cast.amina.open("settings")
    cast.amina.post("settings/device", {"_csrf_token": cast.amina.token(), "close": key})
    assert phone.open("list").status == 200
    cast.bruno.send("/settings/device", button="close")
    assert phone.open("list").status == 401
    assert cast.bruno.open("list").status == 200


def test_signing_out_on_the_only_device_is_asked_first(cast: Cast) -> None:
    session = cast.bruno.cookies["cercle"]
    cast.bruno.open("settings")
    page = cast.bruno.send("/settings/signout")
    assert "You are signed in on this device alone." in page.text
    assert cast.bruno.open("list").status == 200
    cast.bruno.open("/signout")
    assert cast.bruno.send("/signout").status == 401
    assert "cercle" not in cast.bruno.cookies
    assert cast.home.node.token(session, "session") is None


def test_one_of_two_devices_signs_out_at_once(cast: Cast) -> None:
    cast.bruno.open("settings")
    link = re.search(r"/in/[0-9a-f]{32}", cast.bruno.send("/settings/device", button="add").source)
    assert link is not None
    phone = cast.home.browser()
    phone.open(link[0])
    phone.open("settings")
    assert phone.send("/settings/signout").status == 401
    assert cast.bruno.open("list").status == 200


def test_a_circle_from_before_takes_up_what_is_new(tmp_path: Path) -> None:
    """With all that it stands on, and no sooner than somebody wants it."""
    with seated(tmp_path) as table:
        node, person = table.node, table.node.new_person()
        before = Begun(modules=dict.fromkeys(("circle", "people", "accounts"), 1), node=node.name(), name="Before")
        live, _ = node.begin(person, before, lambda me: Described(member=me, name="Amina"))
        amina = table.signed_in(person)
        amina.circle = live.id.hex()[:20]
        assert "List" not in amina.open("people").text
        amina.open("settings")
        assert "Kept." in amina.send("/pages", button="on=stock").text
        assert {"groceries", "accounts"} <= node.live(live.no).circle.roots.modules.keys()
        assert "merit" not in node.live(live.no).circle.roots.modules
        assert any(link.endswith("/stock") for link in amina.open("people").links)


def test_what_is_taken_up_waits_for_the_device_that_keeps_the_log(tmp_path: Path) -> None:
    with seated(tmp_path) as table:
        node, person = table.node, table.node.new_person()
        before = Begun(modules=dict.fromkeys(("circle", "people"), 1), node=node.name(), name="Before")
        live, _ = node.begin(person, before, lambda me: Described(member=me, name="Amina"))
        bruno = node.new_person()
        beginnings.join(node, live, bruno, *beginnings.invite(node, live, live.circle.roots.begun), "Bruno")
        keeper = bytes.fromhex(live.circle.roots.keeper)
        node.connection.execute(update(keys).where(keys.c.key == keeper).values(purpose="retired"))
        browser = table.signed_in(bruno)
        browser.circle = live.id.hex()[:20]
        browser.open("settings")
        page = browser.send("/pages", button="on=week")
        assert "once there is news of the device that keeps the log" in page.text
        assert live.circle.roots.coming == {"week": 1}
        assert "once there is news of the device" in browser.send("/pages", button="on=week").text
        assert live.circle.roots.parts.get("week") is None
