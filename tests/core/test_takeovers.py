"""A keeper who is lost: the circle chooses another one, and nobody else can make it look so.

Amina keeps the log of five adults; more than half of them are three.
"""

from typing import Any

import pytest

from cercle.core.entry import Entry
from cercle.core.fold import Why as FoldWhy
from cercle.core.fold import state_hash
from cercle.core.replica import Replica
from cercle.core.standing import standing
from cercle.modules.devices.events import HandedOn, KeeperAgreed
from cercle.modules.groceries.events import ProductAdded
from cercle.modules.people.events import Left, RemovalAgreed
from tests.story import Person, Story


@pytest.fixture
def story() -> Story:
    story = Story("bruno")
    for name in ("chloe", "dov", "farid"):
        story.people[name] = story.join(name, story.invite(story.amina))
    story.seal()
    return story


def want(story: Story, heir: Person, *people: Person, term: int = 1) -> None:
    for one in people:
        one.brings(KeeperAgreed(device=heir.device, term=term))


def seal_by(story: Story, person: Person, term: Any) -> Entry:
    """A seal of this device as it would be right, if it were entitled to it."""
    circle = person.side.copy().replica
    _, kept = circle.settle_all(story.time)
    return story.write(person, "circle.sealed", {**kept, "term": term}, None)


def keeper(story: Story) -> tuple[str, int]:
    roots = story.circle.roots
    return next(name for name, one in story.people.items() if one.device.hex() == roots.keeper), roots.term


def agree(story: Story) -> None:
    """Whoever hears all of it in any order comes to the same."""
    entries = list(story.main.entries.values())
    weighed = Replica(story.modules, weighed=standing(story.modules, entries))
    weighed.take(entries)
    assert not weighed.disputed
    assert state_hash(weighed.circle) == state_hash(story.circle)
    assert weighed.tree.root() == story.main.replica.tree.root()


def test_more_than_half_choose_another_keeper(story: Story) -> None:
    want(story, story.bruno, story.bruno, story.chloe)
    assert story.circle.sealing() == (story.amina.device.hex(), 0), "two of five are too few"
    want(story, story.bruno, story.dov)
    story.seal()
    assert (keeper(story), story.bruno.last.event) == (("bruno", 1), "circle.sealed")
    assert (story.circle.devices.agreed, story.circle.devices.lost) == ({}, 1)
    story.chloe.brings(ProductAdded(name="Milk"))
    story.seal()
    assert story.main.settled[story.chloe.last.id] == ""
    assert story.main.replica.alarms == []
    agree(story)


def test_what_only_the_lost_keeper_had_sealed_is_pending_again(story: Story) -> None:
    with story.apart(story.amina, story.farid):
        milk = story.farid.brings(ProductAdded(name="Milk"))
        story.seal()
        assert story.farid.last.id in story.farid.side.settled
        want(story, story.bruno, story.bruno, story.chloe, story.dov)
        seal_by(story, story.bruno, 1)
        alone = story.farid.side
    assert keeper(story) == ("bruno", 1)
    assert (story.farid.last.id in story.main.settled, story.verdict(milk)) == (False, "")
    alone.take(list(story.main.entries.values()))
    assert (alone.settled, alone.replica.tree.root()) == (story.main.settled, story.main.replica.tree.root())
    story.seal()
    assert story.main.settled[story.farid.last.id] == ""
    assert story.main.verdict(seal_by(story, story.amina, 0)) == FoldWhy.NOT_ALLOWED.code
    story.amina.brings(ProductAdded(name="Salt"))
    agree(story)


def test_a_takeover_that_says_what_is_not_so_is_none(story: Story) -> None:
    """As one that was made where other seals stood."""
    want(story, story.bruno, story.bruno, story.chloe, story.dov)
    with story.apart(story.bruno):
        story.write(story.bruno, "circle.sealed", {"term": 1, "count": 30, "root": bytes(32)}, None)
    assert keeper(story) == ("amina", 0)
    agree(story)
    story.seal()
    assert (keeper(story), story.main.replica.alarms) == (("bruno", 1), [])
    agree(story)


def test_a_keeper_who_is_not_lost_cannot_stay_by_letting_friends_in(story: Story) -> None:
    with story.apart(story.amina):
        for number in range(5):
            friend = story.person("farid", number + 1)
            friend.side = story.amina.side
            here, story.main = story.main, story.amina.side
            story.join("farid", story.invite(story.amina), device=number + 1)
            story.main = here
        story.seal()
        story.amina.brings(ProductAdded(name="More"))
        story.seal()
        want(story, story.bruno, story.bruno, story.chloe, story.dov)
        seal_by(story, story.bruno, 1)
    assert keeper(story) == ("bruno", 1)
    agree(story)


def test_a_keeper_who_has_heard_it_settles_nothing_against_it(story: Story) -> None:
    want(story, story.bruno, story.bruno, story.chloe, story.dov)
    settled = story.main.replica.tree.size
    with story.apart(story.amina):
        seal_by(story, story.amina, 0)
    assert story.main.replica.tree.size == settled
    story.seal()
    assert keeper(story) == ("bruno", 1)
    agree(story)


def test_those_who_have_left_do_not_take_the_circle_over() -> None:
    """Bruno and Chloé were most of the circle once, and still have laptops that have heard nothing since."""
    story = Story("bruno")
    story.people["chloe"] = story.join("chloe", story.invite(story.amina))
    one = story.join("bruno", story.invite(story.bruno, member=story.bruno.member), device=1)
    other = story.join("chloe", story.invite(story.chloe, member=story.chloe.member), device=1)
    story.seal()
    with story.apart(one, other):
        want(story, one, one, other)
        seal_by(story, one, 1)
        assert one.circle.roots.keeper == one.device.hex(), "as far as they know"
        story.bruno.brings(Left())
        story.seal()
        story.chloe.brings(Left())
        story.seal()
        before = dict(story.main.settled)
    assert keeper(story) == ("amina", 0)
    assert before.items() <= story.main.settled.items()
    agree(story)


def test_the_founder_does_not_get_the_circle_back_by_a_key_of_the_first_day() -> None:
    story = Story(alone=True)
    old = story.join("amina", story.invite(story.amina, member=story.amina.member), device=1)
    story.seal()
    with story.apart(old):
        want(story, old, old)
        seal_by(story, old, 1)
        for name in ("bruno", "chloe", "dov"):
            story.people[name] = story.join(name, story.invite(story.amina))
            story.seal()
        story.amina.brings(HandedOn(device=story.bruno.device))
        story.seal()
        story.seal()
        before = dict(story.main.settled)
    assert keeper(story) == ("bruno", 1)
    assert before.items() <= story.main.settled.items()
    agree(story)


def test_what_most_have_gone_on_from_stays(story: Story) -> None:
    """Chloé wants another keeper by a laptop that has not heard the last seals, on which she has gone on herself."""
    laptop = story.join("chloe", story.invite(story.chloe, member=story.chloe.member), device=1)
    story.seal()
    with story.apart(laptop, story.bruno, story.dov):
        want(story, story.bruno, laptop, story.bruno, story.dov)
        seal_by(story, story.bruno, 1)
        story.seal()
        for one in (story.amina, story.chloe, story.farid):
            one.brings(ProductAdded(name="Milk"))
            story.seal()
        story.seal()
    assert keeper(story) == ("amina", 0)
    agree(story)


def test_two_who_were_chosen_apart_are_told_apart_by_the_term(story: Story) -> None:
    """Dov says one device here and another there: of two that enough people wanted, the later term stands."""
    phone = story.join("dov", story.invite(story.dov, member=story.dov.member), device=1)
    story.seal()
    with story.apart(story.bruno, story.chloe, phone):
        want(story, story.bruno, story.bruno, story.chloe, phone, term=2)
        seal_by(story, story.bruno, 2)
        want(story, story.farid, story.farid, story.dov, story.amina)
        story.seal()
        assert keeper(story) == ("farid", 1)
    assert keeper(story) == ("bruno", 2)
    agree(story)


def test_a_keeper_that_forked_is_replaced(story: Story) -> None:
    twin = story.amina.twin()
    story.amina.does(ProductAdded(name="One"))
    twin.does(ProductAdded(name="Other"))
    want(story, story.bruno, story.bruno, story.chloe, story.dov)
    story.seal()
    assert keeper(story) == ("bruno", 1)
    assert story.circle.roots.devices[story.amina.device.hex()].forked
    story.chloe.brings(ProductAdded(name="Milk"))
    story.seal()
    assert story.main.settled[story.chloe.last.id] == ""
    agree(story)


def test_after_that_the_old_keeper_can_be_removed(story: Story) -> None:
    want(story, story.bruno, story.bruno, story.chloe, story.dov)
    story.seal()
    for one in (story.bruno, story.chloe, story.dov):
        one.brings(RemovalAgreed(member=story.amina.member))
    story.seal()
    assert story.circle.roots.members[story.amina.member].gone == "removed"


def test_seals_of_those_whom_nobody_wants_change_nothing(story: Story) -> None:
    want(story, story.farid, story.farid)
    story.seal()
    size = story.main.replica.tree.size
    for term in (1, 2, True, "1"):
        seal_by(story, story.farid, term)
    with story.apart(story.farid):
        seal_by(story, story.farid, 3)
        story.seal()
    assert (keeper(story), story.main.replica.tree.size) == (("amina", 0), size + 5)
    agree(story)
