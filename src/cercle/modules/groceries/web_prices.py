"""What things cost: lately, over time as a picture, and by shop."""

from datetime import date
from typing import Any

from litestar import Response, get
from msgspec import Struct

from cercle.modules.groceries import catalogue, read
from cercle.modules.groceries.read import Point, Price
from cercle.modules.groceries.state import Groceries
from cercle.modules.groceries.web_filled import offered
from cercle.page.visit import Visit
from cercle.sentences import day, locale, money

MOST_LINES = 200
SERIES = 4
WIDTH, HEIGHT = 360, 200
LEFT, RIGHT, TOP, BOTTOM = 64, 348, 14, 164
TICKS = 4


@get("/c/{circle:str}/prices")
async def prices_page(visit: Visit, words: str = "", shop: str = "") -> Response[Any]:
    groceries: Groceries = visit.circle.groceries
    shop = shop if shop in groceries.shops else ""
    wanted = catalogue.folded(words[:100])
    found = [
        price
        for price in read.prices(visit.circle, shop or None)
        if wanted in catalogue.folded(visit.here.name(price.words)[:200])
    ]
    here = f"{visit.home}/prices"
    return visit.render(
        "groceries/prices.html",
        visit.gettext("Prices"),
        "prices",
        search={"words": words[:100], "href": here},
        shops=shop_links(visit, here, shop),
        lines=[price_line(visit, price) for price in found[:MOST_LINES]],
        purchases=f"{visit.home}/purchases" if groceries.purchases else None,
    )


def shop_links(visit: Visit, here: str, chosen: str) -> list[dict[str, Any]]:
    shops = offered(visit, visit.circle.groceries.shops)
    if not shops:
        return []
    everywhere = {"label": visit.gettext("All shops"), "href": here, "current": not chosen}
    return [everywhere] + [
        {"label": name, "href": f"{here}?shop={shop}", "current": shop == chosen} for shop, name in shops.items()
    ]


def price_line(visit: Visit, price: Price) -> dict[str, Any]:
    last, before = price.last, price.before
    comparable = before is not None and before.currency == last.currency and before.each
    return {
        "key": price.product,
        "name": visit.name(price.words),
        "href": f"{visit.home}/product/{price.product}",
        "shop": shop_name(visit, last.shop),
        "day": day(last.day, visit.language, visit.today()),
        "log": f"{visit.home}/log/{last.entry}",
        "last": each(visit, last),
        "change": change(visit, last.each, before.each) if before is not None and comparable else None,
    }


def shop_name(visit: Visit, shop: str) -> str:
    known = visit.circle.groceries.shops.get(shop)
    return visit.name(known.words) if known else ""


def each(visit: Visit, point: Point) -> str:
    """What one of it cost, in the unit in which people compare: "1,15 € / L"."""
    text = money(point.each, point.currency, visit.language)
    one = visit.amount(1000, point.unit).partition("\u00a0")[2]
    return f"{text}\u00a0/ {one}" if one else text


def change(visit: Visit, now: int, before: int) -> str:
    """By how much of a hundred a price has changed, with its sign."""
    from babel.numbers import format_percent

    text = format_percent((now - before) / before, locale=locale(visit.language))
    return f"+{text}" if now > before else text


def price_row(visit: Visit, point: Point, unit: str) -> dict[str, str]:
    return {
        "day": day(point.day, visit.language),
        "shop": shop_name(visit, point.shop),
        "amount": visit.amount(point.amount, unit),
        "price": money(point.price, point.currency, visit.language),
        "per": each(visit, point),
        "log": f"{visit.home}/log/{point.entry}",
    }


def by_shop(visit: Visit, points: list[Point]) -> list[dict[str, str]]:
    """The last price in each shop, the cheapest first; nothing where there is but one shop to compare."""
    last = {point.shop: point for point in points if point.currency == points[-1].currency}
    if len(last) < 2:
        return []
    return [
        {
            "shop": shop_name(visit, point.shop) or visit.gettext("elsewhere"),
            "text": each(visit, point),
            "day": day(point.day, visit.language),
            "log": f"{visit.home}/log/{point.entry}",
        }
        for point in sorted(last.values(), key=lambda point: point.each)
    ]


# --- the picture -------------------------------------------------------------------------------------------------


class Scale(Struct, frozen=True):
    """Where a day (an ordinal) and a price (minor units) stand in the picture; `step` is between two lines."""

    first: int
    last: int
    step: int

    def across(self, ordinal: int) -> float:
        along = (ordinal - self.first) / (self.last - self.first) if self.last > self.first else 0.5
        return round(LEFT + along * (RIGHT - LEFT), 1)

    def down(self, price: int) -> float:
        return round(BOTTOM - price / (self.step * TICKS) * (BOTTOM - TOP), 1)


def chart(visit: Visit, points: list[Point]) -> dict[str, Any] | None:
    """What one of a product cost over time, a line for each of the shops where it was bought most; None for fewer than
    two prices."""
    points = [point for point in points if point.currency == points[-1].currency]
    if len(points) < 2:
        return None
    first, last = ordinal(points[0]), ordinal(points[-1])
    dearest = max(max(point.each for point in points), 1)
    scale = Scale(first, last, rounded_up(dearest / TICKS))
    prices = [scale.step * number for number in range(TICKS + 1)]
    days = sorted({first, last}) if last - first < 60 else [first, (first + last) // 2, last]
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "title": visit.gettext("What one of it has cost over time. The same figures stand in the table below."),
        "ticks": [
            {"y": scale.down(price), "text": money(price, points[-1].currency, visit.language)} for price in prices
        ],
        "dates": [{"x": scale.across(one), "text": short_day(visit, one, last - first)} for one in days],
        "series": series(visit, points, scale),
    }


def series(visit: Visit, points: list[Point], scale: Scale) -> list[dict[str, Any]]:
    shops = most_visited(points)
    lines: dict[str, list[dict[str, float]]] = {}
    for point in points:
        shop = point.shop if point.shop in shops else ""
        lines.setdefault(shop, []).append({"x": scale.across(ordinal(point)), "y": scale.down(point.each)})
    rest = visit.gettext("elsewhere") if shops else visit.gettext("price")
    return [{"name": shop_name(visit, shop) or rest, "points": lines[shop]} for shop in (*shops, "") if shop in lines]


def ordinal(point: Point) -> int:
    return date.fromisoformat(point.day).toordinal()


def most_visited(points: list[Point]) -> list[str]:
    counts: dict[str, int] = {}
    for point in points:
        if point.shop:
            counts[point.shop] = counts.get(point.shop, 0) + 1
    return sorted(counts, key=lambda shop: -counts[shop])[: SERIES - 1]


def rounded_up(exact: float) -> int:
    """The next of 1, 2, 5, 10, 20, 50…, in minor units."""
    size = 1
    while True:
        for step in (1, 2, 5):
            if step * size >= exact:
                return step * size
        size *= 10


def short_day(visit: Visit, ordinal: int, span: int) -> str:
    from babel.dates import format_skeleton

    when = date.fromordinal(ordinal)
    return str(format_skeleton("MMMd" if span < 300 else "yMMM", when, locale=locale(visit.language)))


handlers = [prices_page]
