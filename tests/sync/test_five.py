"""Five machines hold one circle, and are torn apart: partitions, lines that break, files that come late, twice or
damaged, kills, clocks that are days off, a backup that is restored, a copy that goes on beside. In the end all agree,
and nothing is lost.
"""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from cercle import beginnings, meeting
from cercle.backup import back_up, restore
from cercle.core.entry import short
from cercle.core.event import Refused
from cercle.core.fold import Why as FoldWhy
from cercle.modules.accounts.events import Transferred
from cercle.modules.devices.events import HandedOn, KeeperAgreed, Named, Revoked
from cercle.modules.groceries.events import Listed, ProductAdded, Ticked
from cercle.modules.people.events import EntryErased, RemovalAgreed
from cercle.page.links import invitation_code
from cercle.store import rows
from cercle.store.erasure import ENTRY_ERASED
from cercle.store.frontier import Frontier, frontier
from cercle.store.keyring import person_of_member
from cercle.store.node import Node
from cercle.store.verify import Why, verify
from cercle.visiting import come_in, meet_at
from tests.laws.chance import Chance
from tests.laws.histories import NOT_BY_CHANCE, OFTEN
from tests.sync.machines import ONLY, Doors, Machine, Sky, ids_at, taken, would_stand
from tests.sync.test_carried import spoilt

FEW, MANY = 5, 500
PEOPLE = {"Bruno": "adult", "Chloé": "adult", "Dov": "child", "Mamie": "guest"}
SOMETIMES = {
    "people.left": 0.03,
    "people.words_erased": 0.2,
    "people.invitation_withdrawn": 0.2,
    "devices.revoked": 0.2,
    "devices.handed_on": 0,
    "devices.keeper_agreed": 0,
}
MINUTE, DAY = 60_000, 86_400_000
TRIES = 8
# What such a device erased at once, before it was known, may be gone where nobody else had the words.
NOBODYS = (FoldWhy.REVOKED.code, FoldWhy.STRANGER.code)

# How often what happens: each of these at least once in every history.
HAPPENS = {
    "act": 44, "do": 32, "tap": 2, "meet": 20, "meet_at_once": 2, "cut": 10, "pack": 9, "carry": 13, "weather": 6,
    "kill": 4, "remove": 2, "come_back": 4, "further_device": 2, "hand_on": 2, "want": 2,
    "back_up": 1, "restore": 1, "copy": 1,
}  # fmt: skip


class History:
    """`acknowledged` is what a person was told is written; `counts` how often what happened."""

    def __init__(self, seed: int, folder: Path, doors: Doors) -> None:
        self.random = Random(seed)
        self.folder = folder
        self.doors = doors
        self.sky = Sky()
        self.machines: list[Machine] = []
        self.acknowledged: set[bytes] = set()
        self.counts = Counter[str]()
        self.files: list[bytes] = []
        self.frontiers = [Frontier()]
        self.groups: list[list[Machine]] = []
        self._begin()

    # --- how it begins -----------------------------------------------------------------------------------------

    def _begin(self) -> None:
        first = self._machine()
        _, self.founder = beginnings.start(first.node, first.node.new_person(), "Chez nous", "Amina")
        people = {"Amina": self.founder}
        for name, kind in PEOPLE.items():
            code = invitation_code(*beginnings.invite(first.node, first.live, self.founder, kind))
            machine = self._machine()
            coming = come_in(machine.node, f"{first.url}/join/{code}", machine.node.new_person(), name)
            people[name] = self.doors.run(coming)[1]
        self._further(self.machines[1], people["Bruno"], self.machines[2])
        self._further(self.machines[2], people["Chloé"], first)
        self._further(self.machines[1], people["Bruno"], self.machines[4])
        self.keeping = [first, self.machines[4]]
        for machine in self.machines:
            self._put_spares_aside(machine)
        self._look()
        self._weather()

    def _machine(self) -> Machine:
        number = len(self.machines)
        skew = self.random.randint(-3 * DAY, 3 * DAY)
        self.machines.append(Machine(self.folder / str(number), self.sky, self.doors, number, skew))
        return self.machines[-1]

    def _further(self, machine: Machine, member: str, other: Machine) -> bool:
        """Somebody writes on another machine too."""
        invitation, seed = beginnings.invite(machine.node, machine.live, member, member=member)
        other.takes(machine.file(Frontier(), is_locked=False))
        beginnings.join(other.node, other.live, other.node.new_person(), invitation, seed, "")
        return True

    def _put_spares_aside(self, machine: Machine) -> None:
        for member in machine.members:
            if beginnings.spare_of(machine.node, machine.live, member) is None:
                beginnings.put_spare_aside(machine.node, machine.live, member)

    # --- what happens ------------------------------------------------------------------------------------------

    def tell(self) -> None:
        """All of it, in an order by chance; what is restored was backed up before."""
        happens = [what for what, often in HAPPENS.items() for _ in range(often)]
        self.random.shuffle(happens)
        backed, restored = happens.index("back_up"), happens.index("restore")
        if restored < backed:
            happens[backed], happens[restored] = "restore", "back_up"
        for what in happens:
            self.sky.time += self.random.choice((1, 20, 60, 600)) * MINUTE
            if getattr(self, f"_{what}")():
                self.counts[what] += 1
            self._look()

    def _look(self) -> None:
        """Whatever a machine wrote or took in, and holds after the step, it has acknowledged."""
        for machine in self.machines:
            self.acknowledged.update(machine.looks_back())

    def _some(self) -> Machine:
        return self.random.choice(self.machines)

    def _somebody(self, machine: Machine | None = None) -> tuple[Machine, str]:
        """A person, mostly one who may still write, at a machine."""
        for _ in range(TRIES):
            here = machine or self.random.choice([one for one in self.machines if one.members])
            member = self.random.choice(here.members)
            device = here.live.circle.roots.devices.get(here.key_of(member))
            if device is not None and not device.forked and not here.live.circle.roots.members[member].gone:
                break
        return here, member

    def _does(self, machine: Machine, member: str, *events: msgspec.Struct, act: bytes | None = None) -> bool:
        try:
            machine.node.act(machine.live, member, *events, act=act)
        except Refused:
            self.counts["refused"] += 1
            return False
        return True

    def _act(self) -> bool:
        """Any event by chance, mostly one that the rules let through."""
        machine, member = self._somebody()
        return self._does(machine, member, by_chance(self.random, machine.node, member))

    def _do(self) -> bool:
        machine, member = self._somebody()
        return self._does(machine, member, self._deed(machine, member))

    def _deed(self, machine: Machine, member: str) -> msgspec.Struct:
        """What people do often, or what goes deep."""
        random, circle = self.random, machine.live.circle
        products, items = list(circle.groceries.products), list(circle.groceries.items)
        own = [key for key, one in circle.roots.devices.items() if one.member == member]
        other = random.choice([one for one in circle.roots.members if one != member])
        deeds: list[Callable[[], msgspec.Struct]] = [
            lambda: ProductAdded(name=f"Thing {random.randrange(1000)}", note="x" * random.randrange(300)),
            lambda: Listed(product=random.choice(products)) if products else ProductAdded(name="Salt"),
            lambda: Ticked(item=random.choice(items)) if items else ProductAdded(name="Rice"),
            lambda: Transferred(unit="eur", amount=random.randint(1, 9000), payer=member, to=other),
            lambda: Named(device=bytes.fromhex(random.choice(own)), name="Le portable"),
            lambda: self._erasure(machine),
        ]
        if random.random() < 0.05:
            return Revoked(device=bytes.fromhex(random.choice(own)))
        return random.choice(deeds)()

    def _erasure(self, machine: Machine) -> msgspec.Struct:
        """The words of some entry: the rules say whether they may."""
        circle = machine.live.circle
        worded = [entry for entry in rows.arrived(machine.node.connection, ONLY, 0) if entry.body_size]
        entry = self.random.choice(worded)
        device = circle.roots.devices.get(entry.device.hex())
        return EntryErased(entry=short(entry.id), author=device.member if device else self.founder)

    def _tap(self) -> bool:
        """One tap of one person is sent to two machines."""
        act, inhabited = os.urandom(16), [one for one in self.machines[1:3] if one.members]
        if not inhabited:
            return False
        _, member = self._somebody(self.random.choice(inhabited))
        for here in self.machines:
            if member in here.members:
                self._does(here, member, ProductAdded(name="Tapped"), act=act)
        return True

    def _remove(self) -> bool:
        """Some agree, each where they are, that somebody goes."""
        target = self.random.choice(list(self.machines[0].live.circle.roots.members))
        for machine in self.random.sample(self.machines[:4], 3):
            for member in machine.members[:1]:
                self._does(machine, member, RemovalAgreed(member=target))
        return True

    def _hand_on(self) -> bool:
        """The role of the keeper goes to another device, on a machine of which no copy goes on."""
        for machine in self.keeping:
            keeper = machine.live.circle.roots.keeper
            for member in machine.members:
                if machine.key_of(member) == keeper:
                    event = HandedOn(device=self._heir(keeper))
                    self.counts["handed on"] += self._does(machine, member, event)
        return True

    def _heir(self, keeper: str) -> bytes:
        keys = [machine.key_of(member) for machine in self.keeping for member in machine.members]
        return bytes.fromhex(self.random.choice([key for key in keys if key != keeper]))

    def _want(self) -> bool:
        """Adults want another keeper, each where they are, while the old one may go on."""
        roots = self._some().live.circle.roots
        event = KeeperAgreed(device=self._heir(roots.keeper), term=roots.term + 1)
        for machine in self.machines[:5]:
            for member in machine.members:
                self.counts["wanted"] += self._does(machine, member, event)
        return True

    def _further_device(self) -> bool:
        machine, member = self._somebody()
        try:
            return self._further(machine, member, self._some())
        except Refused:
            return True

    # --- how they meet -----------------------------------------------------------------------------------------

    def _pair(self) -> tuple[Machine, Machine]:
        """Two that reach each other."""
        group = self.random.choice([group for group in self.groups if len(group) > 1])
        one, other = self.random.sample(group, 2)
        return one, other

    def _weather(self) -> bool:
        """Who reaches whom is another matter now; some time has passed."""
        self.sky.time += self.random.randint(0, 5 * DAY)
        shuffled = self.random.sample(self.machines, len(self.machines))
        cut = self.random.choice((0, 0, 1, 2, 3))
        self.groups = [group for group in (shuffled[:cut], shuffled[cut:]) if group]
        return True

    def _meet(self) -> bool:
        one, other = self._pair()
        return one.meets(other) is not None

    def _meet_at_once(self) -> bool:
        """Several conversations at a time, some of them both ways."""
        pairs = [self._pair() for _ in range(3)]
        pairs.append((pairs[0][1], pairs[0][0]))

        async def all_of_them() -> None:
            await asyncio.gather(*(one.goes_to(other.url) for one, other in pairs))

        self.doors.run(all_of_them())
        return True

    def _cut(self) -> bool:
        one, other = self._pair()
        one.is_cut_off_from(other, round(10 ** self.random.uniform(1, 4.5)), self.random.random() < 0.5)
        return True

    def _pack(self) -> bool:
        """A file of what is new since this machine's last one, of all, or for who stands where somebody stood once."""
        machine = self._some()
        since = self.random.choice((machine.sent, machine.sent, Frontier(), self.random.choice(self.frontiers)))
        self.files.append(machine.file(since, self.random.random() < 0.7))
        machine.sent = frontier(machine.live)
        self.frontiers.append(machine.sent)
        return True

    def _carry(self) -> bool:
        """Any file, however old, perhaps once more, perhaps damaged."""
        if not self.files:
            return False
        raw = self.random.choice(self.files)
        if self.random.random() < 0.3:
            raw = spoilt(raw, self.random)
        received = self._some().takes(raw)
        self.counts["waited"] += received is not None and received.waiting > 0
        return received is not None

    # --- what goes wrong ---------------------------------------------------------------------------------------

    def _kill(self) -> bool:
        """While it writes, takes a file in, asks, or answers."""
        machine = self._some()
        other = self.random.choice([one for one in self.machines if one is not machine])
        if self.random.random() < 0.25:
            machine.is_killed_answering(self.random, other)
            return True
        raw, writers = other.file(Frontier(), is_locked=False), machine.members
        writing = [lambda node, acknowledge: writes(node, writers, acknowledge)] * 2 if writers else []
        doing: Any = self.random.choice(
            (
                *writing,
                lambda node, acknowledge: taken(node, raw),
                lambda node, acknowledge: asyncio.run(meet_at(node, node.live(ONLY), other.url)),
            )
        )
        said = machine.is_killed(self.random, doing).split()
        self.counts["said before a kill"] += len(said)
        self.acknowledged.update(map(bytes.fromhex, said))
        return True

    def _back_up(self) -> bool:
        self.backed = self._some()
        back_up(self.backed.node, self.folder / "backup")
        return True

    def _restore(self) -> bool:
        """The old machine was not lost after all: both go on."""
        number = len(self.machines)
        restored = restore(self.folder / "backup", self.folder / str(number))
        self.counts["came back"] += len(restored.joined)
        self._machine()
        return True

    def _copy(self) -> bool:
        """Not of the machine whose device seals: until the role is handed on, nobody could agree about that."""
        inhabited = [one for one in self.machines[1:4] if one.members]
        if not inhabited:
            return False
        original = self.random.choice(inhabited)
        number = len(self.machines)
        copy = original.copied(self.folder / str(number), number, self.random.randint(-DAY, DAY))
        self.machines.append(copy)
        for machine in (original, copy):
            self._does(*self._somebody(machine), ProductAdded(name="Both"))
        return True

    def _come_back(self) -> bool:
        """Whoever has been frozen goes on by their spare."""
        for machine in self.machines:
            for member in filter(machine.is_frozen, machine.members):
                person = person_of_member(machine.node.connection, ONLY, member)
                back = beginnings.come_back(machine.node, machine.live, person or 0, member)
                self.counts["came back" if back else "did not come back"] += 1
        return True

    # --- the end -----------------------------------------------------------------------------------------------

    def heal(self) -> None:
        """Everybody meets everybody until nothing moves any more; the keeper seals."""
        self._come_back()
        for _ in range(12):
            self._all_meet()
            for machine in self.keeping:
                machine.live.seal()
            if self._is_quiet():
                return
        pytest.fail("they never come to rest")

    def _is_quiet(self) -> bool:
        stands = {frontier(machine.live).same() for machine in self.machines}
        missing = {tuple(sorted(rows.missing_bodies(machine.node.connection, ONLY, 1000))) for machine in self.machines}
        self.lost = {identifier.hex() for identifier in min(missing)}
        return len(stands) == len(missing) == 1

    def _all_meet(self) -> None:
        """One of them twice at first, so that little is left for the others. Who is not let in, since they have gone or
        their device was revoked, still has sticks."""
        first = self._some()
        for one in (first, first, *self.machines):
            for other in self.machines:
                if one is other or self._stand_alike(one, other):
                    continue
                if one.meets(other) is None and other.meets(one) is None:
                    self.counts["by stick"] += 1
                    assert not (one.is_let_in_at(other) and other.is_let_in_at(one)), f"{one} did not meet {other}"
                    for here, there in ((one, other), (other, one)):
                        there.takes(here.file(frontier(there.live), is_locked=False))
        self._look()

    def _stand_alike(self, one: Machine, other: Machine) -> bool:
        if one.live.last != other.live.last:
            return False
        here = frontier(one.live)
        return here.same() == frontier(other.live).same() and not here.missing

    def check(self) -> None:
        """All have come to the same, all is there, and all is right."""
        first, *others = self.machines
        expected, written, verdicts = first.told(), set(first.ids()), dict(first.settled)
        for machine in others:
            told = machine.told()
            for what in expected:
                assert told[what] == expected[what], f"{what}: {machine} and {first} differ"
        assert self.acknowledged <= written, "what was acknowledged is gone"
        assert len(written) == len(first.ids()), "an entry stands twice"
        self._check_acts(first)
        erasures = [one for one in rows.arrived(first.node.connection, ONLY, 0) if one.event == ENTRY_ERASED]
        whose = {key: one.member for key, one in first.live.circle.roots.devices.items()}
        by_nobody = {
            one.kept["entry"] for one in erasures if verdicts.get(one.id) in NOBODYS or not whose[one.device.hex()]
        }
        assert {identifier[:20] for identifier in self.lost} <= by_nobody, "words are missing"
        for machine in self.machines:
            machine.looked_at = (0, 0)
            machine.held = 0
            machine.looks_back()
            assert not machine.waiting(), f"{machine}: entries wait for parents that all have"
            found = verify(machine.node.connection, machine.node.modules, ONLY)
            unexpected = [one for one in found if one.reason is not Why.FORK and one.place not in self.lost]
            assert not unexpected, f"{machine}: {found}"
        missing = HAPPENS.keys() - +self.counts
        assert not missing, "not everything happened"

    def _check_acts(self, machine: Machine) -> None:
        """No tap of a person has taken effect twice."""
        roots, verdicts = machine.live.circle.roots, dict(machine.settled)
        stand = [one for one in rows.arrived(machine.node.connection, ONLY, 0) if verdicts.get(one.id) == ""]
        acts = [(roots.devices[one.device.hex()].member, one.kept["act"]) for one in stand if "act" in one.kept]
        assert len(acts) == len(set(acts)), "a tap counts twice"


def by_chance(random: Random, node: Node, member: str) -> msgspec.Struct:
    """An event that a member may do at a node, or after some tries one that they may not."""
    live = node.live(ONLY)
    modules = [module for module in live.modules for _ in range(OFTEN.get(module.name, 1))]
    names = [short(identifier) for identifier in ids_at(node)]
    made: msgspec.Struct = ProductAdded(name="Sel")
    for _ in range(TRIES):
        event = random.choice([one for one in random.choice(modules).events.values() if one.name not in NOT_BY_CHANCE])
        if random.random() > SOMETIMES.get(event.name, 1):
            continue
        kept, words = Chance(random, live.circle, names).fields(event)
        try:
            made = msgspec.convert(kept | words, event.type)
        except msgspec.ValidationError:
            continue
        if random.random() < 0.05 or would_stand(node, member, event.name, kept):
            break
    return made


def writes(node: Node, members: list[str], acknowledge: Callable[[bytes], None]) -> None:
    """People write, and erase some of it, which is sealed at once where the keeper is."""
    for number in range(40):
        member = members[number % len(members)]
        with suppress(Refused):
            (entry,) = node.act(node.live(ONLY), member, ProductAdded(name="Said"))
            acknowledge(entry.id)
            if number % 4 == 3:
                (erasure,) = node.act(node.live(ONLY), member, EntryErased(entry=short(entry.id), author=member))
                acknowledge(erasure.id)


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    made = Doors(tmp_path_factory.mktemp("doors"), len(PEOPLE) + 3)
    yield made
    made.close()


def tell(seed: int, folder: Path, doors: Doors, patched: pytest.MonkeyPatch) -> History:
    """The whole of one history."""
    patched.setattr(meeting, "FULL", 8192)  # so that a part of what comes is whole
    patched.setattr(os, "urandom", Random(seed).randbytes)
    history = History(seed, folder, doors)
    patched.setattr(time, "time_ns", lambda: history.sky.time * 1_000_000)  # where `restore` looks
    try:
        history.tell()
        history.heal()
        history.check()
    except BaseException as error:
        error.add_note(
            f"To run it again: pytest -m '' 'tests/sync/{Path(__file__).name}::test_five_machines_agree[{seed}]'"
        )
        error.add_note(f"What had happened: {dict(history.counts)}")
        raise
    finally:
        for machine in history.machines:
            machine.node.close()
    return history


@pytest.mark.parametrize(
    "seed", [*range(FEW), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(FEW, MANY))]
)
def test_five_machines_agree(seed: int, doors: Doors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(seed, tmp_path, doors, monkeypatch)
