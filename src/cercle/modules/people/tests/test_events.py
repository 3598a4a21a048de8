"""Who is in the circle, comes in, is away, leaves, and takes words back: each event as it works and is refused."""

import pytest

from cercle.core.entry import Rejected, short
from cercle.core.keys import public
from cercle.modules.circle.events import Linked, Renamed
from cercle.modules.people.events import (
    Added,
    CameBack,
    Described,
    EntryErased,
    InvitationWithdrawn,
    Invited,
    Joined,
    KindChanged,
    Left,
    RemovalAgreed,
    SpareKept,
    WentAway,
    WordsErased,
)
from cercle.modules.people.read import agreed_removals, invitations, names, people
from cercle.modules.people.rules import Why
from tests.story import DAY, Invitation, Story

NOBODY = "0" * 20
TODAY = "2026-03-02"


@pytest.fixture
def story() -> Story:
    return Story()


def kinds(story: Story) -> dict[str, str]:
    return {member: known.kind for member, known in story.circle.roots.members.items()}


def test_people_added(story: Story) -> None:
    baby = story.bruno.brings(Added(kind="child", colour=7, name="Éloi"))
    (person,) = [one for one in people(story.circle, TODAY) if one.id == baby]
    assert (person.words, person.kind, person.colour, person.has_device) == (baby, "child", 7, False)
    assert story.chloe.is_refused(Added(name="My doll")) == "circle.not_allowed"


def test_a_person_is_of_one_of_three_kinds(story: Story) -> None:
    for kind in ("robot", "adult\n"):
        assert story.amina.is_refused(Added(kind=kind, name="Éloi")) == "circle.malformed"


def test_people_invited_and_joined(story: Story) -> None:
    invitation = story.invite(story.bruno, kind="guest", uses=2)
    first, second = (story.join("farid", invitation, device) for device in (1, 2))
    assert kinds(story)[first.member] == kinds(story)[second.member] == "guest"
    assert first.member != second.member, "each is a person of their own"
    third = story.join("farid", invitation, 3)
    assert (third.member, story.verdict(short(third.last.id))) == ("", Why.USED.code)
    assert third.is_refused(Linked()) == "circle.stranger"


def test_people_joined_on_a_second_device(story: Story) -> None:
    invitation = story.invite(story.bruno, member=story.bruno.member)
    tablet = story.join("bruno", invitation, device=1)
    assert tablet.member == story.bruno.member
    tablet.brings(Renamed(name="Chez nous"))
    assert len(story.circle.roots.members) == 4


def test_people_joined_is_refused(story: Story) -> None:
    with pytest.raises(Rejected, match="root"):
        story.person("farid").does(Joined(invitation=NOBODY, proof=bytes(64)))
    invitation = story.invite(story.amina)
    assert story.bruno.is_refused(Joined(invitation=invitation.id, proof=bytes(64))) == Why.NOT_INVITED.code


def test_an_invitation_runs_out_when_the_circles_time_says_so(story: Story) -> None:
    invitation = story.invite(story.amina, uses=0, until=story.circle.time + 7 * DAY)
    story.wait(days=8)
    story.join("farid", invitation, 1)
    story.seal()
    assert invitation.id not in invitations(story.circle)
    late = story.join("farid", invitation, 2)
    assert story.verdict(short(late.last.id)) == Why.EXPIRED.code
    assert len(story.circle.roots.members) == 5


def test_people_invited_is_refused(story: Story) -> None:
    assert story.chloe.is_refused(Invited(key=bytes(32))) == "circle.not_allowed"
    assert story.bruno.is_refused(Invited(key=bytes(32), member=NOBODY)) == Why.NOBODY.code
    story.dov.brings(Left())
    assert story.bruno.is_refused(Invited(key=bytes(32), member=story.dov.member)) == Why.NOBODY.code


def test_nobody_is_invited_to_speak_as_another(story: Story) -> None:
    """A further device of somebody who has one is theirs to ask for: whoever holds it acts as that person."""
    invited = Invited(key=bytes(32), member=story.bruno.member)
    assert story.amina.is_refused(invited) == Why.NOT_YOURS.code


def test_a_person_without_a_device_is_given_one_by_an_adult(story: Story) -> None:
    grandmother = story.bruno.brings(Added(name="Fatou"))
    phone = story.join("farid", story.invite(story.bruno, member=grandmother))
    assert phone.member == grandmother
    assert people(story.circle, TODAY)[-1].has_device


def test_people_spare_kept(story: Story) -> None:
    key = story.key("spare")
    spare = Invitation(story.chloe.brings(SpareKept(key=public(key))), key)
    assert spare.id not in invitations(story.circle), "nobody else is invited"
    again = [story.join("chloe", spare, device) for device in (1, 2)]
    assert [person.member for person in again] == [story.chloe.member] * 2
    assert kinds(story)[story.chloe.member] == "child"


def test_people_spare_kept_is_refused(story: Story) -> None:
    assert story.dov.is_refused(SpareKept(key=bytes(31))) == "circle.malformed"
    key = story.key("spare")
    spare = Invitation(story.dov.brings(SpareKept(key=public(key))), key)
    story.bruno.brings(InvitationWithdrawn(invitation=spare.id))
    late = story.join("dov", spare, 1)
    assert story.verdict(short(late.last.id)) == Why.USED.code


def test_people_invitation_withdrawn(story: Story) -> None:
    invitation = story.invite(story.amina)
    story.bruno.brings(InvitationWithdrawn(invitation=invitation.id))
    assert invitations(story.circle) == {}
    assert story.join("farid", invitation).member == ""


def test_people_invitation_withdrawn_is_refused(story: Story) -> None:
    invitation = story.invite(story.amina)
    assert story.bruno.is_refused(InvitationWithdrawn(invitation=NOBODY)) == Why.NO_INVITATION.code
    story.join("farid", invitation)
    assert story.bruno.is_refused(InvitationWithdrawn(invitation=invitation.id)) == Why.USED.code
    assert story.dov.is_refused(InvitationWithdrawn(invitation=invitation.id)) == "circle.not_allowed"


def test_people_described(story: Story) -> None:
    baby = story.bruno.brings(Added(kind="child", name="Elio"))
    named = story.amina.brings(Described(member=baby, colour=3, name="Éloi"))
    mine = story.dov.brings(Described(member=story.dov.member, name="Dov the Great"))
    assert (names(story.circle)[baby], names(story.circle)[story.dov.member]) == (named, mine)


def test_people_described_is_refused(story: Story) -> None:
    baby = story.bruno.brings(Added(kind="child", name="Éloi"))
    assert story.amina.is_refused(Described(member=story.dov.member, name="Divo")) == Why.NOT_YOURS.code
    assert story.chloe.is_refused(Described(member=baby, name="Mine")) == Why.NOT_YOURS.code
    assert story.amina.is_refused(Described(member=NOBODY, name="Who")) == Why.NOBODY.code


def test_people_kind_changed(story: Story) -> None:
    story.bruno.brings(KindChanged(member=story.chloe.member, kind="adult"))
    story.chloe.brings(KindChanged(member=story.chloe.member, kind="guest"))
    assert kinds(story)[story.chloe.member] == "guest"


def test_people_kind_changed_is_refused(story: Story) -> None:
    assert story.bruno.is_refused(KindChanged(member=NOBODY, kind="adult")) == Why.NOBODY.code
    assert story.bruno.is_refused(KindChanged(member=story.dov.member, kind="guest")) == Why.SAME.code
    assert story.bruno.is_refused(KindChanged(member=story.amina.member, kind="child")) == Why.NOT_YOURS.code
    assert story.chloe.is_refused(KindChanged(member=story.chloe.member, kind="adult")) == "circle.not_allowed"
    story.bruno.brings(Left())
    assert story.amina.is_refused(KindChanged(member=story.amina.member, kind="guest")) == Why.LAST_ADULT.code


def test_people_went_away_and_came_back(story: Story) -> None:
    trip = story.dov.brings(WentAway(member=story.dov.member, since="2026-03-01", until="2026-03-09", note="the sea"))
    (dov,) = [one for one in people(story.circle, "2026-03-09") if one.id == story.dov.member]
    assert (dov.away_until, list(dov.absences)) == ("2026-03-09", [trip])
    story.dov.brings(CameBack(member=story.dov.member, absence=trip))
    assert all(one.away_until == "" for one in people(story.circle, "2026-03-09"))


def test_people_went_away_is_refused(story: Story) -> None:
    dov = story.dov.member
    for event, why in (
        (WentAway(member=dov, since="2026-03-09", until="2026-03-01"), Why.BACKWARDS),
        (WentAway(member=dov, since="2026-02-29", until="2026-03-01"), Why.NO_DAY),
        (WentAway(member=NOBODY, since="2026-03-01", until="2026-03-02"), Why.NOBODY),
        (WentAway(member=story.amina.member, since="2026-03-01", until="2026-03-02"), Why.NOT_YOURS),
    ):
        assert story.dov.is_refused(event) == why.code


def test_people_came_back_is_refused(story: Story) -> None:
    trip = story.dov.brings(WentAway(member=story.dov.member, since="2026-03-01", until="2026-03-09"))
    assert story.dov.is_refused(CameBack(member=story.dov.member, absence=NOBODY)) == Why.NO_ABSENCE.code
    assert story.bruno.is_refused(CameBack(member=story.dov.member, absence=trip)) == Why.NOT_YOURS.code


def test_people_left(story: Story) -> None:
    story.dov.brings(Left())
    assert [one.id for one in people(story.circle, TODAY, gone=True)] == [story.dov.member]
    assert story.dov.is_refused(Left()) == "circle.left"


# --- removal -----------------------------------------------------------------------------------------------------


def test_people_removal_agreed_by_more_than_half_of_the_other_adults(story: Story) -> None:
    eve = story.join("farid", story.invite(story.amina, kind="adult"))
    story.seal()
    story.amina.brings(RemovalAgreed(member=eve.member))
    assert agreed_removals(story.circle) == {eve.member: [story.amina.member]}
    eve.brings(Renamed(name="Chez Farid"))
    story.bruno.brings(RemovalAgreed(member=eve.member))
    assert story.circle.roots.members[eve.member].gone == "removed"
    assert eve.is_refused(Renamed(name="Chez Farid")) == "circle.removed"


def test_a_removal_spares_what_it_descends_from(story: Story) -> None:
    farid = story.join("farid", story.invite(story.amina, kind="adult"))
    story.seal()
    before = farid.brings(Renamed(name="Chez Farid"))
    with story.apart(farid):
        meanwhile = farid.brings(Renamed(name="Still mine"))
        story.amina.brings(RemovalAgreed(member=farid.member))
        story.bruno.brings(RemovalAgreed(member=farid.member))
    assert story.verdict(before) == ""
    assert story.verdict(meanwhile) == "circle.removed"
    assert story.circle.roots.name == before


def test_people_removal_agreed_is_refused(story: Story) -> None:
    assert story.chloe.is_refused(RemovalAgreed(member=story.dov.member)) == "circle.not_allowed"
    assert story.bruno.is_refused(RemovalAgreed(member=story.bruno.member)) == Why.NOT_ENOUGH.code
    assert story.bruno.is_refused(RemovalAgreed(member=story.amina.member)) == "circle.keeper"
    assert story.bruno.is_refused(RemovalAgreed(member=NOBODY)) == Why.NOT_ENOUGH.code


def test_nobody_is_removed_by_one_person_alone(story: Story) -> None:
    story.amina.brings(RemovalAgreed(member=story.bruno.member))
    story.seal()
    assert story.circle.roots.members[story.bruno.member].gone == ""


# --- words -------------------------------------------------------------------------------------------------------


def test_people_entry_erased(story: Story) -> None:
    words = story.dov.brings(Described(member=story.dov.member, name="Dov the Terrible"))
    story.dov.brings(EntryErased(entry=words, author=story.dov.member))
    other = story.dov.brings(Described(member=story.dov.member, name="Dov the Awful"))
    story.bruno.brings(EntryErased(entry=other, author=story.dov.member))
    assert story.circle.people.erased == {words: story.dov.member, other: story.dov.member}


def test_people_entry_erased_is_refused(story: Story) -> None:
    words = story.amina.brings(Renamed(name="Chez Amina"))
    assert story.dov.is_refused(EntryErased(entry=words, author=story.amina.member)) == Why.NOT_YOURS.code
    story.amina.brings(EntryErased(entry=words, author=story.amina.member))
    assert story.amina.is_refused(EntryErased(entry=words, author=story.amina.member)) == Why.SAME.code


def test_people_words_erased(story: Story) -> None:
    story.chloe.brings(WordsErased(member=story.chloe.member))
    assert names(story.circle)[story.chloe.member] == ""
    story.dov.brings(Left())
    story.bruno.brings(WordsErased(member=story.dov.member))
    assert names(story.circle)[story.dov.member] == ""


def test_people_words_erased_is_refused(story: Story) -> None:
    assert story.bruno.is_refused(WordsErased(member=NOBODY)) == Why.NOBODY.code
    assert story.bruno.is_refused(WordsErased(member=story.dov.member)) == Why.STILL_HERE.code
    assert story.chloe.is_refused(WordsErased(member=story.dov.member)) == Why.NOT_YOURS.code
