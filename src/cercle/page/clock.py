"""Whose day it is: the time zone that a browser says, and the day on which something was tapped that it sends later."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cercle.core.event import is_day

ZONE = "zone"  # the cookie
TAPPED_ON = "x-cercle-day"
OLDEST = timedelta(days=60)
NAME = re.compile(r"[A-Z][A-Za-z0-9_+-]{0,30}(/[A-Z][A-Za-z0-9_+-]{0,30}){0,2}", re.ASCII)


@lru_cache(64)
def zone_named(name: str) -> ZoneInfo | None:
    """None for what is no zone, and where there are none to look among: then this machine's own holds."""
    try:
        return ZoneInfo(name) if NAME.fullmatch(name) else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def day_here(zone: ZoneInfo | None) -> date:
    """The day by this machine's clock in a zone, or in its own."""
    return datetime.now(UTC).astimezone(zone).date()


def day_tapped(said: str, today: date) -> date:
    """The day that a device says it was when somebody tapped; today where it says none that can be: it lies ahead, or
    too long ago."""
    then = date.fromisoformat(said) if is_day(said) else today
    return then if today - OLDEST <= then <= today else today


def instant(day: str, clock: str, zone: ZoneInfo | None) -> datetime:
    """When clocks in a zone, or this machine's, show HH:MM on that day, in UTC. An hour that a clock skips is the one
    after, one that it shows twice the first of them (PEP 495)."""
    shown = datetime.fromisoformat(f"{day}T{clock}")
    return (shown.replace(tzinfo=zone) if zone else shown.astimezone()).astimezone(UTC)
