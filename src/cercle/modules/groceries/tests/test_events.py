"""Products, what belongs to them, and the list: each event once as it works and once as it is refused."""

import pytest

from cercle.core.event import known
from cercle.modules.groceries.events import (
    AisleAdded,
    BarcodeRemoved,
    BarcodeSet,
    Consumed,
    ConversionSet,
    Counted,
    ItemChanged,
    Listed,
    MinimumSet,
    PlaceAdded,
    ProductAdded,
    ProductArchived,
    ProductChanged,
    ProductRestored,
    ShopAdded,
    Stocked,
    ThingRemoved,
    ThingRenamed,
    Ticked,
    UnitAdded,
    Unlisted,
    Unticked,
)
from cercle.modules.groceries.read import names, shopping_list, ticked
from cercle.modules.groceries.state import MOST_TICKED, Groceries, Product, Why
from tests.story import Story

NOBODY = "0" * 20


@pytest.fixture
def story() -> Story:
    return Story()


def groceries(story: Story) -> Groceries:
    return story.circle.groceries


def product(story: Story, identifier: str) -> Product:
    return groceries(story).products[identifier]


def on_list(story: Story) -> list[str]:
    """The products on the list."""
    return [item.product for item in groceries(story).items.values()]


# --- products ----------------------------------------------------------------------------------------------------


def test_groceries_product_added(story: Story) -> None:
    fridge = story.amina.brings(PlaceAdded(kind="fridge", name="Fridge"))
    market = story.amina.brings(ShopAdded(name="Market"))
    cheese = story.chloe.brings(
        ProductAdded(aisle="dairy", unit="g", place=fridge, shop=market, minimum=200_000, name="Comté")
    )
    assert product(story, cheese) == Product(cheese, cheese, "dairy", "g", fridge, market, 200_000)
    assert on_list(story) == [], "nobody has said yet how much of it there is"


def test_groceries_product_added_is_refused(story: Story) -> None:
    for event, why in (
        (ProductAdded(aisle="attic", name="Hat"), Why.NO_AISLE),
        (ProductAdded(unit="furlong", name="Ribbon"), Why.NO_UNIT),
        (ProductAdded(place=NOBODY, name="Salt"), Why.NO_PLACE),
        (ProductAdded(shop=NOBODY, name="Salt"), Why.NO_SHOP),
    ):
        assert story.amina.is_refused(event) == why.code
    assert story.dov.is_refused(ProductAdded(name="Caviar")) == "circle.not_allowed"


def test_two_people_apart_who_bring_in_one_thing_of_the_catalogue_have_brought_in_one_product(story: Story) -> None:
    with story.apart(story.bruno):
        hers = story.amina.brings(ProductAdded(aisle="dairy", unit="l", catalogue="milk", name="Lait"))
        his = story.bruno.brings(ProductAdded(aisle="dairy", unit="l", catalogue="milk", name="Milk"))
        story.amina.brings(Listed(product=hers))
        story.bruno.brings(Listed(product=his))
    (one,) = groceries(story).products
    assert {hers, his} == {one, *groceries(story).same}
    assert on_list(story) == [one]
    story.chloe.brings(Stocked(product=hers, amount=1000))
    story.chloe.brings(Stocked(product=his, amount=1000))
    assert product(story, one).stock == 2000
    assert names(story.circle)[hers] == names(story.circle)[his] == one


def test_once_archived_a_thing_of_the_catalogue_can_be_brought_in_anew(story: Story) -> None:
    old = story.amina.brings(ProductAdded(catalogue="milk", name="Milk"))
    story.amina.brings(ProductArchived(product=old))
    new = story.amina.brings(ProductAdded(catalogue="milk", unit="l", name="Milk"))
    assert product(story, new).unit == "l"
    assert groceries(story).same == {}


def test_groceries_product_changed(story: Story) -> None:
    eggs = story.amina.brings(ProductAdded(name="Egs"))
    better = story.bruno.brings(ProductChanged(product=eggs, aisle="dairy", unit="box", name="Eggs"))
    assert product(story, eggs) == Product(eggs, better, "dairy", "box")
    assert names(story.circle)[eggs] == better


def test_groceries_product_changed_is_refused(story: Story) -> None:
    eggs = story.amina.brings(ProductAdded(name="Eggs"))
    assert story.amina.is_refused(ProductChanged(product=NOBODY, name="Eggs")) == Why.NO_PRODUCT.code
    assert story.amina.is_refused(ProductChanged(product=eggs, aisle="attic", name="Eggs")) == Why.NO_AISLE.code
    story.amina.brings(Stocked(product=eggs, amount=6000))
    assert story.amina.is_refused(ProductChanged(product=eggs, unit="box", name="Eggs")) == Why.UNIT_FIXED.code
    story.amina.brings(ProductChanged(product=eggs, aisle="dairy", name="Free-range eggs"))


def test_groceries_product_archived_and_product_restored(story: Story) -> None:
    jam = story.amina.brings(ProductAdded(unit="jar", name="Jam"))
    story.amina.brings(MinimumSet(product=jam, minimum=2000))
    assert on_list(story) == [jam]
    story.bruno.brings(ProductArchived(product=jam))
    assert on_list(story) == [], "what is no longer wanted is no longer asked for"
    story.bruno.brings(ProductRestored(product=jam))
    assert on_list(story) == [jam]


def test_groceries_product_archived_is_refused(story: Story) -> None:
    jam = story.amina.brings(ProductAdded(name="Jam"))
    assert story.amina.is_refused(ProductArchived(product=NOBODY)) == Why.NO_PRODUCT.code
    story.amina.brings(ProductArchived(product=jam))
    assert story.amina.is_refused(ProductArchived(product=jam)) == Why.ARCHIVED.code
    assert story.amina.is_refused(Listed(product=jam)) == Why.ARCHIVED.code
    assert story.amina.is_refused(MinimumSet(product=jam, minimum=1000)) == Why.ARCHIVED.code


def test_groceries_product_restored_is_refused(story: Story) -> None:
    jam = story.amina.brings(ProductAdded(name="Jam"))
    assert story.amina.is_refused(ProductRestored(product=jam)) == Why.NOT_ARCHIVED.code


def test_groceries_minimum_set(story: Story) -> None:
    flour = story.amina.brings(ProductAdded(unit="g", name="Flour"))
    story.amina.brings(Counted(product=flour, amount=800_000))
    story.amina.brings(MinimumSet(product=flour, minimum=500_000))
    assert on_list(story) == []
    story.bruno.brings(MinimumSet(product=flour, minimum=2000, unit="kg"))
    ((_, item),) = groceries(story).items.items()
    assert (item.product, item.amount, item.unit, item.by) == (flour, 1_200_000, "g", "")
    story.bruno.brings(MinimumSet(product=flour, minimum=0))
    assert on_list(story) == []


def test_groceries_minimum_set_is_refused(story: Story) -> None:
    flour = story.amina.brings(ProductAdded(unit="g", minimum=500_000, name="Flour"))
    assert story.amina.is_refused(MinimumSet(product=flour, minimum=500_000)) == Why.SAME.code
    assert story.amina.is_refused(MinimumSet(product=flour, minimum=1000, unit="l")) == Why.NO_CONVERSION.code
    assert story.amina.is_refused(MinimumSet(product=NOBODY, minimum=1000)) == Why.NO_PRODUCT.code


# --- aisles, units, places, shops, barcodes ----------------------------------------------------------------------


def test_groceries_aisle_added_stands_before_what_fits_nowhere(story: Story) -> None:
    garden = story.amina.brings(AisleAdded(name="Garden"))
    for aisle in ("other", garden, "produce", "frozen"):
        thing = story.amina.brings(ProductAdded(aisle=aisle, name=aisle))
        story.amina.brings(Listed(product=thing))
    assert [aisle.aisle for aisle in shopping_list(story.circle)] == ["produce", garden, "other", "frozen"]


def test_groceries_unit_added_and_conversion_set(story: Story) -> None:
    crate = story.amina.brings(UnitAdded(name="crate", plural="crates"))
    beer = story.amina.brings(ProductAdded(aisle="drinks", unit="cl", name="Beer"))
    story.amina.brings(ConversionSet(unit=crate, to="bottle", numerator=20))
    story.amina.brings(ConversionSet(product=beer, unit="bottle", to="cl", numerator=33))
    story.amina.brings(Stocked(product=beer, amount=500, unit=crate))
    assert product(story, beer).stock == 330_000
    story.amina.brings(ConversionSet(product=beer, unit="bottle", to="l", numerator=1, denominator=2))
    story.amina.brings(Consumed(product=beer, amount=1000, unit="bottle"))
    assert product(story, beer).stock == 280_000


def test_groceries_conversion_set_is_refused(story: Story) -> None:
    for event, why in (
        (ConversionSet(unit="kg", to="g", numerator=900), Why.SAME_UNIT),
        (ConversionSet(unit="can", to="can", numerator=2), Why.SAME_UNIT),
        (ConversionSet(unit="sack", to="kg", numerator=20), Why.NO_UNIT),
        (ConversionSet(unit="bag", to="sack", numerator=20), Why.NO_UNIT),
        (ConversionSet(product=NOBODY, unit="bag", to="kg", numerator=20), Why.NO_PRODUCT),
    ):
        assert story.amina.is_refused(event) == why.code


def test_groceries_place_added_shop_added_and_thing_renamed(story: Story) -> None:
    cellar = story.amina.brings(PlaceAdded(kind="cellar", name="Downstairs"))
    shop = story.amina.brings(ShopAdded(name="Shop"))
    assert groceries(story).places[cellar].kind == "cellar"
    named = story.chloe.brings(ThingRenamed(thing=cellar, name="Wine cellar"))
    assert names(story.circle)[cellar] == named
    assert names(story.circle)[shop] == shop


def test_what_guests_may_not_add(story: Story) -> None:
    for event in (
        AisleAdded(name="Mine"),
        UnitAdded(name="armful"),
        PlaceAdded(name="Under my bed"),
        ShopAdded(name="Mine"),
        ThingRemoved(thing=NOBODY),
    ):
        assert story.dov.is_refused(event) == "circle.not_allowed", known(type(event)).name


def test_groceries_thing_renamed_is_refused(story: Story) -> None:
    milk = story.amina.brings(ProductAdded(name="Milk"))
    assert story.amina.is_refused(ThingRenamed(thing=milk, name="Oat milk")) == Why.NO_THING.code


def test_groceries_thing_removed_goes_on_being_referred_to(story: Story) -> None:
    shop = story.amina.brings(ShopAdded(name="Corner shop"))
    milk = story.amina.brings(ProductAdded(shop=shop, name="Milk"))
    story.amina.brings(ThingRemoved(thing=shop))
    assert groceries(story).shops[shop].closed
    assert story.amina.is_refused(ThingRemoved(thing=shop)) == Why.NO_THING.code
    story.bruno.brings(Listed(product=milk, shop=shop))


def test_groceries_barcode_set_and_barcode_removed(story: Story) -> None:
    milk = story.amina.brings(ProductAdded(unit="l", name="Milk"))
    oats = story.amina.brings(ProductAdded(unit="l", name="Oat milk"))
    story.amina.brings(BarcodeSet(barcode="3017620422003", product=milk))
    story.amina.brings(BarcodeSet(barcode="3017620422003", product=oats, amount=6000))
    found = groceries(story).barcodes["3017620422003"]
    assert (found.product, found.amount, found.unit) == (oats, 6000, "l")
    story.amina.brings(BarcodeRemoved(barcode="3017620422003"))
    assert groceries(story).barcodes == {}


def test_groceries_barcode_set_is_refused(story: Story) -> None:
    milk = story.amina.brings(ProductAdded(name="Milk"))
    story.amina.brings(BarcodeSet(barcode="22111968", product=milk))
    assert story.amina.is_refused(BarcodeSet(barcode="22111968", product=milk)) == Why.SAME.code
    assert story.amina.is_refused(BarcodeSet(barcode="22111968", product=NOBODY)) == Why.NO_PRODUCT.code
    assert story.amina.is_refused(BarcodeSet(barcode="22111968\n", product=milk)) == "circle.malformed"


def test_groceries_barcode_removed_is_refused(story: Story) -> None:
    assert story.amina.is_refused(BarcodeRemoved(barcode="22111968")) == Why.NO_BARCODE.code


# --- the list ----------------------------------------------------------------------------------------------------


def test_groceries_listed(story: Story) -> None:
    milk = story.amina.brings(ProductAdded(aisle="dairy", unit="l", name="Milk"))
    farm = story.amina.brings(ShopAdded(name="Farm"))
    item = story.dov.brings(Listed(product=milk, amount=2000, shop=farm, note="the blue one"))
    ((aisle),) = shopping_list(story.circle)
    (wanted,) = aisle.items
    assert (wanted.id, wanted.product, wanted.words, wanted.note) == (item, milk, milk, item)
    assert (wanted.amount, wanted.unit, wanted.shop, wanted.by) == (2000, "l", farm, story.dov.member)
    assert names(story.circle)[item] == milk


def test_groceries_listed_is_refused(story: Story) -> None:
    milk = story.amina.brings(ProductAdded(unit="l", name="Milk"))
    for event, why in (
        (Listed(product=NOBODY), Why.NO_PRODUCT),
        (Listed(product=milk, shop=NOBODY), Why.NO_SHOP),
        (Listed(product=milk, amount=1000, unit="mug"), Why.NO_UNIT),
        (Listed(product=milk, amount=0), Why.NOTHING),
    ):
        assert story.amina.is_refused(event) == why.code
    story.amina.brings(Listed(product=milk))
    assert story.dov.is_refused(Listed(product=milk)) == Why.LISTED.code


def test_what_two_people_list_apart_is_on_the_list_once(story: Story) -> None:
    milk = story.amina.brings(ProductAdded(name="Milk"))
    with story.apart(story.bruno):
        hers = story.amina.brings(Listed(product=milk))
        his = story.bruno.brings(Listed(product=milk))
    assert on_list(story) == [milk]
    assert sorted([story.verdict(hers), story.verdict(his)]) == ["", Why.LISTED.code]


def test_groceries_item_changed(story: Story) -> None:
    milk = story.amina.brings(ProductAdded(unit="l", name="Milk"))
    item = story.amina.brings(Listed(product=milk, amount=1000, note="fresh"))
    said = story.bruno.brings(ItemChanged(item=item, amount=6000, unit="bottle", note="for the pancakes"))
    found = groceries(story).items[item]
    assert (found.amount, found.unit, found.words, found.by) == (6000, "bottle", said, story.bruno.member)


def test_groceries_item_changed_is_refused(story: Story) -> None:
    milk = story.amina.brings(ProductAdded(name="Milk"))
    item = story.amina.brings(Listed(product=milk))
    assert story.amina.is_refused(ItemChanged(item=NOBODY)) == Why.NO_ITEM.code
    assert story.amina.is_refused(ItemChanged(item=item, unit="mug")) == Why.NO_UNIT.code
    story.amina.brings(Ticked(item=item))
    assert story.amina.is_refused(ItemChanged(item=item)) == Why.TICKED.code


def test_groceries_ticked_and_unticked(story: Story) -> None:
    milk = story.amina.brings(ProductAdded(name="Milk"))
    item = story.amina.brings(Listed(product=milk, amount=1000))
    story.dov.brings(Ticked(item=item))
    assert on_list(story) == []
    assert [one.id for one in ticked(story.circle)] == [item]
    story.dov.brings(Unticked(item=item))
    assert on_list(story) == [milk]
    assert ticked(story.circle) == []


def test_groceries_ticked_is_refused(story: Story) -> None:
    milk = story.amina.brings(ProductAdded(name="Milk"))
    item = story.amina.brings(Listed(product=milk))
    assert story.amina.is_refused(Ticked(item=NOBODY)) == Why.NO_ITEM.code
    story.amina.brings(Ticked(item=item))
    assert story.bruno.is_refused(Ticked(item=item)) == Why.TICKED.code


def test_what_two_people_tick_apart_never_comes_back(story: Story) -> None:
    milk = story.amina.brings(ProductAdded(name="Milk"))
    item = story.amina.brings(Listed(product=milk))
    with story.apart(story.bruno):
        story.amina.brings(Ticked(item=item))
        story.bruno.brings(Ticked(item=item))
    assert on_list(story) == []


def test_groceries_unticked_is_refused(story: Story) -> None:
    milk = story.amina.brings(ProductAdded(name="Milk"))
    first = story.amina.brings(Listed(product=milk))
    assert story.amina.is_refused(Unticked(item=first)) == Why.NOT_TICKED.code
    story.amina.brings(Ticked(item=first))
    story.amina.brings(Listed(product=milk))
    assert story.amina.is_refused(Unticked(item=first)) == Why.LISTED.code


def test_what_was_ticked_long_ago_is_forgotten(story: Story) -> None:
    milk = story.amina.brings(ProductAdded(name="Milk"))
    items = []
    for _ in range(MOST_TICKED + 1):
        items.append(story.amina.brings(Listed(product=milk)))
        story.amina.brings(Ticked(item=items[-1]))
    assert list(groceries(story).done) == items[1:]
    assert story.amina.is_refused(Unticked(item=items[0])) == Why.NOT_TICKED.code
    story.amina.brings(Unticked(item=items[1]))


def test_groceries_unlisted(story: Story) -> None:
    milk = story.amina.brings(ProductAdded(name="Milk"))
    item = story.amina.brings(Listed(product=milk))
    story.dov.brings(Unlisted(item=item))
    assert on_list(story) == []
    assert story.dov.is_refused(Unlisted(item=item)) == Why.NO_ITEM.code
    story.dov.brings(Listed(product=milk))
