"""A circle folded in memory that takes entries as they come: what is settled stays, what is pending is folded again."""

import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from cercle.core.acts import Acts
from cercle.core.entry import Entry
from cercle.core.fold import (
    KEEPER_AGREED,
    REMOVAL_AGREED,
    Circle,
    Roots,
    Trouble,
    UpdateNeeded,
    close_epoch,
    fold_epoch,
    state_hash,
)
from cercle.core.log import SEALED, Pending, ancestors, in_order
from cercle.core.merkle import Tree, apart
from cercle.core.module import Modules
from cercle.core.shelf import packed, unpacked

FREEZE_AFTER = 2048
FEW = 64  # entries that are judged one by one


class Frozen(msgspec.Struct):
    """A snapshot as of the last seal: the states of the modules, as MessagePack packed by zlib; the acts by member; the
    Merkle tree. `asked`: whether anybody has ever wanted another keeper."""

    states: bytes
    acts: dict[str, bytes]
    size: int
    peaks: list[bytes]
    asked: bool = False


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

    `weighed` says of seals whether they count, as `standing` has found. Once `disputed` is true, a seal has come of
    which only the whole log can tell: what this replica holds is to be made anew, with every seal weighed.
    """

    def __init__(
        self,
        modules: Modules,
        base: Frozen | None = None,
        again: Callable[[], tuple[Frozen | None, Iterable[Epoch]]] | None = None,
        weighed: dict[bytes, bool] | None = None,
    ) -> None:
        self.modules = modules
        self.weighed = weighed or {}
        self.disputed = False
        self.asked = base is not None and base.asked
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

    @property
    def is_behind(self) -> bool:
        """Whether what is pending is still to be folded."""
        return len(self.verdicts) != len(self.pending.entries)

    def take(self, entries: Iterable[Entry], more: bool = False) -> list[Epoch]:
        """Adds entries that are new here (parents before children); gives the epochs that their seals settled. Where
        `more` may follow at once, what is pending is folded with the last of them, or by `take([])`, unless these sort
        after it."""
        settled: list[Epoch] = []
        if self.lacking:
            return settled
        entries = list(entries)
        self._note(entries)
        if self._are_last(entries):
            for entry in entries:
                if entry.event == SEALED:
                    settled.append(self._close(entry))
                else:
                    self._append(entry)
            return settled
        try:
            self._rewind()
            for entry in entries:
                self.pending.entries[entry.id] = entry
                if entry.event == SEALED and not self.disputed and self._counts(entry):
                    settled += self._settle(entry)
            if not more and not self.disputed:
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
            self._note([entry])
            self._append(entry)
        self._check_versions()
        return settled

    def _note(self, entries: list[Entry]) -> None:
        self.asked = self.asked or KEEPER_AGREED in [entry.event for entry in entries]

    def _append(self, entry: Entry) -> None:
        self.pending.entries[entry.id] = entry
        self.verdicts[entry.id] = self.circle.judge(entry, Trouble(self.circle, [entry]))

    def _close(self, seal: Entry) -> Epoch:
        """The keeper's seal of all that is pending: what was folded already is settled so."""
        epoch, _ = self.settle_all(seal.time)
        self._check(seal)
        self.begin(seal)
        return epoch

    def _are_last(self, entries: list[Entry]) -> bool:
        """Whether these sort after all that is pending, and bring nothing that would be judged before its turn: then
        nothing else need be folded again."""
        if len(entries) > FEW or not self.verdicts or self.is_behind:
            return False
        last = max((entry.lamport, entry.id) for entry in self.pending.entries.values())
        heads: dict[bytes, bytes] = {}
        for number, entry in enumerate(entries, 1):
            device = self.circle.roots.devices.get(entry.device.hex())
            head = heads.get(entry.device) or (device.head if device is not None and not device.forked else None)
            if head != entry.prev or (entry.lamport, entry.id) < last or entry.event == REMOVAL_AGREED:
                return False
            if entry.event == SEALED and not (number == len(entries) and self._seals_all(entry, entries)):
                return False
            last, heads[entry.device] = (entry.lamport, entry.id), entry.id
        return True

    def _seals_all(self, seal: Entry, entries: list[Entry]) -> bool:
        """Whether it is the keeper's next seal, as everybody expects it, and covers all that came before."""
        roots, before = self.circle.roots, self.pending.entries.get(self._seal or b"")
        if (
            before is None
            or before.device != seal.device
            or (seal.device.hex(), term_of(seal))
            != (
                roots.keeper,
                roots.term,
            )
        ):
            return False
        known = self.pending.entries | {entry.id: entry for entry in entries}
        is_whole = len(ancestors(known, [seal])) == len(known) - 1
        return is_whole and is_entitled(self.circle, seal) and not self.circle.lacking()

    def _check_versions(self) -> None:
        if needed := self.circle.lacking():
            raise UpdateNeeded(needed)

    def load(self, epochs: Iterable[Epoch]) -> None:
        """Folds epochs whose order and cover are known already, from the start or from the base on."""
        try:
            for epoch in epochs:
                self._note(epoch.entries)
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
        after the last one that counted; or it is by whom the circle wants instead. Another one of the keeper's is an
        alarm, and has no effect on the order."""
        roots = self._circle.roots
        if self._seal is None and roots.epoch and self._is_last(seal):
            self._seal = seal.id
            return False
        known, is_ordinary = self.weighed.get(seal.id), False
        if seal.device == self._sealer():
            follows = not roots.epoch or self._follows(seal)
            is_ordinary = follows and term_of(seal) == roots.term
            if not is_ordinary and seal.id != self._seal and (follows or not self._is_new(seal.device)):
                self.alarms.append(seal)
        if known is None and not is_ordinary and self.asked:
            return self._takes_over(seal)
        return is_ordinary if known is None else known

    def _takes_over(self, seal: Entry) -> bool:
        """Whether the device of a seal has the circle's mandate; where the seal does not stand on the last one that
        counted, the whole log is to tell."""
        before = ancestors(self.pending.entries, [seal])
        if self._seal not in before:
            self.disputed = term_of(seal) is not None and seal.id != self._seal
            return False
        if not (term_of(seal) or 0) > self._circle.roots.term:
            return False
        covered = in_order([self.pending.entries[one] for one in before])
        if not may_want(self._circle, covered):
            return False
        circle = thaw(self.modules, freeze(self._circle, self.tree))[0]
        verdicts = fold_epoch(circle, covered)
        return is_entitled(circle, seal) and says_what_is_so(seal, self.tree, covered, verdicts)

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

    def _settle(self, seal: Entry) -> list[Epoch]:
        """The epoch that a seal makes; none where the circle wants another keeper by what it covers."""
        entries = self.pending.cover(seal)
        epoch = Epoch(entries, fold_epoch(self._circle, entries), seal.time)
        if not is_entitled(self._circle, seal):
            self.pending.entries.update((entry.id, entry) for entry in entries)
            self.disputed = True
            return []
        term, self._seal = self._circle.roots.term, seal.id
        grow(self.tree, epoch)
        close_epoch(self._circle, epoch.time)
        if term_of(seal) != term:
            self.alarms = [alarm for alarm in self.alarms if alarm.id not in self.pending.entries]
        self._check(seal)
        self._remember(epoch)
        return [epoch]

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
        self.base = msgspec.structs.replace(freeze(self.circle, self.tree), asked=self.asked)
        self.base_epoch = self.circle.roots.epoch
        self.since.clear()
        self._settled, self._long = 0, False

    def _check(self, seal: Entry) -> None:
        """A seal that says otherwise than the fold is an alarm; it never decides the order."""
        said = {field: value for field, value in seal.kept.items() if field != "term"}
        if said != seal_kept(self.circle, self.tree, with_state="state" in said):
            self.alarms.append(seal)


def term_of(entry: Entry) -> int | None:
    """The term that a seal, or a wish for another keeper, says."""
    term = entry.kept.get("term")
    return term if type(term) is int and term >= 0 else None


def wanted_by(entry: Entry) -> tuple[bytes, int] | None:
    """The device that somebody wants to seal, and in which term."""
    device, term = entry.kept.get("device"), term_of(entry)
    return (device, term) if type(device) is bytes and term is not None else None


def is_entitled(circle: Circle, seal: Entry) -> bool:
    """Whether the device of a seal is the one that makes it in that term, with all folded that the seal covers: the
    keeper, but where the circle wants another one."""
    mandate = circle.mandate()
    return term_of(seal) == circle.roots.term if mandate is None else mandate == (seal.device.hex(), term_of(seal))


def says_what_is_so(seal: Entry, tree: Tree, covered: list[Entry], verdicts: list[str]) -> bool:
    """Whether a seal says rightly what is settled by it, after the tree of what was settled before. A takeover that
    does not was made where other seals stood, and is none here."""
    grown = Tree(tree.size, list(tree.peaks))
    grown.extend(entry.id + verdict.encode() for entry, verdict in zip(covered, verdicts, strict=True))
    return (seal.kept.get("count"), seal.kept.get("root")) == (grown.size, grown.root())


def may_want(circle: Circle, covered: list[Entry]) -> bool:
    """Whether enough may want another keeper, with these entries folded: counted without a look at whether they may."""
    devices = circle.states.get("devices")
    said = {(one.device, wanted_by(one)) for one in covered if one.event == KEEPER_AGREED}
    if devices is None or not (said or devices.agreed):
        return False
    counted = Counter(wanted for _, wanted in said)
    counted.update((bytes.fromhex(one.device), one.term) for one in devices.agreed.values())
    return 2 * max(counted.values()) > len(devices.deciding)


def seal_kept(circle: Circle, tree: Tree, with_state: bool) -> dict[str, Any]:
    """What a seal says: the count of all that is settled, their Merkle root, and the hash of the state where it says
    that too."""
    kept = {"count": tree.size, "root": tree.root()}
    return kept | {"state": state_hash(circle)} if with_state else kept


def says_state(count: int, covered: int) -> bool:
    """Whether this program's seal that brings the settled entries to `count` says the state's hash: every one of a
    young circle, then one about every thousand entries, and fewer in a long log, since to hash a state takes longer
    with each entry. Any seal may."""
    step = max(1024, 1 << max(count.bit_length() - 4, 0))
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
