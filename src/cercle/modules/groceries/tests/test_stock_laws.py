"""What holds of a stock whatever happens to it, and that taking everything back leaves nothing behind."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from cercle.core.replica import freeze, thaw
from cercle.modules.groceries import events
from cercle.modules.groceries.state import Groceries, Product
from cercle.modules.groceries.stock import order
from tests.story import Story, trace

AMOUNTS = st.integers(1, 4000)
DAYS = st.one_of(st.none(), st.integers(1, 28).map(lambda day: f"2026-03-{day:02}"))
PLACES = st.integers(0, 1)

# What somebody does, with the number of the lot where it takes one: counted round, so that there always is one.
STEPS = st.one_of(
    st.tuples(st.just("stocked"), AMOUNTS, DAYS, st.one_of(st.none(), st.integers(0, 999))),
    st.tuples(st.just("bought"), AMOUNTS, DAYS, st.one_of(st.none(), st.integers(0, 999))),
    st.tuples(st.just("consumed"), AMOUNTS, st.one_of(st.none(), PLACES)),
    st.tuples(st.just("wasted"), AMOUNTS, st.one_of(st.none(), PLACES)),
    st.tuples(st.just("counted"), st.integers(0, 4000)),
    st.tuples(st.just("moved"), st.one_of(st.none(), AMOUNTS), PLACES, PLACES),
    st.tuples(st.just("minimum"), st.integers(0, 4000)),
    st.tuples(st.just("ticked")),
)


class Kitchen:
    """One product in two places, and who does what with it."""

    def __init__(self) -> None:
        self.story = Story(alone=True)
        self.places = [self.story.amina.brings(events.PlaceAdded(name=name)) for name in ("Here", "There")]
        self.id = self.story.amina.brings(events.ProductAdded(unit="g", place=self.places[0], name="Rice"))

    @property
    def groceries(self) -> Groceries:
        return self.story.circle.groceries

    @property
    def rice(self) -> Product:
        return self.groceries.products[self.id]

    def lot(self, number: int | None) -> str | None:
        lots = self.rice.lots
        return lots[number % len(lots)].id if lots and number is not None else None

    def event(self, what: str, *about: Any) -> msgspec.Struct | None:
        match what, *about:
            case "stocked", amount, day, price:
                return events.Stocked(product=self.id, amount=amount, best_before=day, price=price)
            case "bought", amount, day, price:
                line = events.Line(product=self.id, amount=amount, best_before=day, price=price)
                return events.Bought(unit="eur", total=999, lines=[line])
            case "consumed", amount, number:
                return events.Consumed(product=self.id, amount=amount, lot=self.lot(number))
            case "wasted", amount, number:
                return events.Wasted(product=self.id, amount=amount, lot=self.lot(number))
            case "counted", amount:
                return events.Counted(product=self.id, amount=amount)
            case "moved", amount, number, place:
                lot = self.lot(number)
                return lot and events.Moved(product=self.id, lot=lot, amount=amount, place=self.places[place])
            case "minimum", amount if amount != self.rice.minimum:
                return events.MinimumSet(product=self.id, minimum=amount)
            case ("ticked",) if self.rice.item:
                return events.Ticked(item=self.rice.item)
        return None

    def holds(self) -> None:
        rice, groceries = self.rice, self.groceries
        assert rice.stock == sum(lot.amount for lot in rice.lots) or (rice.stock < 0 and not rice.lots)
        assert all(lot.amount > 0 for lot in rice.lots)
        assert [order(lot) for lot in rice.lots] == sorted({order(lot) for lot in rice.lots})
        assert list(groceries.items) == ([rice.item] if rice.item else [])
        assert not groceries.items.keys() & groceries.done.keys()
        assert not rice.asked or rice.stock < rice.minimum
        if rice.item and not groceries.items[rice.item].by:
            assert groceries.items[rice.item].amount == rice.minimum - rice.stock > 0


@given(st.lists(STEPS, max_size=25))
def test_the_stock_is_what_its_lots_hold_or_what_it_is_short_of(steps: list[tuple[Any, ...]]) -> None:
    kitchen = Kitchen()
    for step in steps:
        event = kitchen.event(*step)
        if event is not None:
            kitchen.story.amina.brings(event)
            kitchen.holds()
    kitchen.story.seal()
    replica = kitchen.story.main.replica
    again, _ = thaw(replica.modules, freeze(replica.circle, replica.tree))
    assert trace(again) == trace(kitchen.story.circle)


@given(st.lists(STEPS, max_size=20))
def test_all_that_is_taken_back_last_first_leaves_the_stock_as_it_was(steps: list[tuple[Any, ...]]) -> None:
    kitchen = Kitchen()
    kitchen.story.amina.brings(events.Stocked(product=kitchen.id, amount=1500, best_before="2026-03-15", price=210))
    before = [msgspec.to_builtins(lot) for lot in kitchen.rice.lots]
    done = []
    for step in steps:
        event = kitchen.event(*step)
        if event is not None and step[0] not in ("minimum", "ticked"):
            done.append(kitchen.story.amina.brings(event))
    for entry in reversed(done):
        kitchen.story.amina.brings(events.Undone(entry=entry))
        kitchen.holds()
    assert [msgspec.to_builtins(lot) for lot in kitchen.rice.lots] == before
    assert (kitchen.rice.stock, kitchen.rice.used) == (1500, {})


@given(st.lists(STEPS, max_size=20), st.randoms(use_true_random=False))
def test_all_that_is_taken_back_in_any_order_leaves_as_much_as_there_was(
    steps: list[tuple[Any, ...]], chance: Any
) -> None:
    kitchen = Kitchen()
    kitchen.story.amina.brings(events.Stocked(product=kitchen.id, amount=1500, price=210))
    done = []
    for step in steps:
        event = kitchen.event(*step)
        if event is not None and step[0] not in ("minimum", "ticked"):
            done.append(kitchen.story.amina.brings(event))
    chance.shuffle(done)
    for entry in done:
        kitchen.story.amina.brings(events.Undone(entry=entry))
        kitchen.holds()
    assert (kitchen.rice.stock, kitchen.rice.used) == (1500, {})
    assert all(waste.undone for waste in kitchen.groceries.wastes.values())
