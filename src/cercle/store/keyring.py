"""The private keys that a node holds for the people who use its pages."""

import os
from collections.abc import Iterable

from sqlalchemy import Connection, insert, select, update

from cercle.core.keys import Signer, public, signer
from cercle.store.tables import keys, people

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
    query = select(keys.c.seed).where(keys.c.purpose != "spare").order_by(keys.c.no)
    return list(connection.scalars(query if among is None else query.where(keys.c.circle.in_(among))))


def keys_of_circle(connection: Connection, circle: int) -> list[Signer]:
    """Every device key of a circle that this node holds, the oldest first; also those with which it writes no more."""
    query = select(keys.c.seed).where(keys.c.circle == circle, keys.c.purpose != "spare").order_by(keys.c.no)
    return [load(seed) for seed in connection.scalars(query)]


def members_of_person(connection: Connection, person: int) -> dict[int, str]:
    """Circle number to member, for every circle in which this node writes for that person."""
    query = select(keys.c.circle, keys.c.member).where(keys.c.person == person, keys.c.purpose == "device")
    return {row.circle: row.member for row in connection.execute(query.order_by(keys.c.no))}


def person_of_member(connection: Connection, circle: int, member: str) -> int | None:
    query = select(keys.c.person).where(keys.c.circle == circle, keys.c.member == member, keys.c.purpose == "device")
    return connection.scalar(query)


def retire_all(connection: Connection) -> None:
    """After a restore: what the old machine may have signed since, this one must never sign beside it."""
    connection.execute(update(keys).where(keys.c.purpose == "device").values(purpose="retired"))
