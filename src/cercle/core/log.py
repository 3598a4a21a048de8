"""The log: how entries stand to their ancestors, what waits for a seal, and what a seal covers."""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from cercle.core.entry import GENESIS, Entry, Rejected, short
from cercle.core.keys import is_signed

JOINED = "people.joined"
SEALED = "circle.sealed"
LINKED = "circle.linked"
SIGNED_EVERY = 256
MAX_BRANCHES = 2

_INVITATION_DOMAIN = b"cercle-invitation/1\0"


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where an entry of the log stands: enough to judge its children."""

    device: bytes
    seq: int
    lamport: int


def missing_parents(entry: Entry, find: Callable[[bytes], Place | Entry | None]) -> list[bytes]:
    """The parents that `find` does not know; [] once the entry's place was checked against all of them.

    Raises `Rejected` where the chain or the lamport is wrong.
    """
    prev, lamport = entry.prev, -1
    missing: list[bytes] = []
    if prev is not None:
        before = find(prev)
        if before is None:
            missing.append(prev)
        elif before.device != entry.device or before.seq + 1 != entry.seq:
            raise Rejected("chain", "prev is not the entry before on this device's chain")
        else:
            lamport = before.lamport
    last: tuple[int, bytes] | None = None
    for parent in entry.seen:
        place = find(parent)
        if place is None:
            missing.append(parent)
            continue
        if place.device == entry.device:
            raise Rejected("chain", "seen names entries of other devices")
        here = (-place.lamport, parent)
        if last is not None and here < last:
            raise Rejected("lamport", "seen stands highest lamport first, then by id")
        last = here
        lamport = max(lamport, place.lamport)
    if not missing and entry.lamport != lamport + 1:
        raise Rejected("lamport", "lamport is exactly one more than the largest among the parents")
    return missing


def invitation_message(circle: bytes, device: bytes) -> bytes:
    """What the private key of an invitation signs to prove that `device` was invited."""
    return _INVITATION_DOMAIN + circle + device


def check_root(circle: bytes, entry: Entry, parents: Iterable[Entry]) -> None:
    """A device's first entry cites the entry that names its key, or joins with the proof of an invitation."""
    if entry.event == GENESIS:
        if entry.id != circle:
            raise Rejected("genesis", "a circle begins once")
        return
    for parent in parents:
        if parent.kept.get("device") == entry.device:
            return
        key, proof = parent.kept.get("key"), entry.kept.get("proof")
        invited = entry.event == JOINED and entry.kept.get("invitation") == short(parent.id)
        if not invited or type(key) is not bytes or type(proof) is not bytes:
            continue
        if is_signed(key, proof, invitation_message(circle, entry.device)):
            return
    raise Rejected("root", "nothing that it cites names this device's key or invites it")


def authentic(entries: Sequence[Entry], signatures: Sequence[bytes | None]) -> int:
    """How many entries of a run (one device, in seq order) stand at or before its last valid signature.

    Every signature that is present is verified; the run ends before the first that is not valid.
    """
    count = 0
    for number, signature in enumerate(signatures):
        if signature is None:
            continue
        if not is_signed(entries[number].device, signature, entries[number].id):
            break
        count = number + 1
    return count


def heads_to_see(heads: Iterable[tuple[bytes, Place]], device: bytes, limit: int) -> list[bytes]:
    """The heads of other chains that a new entry of `device` cites, the highest lamports first."""
    others = sorted((-place.lamport, identifier) for identifier, place in heads if place.device != device)
    return [identifier for _, identifier in others[:limit]]


class Pending:
    """The entries that no seal covers yet, in the order in which they came."""

    def __init__(self) -> None:
        self.entries: dict[bytes, Entry] = {}

    def cover(self, seal: Entry) -> list[Entry]:
        """Takes out the proper ancestors of `seal`, in the order of the log."""
        return in_order([self.entries.pop(identifier) for identifier in ancestors(self.entries, [seal])])

    def ordered(self) -> list[Entry]:
        return in_order(self.entries.values())


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Sorted as they stand within one epoch: by lamport, then id."""
    return sorted(entries, key=lambda entry: (entry.lamport, entry.id))


def ancestors(entries: dict[bytes, Entry], of: Iterable[Entry]) -> set[bytes]:
    """The proper ancestors of some entries, as far as they are among `entries`."""
    found: set[bytes] = set()
    waiting = [parent for entry in of for parent in entry.parents]
    while waiting:
        identifier = waiting.pop()
        if identifier in entries and identifier not in found:
            found.add(identifier)
            waiting.extend(entries[identifier].parents)
    return found
