"""What the pages read: the list by aisle and shop, what is low, the stock by place, prices, waste, purchases."""

import json

import pytest

from cercle.modules.groceries import read
from cercle.modules.groceries.events import (
    BarcodeSet,
    Bought,
    Consumed,
    ConversionSet,
    Counted,
    Line,
    Listed,
    MinimumSet,
    PlaceAdded,
    ProductAdded,
    ProductArchived,
    ShopAdded,
    Stocked,
    ThingRemoved,
    Ticked,
    Undone,
    UnitAdded,
    Wasted,
)
from tests.story import Story


@pytest.fixture
def story() -> Story:
    return Story("bruno")


@pytest.fixture
def milk(story: Story) -> str:
    return story.amina.brings(ProductAdded(aisle="dairy", unit="cl", name="Milk"))


def test_the_list_of_a_shop_is_what_is_wanted_from_it_or_from_any(story: Story, milk: str) -> None:
    market, farm = (story.amina.brings(ShopAdded(name=name)) for name in ("Market", "Farm"))
    bread = story.amina.brings(ProductAdded(aisle="bakery", name="Bread"))
    soap = story.amina.brings(ProductAdded(aisle="hygiene", name="Soap"))
    story.amina.brings(Listed(product=soap))
    story.amina.brings(Listed(product=milk, shop=farm))
    story.amina.brings(Listed(product=bread, shop=market))

    def products(shop: str | None = None) -> list[tuple[str, list[str]]]:
        aisles = read.shopping_list(story.circle, shop)
        return [(aisle.aisle, [item.product for item in aisle.items]) for aisle in aisles]

    assert products() == [("bakery", [bread]), ("dairy", [milk]), ("hygiene", [soap])]
    assert products(farm) == [("dairy", [milk]), ("hygiene", [soap])]


def test_what_is_low(story: Story, milk: str) -> None:
    story.amina.brings(MinimumSet(product=milk, minimum=200_000))
    story.amina.brings(Counted(product=milk, amount=150_000))
    (item,) = story.circle.groceries.items
    story.amina.brings(Ticked(item=item))
    assert read.low(story.circle) == [read.Low(milk, milk, 150_000, 200_000, "cl", False)]
    story.amina.brings(ProductArchived(product=milk))
    assert read.low(story.circle) == []


def test_the_stock_stands_by_place_and_says_what_is_past(story: Story, milk: str) -> None:
    fridge = story.amina.brings(PlaceAdded(kind="fridge", name="Fridge"))
    attic = story.amina.brings(PlaceAdded(name="Attic"))
    story.amina.brings(ThingRemoved(thing=attic))
    empty = story.amina.brings(PlaceAdded(kind="cellar", name="Cellar"))
    salt = story.amina.brings(ProductAdded(unit="g", place=fridge, name="Salt"))
    tea = story.amina.brings(ProductAdded(name="Tea"))
    for best_before in ("2026-03-04", "2026-03-06", "2026-03-11"):
        story.amina.brings(Stocked(product=milk, amount=100_000, place=fridge, best_before=best_before))
    story.amina.brings(Stocked(product=milk, amount=50_000))
    story.amina.brings(Stocked(product=tea, amount=1000))
    story.amina.brings(Consumed(product=salt, amount=5000))

    def states(today: str) -> list[tuple[str, list[tuple[str, int, str]]]]:
        places = read.stock(story.circle, today)
        return [(place.place, [(one.product, one.amount, one.state) for one in place.things]) for place in places]

    assert states("2026-03-05") == [
        (fridge, [(milk, 300_000, "past"), (salt, -5000, "")]),
        (empty, []),
        ("", [(milk, 50_000, ""), (tea, 1000, "")]),
    ]
    assert states("2026-03-04")[0][1][0][2] == "soon"
    assert states("2026-02-27")[0][1][0][2] == ""


def buy(story: Story, product: str, day: str, amount: int, price: int, shop: str | None = None) -> str:
    line = Line(product=product, amount=amount, price=price)
    return story.amina.brings(Bought(unit="eur", day=day, shop=shop, total=price + 100, lines=[line]))


def test_prices_are_for_what_people_compare(story: Story, milk: str) -> None:
    farm = story.amina.brings(ShopAdded(name="Farm"))
    eggs = story.amina.brings(ProductAdded(name="Eggs"))
    second = buy(story, milk, "2026-03-08", 200_000, 250)
    first = buy(story, milk, "2026-03-01", 100_000, 119, farm)
    wrong = buy(story, milk, "2026-03-09", 100_000, 9999)
    story.amina.brings(Undone(entry=wrong))
    buy(story, eggs, "2026-03-02", 6000, 200)
    (latest, other) = read.prices(story.circle)
    assert (latest.product, latest.count, latest.last.entry) == (milk, 2, second)
    assert latest.before is not None
    assert (latest.before.entry, latest.before.each, latest.before.unit) == (first, 119, "l")
    assert (latest.last.each, latest.last.unit, latest.last.currency) == (125, "l", "eur")
    assert (other.product, other.before, other.last.each, other.last.unit) == (eggs, None, 33, "piece")
    assert [price.product for price in read.prices(story.circle, farm)] == [milk]
    assert [(one.entry, one.undone) for one in read.purchases(story.circle)][:2] == [(wrong, True), (second, False)]


def test_all_about_a_product(story: Story, milk: str) -> None:
    item = story.bruno.brings(Listed(product=milk))
    story.amina.brings(Stocked(product=milk, amount=100_000, price=99))
    story.amina.brings(BarcodeSet(barcode="3017620422003", product=milk))
    for day in ("2026-04-01", "2026-03-30", "2026-04-02"):
        story.amina.brings(Consumed(product=milk, amount=25_000, day=day))
    about = read.product(story.circle, milk)
    assert about is not None
    assert about.item is not None
    assert about.item.id == item
    assert about.used == [("2026-03", 25_000), ("2026-04", 50_000)]
    assert about.barcodes == ["3017620422003"]
    assert about.worth == {"eur": 25}
    assert not about.low
    assert read.product(story.circle, item) is None


def test_waste_adds_up_by_month_and_product(story: Story, milk: str) -> None:
    eggs = story.amina.brings(ProductAdded(name="Eggs"))
    story.amina.brings(Stocked(product=milk, amount=300_000, price=300))
    story.amina.brings(Stocked(product=eggs, amount=6000, price=240))
    for product, amount, day in (
        (milk, 50_000, "2026-03-05"),
        (eggs, 3000, "2026-03-06"),
        (milk, 50_000, "2026-04-01"),
    ):
        story.bruno.brings(Wasted(product=product, amount=amount, why="spoiled", day=day))
    wrong = story.bruno.brings(Wasted(product=milk, amount=100_000, day="2026-04-02"))
    story.bruno.brings(Undone(entry=wrong))
    april, march = read.waste(story.circle)
    assert (april.month, april.costs) == ("2026-04", {"eur": 50})
    assert (march.month, march.costs) == ("2026-03", {"eur": 170})
    assert [(one.product, one.amount, one.costs["eur"]) for one in march.products] == [
        (eggs, 3000, 120),
        (milk, 50_000, 50),
    ]
    latest = read.wastes(story.circle)[0]
    assert (latest.product, latest.day, latest.why) == (milk, "2026-04-01", "spoiled")


def test_what_is_shown_is_json(story: Story, milk: str) -> None:
    fridge = story.amina.brings(PlaceAdded(kind="fridge", name="Fridge"))
    crate = story.amina.brings(UnitAdded(name="crate"))
    story.amina.brings(ConversionSet(unit=crate, to="l", numerator=12))
    story.amina.brings(Stocked(product=milk, amount=500, unit=crate, place=fridge))
    item = story.amina.brings(Listed(product=milk, amount=1000, unit=crate))
    shown = json.loads(json.dumps(read.show(story.circle)))
    assert shown["products"][milk] == {"aisle": "dairy", "unit": "cl", "stock": 600_000, "minimum": 0}
    assert shown["list"][item] == {"product": milk, "amount": 1000, "unit": crate, "shop": "", "by": story.amina.member}
    assert [(lot["amount"], lot["place"]) for lot in shown["stock"][milk]] == [(600_000, fridge)]
    assert shown["places"] == {fridge: "fridge"}
    assert shown["units"] == {crate: ""}
