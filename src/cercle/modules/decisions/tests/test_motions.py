"""Proposals from the first word to the vote: each event as it works and is refused."""

import pytest

from cercle.core.fold import Why as FoldWhy
from cercle.modules.charter.rules import value
from cercle.modules.decisions.events import (
    ClauseAdded,
    Named,
    Opened,
    OptionAdded,
    Proposed,
    ProxyNamed,
    Reviewed,
    Spoken,
    Voted,
    Withdrawn,
)
from cercle.modules.decisions.state import DAY, Why
from cercle.modules.decisions.tests.assembly import NO, YES, Assembly
from cercle.modules.people.events import Left

NOTHING = "0" * 20


@pytest.fixture
def story() -> Assembly:
    return Assembly()


# --- proposing -------------------------------------------------------------------------------------------------------


def test_decisions_proposed(story: Assembly) -> None:
    motion = story.chloe.brings(Proposed(title="A dog", why="It would be ours"))
    assert story.circle.decisions.motions[motion].by == story.chloe.member
    assert story.circle.decisions.open == [motion]


def test_decisions_proposed_is_refused(story: Assembly) -> None:
    assert story.dov.is_refused(Proposed(title="A dog")) == FoldWhy.NOT_ALLOWED.code


def test_decisions_clause_added(story: Assembly) -> None:
    story.proposes()
    clause = story.clause("circle.renamed", person=story.chloe, name="Les Tilleuls")
    found = story.found.clauses[clause]
    assert (found.by, found.clause.event, found.clause.kept) == (story.chloe.member, "circle.renamed", {})


def test_decisions_clause_added_is_refused(story: Assembly) -> None:
    motion = story.proposes()

    def added(does: str, **more: object) -> ClauseAdded:
        return ClauseAdded(motion=motion, does=does, **more)  # type: ignore[arg-type]

    refused = story.bruno.is_refused
    assert refused(ClauseAdded(motion=NOTHING, does="circle.renamed")) == Why.NO_MOTION.code
    assert refused(added("circle.renamed", option=NOTHING)) == Why.NO_OPTION.code
    assert refused(added("people.left")) == Why.NOT_DECIDED.code
    assert refused(added("decisions.voted")) == Why.NOT_DECIDED.code
    assert refused(added("nothing.done")) == Why.NOT_DECIDED.code
    assert refused(added("charter.changed", fields={"setting": 7})) == FoldWhy.MALFORMED.code
    for _ in range(50):
        story.clause("circle.renamed", name="x")
    assert refused(added("circle.renamed")) == Why.TOO_MANY.code
    story.bruno.brings(Withdrawn(motion=motion))
    assert refused(added("circle.renamed")) == Why.ENDED.code


def test_decisions_option_added(story: Assembly) -> None:
    story.proposes()
    option = story.option("Monday", starts=1000, ends=2000)
    assert (story.found.options[option].starts, story.found.options[option].ends) == (1000, 2000)


def test_decisions_option_added_is_refused(story: Assembly) -> None:
    motion = story.proposes()
    assert story.bruno.is_refused(OptionAdded(motion=NOTHING)) == Why.NO_MOTION.code
    assert story.bruno.is_refused(OptionAdded(motion=motion, starts=2000, ends=1000)) == Why.BACKWARDS.code
    assert story.bruno.is_refused(OptionAdded(motion=motion, starts=2000, ends=2000)) == Why.BACKWARDS.code
    for _ in range(50):
        story.option()
    assert story.bruno.is_refused(OptionAdded(motion=motion)) == Why.TOO_MANY.code


def test_decisions_spoken(story: Assembly) -> None:
    motion = story.proposes()
    said = story.chloe.brings(Spoken(motion=motion, what="I am for it"))
    assert story.found.talk == [said]


def test_decisions_spoken_is_refused(story: Assembly) -> None:
    assert story.chloe.is_refused(Spoken(motion=NOTHING, what="For what?")) == Why.NO_MOTION.code


def test_decisions_withdrawn(story: Assembly) -> None:
    motion = story.proposes()
    story.opens("majority")
    story.bruno.brings(Withdrawn(motion=motion))
    assert (story.found.ended, story.found.round) == ("withdrawn", None)
    assert story.amina.is_refused(Voted(motion=motion, round=story.vote, choice=YES)) == Why.NO_ROUND.code


def test_decisions_withdrawn_is_refused(story: Assembly) -> None:
    motion = story.proposes()
    assert story.amina.is_refused(Withdrawn(motion=NOTHING)) == Why.NO_MOTION.code
    assert story.amina.is_refused(Withdrawn(motion=motion)) == Why.NOT_YOURS.code
    story.bruno.brings(Left())
    story.amina.brings(Withdrawn(motion=motion))
    assert story.amina.is_refused(Withdrawn(motion=motion)) == Why.ENDED.code


# --- putting to the vote ---------------------------------------------------------------------------------------------


def test_decisions_opened(story: Assembly) -> None:
    story.proposes()
    clause = story.clause("circle.renamed", name="Les Tilleuls")
    story.opens("majority", clause, days=3)
    assert story.now.voters == [story.amina.member, story.bruno.member, story.chloe.member]
    assert story.now.until == 0, "the days begin once the keeper has confirmed it"
    story.seal()
    assert story.now.until == story.circle.time + 3 * DAY


def test_decisions_opened_is_refused(story: Assembly) -> None:
    motion = story.proposes()

    def opened(method: str, **more: object) -> Opened:
        return Opened(motion=motion, method=method, **{"days": 1} | more)  # type: ignore[arg-type]

    refused, option, other = story.bruno.is_refused, story.option(), story.option()
    assert refused(Opened(motion=NOTHING, method="light")) == Why.NO_MOTION.code
    assert story.amina.is_refused(opened("light")) == Why.NOT_YOURS.code
    assert refused(opened("majority", clauses=[NOTHING])) == Why.NO_CLAUSE.code
    assert refused(opened("ranked", options=[NOTHING, option])) == Why.NO_OPTION.code
    assert refused(opened("ranked", options=[option, option])) == Why.FEW_OPTIONS.code
    assert refused(opened("majority", options=[option, other])) == Why.NO_OPTIONS_HERE.code
    of_one = story.clause("circle.renamed", option=option, name="x")
    assert refused(opened("majority", clauses=[of_one])) == Why.NO_OPTION.code
    assert refused(opened("election", clauses=[story.clause("circle.renamed", name="x")])) == Why.ONE_MEMBER.code
    assert refused(opened("majority", days=0)) == Why.TOO_SHORT.code
    story.sets(method="majority", newcomer_days=30)
    story.wait(days=31)
    story.seal()
    story.motion = motion
    assert refused(opened("lazy")) == Why.TOO_LIGHT.code
    late = story.join("farid", story.invite(story.amina))
    motion = late.brings(Proposed(title="Me first"))
    assert late.is_refused(opened("majority")) == Why.NO_VOTER.code


def test_a_round_in_place_of_another_asks_everybody_anew(story: Assembly) -> None:
    """What was said was said of something else."""
    motion = story.proposes()
    first = story.opens("majority")
    story.votes(story.amina, YES)
    clause = story.clause("circle.renamed", person=story.chloe, name="Les Tilleuls")
    story.opens("majority", clause, why="Chloé’s idea is in it")
    assert story.now.ballots == {}
    assert story.amina.is_refused(Voted(motion=motion, round=first, choice=YES)) == Why.NO_ROUND.code
    assert story.found.rounds == [first, story.vote]


# --- voting ----------------------------------------------------------------------------------------------------------


def test_decisions_voted(story: Assembly) -> None:
    story.proposes()
    story.opens("majority")
    story.votes(story.amina, NO)
    entry = story.votes(story.amina, YES, why="I changed my mind")
    assert story.now.ballots[story.amina.member].entry == entry
    assert story.now.ballots[story.amina.member].choice == YES


def test_decisions_voted_is_refused(story: Assembly) -> None:
    motion = story.proposes()
    vote = story.opens("majority")

    def voted(**more: object) -> Voted:
        return Voted(**{"motion": motion, "round": vote} | more)  # type: ignore[arg-type]

    assert story.amina.is_refused(voted(motion=NOTHING)) == Why.NO_MOTION.code
    assert story.amina.is_refused(voted(round=NOTHING)) == Why.NO_ROUND.code
    assert story.dov.is_refused(voted()) == FoldWhy.NOT_ALLOWED.code
    for choice in ({"yes": 1, "no": 1}, {"yes": 2}, {"object": 1}, {NOTHING: 1}):
        assert story.amina.is_refused(voted(choice=choice)) == Why.NO_CHOICE.code
    late = story.join("farid", story.invite(story.amina))
    assert late.is_refused(voted(choice=YES)) == Why.NO_VOTER.code


def test_an_objection_comes_with_its_reason(story: Assembly) -> None:
    motion = story.proposes()
    vote = story.opens("consent")
    assert story.amina.is_refused(Voted(motion=motion, round=vote, choice={"object": 1})) == Why.NO_REASON.code
    story.votes(story.amina, {"object": 1}, why="Who pays for it?")
    story.votes(story.chloe, {"consent": 1})


def test_where_the_charter_asks_for_reasons_every_vote_has_one(story: Assembly) -> None:
    story.sets(reasons="yes")
    motion = story.proposes()
    vote = story.opens("majority")
    assert story.amina.is_refused(Voted(motion=motion, round=vote, choice=YES)) == Why.NO_REASON.code
    story.votes(story.amina, YES, why="It is cheaper")


def test_what_can_be_said_depends_on_the_way_of_deciding(story: Assembly) -> None:
    motion = story.proposes()
    options = [story.option(), story.option()]
    for method, most in (("approval", 1), ("times", 2), ("score", 5), ("ranked", 50)):
        vote = story.opens(method, options=options)
        story.votes(story.amina, {options[0]: most})
        too_high = Voted(motion=motion, round=vote, choice={options[0]: most + 1})
        assert story.chloe.is_refused(too_high) == Why.NO_CHOICE.code
        assert story.chloe.is_refused(Voted(motion=motion, round=vote, choice=YES)) == Why.NO_CHOICE.code


# --- an election without candidates ----------------------------------------------------------------------------------


def test_decisions_named(story: Assembly) -> None:
    """Everybody says whom they would take, and why; then one is named, and asked of all."""
    motion = story.proposes()
    vote = story.opens("election")
    story.votes(story.amina, {story.chloe.member: 1}, why="She listens")
    story.votes(story.chloe, {story.bruno.member: 1}, why="He is on time")
    story.bruno.brings(Named(motion=motion, round=vote, member=story.chloe.member))
    assert (story.now.named, story.now.ballots) == (story.chloe.member, {})
    assert (
        story.amina.is_refused(Voted(motion=motion, round=vote, choice={story.bruno.member: 1})) == Why.NO_CHOICE.code
    )
    story.votes(story.amina, {"consent": 1})


def test_decisions_named_is_refused(story: Assembly) -> None:
    motion = story.proposes()
    vote = story.opens("election")

    def named(**more: str) -> Named:
        return Named(**{"motion": motion, "round": vote, "member": story.chloe.member} | more)

    assert story.bruno.is_refused(named(motion=NOTHING)) == Why.NO_MOTION.code
    assert story.bruno.is_refused(named(round=NOTHING)) == Why.NO_ROUND.code
    assert story.bruno.is_refused(named(member=NOTHING)) == Why.NOBODY.code
    assert story.amina.is_refused(named()) == Why.NOT_YOURS.code
    story.bruno.brings(named())
    assert story.bruno.is_refused(named()) == Why.SAME.code
    vote = story.opens("majority")
    assert story.bruno.is_refused(named(round=vote)) == Why.NO_ROUND.code


# --- looking again ---------------------------------------------------------------------------------------------------


def test_decisions_reviewed(story: Assembly) -> None:
    story.proposes()
    story.opens("light", review=6)
    story.seal()
    assert story.found.review == story.circle.time + 180 * DAY
    story.wait(days=181)
    story.seal()
    story.chloe.brings(Reviewed(motion=story.motion, months=2))
    assert story.found.review == story.circle.time + 60 * DAY
    story.amina.brings(Reviewed(motion=story.motion))
    assert story.found.review == 0


def test_decisions_reviewed_is_refused(story: Assembly) -> None:
    assert story.amina.is_refused(Reviewed(motion=NOTHING)) == Why.NO_MOTION.code
    motion = story.proposes()
    story.opens("light")
    story.seal()
    assert story.amina.is_refused(Reviewed(motion=motion)) == Why.NO_REVIEW.code


def test_the_charter_says_when_a_decision_is_looked_at_again(story: Assembly) -> None:
    story.sets(review_months=3)
    story.proposes()
    story.opens("light")
    story.seal()
    assert story.found.review == story.circle.time + 90 * DAY
    assert value(story.circle, "review_months") == 3


def test_what_a_child_proposes_where_adults_vote_is_opened_by_one_of_them(story: Assembly) -> None:
    story.sets(voters="adults")
    motion = story.proposes(story.chloe)
    opened = Opened(motion=motion, method="majority", days=1)
    assert story.chloe.is_refused(opened) == Why.NO_VOTER.code
    story.amina.brings(opened)
    assert story.amina.is_refused(Withdrawn(motion=motion)) == Why.NOT_YOURS.code
    story.chloe.brings(Withdrawn(motion=motion))


def test_days_of_a_proxy_begin_with_the_seal_that_confirms_it(story: Assembly) -> None:
    """Where the keeper was not heard for a week, a proxy for a week does not end as it begins."""
    story.sets(proxy_days=30)
    story.wait(days=8)
    story.bruno.brings(ProxyNamed(member=story.amina.member, days=7))
    story.seal()
    assert story.circle.decisions.proxies[story.bruno.member].until == story.circle.time + 7 * DAY
