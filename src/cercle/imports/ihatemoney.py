"""Bills that were shared with ihatemoney: its bills.json or bills.csv.

A bill has no id there. It is known by all that it says, and by its number among those that say the same; so a file
that has grown, or stands in another order, brings only what is new. The weight of a person stands where they pay, and
is the person's, not the bill's: it counts for all bills, as in ihatemoney.
"""

import csv
import io
import re
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from math import gcd, lcm
from pathlib import Path
from unicodedata import normalize

import msgspec

from cercle.core.event import Refused, is_day
from cercle.imports.bringing import (
    Bringing,
    Source,
    Where,
    act_of,
    bringing,
    digits,
    key_of,
    mark_of,
    tidy,
)
from cercle.imports.report import Report, Why, _
from cercle.modules.accounts.events import Shared, Transferred
from cercle.modules.accounts.rules import FINEST
from cercle.store.node import Node

EXPENSE, REIMBURSEMENT = "Expense", "Reimbursement"
NO_CURRENCY = "XXX"  # as ISO 4217 says it, and ihatemoney
MARK = mark_of("ihatemoney")
MOST_BYTES = 100 * 10**6
MOST_DIGITS = 9  # of an amount before the point, so that minor units stay within what an event may say
FINEST_DIGITS = 20
MOST_PEOPLE = 200
MOST_LETTERS = 2000
HEAVIEST = 1000

_RECORDS = msgspec.json.Decoder(list[dict[str, object]], float_hook=Decimal)  # amounts as they stand, to the digit
_CURRENCY = re.compile(r"[A-Za-z]{3}", re.ASCII)
_FORMULA = re.compile(r"^'(?=[=+\-@\t\n])")  # what ihatemoney puts before a text that a spreadsheet would compute


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """A bill as the file has it. The last three are missing in exports of older releases."""

    what: str
    amount: Decimal
    date: str
    payer_name: str
    owers: list[str]
    payer_weight: Decimal = Decimal(1)
    bill_type: str = EXPENSE
    currency: str | None = None

    @property
    def title(self) -> str:
        return f"{self.what} ({self.date})"


class Bills(msgspec.Struct, frozen=True, kw_only=True):
    """What a file holds that can be brought: (act, bill, its shares by name) in the order of the days."""

    bills: list[tuple[bytes, Bill, dict[str, int]]]
    source: Source


def bring(node: Node, path: Path, where: Where) -> Report:
    """Brings the bills of a file that are not there yet, all of them or none. Raises `Refused`, `NotFound`."""
    report = Report()
    file = read(path, report)
    with bringing(node, file.source, where, report) as into:
        for act, bill, shares in file.bills:
            unit = unit_of(bill) or into.live.circle.roots.unit
            amount = Fraction(bill.amount) * 10 ** digits(unit)
            if amount.denominator != 1:
                report.leave("bills", Why.TOO_FINE, bill.title)
            elif not into.brought("bills", act):
                into.bring("bills", act, event(into, bill, unit, int(amount), shares))
        if not (report.brought.get("bills") or report.already):
            raise Refused(Why.TOO_FINE)
        into.turn_on("money")
        gone = into.there.keys() - file.source.acts
    if gone and report.already:
        report.warn(
            _(
                "%(count)d bills that were brought before are not in this file any more, as where somebody has changed "
                "them since. They stay: take back the old ones by hand."
            ),
            count=len(gone),
        )
    return report


def event(into: Bringing, bill: Bill, unit: str, amount: int, by_name: dict[str, int]) -> Shared | Transferred:
    """A reimbursement to one person is a transfer; ihatemoney shares out one to several as it does an expense."""
    payer, day, what = into.person(bill.payer_name), bill.date, bill.what
    shares = {into.person(ower): weight for ower, weight in by_name.items()}
    if bill.bill_type == REIMBURSEMENT and len(shares) == 1 and payer not in shares:
        return Transferred(unit=unit, amount=amount, payer=payer, to=next(iter(shares)), day=day, what=what)
    return Shared(unit=unit, amount=amount, payer=payer, shares=shares, day=day, what=what)


# --- reading ---------------------------------------------------------------------------------------------------------


def read(path: Path, report: Report) -> Bills:
    """Reads the whole file and checks it. Raises `Refused` where nothing of it can be brought."""
    found: list[Bill] = []
    for number, record in enumerate(records(text_of(path, report)), 1):
        try:
            bill = msgspec.convert(record, Bill, strict=False)
        except msgspec.ValidationError:
            report.leave("bills", Why.NOT_A_BILL, f"{number}")
            continue
        found.append(tidied(bill, report))
    if not found:
        raise Refused(Why.NOT_BILLS if report.left else Why.NO_BILLS)
    return checked(found, path.stem, report)


def text_of(path: Path, report: Report) -> str:
    """The text of a file in UTF-8, or in what old spreadsheets write. Raises `Refused`."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Refused(Why.TOO_LARGE)
        raw = path.read_bytes()
    except OSError as error:
        raise Refused(Why.NO_FILE) from error
    if b"\0" in raw:
        raise Refused(Why.NOT_TEXT)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        report.warn(_("This file is not in UTF-8 and was read as Western European text: look at the accents."))
        return raw.decode("cp1252", "replace")


def records(text: str) -> list[object]:
    """The bills of a file as they stand there. Raises `Refused`."""
    if text.lstrip()[:1] in ("[", "{"):
        try:
            rows = _RECORDS.decode(text)
        except msgspec.ValidationError as error:
            raise Refused(Why.NOT_BILLS) from error
        except (msgspec.DecodeError, RecursionError) as error:
            raise Refused(Why.NOT_JSON) from error
    else:
        rows = table(text)
    if rows and {"ower", "receiver"} <= rows[0].keys():
        raise Refused(Why.SETTLEMENT)
    return list(rows)


def table(text: str) -> list[dict[str, object]]:
    """The rows of bills.csv, also where a spreadsheet has put semicolons. Raises `Refused`."""
    head = text.lstrip().partition("\n")[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    try:
        rows = list(csv.DictReader(io.StringIO(text.lstrip(), newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Refused(Why.NOT_BILLS) from error
    found: list[dict[str, object]] = []
    for row in rows:
        clean = {name: _FORMULA.sub("", value) for name, value in row.items() if value and name}
        if "," in clean.get("payer_name", ""):
            raise Refused(Why.COMMA)
        record: dict[str, object] = dict(clean)
        if "owers" in row:
            record["owers"] = [ower for ower in clean.get("owers", "").split(",") if ower.strip()]
        found.append(record)
    return found


def tidied(bill: Bill, report: Report) -> Bill:
    what = normalize("NFC", bill.what.strip())
    if len(what) > MOST_LETTERS:
        report.warn(_("A text of over 2000 letters was cut: %(start)s…"), start=what[:40])
    owers = list(dict.fromkeys(map(tidy, bill.owers)))
    return msgspec.structs.replace(bill, what=what[:MOST_LETTERS], payer_name=tidy(bill.payer_name), owers=owers)


# --- checking --------------------------------------------------------------------------------------------------------


def checked(found: list[Bill], name: str, report: Report) -> Bills:
    """What of these bills can be brought, in the order of the days; within one the last of the file comes first,
    as ihatemoney lists what is new on top. Raises `Refused` where nothing is left."""
    sound = []
    found.reverse()
    for bill in sorted(found, key=lambda bill: bill.date):
        why = fault(bill)
        if why is None:
            sound.append(bill)
        else:
            report.leave("bills", why, bill.title)
    weights = weights_of(sound, report)
    bills, seen = [], Counter[str]()
    for bill in sound:
        shares = shares_of(bill, weights)
        if shares:
            content = content_of(bill)
            bills.append((act_of(MARK, content, seen[content]), bill, shares))
            seen[content] += 1
        else:
            report.leave("bills", Why.WEIGHTS, bill.title)
    if not bills:
        raise Refused(report.left[0].why)
    units = Counter(unit for _, bill, _ in bills if (unit := unit_of(bill)))
    source = Source(
        mark=MARK,
        acts=frozenset(act for act, _, _ in bills),
        people=people_of([bill for _, bill, _ in bills], weights, report),
        unit=units.most_common(1)[0][0] if units else "eur",
        name=tidy(name.removesuffix("-bills")) or "ihatemoney",
    )
    return Bills(bills=bills, source=source)


def fault(bill: Bill) -> Why | None:
    """Why this bill cannot be brought, or None."""
    amount, why = bill.amount, None
    if bill.bill_type not in (EXPENSE, REIMBURSEMENT):
        why = Why.BILL_TYPE
    elif not is_day(bill.date):
        why = Why.NO_DAY
    elif not bill.owers:
        why = Why.NOBODY
    elif not bill.payer_name or not all(bill.owers):
        why = Why.NO_NAME
    elif not _CURRENCY.fullmatch(bill.currency or NO_CURRENCY):
        why = Why.CURRENCY
    elif not amount.is_finite() or amount.adjusted() >= MOST_DIGITS:
        why = Why.TOO_MUCH
    elif amount == 0:
        why = Why.NOTHING
    elif amount < 0:
        why = Why.NEGATIVE
    elif amount.adjusted() < -FINEST_DIGITS:
        why = Why.TOO_FINE
    return why


def unit_of(bill: Bill) -> str:
    """The currency as the accounts write it; "" for no currency, which is the circle's."""
    code = (bill.currency or NO_CURRENCY).upper()
    return "" if code == NO_CURRENCY else code.lower()


def content_of(bill: Bill) -> str:
    """All that a bill says, in one spelling; the payer's weight is not the bill's."""
    amount = str(Fraction(bill.amount))
    said = [bill.date, bill.what, bill.bill_type, amount, unit_of(bill), bill.payer_name, *sorted(bill.owers)]
    return "\0".join(said)


def weights_of(bills: list[Bill], report: Report) -> dict[str, Fraction]:
    """What each person counts: as where they paid last, and once where they never pay."""
    weights: dict[str, Fraction] = {}
    changed: dict[str, Bill] = {}
    for bill in bills:
        payer, weight = key_of(bill.payer_name), bill.payer_weight
        if not (weight.is_finite() and 0 < weight <= HEAVIEST and weight.adjusted() >= -FINEST_DIGITS):
            report.warn(
                _("%(name)s counts %(weight)s times in a bill, which cannot be: that was passed over."),
                name=bill.payer_name,
                weight=str(weight),
            )
            continue
        exact = Fraction(weight)
        if weights.get(payer, exact) != exact:
            changed[payer] = bill
        weights[payer] = exact
    for bill in changed.values():
        report.warn(
            _("%(name)s does not count the same in all bills: %(weight)s times, as in the latest, was taken for all."),
            name=bill.payer_name,
            weight=f"{bill.payer_weight.normalize():f}",
        )
    return weights


def shares_of(bill: Bill, weights: dict[str, Fraction]) -> dict[str, int]:
    """Who bears the bill, by whole weights in the exact proportions; {} where the accounts cannot hold that."""
    exact: dict[str, Fraction] = {}
    names: dict[str, str] = {}
    for ower in bill.owers:
        person = names.setdefault(key_of(ower), ower)
        exact[person] = exact.get(person, Fraction(0)) + weights.get(key_of(ower), 1)
    scale = Fraction(lcm(*(weight.denominator for weight in exact.values())))
    scale /= gcd(*(int(weight * scale) for weight in exact.values()))
    shares = {person: int(weight * scale) for person, weight in exact.items()}
    return shares if sum(shares.values()) <= FINEST and len(shares) <= MOST_PEOPLE else {}


def people_of(bills: list[Bill], weights: dict[str, Fraction], report: Report) -> list[str]:
    """Everybody's name: who pays first, in the order of the days. Says what the names leave open."""
    payers = dict.fromkeys(bill.payer_name for bill in bills)
    people = list(payers | dict.fromkeys(ower for bill in bills for ower in bill.owers))
    spellings: dict[str, list[str]] = {}
    for name in people:
        spellings.setdefault(key_of(name), []).append(name)
    for several in spellings.values():
        if len(several) > 1:
            report.warn(_("These names were taken for one person: %(names)s."), names=", ".join(several))
    unknown = [name for name in people if key_of(name) not in weights]
    if unknown and any(weight != 1 for weight in weights.values()):
        report.warn(
            _(
                "These people never pay in this file, which therefore does not say for how many they count. They "
                "count once: %(names)s."
            ),
            names=", ".join(unknown),
        )
    return people
