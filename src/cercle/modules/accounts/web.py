"""Who paid what, who owes whom, and every line behind a figure."""

from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

from litestar import Response, get, post

from cercle.core.event import Refused
from cercle.modules.accounts.events import Corrected, Shared, Transferred
from cercle.modules.accounts.read import balances, settlement, statement, units
from cercle.modules.accounts.rules import Move
from cercle.page.visit import Form, Visit
from cercle.sentences import day, digits, money, symbol

LATEST = 20
PAGE = 50


@get("/c/{circle:str}/money")
async def money_page(visit: Visit, unit: str = "", before: str = "") -> Response[Any]:
    return show(visit, unit, Form())


def show(visit: Visit, unit: str, form: Form, status: int = 200) -> Response[Any]:
    circle = visit.circle
    known = units(circle)
    unit = unit if unit in known else known[0]
    positions = balances(circle, unit)
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
        ways={"settle": f"{here}/settle?unit={unit}", "add": f"{here}?unit={unit}"},
        form=form,
        day=visit.today(),
        payers=[{"value": one["key"], "label": one["name"]} for one in people],
        people=people,
        payer=form.filled.get("payer", visit.member),
        chosen=form.filled.get("for", [one["key"] for one in people]),
        unit=symbol(unit, visit.language),
        latest=latest(visit, unit),
        all=f"{visit.home}/log?module=accounts",
        offer=visit.offer(),
    )


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
        line = visit.gettext(
            "%(payer)s paid for %(who)s", payer=by["name"], who=visit.names_of(list(move.shares or ()))
        )
    when = told.kept.get("day") if told else None
    return {
        "key": entry,
        "what": what(visit, entry, move),
        "by": by,
        "line": f"{line} · {day(when, visit.language)}" if when else line,
        "text": money(move.amount, move.unit, visit.language),
        "href": f"{visit.home}/log/{entry}",
        "corrected": visit.gettext("taken back") if move.corrected else None,
    }


def what(visit: Visit, entry: str, move: Move) -> str:
    words = visit.here.words(entry)
    said = str(words.get("what") or words.get("note") or "")
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
    known = units(visit.circle)
    unit = unit if unit in known else known[0]
    filled: dict[str, Any] = await visit.form()
    filled["for"] = await visit.all_of("for")
    errors = {}
    total = minor(filled.get("total", ""), unit)
    if total is None:
        errors["total"] = visit.gettext("An amount looks like 12.50.")
    if not filled.get("what", "").strip():
        errors["what"] = visit.gettext("A few words say what it was.")
    shares = filled["for"] or ([visit.member] if len(visit.everybody()) == 1 else [])
    if not shares:
        errors["for"] = visit.gettext("It was for somebody: choose at least one person.")
    if errors or total is None:
        return show(visit, unit, Form(filled, errors), 422)
    event = Shared(
        unit=unit,
        amount=total,
        payer=filled.get("payer", visit.member),
        shares={member: 1 for member in shares},
        day=filled.get("day") or None,
        what=filled["what"].strip()[:120],
    )
    try:
        visit.act(event, act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, unit, Form(filled, {"": visit.reason(refusal)}), 409)
    return visit.go(f"{visit.home}/money?unit={unit}", visit.gettext("Written down."))


def minor(text: str, unit: str) -> int | None:
    """Minor units of an amount as typed, with comma or point, spaces and a currency sign; None for anything else."""
    plain = "".join(sign for sign in text if not sign.isspace() and sign not in "€$£\u00a0\u202f").replace(",", ".")
    try:
        amount = Decimal(plain) * 10 ** digits(unit)
    except InvalidOperation:
        return None
    if not amount.is_finite() or amount <= 0 or amount > 10**12 or amount != amount.to_integral_value():
        return None
    return int(amount)


@post("/c/{circle:str}/money/settle")
async def settled(visit: Visit, unit: str = "") -> Response[Any]:
    """One of the few payments that settle everything has been made."""
    filled = await visit.form()
    amount = filled.get("minor", "")
    event = Transferred(
        unit=unit or visit.circle.roots.unit,
        amount=int(amount) if amount.isdecimal() and len(amount) < 14 else 0,
        payer=filled.get("from", ""),
        to=filled.get("to", ""),
        day=visit.today(),
    )
    try:
        visit.act(event, act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, unit, Form({}, {"": visit.reason(refusal)}), 409)
    return visit.go(f"{visit.home}/money?unit={event.unit}", visit.gettext("Settled."))


@get("/c/{circle:str}/money/{member:str}")
async def statement_page(visit: Visit, member: str, unit: str = "", before: int = 0) -> Response[Any]:
    """One person's account, newest first."""
    known = units(visit.circle)
    unit = unit if unit in known else known[0]
    if member not in visit.circle.roots.members:
        return visit.go(f"{visit.home}/money")
    lines = statement(visit.circle, unit, member)
    end = before if 0 < before < len(lines) else len(lines)
    start = max(end - PAGE, 0)
    after = lines[-1].after if lines else 0
    person = visit.person_of(member)
    here = f"{visit.home}/money/{member}"
    return visit.render(
        "accounts/statement.html",
        visit.gettext("%(name)s’s account", name=person["name"]),
        "money",
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
    correctable = not line.corrected and not line.of and move.module == "accounts" and visit.may(Corrected)
    return {
        "key": line.entry,
        "day": day(when, visit.language),
        "what": what(visit, line.entry, move),
        "href": f"{visit.home}/log/{line.entry}",
        "amount": figure(visit, line.amount, unit),
        "after": money(line.after, unit, visit.language),
        "corrected": visit.gettext("taken back") if line.corrected else None,
        "correctable": correctable,
    }


@post("/c/{circle:str}/money/{member:str}/correct")
async def corrected(visit: Visit, member: str, unit: str = "") -> Response[Any]:
    """Takes an entry back; it stays in the log, with what took it back."""
    filled = await visit.form()
    back = f"{visit.home}/money/{member}?unit={unit or visit.circle.roots.unit}"
    visit.act(Corrected(entry=filled.get("correct", "")), act=filled.get("act", ""))
    return visit.go(back, visit.gettext("Taken back. Both lines stay in the log."))


handlers = [money_page, paid, settled, statement_page, corrected]
