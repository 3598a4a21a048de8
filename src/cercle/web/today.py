"""The first page of a circle that uses more than the list: what waits for me, what runs out, who is away."""

from typing import Any

from litestar import Response, get

from cercle.modules.accounts.read import balances, settlement
from cercle.modules.decisions.read import asks
from cercle.modules.decisions.web_words import title, until
from cercle.modules.groceries import read as groceries
from cercle.modules.groceries.events import Listed
from cercle.modules.meetings.read import coming
from cercle.modules.meetings.web_words import line as told
from cercle.modules.merit import read as merit
from cercle.modules.merit.web import for_me
from cercle.modules.people.read import people
from cercle.modules.tasks import read as tasks
from cercle.modules.tasks.events import Done
from cercle.modules.tasks.web_words import row
from cercle.page.visit import Visit
from cercle.sentences import day, money

SHOWN = 12


@get("/c/{circle:str}/today")
async def today_page(visit: Visit) -> Response[Any]:
    mine, others = chores(visit) if visit.is_on("tasks") else ([], [])
    return visit.render(
        "today.html",
        visit.gettext("Today"),
        "today",
        date=day(visit.today(), visit.language),
        mine=mine,
        others=others,
        votes=votes(visit) if "decisions" in visit.circle.states else [],
        meetings=meetings(visit) if visit.is_on("meetings") else [],
        claims=for_me(visit, merit.claims(visit.circle)) if visit.is_on("merit") else [],
        wanted=wanted(visit) if visit.is_on("list") else None,
        stock=running_out(visit) if visit.is_on("stock") else [],
        debts=debts(visit) if visit.is_on("money") else [],
        away=away(visit),
        ways={
            "done": f"{visit.home}/tasks/done" if visit.may(Done) else None,
            "tasks": f"{visit.home}/tasks",
            "answer": f"{visit.home}/merit/claims",
            "merit": f"{visit.home}/merit",
            "list": f"{visit.home}/list",
            "put": f"{visit.home}/list/product" if visit.is_on("list") and visit.may(Listed) else None,
            "stock": f"{visit.home}/stock",
            "back": f"{visit.home}/today",
        },
        offer=visit.offer(),
    )


def chores(visit: Visit) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What is due today: what waits for the visitor (whoever comes first counts), and what waits for others."""
    today = visit.today()
    due = [one for one in tasks.chores(visit.circle, today) if "" < one.due <= today]
    mine = [row(visit, one) for one in due if not one.whose or visit.member in one.whose]
    return mine, [row(visit, one) for one in due if one.whose and visit.member not in one.whose]


def votes(visit: Visit) -> list[dict[str, str]]:
    """What is voted on and waits for the visitor's word."""
    motions, found = visit.circle.decisions.motions, []
    for name in visit.circle.decisions.open:
        if asks(motions[name], visit.member):
            href = f"{visit.home}/decisions/{name}"
            found.append(
                {"key": name, "title": title(visit, name), "href": href, "line": until(visit, motions[name].round)}
            )
    return found


def meetings(visit: Visit) -> list[dict[str, Any]]:
    """Those of today and tomorrow."""
    return [told(visit, one) for one in coming(visit.circle, visit.today(), days=1)]


def wanted(visit: Visit) -> str:
    count = len(visit.circle.groceries.items)
    if not count:
        return ""
    return visit.ngettext("%(num)s thing on the list", "%(num)s things on the list", count)


def running_out(visit: Visit) -> list[dict[str, Any]]:
    """What is past its day or soon will be, then what runs low and nobody has put on the list."""
    return visit.remembered(("running out", visit.today()), lambda: told_running_out(visit))


def told_running_out(visit: Visit) -> list[dict[str, Any]]:
    today, found = visit.today(), []
    keeps = [one for place in groceries.stock(visit.circle, today) for one in place.things if one.state]
    for one in sorted(keeps, key=lambda thing: thing.best_before):
        until = day(one.best_before, visit.language, today)
        said = visit.gettext("past its day") if one.state == "past" else visit.gettext("until %(day)s", day=until)
        found.append(thing(visit, one.product, one.words, visit.amount(one.amount, one.unit), said, one.state))
    for low in groceries.low(visit.circle):
        if not low.on_list:
            left, said = visit.amount(max(low.stock, 0), low.unit), visit.gettext("runs low")
            found.append(thing(visit, low.product, low.words, left, said, ""))
    return found[:SHOWN]


def thing(visit: Visit, product: str, words: str, amount: str, said: str, state: str) -> dict[str, Any]:
    return {
        "key": product,
        "name": visit.name(words),
        "href": f"{visit.home}/product/{product}",
        "amount": amount,
        "said": said,
        "past": state == "past",
        "low": not state,
    }


def debts(visit: Visit) -> list[dict[str, Any]]:
    """What the visitor would pay, and be paid, to settle in the circle's currency."""
    return visit.remembered(("debts", visit.member), lambda: told_debts(visit))


def told_debts(visit: Visit) -> list[dict[str, Any]]:
    unit, found = visit.circle.roots.unit, []
    for one in settlement(balances(visit.circle, unit)):
        if visit.member not in (one.payer, one.to):
            continue
        amount, owes = money(one.amount, unit, visit.language), one.payer == visit.member
        other = visit.person_of(one.to if owes else one.payer)
        if owes:
            line = visit.gettext("You owe %(name)s %(amount)s.", name=other["name"], amount=amount)
        else:
            line = visit.gettext("%(name)s owes you %(amount)s.", name=other["name"], amount=amount)
        found.append({"person": other, "line": line, "href": f"{visit.home}/money"})
    return found


def away(visit: Visit) -> list[dict[str, Any]]:
    """Who is away today, and until when."""
    today = visit.today()
    return [
        {
            "person": visit.person_of(one.id),
            "line": visit.gettext("away until %(day)s", day=day(one.away_until, visit.language, today)),
            "href": f"{visit.home}/people/{one.id}",
        }
        for one in people(visit.circle, today)
        if one.away_until
    ]


handlers = [today_page]
