"""What pages need of the work of the home."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from msgspec import Struct

from cercle.core.event import monday_of
from cercle.core.fold import Circle
from cercle.modules.tasks.rhythm import next_day
from cercle.modules.tasks.state import Chore, Doing
from cercle.modules.tasks.turns import whose

Minutes = dict[str, dict[str, int]]  # member, kind


class Standing(Struct, frozen=True):
    """Where a chore stands: `words` names it; `due` is the day that it is for ("": now and then); `whose` turn it is,
    whoever comes first where it is empty."""

    id: str
    chore: Chore
    due: str
    whose: list[str]

    def is_late(self, today: str) -> bool:
        return bool(self.due) and self.due < today


def due(chore: Chore) -> str:
    """The day (YYYY-MM-DD) that this turn is for; "" for a chore of now and then, or whose rhythm has ended. What was
    done early was done for its day, and what was missed is not caught up on."""
    turn = chore.turn
    if turn.until or not chore.start:
        return turn.until
    if not chore.rhythm:
        return chore.start
    if chore.follows:
        return next_day(chore.rhythm, turn.day, turn.day) if turn.day else chore.start
    return next_day(chore.rhythm, chore.start, max(turn.day, turn.due))


def standing(circle: Circle, identifier: str, today: str) -> Standing:
    """Raises `KeyError`."""
    chore: Chore = circle.tasks.chores[identifier]
    day = due(chore)
    return Standing(identifier, chore, day, whose(circle, chore, max(day, today)))


def chores(circle: Circle, today: str) -> list[Standing]:
    """Those in use, the first due first, those of now and then last."""
    in_use = (name for name, chore in circle.tasks.chores.items() if not chore.archived)
    return sorted((standing(circle, name, today) for name in in_use), key=lambda one: one.due or "~")


def archived(circle: Circle) -> list[str]:
    return [name for name, chore in circle.tasks.chores.items() if chore.archived]


def latest(circle: Circle, chore: str = "") -> Iterator[tuple[str, Doing]]:
    """What was noted, of one chore or of all, the newest first; what takes something back shows at that."""
    for entry, doing in reversed(circle.tasks.doings.items()):
        if not doing.of and (not chore or doing.chore == chore):
            yield entry, doing


def weeks(circle: Circle, today: str, count: int) -> list[tuple[str, Minutes]]:
    """The minutes of so many weeks up to this one, the newest first: (Monday, member, kind)."""
    last = date.fromisoformat(monday_of(today)).toordinal()
    days = [date.fromordinal(last - 7 * back).isoformat() for back in range(count) if last > 7 * back]
    return [(day, circle.tasks.minutes.get(day, {})) for day in days]


def names(circle: Circle) -> dict[str, str]:
    """Each chore's id, to the entry whose words name it."""
    return {name: chore.words for name, chore in circle.tasks.chores.items()}


def show(circle: Circle) -> dict[str, Any]:
    """The chores by id, and the minutes by week (its Monday), member and kind."""
    return {
        "chores": {
            name: {
                "kind": chore.kind,
                "rhythm": chore.rhythm,
                "start": chore.start,
                "follows": chore.follows,
                "rotation": chore.rotation,
                "members": chore.order,
                "minutes": chore.minutes,
                "turn": chore.turn.number,
                "due": due(chore),
                "archived": chore.archived,
            }
            for name, chore in circle.tasks.chores.items()
        },
        "minutes": circle.tasks.minutes,
    }
