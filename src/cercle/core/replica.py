"""A circle folded in memory that takes entries as they come: what is settled stays, what is pending is folded again."""

from collections.abc import Iterable
from typing import Any

import msgspec

from cercle.core.entry import Entry
from cercle.core.fold import REMOVAL_AGREED, Circle, Trouble, close_epoch, fold_epoch, state_hash
from cercle.core.log import SEALED, Pending
from cercle.core.merkle import Tree
from cercle.core.module import Modules

FREEZE_AFTER = 2048


class Frozen(msgspec.Struct):
    """A snapshot: the states of the modules, the acts by member, and the Merkle tree, all as of the last seal."""

    modules: dict[str, int]
    states: dict[str, msgspec.Raw]
    acts: dict[str, bytes]
    size: int
    peaks: list[bytes]


class Epoch(msgspec.Struct):
    """What one seal settled: its entries in order, their verdicts, and the time (ms) of the seal."""

    entries: list[Entry]
    verdicts: list[str]
    time: int


class Replica:
    """`circle` holds the state with the pending entries folded in; `verdicts` are those of the pending ones.

    `base` is a frozen settled state and `since` the epochs that were settled after it: from the two the settled
    state is made again when something arrives that sorts among the pending entries.
    """

    def __init__(self, modules: Modules, base: bytes = b"") -> None:
        self.modules = modules
        self.base = base
        self.since: list[Epoch] = []
        self.pending = Pending()
        self.verdicts: dict[bytes, str] = {}
        self.alarms: list[Entry] = []
        self.circle, self.tree = thaw(modules, base) if base else (Circle(modules), Tree())
        self.base_epoch = self.circle.roots.epoch

    def take(self, entries: Iterable[Entry]) -> list[Epoch]:
        """Adds entries (parents before children); gives the epochs that their seals settled."""
        settled: list[Epoch] = []
        self._rewind()
        for entry in entries:
            self.pending.add(entry)
            if entry.event == SEALED:
                while seal := self._next_seal():
                    settled.append(self._settle(seal))
        ordered = self.pending.ordered()
        self.verdicts = dict(zip((e.id for e in ordered), fold_epoch(self.circle, ordered), strict=True))
        return settled

    def append(self, entry: Entry) -> list[Epoch]:
        """Adds an entry that cites every head: it sorts last, so that nothing else need be folded again."""
        if entry.event in (REMOVAL_AGREED, SEALED) or self._is_frozen(entry):
            return self.take([entry])
        self.pending.add(entry)
        self.verdicts[entry.id] = self.circle.judge(entry, Trouble(self.circle, [entry]))
        return []

    def load(self, epochs: Iterable[Epoch]) -> None:
        """Folds epochs whose order and cover are known already, from the start or from the base on."""
        long = False
        for epoch in epochs:
            replay(self.circle, self.tree, epoch)
            if not long:
                self.since.append(epoch)
                long = self._is_long()
            if long:
                self.since.clear()
        if long:
            self.freeze()

    def settle_all(self, time: int) -> tuple[Epoch, dict[str, Any]]:
        """Settles all that is pending as the keeper's seal at `time` (ms) will: gives the epoch, and what
        that seal is to say. `begin` takes the seal itself, once it is written."""
        ordered = self.pending.ordered()
        epoch = Epoch(ordered, [self.verdicts[entry.id] for entry in ordered], time)
        self.pending = Pending()
        self.verdicts = {}
        grow(self.tree, epoch)
        close_epoch(self.circle, time)
        self._remember(epoch)
        return epoch, seal_kept(self.circle, self.tree, len(ordered))

    def begin(self, seal: Entry) -> None:
        """The keeper's own seal opens the next epoch, as the first entry that waits for a seal."""
        self.pending.entries[seal.id] = seal
        self.verdicts[seal.id] = self.circle.judge(seal, Trouble(self.circle, [seal]))

    def _is_frozen(self, entry: Entry) -> bool:
        device = self.circle.roots.devices.get(entry.device.hex())
        return device is not None and (device.forked or device.head != entry.prev)

    def _next_seal(self) -> Entry | None:
        """The keeper's next seal. What is settled ends just before the last one, which itself is pending."""
        roots, keeper = self.circle.roots, self.circle.keeper_device()
        if keeper is not None:
            return self.pending.next_seal(roots.keeper, roots.term, keeper.seq + 2 if roots.epoch else 0)
        if not self.pending.entries:
            return None
        first = min(self.pending.entries.values(), key=lambda entry: entry.lamport)
        return self.pending.next_seal(first.device.hex(), 0, 0)

    def _rewind(self) -> None:
        """Back to the settled state, without what is pending."""
        if not self.verdicts:
            return
        self.verdicts.clear()
        self.circle, self.tree = thaw(self.modules, self.base) if self.base else (Circle(self.modules), Tree())
        for epoch in self.since:
            replay(self.circle, self.tree, epoch)

    def _settle(self, seal: Entry) -> Epoch:
        entries = self.pending.cover(seal)
        epoch = Epoch(entries, [], seal.time)
        replay(self.circle, self.tree, epoch)
        self._check(seal, len(entries))
        self._remember(epoch)
        return epoch

    def _remember(self, epoch: Epoch) -> None:
        self.since.append(epoch)
        if self._is_long():
            self.freeze()

    def _is_long(self) -> bool:
        return sum(len(epoch.entries) for epoch in self.since) >= max(FREEZE_AFTER, self.tree.size // 16)

    def freeze(self) -> None:
        """Makes the settled state the new base; only between a seal and the first pending entry."""
        self.base = freeze(self.circle, self.tree)
        self.base_epoch = self.circle.roots.epoch
        self.since.clear()

    def _check(self, seal: Entry, covered: int) -> None:
        """A seal that says otherwise than the fold is an alarm; it never decides the order."""
        said = {field: value for field, value in seal.kept.items() if field != "term"}
        if said != seal_kept(self.circle, self.tree, covered):
            self.alarms.append(seal)


def seal_kept(circle: Circle, tree: Tree, covered: int) -> dict[str, Any]:
    """What a seal that covers that many entries says: the count of all that is settled, their Merkle root, and,
    where it is due, the hash of the state."""
    kept = {"count": tree.size, "root": tree.root()}
    return kept | {"state": state_hash(circle)} if says_state(tree.size, covered) else kept


def says_state(count: int, covered: int) -> bool:
    """Whether the seal that brings the settled entries to `count` carries the state's hash: the first one past
    each quarter on the way to the next power of two, since to hash a state takes as long as the log is."""
    quarter = 1 << max(0, count.bit_length() - 3)
    return count // quarter != (count - covered) // quarter


def replay(circle: Circle, tree: Tree, epoch: Epoch) -> None:
    """Folds one epoch whose order is known, and closes it."""
    epoch.verdicts = fold_epoch(circle, epoch.entries)
    grow(tree, epoch)
    close_epoch(circle, epoch.time)


def grow(tree: Tree, epoch: Epoch) -> None:
    for entry, verdict in zip(epoch.entries, epoch.verdicts, strict=True):
        tree.add(entry.id + verdict.encode())


def freeze(circle: Circle, tree: Tree) -> bytes:
    """Everything of a settled state, in the order in which it came to be, as MessagePack."""
    frozen = Frozen(
        dict(circle.roots.modules),
        {name: msgspec.Raw(msgspec.msgpack.encode(state)) for name, state in circle.states.items()},
        {member: b"".join(sorted(acts)) for member, acts in circle.acts.items()},
        tree.size,
        tree.peaks,
    )
    return msgspec.msgpack.encode(frozen)


def thaw(modules: Modules, raw: bytes) -> tuple[Circle, Tree]:
    frozen = msgspec.msgpack.decode(raw, type=Frozen)
    states = {
        name: msgspec.msgpack.decode(state, type=modules.by_name[name].state)
        for name, state in frozen.states.items()
    }
    circle = Circle(modules, states)
    for member, acts in frozen.acts.items():
        circle.acts[member] = {acts[at : at + 16] for at in range(0, len(acts), 16)}
    return circle, Tree(frozen.size, list(frozen.peaks))
