"""A common purse: each event as it works and is refused."""

import pytest

from cercle.modules.accounts.read import balances
from cercle.modules.accounts.rules import Why as AccountsWhy
from cercle.modules.devices.events import Revoked
from cercle.modules.people.events import Left
from cercle.modules.pools import events
from cercle.modules.pools.read import put_in, shares, show, whole
from cercle.modules.pools.rules import Why, held
from cercle.modules.pools.tests.purse import Purse
from tests.story import Person, Story

NOTHING = "0" * 20


@pytest.fixture
def purse() -> Purse:
    return Purse()


# --- opening, putting in, closing --------------------------------------------------------------------------------


def test_pools_opened(purse: Purse) -> None:
    assert purse.circle.pools.pools[purse.pool].used == {purse.amina.device.hex(): 1}
    assert whole(purse.circle, purse.pool) == 0


def test_pools_opened_is_refused() -> None:
    story = Story("bruno", "chloe")
    assert story.chloe.is_refused(events.Opened(name="x")) == "circle.not_allowed"


def test_pools_opened_is_refused_where_the_circle_counts_no_money() -> None:
    story = Story(alone=True)
    story.circle.roots.unit = "hours"
    assert story.amina.is_refused(events.Opened(name="x")) == AccountsWhy.RESERVED.code


def test_pools_paid_in(purse: Purse) -> None:
    purse.pays(5000)
    purse.pays(3000, purse.bruno)
    assert whole(purse.circle, purse.pool) == held(purse.circle, purse.pool) == 8000
    assert put_in(purse.circle, purse.pool) == {purse.amina.member: 5000, purse.bruno.member: 3000}
    assert set(balances(purse.circle, "eur").values()) == {0}


def test_pools_paid_in_is_refused(purse: Purse) -> None:
    amina = purse.amina
    paid = {"pool": purse.pool, "amount": 5, "payer": amina.member}
    assert amina.is_refused(events.PaidIn(**paid | {"pool": "0" * 20})) == Why.NO_POOL.code
    assert amina.is_refused(events.PaidIn(**paid | {"payer": "0" * 20})) == AccountsWhy.NOBODY.code
    assert amina.is_refused(events.PaidIn(**paid | {"amount": 0})) == AccountsWhy.NOTHING.code
    assert amina.is_refused(events.PaidIn(**paid | {"day": "2026-02-30"})) == AccountsWhy.NO_DAY.code
    assert purse.dov.is_refused(events.PaidIn(**paid)) == "circle.not_allowed"


def test_pools_closed(purse: Purse) -> None:
    closing = purse.bruno.brings(events.Closed(pool=purse.pool))
    assert purse.circle.pools.pools[purse.pool].closed == closing
    purse.seal()
    assert purse.amina.is_refused(events.AllowanceAsked(pool=purse.pool)) == Why.CLOSED.code


def test_pools_closed_is_refused(purse: Purse) -> None:
    purse.pays(1)
    assert purse.amina.is_refused(events.Closed(pool=purse.pool)) == Why.NOT_EMPTY.code
    assert purse.chloe.is_refused(events.Closed(pool=purse.pool)) == "circle.not_allowed"
    assert purse.amina.is_refused(events.Closed(pool="0" * 20)) == Why.NO_POOL.code


# --- spending ----------------------------------------------------------------------------------------------------


def test_pools_spent(purse: Purse) -> None:
    purse.pays(10_000)
    purse.seal()
    assert purse.has(purse.amina) == 5000
    purse.spends(purse.amina, 5000)
    assert purse.has(purse.amina) == 0
    assert whole(purse.circle, purse.pool) == held(purse.circle, purse.pool) == 5000
    assert set(balances(purse.circle, "eur").values()) == {0}


def test_pools_spent_is_refused(purse: Purse) -> None:
    amina, spent = purse.amina, {"pool": purse.pool, "amount": 1}
    purse.pays(10_000)
    assert amina.is_refused(events.Spent(**spent)) == Why.TOO_MUCH.code  # its share comes with the next seal
    assert amina.is_refused(events.Spent(**spent | {"amount": 10_001, "free": True})) == Why.NOT_THERE.code
    purse.seal()
    assert purse.bruno.is_refused(events.Spent(**spent)) == Why.TOO_MUCH.code
    assert amina.is_refused(events.Spent(**spent | {"amount": 5001})) == Why.TOO_MUCH.code
    assert amina.is_refused(events.Spent(**spent | {"amount": 5001, "free": True})) == Why.NOT_THERE.code
    assert amina.is_refused(events.Spent(**spent | {"amount": 0})) == AccountsWhy.NOTHING.code
    assert amina.is_refused(events.Spent(**spent | {"day": "2026-02-30"})) == AccountsWhy.NO_DAY.code
    assert amina.is_refused(events.Spent(**spent | {"pool": "0" * 20})) == Why.NO_POOL.code
    assert purse.dov.is_refused(events.Spent(**spent)) == "circle.not_allowed"


def test_what_is_free_can_be_spent_by_anybody_and_gives_them_a_share(purse: Purse) -> None:
    purse.pays(10_000)
    purse.seal()
    purse.spends(purse.chloe, 2000, free=True)
    purse.seal()
    assert purse.has(purse.chloe) > 0
    assert held(purse.circle, purse.pool) + purse.has(purse.chloe) + purse.has(purse.amina) == 8000


def test_pools_corrected(purse: Purse) -> None:
    paid = purse.pays(10_000)
    purse.seal()
    spent = purse.spends(purse.amina, 4000)
    purse.bruno.brings(events.Corrected(entry=spent, why="twice"))
    assert (purse.has(purse.amina), held(purse.circle, purse.pool)) == (1000, 9000)
    purse.amina.brings(events.Returned(pool=purse.pool, amount=1000))
    purse.amina.brings(events.Corrected(entry=paid))
    assert whole(purse.circle, purse.pool) == 0
    assert put_in(purse.circle, purse.pool) == {}


def test_pools_corrected_is_refused(purse: Purse) -> None:
    paid = purse.pays(10_000)
    purse.seal()
    spent = purse.spends(purse.amina, 10)
    assert purse.amina.is_refused(events.Corrected(entry=paid)) == Why.NOT_THERE.code
    purse.amina.brings(events.Corrected(entry=spent))
    assert purse.amina.is_refused(events.Corrected(entry=spent)) == Why.CORRECTED.code
    assert purse.amina.is_refused(events.Corrected(entry=purse.pool)) == Why.NO_ENTRY.code


def test_what_a_closed_purse_had_is_not_taken_back(purse: Purse) -> None:
    purse.pays(100)
    spent = purse.spends(purse.amina, 100, free=True)
    purse.amina.brings(events.Closed(pool=purse.pool))
    assert purse.amina.is_refused(events.Corrected(entry=spent)) == Why.CLOSED.code


# --- shares ------------------------------------------------------------------------------------------------------


def test_pools_allowance_asked(purse: Purse) -> None:
    purse.pays(10_000)
    purse.bruno.brings(events.AllowanceAsked(pool=purse.pool))
    assert purse.has(purse.bruno) == 0
    purse.seal()
    assert (purse.has(purse.amina), purse.has(purse.bruno), held(purse.circle, purse.pool)) == (2500, 2500, 5000)


def test_pools_allowance_asked_is_refused(purse: Purse) -> None:
    assert purse.amina.is_refused(events.AllowanceAsked(pool=purse.pool)) == Why.ASKED.code
    assert purse.bruno.is_refused(events.AllowanceAsked(pool="0" * 20)) == Why.NO_POOL.code


def test_pools_returned(purse: Purse) -> None:
    purse.pays(10_000)
    purse.seal()
    purse.amina.brings(events.Returned(pool=purse.pool, amount=1500))
    assert (purse.has(purse.amina), held(purse.circle, purse.pool)) == (3500, 6500)


def test_pools_returned_is_refused(purse: Purse) -> None:
    purse.pays(10_000)
    purse.seal()
    assert purse.amina.is_refused(events.Returned(pool=purse.pool, amount=5001)) == Why.TOO_MUCH.code
    assert purse.amina.is_refused(events.Returned(pool=purse.pool, amount=0)) == AccountsWhy.NOTHING.code
    assert purse.bruno.is_refused(events.Returned(pool=purse.pool, amount=1)) == Why.TOO_MUCH.code
    assert purse.bruno.is_refused(events.Returned(pool="0" * 20, amount=1)) == Why.NO_POOL.code


def test_pools_allowance_revoked(purse: Purse) -> None:
    purse.shared(10_000)
    purse.amina.brings(events.AllowanceRevoked(pool=purse.pool, device=purse.bruno.device))
    assert purse.has(purse.bruno) == 2500
    assert [share.ending for share in shares(purse.circle, purse.pool)] == [False, True]
    purse.seal()
    assert purse.has(purse.bruno) == 0
    assert purse.circle.pools.pools[purse.pool].used == {purse.amina.device.hex(): 1}
    assert purse.bruno.is_refused(events.Spent(pool=purse.pool, amount=1)) == Why.TOO_MUCH.code


def test_pools_allowance_revoked_is_refused(purse: Purse) -> None:
    revoked = {"pool": purse.pool, "device": purse.amina.device}
    assert purse.chloe.is_refused(events.AllowanceRevoked(**revoked)) == "circle.not_allowed"
    assert purse.bruno.is_refused(events.AllowanceRevoked(**revoked | {"pool": "0" * 20})) == Why.NO_POOL.code
    assert purse.amina.is_refused(events.AllowanceRevoked(**revoked | {"device": bytes(32)})) == Why.NO_SHARE.code
    purse.bruno.brings(events.AllowanceRevoked(**revoked))
    assert purse.amina.is_refused(events.AllowanceRevoked(**revoked)) == Why.NO_SHARE.code


def test_shares_follow_use_and_a_month_counts_half_as_much_as_the_next(purse: Purse) -> None:
    purse.shared(100_000)
    assert purse.has(purse.amina) == purse.has(purse.bruno) == 25_000
    purse.spends(purse.bruno, 20_000)
    purse.seal()
    assert purse.has(purse.bruno) == 34_998  # 7 of 8 parts of 400 euros
    (his,) = [share for share in shares(purse.circle, purse.pool) if share.device == purse.bruno.device.hex()]
    assert his.surplus == 0
    (hers,) = [share for share in shares(purse.circle, purse.pool) if share.device == purse.amina.device.hex()]
    assert hers.surplus == 19_999
    purse.wait(days=31)
    purse.seal()
    assert purse.circle.pools.pools[purse.pool].used == {purse.amina.device.hex(): 0, purse.bruno.device.hex(): 10_000}
    purse.wait(days=31)
    purse.seal()
    assert purse.circle.pools.pools[purse.pool].used == {purse.bruno.device.hex(): 5000}


def test_no_share_grows_past_where_a_quarter_is_free(purse: Purse) -> None:
    purse.shared(100_000)
    for person in (purse.amina, purse.bruno) * 4:
        purse.spends(person, purse.has(person))
        purse.seal()
        assert 4 * held(purse.circle, purse.pool) >= whole(purse.circle, purse.pool)


def test_whoever_has_gone_or_is_frozen_keeps_no_share(purse: Purse) -> None:
    purse.shared(10_000)
    purse.bruno.brings(Left())
    purse.seal()
    assert (purse.has(purse.bruno), purse.has(purse.amina)) == (0, 5000)
    laptop: Person = purse.join("amina", purse.invite(purse.amina, member=purse.amina.member), device=1)
    laptop.brings(events.AllowanceAsked(pool=purse.pool))
    purse.amina.brings(events.Returned(pool=purse.pool, amount=4000))
    purse.seal()
    assert purse.has(laptop) > 0
    purse.amina.brings(Revoked(device=laptop.device))
    purse.seal()
    assert purse.has(laptop) == 0


def test_what_is_shown_is_what_is_in_it(purse: Purse) -> None:
    purse.shared(10_000)
    (shown,) = show(purse.circle).values()
    assert shown == {
        "whole": 10_000,
        "free": 5000,
        "shares": {purse.amina.device.hex(): 2500, purse.bruno.device.hex(): 2500},
        "closed": False,
    }


def test_the_first_seal_of_a_circle_forgets_nobody() -> None:
    story = Story("bruno")
    pool = story.bruno.brings(events.Opened(name="x"))
    story.seal()
    assert story.bruno.device.hex() in story.circle.pools.pools[pool].used


# --- second signatures -----------------------------------------------------------------------------------------------


def test_pools_asked(purse: Purse) -> None:
    purse.pays(9000)
    ask = purse.bruno.brings(events.Asked(pool=purse.pool, amount=8000, what="A bench"))
    assert whole(purse.circle, purse.pool) == 9000, "it stays until somebody signs too"
    assert purse.circle.pools.asks[ask].by == purse.bruno.member


def test_pools_asked_is_refused(purse: Purse) -> None:
    assert purse.bruno.is_refused(events.Asked(pool=NOTHING, amount=1)) == Why.NO_POOL.code
    assert purse.bruno.is_refused(events.Asked(pool=purse.pool, amount=0)) == "accounts.nothing"
    assert purse.dov.is_refused(events.Asked(pool=purse.pool, amount=1)) == "circle.not_allowed"


def test_pools_signed(purse: Purse) -> None:
    purse.pays(9000)
    ask = purse.bruno.brings(events.Asked(pool=purse.pool, amount=8000))
    signed = purse.amina.brings(events.Signed(ask=ask))
    assert whole(purse.circle, purse.pool) == 1000
    move = purse.circle.pools.moves[signed]
    assert (move.amount, move.by) == (-8000, purse.bruno.member)


def test_pools_signed_is_refused(purse: Purse) -> None:
    purse.pays(9000)
    ask = purse.bruno.brings(events.Asked(pool=purse.pool, amount=9001))
    assert purse.amina.is_refused(events.Signed(ask=NOTHING)) == Why.NO_ASK.code
    assert purse.bruno.is_refused(events.Signed(ask=ask)) == Why.ONESELF.code
    assert purse.amina.is_refused(events.Signed(ask=ask)) == Why.NOT_THERE.code
    assert purse.chloe.is_refused(events.Signed(ask=ask)) == "circle.not_allowed"


def test_pools_ask_dropped(purse: Purse) -> None:
    purse.pays(9000)
    first, second = (purse.chloe.brings(events.Asked(pool=purse.pool, amount=10)) for _ in range(2))
    purse.chloe.brings(events.AskDropped(ask=first))
    purse.amina.brings(events.AskDropped(ask=second))
    assert purse.circle.pools.asks == {}
    assert purse.amina.is_refused(events.Signed(ask=first)) == Why.NO_ASK.code


def test_pools_ask_dropped_is_refused(purse: Purse) -> None:
    ask = purse.bruno.brings(events.Asked(pool=purse.pool, amount=10))
    assert purse.bruno.is_refused(events.AskDropped(ask=NOTHING)) == Why.NO_ASK.code
    assert purse.chloe.is_refused(events.AskDropped(ask=ask)) == Why.NOT_YOURS.code
