"""Who paid what, who owes whom, and every line behind a figure."""

from itertools import islice
from typing import Any

from litestar import Response, get, post

from cercle.core.event import Refused
from cercle.modules.accounts.events import Corrected, Shared, Transferred
from cercle.modules.accounts.read import balances, settlement, statement, units
from cercle.modules.accounts.rules import Move
from cercle.page.typed import day_in, minor
from cercle.page.visit import Form, Visit, shown
from cercle.sentences import day, money, symbol

LATEST = 20
PAGE = 50
LONGEST = 120


@get("/c/{circle:str}/money")
async def money_page(visit: Visit, unit: str = "") -> Response[Any]:
    return show(visit, unit, Form())


def show(visit: Visit, unit: str, form: Form, status: int = 200) -> Response[Any]:
    known, unit = units(visit.circle), known_unit(visit, unit)
    positions = balances(visit.circle, unit)
    widest = max(map(abs, positions.values()), default=0) or 1
    people = visit.everybody()
    here = f"{visit.home}/money"
    return visit.render(
        "accounts/money.html",
        visit.gettext("Money"),
        "money",
        status,
        units=unit_links(known, unit, here) if len(known) > 1 else [],
        balances=[balance(visit, member, amount, unit, widest) for member, amount in positions.items()],
        transfers=[
            {
                "by": visit.person_of(one.payer),
                "to": visit.person_of(one.to),
                "text": money(one.amount, unit, visit.language),
                "from_key": one.payer,
                "to_key": one.to,
                "minor": one.amount,
            }
            for one in settlement(positions)
        ],
        ways={
            "settle": f"{here}/settle?unit={unit}" if visit.may(Transferred) else None,
            "add": f"{here}?unit={unit}" if visit.may(Shared) else None,
            "correct": f"{here}/{visit.member}/correct?unit={unit}&back=money",
        },
        form=form,
        day=visit.today(),
        payers=[{"value": one["key"], "label": one["name"]} for one in people],
        people=people,
        payer=form.filled.get("payer", visit.member),
        chosen=form.filled.get("for", [one["key"] for one in people]),
        unit=symbol(unit, visit.language),
        latest=latest(visit, unit),
        all=f"{visit.home}/log?module=accounts",
        purse=f"{visit.home}/purse" if visit.is_on("purse") else None,
        offer=visit.offer(),
    )


def known_unit(visit: Visit, unit: str) -> str:
    """The unit that was asked for, or else the circle's own currency."""
    known = units(visit.circle)
    return unit if unit in known else known[0]


def unit_links(known: list[str], unit: str, here: str) -> list[dict[str, Any]]:
    return [{"label": one.upper(), "href": f"{here}?unit={one}", "current": one == unit} for one in known]


def balance(visit: Visit, member: str, amount: int, unit: str, widest: int) -> dict[str, Any]:
    text = money(abs(amount), unit, visit.language)
    if amount > 0:
        line = visit.gettext("is owed %(amount)s", amount=text)
    elif amount < 0:
        line = visit.gettext("owes %(amount)s", amount=text)
    else:
        line = visit.gettext("is even")
    return {
        "key": member,
        "person": visit.person_of(member),
        "amount": figure(visit, amount, unit),
        "percent": round(100 * amount / widest),
        "line": line,
        "href": f"{visit.home}/money/{member}?unit={unit}",
    }


def figure(visit: Visit, amount: int, unit: str) -> dict[str, Any]:
    """An amount as the templates show it, with its sign."""
    sign = (amount > 0) - (amount < 0)
    text = money(amount, unit, visit.language)
    return {"text": f"+{text}" if sign > 0 else text, "sign": sign}


def latest(visit: Visit, unit: str) -> list[dict[str, Any]]:
    """The newest entries of this unit that still stand or were taken back; corrections show at what they correct."""
    moves = ((entry, move) for entry, move in reversed(visit.circle.accounts.moves.items()))
    chosen = islice(((entry, move) for entry, move in moves if move.unit == unit and not move.of), LATEST)
    return [line_of(visit, entry, move) for entry, move in chosen]


def line_of(visit: Visit, entry: str, move: Move) -> dict[str, Any]:
    told = visit.here.entry(entry)
    by = visit.person_of(move.payer)
    if move.to:
        line = visit.gettext("%(payer)s gave it to %(to)s", payer=by["name"], to=visit.person_of(move.to)["name"])
    else:
        sharers = [member for member in visit.circle.roots.members if member in (move.shares or ())]
        line = visit.gettext("%(payer)s paid for %(who)s", payer=by["name"], who=visit.names_of(sharers))
    when = told.kept.get("day") if told else None
    return {
        "key": entry,
        "what": what(visit, entry, move),
        "by": by,
        "line": f"{line} · {day(when, visit.language, visit.today())}" if when else line,
        "text": money(move.amount, move.unit, visit.language),
        "href": f"{visit.home}/log/{entry}",
        "corrected": visit.gettext("taken back") if move.corrected else None,
        "correctable": is_correctable(visit, move),
    }


def is_correctable(visit: Visit, move: Move) -> bool:
    return not move.corrected and not move.of and move.module == "accounts" and visit.may(Corrected)


def what(visit: Visit, entry: str, move: Move) -> str:
    words = visit.here.words(entry)
    said = shown(str(words.get("what") or words.get("note") or ""))
    if said:
        return said
    if move.of:
        return visit.gettext("Taken back: %(what)s", what=what(visit, move.of, visit.circle.accounts.moves[move.of]))
    if move.to:
        return visit.gettext("A payment")
    return visit.gettext("Groceries") if move.module == "groceries" else visit.gettext("A shared cost")


@post("/c/{circle:str}/money")
async def paid(visit: Visit, unit: str = "") -> Response[Any]:
    """Something was paid, for one or for several."""
    unit = known_unit(visit, unit)
    filled: dict[str, Any] = await visit.form()
    filled["for"] = await visit.all_of("for")
    errors: dict[str, str] = {}
    event = shared(visit, filled, unit, errors)
    if event is None:
        return show(visit, unit, Form(filled, errors), 422)
    try:
        visit.act(event, act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, unit, Form(filled, {"": visit.reason(refusal)}), 409)
    return visit.go(f"{visit.home}/money?unit={unit}", visit.gettext("Written down."))


def shared(visit: Visit, filled: dict[str, Any], unit: str, errors: dict[str, str]) -> Shared | None:
    """What the form says; None with what is wrong in `errors`, by field."""
    members = visit.circle.roots.members
    total, when = minor(filled.get("total", ""), unit, visit.language), day_in(filled.get("day", ""))
    said = " ".join(filled.get("what", "").split())
    sharers = [member for member in filled["for"] if member in members]
    sharers = sharers or ([visit.member] if len(visit.everybody()) == 1 else [])
    payer = filled.get("payer") or visit.member
    if not total:
        errors["total"] = visit.gettext("An amount looks like 12.50.")
    if not said or len(said) > LONGEST:
        errors["what"] = visit.gettext("A few words say what it was.")
    if not sharers:
        errors["for"] = visit.gettext("It was for somebody: choose at least one person.")
    if payer not in members:
        errors["payer"] = visit.gettext("Choose one.")
    if filled.get("day", "").strip() and when is None:
        errors["day"] = visit.gettext("A day looks like 2026-12-31.")
    if errors or not total:
        return None
    return Shared(unit=unit, amount=total, payer=payer, shares=dict.fromkeys(sharers, 1), day=when, what=said)


@post("/c/{circle:str}/money/settle")
async def settled(visit: Visit, unit: str = "") -> Response[Any]:
    """One of the few payments that settle everything has been made. Two people may say so: it is written down once."""
    filled = await visit.form()
    unit = known_unit(visit, unit)
    payer, to, amount = filled.get("from", ""), filled.get("to", ""), filled.get("minor", "")
    back = f"{visit.home}/money?unit={unit}"
    if visit.is_done(filled.get("act", "")):
        return visit.go(back)
    due = settlement(balances(visit.circle, unit))
    one = next((one for one in due if (one.payer, one.to, str(one.amount)) == (payer, to, amount)), None)
    if one is None:
        sentence = visit.gettext("This payment is not due any more: look again at who pays whom.")
        return show(visit, unit, Form({}, {"": sentence}), 409)
    event = Transferred(unit=unit, amount=one.amount, payer=one.payer, to=one.to, day=visit.today())
    try:
        visit.act(event, act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, unit, Form({}, {"": visit.reason(refusal)}), 409)
    return visit.go(back, visit.gettext("Settled."))


@get("/c/{circle:str}/money/{member:str}")
async def statement_page(visit: Visit, member: str, unit: str = "", before: str = "") -> Response[Any]:
    """One person's account, newest first."""
    if member not in visit.circle.roots.members:
        return visit.go(f"{visit.home}/money")
    return show_statement(visit, member, known_unit(visit, unit), before)


def show_statement(
    visit: Visit, member: str, unit: str, before: str = "", form: Form | None = None, status: int = 200
) -> Response[Any]:
    """The lines before that number, or the newest."""
    known = units(visit.circle)
    lines = statement(visit.circle, unit, member)
    end = int(before) if before.isdecimal() and len(before) < 9 and 0 < int(before) < len(lines) else len(lines)
    start = max(end - PAGE, 0)
    after = lines[-1].after if lines else 0
    person = visit.person_of(member)
    here = f"{visit.home}/money/{member}"
    return visit.render(
        "accounts/statement.html",
        visit.gettext("%(name)s’s account", name=person["name"]),
        "money",
        status,
        form=form or Form(),
        person=person,
        amount=figure(visit, after, unit),
        line=balance(visit, member, after, unit, 1)["line"],
        units=unit_links(known, unit, here) if len(known) > 1 else [],
        rows=[statement_row(visit, line, unit) for line in reversed(lines[start:end])],
        ways={"correct": f"{here}/correct?unit={unit}"},
        older=f"{here}?unit={unit}&before={start}" if start else None,
    )


def statement_row(visit: Visit, line: Any, unit: str) -> dict[str, Any]:
    move = visit.circle.accounts.moves[line.entry]
    told = visit.here.entry(line.entry)
    when = (told.kept.get("day") if told else None) or visit.day_of(told.time if told else 0)
    return {
        "key": line.entry,
        "day": day(when, visit.language),
        "what": what(visit, line.entry, move),
        "href": f"{visit.home}/log/{line.entry}",
        "amount": figure(visit, line.amount, unit),
        "after": money(line.after, unit, visit.language),
        "corrected": visit.gettext("taken back") if line.corrected else None,
        "correctable": is_correctable(visit, move),
    }


@post("/c/{circle:str}/money/{member:str}/correct")
async def corrected(visit: Visit, member: str, unit: str = "", back: str = "") -> Response[Any]:
    """Takes an entry back; it stays in the log, with what took it back. Then on to the page where that was done."""
    filled = await visit.form()
    unit = known_unit(visit, unit)
    try:
        visit.act(Corrected(entry=filled.get("correct", "")), act=filled.get("act", ""))
    except Refused as refusal:
        if member not in visit.circle.roots.members:
            raise
        form = Form({}, {"": visit.reason(refusal)})
        return show(visit, unit, form, 409) if back else show_statement(visit, member, unit, form=form, status=409)
    page = "money" if back else f"money/{member}"
    return visit.go(f"{visit.home}/{page}?unit={unit}", visit.gettext("Taken back. Both lines stay in the log."))


handlers = [money_page, paid, settled, statement_page, corrected]
