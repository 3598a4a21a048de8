"""A household of five with some weeks behind it, so that every page has much to show: the same in French and English.

Amina and Bruno are adults, Chloé is their child, Dov rents the room upstairs, the grandmother has no device.
"""

from datetime import UTC, datetime, timedelta

from cercle.modules.accounts.events import Corrected, Shared, Transferred
from cercle.modules.circle.events import Renamed, TurnedOn
from cercle.modules.groceries import catalogue
from cercle.modules.groceries.events import (
    AisleAdded,
    BarcodeSet,
    Bought,
    Consumed,
    Line,
    Listed,
    MinimumSet,
    Opened,
    PlaceAdded,
    ProductAdded,
    ShopAdded,
    Stocked,
    Ticked,
    UnitAdded,
    Wasted,
)
from cercle.modules.people.events import Added, Described, EntryErased, WentAway
from cercle.store.live import now
from tests.screens.chores import Chores
from tests.screens.points import Points
from tests.screens.things import BILLS, NAMES, SHOPPING, THINGS, Thing
from tests.story import DAY, MINUTE, Person, Story
from tests.story import NAMES as CAST

WEEKS = 9
HOUR = 60 * MINUTE


class Household:
    """The story of that household up to this minute, told in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.story = Story("bruno", "chloe", "dov")
        self.products: dict[str, str] = {}
        self.amina, self.bruno = self.story.amina, self.story.bruno
        self.since(now() - WEEKS * 7 * DAY - 30 * HOUR)
        self.settle_in()
        for week in range(WEEKS):
            self.week(week)
        self.since(now() - 26 * HOUR)
        self.lately()

    def said(self, key: str) -> str:
        french, english = NAMES[key]
        return french if self.language == "fr" else english

    def since(self, time: int) -> None:
        """The clock goes on to this moment (ms)."""
        self.story.wait(days=(time - self.story.time) / DAY)

    def day(self, ahead: int = 0) -> str:
        """So many days after the day of the story."""
        return (datetime.fromtimestamp(self.story.time / 1000, UTC) + timedelta(days=ahead)).date().isoformat()

    # --- the beginning -------------------------------------------------------------------------------------------

    def settle_in(self) -> None:
        amina = self.amina
        amina.brings(Renamed(name=self.said("circle")))
        for part in ("today", "tasks", "week", "money", "merit", "stock", "prices", "waste"):
            amina.brings(TurnedOn(part=part))
        colours = {"amina": 0, "bruno": 7, "chloe": 2, "dov": 9}
        for name, colour in colours.items():
            person = getattr(self.story, name)
            person.brings(Described(member=person.member, colour=colour, name=CAST[name]))
        self.grandmother = amina.brings(Added(kind="adult", colour=5, name=self.said("grandmother")))
        self.shops = [amina.brings(ShopAdded(name=self.said(key))) for key in ("market", "supermarket")]
        kinds = {"fridge": "fridge", "cupboard": "cupboard", "cellar": "cellar", "freezer": "freezer"}
        self.places = {key: amina.brings(PlaceAdded(kind=kind, name=self.said(key))) for key, kind in kinds.items()}
        self.aisle = amina.brings(AisleAdded(name=self.said("aisle")))
        self.unit = amina.brings(UnitAdded(name=self.said("unit"), plural=self.said("units")))
        for thing in THINGS:
            self.bring_in(thing)
        amina.brings(BarcodeSet(barcode="3017620422003", product=self.products["milk"]))
        self.chores = Chores(self.story, self.language)
        self.points = Points(self.story, self.chores)

    def bring_in(self, thing: Thing) -> None:
        known = next((item for item in catalogue.items() if item.code == thing.key), None)
        if known is None:
            name, code = self.said(thing.key), None
            aisle = self.aisle if thing.aisle == "own" else thing.aisle
            unit = self.unit if thing.unit == "own" else thing.unit
        else:
            name, code, aisle, unit = getattr(known, self.language), known.code, known.aisle, known.unit
        place = self.places[thing.place] if thing.place else None
        added = ProductAdded(aisle=aisle, unit=unit, place=place, minimum=thing.minimum, catalogue=code, name=name)
        self.products[thing.key] = self.amina.brings(added)

    # --- week by week --------------------------------------------------------------------------------------------

    def week(self, week: int) -> None:
        """On Wednesday somebody shops, through the week it is used; some bills come, and on Sunday all is sealed."""
        buyer = (self.amina, self.bruno, self.bruno)[week % 3]
        self.shop(buyer, week)
        self.story.wait(days=2)
        self.use(week)
        self.pay(week)
        self.story.wait(days=4.9)
        self.chores.week(week)
        self.points.week(week)
        self.story.seal()

    def shop(self, buyer: Person, week: int) -> None:
        chosen = [thing for number, thing in enumerate(THINGS) if (number + week) % thing.every == 0]
        writers = (self.amina, self.bruno, self.story.chloe, self.story.dov)
        open_items = self.story.circle.groceries.products
        for number, thing in enumerate(chosen):
            if not open_items[self.products[thing.key]].item:
                writers[(number + week) % 4].brings(Listed(product=self.products[thing.key], amount=thing.amount))
        items = {thing: open_items[self.products[thing.key]].item for thing in chosen}
        for thing in chosen[:-1]:
            self.bruno.brings(Ticked(item=items[thing]))
        lines = [self.line(thing, items[thing], week) for thing in chosen]
        everybody = [self.amina.member, self.bruno.member, self.story.chloe.member, self.story.dov.member]
        total = sum(line.price or 0 for line in lines)
        self.last_purchase = buyer.brings(
            Bought(
                shop=self.shops[week % 2],
                day=self.day(),
                unit="eur",
                total=total,
                payer=buyer.member,
                shares=dict.fromkeys(everybody if week % 4 else everybody[:3], 1),
                lines=lines,
            )
        )

    def line(self, thing: Thing, item: str, week: int) -> Line:
        """Prices go up and down by a few cents, and are lower on the market."""
        drift = (week * 7 + len(thing.key) * 3) % 11 - 4
        price = thing.price * (100 + drift * 2 - (6 if week % 2 == 0 else 0)) // 100
        keeps = self.day(thing.keeps + (WEEKS - week) * 6 // WEEKS) if thing.keeps else None
        product = self.products[thing.key]
        return Line(product=product, item=item, amount=thing.amount, price=price or None, best_before=keeps)

    def use(self, week: int) -> None:
        for number, thing in enumerate(THINGS):
            product = self.story.circle.groceries.products[self.products[thing.key]]
            used = whole(product.stock * thing.used // 100, product.unit)
            if used <= 0 or (number + week) % 5 == 4:
                continue
            (self.amina, self.bruno)[number % 2].brings(Consumed(product=product.id, amount=used, day=self.day()))
        spoiled = THINGS[(week * 4) % len(THINGS)]
        product = self.story.circle.groceries.products[self.products[spoiled.key]]
        thrown = whole(product.stock // 2, product.unit)
        if thrown > 0:
            self.bruno.brings(Wasted(product=product.id, amount=thrown, why="expired", day=self.day()))

    def pay(self, week: int) -> None:
        what, amount, payer, guest = BILLS[week % len(BILLS)]
        person = getattr(self.story, payer)
        people = [self.amina.member, self.bruno.member] + ([self.story.dov.member] if guest else [])
        shares = dict.fromkeys(people, 1)
        paid = self.amina.brings(
            Shared(unit="eur", amount=amount, payer=person.member, shares=shares, day=self.day(), what=self.said(what))
        )
        if week == 4:
            self.amina.brings(Corrected(entry=paid, why=self.said("twice")))
            self.bruno.brings(
                Transferred(unit="eur", amount=6000, payer=self.bruno.member, to=self.amina.member, day=self.day())
            )

    # --- yesterday and today -------------------------------------------------------------------------------------

    def lately(self) -> None:
        """What is on the list now, an absence, something opened, given, erased, refused, and one who is far away."""
        story, amina, bruno = self.story, self.amina, self.bruno
        groceries = story.circle.groceries
        secret = bruno.brings(Shared(unit="eur", amount=1450, payer=bruno.member, shares={bruno.member: 1}, what="…"))
        bruno.brings(EntryErased(entry=secret, author=bruno.member))
        amina.brings(WentAway(member=self.grandmother, since=self.day(), until=self.day(12)))
        jam = amina.brings(
            Stocked(product=self.products["garden-jam"], amount=4000, best_before=self.day(200), note=self.said("gift"))
        )
        amina.brings(Opened(product=self.products["garden-jam"], lot=jam, amount=1000, best_before=self.day(20)))
        amina.brings(MinimumSet(product=self.products["eggs"], minimum=12_000))
        story.dov.is_refused(ShopAdded(name=self.said("market")))
        self.chores.lately()
        self.points.lately()
        self.since(now() - 5 * HOUR)
        story.seal()
        self.since(now() - 3 * HOUR)
        writers = (amina, bruno, story.chloe, story.dov)
        for number, (key, amount, note) in enumerate(SHOPPING):
            if not groceries.products[self.products[key]].item:
                listed = Listed(product=self.products[key], amount=amount, note=self.said(note) if note else "")
                writers[number % 4].brings(listed)
            if number == 1:
                self.since(now() - 40 * MINUTE)
        for key in ("bananas", "baguette", "ground-coffee", "garden-jam"):
            item = groceries.products[self.products[key]].item
            if item:
                bruno.brings(Ticked(item=item))


def whole(thousandths: int, unit: str) -> int:
    """An amount as people use it up: by the piece, by 100 g or 100 ml."""
    step = {"g": 100_000, "kg": 100, "l": 100}.get(unit, 1000)
    return thousandths // step * step
