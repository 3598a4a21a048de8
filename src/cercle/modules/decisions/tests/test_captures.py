"""Attempts to rule a circle that decides together, and why each of them fails."""

import pytest

from cercle.core.fold import Why as FoldWhy
from cercle.modules.charter.events import Adopted as CharterAdopted
from cercle.modules.charter.events import Changed
from cercle.modules.charter.rules import value
from cercle.modules.charter.settings import SETTINGS
from cercle.modules.circle.events import Renamed
from cercle.modules.decisions.events import ClauseAdded, Opened, Proposed, Voted
from cercle.modules.decisions.state import DAY, Why
from cercle.modules.decisions.tests.assembly import NO, YES, Assembly
from cercle.modules.people.events import KindChanged, RemovalAgreed
from tests.story import Person


@pytest.fixture
def village() -> Assembly:
    """Amina, Bruno, Chloé and Dov, adults all of them, who decide strictly; Amina founded it, and keeps the log."""
    story = Assembly(form="village")
    story.wait(days=40)
    story.seal()
    for one, kind in ((story.chloe, "adult"), (story.dov, "adult")):
        decided(story, "people.kind_changed", member=one.member, kind=kind)
    return story


def decided(story: Assembly, does: str, **fields: object) -> None:
    """All who may vote want it, and it is done."""
    story.proposes()
    story.opens("two_thirds", story.clause(does, **fields), days=7)
    for person in (story.amina, story.bruno, story.chloe, story.dov):
        if person.member in story.now.voters:
            story.votes(person, YES)
    story.passes(7.1)
    assert story.outcome.result == "passed", story.outcome


def test_friends_do_not_swing_a_vote(village: Assembly) -> None:
    """Who comes in after a vote was opened, or shortly before, does not vote."""
    with pytest.raises(AssertionError, match="to_decide"):
        village.invite(village.bruno)
    decided(village, "charter.changed", setting="may_invite", choice="adults")
    before = village.join("farid", village.invite(village.bruno))
    village.proposes()
    village.opens("majority", days=7)
    after = village.join("farid", village.invite(village.bruno), device=1)
    for friend in (before, after):
        assert friend.member not in village.now.voters
        assert friend.is_refused(Voted(motion=village.motion, round=village.vote, choice=YES)) == Why.NO_VOTER.code


def test_who_was_removed_votes_no_more(village: Assembly) -> None:
    """Neither by what arrives late, nor by what they had said before."""
    village.proposes()
    village.opens("majority", days=7)
    village.votes(village.dov, NO)
    with village.apart(village.dov):
        for person in (village.amina, village.bruno, village.chloe):
            person.brings(RemovalAgreed(member=village.dov.member))
            village.votes(person, YES)
        village.votes(village.dov, NO)
        village.seal()
    village.passes(7.1)
    assert village.outcome.figures == {"yes": [3]}
    assert village.outcome.result == "passed"


def test_a_proposal_does_not_lower_the_bar_for_itself(village: Assembly) -> None:
    """It is decided by the rules as they were when it was put to the vote, whatever it says, or passes meanwhile."""
    village.proposes()
    easier = village.clause("charter.changed", setting="method_charter", choice="light")
    refused = village.bruno.is_refused
    for method in ("light", "lazy", "majority"):
        opened = Opened(motion=village.motion, method=method, clauses=[easier], days=7)
        assert refused(opened) == Why.TOO_LIGHT.code
    village.opens("two_thirds", easier, days=7)
    village.votes(village.amina, YES)
    village.votes(village.bruno, NO)
    village.passes(7.1)
    assert village.outcome.result == "failed"
    assert value(village.circle, "method_charter") == "two_thirds"


def test_a_founder_has_no_more_to_say_than_others(village: Assembly) -> None:
    """What she could do alone in a household, the circle does now; and she gets it back only from the circle."""
    refused = village.amina.is_refused
    assert refused(Renamed(name="Mine")) == FoldWhy.TO_DECIDE.code
    assert refused(KindChanged(member=village.dov.member, kind="guest")) == FoldWhy.TO_DECIDE.code
    assert refused(Changed(setting="may_shape", choice="adults")) == FoldWhy.TO_DECIDE.code
    assert refused(CharterAdopted(template="household")) == FoldWhy.TO_DECIDE.code
    motion = village.amina.brings(Proposed(title="As it was"))
    clause = village.amina.brings(ClauseAdded(motion=motion, does="charter.adopted", fields={"template": "household"}))
    opened = Opened(motion=motion, method="light", clauses=[clause])
    assert refused(opened) == Why.TOO_LIGHT.code


def test_a_keeper_that_withholds_ballots_is_seen(village: Assembly) -> None:
    """What was written in time and arrives after the end changes nothing any more; everybody sees whose it was, and
    when their clock says that they wrote it."""
    village.proposes()
    village.opens("majority", days=7)
    village.votes(village.amina, YES)
    village.seal()
    with village.apart(village.dov, village.chloe):  # their entries do not reach the keeper
        village.votes(village.dov, NO)
        village.votes(village.chloe, NO)
        village.passes(7.1)
        assert village.outcome.result == "passed"
    village.seal()
    assert village.now.late.keys() == {village.dov.member, village.chloe.member}
    assert all(ballot.time < village.now.until for ballot in village.now.late.values())
    assert village.outcome.figures == {"yes": [1]}


def clock(story: Assembly, days: float) -> None:
    """Only the keeper's clock is set."""
    story.time += int(days * DAY)
    story.seal()
    story.time -= int(days * DAY)


def test_a_keeper_whose_clock_runs_ahead_ends_no_vote(village: Assembly) -> None:
    village.proposes()
    village.opens("majority", days=7)
    village.seal()
    village.votes(village.amina, YES)
    village.seal()
    clock(village, 9)
    clock(village, 10)
    assert village.found.ended == "", "nobody else has seen a week pass"
    village.votes(village.bruno, NO)
    clock(village, 11)
    village.wait(days=3)
    village.votes(village.chloe, NO)
    clock(village, 12)
    assert village.found.ended == ""
    village.wait(days=4.1)
    village.bruno.brings(Proposed(title="It is a week now"))
    clock(village, 12)
    assert (village.outcome.result, village.outcome.figures) == ("failed", {"yes": [1], "no": [2]})


def test_a_keeper_whose_clock_was_behind_ends_no_vote_either(village: Assembly) -> None:
    """The days are counted by the clocks of others too, from when they were first heard."""
    village.wait(days=30)  # and no seal, so the circle's time is a month behind
    village.proposes()
    village.opens("majority", days=7)
    clock(village, -30)
    village.votes(village.bruno, NO)
    village.seal()
    village.votes(village.chloe, NO)
    village.seal()
    assert village.found.ended == ""


def test_who_holds_most_keys_is_seen(village: Assembly) -> None:
    """Each ballot says which installation could have signed it by itself."""
    story = Assembly()
    story.proposes()
    story.opens("majority")
    story.votes(story.amina, YES)
    story.votes(story.bruno, YES)
    nodes = {
        story.people[name].member: story.now.ballots[story.people[name].member].node for name in ("amina", "bruno")
    }
    devices = story.circle.roots.devices.values()
    assert nodes[story.bruno.member] == "", "the others hold theirs themselves"
    assert {device.holder for device in devices if device.member == story.bruno.member} == {"member"}


def test_merit_weighs_no_vote(village: Assembly) -> None:
    """No setting speaks of it, and no ballot counts more than once, whatever somebody has."""
    assert not any("merit" in setting or "weight" in setting for setting in SETTINGS)
    village.proposes()
    weighty = Changed(setting="weight_of_merit", number=1)
    assert village.bruno.brings(
        ClauseAdded(motion=village.motion, does="charter.changed", fields={"setting": weighty.setting, "number": 1})
    )
    village.opens("two_thirds", *village.found.clauses, days=7)
    for person in (village.amina, village.bruno, village.chloe):
        village.votes(person, YES)
    village.circle.accounts.balances.setdefault("merit", {})[village.amina.member] = 1_000_000
    village.passes(7.1)
    assert village.outcome.figures == {"yes": [3]}
    assert (village.outcome.result, village.outcome.reason) == ("undone", "charter.no_setting")


@pytest.mark.parametrize("who", ["amina", "bruno"])
def test_one_person_one_vote_also_by_several_devices(village: Assembly, who: str) -> None:
    """A further device of one's own asks nobody, and has no vote of its own."""
    village.proposes()
    village.opens("majority", days=7)
    person: Person = village.people[who]
    other = village.join(who, village.invite(person, member=person.member), device=1)
    village.votes(person, YES)
    village.votes(other, NO)
    assert len(village.now.ballots) == 1
    assert village.now.ballots[person.member].choice == NO
