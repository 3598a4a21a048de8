"""What was thrown away, and what it had cost, by month."""

from typing import Any

from litestar import Response, get

from cercle.modules.groceries import read
from cercle.modules.groceries.events import Undone
from cercle.modules.groceries.read import Wasted, WasteOfMonth
from cercle.modules.groceries.state import Groceries
from cercle.modules.groceries.web_product import SPOILING, spoiling
from cercle.modules.groceries.web_stock import costs_text, log_of
from cercle.page.visit import Visit
from cercle.sentences import day, locale, money, month_name

SHOWN = 200
BARS = 6
WIDTH, HEIGHT = 360, 160
TOP, BOTTOM = 24, 136
PERIODS = ("3", "12", "")  # months; "": all of them


@get("/c/{circle:str}/waste")
async def waste_page(visit: Visit, months: str = "12") -> Response[Any]:
    months = months if months in PERIODS else "12"
    first = since(visit.today(), int(months)) if months else ""
    by_month = [month for month in read.waste(visit.circle) if month.month >= first]
    lines = [one for one in read.wastes(visit.circle) if one.day[:7] >= first]
    total = read.total(month.costs for month in by_month)
    here = f"{visit.home}/waste"
    return visit.render(
        "groceries/waste.html",
        visit.gettext("What was wasted"),
        "waste",
        periods=periods(visit, here, months),
        total={"text": cost(visit, total), "href": log_of(visit, [one.entry for one in lines])},
        chart=chart(visit, by_month),
        months=[month_row(visit, month, lines) for month in by_month],
        products=products(visit, lines),
        lines=[waste_line(visit, one) for one in lines[:SHOWN]],
        ways={"undo": f"{visit.home}/undo" if visit.may(Undone) else None, "back": here},
    )


def since(today: str, months: int) -> str:
    """The first of so many months that end with this one, YYYY-MM."""
    year, month = divmod(int(today[:4]) * 12 + int(today[5:7]) - months, 12)
    return f"{year:04}-{month + 1:02}"


def periods(visit: Visit, here: str, chosen: str) -> list[dict[str, Any]]:
    labels = {
        "3": visit.gettext("Three months"),
        "12": visit.gettext("Twelve months"),
        "": visit.gettext("Ever"),
    }
    return [{"label": labels[value], "href": f"{here}?months={value}", "current": value == chosen} for value in PERIODS]


def cost(visit: Visit, costs: dict[str, int]) -> str:
    return costs_text(visit, costs) or visit.gettext("nobody knows")


def month_row(visit: Visit, month: WasteOfMonth, lines: list[Wasted]) -> dict[str, Any]:
    return {
        "label": month_name(month.month, visit.language),
        "text": cost(visit, month.costs),
        "href": log_of(visit, [one.entry for one in lines if one.day[:7] == month.month]),
    }


def products(visit: Visit, lines: list[Wasted]) -> list[dict[str, Any]]:
    """What each product's waste comes to, the dearest first."""
    groups: dict[str, list[Wasted]] = {}
    for one in lines:
        groups.setdefault(one.product, []).append(one)
    told = [(read.sum_of(group), group) for group in groups.values()]
    told.sort(key=lambda one: max(one[0].costs.values(), default=0), reverse=True)
    return [
        {
            "name": visit.name(whole.words),
            "href": f"{visit.home}/product/{whole.product}",
            "amount": visit.amount(whole.amount, whole.unit),
            "cost": cost(visit, whole.costs),
            "log": log_of(visit, [one.entry for one in group]),
        }
        for whole, group in told
    ]


def waste_line(visit: Visit, one: Wasted) -> dict[str, Any]:
    groceries: Groceries = visit.circle.groceries
    return {
        "key": one.entry,
        "name": visit.name(one.words),
        "href": f"{visit.home}/product/{one.product}",
        "amount": visit.amount(one.amount, one.unit),
        "why": dict(zip(SPOILING, spoiling(visit), strict=True))[one.why],
        "cost": cost(visit, one.costs),
        "at": day(one.day, visit.language, visit.today()),
        "log": f"{visit.home}/log/{one.entry}",
        "undo": one.entry in groceries.moves,
    }


def chart(visit: Visit, by_month: list[WasteOfMonth]) -> dict[str, Any] | None:
    """What was wasted in the circle's currency, a bar for each of the last months in which anything was; None for
    fewer than two of them."""
    unit = visit.circle.roots.unit
    bars = [(month.month, month.costs[unit]) for month in by_month if month.costs.get(unit)][:BARS][::-1]
    if len(bars) < 2:
        return None
    highest, width = max(amount for _, amount in bars), WIDTH / len(bars)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "title": visit.gettext("What was wasted, by month. The same figures stand in the table below."),
        "months": [
            {
                "x": round(number * width + width * 0.2, 1),
                "y": round(BOTTOM - (BOTTOM - TOP) * amount / highest, 1),
                "width": round(width * 0.6, 1),
                "height": round((BOTTOM - TOP) * amount / highest, 1),
                "label": short_month(visit, month),
                "text": money(amount, unit, visit.language),
            }
            for number, (month, amount) in enumerate(bars)
        ],
    }


def short_month(visit: Visit, month: str) -> str:
    from datetime import date

    from babel.dates import format_skeleton

    return str(format_skeleton("MMM", date.fromisoformat(f"{month}-01"), locale=locale(visit.language)))


handlers = [waste_page]
