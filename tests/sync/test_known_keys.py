"""Whoever writes by a new key is let in by an old one, until the others have heard of the new one."""

import asyncio
from pathlib import Path

import pytest

from cercle import beginnings
from cercle.backup import back_up, restore
from cercle.core.keys import public
from cercle.meeting import LATELY, NotMet, let_in, voices
from cercle.modules import load
from cercle.modules.devices.events import HandedOn, Revoked
from cercle.modules.groceries.events import ProductAdded
from cercle.modules.people.events import SpareKept
from cercle.store.live import now
from cercle.store.node import Node
from cercle.store.peers import invitation_at, keep_peer
from cercle.store.receive import Received
from cercle.visiting import come_in, meet_at, parts_of
from tests.sync.test_meeting import Two, two

__all__ = ["two"]


def restored(data: Path, beside: Path) -> Path:
    """A node goes on from a backup, on new keys, in another folder."""
    node = Node(data, load())
    back_up(node, beside / "backup")
    node.close()
    assert restore(beside / "backup", beside / "restored").joined
    return beside / "restored"


def goes(two: Two, node: Node) -> Received:
    return asyncio.run(meet_at(node, node.live(1), two.home.url))


def test_who_was_restored_is_let_in_and_brings_the_new_key(two: Two, tmp_path: Path) -> None:
    node = Node(restored(two.node.data, tmp_path), load())
    entry = node.act(node.live(1), two.bruno, ProductAdded(name="Salt"))[0]
    goes(two, node)
    two.meet()
    assert two.live.entry(entry.id[:10].hex()) == entry
    node.close()


def test_a_home_that_was_restored_is_known_by_who_comes(two: Two, tmp_path: Path) -> None:
    two.home.down()
    two.home.data = restored(two.home.data, tmp_path)
    two.home.up(again=True)
    two.at_aminas("Milk")
    two.meet()
    assert two.here() == two.there()


def test_a_home_that_holds_two_keys_answers_by_the_one_that_is_known(two: Two) -> None:
    """Amina's device at home was revoked from another machine: Bruno has heard of it, and the home has not."""
    two.meet()
    two.home.down()
    home = Node(two.home.data, load())
    live = home.live(1)
    chloe = beginnings.join(home, live, home.new_person(), *beginnings.invite(home, live, two.amina), "Chloé")
    old, hers = voices(home, live)
    home.act(live, two.amina, HandedOn(device=public(hers)))
    device, secret = beginnings.invite(home, live, two.amina, member=two.amina)
    assert home.key(live, chloe) == hers
    home.close()
    two.home.up(again=True)
    two.meet()
    beginnings.join(two.node, two.live, two.node.new_person(), device, secret, "")
    two.node.act(two.live, two.amina, Revoked(device=public(old)))
    assert public(old) not in let_in(two.live)
    assert two.meet()
    two.meet()
    assert two.here() == two.there()


def test_who_holds_two_keys_goes_on_by_the_one_that_was_not_revoked(two: Two) -> None:
    """Chloé writes on Bruno's machine too; there nobody has heard yet that his device was revoked, from another one."""
    two.meet()
    _, invitation, seed = parts_of(two.link())
    two.meet()
    beginnings.join(two.node, two.live, two.node.new_person(), invitation, seed, "Chloé")
    two.meet()
    his, hers = voices(two.node, two.live)
    other = Node(two.home.data.parent / "other", load())
    device, secret = beginnings.invite(two.node, two.live, two.bruno, member=two.bruno)
    two.meet()
    link = two.link()
    asyncio.run(come_in(other, link, other.new_person(), "Dov"))
    beginnings.join(other, other.live(1), other.new_person(), device, secret, "")
    other.act(other.live(1), two.bruno, Revoked(device=public(his)))
    goes(two, other)
    other.close()
    assert two.meet().new
    assert voices(two.node, two.live) == [hers]
    assert two.here() == two.there()


def revoked_from_elsewhere(two: Two) -> None:
    """Amina has another device, on Bruno's machine; by it she revokes the only one of her machine at home."""
    home = Node(two.home.data, load())
    live = home.live(1)
    device, secret = beginnings.invite(home, live, two.amina, member=two.amina)
    two.meet()
    beginnings.join(two.node, two.live, two.node.new_person(), device, secret, "")
    two.meet()
    (old,) = voices(home, live)
    home.act(live, two.amina, HandedOn(device=public(two.node.key(two.live, two.amina))))
    home.close()
    two.meet()
    two.node.act(two.live, two.amina, Revoked(device=public(old)))


def test_a_device_that_was_revoked_just_now_is_told_so_and_hears_nothing_after_it(two: Two) -> None:
    revoked_from_elsewhere(two)
    two.meet()
    assert two.here() == two.there()
    two.node.clock = lambda: now() + LATELY
    two.at_brunos("Salt")
    with pytest.raises(NotMet):
        two.meet()
    assert two.there()[1] == []


def test_a_device_that_turns_up_long_after_it_was_revoked_is_told_nothing(two: Two) -> None:
    revoked_from_elsewhere(two)
    before = two.there()
    two.node.clock = lambda: now() + LATELY
    with pytest.raises(NotMet):
        two.meet()
    assert two.there() == before


def test_an_invitation_that_is_used_up_keeps_nobody_away(two: Two) -> None:
    """Who joined, told them there, and was cut off before they answered, would come by the invitation again."""
    keep_peer(two.node.connection, two.live.no, two.home.url, b"i" * 32)
    two.at_aminas("Milk")
    assert two.meet().new
    assert invitation_at(two.node.connection, two.live.no, two.home.url) is None
    assert two.here() == two.there()


def test_nothing_is_written_by_an_old_key(two: Two, tmp_path: Path) -> None:
    node = Node(restored(two.node.data, tmp_path), load())
    live = node.live(1)
    old, new = voices(node, live)
    assert public(node.key(live, two.bruno)) == public(new)
    assert node.act(live, two.bruno, SpareKept(key=b"k" * 32))[0].device != public(old)
    node.close()
