"""What people write in a history: money handed over, or all that a household does about its list, stock and purses."""

from datetime import UTC, datetime
from random import Random

from cercle.bench.history import Write
from cercle.modules.accounts.events import Shared, Transferred
from cercle.modules.groceries.events import (
    Bought,
    Consumed,
    Counted,
    ItemChanged,
    Line,
    Listed,
    MinimumSet,
    ProductAdded,
    ShopAdded,
    Stocked,
    Ticked,
    Unlisted,
    Wasted,
)
from cercle.modules.groceries.units import AISLES

PRODUCTS = 300
SHOPS = 5
MOST_LISTED = 60
NOUNS = ("bread", "milk", "leeks", "rice", "coffee", "apples", "soap", "butter", "lentils", "paper")
KINDS = ("fresh", "large", "small", "smoked", "organic", "plain", "red", "green", "whole", "mild")


def transfers(random: Random, members: list[str], by: str, write: Write) -> None:
    """Somebody gave somebody money: an entry of two postings."""
    payer, to = random.sample(members, 2)
    write(Transferred(unit="eur", amount=random.randint(1, 20_000), payer=payer, to=to, what=words(random)))


class Household:
    """What a household writes: mostly its list, then its stock and purchases, and now and then money alone."""

    def __init__(self) -> None:
        self.shops: list[str] = []
        self.products: list[str] = []
        self.open: dict[str, str] = {}
        self.day = 0

    def __call__(self, random: Random, members: list[str], by: str, write: Write) -> None:
        if len(self.shops) < SHOPS:
            self.shops.append(write(ShopAdded(name=words(random))))
        elif len(self.products) < PRODUCTS and (len(self.products) < 20 or random.random() < 0.2):
            self.products.append(write(ProductAdded(aisle=random.choice(AISLES), name=words(random))))
        else:
            kinds = (self.lists, self.ticks, self.buys, self.uses, self.pays, self.minds)
            random.choices(kinds, weights=(35, 28, 5, 21, 5, 6))[0](random, members, by, write)

    def lists(self, random: Random, members: list[str], by: str, write: Write) -> None:
        wanted = [one for one in random.sample(self.products, 4) if one not in self.open.values()]
        if not wanted or len(self.open) >= MOST_LISTED:
            return self.ticks(random, members, by, write)
        amount = random.choice((None, 1000, 2000, 6000))
        self.open[write(Listed(product=wanted[0], amount=amount, note=words(random, 0.2)))] = wanted[0]
        return None

    def ticks(self, random: Random, members: list[str], by: str, write: Write) -> None:
        if not self.open:
            return self.uses(random, members, by, write)
        item = random.choice(list(self.open))
        what = random.random()
        if what < 0.08:
            write(ItemChanged(item=item, amount=3000, note=words(random)))
            return None
        del self.open[item]
        write(Unlisted(item=item) if what < 0.14 else Ticked(item=item))
        return None

    def buys(self, random: Random, members: list[str], by: str, write: Write) -> None:
        lines = []
        for product in random.sample(self.products, random.randint(2, 9)):
            price = random.randint(50, 2_000)
            lines.append(Line(product=product, amount=1000 * random.randint(1, 4), price=price))
            self.open = {item: one for item, one in self.open.items() if one != product}
        total = sum(line.price or 0 for line in lines)
        write(
            Bought(
                shop=random.choice(self.shops),
                unit="eur",
                total=total,
                payer=by,
                shares=shares(random, members),
                lines=lines,
                note=words(random, 0.3),
            )
        )

    def uses(self, random: Random, members: list[str], by: str, write: Write) -> None:
        product = random.choice(self.products)
        if random.random() < 0.08:
            write(Wasted(product=product, amount=1000, why="spoiled"))
        else:
            write(Consumed(product=product, amount=random.choice((500, 1000, 1000, 2000))))

    def pays(self, random: Random, members: list[str], by: str, write: Write) -> None:
        if random.random() < 0.3:
            return transfers(random, members, by, write)
        amount = random.randint(100, 30_000)
        write(Shared(unit="eur", amount=amount, payer=by, shares=shares(random, members), what=words(random)))
        return None

    def minds(self, random: Random, members: list[str], by: str, write: Write) -> None:
        product = random.choice(self.products)
        what = random.random()
        if what < 0.3:
            write(MinimumSet(product=product, minimum=1000 * random.randint(0, 5)))
        elif what < 0.6:
            write(Counted(product=product, amount=1000 * random.randint(0, 8)))
        else:
            self.day += 1
            day = datetime.fromtimestamp(1_704_096_000 + 86_400 * (self.day % 1000), UTC).date().isoformat()
            write(Stocked(product=product, amount=2000, best_before=day))


def shares(random: Random, members: list[str]) -> dict[str, int]:
    return dict.fromkeys(random.sample(members, random.randint(2, len(members))), 1)


def words(random: Random, chance: float = 1.0) -> str:
    """Two words about something, or nothing at all."""
    return f"{random.choice(KINDS)} {random.choice(NOUNS)}" if random.random() < chance else ""
