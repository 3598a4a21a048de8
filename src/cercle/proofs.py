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
ROOT_SHOWN = 15  # bytes: so much work that nobody makes two logs of which a checkpoint says the same
CHECKPOINT = re.compile(r"(\d{1,18})((?:-[A-Z2-7]{4}){6})")

Key = Annotated[bytes, Meta(min_length=32, max_length=32)]


class Why(Reason):
    NOT_SETTLED = ("proof.not_settled", "This entry is not settled yet: the keeper has to seal it first.")
    NO_SEAL = ("proof.no_seal", "The seal that settled this entry is not here.")
    MALFORMED = ("proof.malformed", "This is no proof, or it was damaged on its way.")
    ENTRY = ("proof.entry", "The entry in it is not signed by the device that it names.")
    KEEPER = ("proof.keeper", "The seal in it is not by the circle’s keeper.")
    ROOT = ("proof.root", "The seal in it does not settle this entry with this verdict.")
    NO_CHECKPOINT = ("proof.no_checkpoint", "A checkpoint looks like 5912-K7QM-2XPD-ABCD-EFGH-IJKL-MNOP.")


class Run(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """An entry by its header, with those after it on its chain, of which the last one is signed."""

    device: Key
    headers: Annotated[list[bytes], Meta(min_length=1, max_length=SIGNED_EVERY)]
    signature: Annotated[bytes, Meta(min_length=64, max_length=64)]


class Proof(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """`genesis` is the header of the circle's first entry, by the device `founder`; `index` the entry's place in the
    settled order, of which `path` leads to the root in the seal."""

    circle: Key
    founder: Key
    genesis: bytes
    entry: Run
    body: bytes | None
    verdict: str
    index: int
    path: Annotated[list[Key], Meta(max_length=64)]
    seal: Run


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
    size = rows.size_after(live.connection, live.no, row.position)
    genesis = rows.by_short_id(live.connection, live.no, short(live.id))
    assert genesis is not None
    proof = Proof(
        live.id,
        genesis.key,
        genesis.header,
        signed_run(live, row),
        row.body if with_words else None,
        row.verdict or "",
        row.position,
        audit_path(rows.leaves(live.connection, live.no, size), row.position),
        signed_run(live, seal_of(live, size)),
    )
    return MAGIC + spell(msgspec.to_builtins(proof, builtin_types=(bytes,)))


def seal_of(live: Live, size: int) -> Any:
    """The row of the keeper's seal after which so many entries are settled. Raises `Refused`."""
    for row in rows.of_device(live.connection, live.no, bytes.fromhex(live.replica.roots.keeper)):
        entry = rows.as_entry(row.id, row.key, row.header)
        if entry.event == SEALED and entry.kept.get("count") == size:
            return row
    raise Refused(Why.NO_SEAL)


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
        entry, seal = signed(proof.circle, proof.entry, proof.body), signed(proof.circle, proof.seal)
    except (ValueError, Rejected) as error:
        raise Refused(Why.MALFORMED) from error
    if genesis.id != proof.circle or seal.event != SEALED or seal.device != proof.founder:
        raise Refused(Why.KEEPER)
    count, root = seal.kept.get("count"), seal.kept.get("root")
    try:
        found = led_to(entry.id + proof.verdict.encode(), proof.index, count if type(count) is int else 0, proof.path)
    except ValueError as error:
        raise Refused(Why.ROOT) from error
    if type(count) is not int or found != root:
        raise Refused(Why.ROOT)
    return Proven(proof.circle, entry, read_words(proof.body), proof.verdict, proof.index, count, found, seal.time)


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
