"""The recovery kit: how somebody who has nothing left but a sheet of paper comes in, and what a thief does about it.

Bruno has a phone and a laptop. A thief writes by whichever of them was stolen, as well as the keys on it allow.
"""

import pytest

from cercle.core.entry import short
from cercle.core.fold import Why as FoldWhy
from cercle.core.keys import public
from cercle.modules.devices.events import KitMade, Named, OthersRevoked, Revoked
from cercle.modules.devices.rules import UNTIL_IT_STANDS, Why
from cercle.modules.groceries.events import ProductAdded
from cercle.modules.people.events import InvitationWithdrawn, Left, SpareKept
from cercle.modules.people.rules import Why as PeopleWhy
from tests.story import DAY, Invitation, Person, Story

MILK = ProductAdded(name="Milk")


@pytest.fixture
def story() -> Story:
    return Story()


def make_kit(story: Story, person: Person) -> Invitation:
    story.number += 1
    key = story.key(f"kit {story.number}")
    return Invitation(person.brings(KitMade(key=public(key))), key)


def standing_kit(story: Story, person: Person) -> Invitation:
    kit = make_kit(story, person)
    late(story)
    return kit


def late(story: Story) -> None:
    """So long after that what was made stands."""
    story.wait(days=UNTIL_IT_STANDS / DAY)
    story.seal()


def further(story: Story, person: Person, device: int = 1) -> Person:
    """Another device of the same person."""
    return story.join(person.name, story.invite(person, member=person.member), device)


def by_kit(story: Story, person: Person, kit: Invitation, device: int = 9) -> Person:
    return story.join(person.name, kit, device)


def let_in(story: Story, person: Person) -> str:
    """The verdict of a device's first entry."""
    return story.main.verdict(next(one for one in story.entries.values() if one.device == person.device))


def test_devices_kit_made(story: Story) -> None:
    kit = make_kit(story, story.dov)
    known = story.circle.devices.kits[kit.id]
    assert (known.member, known.stands) == (story.dov.member, False)
    assert by_kit(story, story.dov, kit).member == story.dov.member
    late(story)
    assert story.circle.devices.kits[kit.id].stands
    assert by_kit(story, story.dov, kit, 8).member == story.dov.member, "as often as it is needed"


def test_devices_kit_made_is_refused(story: Story) -> None:
    story.dov.brings(Left())
    assert story.dov.is_refused(KitMade(key=bytes(32))) == FoldWhy.LEFT.code
    story.write(story.bruno, "devices.kit_made", {"key": bytes(31)}, None)
    assert story.main.verdict(story.bruno.last) == FoldWhy.MALFORMED.code


def test_who_has_left_does_not_come_back_by_it(story: Story) -> None:
    kit = standing_kit(story, story.bruno)
    story.bruno.brings(Left())
    assert let_in(story, by_kit(story, story.bruno, kit)) == PeopleWhy.NOBODY.code


def test_devices_others_revoked(story: Story) -> None:
    kit = standing_kit(story, story.bruno)
    laptop = further(story, story.bruno)
    spare = Invitation(laptop.brings(SpareKept(key=public(story.key("spare")))), story.key("spare"))
    link = story.invite(laptop)
    new = by_kit(story, story.bruno, kit)
    entry = new.brings(OthersRevoked())
    assert story.circle.devices.revoked == dict.fromkeys((story.bruno.device.hex(), laptop.device.hex()), entry)
    for lost in (story.bruno, laptop):
        assert lost.does(MILK) == FoldWhy.REVOKED.code
    assert let_in(story, story.join("bruno", spare, 5)) == PeopleWhy.USED.code
    assert let_in(story, story.join("farid", link)) == PeopleWhy.USED.code
    new.brings(MILK)
    story.seal()
    new.brings(MILK)
    assert by_kit(story, story.bruno, kit, 8).brings(OthersRevoked()), "the paper is good until another one stands"
    assert new.does(MILK) == FoldWhy.REVOKED.code


def test_devices_others_revoked_is_refused(story: Story) -> None:
    assert story.bruno.is_refused(OthersRevoked()) == Why.NOT_BY_KIT.code
    kit = make_kit(story, story.bruno)
    early = by_kit(story, story.bruno, kit, 4)
    assert early.is_refused(OthersRevoked()) == Why.NOT_BY_KIT.code, "the kit does not stand yet"
    late(story)
    assert early.is_refused(OthersRevoked()) == Why.NOT_BY_KIT.code, "it came before"
    new = by_kit(story, story.bruno, kit, 5)
    new.brings(OthersRevoked())
    assert new.is_refused(OthersRevoked()) == Why.NOT_BY_KIT.code, "once"
    slow = by_kit(story, story.bruno, kit, 6)
    late(story)
    assert slow.is_refused(OthersRevoked()) == Why.NOT_BY_KIT.code, "the rank has run out"


def test_a_kit_outlasts_the_device_that_made_it_only_once_it_stands(story: Story) -> None:
    laptop = further(story, story.bruno)
    fresh = make_kit(story, laptop)
    story.bruno.brings(Revoked(device=laptop.device))
    assert let_in(story, by_kit(story, story.bruno, fresh, 3)) == PeopleWhy.USED.code
    laptop = further(story, story.bruno, 2)
    standing = standing_kit(story, laptop)
    story.bruno.brings(Revoked(device=laptop.device))
    assert let_in(story, by_kit(story, story.bruno, standing, 4)) == ""


# --- what a thief tries --------------------------------------------------------------------------------------------


def test_a_thief_makes_another_kit_and_the_first_is_good_for_days_yet(story: Story) -> None:
    kit = standing_kit(story, story.bruno)
    thief = further(story, story.bruno)
    theirs = make_kit(story, thief)
    assert let_in(story, by_kit(story, story.bruno, theirs, 3)) == PeopleWhy.USED.code, "it admits nobody yet"
    story.wait(days=13)
    story.seal()
    new = by_kit(story, story.bruno, kit, 4)
    new.brings(OthersRevoked())
    late(story)
    assert list(story.circle.devices.kits) == [kit.id]
    assert let_in(story, by_kit(story, story.bruno, theirs, 5)) == PeopleWhy.USED.code


def test_a_kit_that_nobody_minded_takes_the_place_of_the_one_before(story: Story) -> None:
    kit = standing_kit(story, story.bruno)
    second = make_kit(story, story.bruno)
    third = make_kit(story, story.bruno)
    assert let_in(story, by_kit(story, story.bruno, kit, 3)) == ""
    late(story)
    assert list(story.circle.devices.kits) == [third.id]
    assert [let_in(story, by_kit(story, story.bruno, one, n)) for n, one in enumerate((kit, second, third), 4)] == [
        PeopleWhy.USED.code,
        PeopleWhy.USED.code,
        "",
    ]


def test_a_thief_withdraws_the_kit_and_it_stays_good(story: Story) -> None:
    kit = standing_kit(story, story.bruno)
    further(story, story.bruno).brings(InvitationWithdrawn(invitation=kit.id))
    story.amina.brings(InvitationWithdrawn(invitation=kit.id))
    by_kit(story, story.bruno, kit).brings(OthersRevoked())


def test_a_thief_who_sees_it_coming_does_not_get_in_before(story: Story) -> None:
    """By a device that goes on apart, from where the new one had come in: whichever of the two sorts first."""
    verdicts = []
    for number in range(6):
        story = Story()
        kit = standing_kit(story, story.bruno)
        thief = further(story, story.bruno)
        new = by_kit(story, story.bruno, kit)
        with story.apart(thief):
            for _ in range(number % 2):
                thief.does(MILK)
            thief.does(Revoked(device=new.device))
            verdicts.append(thief.side.verdict(thief.last))
            more = further_apart(story, thief)
            more.does(Revoked(device=new.device))
            story.number += number
            new.brings(OthersRevoked())
        more.side = story.main
        story.seal()
        assert story.verdict(short(new.last.id)) == ""
        new.brings(MILK)
        for lost in (story.bruno, thief, more):
            assert lost.does(MILK) in (FoldWhy.REVOKED.code, FoldWhy.STRANGER.code)
    assert set(verdicts) == {Why.CAME_BY_KIT.code}


def further_apart(story: Story, thief: Person) -> Person:
    """A device more, of which nobody but the thief knows yet."""
    here, story.main = story.main, thief.side
    more = further(story, thief, 7)
    more.side, story.main = thief.side, here
    return more


def test_what_a_thief_had_prepared_apart_admits_nobody_once_it_is_heard(story: Story) -> None:
    kit = standing_kit(story, story.bruno)
    with story.apart(story.bruno):
        early = further_apart(story, story.bruno)
        by_kit(story, story.bruno, kit).brings(OthersRevoked())
        story.seal()
    early.side = story.main
    story.seal()
    assert early.does(MILK) == FoldWhy.STRANGER.code


def test_a_kit_with_the_key_of_another_admits_as_who_made_it(story: Story) -> None:
    kit = standing_kit(story, story.bruno)
    story.chloe.brings(KitMade(key=public(kit.key)))
    assert by_kit(story, story.bruno, kit).member == story.bruno.member


def test_an_adult_looks_after_a_child_who_came_by_a_kit(story: Story) -> None:
    kit = standing_kit(story, story.chloe)
    new = by_kit(story, story.chloe, kit)
    assert story.chloe.is_refused(Revoked(device=new.device)) == Why.CAME_BY_KIT.code
    story.bruno.brings(Revoked(device=new.device))
    assert new.does(MILK) == FoldWhy.REVOKED.code


def test_a_device_that_came_by_the_kit_is_one_as_any_other_after_some_days(story: Story) -> None:
    new = by_kit(story, story.bruno, standing_kit(story, story.bruno))
    story.bruno.brings(Named(device=story.bruno.device, name="Phone"))
    late(story)
    story.bruno.brings(Revoked(device=new.device))
