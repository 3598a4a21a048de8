"""Erased words leave every machine that holds the circle, and each says so."""

from cercle import beginnings
from cercle.acknowledging import machines_after
from cercle.core.entry import Entry, short
from cercle.core.keys import public
from cercle.modules import load
from cercle.modules.devices.events import Revoked
from cercle.modules.groceries.events import ProductAdded
from cercle.modules.people.events import EntryErased, RemovalAgreed
from cercle.store.frontier import frontier
from cercle.store.node import Node
from cercle.store.rows import raw_entries
from cercle.store.verify import verify
from cercle.sync.bundle import write
from tests.carrying import sections_of
from tests.sync.test_meeting import Two, two

__all__ = ["two"]

SECRET = "Grandmother’s secret"


def on_disk(node: Node) -> bytes:
    return b"".join(file.read_bytes() for file in node.data.iterdir() if file.is_file())


def erased_at(node: Node, entry: Entry) -> dict[str, bool]:
    """Whose machines have dropped its words, as far as this node knows."""
    live = node.live(1)
    found = machines_after(live, entry)
    return {
        ", ".join(live.name(live.circle.people.profiles[member].words) for member in one.members): one.has_dropped
        for one in found
    }


def test_words_leave_the_other_machine_too_and_it_says_so(two: Two) -> None:
    entry = two.node.act(two.live, two.bruno, ProductAdded(name=SECRET))[0]
    two.meet()
    old = b"".join(write(two.id, raw_entries(two.node.connection, two.live.no)))
    assert SECRET.encode() in old
    two.home.down()
    two.node.act(two.live, two.bruno, EntryErased(entry=short(entry.id), author=two.bruno))
    assert erased_at(two.node, entry) == {"Amina": False, "Bruno": True}
    assert SECRET.encode() not in on_disk(two.node)
    two.home.up(again=True)
    two.meet()
    two.meet()
    assert erased_at(two.node, entry) == {"Amina": True, "Bruno": True}
    two.home.down()
    amina = Node(two.home.data, load())
    assert erased_at(amina, entry) == {"Amina": True, "Bruno": True}
    assert SECRET.encode() not in on_disk(amina)
    amina.receive(two.id, sections_of(old))
    assert SECRET.encode() not in on_disk(amina)
    assert amina.live(1).words(short(entry.id)) == {}
    amina.close()


def test_what_is_erased_for_somebody_else_goes_once_the_keeper_has_settled_it(two: Two) -> None:
    node = Node(two.home.data, load())
    entry = node.act(node.live(1), two.amina, ProductAdded(name=SECRET))[0]
    node.close()
    two.meet()
    two.node.act(two.live, two.bruno, EntryErased(entry=short(entry.id), author=two.amina))
    assert two.live.words(short(entry.id)) == {"name": SECRET}, "not by Bruno alone"
    two.meet()
    assert two.live.words(short(entry.id)) == {}
    assert SECRET.encode() not in on_disk(two.node)
    two.meet()
    assert erased_at(two.node, entry) == {"Amina": True, "Bruno": True}


def test_who_was_removed_apart_has_erased_their_own_words_all_the_same(two: Two) -> None:
    """He was not to know; and where nobody else has the words, nobody would ever find them again."""
    early = two.node.act(two.live, two.bruno, ProductAdded(name=SECRET))[0]
    two.meet()
    node = Node(two.home.data, load())
    live = node.live(1)
    chloe = beginnings.join(node, live, node.new_person(), *beginnings.invite(node, live, two.amina), "Chloé")
    live.seal()
    for member in (two.amina, chloe):
        node.act(live, member, RemovalAgreed(member=two.bruno))
    late = two.node.act(two.live, two.bruno, ProductAdded(name="Nobody else has heard of this"))[0]
    for entry in (early, late):
        two.node.act(two.live, two.bruno, EntryErased(entry=short(entry.id), author=two.bruno))
    node.receive(two.id, sections_of(b"".join(write(two.id, raw_entries(two.node.connection, 1)))))
    two.node.receive(two.id, sections_of(b"".join(write(two.id, raw_entries(node.connection, 1)))))
    node.live(1).seal()
    for one in (node, two.node):
        assert SECRET.encode() not in on_disk(one)
        assert frontier(one.live(1)).missing == []
        assert verify(one.connection, load(), 1) == []
    node.close()


def test_words_that_a_stolen_device_erased_come_back(two: Two) -> None:
    """Bruno's own revocation stands before what the thief did with it, apart: it was erased there alone."""
    entry = two.node.act(two.live, two.bruno, ProductAdded(name=SECRET))[0]
    two.meet()
    node = Node(two.home.data, load())
    invitation, seed = beginnings.invite(two.node, two.live, two.bruno, member=two.bruno)
    node.receive(two.id, sections_of(b"".join(write(two.id, raw_entries(two.node.connection, 1)))))
    beginnings.join(node, node.live(1), node.new_person(), invitation, seed, "")
    node.act(node.live(1), two.bruno, Revoked(device=public(two.node.key(two.live, two.bruno))))
    for _ in range(9):
        two.node.act(two.live, two.bruno, ProductAdded(name="Salt"))
    two.node.act(two.live, two.bruno, EntryErased(entry=short(entry.id), author=two.bruno))
    assert two.live.words(short(entry.id)) == {}
    both = b"".join(write(two.id, raw_entries(node.connection, 1)))
    two.node.receive(two.id, sections_of(both))
    assert [one.hex() for one in frontier(two.live).missing] in ([short(entry.id)], [])
    two.node.receive(two.id, sections_of(both))
    assert two.live.words(short(entry.id)) == {"name": SECRET}
    assert verify(two.node.connection, load(), 1) == []
    node.close()
