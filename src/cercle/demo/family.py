"""Five people on a node of their own, and the clock of their year."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

import msgspec

from cercle import beginnings
from cercle.core.entry import short
from cercle.core.fold import Circle
from cercle.demo.things import NAMES
from cercle.modules import load
from cercle.modules.circle.events import TurnedOn
from cercle.modules.people.events import Described
from cercle.store.live import now
from cercle.store.node import Node

PARTS = ("today", "tasks", "week", "money", "purse", "merit", "stock", "prices", "waste")
COLOURS = {"amina": 0, "bruno": 7, "chloe": 2, "dov": 9, "grandmother": 5}
SECOND = 1000


class Family:
    """Amina and Bruno are adults, Chloé is their child, Dov rents the room upstairs, the grandmother has no device.
    `members` are their ids in the circle, `people` their numbers on the node; `day` is the day of their year."""

    def __init__(self, data: Path, language: str, seed: int, first: date) -> None:
        self.language = language
        self.random = Random(seed)
        self.day = first
        self.time = 0
        self.at(7)
        self.node = Node(data, load(), self.clock)
        self.people = {"amina": self.node.new_person(language)}
        name, colour = self.said(NAMES["circle"]), COLOURS["amina"]
        self.live, founder = beginnings.start(self.node, self.people["amina"], name, "Amina", colour=colour)
        self.members = {"amina": founder}
        for part in PARTS:
            self.does("amina", TurnedOn(part=part))
        self.welcome("bruno", "Bruno", "adult")
        self.welcome("chloe", "Chloé", "child")
        grandmother = self.said(NAMES["grandmother"])
        self.members["grandmother"] = beginnings.add(self.node, self.live, founder, grandmother)
        described = Described(member=self.members["grandmother"], colour=COLOURS["grandmother"], name=grandmother)
        self.does("amina", described)

    @property
    def circle(self) -> Circle:
        return self.live.circle

    def clock(self) -> int:
        """It is never ahead of the node's."""
        return min(self.time, now())

    def at(self, hour: int, minute: int = 0) -> None:
        """Later that day, by this machine's zone: not before this hour."""
        there = datetime.combine(self.day, time(hour, minute)).astimezone()
        self.time = max(self.time, int(there.timestamp() * SECOND))

    def on(self, ahead: int = 0) -> str:
        """So many days from that day, YYYY-MM-DD."""
        return (self.day + timedelta(days=ahead)).isoformat()

    def said(self, words: tuple[str, str]) -> str:
        """Of French and English, what this family speaks."""
        return words[self.language != "fr"]

    def welcome(self, who: str, name: str, kind: str) -> None:
        """Somebody comes in with a phone of theirs."""
        self.people[who] = self.node.new_person(self.language)
        invitation, secret = beginnings.invite(self.node, self.live, self.members["amina"], kind)
        self.members[who] = beginnings.join(
            self.node, self.live, self.people[who], invitation, secret, name, COLOURS[who]
        )

    def does(self, who: str, event: msgspec.Struct) -> str:
        """What somebody does after a moment; gives the short id of its entry."""
        self.time += self.random.randint(20, 200) * SECOND
        return short(self.node.act(self.live, self.members[who], event)[0].id)

    def one_of(self, *names: str) -> str:
        """One of these who has come in and is not away that day."""
        return self.random.choice([name for name in names if self.is_here(name)] or ["amina"])

    def is_here(self, name: str) -> bool:
        if name not in self.members:
            return False
        away = self.circle.people.profiles[self.members[name]].away.values()
        return not any(absence.since <= self.on() <= absence.until for absence in away)
