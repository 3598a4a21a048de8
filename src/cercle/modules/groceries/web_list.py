"""The shopping list: quick add, ticks, and what each line says."""

from functools import lru_cache
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from markupsafe import Markup

from cercle.core.event import Refused
from cercle.modules.groceries import catalogue, read
from cercle.modules.groceries.events import Bought, ItemChanged, Listed, Ticked, Unticked
from cercle.modules.groceries.quick_add import Quick
from cercle.modules.groceries.state import Groceries, Why
from cercle.modules.groceries.web_products import Do, Finder, named, read_lines, wrong_with
from cercle.page.templates import environment
from cercle.page.visit import Form, Visit, local, shown

SUGGESTIONS = 300
LINES_REMEMBERED = 4096
NOBODY = ("", 0, "")


@get("/c/{circle:str}/list")
async def list_page(visit: Visit, shop: str = "") -> Response[Any]:
    return show(visit, shop)


def show(visit: Visit, shop: str = "", form: Form | None = None, status: int = 200) -> Response[Any]:
    """The list of one shop or of all. `form` holds a line that was refused, and why."""
    groceries: Groceries = visit.circle.groceries
    shop = shop if shop in groceries.shops else ""
    here = f"{visit.home}/list"
    suffix = f"?shop={shop}" if shop else ""
    buys = visit.may(Bought) and (visit.is_on("stock") or visit.is_on("money"))
    return visit.render(
        "groceries/list.html",
        visit.gettext("List"),
        "list",
        status,
        form=form or Form(),
        ways={
            "tick": f"{here}/tick{suffix}",
            "quick": f"{here}{suffix}",
            "purchase": f"{visit.home}/purchase" if buys else None,
            "things": None if visit.is_on("stock") else f"{visit.home}/groceries",
        },
        shops=shops(visit, groceries, shop),
        suggestions=suggestions(visit),
        lines=visit.remembered(f"lines {shop}", lambda: lines(visit, shop)),
        ticked_count=len(groceries.done),
        count=sum(item.shop in ("", shop) for item in groceries.items.values()) if shop else len(groceries.items),
        offer=visit.offer() if groceries.done else None,
    )


def lines(visit: Visit, shop: str) -> Markup:
    """The lines of the list as they stand in the page: the same for everybody who reads this language."""
    aisles, done = read.shopping_list(visit.circle, shop or None), read.ticked(visit.circle)
    teller = Teller(visit)
    return visit.part(
        "groceries/lines.html",
        dots=[one["colour"] for one in visit.everybody()],
        aisles=[
            {"name": aisle_name(visit, aisle.aisle, aisle.words), "lines": teller.lines(aisle.items)}
            for aisle in aisles
        ],
        ticked=teller.lines(done, is_ticked=True),
        ticked_count=len(done),
    )


class Teller:
    """Writes lines of the list; what is the same for all of them is asked for once."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.narrator = visit.narrator
        self.people = {one["key"]: (one["name"], one["colour"], one["initial"]) for one in visit.everybody()}
        self.product = f"{visit.home}/product/"
        self.low = visit.gettext("runs low")

    def lines(self, items: list[read.Wanted], is_ticked: bool = False) -> Markup:
        return Markup("\n".join([self.line(item, is_ticked) for item in items]))

    def line(self, item: read.Wanted, is_ticked: bool) -> Markup:
        amount = self.narrator.amount(item.amount, item.unit) if item.amount else ""
        note = due = ""
        if not is_ticked:
            note = shown(self.visit.here.words(item.note).get("note", "")) if item.note else ""
            due = "" if item.by else self.low
        by = NOBODY if is_ticked else self.people.get(item.by, NOBODY)
        href = self.product + item.product
        return line(self.visit.language, item.id, self.visit.name(item.words), amount, note, due, *by, href, is_ticked)


@lru_cache(LINES_REMEMBERED)
def line(
    language: str,
    key: str,
    name: str,
    amount: str,
    note: str,
    due: str,
    by: str,
    colour: int,
    initial: str,
    href: str,
    is_ticked: bool,
) -> Markup:
    """One line as it stands in the page: a tick changes one of five hundred, and the others are not made anew."""
    made = environment(language).get_template("groceries/line.html")
    return Markup(
        made.render(
            key=key,
            name=name,
            amount=amount,
            note=note,
            due=due,
            by=by,
            colour=colour,
            initial=initial,
            href=href,
            is_ticked=is_ticked,
        )
    )


def aisle_name(visit: Visit, aisle: str, words: str) -> str:
    """The name of an aisle in the page's language, or the one that the circle gave to its own."""
    return visit.name(words) if words else catalogue.aisle_name(aisle, visit.gettext)


def shops(visit: Visit, groceries: Groceries, chosen: str) -> list[dict[str, Any]]:
    offered = {key: shop for key, shop in groceries.shops.items() if not shop.closed}
    if not offered:
        return []
    here = f"{visit.home}/list"
    everywhere = {"label": visit.gettext("All shops"), "href": here, "current": not chosen}
    return [everywhere] + [
        {"label": visit.name(shop.words), "href": f"{here}?shop={key}", "current": key == chosen}
        for key, shop in offered.items()
    ]


def suggestions(visit: Visit) -> Markup:
    """What a quick add offers: the circle's own products, and the catalogue's words while they are few."""
    return visit.remembered("suggestions", lambda: visit.part("groceries/names.html", names=suggested(visit)))


def suggested(visit: Visit) -> list[str]:
    products = visit.circle.groceries.products.values()
    own = [visit.name(product.words) for product in products if not product.archived][:SUGGESTIONS]
    if len(own) == SUGGESTIONS:
        return own
    known = {catalogue.folded(name) for name in own}
    language = visit.language
    more = [item.fr if language == "fr" else item.en for item in catalogue.items()][: SUGGESTIONS - len(own)]
    return own + [name for name in more if catalogue.folded(name) not in known]


@post("/c/{circle:str}/list")
async def added(visit: Visit, shop: str = "") -> Response[Any]:
    """One line, or several that were pasted, as people write them: all of them, or none."""
    filled = await visit.form()
    text, act = filled.get("line", ""), filled.get("act", "")
    finder, wanted = Finder(visit), read_lines(visit, text)
    shop = shop if shop in visit.circle.groceries.shops else ""
    sentence = wrong_with(visit, wanted, finder)
    if sentence:
        return show(visit, shop, refusal(text, sentence), 422)
    if visit.is_done(act):
        return back(visit, shop)
    quick, said = wanted[0], list[str]()
    try:
        with visit.tap(act) as do:
            for quick in wanted:
                said.append(put_on_list(visit, do, finder, quick, shop))
    except Refused as refused:
        return show(visit, shop, refusal(text, named(visit, quick.name, refused)), 409)
    return back(visit, shop, " ".join(filter(None, said)))


def refusal(text: str, sentence: str) -> Form:
    return Form({"line": text}, {"line": sentence})


def back(visit: Visit, shop: str, notice: str = "") -> Response[Any]:
    return visit.go(f"{visit.home}/list" + (f"?shop={shop}" if shop else ""), notice)


def put_on_list(visit: Visit, do: Do, finder: Finder, quick: Quick, shop: str) -> str:
    """Puts it on the list, and a new product comes in with it; what is there already takes what is said anew, and keeps
    what is not. Gives what there is to say of that: "" where it is new. Raises `Refused`."""
    product, amount, unit = finder.bring_in(do, quick)
    if not product.item:
        do(Listed(product=product.id, amount=amount, unit=unit, shop=shop or None, note=quick.note))
        return ""
    item = visit.circle.groceries.items[product.item]
    if amount is None:
        amount, unit = item.amount or None, item.unit
    note = quick.note or visit.here.words(item.words).get("note", "")
    if quick.amount is not None or quick.note or shop not in ("", item.shop):
        shop = shop or item.shop
        do(ItemChanged(item=product.item, amount=amount, unit=unit, shop=shop or None, note=note))
    name = visit.name(product.words)
    if not item.amount or (item.amount, item.unit) == (amount, unit):
        return visit.gettext("%(name)s: on the list already.", name=name)
    was, now = visit.amount(item.amount, item.unit), visit.amount(amount or 0, unit or "")
    return visit.gettext("%(name)s: %(now)s now, %(was)s before.", name=name, now=now, was=was)


@post("/c/{circle:str}/list/product")
async def put_there(visit: Visit) -> Response[Any]:
    """One tap where something runs low: as much as is missing, from its usual shop, as it would have come there by
    itself. What somebody else put there meanwhile is there: no refusal."""
    filled = await visit.form()
    groceries: Groceries = visit.circle.groceries
    product = groceries.products.get(filled.get("product", ""))
    if product is None:
        raise NotFoundException
    missing = max(product.minimum - product.stock, 0)
    event = Listed(product=product.id, amount=missing or None, shop=product.shop or None)
    try:
        visit.act(event, act=filled.get("act", ""))
    except Refused as refused:
        if refused.reason is not Why.LISTED:
            return show(visit, "", refusal("", visit.reason(refused)), 409)
    there = local(filled.get("back", f"{visit.home}/list"))
    return visit.go(there, visit.gettext("On the list: %(what)s.", what=visit.name(product.words)))


@post("/c/{circle:str}/list/tick")
async def ticked(visit: Visit, shop: str = "") -> Response[Any]:
    """Ticks an item or, on purpose, puts it back. What somebody else ticked meanwhile is ticked: no refusal."""
    filled = await visit.form()
    back_on = filled.get("untick", "")
    event = Unticked(item=back_on) if back_on else Ticked(item=filled.get("tick", ""))
    try:
        visit.act(event, act=filled.get("act", ""))
    except Refused as refused:
        if refused.reason is not Why.TICKED:
            return show(visit, shop, refusal("", visit.reason(refused)), 409)
    return back(visit, shop)


handlers = [list_page, added, put_there, ticked]
