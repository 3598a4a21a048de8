"""The page of one's devices: names, what is revoked, a fork with its proof, and how its owner goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cercle import beginnings
from cercle.core.entry import Raw, compose, write_words
from cercle.core.keys import public, sign
from cercle.modules.devices.events import HandedOn
from cercle.modules.groceries.events import ProductAdded
from cercle.modules.people.events import KindChanged
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.sync.bundle import write
from tests.carrying import sections_of
from tests.web.seated import Table, seated

KEEPS = '<span class="tag">keeps the log</span>'


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path) as made:
        yield made


def device_of(table: Table, name: str) -> str:
    live = table.live
    return public(table.node.key(live, table.members[name])).hex()


def further(table: Table, name: str) -> str:
    """Somebody's key on another machine, which this node does not hold."""
    node, live, member = table.node, table.live, table.members[name]
    invitation, seed = beginnings.invite(node, live, member, member=member)
    before = set(live.circle.roots.devices)
    beginnings.join(node, live, node.new_person(), invitation, seed, "")
    (found,) = set(live.circle.roots.devices) - before
    node.connection.exec_driver_sql("UPDATE keys SET purpose = 'retired' WHERE key = ?", (bytes.fromhex(found),))
    node._keys.clear()
    return found


def test_one_s_devices_and_what_they_are_called(table: Table) -> None:
    key = device_of(table, "Bruno")
    page = table.bruno.open("devices")
    assert f"Key {key[:8]}" in page.source
    assert "this machine" in page.text
    assert "heard of last on" in page.text
    page = table.bruno.send("/devices/name", name="The box in the hall")
    assert "Kept." in page.text
    assert "The box in the hall" in page.source
    page = table.bruno.send("/devices/name", name="  ")
    assert (page.status, "A name has 1 to 60 letters." in page.text) == (422, True)
    assert device_of(table, "Amina")[:8] not in page.source


def test_the_keeper_s_own_is_told_and_not_revoked(table: Table) -> None:
    page = table.amina.open("devices")
    assert KEEPS in page.source
    posted = {"_csrf_token": table.amina.token(), "device": device_of(table, "Amina")}
    assert "This device keeps the log" in table.amina.post("devices/revoke", posted).text


def test_one_s_own_lost_keeper_is_replaced_before_it_is_revoked(table: Table) -> None:
    lost = further(table, "Amina")
    table.does(HandedOn(device=bytes.fromhex(lost)))
    page = table.amina.open("devices")
    assert "Lost? It keeps the log: choose another device for that first" in page.text
    assert not any(one.fields.get("device") == [lost] for one in page.forms if one.action.endswith("/revoke"))
    heirs = page.source.partition('name="other"')[2].partition("</select>")[0]
    first = heirs.partition("</option>")[0]
    assert device_of(table, "Amina") in first, "this very machine"
    assert "(this machine)" in first


def test_a_lost_device_is_revoked(table: Table) -> None:
    lost = further(table, "Bruno")
    page = table.bruno.open("devices")
    form = next(one for one in page.forms if one.action.endswith("/revoke") and one.fields["device"] == [lost])
    page = table.bruno.post(form.action, {"_csrf_token": table.bruno.token(), "device": lost})
    assert "counts for nothing" in page.text
    assert table.live.circle.devices.revoked.keys() == {lost}
    assert "revoked" in table.bruno.open("devices").text
    assert "frozen" not in table.bruno.page.text
    again = table.bruno.post(form.action, {"_csrf_token": table.bruno.token(), "device": lost})
    assert (again.status, "revoked already" in again.text) == (409, True)


def test_an_adult_looks_after_the_devices_of_a_child(table: Table) -> None:
    chloe = device_of(table, "Chloé")
    page = table.bruno.open("devices")
    assert f'value="{chloe}"' in page.source
    assert f'value="{device_of(table, "Amina")}"' not in page.source
    table.bruno.post("devices/revoke", {"_csrf_token": table.bruno.token(), "device": chloe})
    assert "This machine does not write for you any more" in table.chloe.open("list").text
    assert chloe in table.chloe.open("devices").source


@pytest.mark.parametrize("device", ["", "zz", "00" * 32, "00" * 31, "é" * 64, "00" * 5000])
def test_what_is_no_device_is_refused_in_a_sentence(table: Table, device: str) -> None:
    table.bruno.open("devices")
    for action, more in (("devices/revoke", {}), ("devices/name", {"name": "Mine"})):
        page = table.bruno.post(action, {"_csrf_token": table.bruno.token(), "device": device, **more})
        assert (page.status, "There is no such device in the circle." in page.text) == (409, True)


def fork(node: Node, live: Live, member: str) -> None:
    """Somebody writes by the same key on a copy of this node, and what they wrote comes here."""
    key = node.key(live, member)
    entry = node.act(live, member, ProductAdded(name="Milk"))[0]
    body = write_words(bytes(16), {"name": "Wine"})
    other, header = compose(
        live.id, public(key), seq=entry.seq, prev=entry.prev, seen=entry.seen, lamport=entry.lamport,
        time=entry.time, event=entry.event, kept=entry.kept, body=body,
    )  # fmt: skip
    node.receive(live.id, sections_of(b"".join(write(live.id, [(other, Raw(header, sign(key, other.id), body))]))))
    live.seal()


def test_a_device_that_told_two_stories_is_shown_with_its_proof_and_its_owner_goes_on(table: Table) -> None:
    node, live, bruno = table.node, table.live, table.members["Bruno"]
    beginnings.put_spare_aside(node, live, bruno)
    live.seal()
    before = device_of(table, "Bruno")
    fork(node, live, bruno)
    page = table.bruno.open("list")
    assert "your key on this machine is frozen" in page.text
    assert "frozen" not in table.amina.open("list").text
    page = table.bruno.open("devices")
    assert "Bruno added Milk to the products." in page.text
    assert "Bruno added Wine to the products." in page.text
    assert not any(form.action.endswith(("/name", "/revoke")) for form in page.forms)
    page = table.bruno.send("/devices/again")
    assert "You write by a new key from now on." in page.text
    assert "your key on this machine is frozen" not in page.text
    assert device_of(table, "Bruno") != before
    table.bruno.open("list")
    assert "1 L cocoa" not in table.bruno.page.text
    table.bruno.send("/list", line="1 L cocoa")
    assert "cocoa" in table.amina.open("list").text
    assert table.bruno.post("devices/again", {"_csrf_token": table.bruno.token()}).status == 200
    assert len([one for one in live.circle.roots.devices.values() if one.member == bruno]) == 2, "once is enough"


def test_whose_device_is_frozen_without_a_spare_is_told_what_to_do(table: Table) -> None:
    node, live = table.node, table.live
    fork(node, live, table.members["Bruno"])
    page = table.bruno.open("devices")
    assert "Nothing on this machine can bring you back." in page.text
    assert not any(form.action.endswith("/again") for form in page.forms)
    table.bruno.open("settings")
    page = table.bruno.post("devices/again", {"_csrf_token": table.bruno.token()})
    assert (page.status, "This could not be done." in page.text) == (409, True)


def test_the_keeper_hands_the_log_on_before_her_machine_goes(table: Table) -> None:
    assert not any(form.action.endswith("/hand-on") for form in table.bruno.open("devices").forms)
    table.amina.open("devices")
    page = table.amina.send("/hand-on", heir="00" * 32)
    assert (page.status, page.invalid) == (409, ["heir"])
    page = table.amina.send("/hand-on", heir=device_of(table, "Bruno"))
    assert "That device keeps the log from now on." in page.text
    assert KEEPS not in page.source.partition("own-title")[2].partition("others-title")[0]
    assert KEEPS in table.bruno.open("devices").source
    assert table.live.circle.roots.term == 1
    table.bruno.open("list")
    table.bruno.send("/list", line="1 L cocoa")
    assert table.live.seal()
    assert table.live.replica.pending.ordered()[0].device.hex() == device_of(table, "Bruno")


def test_a_stranger_learns_nothing(table: Table) -> None:
    assert table.farid.open(f"/c/{table.live.circle.roots.begun}/devices").status == 401


def lost(table: Table) -> str:
    """Dov is an adult too, and this node is not the one that keeps the log, and never will be again; gives its key."""
    table.does(KindChanged(member=table.members["Dov"], kind="adult"))
    table.live.seal()
    key = device_of(table, "Amina")
    table.node.connection.exec_driver_sql("UPDATE keys SET purpose = 'retired' WHERE key = ?", (bytes.fromhex(key),))
    table.node._keys.clear()
    return key


def test_a_lost_keeper_is_replaced_by_those_who_are_left(table: Table) -> None:
    assert "is the device that keeps the log lost" not in table.bruno.open("devices").text.lower()
    keeper = lost(table)
    page = table.bruno.open("devices")
    assert "Is the device that keeps the log lost?" in page.text
    assert f'<option value="{keeper}"' not in page.source
    page = table.bruno.send("/devices/want", other=device_of(table, "Bruno"))
    assert "Said." in page.text
    assert "wanted by Bruno (1 of the 2 that it takes)" in page.text
    assert "I want it too" not in page.text
    assert "Others say that the device which keeps the log is lost." in table.dov.open("people").text
    assert "Others say that" not in table.bruno.open("people").text
    page = table.dov.open("devices")
    assert "I want it too" in page.text
    page = table.dov.send("/devices/want", other=device_of(table, "Bruno"))
    assert "Enough people want it" in page.text
    assert table.circle.roots.keeper == device_of(table, "Bruno")
    assert "Is the device that keeps the log lost?" not in table.bruno.open("devices").text
    table.live.seal()
    assert table.live.replica.tree.size > 0


def test_who_cannot_decide_about_the_keeper_is_not_asked(table: Table) -> None:
    lost(table)
    assert "keeps the log lost" not in table.chloe.open("devices").text
    posted = {"_csrf_token": table.chloe.token(), "other": device_of(table, "Bruno")}
    page = table.chloe.post("devices/want", posted)
    assert (page.status, "not yours to do" in page.text) == (409, True)


def test_a_device_that_cannot_keep_the_log_is_refused_in_a_sentence(table: Table) -> None:
    lost(table)
    table.bruno.open("devices")
    for device, said in (("x", "no such device"), (device_of(table, "Chloé"), "Only the device of an adult")):
        page = table.bruno.post("devices/want", {"_csrf_token": table.bruno.token(), "other": device})
        assert (page.status, said in page.text) == (409, True)
    table.bruno.send("/devices/want", other=device_of(table, "Bruno"))
    page = table.bruno.send("/devices/want", other=device_of(table, "Dov"))
    assert "wanted by Bruno (1 of the 2 that it takes)" in page.text, "one may think again"
