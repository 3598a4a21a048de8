"""A proof that an entry was settled: a small file that says so to anybody, who needs nothing of the circle but its id.

It leads from the circle's id to its keeper, from the keeper's signature to a seal, and from the seal's Merkle root to
the entry and its verdict; and by the signature of its device to whose entry it is. Beside it stands, where whoever made
it wanted, what the entry said in words.
"""

import re
from base64 import b32encode
from itertools import pairwise
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from cercle.core.entry import Entry, parse, parse_all, read_words, short
from cercle.core.event import Reason, Refused
from cercle.core.keys import is_signed
from cercle.core.log import SEALED, SIGNED_EVERY
from cercle.core.merkle import Tree, apart, audit_path, led_to
from cercle.core.spelling import Rejected, spell, unspell
from cercle.store import rows
from cercle.store.live import Live

MAGIC = b"cercle-proof/1\n"
HANDED_ON = "devices.handed_on"
MOST_HANDOVERS = 100
ROOT_SHOWN = 15  # bytes: so much work that nobody makes two logs of which a checkpoint says the same
CHECKPOINT = re.compile(r"(\d{1,18})((?:-[A-Z2-7]{4}){6})")

Key = Annotated[bytes, Meta(min_length=32, max_length=32)]


class Why(Reason):
    NOT_SETTLED = ("proof.not_settled", "This entry is not sealed yet: the keeper of the log has to do that first.")
    NO_SEAL = ("proof.no_seal", "The seal of this entry is not here.")
    REPLACED = (
        "proof.replaced",
        "The circle has replaced a lost keeper since, which no small file can prove. Compare checkpoints instead.",
    )
    MALFORMED = ("proof.malformed", "This is no proof, or it was damaged on its way.")
    ENTRY = ("proof.entry", "The entry in it is not signed by the device that it names.")
    KEEPER = ("proof.keeper", "The seal in it is not by the circle’s keeper.")
    ROOT = ("proof.root", "The seal in this proof says otherwise of this entry.")
    NO_CHECKPOINT = ("proof.no_checkpoint", "A checkpoint looks like 5912-K7QM-2XPD-ABCD-EFGH-IJKL-MNOP.")


class Run(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """An entry by its header, with those after it on its chain, of which the last one is signed."""

    device: Key
    headers: Annotated[list[bytes], Meta(min_length=1, max_length=SIGNED_EVERY)]
    signature: Annotated[bytes, Meta(min_length=64, max_length=64)]


class Settled(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """An entry, and its place in the settled order, of which `path` leads to the root in the seal."""

    entry: Run
    verdict: str
    index: int
    path: Annotated[list[Key], Meta(max_length=64)]
    seal: Run


class Proof(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """`genesis` is the header of the circle's first entry, by the device `founder`, which seals at first; `handovers`
    are the entries by which each keeper named the next one."""

    circle: Key
    founder: Key
    genesis: bytes
    handovers: Annotated[list[Settled], Meta(max_length=MOST_HANDOVERS)]
    settled: Settled
    body: bytes | None


class Proven(msgspec.Struct, frozen=True):
    """What a proof proves: the entry, its verdict and its place among `count` that were settled by the seal, at the
    time (ms) and with the root that this says. `words` are {} where they are not told."""

    circle: bytes
    entry: Entry
    words: dict[str, Any]
    verdict: str
    index: int
    count: int
    root: bytes
    time: int

    @property
    def checkpoint(self) -> str:
        """The one that the seal's replica would say."""
        return written(self.count, self.root)


# --- making one --------------------------------------------------------------------------------------------------


def prove(live: Live, identifier: str, with_words: bool = False) -> bytes:
    """The file that proves that the entry with this short id was settled. Raises `Refused`."""
    row = rows.by_short_id(live.connection, live.no, identifier)
    if row is None or row.position is None:
        raise Refused(Why.NOT_SETTLED)
    genesis = rows.by_short_id(live.connection, live.no, short(live.id))
    assert genesis is not None
    size = rows.size_after(live.connection, live.no, row.position)
    before = [one for one in handovers(live) if rows.size_after(live.connection, live.no, one.position) < size]
    proof = Proof(
        live.id,
        genesis.key,
        genesis.header,
        [settled(live, one) for one in before],
        settled(live, row),
        row.body if with_words else None,
    )
    return MAGIC + spell(msgspec.to_builtins(proof, builtin_types=(bytes,)))


def settled(live: Live, row: Any) -> Settled:
    """Raises `Refused`."""
    size = rows.size_after(live.connection, live.no, row.position)
    path = audit_path(rows.leaves(live.connection, live.no, size), row.position)
    return Settled(signed_run(live, row), row.verdict or "", row.position, path, signed_run(live, seal_of(live, size)))


def handovers(live: Live) -> list[Any]:
    """The rows of the entries by which the keeping of the log went on to another device, in order: those whose device
    made the next seal. Raises `Refused`."""
    if not live.replica.roots.term:
        return []
    found = {}
    for row in rows.settled_with(live.connection, live.no, HANDED_ON):
        last = rows.size_after(live.connection, live.no, row.position)
        size = rows.size_after(live.connection, live.no, last)
        named = rows.as_entry(row.id, row.key, row.header).kept.get("device")
        if size and seal_of(live, size).key == named:
            found[last] = row
    return list(found.values())


def seal_of(live: Live, size: int) -> Any:
    """The row of the seal after which so many entries are settled. Raises `Refused`."""
    genesis, root = rows.by_short_id(live.connection, live.no, short(live.id)), settled_root(live, size)
    named = [
        rows.as_entry(row.id, row.key, row.header) for row in rows.settled_with(live.connection, live.no, HANDED_ON)
    ]
    keepers = [genesis.key if genesis is not None else b"", *(entry.kept["device"] for entry in named)]
    for key in dict.fromkeys(keepers):
        for row in rows.of_device(live.connection, live.no, key):
            entry = rows.as_entry(row.id, row.key, row.header)
            if entry.event == SEALED and entry.kept.get("count") == size and entry.kept.get("root") == root:
                return row
    raise Refused(Why.REPLACED if live.circle.devices.lost else Why.NO_SEAL)


def signed_run(live: Live, first: Any) -> Run:
    """From the entry of a row on to the next on its chain that came with its signature."""
    headers, last = [first.header], first
    for row in rows.of_device(live.connection, live.no, first.key, first.seq + 1) if not first.signature else ():
        if rows.as_entry(row.id, row.key, row.header).prev == last.id:
            headers.append(row.header)
            last = row
            if row.signature:
                break
    return Run(first.key, headers, last.signature)


# --- checking one ------------------------------------------------------------------------------------------------


def check(raw: bytes) -> Proven:
    """What a proof proves; whether the circle is the one that is meant is for the reader to say. Raises `Refused`."""
    try:
        proof = msgspec.convert(unspell(raw.removeprefix(MAGIC)), Proof, builtin_types=(bytes,))
        genesis = parse(proof.circle, proof.founder, proof.genesis)
        if genesis.id != proof.circle:
            raise Refused(Why.KEEPER)
        keeper = proof.founder
        for term, handover in enumerate(proof.handovers):
            entry, _ = check_settled(proof.circle, handover, keeper, term)
            if entry.event != HANDED_ON or entry.device != keeper or handover.verdict:
                raise Refused(Why.KEEPER)
            keeper = entry.kept.get("device")
        of = proof.settled
        entry, seal = check_settled(proof.circle, of, keeper, len(proof.handovers), proof.body)
    except (ValueError, Rejected) as error:
        raise Refused(Why.MALFORMED) from error
    words, count, root = read_words(proof.body), seal.kept["count"], seal.kept["root"]
    return Proven(proof.circle, entry, words, of.verdict, of.index, count, root, seal.time)


def check_settled(circle: bytes, of: Settled, keeper: Any, term: int, body: bytes | None = None) -> tuple[Entry, Entry]:
    """The entry, and the keeper's seal of that term. Raises `Refused`, and `Rejected` where one of them is none."""
    entry, seal = signed(circle, of.entry, body), signed(circle, of.seal)
    if seal.event != SEALED or seal.device != keeper or seal.kept.get("term") != term:
        raise Refused(Why.KEEPER)
    count = seal.kept.get("count")
    try:
        found = led_to(entry.id + of.verdict.encode(), of.index, count if type(count) is int else 0, of.path)
    except ValueError as error:
        raise Refused(Why.ROOT) from error
    if type(count) is not int or found != seal.kept.get("root"):
        raise Refused(Why.ROOT)
    return entry, seal


def signed(circle: bytes, run: Run, body: bytes | None = None) -> Entry:
    """The first entry of a run. Raises `Refused`, and `Rejected` where it is none."""
    entries = parse_all(circle, run.device, run.headers, [body, *([None] * (len(run.headers) - 1))])
    is_chain = all(after.prev == before.id for before, after in pairwise(entries))
    if not is_chain or not is_signed(run.device, run.signature, entries[-1].id):
        raise Refused(Why.ENTRY)
    return entries[0]


# --- what two members compare ------------------------------------------------------------------------------------


def checkpoint(live: Live) -> str:
    """What a replica says of all that is settled in it, to be read to another member, such as
    5912-K7QM-2XPD-ABCD-EFGH-IJKL-MNOP: how many entries, and the beginning of their Merkle root; "" before the first
    seal."""
    size = rows.last_size(live.connection, live.no)
    return written(size, settled_root(live, size)) if size else ""


def compare(live: Live, said: str) -> bool | None:
    """Whether another replica's checkpoint is of the same log as this one's; None where this one has not got so far.
    Raises `Refused`."""
    found = CHECKPOINT.fullmatch("".join(said.upper().split()))
    if found is None:
        raise Refused(Why.NO_CHECKPOINT)
    size = int(found[1])
    if size > rows.last_size(live.connection, live.no):
        return None
    root = settled_root(live, size)
    return bool(root) and written(size, root) == found[0]


def settled_root(live: Live, size: int) -> bytes:
    """The Merkle root of so many settled entries; b"" where no seal settled just so many."""
    found = rows.epoch_of_size(live.connection, live.no, size)
    return Tree(size, apart(found[0])).root() if found else b""


def written(size: int, root: bytes) -> str:
    spelled = b32encode(root[:ROOT_SHOWN]).decode()
    return "-".join([str(size), *(spelled[at : at + 4] for at in range(0, len(spelled), 4))])
