"""Little stories for tests: real entries with real keys, written by a cast of people and folded by real replicas.

Amina founds the circle and keeps it. Bruno (an adult), Chloé (a child) and Dov (a guest) have joined, unless the story
says otherwise. Farid is the outsider. Keys, salts, acts and the clock are the same each time.

    story = Story()
    milk = story.amina.brings(ProductAdded(name="Milk"))
    assert story.bruno.does(Listed(product=milk)) == ""
    assert story.bruno.is_refused(Listed(product=milk)) == "groceries.listed_already"
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import msgspec

from cercle.core.entry import MAX_SEEN, NO_CIRCLE, Entry, Raw, compose, short, write_words
from cercle.core.event import known, split
from cercle.core.fold import Circle
from cercle.core.keys import Signer, public, sign, signer
from cercle.core.log import LINKED, SEALED, Place, check_root, heads_to_see, invitation_message, missing_parents
from cercle.core.module import Modules
from cercle.core.replica import Epoch, Replica
from cercle.core.shelf import packed
from cercle.core.standing import standing
from cercle.modules import load
from cercle.modules.circle.events import Begun
from cercle.modules.people.events import Described, Invited, Joined

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
BEGINNING = 1_772_438_400_000  # 2 March 2026, 8 in the morning, UTC

NAMES = {"amina": "Amina", "bruno": "Bruno", "chloe": "Chloé", "dov": "Dov", "farid": "Farid"}
KINDS = {"bruno": "adult", "chloe": "child", "dov": "guest"}


class Side:
    """What some devices have seen: all entries of the story, or, while people are apart, fewer."""

    def __init__(self, modules: Modules) -> None:
        self.replica = Replica(modules)
        self.entries: dict[bytes, Entry] = {}
        self.tips: dict[bytes, Place] = {}
        self.settled: dict[bytes, str] = {}

    def copy(self) -> "Side":
        side = Side(self.replica.modules)
        side.take(list(self.entries.values()))
        return side

    def take(self, entries: list[Entry]) -> None:
        """Entries from elsewhere, parents before children; those that are known already change nothing."""
        new = [entry for entry in entries if entry.id not in self.entries]
        for entry in new:
            self.keep(entry)
        self.settle(self.replica.take(new))
        if self.replica.disputed:
            self.replica = Replica(self.replica.modules, weighed=standing(self.replica.modules, self.entries.values()))
            self.settled = {}
            self.settle(self.replica.take(list(self.entries.values())))

    def append(self, entry: Entry) -> None:
        """An entry that was written here, folded as a node folds it."""
        self.keep(entry)
        if entry.event == SEALED and entry.device.hex() == self.replica.circle.last_sealer():
            self.replica.begin(entry)
        elif len(self.tips) == 1:
            self.settle(self.replica.append(entry))
        else:
            self.settle(self.replica.take([entry]))

    def keep(self, entry: Entry) -> None:
        self.entries[entry.id] = entry
        for parent in entry.parents:
            self.tips.pop(parent, None)
        self.tips[entry.id] = Place(entry.device, entry.seq, entry.lamport)

    def settle(self, epochs: list[Epoch]) -> None:
        for epoch in epochs:
            self.settled.update((e.id, verdict) for e, verdict in zip(epoch.entries, epoch.verdicts, strict=True))

    def verdict(self, entry: Entry) -> str:
        return self.settled[entry.id] if entry.id in self.settled else self.replica.verdicts[entry.id]


class Invitation(msgspec.Struct, frozen=True):
    """An invitation's id, and the private part of its key, which travels in the link."""

    id: str
    key: Signer


class Person:
    """Somebody at a device of theirs. `member` is their id in the circle; `last` the entry that they wrote last."""

    def __init__(self, story: "Story", name: str, key: Signer, member: str, side: Side) -> None:
        self.story = story
        self.name = name
        self.key = key
        self.device = public(key)
        self.member = member
        self.side = side
        self.head: Entry | None = None

    @property
    def circle(self) -> Circle:
        """The circle as this device sees it."""
        return self.side.replica.circle

    @property
    def last(self) -> Entry:
        assert self.head is not None, f"{self.name} has written nothing"
        return self.head

    def does(self, event: msgspec.Struct) -> str:
        """Writes an event, and gives the verdict as this device sees it: "" for ok, else the reason's code."""
        while sum(place.device != self.device for place in self.side.tips.values()) > MAX_SEEN:
            self.story.write(self, LINKED, {}, None)
        declared = known(type(event))
        kept, words = split(declared, event)
        self.story.number += 1
        kept["act"] = self.story.chance(b"act")
        self.story.write(self, declared.name, kept, write_words(self.story.chance(b"salt"), words))
        return self.side.verdict(self.last)

    def brings(self, event: msgspec.Struct) -> str:
        """Writes an event that no rule refuses, and gives the short id by which what it brought is named."""
        verdict = self.does(event)
        assert verdict == "", f"{type(event).__name__} was refused: {verdict}"
        return short(self.last.id)

    def is_refused(self, event: msgspec.Struct) -> str:
        """Writes an event that a rule refuses, without a trace in the state, and gives the reason's code."""
        before = trace(self.circle)
        verdict = self.does(event)
        assert verdict != "", f"{type(event).__name__} was not refused"
        assert trace(self.circle) == before, f"{verdict} left a trace"
        return verdict

    def twin(self) -> "Person":
        """The same key at the same point of its chain, as after a backup was restored: whoever acts now forks it."""
        twin = Person(self.story, self.name, self.key, self.member, self.side)
        twin.head = self.head
        return twin


class Story:
    """A circle, its people by name as attributes (`amina`, `bruno`, `chloe`, `dov`), and all that they wrote:
    `raws` are the bytes, by id, in the order in which they were written. The clock goes on a minute with each entry."""

    def __init__(self, *others: str, alone: bool = False, uses: tuple[str, ...] = (), form: str = "household") -> None:
        """`others` have joined, everybody where none is named; the circle uses these modules, or all."""
        self.modules = load()
        self.time = BEGINNING
        self.number = 0
        self.id = NO_CIRCLE
        self.raws: dict[bytes, Raw] = {}
        self.entries: dict[bytes, Entry] = {}
        self.main = Side(self.modules)
        self.people: dict[str, Person] = {}
        amina = self.person("amina")
        self.people["amina"] = amina
        versions = {module.name: module.version for module in self.modules if not uses or module.name in uses}
        amina.member = amina.brings(Begun(form=form, modules=versions, name="Chez Amina"))
        amina.brings(Described(member=amina.member, name="Amina"))
        for name in () if alone else others or tuple(KINDS):
            self.people[name] = self.join(name, self.invite(amina, kind=KINDS[name]))
        self.seal()

    def __getattr__(self, name: str) -> Person:
        try:
            return self.__dict__["people"][name]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def circle(self) -> Circle:
        return self.main.replica.circle

    def person(self, name: str, device: int = 0) -> Person:
        """Somebody at a device that has written nothing yet."""
        return Person(self, name, self.key(f"{name} {device}"), "", self.main)

    def key(self, name: str) -> Signer:
        return signer(sha256(b"cercle story: " + name.encode()).digest())

    def chance(self, about: bytes) -> bytes:
        return sha256(about + self.number.to_bytes(4, "big")).digest()[:16]

    def invite(self, by: Person, **fields: Any) -> Invitation:
        self.number += 1
        key = self.key(f"invitation {self.number}")
        return Invitation(by.brings(Invited(key=public(key), **fields)), key)

    def join(self, name: str, invitation: Invitation, device: int = 0) -> Person:
        """A new device's first entry, whatever its verdict may be."""
        person = self.person(name, device)
        proof = sign(invitation.key, invitation_message(self.id, person.device))
        person.does(Joined(invitation=invitation.id, proof=proof, holder="member", name=NAMES[name]))
        known_device = self.circle.roots.devices.get(person.device.hex())
        person.member = known_device.member if known_device else ""
        return person

    def wait(self, *, days: float = 0) -> None:
        """The clock goes on; the circle's time does so only when it is sealed."""
        self.time += int(days * DAY)

    def seal(self) -> None:
        """The keeper, or whom the circle wants instead, settles all that they have seen."""
        by, term = self.circle.sealing()
        keeper = next(one for one in self.people.values() if one.device.hex() == by)
        side = keeper.side
        while sum(place.device != keeper.device for place in side.tips.values()) > MAX_SEEN:
            self.write(keeper, LINKED, {}, None)
        self.time += MINUTE
        epoch, kept = side.replica.settle_all(self.time)
        side.settle([epoch])
        self.write(keeper, SEALED, {**kept, "term": term}, None, wait=0)

    @contextmanager
    def apart(self, *people: Person) -> Iterator[None]:
        """These people are out of reach together; when it ends, everybody sees what everybody wrote."""
        side = self.main.copy()
        for person in people:
            person.side = side
        yield
        for person in people:
            person.side = self.main
        self.main.take(list(side.entries.values()))

    def verdict(self, identifier: str) -> str:
        """Of the entry with this short id, as everybody sees it now."""
        (entry,) = [entry for entry in self.main.entries.values() if short(entry.id) == identifier]
        return self.main.verdict(entry)

    def write(self, person: Person, event: str, kept: dict[str, Any], body: bytes | None, wait: int = MINUTE) -> Entry:
        """Composes and signs one entry, holds it to what an arriving one is held to, and folds it at its writer's."""
        self.time += wait
        before, tips = person.head, person.side.tips
        seen = heads_to_see(tips.items(), person.device, MAX_SEEN)
        if before is None:
            seen = self.with_root(kept, seen)
        lamports = [self.entries[head].lamport for head in seen] + ([before.lamport] if before else [])
        entry, header = compose(
            self.id,
            person.device,
            seq=before.seq + 1 if before else 0,
            prev=before.id if before else None,
            seen=seen,
            lamport=1 + max(lamports, default=-1),
            time=self.time,
            event=event,
            kept=kept,
            body=body,
        )
        if self.id == NO_CIRCLE:
            self.id = entry.id
        places = {
            known.id: Place(known.device, known.seq, known.lamport) for known in map(self.entries.get, entry.parents)
        }
        assert missing_parents(entry, places.get) == []
        if entry.prev is None:
            check_root(self.id, entry, [self.entries[parent] for parent in seen])
        self.raws[entry.id] = Raw(header, sign(person.key, entry.id), body)
        self.entries[entry.id] = person.head = entry
        person.side.append(entry)
        return entry

    def with_root(self, kept: dict[str, Any], seen: list[bytes]) -> list[bytes]:
        """A device's first entry cites its invitation, beside the highest heads."""
        roots = [entry for entry in self.entries.values() if short(entry.id) == kept.get("invitation")]
        cited = {*seen[: MAX_SEEN - len(roots)], *(root.id for root in roots)}
        places = [(head, Place(self.entries[head].device, 0, self.entries[head].lamport)) for head in cited]
        return heads_to_see(places, b"", MAX_SEEN)


def trace(circle: Circle) -> bytes:
    """The whole state, but for how far each device's chain has got."""
    states = {
        name: msgspec.to_builtins(state, builtin_types=(bytes,), enc_hook=packed)
        for name, state in circle.states.items()
    }
    states["circle"] = {name: value for name, value in states["circle"].items() if name != "devices"}
    return msgspec.msgpack.encode(states)
