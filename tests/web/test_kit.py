"""The recovery kit on the pages: the sheet, and the way back in."""

import asyncio
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from cercle import beginnings, recovering
from cercle.core.entry import short
from cercle.core.keys import public, signer
from cercle.modules import load
from cercle.modules.devices.events import KitMade, Revoked
from cercle.modules.devices.rules import UNTIL_IT_STANDS
from cercle.modules.groceries.events import ProductAdded
from cercle.page.visit import SESSION
from cercle.store import reminders
from cercle.store.keyring import people_of_member
from cercle.store.kits import new_kit, read_kit, seed_of, words_of
from cercle.store.node import Node
from cercle.store.rows import raw_entries
from cercle.sync.bundle import write
from tests.carrying import sections_of
from tests.web.browser import Browser, Home
from tests.web.seated import Table, fields, seated

DAY = 86_400_000


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path) as made:
        yield made


def words_on(browser: Browser) -> str:
    """Those of the sheet that one's page shows."""
    return " ".join(browser.page.source.split('id="words"')[1].split("</ol>")[0].split("<li>")[1:]).replace("</li>", "")


def later(table: Table, days: int) -> None:
    """The keeper's machine seals so many days later."""
    here, there = table.live.clock, table.live.circle.time
    table.live.clock = lambda: there + days * DAY
    table.does(ProductAdded(name=f"Milk {days}"))
    table.live.seal()
    table.live.clock = here


def standing_kit(table: Table, name: str) -> str:
    """The words of a kit that stands."""
    kit = new_kit()
    table.does(KitMade(key=public(signer(seed_of(kit)))), name)
    later(table, UNTIL_IT_STANDS // DAY)
    return " ".join(words_of(kit, "en"))


def on_disk(data: Path) -> bytes:
    """All that a node has written, the write-ahead log too."""
    return b"".join(path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file())


def come(browser: Browser, words: str) -> None:
    browser.open("/kit")
    browser.send("/kit", words=words)


def test_the_sheet_is_shown_once_and_nothing_keeps_it(table: Table) -> None:
    table.bruno.open("devices")
    assert "Twelve words on paper" in table.bruno.page.text
    sent = fields(table.bruno, "/devices/kit")
    page = table.bruno.post("devices/kit", sent)
    words = words_on(table.bruno)
    assert len(words.split()) == 12
    for said in ("Recovery kit of Bruno", "For the circle “Chez nous”", "Print this page"):
        assert said in page.text
    assert "<svg" in page.source
    kit = read_kit(words)
    come(table.home.browser("en"), words)
    stored = on_disk(table.node.data)
    assert public(signer(seed_of(kit))) in stored, "that is in the log"
    for secret in (words.encode(), kit, seed_of(kit)):
        assert secret not in stored
    again = table.bruno.post("devices/kit", sent)
    assert "shown once" in again.text
    assert 'id="words"' not in again.source
    assert "brings you in" in table.bruno.open("devices").text
    assert "takes its place at once: this paper is of no use any more" in table.bruno.page.text
    assert table.bruno.open("devices/kit").path.endswith("/devices"), "as a browser opens it anew"


def test_who_has_lost_all_comes_in_and_revokes_the_rest(table: Table) -> None:
    words = standing_kit(table, "Bruno")
    before = public(table.node.key(table.live, table.members["Bruno"])).hex()
    person = people_of_member(table.node.connection, table.live.no, table.members["Bruno"])[0]
    club, _ = beginnings.start(table.node, person, "Club", "Bruno")
    reminders.choose(table.node.connection, table.live.no, person, "thief@elsewhere.example", ["day"], 1)
    stranger = table.home.browser("en")
    come(stranger, words.upper())
    assert stranger.page.path.endswith("/devices")
    assert "You came in by your recovery kit" in stranger.page.text
    stranger.circle = table.live.id.hex()[:20]
    page = stranger.send("/devices/others")
    assert "counts for nothing" in page.text
    assert before in table.live.circle.devices.revoked
    assert "This door is closed" in table.bruno.open("list").text, "whoever has the phone is signed out"
    assert table.bruno.open(f"/c/{club.id.hex()[:20]}/list").status == 401, "of his other circles here too"
    assert reminders.choices(table.node.connection) == [], "and hears by e-mail of nothing"
    table.live.seal()
    again = table.signed_in(person)
    assert again.open("list").status == 401, "here he is who came by the kit"
    assert again.open(f"/c/{club.id.hex()[:20]}/list").status == 200
    stranger.open("list")
    assert "frozen" not in stranger.page.text
    assert table.amina.open("people").status == 200


def people_here(table: Table) -> int:
    return int(table.node.connection.exec_driver_sql("SELECT count(*) FROM people").scalar_one())


def words_of_new(table: Table, name: str) -> str:
    """The words of a kit that is good at once, and does not stand yet."""
    return " ".join(words_of(recovering.make_kit(table.node, table.live, table.members[name]), "en"))


def test_a_kit_opens_its_circle_and_nothing_else_of_that_person(table: Table) -> None:
    """Whoever makes one with Bruno's or Amina's stolen laptop is not yet who they are here in another circle."""
    for name, browser in (("Amina", table.amina), ("Bruno", table.bruno)):
        (person,) = people_of_member(table.node.connection, table.live.no, table.members[name])
        club, me = beginnings.start(table.node, person, f"Club of {name}", name)
        there = f"/c/{club.id.hex()[:20]}/list"
        assert browser.open(there).status == 200
        thief = table.home.browser("en")
        come(thief, words_of_new(table, name))
        assert thief.page.path.endswith("/devices")
        assert thief.open("list").status == 200
        assert thief.open(there).status == 401
        assert "Club" not in thief.open("/").text
        assert thief.open("backups").status == 404
        assert browser.open(there).status == 200
        come(thief, " ".join(words_of(recovering.make_kit(table.node, club, me), "en")))
        assert thief.open(there).status == 200, "by the kit of that circle, as who has lost all does it"
        assert people_of_member(table.node.connection, table.live.no, table.members[name])[0] == person
    assert table.amina.open("backups").status == 200, "it is she who has this machine"


def test_who_is_signed_in_stays_who_they_are(table: Table) -> None:
    before = people_here(table)
    words = words_of_new(table, "Bruno")
    session = table.bruno.cookies[SESSION]
    come(table.bruno, words)
    assert (table.bruno.page.path[-8:], table.bruno.cookies[SESSION]) == ("/devices", session)
    assert people_here(table) == before
    come(table.dov, words)
    assert table.dov.cookies[SESSION] != session
    assert "Bruno" in table.dov.open("settings").source, "Dov's browser is Bruno's now"
    assert table.members["Dov"] not in table.dov.page.source
    assert people_here(table) == before + 1


def test_a_stranger_is_not_the_first_person_of_a_machine(table: Table, tmp_path: Path) -> None:
    """A copy of the circle, where nobody has been yet: whoever has the words comes in, and its owner is another."""
    (tmp_path / "copy").mkdir()
    words, copy = words_of_new(table, "Bruno"), Home(tmp_path / "copy")
    raw = b"".join(write(table.live.id, raw_entries(table.node.connection, table.live.no)))
    copy.node.receive(table.live.id, sections_of(raw))
    with copy.client:
        stranger = copy.browser("en")
        come(stranger, words)
        assert stranger.page.path.endswith("/devices")
        assert stranger.open("backups").status == 404
    copy.node.close()


def renew(table: Table, name: str) -> None:
    """A new key for who was that member here first; the one by which was written before is revoked."""
    member = table.members[name]
    old = public(table.node.key(table.live, member))
    person = people_of_member(table.node.connection, table.live.no, member)[0]
    invitation, seed = beginnings.invite(table.node, table.live, member, member=member)
    beginnings.join(table.node, table.live, person, invitation, seed, "")
    table.does(Revoked(device=old), name)
    table.live.seal()


def test_a_stolen_phone_is_shut_out_though_the_kit_is_young(table: Table) -> None:
    """Who came in by the kit signs it out, and revokes the key by which it wrote; it is outside, whoever signs in."""
    member = table.members["Bruno"]
    person = people_of_member(table.node.connection, table.live.no, member)[0]
    renew(table, "Bruno")
    old = public(table.node.key(table.live, member)).hex()
    again = table.signed_in(person)
    stranger = table.home.browser("en")
    come(stranger, words_of_new(table, "Bruno"))
    assert "You are in. This kit is not 14 days old" in stranger.page.text
    stranger.open("settings")
    session = table.node.token(again.cookies[SESSION], "session")
    stranger.send("/settings/device", f"close={session.hash.hex()[:16]}")
    assert [table.bruno.open("list").status, again.open("list").status] == [200, 401]
    stranger.open("devices")
    page = stranger.send("/devices/revoke", device=old)
    assert "The recovery kit that was made on it is void with it: make another." in page.text
    table.live.seal()
    assert table.bruno.open("list").status == 401
    assert stranger.open("list").status == 200
    assert person not in people_of_member(table.node.connection, table.live.no, member)


def test_a_thief_s_key_is_revoked_and_they_are_outside(table: Table) -> None:
    """Bruno's own machine revokes it: the thief does not go on by the key that this one holds for Bruno."""
    member = table.members["Bruno"]
    thief = table.home.browser("en")
    come(thief, words_of_new(table, "Bruno"))
    person = people_of_member(table.node.connection, table.live.no, member)[0]
    renew(table, "Bruno")
    assert thief.open("list").status == 401
    assert table.bruno.open("list").status == 200
    assert people_of_member(table.node.connection, table.live.no, member) == [person]


def test_the_pin_at_the_tablet_stays_good(table: Table) -> None:
    member = table.members["Bruno"]
    table.bruno.open(f"people/{member}")
    table.bruno.send(f"/people/{member}/pin", pin="2468")
    stranger = table.home.browser("en")
    come(stranger, words_of_new(table, "Bruno"))
    tablet = table.home.browser("en")
    tablet.cookies[SESSION] = table.node.make_token("tablet", circle=table.live.no, lasts=DAY)
    tablet.circle = table.live.id.hex()[:20]
    for person, pin in ((table.bruno, "2468"), (stranger, "1357")):
        person.open(f"people/{member}")
        person.send(f"/people/{member}/pin", pin=pin)
        tablet.open(f"tablet/{member}")
        assert tablet.send(f"/tablet/{member}", pin=pin).path.endswith("/list")
        tablet.open("tablet")


def test_the_keeper_of_a_circle_of_one_goes_on_by_it(table: Table) -> None:
    node = table.node
    live, me = beginnings.start(node, person := node.new_person(), "Seule", "Farid")
    kit = new_kit()
    node.act(live, me, KitMade(key=public(signer(seed_of(kit)))))
    here, time = live.clock, live.circle.time
    live.clock = lambda: time + UNTIL_IT_STANDS
    node.act(live, me, ProductAdded(name="Milk"))
    live.seal()
    live.clock = here
    old = live.circle.roots.keeper
    browser = table.signed_in(person)
    come(browser, " ".join(words_of(kit, "fr")))
    browser.circle = live.id.hex()[:20]
    browser.send("/devices/others")
    roots = live.circle.roots
    assert (roots.keeper, roots.term) == (public(node.key(live, me)).hex(), 1)
    assert old in live.circle.devices.revoked
    milk = node.act(live, me, ProductAdded(name="Bread"))[0]
    live.seal()
    assert live.replica.circle.roots.devices[milk.device.hex()].member == me
    assert short(milk.id) in live.circle.groceries.products


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Typed here: 0"),
        ("zoo " * 11, "Typed here: 11"),
        ("zzzz " + "zoo " * 11, "Word 1, “zzzz”, is in no list"),
        ("abandonn " + "zoo " * 11, "is it “abandon”?"),
        ("zoo " * 12, "two changed places"),
        (" ".join(words_of(bytes(16), "fr")), "No circle on this machine knows these words"),
    ],
)
def test_what_is_no_kit_is_refused_in_a_sentence(table: Table, typed: str, said: str) -> None:
    stranger = table.home.browser("en")
    come(stranger, typed)
    assert stranger.page.status in (401, 422)
    assert said in stranger.page.text


def test_a_stranger_sends_this_machine_nowhere(table: Table) -> None:
    stranger = table.home.browser("en")
    assert "address" not in stranger.open("/kit").form("/kit").fields
    come(stranger, " ".join(words_of(bytes(16), "en")))
    token = {"_csrf_token": stranger.token(), "words": " ".join(words_of(bytes(16), "en")), "address": "http://x.local"}
    assert stranger.post("/kit", token).status == 401


def test_another_kit_that_one_has_not_made_is_told(table: Table) -> None:
    standing_kit(table, "Bruno")
    assert "brings you back, whatever was lost" in table.bruno.open("devices").text
    table.does(KitMade(key=bytes(32)), "Bruno")
    page = table.bruno.open("devices")
    assert "Was it not you?" in page.text
    page = table.bruno.send("/devices/kit")
    assert "your earlier kit is the one that is good" in page.text


def test_a_child_and_a_guest_have_one_too(table: Table) -> None:
    for name, browser in (("Chloé", table.chloe), ("Dov", table.dov)):
        browser.open("devices")
        assert f"Recovery kit of {name}" in browser.send("/devices/kit").text


def test_at_the_shared_tablet_nobody_makes_one(table: Table) -> None:
    tablet = table.home.browser("en")
    tablet.cookies[SESSION] = table.node.make_token("tablet", circle=table.live.no, lasts=DAY)
    tablet.circle = table.live.id.hex()[:20]
    page = tablet.open("devices")
    assert not any("kit" in form.action for form in page.forms)


def test_others_may_look_at_pages_while_a_file_is_taken_in(table: Table, tmp_path: Path) -> None:
    """It comes in a few sections at a time."""
    for number in range(40):
        table.does(ProductAdded(name=f"Thing {number}"))
    raw = b"".join(write(table.live.id, raw_entries(table.node.connection, table.live.no), 1))
    node, turns = Node(tmp_path / "new", load()), 0

    async def looks() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def both() -> None:
        others = asyncio.create_task(looks())
        await recovering.take_in(node, BytesIO(raw), bytes(32))
        others.cancel()

    asyncio.run(both())
    assert turns > 2
    assert len(node.live(1).circle.groceries.products) == 40
    node.close()
