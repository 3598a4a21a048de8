"""The days of a rhythm, by the recurrence rules of RFC 5545. No rule of the log asks for them: an entry says for which
day it is."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from dateutil.rrule import rrulestr


@lru_cache(maxsize=4096)
def next_day(rhythm: str, start: str, after: str) -> str:
    """The first day (YYYY-MM-DD) of a rhythm that begins on `start`, later than `after` ("": from the start on); ""
    where there is none any more. Days alone: no clock and no zone changes them."""
    first, is_begun = datetime.fromisoformat(start), after >= start
    if is_begun:
        first = _nearer(rhythm, first, date.fromisoformat(after))
    found = rrulestr(rhythm, dtstart=first).after(datetime.fromisoformat(after) if is_begun else first, not is_begun)
    return found.date().isoformat() if found else ""


def _nearer(rhythm: str, first: datetime, after: date) -> datetime:
    """A start that gives the same days after `after`, so that a rhythm of many years is not counted from its
    beginning: by whole intervals of days or weeks."""
    parts = dict(part.split("=") for part in rhythm.split(";"))
    span = {"DAILY": 1, "WEEKLY": 7}.get(parts["FREQ"], 0) * int(parts.get("INTERVAL", 1))
    return first + timedelta(days=(after - first.date()).days // span * span) if span else first
