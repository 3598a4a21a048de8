"""What the family buys, eats, keeps and throws away."""

from msgspec import Struct

from cercle.demo.family import Family
from cercle.demo.things import NAMES, SHOPPING, THINGS, Thing
from cercle.modules.groceries import catalogue
from cercle.modules.groceries.events import (
    AisleAdded,
    BarcodeSet,
    Bought,
    Consumed,
    Counted,
    Line,
    Listed,
    MinimumSet,
    Opened,
    PlaceAdded,
    PlaceKind,
    ProductAdded,
    ShopAdded,
    Stocked,
    Ticked,
    UnitAdded,
    Unlisted,
    Wasted,
)
from cercle.modules.groceries.state import Product

TUESDAY, SATURDAY = 1, 5
USED_EVERY = 4  # days
PLACES: tuple[PlaceKind, ...] = ("fridge", "cupboard", "cellar", "freezer")


class Kitchen:
    def __init__(self, family: Family) -> None:
        self.family = family
        self.shops = [self.by_amina(ShopAdded(name=self.named(key))) for key in ("market", "supermarket")]
        self.places: dict[str, str] = {
            kind: self.by_amina(PlaceAdded(kind=kind, name=self.named(kind))) for kind in PLACES
        }
        self.aisle = self.by_amina(AisleAdded(name=self.named("aisle")))
        self.unit = self.by_amina(UnitAdded(name=self.named("unit"), plural=self.named("units")))
        self.ids = {thing.key: self.by_amina(self.added(thing)) for thing in THINGS}
        self.by_amina(BarcodeSet(barcode="3017620422003", product=self.ids["milk"]))
        self.days = 0

    def by_amina(self, event: Struct) -> str:
        return self.family.does("amina", event)

    def named(self, key: str) -> str:
        return self.family.said(NAMES[key])

    def added(self, thing: Thing) -> ProductAdded:
        place = self.places.get(thing.place)
        known = next((item for item in catalogue.items() if item.code == thing.key), None)
        if known is not None:
            name, code, aisle, unit = getattr(known, self.family.language), known.code, known.aisle, known.unit
        else:
            name, code = self.named(thing.key), None
            aisle = self.aisle if thing.aisle == "own" else thing.aisle
            unit = self.unit if thing.unit == "own" else thing.unit
        return ProductAdded(aisle=aisle, unit=unit, place=place, minimum=thing.minimum, catalogue=code, name=name)

    def product(self, thing: Thing) -> Product:
        found: Product = self.family.circle.groceries.products[self.ids[thing.key]]
        return found

    # --- a day ---------------------------------------------------------------------------------------------------

    def morning(self) -> None:
        """Somebody shops on Tuesday and Saturday."""
        if self.family.day.weekday() in (TUESDAY, SATURDAY):
            self.family.at(10, 30)
            self.shop(small=self.family.day.weekday() == TUESDAY)

    def evening(self) -> None:
        """Some of what there is was used, and what lacks is put on the list."""
        family = self.family
        family.at(20)
        for number, thing in enumerate(THINGS):
            if (self.days + number) % USED_EVERY == 0:
                self.use(thing)
        for thing in THINGS:
            if self.is_wanted(thing) and family.random.random() < 0.4:
                self.put_on_list(thing)
        if family.day.day == 28 and family.day.month % 3 == 0:
            self.count()
        self.days += 1

    def is_wanted(self, thing: Thing) -> bool:
        """In its season, when there is no more than half of what one buys, and it is not on the list."""
        first, last = thing.season
        month = self.family.day.month
        in_season = first <= month <= last if first <= last else month >= first or month <= last
        product = self.product(thing)
        return in_season and product.stock <= thing.amount // 2 and not product.item

    def put_on_list(self, thing: Thing, note: str = "") -> None:
        writer = self.family.one_of("amina", "bruno", "chloe", "dov")
        self.family.does(writer, Listed(product=self.ids[thing.key], amount=thing.amount, note=note))

    def use(self, thing: Thing) -> None:
        """Some days' worth of what there is; what is past its day is thrown away, or eaten all the same."""
        product, family = self.product(thing), self.family
        if product.stock <= 0:
            return
        who = family.one_of("amina", "bruno", "chloe")
        lot = product.lots[0]
        if lot.best_before and lot.best_before < family.on() and family.random.random() < 0.5:
            family.does(who, Wasted(product=product.id, amount=lot.amount, why="expired", day=family.on()))
            return
        some = max(whole(thing.amount * USED_EVERY // (7 * thing.weeks), product.unit), step(product.unit))
        if thing.keeps and family.random.random() < 0.015:
            spoiled = min(some, product.stock)
            family.does(who, Wasted(product=product.id, amount=spoiled, why="spoiled", day=family.on()))
        elif family.random.random() < 0.85:
            family.does(who, Consumed(product=product.id, amount=min(some, product.stock), day=family.on()))

    def count(self) -> None:
        """Four times a year somebody looks what there really is of some things."""
        for thing in self.family.random.sample(THINGS, 5):
            product = self.product(thing)
            left = whole(max(product.stock, 0) * 3 // 4, product.unit)
            self.family.does("bruno", Counted(product=product.id, amount=left, day=self.family.on()))

    # --- shopping ------------------------------------------------------------------------------------------------

    def shop(self, small: bool) -> None:
        """What is on the list, or, on a Tuesday, what does not keep."""
        family, groceries = self.family, self.family.circle.groceries
        for thing in THINGS:
            if not small and self.is_wanted(thing):
                self.put_on_list(thing)
        wanted = [t for t in THINGS if self.product(t).item and (not small or t.weeks == 1)]
        if not wanted:
            return
        buyer, shop = family.one_of("amina", "bruno"), 0 if not small and self.days % 2 else 1
        if len(wanted) > 4 and family.random.random() < 0.3:
            given_up = wanted.pop(family.random.randrange(len(wanted)))
            family.does(buyer, Unlisted(item=self.product(given_up).item))
        lines = []
        for thing in wanted:
            item = self.product(thing).item
            lines.append(self.line(thing, item, groceries.items[item].amount or thing.amount, shop))
            if family.random.random() < 0.8:
                family.does(buyer, Ticked(item=item))
        self.bought(buyer, shop, lines)

    def line(self, thing: Thing, item: str, amount: int, shop: int) -> Line:
        """Prices rise by some percent in the year, go up and down by a few cents, and are lower on the market."""
        percent = 98 + self.days // 90 + self.family.random.randint(-4, 4) - (0 if shop else 5)
        keeps = self.family.on(thing.keeps + self.family.random.randint(0, 3)) if thing.keeps else None
        price = thing.price * amount * percent // (thing.amount * 100)
        return Line(product=self.ids[thing.key], item=item, amount=amount, price=price or None, best_before=keeps)

    def bought(self, buyer: str, shop: int, lines: list[Line]) -> None:
        family = self.family
        shares = {family.members[name]: 2 for name in ("amina", "bruno")}
        if "dov" in family.members and self.days % 3:
            shares[family.members["dov"]] = 1
        total = sum(line.price or 0 for line in lines)
        note = self.named("party") if self.is_party() else ""
        family.does(
            buyer,
            Bought(
                shop=self.shops[shop],
                day=family.on(),
                unit="eur",
                total=total,
                payer=family.members[buyer],
                shares=shares,
                lines=lines,
                note=note,
            ),
        )

    def is_party(self) -> bool:
        """On the third Saturday of June."""
        day = self.family.day
        return day.month == 6 and day.weekday() == SATURDAY and 14 < day.day < 22

    # --- yesterday and today -------------------------------------------------------------------------------------

    def lately(self) -> None:
        """A present, one of its jars open, and eggs: too few, which somebody took off the list again."""
        family, jam = self.family, self.ids["garden-jam"]
        lot = family.does(
            "amina", Stocked(product=jam, amount=4000, best_before=family.on(200), note=self.named("gift"))
        )
        family.does("amina", Opened(product=jam, lot=lot, amount=1000, best_before=family.on(20)))
        eggs = self.family.circle.groceries.products[self.ids["eggs"]]
        family.does("amina", MinimumSet(product=eggs.id, minimum=max(eggs.stock, 0) + 6000))
        family.does("bruno", Unlisted(item=eggs.item))

    def today(self) -> None:
        """What is on the list now; some of it is in the basket."""
        family, things = self.family, {thing.key: thing for thing in THINGS}
        for key, amount, note in SHOPPING:
            if not self.product(things[key]).item:
                writer = family.one_of("amina", "bruno", "chloe", "dov")
                noted = self.named(note) if note else ""
                family.does(writer, Listed(product=self.ids[key], amount=amount, note=noted))
        for key in ("bananas", "baguette", "ground-coffee", "garden-jam"):
            family.does("bruno", Ticked(item=self.product(things[key]).item))


def step(unit: str) -> int:
    """How people use things up, in thousandths: by the piece, by 100 g or 100 ml."""
    return {"g": 100_000, "kg": 100, "l": 100}.get(unit, 1000)


def whole(thousandths: int, unit: str) -> int:
    return thousandths // step(unit) * step(unit)
