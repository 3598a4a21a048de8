"""How votes end, and what follows: in each way of deciding, with ties, quorums, proxies, and what cannot be done."""

import pytest

from cercle.core.fold import Why as FoldWhy
from cercle.modules.charter.rules import value
from cercle.modules.circle.events import Renamed
from cercle.modules.decisions.events import LotRead, Named, Papers, PapersCounted, Proposed, ProxyNamed, Voted
from cercle.modules.decisions.state import DAY, Why
from cercle.modules.decisions.tests.assembly import NO, YES, Assembly
from cercle.modules.people.events import KindChanged, Left
from tests.story import Person

CONSENT, OBJECT = {"consent": 1}, {"object": 1}
KEY = "4.8.15./"  # of two, it draws the first


@pytest.fixture
def story() -> Assembly:
    return Assembly()


def result(story: Assembly) -> str:
    return story.outcome.result


# --- each way of deciding --------------------------------------------------------------------------------------------


def test_lightly_at_the_next_seal(story: Assembly) -> None:
    story.proposes()
    clause = story.clause("circle.renamed", name="Les Tilleuls")
    story.opens("light", clause)
    assert story.circle.roots.name != clause
    story.seal()
    assert (result(story), story.circle.roots.name) == ("passed", clause)
    assert story.circle.decisions.open == []


def test_unless_somebody_objects_in_time(story: Assembly) -> None:
    story.proposes()
    story.opens("lazy", story.clause("circle.renamed", name="Les Tilleuls"))
    story.passes(1.1)
    assert result(story) == "passed", "nobody said anything"
    story.proposes()
    story.opens("lazy", story.clause("circle.renamed", name="Les Chênes"))
    story.votes(story.chloe, OBJECT, why="I like the old one")
    story.passes(1.1)
    assert (result(story), story.outcome.figures) == ("failed", {"object": [1]})


def test_consent_takes_somebody_and_nobody_against(story: Assembly) -> None:
    story.proposes()
    story.opens("consent", story.clause("circle.renamed", name="Les Tilleuls"))
    story.passes(1.1)
    assert result(story) == "failed", "silence is no consent here"
    story.proposes()
    story.opens("consent", story.clause("circle.renamed", name="Les Tilleuls"))
    story.votes(story.amina, CONSENT)
    story.votes(story.chloe, {})
    story.passes(1.1)
    assert (result(story), story.outcome.figures) == ("passed", {"consent": [1], "": [1]})


def test_an_objection_is_taken_in_and_all_consent(story: Assembly) -> None:
    story.proposes()
    first = story.clause("charter.changed", setting="quorum", number=90)
    story.opens("consent", first)
    story.votes(story.amina, CONSENT)
    story.votes(story.chloe, OBJECT, why="I am away in summer")
    milder = story.clause("charter.changed", person=story.chloe, setting="quorum", number=40)
    story.opens("consent", milder, why="So Chloé can be away")
    for person in (story.amina, story.bruno, story.chloe):
        story.votes(person, CONSENT)
    story.passes(1.1)
    assert (result(story), value(story.circle, "quorum")) == ("passed", 40)


@pytest.mark.parametrize(
    ("method", "said", "expected"),
    [
        ("majority", (YES, YES, NO), "passed"),
        ("majority", (YES, NO, {}), "tied"),
        ("majority", (YES, NO, NO), "failed"),
        ("majority", ({}, {}, {}), "failed"),
        ("two_thirds", (YES, YES, NO), "passed"),
        ("two_thirds", (YES, NO, {}), "failed"),
        ("two_thirds", (YES, {}, {}), "passed"),
    ],
)
def test_for_and_against(story: Assembly, method: str, said: tuple[dict[str, int], ...], expected: str) -> None:
    story.proposes()
    story.opens(method)
    for person, choice in zip((story.amina, story.bruno, story.chloe), said, strict=True):
        story.votes(person, choice)
    story.passes(1.1)
    assert (result(story), story.outcome.took_part) == (expected, 3)


@pytest.mark.parametrize("method", ["approval", "score", "ranked", "times"])
def test_one_of_several(story: Assembly, method: str) -> None:
    """What belongs to the choice that leads is done, and what stands for itself; nothing of the others."""
    story.proposes()
    one, other = story.option("One"), story.option("Other")
    of_one = story.clause("circle.renamed", option=one, name="One")
    story.clause("circle.renamed", option=other, name="Other")
    always = story.clause("charter.changed", setting="quorum", number=10)
    story.opens(method, *story.found.clauses, options=[one, other])
    best = {one: 1} if method != "ranked" else {one: 1, other: 2}
    story.votes(story.amina, best)
    story.votes(story.chloe, best)
    story.votes(story.bruno, {other: 1})
    story.passes(1.1)
    assert (result(story), story.outcome.chosen) == ("passed", one)
    assert story.circle.roots.name == of_one
    assert story.circle.charter.since == {"quorum": always}


def test_an_election_without_candidates(story: Assembly) -> None:
    """What is done names who was elected, whoever stood there when it was proposed."""
    motion = story.proposes()
    clause = story.clause("people.kind_changed", member=story.dov.member, kind="adult")
    story.opens("election", clause)
    story.bruno.brings(Named(motion=motion, round=story.vote, member=story.chloe.member, why="She is ready"))
    for person in (story.amina, story.bruno):
        story.votes(person, CONSENT)
    story.passes(1.1)
    assert (result(story), story.outcome.chosen) == ("passed", story.chloe.member)
    assert story.circle.roots.members[story.chloe.member].kind == "adult"
    assert story.circle.roots.members[story.dov.member].kind == "guest"


def test_an_election_in_which_nobody_is_named_takes_nobody(story: Assembly) -> None:
    story.proposes()
    story.opens("election")
    story.votes(story.amina, {story.chloe.member: 1})
    story.passes(1.1)
    assert result(story) == "failed"


# --- quorum, and who was active --------------------------------------------------------------------------------------


def test_a_vote_counts_once_enough_of_the_active_take_part(story: Assembly) -> None:
    story.sets(quorum=60)
    story.proposes()
    story.opens("majority")
    story.votes(story.amina, YES)
    story.passes(1.1)
    assert (result(story), story.outcome.took_part, story.outcome.active) == ("few", 1, 2), "Chloé has said nothing yet"
    story.chloe.brings(Proposed(title="I am here"))
    story.proposes()
    story.opens("majority")
    story.votes(story.amina, YES)
    story.votes(story.chloe, {})
    story.passes(1.1)
    assert (result(story), story.outcome.took_part, story.outcome.active) == ("passed", 2, 3)


def test_who_has_long_done_nothing_is_not_counted(story: Assembly) -> None:
    story.sets(quorum=100, active_days=7)
    story.chloe.brings(Proposed(title="I am here"))
    story.seal()
    story.wait(days=8)
    story.proposes()
    story.opens("majority")
    story.votes(story.amina, YES)
    story.votes(story.bruno, YES)
    story.passes(1.1)
    assert (result(story), story.outcome.active) == ("passed", 2)


# --- ties ------------------------------------------------------------------------------------------------------------


def tie(story: Assembly) -> None:
    story.proposes()
    clause = story.clause("circle.renamed", name="Les Tilleuls")
    story.opens("majority", clause)
    story.votes(story.amina, YES)
    story.votes(story.bruno, NO)
    story.passes(1.1)


def test_a_tie_leaves_all_as_it_was(story: Assembly) -> None:
    tie(story)
    assert (result(story), story.outcome.leading, story.found.ended) == ("tied", ["yes", "no"], "failed")


def test_a_tie_is_talked_about_again(story: Assembly) -> None:
    story.sets(tie="again")
    tie(story)
    assert (result(story), story.found.ended, story.found.round) == ("tied", "", None)
    story.opens("majority", *story.found.clauses)
    story.votes(story.amina, YES)
    story.passes(1.1)
    assert (result(story), story.found.ended, len(story.found.outcomes)) == ("passed", "passed", 2)


def test_a_tie_is_drawn_by_lot_from_what_two_have_read(story: Assembly) -> None:
    story.sets(tie="lot")
    tie(story)
    assert (result(story), story.found.ended) == ("drawing", "")
    story.amina.brings(LotRead(motion=story.motion, key="1.2.3./"))
    story.seal()
    assert result(story) == "drawing", "one alone could have made it up"
    story.bruno.brings(LotRead(motion=story.motion, key=KEY))
    story.seal()
    assert result(story) == "drawing", "they differ"
    story.amina.brings(LotRead(motion=story.motion, key=KEY))
    story.seal()
    assert (result(story), story.outcome.chosen, story.outcome.lot) == ("passed", "yes", KEY)
    assert story.found.ended == "passed"


def test_a_lot_may_also_say_no(story: Assembly) -> None:
    story.sets(tie="lot")
    before = story.circle.roots.name
    tie(story)
    for person in (story.amina, story.bruno):
        person.brings(LotRead(motion=story.motion, key="1./2./"))
    story.seal()
    assert (result(story), story.outcome.chosen, story.circle.roots.name) == ("failed", "no", before)


def test_a_lot_from_the_start(story: Assembly) -> None:
    story.proposes()
    options = [story.option(name) for name in ("One", "Other", "Third")]
    story.opens("lot", options=options)
    story.passes(1.1)
    assert (result(story), story.outcome.leading) == ("drawing", options)
    for person in (story.amina, story.bruno):
        person.brings(LotRead(motion=story.motion, key=KEY))
    story.seal()
    assert (result(story), story.outcome.chosen in options) == ("passed", True)


def test_decisions_lot_read(story: Assembly) -> None:
    story.sets(tie="lot")
    tie(story)
    story.amina.brings(LotRead(motion=story.motion, key=KEY))
    assert story.found.keys == {story.amina.member: KEY}


def test_decisions_lot_read_is_refused(story: Assembly) -> None:
    story.sets(tie="lot", newcomer_days=10)
    motion = story.proposes()
    assert story.amina.is_refused(LotRead(motion=motion, key=KEY)) == Why.NO_LOT.code
    story.opens("majority")
    assert story.amina.is_refused(LotRead(motion=motion, key=KEY)) == Why.NO_LOT.code
    tie(story)
    story.amina.brings(LotRead(motion=story.motion, key=KEY))
    assert story.amina.is_refused(LotRead(motion=story.motion, key=KEY)) == Why.READ.code
    late = story.join("farid", story.invite(story.amina))
    assert late.is_refused(LotRead(motion=story.motion, key=KEY)) == Why.NO_VOTER.code
    assert story.chloe.is_refused(LotRead(motion=story.motion, key=KEY)) == FoldWhy.NOT_ALLOWED.code


# --- proxies ---------------------------------------------------------------------------------------------------------


def test_decisions_proxy_named(story: Assembly) -> None:
    """Whoever is away is spoken for, as long as they say nothing themselves."""
    story.sets(proxy_days=30)
    story.chloe.brings(ProxyNamed(member=story.amina.member, days=30))
    story.proposes()
    story.opens("majority")
    story.votes(story.amina, YES)
    story.passes(1.1)
    assert (story.outcome.figures, story.outcome.proxies) == ({"yes": [2]}, {story.chloe.member: story.amina.member})
    story.proposes()
    story.opens("majority")
    story.votes(story.amina, YES)
    story.votes(story.chloe, NO)
    story.passes(1.1)
    assert (story.outcome.figures, story.outcome.proxies) == ({"yes": [1], "no": [1]}, {})
    story.chloe.brings(ProxyNamed(member=story.amina.member, days=0))
    assert story.circle.decisions.proxies == {}


def test_decisions_proxy_named_is_refused(story: Assembly) -> None:
    assert story.chloe.is_refused(ProxyNamed(member=story.amina.member, days=1)) == Why.NO_PROXY.code
    story.sets(proxy_days=30)
    assert story.chloe.is_refused(ProxyNamed(member=story.amina.member, days=31)) == Why.NO_PROXY.code
    assert story.chloe.is_refused(ProxyNamed(member=story.chloe.member, days=3)) == Why.ONESELF.code
    assert story.chloe.is_refused(ProxyNamed(member="0" * 20, days=3)) == Why.NOBODY.code


def test_a_proxy_runs_out_and_is_never_handed_on(story: Assembly) -> None:
    story.sets(proxy_days=30)
    story.chloe.brings(ProxyNamed(member=story.bruno.member, days=2))
    story.bruno.brings(ProxyNamed(member=story.amina.member, days=30))
    story.proposes()
    story.opens("majority", days=3)
    story.votes(story.amina, YES)
    story.passes(3.1)
    assert story.outcome.proxies == {story.bruno.member: story.amina.member}, "Chloé had asked Bruno alone"


def test_nobody_gathers_votes(story: Assembly) -> None:
    story.sets(proxy_days=30)
    story.bruno.brings(ProxyNamed(member=story.amina.member, days=30))
    story.chloe.brings(ProxyNamed(member=story.amina.member, days=30))
    story.proposes()
    story.opens("majority")
    story.votes(story.amina, YES)
    story.passes(1.1)
    assert story.outcome.proxies == {story.bruno.member: story.amina.member}, "who asked first"


# --- what cannot be done, and what meets something else --------------------------------------------------------------


def test_what_a_rule_refuses_undoes_all_of_it(story: Assembly) -> None:
    story.proposes()
    good = story.clause("circle.renamed", name="Les Tilleuls")
    bad = story.clause("charter.changed", setting="quorum", number=0)
    before = story.circle.roots.name
    story.opens("light", good, bad)
    story.seal()
    assert (result(story), story.outcome.clause, story.outcome.reason) == ("undone", bad, "charter.same")
    assert (story.circle.roots.name, story.found.ended) == (before, "failed")


def test_two_that_contradict_each_other_are_done_in_their_order(story: Assembly) -> None:
    names = []
    for name in ("Les Tilleuls", "Les Chênes"):
        story.proposes()
        names.append(story.clause("circle.renamed", name=name))
        story.opens("light", names[-1])
    story.seal()
    assert story.circle.roots.name == names[1], "the later one has the last word"


def test_a_vote_goes_by_the_charter_as_it_was_when_it_was_opened(story: Assembly) -> None:
    story.proposes()
    story.opens("majority")
    one, vote = story.motion, story.vote
    story.sets(quorum=100, tie="again", method="consent")
    story.amina.brings(Voted(motion=one, round=vote, choice=YES))
    story.motion = one
    story.passes(1.1)
    assert (result(story), story.outcome.active) == ("passed", 2)


def test_who_proposed_it_may_leave(story: Assembly) -> None:
    story.proposes(story.chloe)
    clause = story.clause("circle.renamed", person=story.chloe, name="Les Tilleuls")
    story.opens("majority", clause, person=story.chloe)
    story.votes(story.chloe, NO)
    story.votes(story.amina, YES)
    story.chloe.brings(Left())
    story.passes(1.1)
    assert (result(story), story.outcome.figures) == ("passed", {"yes": [1]}), "who has gone votes no more"


def test_what_the_circle_decides_nobody_does_alone(story: Assembly) -> None:
    story.sets(may_shape="decision")
    assert story.amina.is_refused(Renamed(name="Mine")) == FoldWhy.TO_DECIDE.code
    assert not story.circle.may(story.amina.member, "circle.renamed")
    story.proposes()
    clause = story.clause("circle.renamed", name="Ours")
    story.opens("light", clause)
    story.seal()
    assert story.circle.roots.name == clause


def test_many_people_talk_about_becoming_two(story: Assembly) -> None:
    story.sets(split_at=5)
    story.seal()
    assert story.circle.decisions.crowded == 0
    story.join("farid", story.invite(story.amina))
    story.seal()
    since = story.circle.decisions.crowded
    assert since == story.circle.time
    story.seal()
    assert story.circle.decisions.crowded == since
    story.chloe.brings(Left())
    story.seal()
    assert story.circle.decisions.crowded == 0


def test_newcomers_vote_on_what_is_opened_later(story: Assembly) -> None:
    story.sets(newcomer_days=2)
    story.wait(days=3)
    story.seal()
    farid = story.join("farid", story.invite(story.amina, kind="adult"))
    story.seal()
    story.proposes()
    story.opens("majority")
    assert farid.member not in story.now.voters
    story.wait(days=2.1)
    story.seal()
    story.proposes()
    story.opens("majority")
    assert farid.member in story.now.voters
    assert story.now.until == 0 != DAY


# --- on paper --------------------------------------------------------------------------------------------------------


def counts(story: Assembly, person: Person, who: list[Person], *papers: tuple[dict[str, int], int]) -> str:
    told = [Papers(choice, number) for choice, number in papers]
    return person.brings(
        PapersCounted(motion=story.motion, round=story.vote, who=[one.member for one in who], papers=told)
    )


@pytest.fixture
def room() -> Assembly:
    """A majority vote, in which Amina votes no by herself."""
    story = Assembly()
    story.proposes()
    story.opens("majority")
    story.votes(story.amina, NO)
    return story


def test_decisions_papers_counted(room: Assembly) -> None:
    """Once two have counted the same, in whichever order they have put it."""
    voters = [room.bruno, room.chloe]
    counts(room, room.amina, voters, (YES, 1), ({}, 1))
    counts(room, room.bruno, voters[::-1], ({}, 1), (YES, 1))
    room.passes(1.1)
    assert (result(room), room.outcome.figures) == ("tied", {"no": [1], "yes": [1], "": [1]})
    assert (room.outcome.papers, room.outcome.took_part, room.outcome.active) == (2, 3, 3)


def test_decisions_papers_counted_is_refused(room: Assembly) -> None:
    def refused(who: list[str], *papers: Papers, vote: str = "") -> str:
        event = PapersCounted(motion=room.motion, round=vote or room.vote, who=who, papers=list(papers))
        return room.bruno.is_refused(event)

    yes, bruno = Papers(YES, 1), room.bruno.member
    assert refused([bruno], yes, vote="0" * 20) == Why.NO_ROUND.code
    assert refused([room.dov.member], yes) == Why.NO_VOTER.code
    assert refused([bruno, bruno], Papers(YES, 2)) == Why.NO_VOTER.code
    assert refused([room.amina.member], yes) == Why.VOTED.code
    assert refused([bruno], Papers(YES, 2)) == Why.MISCOUNTED.code
    assert refused([bruno], Papers({"consent": 1}, 1)) == Why.NO_CHOICE.code
    assert (
        room.dov.is_refused(PapersCounted(motion=room.motion, round=room.vote, who=[bruno], papers=[yes]))
        == FoldWhy.NOT_ALLOWED.code
    )
    room.passes(1.1)
    assert refused([bruno], yes) == Why.ENDED.code


@pytest.mark.parametrize("case", ["one counted", "they differ", "two and two"])
def test_papers_count_for_nothing_where_no_two_agree(room: Assembly, case: str) -> None:
    counts(room, room.amina, [room.bruno], (YES, 1))
    if case != "one counted":
        counts(room, room.bruno, [room.bruno], (NO, 1))
    if case == "two and two":
        room.amina.brings(KindChanged(member=room.dov.member, kind="adult"))
        counts(room, room.chloe, [room.bruno], (YES, 1))
        counts(room, room.dov, [room.bruno], (NO, 1))
    room.passes(1.1)
    assert (result(room), room.outcome.papers) == ("failed", 0)


def test_nobody_is_voted_for_by_two_who_say_they_handed_in_a_paper(room: Assembly) -> None:
    """Chloé has handed in nothing, and says so by voting herself: then no paper counts, as none says whose it is."""
    for person in (room.amina, room.bruno):
        counts(room, person, [room.bruno, room.chloe], (YES, 2))
    room.votes(room.chloe, NO)
    room.passes(1.1)
    assert (result(room), room.outcome.figures, room.outcome.papers) == ("failed", {"no": [2]}, 0)


def test_papers_of_who_left_count_no_more(room: Assembly) -> None:
    for person in (room.amina, room.bruno):
        counts(room, person, [room.bruno, room.chloe], (YES, 2))
    room.chloe.brings(Left())
    room.passes(1.1)
    assert (result(room), room.outcome.papers) == ("failed", 0)
