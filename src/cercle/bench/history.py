"""Circles with a long history, the same for the same seed: what the workloads take in, fold and show."""

from collections.abc import Callable, Iterator
from random import Random

import msgspec

from cercle.core.entry import ACT_SIZE, GENESIS, MAX_SEEN, NO_CIRCLE, SALT_SIZE, Entry, Raw, compose, short, write_words
from cercle.core.event import known, split
from cercle.core.fold import Circle
from cercle.core.keys import Signer, public, sign, signer
from cercle.core.log import SEALED, SIGNED_EVERY, Place, heads_to_see, in_order, invitation_message
from cercle.core.merkle import Tree
from cercle.core.replica import Epoch, replay, says_state, seal_kept
from cercle.modules import load
from cercle.modules.circle.events import Begun
from cercle.modules.people.events import Described, Invited, Joined

BEGINNING = 1_704_096_000_000  # 1 January 2024, 8 in the morning, UTC
MINUTE = 60_000
SEAL_AFTER = 128
BATCH = 4096

Written = tuple[Entry, Raw]
Write = Callable[[msgspec.Struct], str]
Mix = Callable[[Random, list[str], str, Write], None]


class History:
    """A circle of some adults, each with a device of their own, who write apart for a while and then meet again.

    `batches` gives its entries as they arrive; in each batch the last entry of every device is signed, and before it
    one in 256: the least that a bundle may carry.
    """

    def __init__(self, people: int, seed: int) -> None:
        self.random = Random(seed)
        self.keys: list[Signer] = [signer(self.random.randbytes(32)) for _ in range(people)]
        self.heads: dict[bytes, Entry] = {}
        self.tips: dict[bytes, Place] = {}
        self.clock = BEGINNING
        self.circle, self.tree = Circle(load()), Tree()
        self.pending: list[Entry] = []
        self.batch: list[tuple[Entry, bytes, bytes | None]] = []
        self.id = NO_CIRCLE
        self.members: list[str] = []
        self.of_key = {public(key): key for key in self.keys}
        self._begin()

    def batches(self, count: int, mix: Mix) -> Iterator[list[Written]]:
        """`count` entries in all, seals among them. `mix` is called with chance, all members, the one whose turn it is,
        and what writes an event of theirs and gives its short id; it writes one event each time."""
        written = len(self.batch)
        while written < count:
            before = len(self.batch)
            self._meet(mix, count - written)
            written += len(self.batch) - before
            if len(self.batch) >= BATCH - 100 or written == count:
                yield self._signed()

    def _begin(self) -> None:
        founder, *others = self.keys
        genesis = Begun(modules={module.name: module.version for module in load()}, name="Les Lilas")
        entry = self.write(founder, genesis)
        self.id = entry.id
        self.members.append(short(entry.id))
        self.write(founder, Described(member=self.members[0], name="Amina"))
        for number, key in enumerate(others, 1):
            secret = signer(self.random.randbytes(32))
            invited = self.write(founder, Invited(key=public(secret)))
            proof = sign(secret, invitation_message(self.id, public(key)))
            joined = Joined(invitation=short(invited.id), proof=proof, colour=number % 12, name=f"Member {number}")
            self.members.append(short(self.write(key, joined).id))
        self._seal()

    def _meet(self, mix: Mix, most: int) -> None:
        """One to three people write a few entries each without seeing those of the others; then all have them."""
        apart = dict(self.tips)
        for number in self.random.sample(range(len(self.keys)), k=self.random.choice((1, 1, 1, 2, 3))):
            seen = dict(apart)

            def write(event: msgspec.Struct, number: int = number, seen: dict[bytes, Place] = seen) -> str:
                entry = self.write(self.keys[number], event, seen)
                seen.clear()
                seen[entry.id] = place_of(entry)
                return short(entry.id)

            for _ in range(min(self.random.randint(1, 6), most)):
                mix(self.random, self.members, self.members[number], write)
                most -= 1
        if len(self.pending) >= SEAL_AFTER and most:
            self._seal()

    def write(self, key: Signer, event: msgspec.Struct, tips: dict[bytes, Place] | None = None) -> Entry:
        """One entry that cites what its device has seen: everything, or these tips."""
        declared = known(type(event))
        kept, words = split(declared, event)
        kept["act"] = self.random.randbytes(ACT_SIZE)
        self.clock += self.random.randint(MINUTE // 4, 20 * MINUTE)
        return self._append(key, declared.name, kept, write_words(self.random.randbytes(SALT_SIZE), words), tips)

    def _append(
        self,
        key: Signer,
        event: str,
        kept: dict[str, object],
        body: bytes | None,
        tips: dict[bytes, Place] | None = None,
    ) -> Entry:
        device = public(key)
        before = self.heads.get(device)
        heads = self.tips if tips is None else tips
        seen = heads_to_see(heads.items(), device, MAX_SEEN)
        lamports = [heads[parent].lamport for parent in seen] + ([before.lamport] if before else [])
        entry, header = compose(
            NO_CIRCLE if event == GENESIS else self.id,
            device,
            seq=before.seq + 1 if before else 0,
            prev=before.id if before else None,
            seen=seen,
            lamport=1 + max(lamports, default=-1),
            time=self.clock,
            event=event,
            kept=kept,
            body=body,
        )
        self.heads[device] = entry
        for parent in entry.parents:
            self.tips.pop(parent, None)
        self.tips[entry.id] = place_of(entry)
        self.pending.append(entry)
        self.batch.append((entry, header, body))
        return entry

    def _seal(self) -> None:
        """The founder settles all that was written, as the keeper of a circle does."""
        epoch = Epoch(in_order(self.pending), [], self.clock)
        self.pending = []
        replay(self.circle, self.tree, epoch)
        kept = seal_kept(self.circle, self.tree, says_state(self.tree.size, len(epoch.entries))) | {"term": 0}
        self._append(self.keys[0], SEALED, kept, None)

    def _signed(self) -> list[Written]:
        """The batch, signed as sparsely as may be."""
        since: dict[bytes, int] = {}
        last = {entry.device: entry.id for entry, _, _ in self.batch}
        signed: list[Written] = []
        for entry, header, body in self.batch:
            count = since[entry.device] = since.get(entry.device, 0) + 1
            due = count % SIGNED_EVERY == 0 or last[entry.device] == entry.id
            signature = sign(self.of_key[entry.device], entry.id) if due else None
            signed.append((entry, Raw(header, signature, body)))
        self.batch = []
        return signed


def place_of(entry: Entry) -> Place:
    return Place(entry.device, entry.seq, entry.lamport)
