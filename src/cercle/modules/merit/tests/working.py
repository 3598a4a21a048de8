"""What people do at that table, and what they have by it."""

from datetime import UTC, date, datetime
from typing import Any

from cercle.modules.merit.events import RateSet
from cercle.modules.merit.read import points
from cercle.modules.tasks.events import Worked
from tests.web.seated import Table


def today() -> date:
    """Asked anew each time: it may be midnight meanwhile."""
    return datetime.now(UTC).astimezone().date()


def works(table: Table, name: str = "Bruno", minutes: int = 60, **more: Any) -> str:
    said = {"kind": "cleaning", "minutes": minutes, "who": [table.members[name]], "what": "Windows"}
    said |= {"day": today().isoformat()}
    return table.does(Worked(**(said | more)), name)


def has(table: Table) -> dict[str, int]:
    found = points(table.circle)
    return {name: found[member] for name, member in table.members.items() if found.get(member)}


def wish(table: Table) -> str:
    return next(reversed(table.circle.merit.wishes))


def rich(table: Table, **some: int) -> None:
    """These people have so many points, by what they did."""
    table.does(RateSet(kind="garden", per_hour=60))
    for name, count in some.items():
        works(table, name, count, kind="garden", what="Hedge")
