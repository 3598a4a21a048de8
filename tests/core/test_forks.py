"""Forks: two entries of one device with one seq. Both branches are void from there, save what was settled before."""

from cercle.core.entry import Entry
from cercle.core.fold import Why
from cercle.core.keys import sign
from cercle.core.log import SEALED, invitation_message
from cercle.core.replica import Replica
from cercle.modules.circle.events import Renamed
from cercle.modules.people.events import Joined
from tests.story import Person, Story


def renames(person: Person, name: str) -> Entry:
    person.does(Renamed(name=name))
    return person.last


def verdicts(story: Story, *entries: Entry) -> list[str]:
    return [story.main.verdict(entry) for entry in entries]


def test_both_branches_are_void_from_the_fork_on() -> None:
    story = Story("bruno")
    before = renames(story.bruno, "Before")
    twin = story.bruno.twin()
    branch = [renames(story.bruno, "One"), renames(story.bruno, "Two")]
    assert verdicts(story, before, *branch) == ["", "", ""]
    branch += [renames(twin, "Other"), renames(story.bruno, "Three"), renames(twin, "Another")]
    assert verdicts(story, before) == [""]
    assert set(verdicts(story, *branch)) == {Why.FORKED.code}
    story.seal()
    assert verdicts(story, before, branch[0]) == ["", Why.FORKED.code]
    assert story.bruno.is_refused(Renamed(name="Later")) == Why.FORKED.code


def test_what_was_settled_before_both_were_known_stands() -> None:
    story = Story("bruno")
    twin = story.bruno.twin()
    settled = renames(story.bruno, "One")
    story.seal()
    late, other = renames(story.bruno, "Two"), renames(twin, "Other")
    assert verdicts(story, settled, late, other) == ["", Why.FORKED.code, Why.FORKED.code]
    story.seal()
    assert verdicts(story, settled, late, other) == ["", Why.FORKED.code, Why.FORKED.code]


def test_a_third_branch_from_further_back_is_void_from_there() -> None:
    story = Story("bruno")
    first = story.bruno.twin()
    early = renames(story.bruno, "Early")
    second = story.bruno.twin()
    renames(story.bruno, "One")
    renames(second, "Two")
    assert verdicts(story, early) == [""]
    renames(first, "Three")
    assert verdicts(story, early) == [Why.FORKED.code]


def test_a_member_goes_on_from_a_new_device() -> None:
    story = Story("bruno")
    invitation = story.invite(story.bruno, member=story.bruno.member)
    twin = story.bruno.twin()
    renames(story.bruno, "One")
    renames(twin, "Other")
    story.seal()
    telephone = story.join("bruno", invitation, device=1)
    assert telephone.member == story.bruno.member
    assert telephone.does(Renamed(name="On")) == ""


def test_one_key_that_joins_twice_in_one_epoch_is_nobody_s() -> None:
    story = Story(alone=True)
    invitation = story.invite(story.amina, uses=2)
    farid = story.join("farid", invitation)
    assert story.circle.roots.devices[farid.device.hex()].member == farid.member != ""
    again = story.join("farid", invitation)
    assert verdicts(story, farid.last, again.last) == [Why.FORKED.code] * 2
    assert farid.member not in story.circle.roots.members
    assert again.is_refused(Renamed(name="Chez Farid")) == Why.FORKED.code
    assert story.circle.people.invitations[invitation.id].left == 2


def test_a_key_whose_first_entry_was_void_stays_nobody_s() -> None:
    story = Story(alone=True)
    once, other = story.invite(story.amina), story.invite(story.amina)
    story.join("bruno", once)
    farid = story.join("farid", once)
    assert verdicts(story, farid.last) == ["people.used"]
    story.seal()
    again = story.join("farid", other)
    assert verdicts(story, farid.last, again.last) == ["people.used", Why.FORKED.code]
    assert again.is_refused(Renamed(name="Chez Farid")) == Why.FORKED.code


def test_a_stranger_is_told_so() -> None:
    story = Story(alone=True)
    once = story.invite(story.amina)
    story.join("bruno", once)
    farid = story.join("farid", once)
    assert farid.is_refused(Renamed(name="Chez Farid")) == Why.STRANGER.code
    invited = {"invitation": once.id, "proof": bytes(64)}
    assert story.main.verdict(story.write(farid, "people.joined", invited, None)) == Why.STRANGER.code
    assert story.amina.is_refused(Joined(invitation=once.id, proof=bytes(64))) == "people.not_invited"


def test_the_founder_s_fork_at_the_beginning_leaves_the_circle_and_freezes_the_founder() -> None:
    story = Story("bruno")
    late = renames(story.amina, "Late")
    twin = story.amina.twin()
    twin.head = None
    invitation = story.invite(story.bruno)
    proof = sign(invitation.key, invitation_message(story.id, twin.device))
    joined = story.write(twin, "people.joined", {"invitation": invitation.id, "proof": proof}, None)
    assert verdicts(story, late, joined) == [Why.FORKED.code] * 2
    replica = Replica(story.modules)
    replica.take(entry for entry in story.entries.values() if entry.event != SEALED)  # as if nothing had been settled
    assert replica.circle.roots.members.keys() == {story.amina.member}
    assert [one for one, verdict in replica.verdicts.items() if verdict == ""] == [story.id]
