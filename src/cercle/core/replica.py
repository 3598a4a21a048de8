"""A circle folded in memory that takes entries as they come: what is settled stays, what is pending is folded again."""

import zlib
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from cercle.core.acts import Acts
from cercle.core.entry import Entry
from cercle.core.fold import (
    REMOVAL_AGREED,
    Circle,
    Roots,
    Trouble,
    UpdateNeeded,
    close_epoch,
    fold_epoch,
    state_hash,
)
from cercle.core.log import SEALED, Pending, ancestors
from cercle.core.merkle import Tree, apart
from cercle.core.module import Modules
from cercle.core.shelf import packed, unpacked

FREEZE_AFTER = 2048


class Frozen(msgspec.Struct):
    """A snapshot as of the last seal: the states of the modules, as MessagePack packed by zlib; the acts by member; the
    Merkle tree."""

    states: bytes
    acts: dict[str, bytes]
    size: int
    peaks: list[bytes]


class Epoch(msgspec.Struct):
    """What one seal settled: its entries in order, their verdicts, and the time (ms) of the seal. `peaks`: those of the
    tree after it, one after the other; b"" where they are not known yet."""

    entries: list[Entry]
    verdicts: list[str]
    time: int
    peaks: bytes = b""


class Replica:
    """`circle` holds the state with the pending entries folded in; `verdicts` are those of the pending ones.

    `base` is a frozen settled state and `since` the epochs that were settled after it: from the two the settled
    state is made again when something arrives that sorts among the pending entries. Whoever writes both down gives
    `again`, which reads them: then no epoch is kept here, and a base only until it was taken away. `alarms` are seals
    of the keeper's that say otherwise than the fold, or do not follow the last one that counted.

    Where the circle uses what this program lacks, entries are taken in, and `circle` raises `UpdateNeeded`.
    """

    def __init__(
        self,
        modules: Modules,
        base: Frozen | None = None,
        again: Callable[[], tuple[Frozen | None, Iterable[Epoch]]] | None = None,
    ) -> None:
        self.modules = modules
        self.base = base if again is None else None
        self.since: list[Epoch] = []
        self._again = again
        self._settled = 0  # how many entries were settled after the base
        self._long = False  # they are so many that a new base is due
        self.pending = Pending()
        self.verdicts: dict[bytes, str] = {}
        self.alarms: list[Entry] = []
        self.lacking = ""
        self._seal: bytes | None = None  # the last one that counted; it is pending itself
        self._circle, self.tree = thaw(modules, base) if base else (Circle(modules), Tree())
        self.base_epoch = self._circle.roots.epoch

    @property
    def circle(self) -> Circle:
        if self.lacking:
            raise UpdateNeeded(self.lacking)
        return self._circle

    @property
    def understood(self) -> Circle:
        """The state as far as this program has understood the log."""
        return self._circle

    @property
    def roots(self) -> Roots:
        """Who is in the circle and by which devices, as far as this program has understood the log."""
        return self._circle.roots

    def take(self, entries: Iterable[Entry], more: bool = False) -> list[Epoch]:
        """Adds entries that are new here (parents before children); gives the epochs that their seals settled. Where
        `more` follow at once, what is pending is folded with the last of them."""
        settled: list[Epoch] = []
        if self.lacking:
            return settled
        try:
            self._rewind()
            for entry in entries:
                self.pending.entries[entry.id] = entry
                if entry.event == SEALED and self._counts(entry):
                    settled.append(self._settle(entry))
            if not more:
                self._freeze_if_long()
                ordered = self.pending.ordered()
                self.verdicts = dict(zip((e.id for e in ordered), fold_epoch(self._circle, ordered), strict=True))
        except UpdateNeeded as needed:
            self.lacking = str(needed)
        return settled

    def append(self, entry: Entry) -> list[Epoch]:
        """Adds an entry of this node's that cites every head: it sorts last, so that nothing else need be folded
        again. Raises `UpdateNeeded` where the circle has adopted what this program lacks: it does not act there."""
        settled: list[Epoch] = []
        if entry.event in (REMOVAL_AGREED, SEALED) or self._is_frozen(entry):
            settled = self.take([entry])
        else:
            self.pending.entries[entry.id] = entry
            self.verdicts[entry.id] = self.circle.judge(entry, Trouble(self.circle, [entry]))
        self._check_versions()
        return settled

    def _check_versions(self) -> None:
        if needed := self.circle.lacking():
            raise UpdateNeeded(needed)

    def load(self, epochs: Iterable[Epoch]) -> None:
        """Folds epochs whose order and cover are known already, from the start or from the base on."""
        try:
            for epoch in epochs:
                replay(self._circle, self.tree, epoch)
                self._remember(epoch)
            self._freeze_if_long()
        except UpdateNeeded as needed:
            self.lacking = str(needed)

    def settle_all(self, time: int) -> tuple[Epoch, dict[str, Any]]:
        """Settles all that is pending as the keeper's seal at `time` (ms) will: gives the epoch, and what
        that seal is to say. `begin` takes the seal itself, once it is written. Raises `UpdateNeeded`."""
        self._check_versions()
        ordered = self.pending.ordered()
        epoch = Epoch(ordered, [self.verdicts[entry.id] for entry in ordered], time)
        self.pending = Pending()
        self.verdicts = {}
        grow(self.tree, epoch)
        close_epoch(self.circle, time)
        self._remember(epoch)
        self._freeze_if_long()
        return epoch, seal_kept(self.circle, self.tree, says_state(self.tree.size, len(ordered)))

    def begin(self, seal: Entry) -> None:
        """The keeper's own seal opens the next epoch, as the first entry that waits for a seal."""
        self._seal = seal.id
        self.pending.entries[seal.id] = seal
        self.verdicts[seal.id] = self.circle.judge(seal, Trouble(self.circle, [seal]))

    def _is_frozen(self, entry: Entry) -> bool:
        device = self.circle.roots.devices.get(entry.device.hex())
        return device is not None and (device.forked or device.head != entry.prev)

    def _counts(self, seal: Entry) -> bool:
        """Whether a seal that has come opens an epoch: it is the keeper's, of this term, and stands on their chain
        after the last one that counted. Another one of theirs is an alarm, and has no effect on the order."""
        roots, term = self._circle.roots, seal.kept.get("term")
        if self._seal is None and roots.epoch and self._is_last(seal):
            self._seal = seal.id
            return False
        if seal.device != self._sealer():
            return False
        follows = not roots.epoch or self._follows(seal)
        if follows and type(term) is int and term == roots.term:
            return True
        if seal.id != self._seal and (follows or not self._is_new(seal.device)):
            self.alarms.append(seal)
        return False

    def _is_new(self, sealer: bytes) -> bool:
        """Whether another device made the last seal: this one may have written others before it heard of its role."""
        last = self.pending.entries.get(self._seal or b"")
        return last is not None and last.device != sealer

    def _sealer(self) -> bytes | None:
        """The device whose seals count: the keeper's, or the founder's where nothing is sealed; once it has forked
        within an epoch, nobody's."""
        roots, keeper = self._circle.roots, self._circle.keeper_device()
        if keeper is not None:
            return None if keeper.forked else bytes.fromhex(roots.keeper)
        return None if roots.epoch else next(iter(self.pending.entries.values())).device

    def _is_last(self, seal: Entry) -> bool:
        """After a start it is not known yet which seal was the last that counted: the one with which its device goes on
        from where its settled chain ends."""
        last = self._circle.last_sealer()
        return seal.device.hex() == last and seal.prev == self._circle.roots.devices[last].head

    def _follows(self, seal: Entry) -> bool:
        """Whether the last seal that counted stands before this one: on its chain, or, where another device made it,
        among its ancestors."""
        if self._is_new(seal.device):
            return self._seal in ancestors(self.pending.entries, [seal])
        while seal.prev in self.pending.entries:
            if seal.prev == self._seal:
                return True
            seal = self.pending.entries[seal.prev]
        return False

    def _rewind(self) -> None:
        """Back to the settled state, without what is pending."""
        if not self.verdicts:
            return
        base, since = self._again() if self._again is not None else (self.base, self.since)
        circle, tree = thaw(self.modules, base) if base else (Circle(self.modules), Tree())
        for epoch in since:
            replay(circle, tree, epoch)
        self._circle, self.tree = circle, tree
        self.verdicts.clear()

    def _settle(self, seal: Entry) -> Epoch:
        self._seal = seal.id
        entries = self.pending.cover(seal)
        epoch = Epoch(entries, [], seal.time)
        replay(self._circle, self.tree, epoch)
        self._check(seal)
        self._remember(epoch)
        return epoch

    def _remember(self, epoch: Epoch) -> None:
        self._settled += len(epoch.entries)
        self._long = self._settled >= max(FREEZE_AFTER, self.tree.size // 32)
        if self._long:
            self.since.clear()
        elif self._again is None:
            self.since.append(epoch)

    def _freeze_if_long(self) -> None:
        if self._long:
            self.freeze()

    def freeze(self) -> None:
        """Makes the settled state the new base; only between a seal and the first pending entry."""
        self.base = freeze(self.circle, self.tree)
        self.base_epoch = self.circle.roots.epoch
        self.since.clear()
        self._settled, self._long = 0, False

    def _check(self, seal: Entry) -> None:
        """A seal that says otherwise than the fold is an alarm; it never decides the order."""
        said = {field: value for field, value in seal.kept.items() if field != "term"}
        if said != seal_kept(self.circle, self.tree, with_state="state" in said):
            self.alarms.append(seal)


def seal_kept(circle: Circle, tree: Tree, with_state: bool) -> dict[str, Any]:
    """What a seal says: the count of all that is settled, their Merkle root, and the hash of the state where it says
    that too."""
    kept = {"count": tree.size, "root": tree.root()}
    return kept | {"state": state_hash(circle)} if with_state else kept


def says_state(count: int, covered: int) -> bool:
    """Whether this program's seal that brings the settled entries to `count` says the state's hash: every one of a
    young circle, then one about every thousand entries, and fewer in a long log, since to hash a state takes longer
    with each entry. Any seal may."""
    step = max(1024, 1 << max(count.bit_length() - 5, 0))
    return count < step or count // step != (count - covered) // step


def replay(circle: Circle, tree: Tree, epoch: Epoch) -> None:
    """Folds one epoch whose order is known, and closes it."""
    epoch.verdicts = fold_epoch(circle, epoch.entries)
    grow(tree, epoch)
    close_epoch(circle, epoch.time)


def grow(tree: Tree, epoch: Epoch) -> None:
    if epoch.peaks:
        tree.size += len(epoch.entries)
        tree.peaks = apart(epoch.peaks)
        return
    tree.extend(entry.id + verdict.encode() for entry, verdict in zip(epoch.entries, epoch.verdicts, strict=True))
    epoch.peaks = b"".join(tree.peaks)


def freeze(circle: Circle, tree: Tree) -> Frozen:
    """Everything of a settled state, in the order in which it came to be."""
    states = zlib.compress(msgspec.msgpack.encode(circle.states, enc_hook=packed), level=1)
    acts = {member: acts.pack() for member, acts in circle.acts.items()}
    return Frozen(states, acts, tree.size, list(tree.peaks))


def thaw(modules: Modules, frozen: Frozen) -> tuple[Circle, Tree]:
    """The state that was frozen. Raises `ValueError` or `KeyError` where it is none that this program can read."""
    try:
        found = msgspec.msgpack.decode(zlib.decompress(frozen.states), type=dict[str, msgspec.Raw])
    except zlib.error as error:
        raise ValueError("not a frozen state") from error
    known: dict[str | int, str | int] = {}
    states = {
        name: shared(msgspec.msgpack.decode(state, type=modules.by_name[name].state, dec_hook=unpacked), known)
        for name, state in found.items()
    }
    circle = Circle(modules, states)
    circle.acts = {member: Acts(acts) for member, acts in frozen.acts.items()}
    return circle, Tree(frozen.size, list(frozen.peaks))


def shared(value: Any, known: dict[str | int, str | int]) -> Any:
    """The same, in which what says the same text or number is one object, as it is in a state that was never written
    down: days, shops, members and amounts come again and again."""
    kind = type(value)
    if kind is str or kind is int:
        return known.setdefault(value, value)
    if kind is dict:
        for key, one in value.items():
            value[key] = shared(one, known)
    elif kind is list:
        value[:] = [shared(one, known) for one in value]
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            msgspec.structs.force_setattr(value, field, shared(getattr(value, field), known))
    return value
