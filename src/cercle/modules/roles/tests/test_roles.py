"""Roles have a term, are handed on, go round, and are taken back: each event as it works and is refused."""

import pytest

from cercle.core.fold import Why as FoldWhy
from cercle.modules.circle.events import Renamed
from cercle.modules.decisions.tests.assembly import Assembly
from cercle.modules.people.events import Left
from cercle.modules.roles.events import Changed, Created, Ended, Filled, HandedOn, Recalled
from cercle.modules.roles.rules import DAY, Had, Role, Why

NOTHING = "0" * 20


@pytest.fixture
def story() -> Assembly:
    return Assembly()


def role(story: Assembly, name: str) -> Role:
    found: Role = story.circle.roles.roles[name]
    return found


def test_roles_created(story: Assembly) -> None:
    key = story.amina.brings(Created(name="Treasurer", purpose="Keeps the books", term=365))
    assert (role(story, key).term, role(story, key).holder) == (365, "")
    round_ = story.bruno.brings(Created(name="Host", term=7, turn=[story.bruno.member, story.chloe.member]))
    assert role(story, round_).holder == story.bruno.member


def test_roles_created_is_refused(story: Assembly) -> None:
    assert story.chloe.is_refused(Created(name="Queen")) == FoldWhy.NOT_ALLOWED.code
    assert story.amina.is_refused(Created(name="Host", term=7, turn=[NOTHING])) == Why.NOBODY.code
    assert story.amina.is_refused(Created(name="Host", turn=[story.amina.member])) == Why.NO_TERM.code
    assert story.amina.is_refused(Created(name="Host", powers=["quorum"])) == Why.NO_POWER.code
    assert story.amina.is_refused(Created(name="Host", powers=["may_shape"])) == FoldWhy.TO_DECIDE.code


def test_roles_changed(story: Assembly) -> None:
    key = story.amina.brings(Created(name="Treasurer", term=365))
    entry = story.bruno.brings(Changed(role=key, name="Bookkeeper", term=90))
    assert (role(story, key).words, role(story, key).term) == (entry, 90)


def test_roles_changed_is_refused(story: Assembly) -> None:
    key = story.amina.brings(Created(name="Treasurer"))
    assert story.amina.is_refused(Changed(role=NOTHING, name="x")) == Why.NO_ROLE.code
    assert story.amina.is_refused(Changed(role=key, name="x", powers=["may_shape"])) == FoldWhy.TO_DECIDE.code
    story.amina.brings(Ended(role=key))
    assert story.amina.is_refused(Changed(role=key, name="x")) == Why.ENDED.code


def test_roles_filled(story: Assembly) -> None:
    key = story.amina.brings(Created(name="Treasurer", term=30))
    entry = story.amina.brings(Filled(role=key, member=story.bruno.member))
    story.seal()
    began = story.circle.time
    assert (role(story, key).holder, role(story, key).until) == (story.bruno.member, began + 30 * DAY)
    story.wait(days=31)
    story.seal()
    assert role(story, key).holder == "", "the term has ended"
    assert role(story, key).had == [Had(story.bruno.member, began, story.circle.time, entry, "")]


def test_a_term_is_none_the_shorter_where_the_keeper_was_not_heard_for_long(story: Assembly) -> None:
    key = story.amina.brings(Created(name="Host", term=7))
    story.wait(days=40)
    story.amina.brings(Filled(role=key, member=story.bruno.member))
    story.seal()
    assert (role(story, key).holder, role(story, key).until) == (story.bruno.member, story.circle.time + 7 * DAY)


def test_roles_filled_is_refused(story: Assembly) -> None:
    key = story.amina.brings(Created(name="Treasurer"))
    assert story.amina.is_refused(Filled(role=NOTHING, member=story.bruno.member)) == Why.NO_ROLE.code
    assert story.amina.is_refused(Filled(role=key, member=NOTHING)) == Why.NOBODY.code
    assert story.chloe.is_refused(Filled(role=key, member=story.chloe.member)) == FoldWhy.NOT_ALLOWED.code


def test_roles_handed_on(story: Assembly) -> None:
    key = story.amina.brings(Created(name="Treasurer", term=30))
    story.amina.brings(Filled(role=key, member=story.chloe.member))
    story.seal()
    until = role(story, key).until
    story.wait(days=2)
    handed = story.chloe.brings(HandedOn(role=key, member=story.bruno.member))
    story.seal()
    assert (role(story, key).holder, role(story, key).until) == (story.bruno.member, until)
    back = story.bruno.brings(HandedOn(role=key))
    assert role(story, key).holder == ""
    assert [(one.member, one.until) for one in role(story, key).had] == [
        (story.chloe.member, handed),
        (story.bruno.member, back),
    ]


def test_who_gives_a_role_back_that_goes_round_is_followed_by_who_is_next(story: Assembly) -> None:
    people = [story.amina.member, story.bruno.member, story.chloe.member]
    key = story.amina.brings(Created(name="Host", term=7, turn=people))
    story.wait(days=7.1)
    story.seal()
    story.wait(days=7.1)
    story.seal()
    story.bruno.brings(HandedOn(role=key))
    story.wait(days=7.1)
    story.seal()
    assert role(story, key).holder == story.chloe.member


def test_roles_handed_on_is_refused(story: Assembly) -> None:
    key = story.amina.brings(Created(name="Treasurer"))
    story.amina.brings(Filled(role=key, member=story.bruno.member))
    assert story.bruno.is_refused(HandedOn(role=NOTHING)) == Why.NO_ROLE.code
    assert story.amina.is_refused(HandedOn(role=key)) == Why.NOT_YOURS.code
    assert story.bruno.is_refused(HandedOn(role=key, member=NOTHING)) == Why.NOBODY.code
    assert story.bruno.is_refused(HandedOn(role=key, member=story.bruno.member)) == Why.SAME.code


def given(story: Assembly, does: str, **fields: object) -> str:
    """The circle decides it; gives the clause."""
    story.proposes()
    clause = story.clause(does, **fields)
    story.opens("light", clause)
    story.seal()
    assert story.outcome.result == "passed", story.outcome
    return clause


def test_roles_recalled(story: Assembly) -> None:
    key = story.amina.brings(Created(name="Treasurer"))
    story.amina.brings(Filled(role=key, member=story.bruno.member))
    given(story, "roles.recalled", role=key)
    assert role(story, key).holder == ""


def test_roles_recalled_is_refused(story: Assembly) -> None:
    key = story.amina.brings(Created(name="Treasurer"))
    assert story.amina.is_refused(Recalled(role=key)) == FoldWhy.TO_DECIDE.code
    story.proposes()
    story.opens("light", story.clause("roles.recalled", role=key))
    story.seal()
    assert story.outcome.reason == Why.NOBODY_HAS_IT.code


def test_roles_ended(story: Assembly) -> None:
    key = story.amina.brings(Created(name="Host", term=7, turn=[story.bruno.member]))
    story.amina.brings(Ended(role=key))
    assert (role(story, key).ended, role(story, key).holder) == (True, "")
    story.wait(days=8)
    story.seal()
    assert role(story, key).holder == ""


def test_roles_ended_is_refused(story: Assembly) -> None:
    assert story.amina.is_refused(Ended(role=NOTHING)) == Why.NO_ROLE.code
    key = given(story, "roles.created", name="Caretaker", powers=["may_shape"])
    assert story.amina.is_refused(Ended(role=key)) == FoldWhy.TO_DECIDE.code


def test_a_role_goes_round_by_itself_past_those_who_have_gone(story: Assembly) -> None:
    people = [story.amina, story.bruno, story.chloe]
    key = story.amina.brings(Created(name="Host", term=7, turn=[one.member for one in people]))
    story.bruno.brings(Left())
    story.seal()
    had = []
    for _ in range(3):
        had.append(role(story, key).holder)
        story.wait(days=7.1)
        story.seal()
    assert had == [story.amina.member, story.chloe.member, story.amina.member]


def test_a_role_lets_its_holder_do_what_the_charter_lets_few(story: Assembly) -> None:
    """As long as they have it, and not a moment longer; nobody passes it on, or takes it, by themselves."""
    story.sets(may_shape="decision")
    key = given(story, "roles.created", name="Caretaker", powers=["may_shape"], term=30)
    assert story.amina.is_refused(Filled(role=key, member=story.amina.member)) == FoldWhy.TO_DECIDE.code
    given(story, "roles.filled", role=key, member=story.chloe.member)
    story.chloe.brings(Renamed(name="Chez Chloé"))
    assert story.circle.may(story.chloe.member, "circle.renamed")
    assert story.amina.is_refused(Renamed(name="Chez Amina")) == FoldWhy.TO_DECIDE.code
    assert story.chloe.is_refused(HandedOn(role=key, member=story.amina.member)) == FoldWhy.TO_DECIDE.code
    story.wait(days=31)
    story.seal()
    assert story.chloe.is_refused(Renamed(name="Still mine")) == FoldWhy.TO_DECIDE.code


def test_an_election_fills_a_role(story: Assembly) -> None:
    from cercle.modules.decisions.events import Named

    key = story.amina.brings(Created(name="Treasurer", term=365))
    motion = story.proposes()
    clause = story.clause("roles.filled", role=key, member=story.bruno.member)
    vote = story.opens("election", clause)
    story.bruno.brings(Named(motion=motion, round=vote, member=story.chloe.member, why="She counts well"))
    story.votes(story.amina, {"consent": 1})
    story.passes(1.1)
    assert role(story, key).holder == story.chloe.member
