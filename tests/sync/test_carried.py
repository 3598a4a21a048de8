"""Circles that agree by files alone: minutes of light apart, once a year by a stick, and through hostile hands."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from random import Random

import libipld
import pytest
from sqlalchemy import select

from cercle import beginnings
from cercle.core.entry import Raw, compose
from cercle.core.event import Refused
from cercle.core.fold import state_hash
from cercle.core.keys import public, sign, signer
from cercle.meeting import pack
from cercle.modules import load
from cercle.modules.accounts.events import Shared, Transferred
from cercle.modules.groceries.events import ProductAdded, ProductArchived, ProductRestored
from cercle.stick import openers
from cercle.store.frontier import Frontier, frontier, lacking
from cercle.store.keyring import opening_seeds
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.store.receive import Received
from cercle.store.rows import raw_entries
from cercle.store.tables import entries
from cercle.sync.bundle import Unreadable, Why
from cercle.sync.locked import lock, reading
from cercle.sync.packing import ZstdCompressor
from tests.carrying import Memory, Pairs

MINUTE, DAY = 60_000, 86_400_000
BEGINNING = 1_772_438_400_000
LIGHT = 22  # minutes


class Machine:
    """A node that hears of others by files alone. Its clock is `skew` off."""

    def __init__(self, folder: Path, sky: "Sky", skew: int = 0) -> None:
        self.node = Node(folder, load(), lambda: sky.time + skew)
        self.member = ""
        self.sent = Frontier()

    @property
    def live(self) -> Live:
        return self.node.live(1)

    def file(self, since: Frontier | None = None) -> bytes:
        """What a machine that stands there lacks, locked for all who are in the circle."""
        return locked(self.live, list(lacking(self.live, since or Frontier())))

    def next_file(self) -> bytes:
        """What is new since the last one."""
        made = self.file(self.sent)
        self.sent = frontier(self.live)
        return made

    def takes(self, raw: bytes) -> Received:
        with reading(BytesIO(raw), opening_seeds(self.node.connection)) as reader:
            return self.node.receive(reader.circle, reader.sections(), at_hand=True)

    def acts(self, random: Random) -> None:
        """Something of what people do; what another has done meanwhile may make it void."""
        products, people = list(self.live.circle.groceries.products), list(self.live.circle.roots.members)
        thing = random.choice(products[:2]) if products else ""
        amount = random.randint(1, 9000)
        doing = random.choice(
            [
                ProductAdded(name=f"Thing {random.randrange(10_000)}"),
                Shared(unit="eur", amount=amount, payer=self.member, shares=dict.fromkeys(people, 1), what="Bread"),
                Transferred(unit="eur", amount=amount, payer=self.member, to=random.choice(people)),
                ProductArchived(product=thing) if thing else ProductAdded(name="Salt"),
                ProductRestored(product=thing) if thing else ProductAdded(name="Rice"),
            ]
        )
        with suppress(Refused):
            self.node.act(self.live, self.member, doing)

    def told(self) -> object:
        """The state, the settled order with its verdicts, and what is pending with its own."""
        rows = select(entries.c.position, entries.c.id, entries.c.verdict, entries.c.header, entries.c.body)
        settled = rows.where(entries.c.circle == 1, entries.c.position.is_not(None)).order_by(entries.c.position)
        pending = {entry.id: self.live.replica.verdicts[entry.id] for entry in self.live.replica.pending.ordered()}
        return state_hash(self.live.circle), self.node.connection.execute(settled).all(), pending

    def order(self) -> list[tuple[bytes, str]]:
        rows = select(entries.c.id, entries.c.verdict).where(entries.c.position.is_not(None))
        return [(row.id, row.verdict) for row in self.node.connection.execute(rows.order_by(entries.c.position))]

    def written_by(self, member: str) -> set[bytes]:
        devices = {bytes.fromhex(key) for key, one in self.live.circle.roots.devices.items() if one.member == member}
        return {entry.id for entry, _ in pairs_of(self.live) if entry.device in devices}


class Sky:
    """The time that really is, in ms, and the machines."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.time = BEGINNING
        self.machines: list[Machine] = []

    def founder(self, skew: int = 0) -> Machine:
        machine = self._machine(skew)
        person = machine.node.new_person()
        _, machine.member = beginnings.start(machine.node, person, "Chez nous", "Amina")
        return machine

    def joined(self, at: Machine, name: str, skew: int = 0) -> Machine:
        """Somebody comes in on a machine of their own: by a plain copy, and by a first file that goes back."""
        invitation, secret = beginnings.invite(at.node, at.live, at.member)
        machine = self._machine(skew)
        machine.takes(b"".join(pack(at.live.id, raw_entries(at.node.connection, 1))))
        machine.member = beginnings.join(
            machine.node, machine.live, machine.node.new_person(), invitation, secret, name
        )
        at.takes(machine.file())
        return machine

    def _machine(self, skew: int) -> Machine:
        self.machines.append(Machine(self.folder / str(len(self.machines)), self, skew))
        return self.machines[-1]


@pytest.fixture
def sky(tmp_path: Path) -> Iterator[Sky]:
    made = Sky(tmp_path)
    yield made
    for machine in made.machines:
        machine.node.close()


def pairs_of(live: Live) -> Pairs:
    return list(raw_entries(live.connection, live.no))


def locked(live: Live, pairs: Pairs) -> bytes:
    out = BytesIO()
    lock(pack(live.id, iter(pairs)), out, [key for keys in openers(live).values() for key in keys])
    return out.getvalue()


# --- far away ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_two_machines_that_are_22_light_minutes_apart(sky: Sky, seed: int) -> None:
    """Both act all the while, and never wait for an answer. A file takes 22 minutes; now and then it is sent twice, or
    goes another way, and comes after those that were made later."""
    random = Random(seed)
    earth = sky.founder()
    mars = sky.joined(earth, "Bruno", skew=3 * DAY)
    flying: list[tuple[int, bytes, Machine]] = []
    waited = False

    def arrive() -> bool:
        """What has come by now, in whatever order; whether something had to wait for what comes later."""
        here = [one for one in flying if one[0] <= sky.time]
        flying[:] = [one for one in flying if one[0] > sky.time]
        waits = [machine.takes(raw).waiting for _, raw, machine in random.sample(here, len(here))]
        return any(waits)

    for minute in range(0, 600, 7):
        sky.time = BEGINNING + minute * MINUTE
        waited = arrive() or waited
        for here, there in ((earth, mars), (mars, earth)):
            for _ in range(random.randint(0, 3)):
                here.acts(random)
            if random.random() < 0.6:
                made = here.next_file()
                detour = random.choice((0, 0, 0, 15, 40))
                for copy in range(random.choice((1, 1, 1, 2))):
                    flying.append((sky.time + (LIGHT + detour + 9 * copy) * MINUTE, made, there))
    assert waited
    for here, there in ((earth, mars), (mars, earth)):
        flying.append((sky.time + LIGHT * MINUTE, here.next_file(), there))
    sky.time += 100 * MINUTE
    arrive()
    assert earth.told() == mars.told()
    assert len(earth.order()) > 100
    assert any(verdict for _, verdict in earth.order()), "nobody crossed anybody"


def test_one_who_meets_the_others_once_a_year_by_stick(sky: Sky) -> None:
    """Dov is at sea; the others go on, and their keeper settles. Nothing that he wrote is lost, nothing that was
    settled changes, and old sticks do no harm."""
    random = Random(5)
    amina = sky.founder()
    bruno, dov = sky.joined(amina, "Bruno"), sky.joined(amina, "Dov", skew=-2 * DAY)
    sticks: list[bytes] = []
    for year in range(4):
        for _month in range(12):
            sky.time += 30 * DAY
            for machine in (amina, bruno, dov):
                for _ in range(3):
                    machine.acts(random)
            amina.takes(bruno.file())
            amina.live.seal()
            bruno.takes(amina.file())
        own, settled = dov.written_by(dov.member), amina.order()
        assert own > amina.written_by(dov.member), f"in year {year} he wrote nothing"
        sticks.append(dov.file())
        amina.takes(sticks[-1])
        amina.live.seal()
        sticks.append(amina.file())
        for machine in (dov, bruno):
            machine.takes(sticks[-1])
        assert amina.written_by(dov.member) == dov.written_by(dov.member) == own
        assert amina.order()[: len(settled)] == settled
        assert {identifier for identifier, _ in amina.order()} >= own
        assert amina.told() == dov.told() == bruno.told()
    before = amina.told()
    for stick in random.sample(sticks, len(sticks)):
        for machine in (amina, bruno, dov):
            received = machine.takes(stick)
            assert (received.new, received.waiting, received.rejected) == (0, 0, [])
            assert machine.told() == before


# --- what happens to a stick ---------------------------------------------------------------------------------------


@pytest.fixture
def full(sky: Sky) -> Machine:
    """Amina's machine, with enough in it for a file of some sections, and Bruno, who joined before."""
    amina = sky.founder()
    sky.joined(amina, "Bruno")
    words = Random(9)
    for number in range(20):
        notes = (words.randbytes(900).hex() for _ in range(40))
        things = (ProductAdded(name=f"Thing {number} {at}", note=note) for at, note in enumerate(notes))
        amina.node.act(amina.live, amina.member, *things)
    return amina


def spoilt(raw: bytes, random: Random) -> bytes:
    at = random.randrange(len(raw))
    return raw[:at] if random.random() < 0.5 else raw[:at] + bytes([raw[at] ^ 1 << random.randrange(8)]) + raw[at + 1 :]


def test_what_is_cut_off_or_changed_brings_whole_authentic_sections_or_nothing(sky: Sky, full: Machine) -> None:
    random, bruno, raw = Random(3), sky.machines[1], full.file()
    genuine = {entry.id: stored.header for entry, stored in pairs_of(full.live)}
    came = set[int]()
    for _ in range(24):
        with suppress(Unreadable):  # where even its beginning cannot be read
            received = bruno.takes(spoilt(raw, random))
            assert received.stopped is not None
            assert (received.rejected, received.waiting) == ([], 0)
        held = pairs_of(bruno.live)
        assert all(genuine[entry.id] == stored.header for entry, stored in held)
        ends = {entry.device: stored for entry, stored in held}
        assert all(stored.signature for stored in ends.values())
        came.add(len(held))
    assert len(came) > 2, "the file has not sections enough for this test"
    bruno.takes(raw)
    assert bruno.told() == full.told()


def test_what_an_outsider_forges_for_a_member_counts_for_nothing(full: Machine) -> None:
    """Farid knows the circle's id, its whole log, and everybody's public key."""
    farid, live, before = signer(b"f" * 32), full.live, full.told()
    held = pairs_of(live)
    entry, raw = held[-1]

    def written(device: bytes, event: str, **place: object) -> tuple[object, bytes]:
        kept = {"act": b"a" * 16}
        return compose(live.id, device, time=0, event=event, kept=kept, body=None, **place)  # type: ignore[arg-type]

    mine, header = written(public(farid), "people.joined", seq=0, prev=None, seen=[entry.id], lamport=entry.lamport + 1)
    hers, hers_header = written(
        entry.device, "people.left", seq=entry.seq + 1, prev=entry.id, seen=[], lamport=entry.lamport + 1
    )
    tries: list[Pairs] = [
        [(mine, Raw(header, sign(farid, mine.id), None))],  # type: ignore[list-item, attr-defined]
        [(hers, Raw(hers_header, sign(farid, hers.id), None))],  # type: ignore[list-item, attr-defined]
        [(hers, Raw(hers_header, raw.signature, None))],  # type: ignore[list-item]
        [(entry, Raw(raw.header, sign(farid, entry.id), raw.body))],
        [*held[:-1], (entry, Raw(raw.header, raw.signature, b"x" * 50))],
    ]
    for pairs in tries:
        received = full.takes(locked(live, pairs))
        assert (received.new, received.waiting) == (0, 0)
        assert received.rejected
        assert full.told() == before


def test_a_circle_of_an_outsider_changes_nothing_in_ours(sky: Sky, full: Machine) -> None:
    """He locks his own circle for a member of ours: it comes beside, as a copy to read, and ours stays as it was."""
    before = full.told()
    farid = sky.founder()
    out = BytesIO()
    lock(
        pack(farid.live.id, iter(pairs_of(farid.live))),
        out,
        [key for one in openers(full.live).values() for key in one],
    )
    full.takes(out.getvalue())
    assert full.node.live(2).id == farid.live.id
    assert full.node.circles_of(1) == {1: full.member}
    assert full.told() == before


def test_a_bomb_of_sections_takes_little_memory_and_leaves_nothing(full: Machine) -> None:
    """Two hundred megabytes of what looks like entries, in a file of some thousand bytes."""
    before = full.told()
    junk = libipld.encode_dag_cbor([[b"d" * 32, [[bytes(65_000), b"s" * 64, None]] * 30]])
    framed = len(junk).to_bytes(4, "big") + junk

    def bomb() -> Iterator[bytes]:
        yield b"cercle-bundle/1\n" + full.live.id
        for _ in range(100):
            yield framed

    raw = squeezed(bomb, [key for keys in openers(full.live).values() for key in keys])
    assert len(raw) < 200_000
    memory = Memory()
    received = full.takes(raw)
    assert received.new == 0
    assert received.stopped is not None
    assert received.stopped.reason is Why.TOO_LARGE
    assert memory.taken() < 60_000_000
    assert full.told() == before


def squeezed(pieces: Callable[[], Iterator[bytes]], keys: list[bytes]) -> bytes:
    packer, out = ZstdCompressor(), BytesIO()
    lock([*(packer.compress(piece) for piece in pieces()), packer.flush()], out, keys)
    return out.getvalue()
