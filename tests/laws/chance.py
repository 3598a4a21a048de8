"""Events by chance: any event that the modules declare, made from its types, with ids that mostly name something."""

import re
from collections.abc import Callable, Iterable
from random import Random
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from cercle.core.event import CIRCLE, Event
from cercle.core.fold import Circle
from cercle.modules.charter.settings import SETTINGS, TEMPLATES, value_in

WORDS = ("", "Lait", "Œufs 🥚", "du pain\nbien cuit", "Café « serré »", "x" * 60)
CODES = ("other", "other", "dairy", "x")
DAYS = ("2026-03-01", "2026-03-02", "2026-03-10", "2026-03-10", "2026-02-30", "1999-12-31")
UNITS = ("eur", "eur", "eur", "usd", "merit")
MEASURES = ("piece", "piece", "piece", "piece", "kg", "eur", "parsec")
SAMPLES = (
    "eur", "chf", "3017620422003", "AB-12.x", "adult", "child", "guest", "household", "village", "adult\n", "1.2./3./",
    "light", "friends", "19:30", "08:00", "Europe/Paris",
)  # fmt: skip
ADOPTED = "circle.adopted"
SELDOM = ("charter.changed", "roles.recalled")  # what only the circle does
METHODS = ("light", "light", "lazy", "majority", "majority", "two_thirds", "consent", "election")
CHOOSING = ("approval", "score", "ranked", "lot", "times")
RHYTHMS = (
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY;BYDAY=MO,TH",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=MONTHLY;BYDAY=1SU",
    "FREQ=YEARLY",
)

# What an id names, by the name of its field, or of its module and field; an id that is not here names an entry.
NAMED: dict[str, Callable[[Circle], Iterable[str]]] = {
    **dict.fromkeys(
        ("member", "members", "payer", "to", "author", "shares", "who", "whom", "turn"),
        lambda circle: circle.roots.members,
    ),
    "invitation": lambda circle: [name for name, one in circle.people.invitations.items() if one.left],
    "absence": lambda circle: [one for profile in circle.people.profiles.values() for one in profile.away],
    "product": lambda circle: circle.groceries.products,
    "item": lambda circle: [*circle.groceries.items, *circle.groceries.done],
    "lot": lambda circle: [lot.id for product in circle.groceries.products.values() for lot in product.lots],
    "place": lambda circle: circle.groceries.places,
    "shop": lambda circle: circle.groceries.shops,
    "chore": lambda circle: circle.tasks.chores,
    "tasks.entry": lambda circle: circle.tasks.doings,
    "claim": lambda circle: circle.merit.waiting or circle.merit.earnings,
    "wish": lambda circle: [name for name, one in circle.merit.wishes.items() if not one.ended],
    "pool": lambda circle: [name for name, one in circle.pools.pools.items() if not one.closed],
    "ask": lambda circle: circle.pools.asks,
    "groceries.entry": lambda circle: [*circle.groceries.purchases, *circle.groceries.moves],
    "pools.entry": lambda circle: circle.pools.moves,
    "agreement": lambda circle: circle.week.agreements,
    "meeting": lambda circle: [name for name, one in circle.meetings.meetings.items() if not one.over],
    "meetings.item": lambda circle: [name for name, one in circle.meetings.items.items() if not one.done],
    "note": lambda circle: circle.meetings.lines,
    "role": lambda circle: [name for name, one in circle.roles.roles.items() if not one.ended],
    "motion": lambda circle: circle.decisions.open or circle.decisions.motions,
    "thing": lambda circle: [*circle.groceries.aisles, *circle.groceries.units, *circle.groceries.places],
}


class Chance:
    """Values for the fields of events, as seen from one circle. `entries` are short ids of what was written."""

    def __init__(self, random: Random, circle: Circle, entries: list[str]) -> None:
        self.random = random
        self.circle = circle
        self.entries = entries

    def fields(self, event: Event) -> tuple[dict[str, Any], dict[str, Any]]:
        """(kept, words) of one event of this type; fields with a default are left out now and then."""
        return self._split(event.name.partition(".")[0], event.type, event.words)

    def _split(self, module: str, struct: type, words: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
        hints = get_type_hints(struct, include_extras=True)
        kept: dict[str, Any] = {}
        said: dict[str, Any] = {}
        for field in msgspec.structs.fields(struct):
            if field.required or self.random.random() < 0.6:
                value = self.value(module, field.name, hints[field.name])
                if field.name in words:
                    said[field.name] = value
                elif value is not None or self.random.random() < 0.1:
                    kept[field.name] = value
        if module == "tasks" and "turn" in kept:
            kept["turn"] = self._turn(kept)
        if module == "decisions" and "motion" in kept:
            self._of_motion(kept)
        if module == "meetings" and "meeting" in kept and "day" in kept and "at" not in kept:
            self._of_meeting(kept)
        return kept, said

    def _of_meeting(self, kept: dict[str, Any]) -> None:
        """Mostly a time that it has had."""
        meetings = self.circle.states.get("meetings")
        meeting = meetings.meetings.get(kept["meeting"]) if meetings else None
        if meeting is not None and meeting.occasions and self.random.random() < 0.8:
            kept["day"] = self.random.choice(list(meeting.occasions))

    def _of_motion(self, kept: dict[str, Any]) -> None:
        """Mostly what belongs to that proposal, and may be said in its round."""
        decisions, random = self.circle.states.get("decisions"), self.random
        motion = decisions.motions.get(kept["motion"]) if decisions else None
        if "does" in kept:
            decided = [
                event
                for event in self.circle.loaded.events.values()
                if CIRCLE in event.may and event.name != ADOPTED  # by which all would need another program
            ]
            event = random.choice(decided + [one for one in decided if one.name in SELDOM] * 5)
            kept["does"], kept["fields"] = event.name, self.fields(event)[0]
            if event.name == "charter.changed" and random.random() < 0.9:
                setting = random.choice(list(SETTINGS))
                wanted = value_in(random.choice(TEMPLATES), setting)
                kept["fields"] = {"setting": setting, "number" if isinstance(wanted, int) else "choice": wanted}
        if motion is None or random.random() < 0.05:
            return
        if "method" in kept:
            kept["options"] = random.sample(list(motion.options), random.randint(0, len(motion.options)))
            kept["method"] = random.choice(CHOOSING if len(kept["options"]) > 1 else METHODS)
            kept["clauses"] = [name for name, one in motion.clauses.items() if one.option in ("", *kept["options"])]
            kept["days"] = random.randrange(5)
        now = motion.round
        if "round" in kept and now is not None:
            kept["round"] = now.id
            said = now.options or [random.choice(("yes", "no", "consent", "object", *now.voters))]
            if "papers" in kept:
                self._counted(kept, now)
            elif "member" not in kept:
                kept["choice"] = {one: 1 for one in said if random.random() < 0.7}

    def _counted(self, kept: dict[str, Any], now: Any) -> None:
        """Papers of some who have not voted by themselves, that add up."""
        left = [name for name in now.voters if name not in now.ballots]
        kept["who"] = left[: self.random.randint(1, 2)] or now.voters[:1]
        kept["papers"] = [[{now.options[0]: 1} if now.options else {}, len(kept["who"])]]

    def _turn(self, kept: dict[str, Any]) -> int:
        """Mostly the one to which that chore has got."""
        tasks = self.circle.states.get("tasks")
        chore = tasks.chores.get(kept["chore"]) if tasks else None
        return chore.turn.number if chore and self.random.random() < 0.9 else int(kept["turn"])

    def value(self, module: str, field: str, hint: Any) -> Any:
        origin, inner = get_origin(hint), get_args(hint)
        if origin is Annotated:
            return self._annotated(module, field, inner[0], inner[1:])
        if origin in (Union, UnionType):
            kinds = [one for one in inner if one is not NoneType]
            return None if self.random.random() < 0.5 else self.value(module, field, self.random.choice(kinds))
        if origin is Literal:
            return self.random.choice(inner)
        if origin is dict:
            keys = {self.value(module, field, inner[0]) for _ in range(self.random.randrange(4))}
            return {key: self.value(module, field, inner[1]) for key in sorted(keys)}
        if origin is list:
            return [self.value(module, field, inner[0]) for _ in range(self.random.randrange(3))]
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            found = self._split(module, hint, ())[0]
            return list(found.values()) if hint.__struct_config__.array_like else found
        return self._plain(module, field, hint, Meta())

    def _annotated(self, module: str, field: str, base: Any, metas: tuple[Any, ...]) -> Any:
        kinds = [meta.extra["kind"] for meta in metas if meta.extra and "kind" in meta.extra]
        if "words" in kinds:
            return self.random.choice(WORDS)
        if "id" in kinds:
            return self._id(module, field)
        if "day" in kinds:
            return self.random.choice(DAYS)
        if get_origin(base) is not None:
            return self.value(module, field, base)
        limits = [meta for meta in metas if isinstance(meta, Meta)]
        narrow = next((meta for meta in limits if meta.pattern), limits[0])
        return self._plain(module, field, base, narrow)

    def _id(self, module: str, field: str) -> str:
        known: list[str] = []
        named = NAMED.get(f"{module}.{field}") or NAMED.get(field)
        if named and module in self.circle.states and self.random.random() < 0.95:
            known = list(named(self.circle))
        return self.random.choice(known or self.entries)

    def _plain(self, module: str, field: str, base: Any, meta: Meta) -> Any:
        if base is bool:
            return self.random.random() < 0.5
        if base is int:
            low, high = meta.ge or 0, 10**6 if meta.le is None else meta.le
            return min(high, self.random.choice((low, low + 1, low + 2, 1000, 1000, 2500, 12_345, high)))
        if field == "device" and self.random.random() < 0.95:
            return bytes.fromhex(self.random.choice(list(self.circle.roots.devices)))
        if base is bytes:
            return self.random.randbytes(meta.min_length or 32)
        if meta.pattern:
            return self.random.choice([sample for sample in SAMPLES + RHYTHMS if re.search(meta.pattern, sample)])
        if field in ("unit", "to"):
            return self.random.choice(MEASURES if module == "groceries" else UNITS)
        if field == "setting":
            return self.random.choice(["quorum", "days", "tie", "method", "spend_alone", "may_invite", "split_at"])
        if field == "powers":
            return self.random.choice(["may_shape", "may_set_chores", "quorum"])
        if field == "choice":
            return self.random.choice(["light", "lazy", "majority", "again", "adults", "decision"])
        if field == "part":
            return self.random.choice([part.code for one in self.circle.loaded for part in one.parts])
        if field in ("module", "modules"):
            return self.random.choice([one.name for one in self.circle.loaded])
        return self.random.choice(CODES)
