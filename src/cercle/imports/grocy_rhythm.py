"""How often a chore of Grocy's comes round, as ours say it.

What the columns mean is said by the views that a database of Grocy's has itself, above all `chores_current`. Grocy
counts from the day on which a chore was last done; where ours count from a start, that is the day that Grocy has next.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import msgspec

from cercle.imports.grocy_file import Row, day_in, number_in

MOST_INTERVALS, MOST_OF_DAYS = 999, 99  # of a rhythm of ours as such, and of one that names its days
WEEKDAYS = {
    "monday": "MO",
    "tuesday": "TU",
    "wednesday": "WE",
    "thursday": "TH",
    "friday": "FR",
    "saturday": "SA",
    "sunday": "SU",
}


class Plan(msgspec.Struct, frozen=True):
    """How Grocy says that a chore comes round. `weekdays` count from Monday, 0; `gap` is the usual one, between the
    executions that stand."""

    kind: str
    count: int
    weekdays: list[int]
    day: int
    start: str
    gap: timedelta


class Rhythm(msgspec.Struct, frozen=True):
    """How ours says it; `exact` where it is the same."""

    rule: str | None
    follows: bool
    exact: bool


def day_of(row: Row) -> str | None:
    return day_in(row["tracked_time"]) or day_in(row.get("row_created_timestamp"))


def plan_of(row: Row, standing: list[Row]) -> Plan:
    moments = [moment for one in standing if (moment := moment_in(one))]
    gap = (moments[-1] - moments[0]) / (len(moments) - 1) if len(moments) > 1 else timedelta()
    config, first = str(row.get("period_config") or ""), day_of(standing[0]) if standing else None
    kind, count = str(row["period_type"]), whole(row.get("period_interval"))
    if kind == "dynamic-regular":  # so Grocy 3 called it
        kind, count = "daily", whole(row.get("period_days"))
    return Plan(
        kind,
        min(max(count, 1), (MOST_INTERVALS + 1) * (24 if kind == "hourly" else 1)),
        [number for number, day in enumerate(WEEKDAYS) if day in config],
        min(max(whole(row.get("period_days")), 1), 31),
        day_in(row.get("start_date")) or first or day_in(row.get("row_created_timestamp")) or "",
        gap,
    )


def whole(value: Any) -> int:
    return int(number_in(value) or 0)


def moment_in(row: Row) -> datetime | None:
    day, text = day_of(row), str(row["tracked_time"])[:19]
    try:
        return datetime.fromisoformat(text if day == text[:10] else day or "").replace(tzinfo=None)
    except ValueError:
        return datetime.fromisoformat(day) if day else None


def rhythm_of(plan: Plan) -> Rhythm:
    """The nearest that ours can say."""
    count, nothing = plan.count, Rhythm(None, follows=False, exact=plan.kind in ("manually", "weekly"))
    if not plan.start:
        return nothing
    if plan.kind == "hourly":
        return days_after(Fraction(count, 24))
    if plan.kind == "daily":
        return days_after(Fraction(count))
    if plan.kind == "adaptive" and plan.gap:
        return msgspec.structs.replace(days_after(Fraction(plan.gap / timedelta(days=1))), exact=False)
    if plan.kind == "weekly" and plan.weekdays:
        codes = list(WEEKDAYS.values())
        by = f";BYDAY={','.join(codes[day] for day in plan.weekdays)}"
        exact = count == 1 or (len(plan.weekdays) == 1 and count <= MOST_OF_DAYS)
        return Rhythm(rule("WEEKLY", min(count, MOST_OF_DAYS)) + by, follows=count == 1, exact=exact)
    if plan.kind == "monthly":
        by = f";BYMONTHDAY={min(plan.day, 28) if plan.day < 30 else -1}"
        exact = plan.day <= 28 and count <= MOST_OF_DAYS
        return Rhythm(rule("MONTHLY", min(count, MOST_OF_DAYS)) + by, follows=False, exact=exact)
    if plan.kind == "yearly":
        exact = not plan.start.endswith("-02-29") and count <= MOST_INTERVALS
        return Rhythm(rule("YEARLY", min(count, MOST_INTERVALS)), follows=False, exact=exact)
    return nothing


def days_after(days: Fraction) -> Rhythm:
    count = min(max(round(days), 1), MOST_INTERVALS)
    return Rhythm(rule("DAILY", count), follows=True, exact=count == days)


def rule(frequency: str, interval: int) -> str:
    return f"FREQ={frequency}" + (f";INTERVAL={interval}" if interval > 1 else "")


def next_in_grocy(plan: Plan, standing: list[Row]) -> str:
    """The day on which Grocy has a chore next, by what stands; "" where it has none."""
    last = moment_in(standing[-1]) if standing else None
    if last is None or plan.kind not in NEXT:
        return plan.start if plan.kind in NEXT else ""
    found = NEXT[plan.kind](plan, last)
    return found.isoformat()[:10] if found else ""


def next_of_week(plan: Plan, last: datetime) -> date | None:
    first = last.date() + timedelta(days=1 + 7 * (plan.count - 1))
    week = (first + timedelta(days=number) for number in range(7))
    return next((day for day in week if day.weekday() in plan.weekdays), None)


def next_of_month(plan: Plan, last: datetime) -> date:
    months = last.year * 12 + last.month - 1 + plan.count
    return date(months // 12, months % 12 + 1, 1) + timedelta(days=plan.day - 1)


def next_of_year(plan: Plan, last: datetime) -> date | None:
    if not plan.start:
        return None
    start = date.fromisoformat(plan.start)
    return date(last.year + plan.count, start.month, 1) + timedelta(days=start.day - 1)


NEXT: dict[str, Callable[[Plan, datetime], date | None]] = {
    "hourly": lambda plan, last: last + timedelta(hours=plan.count),
    "daily": lambda plan, last: last + timedelta(days=plan.count),
    "adaptive": lambda plan, last: last + plan.gap if plan.gap else None,
    "weekly": next_of_week,
    "monthly": next_of_month,
    "yearly": next_of_year,
}
