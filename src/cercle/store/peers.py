"""Where the circles of a node are held elsewhere: the addresses to which it goes by itself."""

from typing import Any

from sqlalchemy import Connection, delete, not_, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from cercle.store.tables import keys, peers

NOTED_EVERY = 300_000  # ms


def peers_of(connection: Connection, circle: int) -> list[Any]:
    """The rows, in the order in which they were met first."""
    return list(connection.execute(select(peers).where(peers.c.circle == circle).order_by(peers.c.no)))


def keep_peer(connection: Connection, circle: int, address: str, invitation: bytes | None = None) -> None:
    """An address to go to from now on; `invitation`: the private seed by which one is let in there at first. What is
    known already stays as it is, but for a newer invitation."""
    statement = upsert(peers).values(circle=circle, address=address, invitation=invitation)
    where = ["circle", "address"]
    if invitation is None:
        connection.execute(statement.on_conflict_do_nothing(where))
    else:
        connection.execute(statement.on_conflict_do_update(index_elements=where, set_={"invitation": invitation}))


def note_met(connection: Connection, circle: int, address: str, time: int) -> None:
    """They were met at this known address at this time (ms), and know who lives here; it is written down every few
    minutes at most."""
    worth_it = or_(not_(peers.c.met.between(time - NOTED_EVERY, time)), peers.c.invitation.is_not(None))
    here = update(peers).where(peers.c.circle == circle, peers.c.address == address, worth_it)
    connection.execute(here.values(met=time, invitation=None))


def invitation_at(connection: Connection, circle: int, address: str) -> bytes | None:
    """The private seed by which this node is let in there, where they do not know yet who lives here."""
    query = select(peers.c.invitation).where(peers.c.circle == circle, peers.c.address == address)
    return connection.scalar(query)


def invited_to(connection: Connection, address: str, invitation: bytes) -> int:
    """The number of the circle of which some came already by this invitation; 0 where none did."""
    query = select(peers.c.circle).where(peers.c.address == address, peers.c.invitation == invitation)
    return connection.scalar(query) or 0


def begun_at(connection: Connection, address: str) -> int:
    """The number of a circle of which some came from there by a recovery kit, whose seed is not kept; 0 where none did.
    Nobody here writes in it yet."""
    theirs = select(keys.c.no).where(keys.c.circle == peers.c.circle).exists()
    query = select(peers.c.circle).where(peers.c.address == address, peers.c.invitation.is_(None), ~theirs)
    return connection.scalar(query.order_by(peers.c.no.desc())) or 0


def forget(connection: Connection, circle: int, address: str) -> None:
    """This node goes there no more by itself."""
    connection.execute(delete(peers).where(peers.c.circle == circle, peers.c.address == address))
