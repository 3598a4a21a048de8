"""The private keys that a node holds for the people who use its pages."""

import os
from collections.abc import Container, Iterable

from sqlalchemy import Connection, delete, insert, select, update

from cercle.core.event import Reason
from cercle.core.keys import Signer, public, signer
from cercle.store.tables import keys, people

OWN = ("device", "retired")  # what was, or is, written by
KNOWN = ("device", "gone")  # whose people may look at the circle here


class Why(Reason):
    GONE = (
        "store.gone",
        "This machine does not write for you any more: here you can read. You write on a machine of your own.",
    )


_signers: dict[bytes, Signer] = {}


def load(seed: bytes) -> Signer:
    """The signer of a seed; made once a process, since deriving it costs as much as a signature."""
    if seed not in _signers:
        _signers[seed] = signer(seed)
    return _signers[seed]


def new_person(connection: Connection, language: str = "") -> int:
    """Somebody who uses this node's pages, in whatever circles."""
    return int(connection.execute(insert(people).values(language=language)).lastrowid)


def new_seed() -> bytes:
    return os.urandom(32)


def keep_key(
    connection: Connection,
    circle: int,
    person: int,
    member: str,
    seed: bytes,
    purpose: str = "device",
    invitation: str = "",
) -> None:
    connection.execute(
        insert(keys).values(
            circle=circle,
            person=person,
            member=member,
            key=public(load(seed)),
            seed=seed,
            purpose=purpose,
            invitation=invitation,
        )
    )


def key_of_member(connection: Connection, circle: int, member: str) -> Signer | None:
    """The device key with which this node writes for a member, or None."""
    query = select(keys.c.seed).where(keys.c.circle == circle, keys.c.member == member, keys.c.purpose == "device")
    seed = connection.scalar(query.order_by(keys.c.no.desc()))
    return load(seed) if seed else None


def key_of_device(connection: Connection, circle: int, device: bytes) -> Signer | None:
    query = select(keys.c.seed).where(keys.c.circle == circle, keys.c.key == device, keys.c.purpose == "device")
    seed = connection.scalar(query)
    return load(seed) if seed else None


def opening_seeds(connection: Connection, among: Iterable[int] | None = None) -> list[bytes]:
    """The private keys by which this node opens what was locked for its people, in all circles or `among` those of some
    numbers; also those with which it writes no more."""
    query = select(keys.c.seed).where(keys.c.purpose.in_(OWN)).order_by(keys.c.no)
    return list(connection.scalars(query if among is None else query.where(keys.c.circle.in_(among))))


def keys_of_circle(connection: Connection, circle: int) -> list[Signer]:
    """Every device key of a circle that this node holds, the oldest first; also those with which it writes no more."""
    query = select(keys.c.seed).where(keys.c.circle == circle, keys.c.purpose.in_(OWN)).order_by(keys.c.no)
    return [load(seed) for seed in connection.scalars(query)]


def members_of_person(connection: Connection, person: int) -> dict[int, str]:
    """Circle number to member, for every circle in which this node writes for that person, or did."""
    query = select(keys.c.circle, keys.c.member).where(keys.c.person == person, keys.c.purpose.in_(KNOWN))
    return {row.circle: row.member for row in connection.execute(query.order_by(keys.c.no))}


def people_of_member(connection: Connection, circle: int, member: str) -> list[int]:
    """Who uses this node's pages as that member, the first of them first. Whoever came in by a recovery kit is one
    more: it is the kit of one circle, and the person before may be in others."""
    query = select(keys.c.person).where(keys.c.circle == circle, keys.c.member == member, keys.c.purpose.in_(KNOWN))
    return list(dict.fromkeys(connection.scalars(query.order_by(keys.c.no))))


def person_of_member(connection: Connection, circle: int, member: str) -> int | None:
    """The first of them."""
    return next(iter(people_of_member(connection, circle, member)), None)


def members_known(connection: Connection, circle: int) -> set[str]:
    """Those for whom this node writes in a circle, or did before their key here was revoked: they may read."""
    return set(connection.scalars(select(keys.c.member).where(keys.c.circle == circle, keys.c.purpose.in_(KNOWN))))


def forget(connection: Connection, circle: int, revoked: Container[str]) -> dict[str, int]:
    """Deletes the private parts of the keys in a circle that were revoked (in hexadecimal), and of the spares of those
    who write here by no other; gives these keys, each with the person who writes here no more, or 0. Such a person may
    read on, but where another one is that member here: the key of a thief was revoked, or that of the one before. What
    the file still holds of the keys is for `purge`."""
    held = connection.execute(select(keys).where(keys.c.circle == circle).order_by(keys.c.no)).all()
    lost = [row for row in held if row.purpose in OWN and row.key.hex() in revoked]
    writing = {(row.member, row.person) for row in held if row.purpose == "device" and row not in lost}
    for row in lost:
        _signers.pop(row.seed, None)
        here = [one for member, one in writing if member == row.member]
        before = [one.person for one in held if one.member == row.member and (one.purpose in KNOWN or one in lost)]
        gone = update(keys).where(keys.c.no == row.no).values(seed=b"", purpose="gone")
        connection.execute(gone)
        if row.person not in (here or before[:1]):
            theirs = (keys.c.circle == circle, keys.c.member == row.member, keys.c.person == row.person)
            connection.execute(delete(keys).where(*theirs, keys.c.purpose == "gone"))
        if not here:
            spares = (keys.c.circle == circle, keys.c.member == row.member, keys.c.purpose == "spare")
            connection.execute(delete(keys).where(*spares))
    return {row.key.hex(): row.person if (row.member, row.person) not in writing else 0 for row in lost}


def retire_all(connection: Connection) -> None:
    """After a restore: what the old machine may have signed since, this one must never sign beside it."""
    connection.execute(update(keys).where(keys.c.purpose == "device").values(purpose="retired"))
