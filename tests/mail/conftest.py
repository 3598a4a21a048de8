"""Amina, Bruno and Dov (a guest) at home in Paris, on a machine whose clock a test sets."""

import asyncio
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from cercle import beginnings
from cercle.core.entry import short
from cercle.mail.due import Due, due
from cercle.mail.post import Post
from cercle.modules import load
from cercle.modules.circle.events import TurnedOn
from cercle.modules.decisions.events import ClauseAdded, Opened, Proposed, Voted
from cercle.modules.meetings.events import Called
from cercle.store import reminders
from cercle.store.node import Node
from cercle.store.reminders import Mark
from cercle.web.deadlines import keep

PARIS = ZoneInfo("Europe/Paris")
ALL = ("day", "hour", "votes", "week")


class Home:
    """`now` is what the clocks show there. `persons` and `members`: by name."""

    def __init__(self, folder: Path) -> None:
        self.now = "2026-03-04 10:00"  # a Wednesday
        self.ticks = 0
        self.node = Node(folder, load(), self.clock)
        self.persons = {name: self.node.new_person("en") for name in ("Amina", "Bruno", "Dov")}
        self.live, amina = beginnings.start(self.node, self.persons["Amina"], "Chez nous", "Amina")
        self.members = {"Amina": amina}
        for name, kind in (("Bruno", "adult"), ("Dov", "guest")):
            invitation, secret = beginnings.invite(self.node, self.live, amina, kind)
            member = beginnings.join(self.node, self.live, self.persons[name], invitation, secret, name)
            self.members[name] = member
        for page in ("meetings", "decisions"):
            self.does(TurnedOn(part=page))

    def clock(self) -> int:
        self.ticks += 1
        return moment(self.now) + self.ticks

    def does(self, event: msgspec.Struct, name: str = "Amina") -> str:
        """Gives the short id of what it brought."""
        return short(self.node.act(self.live, self.members[name], event)[0].id)

    def opens(self, title: str = "A dog", days: int = 3, method: str = "majority", **more: Any) -> tuple[str, str]:
        """Amina proposes, and puts it to the vote: the motion and the round."""
        motion = self.does(Proposed(title=title, **more))
        clause = self.does(ClauseAdded(motion=motion, does="circle.renamed", words={"name": "Les Tilleuls"}))
        vote = self.does(Opened(motion=motion, method=method, clauses=[clause], days=days))
        keep(self.node, self.live)
        return motion, vote

    def ends(self) -> None:
        """Two days later votes of a day have ended."""
        self.now = "2026-03-06 10:00"
        keep(self.node, self.live)

    def votes(self, motion: str, vote: str, name: str) -> None:
        self.does(Voted(motion=motion, round=vote, choice={"yes": 1}), name)

    def due(self, *kinds: str, name: str = "Bruno", since: str = "", told: set[Mark] | None = None) -> list[Due]:
        """What is to be told now, by what the clocks show; `told`: what was already."""
        begun = moment(since) if since else 0
        return due(self.live.circle, self.members[name], kinds or ALL, moment(self.now), begun, told or set(), PARIS)

    def wants(self, name: str, *kinds: str, address: str = "") -> Any:
        """They chose these, and said yes by the mail that asked."""
        where = (self.node.connection, self.live.no, self.persons[name])
        address = address or f"{name.lower()}@home.example"
        reminders.choose(*where, address, kinds or ALL, moment(self.now))
        reminders.confirm(*where, address, moment(self.now))
        return reminders.choice_of(*where)


def moment(shown: str) -> int:
    """What clocks in Paris show, in ms."""
    return int(datetime.fromisoformat(shown).replace(tzinfo=PARIS).timestamp() * 1000)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.setenv("TZ", "Europe/Paris")
    time.tzset()
    made = Home(tmp_path / "data")
    yield made
    made.node.close()
    monkeypatch.undo()
    time.tzset()


def look(home: Home, post: Post | None = None) -> Post:
    post = post or Post(home.node)
    asyncio.run(post.look())
    return post


def meeting(home: Home, **more: str) -> str:
    described = {"name": "Supper", "day": "2026-03-05", "at": "18:00", "zone": "Europe/Paris"}
    return home.does(Called(**described | more))


@pytest.fixture
def supper(home: Home) -> str:
    """A meeting that is told of the day before, to Amina and Bruno."""
    name = meeting(home, place="The kitchen", link="https://meet.example/supper")
    for who in ("Amina", "Bruno"):
        home.wants(who, "day")
    home.now = "2026-03-04 19:00"
    return name
