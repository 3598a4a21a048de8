"""What comes into the stock and leaves it, purchases, and what is taken back: each event as it works and is refused."""

import pytest

from cercle.modules.accounts.events import Corrected
from cercle.modules.accounts.rules import Why as AccountsWhy
from cercle.modules.groceries.events import (
    Bought,
    Consumed,
    Counted,
    Line,
    Listed,
    LotChanged,
    MinimumSet,
    Moved,
    Opened,
    PlaceAdded,
    ProductAdded,
    ShopAdded,
    Stocked,
    Ticked,
    Undone,
    Wasted,
)
from cercle.modules.groceries.state import MOST_AMOUNT, MOST_MOVES, Groceries, Product, Why
from tests.story import Story

NOBODY = "0" * 20


@pytest.fixture
def story() -> Story:
    return Story()


@pytest.fixture
def milk(story: Story) -> str:
    return story.amina.brings(ProductAdded(aisle="dairy", unit="l", catalogue="milk", name="Milk"))


def groceries(story: Story) -> Groceries:
    return story.circle.groceries


def product(story: Story, identifier: str) -> Product:
    return groceries(story).products[identifier]


def lots(story: Story, identifier: str) -> list[tuple[int, str]]:
    """What is left of each lot, and until when it keeps, in the order of use."""
    return [(lot.amount, lot.best_before) for lot in product(story, identifier).lots]


def on_list(story: Story) -> dict[str, int]:
    """Product: how much of it is wanted."""
    return {item.product: item.amount for item in groceries(story).items.values()}


def euros(story: Story) -> dict[str, int]:
    """What the circle owes each, in cents, by name."""
    balances = story.circle.accounts.balances.get("eur", {})
    return {name: balances.get(one.member, 0) for name, one in story.people.items()}


# --- stock -------------------------------------------------------------------------------------------------------


def test_groceries_stocked(story: Story, milk: str) -> None:
    fridge = story.amina.brings(PlaceAdded(kind="fridge", name="Fridge"))
    given = story.chloe.brings(
        Stocked(
            product=milk,
            amount=1500,
            place=fridge,
            best_before="2026-03-09",
            price=180,
            day="2026-03-01",
            note="from Grandmother",
        )
    )
    (lot,) = product(story, milk).lots
    assert (lot.id, lot.amount, lot.place, lot.best_before) == (given, 1500, fridge, "2026-03-09")
    assert (lot.day, lot.price, lot.per, lot.currency) == ("2026-03-01", 180, 1500, "eur")
    assert product(story, milk).stock == 1500


def test_groceries_stocked_is_refused(story: Story, milk: str) -> None:
    for event, why in (
        (Stocked(product=NOBODY, amount=1000), Why.NO_PRODUCT),
        (Stocked(product=milk, amount=0), Why.NOTHING),
        (Stocked(product=milk, amount=1, unit="g"), Why.NO_CONVERSION),
        (Stocked(product=milk, amount=1, unit="ml"), Why.NOTHING),
        (Stocked(product=milk, amount=1000, unit="churn"), Why.NO_UNIT),
        (Stocked(product=milk, amount=1000, place=NOBODY), Why.NO_PLACE),
        (Stocked(product=milk, amount=1000, best_before="2026-02-30"), Why.NO_DAY),
        (Stocked(product=milk, amount=1000, day="yesterday!"), Why.NO_DAY),
    ):
        assert story.amina.is_refused(event) == why.code
    assert story.dov.is_refused(Stocked(product=milk, amount=1000)) == "circle.not_allowed"


def test_nobody_can_count_that_much(story: Story) -> None:
    sand = story.amina.brings(ProductAdded(unit="g", name="Sand"))
    assert story.amina.is_refused(Stocked(product=sand, amount=MOST_AMOUNT, unit="kg")) == Why.TOO_MUCH.code


def test_the_day_that_nobody_said_is_the_one_that_the_clock_claimed(story: Story, milk: str) -> None:
    story.amina.brings(Stocked(product=milk, amount=1000))
    assert product(story, milk).lots[0].day == "2026-03-02"
    story.time = 2**62  # a clock that has gone mad breaks nothing
    story.amina.brings(Consumed(product=milk, amount=1000))
    assert product(story, milk).used == {"9999-12": 1000}


def test_groceries_consumed_takes_what_expires_first(story: Story, milk: str) -> None:
    story.amina.brings(Stocked(product=milk, amount=1000, best_before="2026-03-20"))
    story.amina.brings(Stocked(product=milk, amount=1000))
    story.amina.brings(Stocked(product=milk, amount=1000, best_before="2026-03-10"))
    story.chloe.brings(Consumed(product=milk, amount=1200, day="2026-03-03"))
    assert lots(story, milk) == [(800, "2026-03-20"), (1000, "")]
    story.chloe.brings(Consumed(product=milk, amount=50_000, unit="cl", day="2026-03-31"))
    assert lots(story, milk) == [(300, "2026-03-20"), (1000, "")]
    assert product(story, milk).used == {"2026-03": 1700}


def test_groceries_consumed_from_a_lot_that_is_named(story: Story, milk: str) -> None:
    story.amina.brings(Stocked(product=milk, amount=1000, best_before="2026-03-10"))
    later = story.amina.brings(Stocked(product=milk, amount=1000, best_before="2026-03-20"))
    story.bruno.brings(Consumed(product=milk, amount=400, lot=later))
    assert lots(story, milk) == [(1000, "2026-03-10"), (600, "2026-03-20")]
    story.bruno.brings(Consumed(product=milk, amount=700, lot=later))
    assert lots(story, milk) == [(900, "2026-03-10")], "what the lot had not is taken from the next"


def test_groceries_consumed_beyond_the_stock_is_filled_by_the_next_arrival(story: Story, milk: str) -> None:
    story.amina.brings(Stocked(product=milk, amount=1000))
    story.bruno.brings(Consumed(product=milk, amount=1500))
    assert (product(story, milk).stock, lots(story, milk)) == (-500, [])
    story.amina.brings(Stocked(product=milk, amount=2000))
    assert (product(story, milk).stock, lots(story, milk)) == (1500, [(1500, "")])


def test_groceries_consumed_is_refused(story: Story, milk: str) -> None:
    assert story.amina.is_refused(Consumed(product=NOBODY, amount=1000)) == Why.NO_PRODUCT.code
    assert story.amina.is_refused(Consumed(product=milk, amount=0)) == Why.NOTHING.code
    assert story.amina.is_refused(Consumed(product=milk, amount=1, day="2026-13-01")) == Why.NO_DAY.code
    assert story.dov.is_refused(Consumed(product=milk, amount=1000)) == "circle.not_allowed"


def test_groceries_wasted_costs_what_was_paid_for_it(story: Story, milk: str) -> None:
    story.amina.brings(Stocked(product=milk, amount=3000, price=100, best_before="2026-03-05"))
    costs = []
    for _ in range(3):
        entry = story.bruno.brings(Wasted(product=milk, amount=1000, why="spoiled", day="2026-03-06"))
        costs.append(groceries(story).wastes[entry].costs["eur"])
    assert sum(costs) == 100
    assert sorted(costs) == [33, 33, 34]
    beyond = story.bruno.brings(Wasted(product=milk, amount=1000, why="broken"))
    assert groceries(story).wastes[beyond].costs == {}, "what nobody had recorded had cost nobody knows what"
    assert product(story, milk).stock == -1000


def test_groceries_wasted_is_refused(story: Story, milk: str) -> None:
    assert story.amina.is_refused(Wasted(product=milk, amount=0)) == Why.NOTHING.code
    assert story.amina.is_refused(Wasted(product=milk, amount=1000, day="2026-02-29")) == Why.NO_DAY.code
    assert story.amina.is_refused(Wasted(product=milk, amount=1000, why="greed")) == "circle.malformed"


def test_groceries_moved(story: Story, milk: str) -> None:
    cellar = story.amina.brings(PlaceAdded(kind="cellar", name="Cellar"))
    fridge = story.amina.brings(PlaceAdded(kind="fridge", name="Fridge"))
    lot = story.amina.brings(Stocked(product=milk, amount=6000, place=cellar, price=600))
    part = story.bruno.brings(Moved(product=milk, lot=lot, place=fridge, amount=100_000, unit="cl"))
    there = {one.place: (one.id, one.amount, one.price, one.per) for one in product(story, milk).lots}
    assert there == {cellar: (lot, 5000, 600, 6000), fridge: (part, 1000, 600, 6000)}
    story.bruno.brings(Moved(product=milk, lot=lot, place=fridge, amount=9000))
    assert [one.place for one in product(story, milk).lots] == [fridge, fridge]
    assert product(story, milk).stock == 6000


def test_groceries_moved_is_refused(story: Story, milk: str) -> None:
    lot = story.amina.brings(Stocked(product=milk, amount=1000))
    assert story.amina.is_refused(Moved(product=milk, lot=NOBODY)) == Why.NO_LOT.code
    assert story.amina.is_refused(Moved(product=milk, lot=lot, place=NOBODY)) == Why.NO_PLACE.code
    assert story.amina.is_refused(Moved(product=milk, lot=lot, amount=0)) == Why.NOTHING.code
    story.amina.brings(Consumed(product=milk, amount=1000))
    assert story.amina.is_refused(Moved(product=milk, lot=lot)) == Why.NO_LOT.code


def test_groceries_opened_is_used_first(story: Story, milk: str) -> None:
    story.amina.brings(Stocked(product=milk, amount=1000, best_before="2026-03-05"))
    six = story.amina.brings(Stocked(product=milk, amount=6000, best_before="2026-06-01"))
    story.bruno.brings(Opened(product=milk, lot=six, amount=1000, best_before="2026-03-07", day="2026-03-03"))
    assert lots(story, milk) == [(1000, "2026-03-07"), (1000, "2026-03-05"), (5000, "2026-06-01")]
    assert product(story, milk).lots[0].opened == "2026-03-03"
    story.bruno.brings(Consumed(product=milk, amount=300))
    assert lots(story, milk)[0] == (700, "2026-03-07")


def test_groceries_opened_is_refused(story: Story, milk: str) -> None:
    lot = story.amina.brings(Stocked(product=milk, amount=1000))
    assert story.amina.is_refused(Opened(product=milk, lot=NOBODY)) == Why.NO_LOT.code
    assert story.amina.is_refused(Opened(product=milk, lot=lot, best_before="2026-03-00")) == Why.NO_DAY.code


def test_groceries_lot_changed(story: Story, milk: str) -> None:
    lot = story.amina.brings(Stocked(product=milk, amount=1000, best_before="2027-03-05"))
    story.amina.brings(Stocked(product=milk, amount=2000, best_before="2026-04-01"))
    story.bruno.brings(Opened(product=milk, lot=lot))
    story.bruno.brings(LotChanged(product=milk, lot=lot, best_before="2026-03-05"))
    assert lots(story, milk) == [(1000, "2026-03-05"), (2000, "2026-04-01")]
    assert product(story, milk).lots[0].opened == ""


def test_groceries_lot_changed_is_refused(story: Story, milk: str) -> None:
    lot = story.amina.brings(Stocked(product=milk, amount=1000))
    assert story.amina.is_refused(LotChanged(product=milk, lot=NOBODY)) == Why.NO_LOT.code
    assert story.amina.is_refused(LotChanged(product=milk, lot=lot, opened="2026-04-31")) == Why.NO_DAY.code


def test_groceries_counted(story: Story, milk: str) -> None:
    story.amina.brings(Stocked(product=milk, amount=3000, best_before="2026-03-09"))
    story.chloe.brings(Counted(product=milk, amount=1000))
    assert lots(story, milk) == [(1000, "2026-03-09")]
    story.chloe.brings(Counted(product=milk, amount=250_000, unit="cl"))
    assert lots(story, milk) == [(1000, "2026-03-09"), (1500, "")]
    story.chloe.brings(Consumed(product=milk, amount=4000))
    story.chloe.brings(Counted(product=milk, amount=0))
    assert (product(story, milk).stock, lots(story, milk)) == (0, [])
    assert product(story, milk).used == {"2026-03": 4000}, "a difference that was found is no use"


def test_groceries_counted_is_refused(story: Story, milk: str) -> None:
    assert story.amina.is_refused(Counted(product=NOBODY, amount=1000)) == Why.NO_PRODUCT.code
    assert story.amina.is_refused(Counted(product=milk, amount=1000, unit="kg")) == Why.NO_CONVERSION.code


# --- what the stock asks of the list -----------------------------------------------------------------------------


def test_low_stock_comes_on_the_list_once_and_a_tick_never_brings_it_back(story: Story, milk: str) -> None:
    story.amina.brings(MinimumSet(product=milk, minimum=2000))
    story.amina.brings(Counted(product=milk, amount=3000))
    assert on_list(story) == {}
    low = story.bruno.brings(Consumed(product=milk, amount=1500))
    assert on_list(story) == {milk: 500}
    story.bruno.brings(Consumed(product=milk, amount=500))
    assert on_list(story) == {milk: 1000}, "as long as nobody has touched it, it asks for what is missing"
    story.bruno.brings(Ticked(item=low))
    story.bruno.brings(Consumed(product=milk, amount=500))
    assert on_list(story) == {}
    story.amina.brings(Stocked(product=milk, amount=500))
    story.bruno.brings(Consumed(product=milk, amount=200))
    assert on_list(story) == {}, "there has not been enough in between"
    story.amina.brings(Stocked(product=milk, amount=5000))
    story.bruno.brings(Consumed(product=milk, amount=4500))
    assert on_list(story) == {milk: 700}


def test_what_somebody_asked_for_is_not_asked_for_again(story: Story, milk: str) -> None:
    story.amina.brings(Counted(product=milk, amount=2000))
    story.amina.brings(MinimumSet(product=milk, minimum=2000))
    item = story.chloe.brings(Listed(product=milk, amount=6000))
    story.bruno.brings(Consumed(product=milk, amount=1000))
    assert on_list(story) == {milk: 6000}
    story.bruno.brings(Ticked(item=item))
    story.bruno.brings(Consumed(product=milk, amount=1000))
    assert on_list(story) == {}


def test_what_asked_for_itself_goes_by_itself_when_there_is_enough(story: Story, milk: str) -> None:
    story.amina.brings(Counted(product=milk, amount=2000))
    story.amina.brings(MinimumSet(product=milk, minimum=2000))
    story.bruno.brings(Consumed(product=milk, amount=1000))
    assert on_list(story) == {milk: 1000}
    story.chloe.brings(Counted(product=milk, amount=4000))
    assert on_list(story) == {}


# --- purchases ---------------------------------------------------------------------------------------------------


def shares(story: Story, *names: str) -> dict[str, int]:
    return {story.people[name].member: 1 for name in names}


def test_groceries_bought(story: Story, milk: str) -> None:
    fridge = story.amina.brings(PlaceAdded(kind="fridge", name="Fridge"))
    market = story.amina.brings(ShopAdded(name="Market"))
    bread = story.amina.brings(ProductAdded(aisle="bakery", name="Bread"))
    butter = story.amina.brings(ProductAdded(aisle="dairy", unit="g", name="Butter"))
    soap = story.amina.brings(ProductAdded(aisle="hygiene", name="Soap"))
    for wanted in (milk, butter):
        story.amina.brings(Listed(product=wanted))
    margarine = story.chloe.brings(Listed(product=soap))
    receipt = story.bruno.brings(
        Bought(
            shop=market,
            day="2026-03-07",
            unit="eur",
            total=900,
            payer=story.bruno.member,
            shares=shares(story, "amina", "bruno", "chloe"),
            lines=[
                Line(product=milk, amount=200_000, unit="cl", price=230, place=fridge, best_before="2026-03-14"),
                Line(product=bread, amount=1000, price=140, stocked=False),
                Line(product=butter, amount=250, unit="kg", item=margarine),
            ],
        )
    )
    assert euros(story) == {"amina": -300, "bruno": 600, "chloe": -300, "dov": 0}
    assert on_list(story) == {butter: 0}, "each line ticks the item that it names, or else its product's"
    assert groceries(story).done == {}, "what is on a receipt does not wait for one any more"
    (lot,) = product(story, milk).lots
    assert (lot.id, lot.amount, lot.place, lot.best_before) == (f"{receipt[:18]}00", 2000, fridge, "2026-03-14")
    assert (lot.price, lot.per, lot.currency, lot.day) == (230, 2000, "eur", "2026-03-07")
    assert product(story, bread).stock == 0
    assert product(story, butter).lots[0].id == f"{receipt[:18]}02"
    assert [line.price for line in groceries(story).purchases[receipt].lines] == [230, 140, None]


def test_groceries_bought_as_a_gift_is_nobodys_debt(story: Story, milk: str) -> None:
    bruno, line = story.bruno.member, Line(product=milk, amount=1000)
    story.bruno.brings(Bought(unit="eur", total=230, payer=bruno, lines=[line]))
    story.bruno.brings(Bought(unit="eur", total=0, payer=bruno, shares=shares(story, "amina"), lines=[line]))
    story.bruno.brings(Bought(unit="eur", total=90, lines=[line]))
    assert euros(story) == {"amina": 0, "bruno": 0, "chloe": 0, "dov": 0}
    assert product(story, milk).stock == 3000


def test_groceries_bought_is_refused(story: Story, milk: str) -> None:
    one, half = Line(product=milk, amount=1000, price=60), Line(product=milk, amount=500, price=50)
    amina = story.amina.member
    for event, code in (
        (Bought(unit="eur"), Why.EMPTY.code),
        (Bought(unit="eur", total=100, lines=[one, half]), Why.OVER_TOTAL.code),
        (Bought(unit="eur", total=100, shares={amina: 1}), Why.NO_PAYER.code),
        (Bought(unit="eur", total=100, shop=NOBODY), Why.NO_SHOP.code),
        (Bought(unit="eur", total=100, day="2026-03-32"), Why.NO_DAY.code),
        (Bought(unit="eur", total=100, payer=NOBODY), AccountsWhy.NOBODY.code),
        (Bought(unit="eur", total=100, payer=amina, shares={NOBODY: 1}), AccountsWhy.NOBODY.code),
        (Bought(unit="merit", total=100, payer=amina, shares={amina: 1}), AccountsWhy.RESERVED.code),
        (Bought(unit="eur", lines=[Line(product=NOBODY, amount=1000)]), Why.NO_PRODUCT.code),
        (Bought(unit="eur", lines=[Line(product=milk, amount=0)]), Why.NOTHING.code),
        (Bought(unit="eur", lines=[Line(product=milk, amount=1000, unit="box")]), Why.NO_CONVERSION.code),
        (Bought(unit="eur", lines=[Line(product=milk, amount=1000, place=NOBODY)]), Why.NO_PLACE.code),
        (Bought(unit="eur", lines=[Line(product=milk, amount=1000, best_before="2026-3-32!")]), Why.NO_DAY.code),
        (Bought(unit="eur", total=1, lines=[Line(product=milk, amount=1000)] * 201), "circle.malformed"),
    ):
        assert story.amina.is_refused(event) == code
    assert story.dov.is_refused(Bought(unit="eur", total=100)) == "circle.not_allowed"
    assert story.amina.does(Bought(unit="eur", total=1, lines=[Line(product=milk, amount=1000)] * 200)) == ""


# --- taking back -------------------------------------------------------------------------------------------------


def test_groceries_undone_takes_a_purchase_back(story: Story, milk: str) -> None:
    item = story.amina.brings(Listed(product=milk))
    story.amina.brings(MinimumSet(product=milk, minimum=1000))
    purchase = story.bruno.brings(
        Bought(
            unit="eur",
            total=500,
            payer=story.bruno.member,
            shares=shares(story, "amina", "bruno"),
            lines=[Line(product=milk, amount=2000, price=230), Line(product=milk, amount=1000, stocked=False)],
        )
    )
    story.chloe.brings(Stocked(product=milk, amount=300))
    story.chloe.brings(Consumed(product=milk, amount=500, lot=f"{purchase[:18]}00"))
    story.amina.brings(Undone(entry=purchase, why="It was another day."))
    assert euros(story) == {"amina": 0, "bruno": 0, "chloe": 0, "dov": 0}
    assert product(story, milk).stock == -200, "there were 300 beside, and 500 are drunk"
    assert groceries(story).purchases[purchase].undone
    assert item not in groceries(story).items, "the list is no record of what happened"
    assert on_list(story) == {milk: 1200}
    assert story.amina.is_refused(Undone(entry=purchase)) == Why.UNDONE.code


def test_groceries_undone_restores_each_kind_exactly(story: Story, milk: str) -> None:
    cellar = story.amina.brings(PlaceAdded(kind="cellar", name="Cellar"))
    first = story.amina.brings(Stocked(product=milk, amount=1000, price=99, best_before="2026-03-09"))
    story.amina.brings(Stocked(product=milk, amount=2000, price=150, best_before="2026-04-09"))
    before = (product(story, milk).stock, lots(story, milk), dict(product(story, milk).used))
    for event in (
        Consumed(product=milk, amount=400),
        Consumed(product=milk, amount=1500, lot=first),
        Consumed(product=milk, amount=7000),
        Wasted(product=milk, amount=1600, why="expired"),
        Counted(product=milk, amount=300),
        Counted(product=milk, amount=4000),
        Counted(product=milk, amount=3000),
        Stocked(product=milk, amount=250, best_before="2026-01-01"),
        Moved(product=milk, lot=first, place=cellar),
        Moved(product=milk, lot=first, place=cellar, amount=400),
    ):
        entry = story.bruno.brings(event)
        undo = story.amina.brings(Undone(entry=entry))
        assert (product(story, milk).stock, lots(story, milk), product(story, milk).used) == before, event
        assert {lot.place for lot in product(story, milk).lots} == {""}
        assert story.amina.is_refused(Undone(entry=entry)) == Why.UNDONE.code
        assert story.amina.is_refused(Undone(entry=undo)) == Why.IS_UNDO.code
    assert all(waste.undone for waste in groceries(story).wastes.values())


def test_groceries_undone_after_what_was_short_has_been_filled(story: Story, milk: str) -> None:
    story.amina.brings(Stocked(product=milk, amount=1000, best_before="2026-03-09"))
    typo = story.chloe.brings(Consumed(product=milk, amount=5000))
    story.amina.brings(Stocked(product=milk, amount=6000, best_before="2026-05-09"))
    assert lots(story, milk) == [(2000, "2026-05-09")]
    story.chloe.brings(Undone(entry=typo))
    assert lots(story, milk) == [(1000, "2026-03-09"), (2000, "2026-05-09"), (4000, "")]


def test_groceries_undone_takes_from_the_list_what_the_mistake_had_put_there(story: Story, milk: str) -> None:
    story.amina.brings(Counted(product=milk, amount=3000))
    story.amina.brings(MinimumSet(product=milk, minimum=2000))
    mistake = story.bruno.brings(Consumed(product=milk, amount=2500))
    assert on_list(story) == {milk: 1500}
    story.bruno.brings(Undone(entry=mistake))
    assert on_list(story) == {}


def test_groceries_undone_is_refused(story: Story, milk: str) -> None:
    assert story.amina.is_refused(Undone(entry=NOBODY)) == Why.NO_ENTRY.code
    assert story.amina.is_refused(Undone(entry=milk)) == Why.NO_ENTRY.code
    assert story.dov.is_refused(Undone(entry=milk)) == "circle.not_allowed"


def test_what_happened_long_ago_is_counted_rather_than_taken_back(story: Story, milk: str) -> None:
    first = story.amina.brings(Consumed(product=milk, amount=1000))
    for _ in range(MOST_MOVES - 1):
        story.amina.brings(Consumed(product=milk, amount=1000))
    second = next(iter(groceries(story).moves))
    assert second == first
    story.amina.brings(Consumed(product=milk, amount=1000))
    assert story.amina.is_refused(Undone(entry=first)) == Why.NO_ENTRY.code


def test_the_money_of_a_purchase_is_taken_back_with_the_purchase(story: Story, milk: str) -> None:
    who = {"payer": story.amina.member, "shares": shares(story, "amina", "bruno")}
    purchase = story.amina.brings(Bought(unit="eur", total=300, **who))
    assert story.amina.is_refused(Corrected(entry=purchase)) == AccountsWhy.ELSEWHERE.code
    story.amina.brings(Undone(entry=purchase))
    assert euros(story)["amina"] == 0
