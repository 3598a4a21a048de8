"""Mails that somebody waits for: whether an address is theirs, and whether mail goes at all."""

from hashlib import sha256

from cercle.mail.due import DAY
from cercle.mail.post import PURPOSE, deliver_aside
from cercle.mail.server import NotSent, Problem, Said, Server, Why, note, said, server_of
from cercle.mail.wording import Letter, Plain
from cercle.store import reminders
from cercle.store.node import Node
from cercle.store.reminders import Mark

LASTS = 2 * DAY
ASKED = "address"  # the kind of mark for what was asked of an address
MOST_OF_ONE_ADDRESS, MOST_BY_ONE_PERSON = 3, 6  # a day


class TooMany(Exception):
    """So many mails were asked for today already."""


async def ask(node: Node, circle: int, person: int, address: str, language: str) -> None:
    """Asks at an address whether somebody there wants the reminders of this person. Whoever reads mail there says so by
    the link; nobody makes the node write to strangers again and again. Raises `NotSent` and `TooMany`."""
    server, connection, now = server_for(node), node.connection, node.clock()
    asked = Mark(ASKED, sha256(address.lower().encode()).hexdigest(), now)
    of_address = reminders.count_told(connection, ASKED, now - DAY, about=asked.about)
    by_person = reminders.count_told(connection, ASKED, now - DAY, person=person)
    if of_address >= MOST_OF_ONE_ADDRESS or by_person >= MOST_BY_ONE_PERSON:
        raise TooMany
    reminders.note(connection, circle, person, [asked], now)
    token = node.make_token(PURPOSE, person, circle, lasts=LASTS, label=address)
    stop = f"{server.address}/mail/stop/{token}"
    letter = Plain(language).asking(f"{server.address}/mail/confirm/{token}", stop)
    try:
        await send_now(node, server, address, letter, f"ask {token}", stop)
    except NotSent:
        reminders.take_back(connection, circle, person, [asked])
        node.end_token(token)
        raise


async def test(node: Node, address: str, language: str) -> None:
    """Raises `NotSent`."""
    await send_now(node, server_for(node), address, Plain(language).test(), f"test {node.clock()}")


def server_for(node: Node) -> Server:
    """Raises `NotSent` where none is set up."""
    server = server_of(node)
    if server is None:
        raise NotSent(Problem(Why.NO_SERVER.code))
    return server


async def send_now(node: Node, server: Server, to: str, letter: Letter, name: str, stop: str = "") -> None:
    """Raises `NotSent`."""
    from cercle.mail.delivery import mail  # large, and seldom needed

    done, problem = await deliver_aside(server, [mail(server, to, letter, name, node.clock(), stop)])
    fault = problem or done[0]
    note(node, Said(said(node).sent, problem) if fault else Said(node.clock()))
    if fault is not None:
        raise NotSent(fault)
