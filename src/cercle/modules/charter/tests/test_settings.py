"""Each setting of a charter changes what happens: a test for every one of them, by its name."""

import pytest

from cercle.core.fold import Why as FoldWhy
from cercle.modules.accounts.events import Transferred
from cercle.modules.charter.settings import SETTINGS
from cercle.modules.circle.events import Renamed
from cercle.modules.decisions.events import LotRead, Opened, ProxyNamed, Voted
from cercle.modules.decisions.state import Why
from cercle.modules.decisions.tests.assembly import NO, YES, Assembly
from cercle.modules.merit.events import Confirmed, RateSet
from cercle.modules.people.events import Added, KindChanged
from cercle.modules.pools import events as pools
from cercle.modules.pools.rules import Why as PoolsWhy
from cercle.modules.pools.rules import held
from cercle.modules.tasks.events import ChoreAdded, Worked


@pytest.fixture
def story() -> Assembly:
    return Assembly()


def test_each_setting_has_its_test() -> None:
    assert {name for name in SETTINGS if f"test_{name}" not in globals()} == set()


def is_too_light(story: Assembly, does: str, **fields: object) -> bool:
    """Whether a vote that is open to any objection is not strict enough for that."""
    motion = story.proposes()
    clause = [story.clause(does, **fields)] if does else []
    return story.bruno.does(Opened(motion=motion, method="lazy", clauses=clause, days=1)) == Why.TOO_LIGHT.code


def test_method(story: Assembly) -> None:
    assert not is_too_light(story, "circle.renamed", name="x")
    story.sets(method="majority")
    assert is_too_light(story, "circle.renamed", name="x")
    assert is_too_light(story, ""), "also of what changes nothing by itself"
    assert not is_too_light(story, "charter.changed", setting="days", number=3)


def test_method_charter(story: Assembly) -> None:
    assert not is_too_light(story, "charter.changed", setting="days", number=3)
    story.sets(method_charter="two_thirds")
    assert is_too_light(story, "charter.changed", setting="days", number=3)


def test_method_people(story: Assembly) -> None:
    assert not is_too_light(story, "people.kind_changed", member=story.chloe.member, kind="adult")
    story.sets(method_people="consent")
    assert is_too_light(story, "people.kind_changed", member=story.chloe.member, kind="adult")


def test_method_money(story: Assembly) -> None:
    paid = {"unit": "eur", "amount": 100, "payer": story.amina.member, "to": story.bruno.member}
    assert not is_too_light(story, "accounts.transferred", **paid)
    story.sets(method_money="majority")
    assert is_too_light(story, "accounts.transferred", **paid)
    story.amina.brings(Transferred(unit="eur", amount=100, payer=story.amina.member, to=story.bruno.member))


def test_voters(story: Assembly) -> None:
    story.proposes()
    story.opens("majority")
    assert story.chloe.member in story.now.voters
    story.sets(voters="adults")
    story.proposes()
    story.opens("majority")
    assert story.now.voters == [story.amina.member, story.bruno.member]


def test_newcomer_days(story: Assembly) -> None:
    story.sets(newcomer_days=30)
    story.proposes()
    story.opens("majority")
    assert story.bruno.member in story.now.voters, "where all are newcomers, nobody is"
    story.wait(days=31)
    story.seal()
    farid = story.join("farid", story.invite(story.amina))
    story.proposes()
    story.opens("majority")
    assert story.bruno.member in story.now.voters
    assert farid.member not in story.now.voters


def test_days(story: Assembly) -> None:
    story.proposes()
    story.opens("majority", days=1)
    story.sets(days=3)
    motion = story.proposes()
    assert story.bruno.is_refused(Opened(motion=motion, method="majority", days=2)) == Why.TOO_SHORT.code


def voted(story: Assembly, *said: dict[str, int]) -> str:
    """How a vote ends in which Amina, Bruno and Chloé say that."""
    story.proposes()
    story.opens("majority")
    for person, choice in zip((story.amina, story.bruno, story.chloe), said, strict=False):
        story.votes(person, choice)
    story.passes(1.1)
    return story.outcome.result


def test_quorum(story: Assembly) -> None:
    assert voted(story, YES) == "passed"
    story.sets(quorum=60)
    assert voted(story, YES) == "few"


def test_active_days(story: Assembly) -> None:
    story.sets(quorum=60)
    story.chloe.does(KindChanged(member=story.chloe.member, kind="child"))
    story.wait(days=20)
    story.seal()
    assert voted(story, YES) == "few"
    story.sets(active_days=7)
    story.wait(days=8)
    story.seal()
    story.amina.brings(ChoreAdded(kind="other", name="Windows"))
    story.proposes(story.amina)
    story.opens("majority", person=story.amina)
    story.votes(story.amina, YES)
    story.wait(days=7.5)
    story.seal()
    story.wait(days=1.1)
    story.chloe.brings(ChoreAdded(kind="other", name="Floor"))
    story.seal()
    story.wait(days=1.1)
    story.chloe.brings(ChoreAdded(kind="other", name="Stairs"))
    story.seal()
    assert story.outcome.active == 2, "Bruno has long done nothing"


def test_tie(story: Assembly) -> None:
    assert (voted(story, YES, NO), story.found.ended) == ("tied", "failed")
    story.sets(tie="again")
    assert (voted(story, YES, NO), story.found.ended) == ("tied", "")
    story.sets(tie="lot")
    assert (voted(story, YES, NO), story.found.ended) == ("drawing", "")
    story.amina.brings(LotRead(motion=story.motion, key="1./"))


def test_reasons(story: Assembly) -> None:
    motion = story.proposes()
    vote = story.opens("majority")
    story.votes(story.amina, YES)
    story.sets(reasons="yes")
    motion = story.proposes()
    vote = story.opens("majority")
    assert story.amina.is_refused(Voted(motion=motion, round=vote, choice=YES)) == Why.NO_REASON.code


def test_proxy_days(story: Assembly) -> None:
    assert story.chloe.is_refused(ProxyNamed(member=story.amina.member, days=9)) == Why.NO_PROXY.code
    story.sets(proxy_days=9)
    story.chloe.brings(ProxyNamed(member=story.amina.member, days=9))


def test_proxy_most(story: Assembly) -> None:
    story.sets(proxy_days=9)
    for person in (story.bruno, story.chloe):
        person.brings(ProxyNamed(member=story.amina.member, days=9))
    voted(story, YES)
    assert story.outcome.figures == {"yes": [2]}
    story.sets(proxy_most=2)
    voted(story, YES)
    assert story.outcome.figures == {"yes": [3]}


def test_review_months(story: Assembly) -> None:
    voted(story, YES)
    assert story.found.review == 0
    story.sets(review_months=6)
    voted(story, YES)
    assert story.found.review > story.circle.time


def test_may_invite(story: Assembly) -> None:
    story.invite(story.amina)
    story.sets(may_invite="decision")
    assert story.amina.is_refused(Added(name="Eve")) == FoldWhy.TO_DECIDE.code
    with pytest.raises(AssertionError, match="to_decide"):
        story.invite(story.amina)
    story.invite(story.amina, member=story.amina.member)


def test_may_change_kinds(story: Assembly) -> None:
    story.sets(may_change_kinds="decision")
    assert story.amina.is_refused(KindChanged(member=story.dov.member, kind="adult")) == FoldWhy.TO_DECIDE.code


def test_may_shape(story: Assembly) -> None:
    story.sets(may_shape="household")
    story.chloe.brings(Renamed(name="Chez Chloé"))
    story.sets(may_shape="decision")
    assert story.amina.is_refused(Renamed(name="Chez Amina")) == FoldWhy.TO_DECIDE.code


def test_may_set_chores(story: Assembly) -> None:
    story.chloe.brings(ChoreAdded(kind="other", name="Windows"))
    story.sets(may_set_chores="adults")
    assert story.chloe.is_refused(ChoreAdded(kind="other", name="Floor")) == FoldWhy.NOT_ALLOWED.code


def test_may_set_rates(story: Assembly) -> None:
    story.amina.brings(RateSet(kind="cleaning", per_hour=60))
    story.sets(may_set_rates="decision")
    assert story.amina.is_refused(RateSet(kind="cleaning", per_hour=6)) == FoldWhy.TO_DECIDE.code


def test_may_close_purses(story: Assembly) -> None:
    purse = story.amina.brings(pools.Opened(name="Holidays"))
    story.sets(may_close_purses="decision")
    assert story.amina.is_refused(pools.Closed(pool=purse)) == FoldWhy.TO_DECIDE.code


def purse_with(story: Assembly, amount: int) -> str:
    purse = story.amina.brings(pools.Opened(name="Holidays"))
    story.amina.brings(pools.PaidIn(pool=purse, amount=amount, payer=story.amina.member))
    return purse


def test_spend_alone(story: Assembly) -> None:
    """In a month, however it is split; what is more takes a second signature, and none for what the circle decided."""
    purse = purse_with(story, 100_000)
    story.sets(spend_alone=5000)
    story.bruno.brings(pools.Spent(pool=purse, amount=4000, free=True))
    assert story.bruno.is_refused(pools.Spent(pool=purse, amount=1001, free=True)) == PoolsWhy.SECOND.code
    story.bruno.brings(pools.Spent(pool=purse, amount=1000, free=True))
    before = held(story.circle, purse)
    ask = story.bruno.brings(pools.Asked(pool=purse, amount=20_000, what="A bench"))
    assert story.bruno.is_refused(pools.Signed(ask=ask)) == PoolsWhy.ONESELF.code
    story.amina.brings(pools.Signed(ask=ask))
    assert held(story.circle, purse) == before - 20_000
    story.wait(days=31)
    story.seal()
    story.bruno.brings(pools.Spent(pool=purse, amount=5000, free=True))


def test_spend_together(story: Assembly) -> None:
    purse = purse_with(story, 100_000)
    story.sets(spend_alone=5000, spend_together=20_000)
    too_much = pools.Asked(pool=purse, amount=20_001)
    assert story.bruno.is_refused(too_much) == PoolsWhy.TO_DECIDE.code
    ask = story.bruno.brings(pools.Asked(pool=purse, amount=20_000))
    story.sets(spend_together=10_000)
    assert story.amina.is_refused(pools.Signed(ask=ask)) == PoolsWhy.TO_DECIDE.code
    story.proposes()
    story.opens("light", story.clause("pools.spent", pool=purse, amount=50_000, free=True))
    before = held(story.circle, purse)
    story.seal()
    assert story.outcome.result == "passed"
    assert held(story.circle, purse) < before - 49_000


def test_confirming(story: Assembly) -> None:
    """What a rate asks for is never less than that."""
    story.amina.brings(RateSet(kind="cleaning", per_hour=60))
    work = Worked(kind="cleaning", minutes=60, who=[story.bruno.member], what="Windows")
    story.bruno.brings(work)
    assert story.circle.accounts.balances["merit"][story.bruno.member] == 60
    story.sets(confirming="another")
    claim = story.bruno.brings(work)
    assert story.circle.accounts.balances["merit"][story.bruno.member] == 60
    story.amina.brings(Confirmed(claim=claim))
    assert story.circle.accounts.balances["merit"][story.bruno.member] == 120


def test_points_a_week(story: Assembly) -> None:
    story.amina.brings(RateSet(kind="cleaning", per_hour=60))
    story.sets(points_a_week=90)
    for _ in range(3):
        story.bruno.brings(Worked(kind="cleaning", minutes=60, who=[story.bruno.member], what="Windows"))
    assert story.circle.accounts.balances["merit"][story.bruno.member] == 90


def test_split_at(story: Assembly) -> None:
    story.seal()
    assert story.circle.decisions.crowded == 0
    story.sets(split_at=4)
    story.seal()
    assert story.circle.decisions.crowded > 0
