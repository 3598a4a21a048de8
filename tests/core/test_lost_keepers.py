"""The device that keeps the log is stolen, and its owner has nothing left but the recovery kit: the log goes on with
the owner, whatever the thief seals.
"""

import pytest

from cercle.core.fold import Why as FoldWhy
from cercle.core.keys import public
from cercle.modules.devices.events import KeeperAgreed, KitMade, OthersRevoked
from cercle.modules.devices.rules import UNTIL_IT_STANDS
from cercle.modules.devices.rules import Why as DevicesWhy
from cercle.modules.groceries.events import ProductAdded
from tests.core.test_takeovers import agree, keeper, seal_by
from tests.story import DAY, Invitation, Person, Story

MILK = ProductAdded(name="Milk")


def kit_of(story: Story, person: Person) -> Invitation:
    """A kit that stands."""
    key = story.key("kit")
    kit = Invitation(person.brings(KitMade(key=public(key))), key)
    story.wait(days=UNTIL_IT_STANDS / DAY)
    story.seal()
    return kit


def come_in(story: Story, kit: Invitation) -> Person:
    """Amina is back, by the kit, and says that all else is lost, and that this device is to keep the log."""
    new = story.people["back"] = story.join("amina", kit, device=9)
    new.brings(OthersRevoked())
    new.brings(KeeperAgreed(device=new.device, term=1))
    return new


@pytest.fixture
def alone() -> Story:
    return Story(alone=True)


def test_in_a_circle_of_one_it_takes_over_by_itself(alone: Story) -> None:
    kit = kit_of(alone, alone.amina)
    new = come_in(alone, kit)
    alone.seal()
    assert keeper(alone) == ("back", 1)
    assert alone.amina.does(MILK) == FoldWhy.REVOKED.code
    new.brings(MILK)
    alone.seal()
    assert alone.main.settled[new.last.prev or b""] == ""
    agree(alone)


def test_what_the_thief_seals_on_apart_counts_for_nothing(alone: Story) -> None:
    """Also where the thief writes on as Amina between the seals, by devices that the owner has never heard of."""
    kit = kit_of(alone, alone.amina)
    with alone.apart(alone.amina):
        thief, here = alone.amina, alone.main
        alone.main = thief.side
        more = alone.join("amina", alone.invite(thief, member=thief.member), device=5)
        more.side, alone.main = thief.side, here
        for one in (thief, more, thief):
            one.does(MILK)
            seal_by(alone, thief, 0)
        new = come_in(alone, kit)
        seal_by(alone, new, 1)
    assert keeper(alone) == ("back", 1)
    alone.seal()
    assert {alone.main.settled[thief.last.id], alone.main.settled[more.last.id]} <= {
        FoldWhy.REVOKED.code,
        FoldWhy.NOT_ALLOWED.code,
        FoldWhy.STRANGER.code,
    }
    for _ in range(3):
        thief.does(MILK)
        seal_by(alone, thief, 0)
    assert keeper(alone) == ("back", 1)
    agree(alone)


def test_without_a_kit_who_goes_on_alone_stays(alone: Story) -> None:
    """The founder of a circle of one by an old key: the rule of decision 15, which a kit alone outranks."""
    old = alone.people["old"] = alone.join("amina", alone.invite(alone.amina, member=alone.amina.member), device=1)
    alone.seal()
    with alone.apart(old):
        old.brings(KeeperAgreed(device=old.device, term=1))
        seal_by(alone, old, 1)
        for _ in range(2):
            alone.amina.brings(MILK)
            alone.seal()
    assert keeper(alone) == ("amina", 0)
    agree(alone)


def test_a_kit_that_another_one_has_replaced_since_gives_nobody_the_log(alone: Story) -> None:
    """Somebody finds the first paper, a year later, and a replica that is as old."""
    first = kit_of(alone, alone.amina)
    with alone.apart():
        pass
    side = alone.main.copy()
    second = alone.key("second kit")
    alone.amina.brings(KitMade(key=public(second)))
    alone.wait(days=UNTIL_IT_STANDS / DAY)
    alone.seal()
    for _ in range(2):
        alone.amina.brings(MILK)
        alone.seal()
    here, alone.main = alone.main, side
    finder = alone.people["back"] = alone.join("amina", first, device=9)
    finder.brings(OthersRevoked())
    finder.brings(KeeperAgreed(device=finder.device, term=1))
    seal_by(alone, finder, 1)
    alone.main = here
    alone.main.take(list(side.entries.values()))
    assert keeper(alone) == ("amina", 0)
    alone.amina.brings(MILK)
    agree(alone)


def test_among_others_more_than_half_are_needed_and_the_thief_is_none_of_them() -> None:
    story = Story("bruno")
    for name in ("chloe", "dov"):
        story.people[name] = story.join(name, story.invite(story.amina))
    kit = kit_of(story, story.amina)
    with story.apart(story.amina, story.dov):
        for one in (story.amina, story.dov, story.amina):
            one.does(MILK)
            seal_by(story, story.amina, 0)
        new = come_in(story, kit)
        assert story.circle.sealing() == (story.amina.device.hex(), 0)
        for one in (story.bruno, story.chloe):
            one.brings(KeeperAgreed(device=new.device, term=1))
        seal_by(story, new, 1)
    assert keeper(story) == ("back", 1)
    story.seal()
    assert story.dov.does(MILK) == ""
    agree(story)


def test_what_the_thief_had_said_of_the_keeper_does_not_bind_the_owner(alone: Story) -> None:
    kit = kit_of(alone, alone.amina)
    phone = alone.people["phone"] = alone.join("amina", alone.invite(alone.amina, member=alone.amina.member), device=1)
    other = alone.join("amina", alone.invite(alone.amina, member=alone.amina.member), device=2)
    alone.seal()
    phone.brings(KeeperAgreed(device=other.device, term=1_000_000))
    assert phone.is_refused(KeeperAgreed(device=phone.device, term=1)) == DevicesWhy.TERM.code
    alone.people["other"] = other
    come_in(alone, kit)
    alone.seal()
    assert keeper(alone) == ("back", 1)
    agree(alone)
