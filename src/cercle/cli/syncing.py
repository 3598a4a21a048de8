"""Meeting other nodes that hold the same circles."""

import asyncio
from typing import Any

import click

from cercle.cli.terminal import Here, command, give, open_node
from cercle.core.event import Refused
from cercle.meeting import spelled
from cercle.store.frontier import frontier
from cercle.store.live import Live, Why
from cercle.store.node import Node
from cercle.store.peers import forget, keep_peer, note_met, peers_of


@command("sync")
@click.argument("circle", required=False)
@click.option("--with", "address", metavar="ADDRESS", help="Where it is held too, such as http://192.168.1.20:8642.")
@click.option("--forget", "is_over", is_flag=True, help="Go there no more.")
@click.option("--code", "is_code", is_flag=True, help="Only say how far this machine has got: for pack --since.")
@click.pass_context
def sync(
    context: click.Context, here: Here, circle: str | None, address: str | None, is_over: bool, is_code: bool
) -> None:
    """Meet the other machines that hold a circle.

    Those that are known for CIRCLE or for all circles here, or the one at ADDRESS. Each gives the other what it lacks.
    An address that was met is kept, and `cercle up` goes there by itself from then on. The status is 1 where a machine
    was not met. With --json: a list of {"circle", "address", "new", "filled", "waiting", "problem"}; with --code
    {"circle", "code"}.
    """
    if address and not circle:
        raise click.UsageError(here.gettext("--with needs CIRCLE."))
    if is_code and not circle:
        raise click.UsageError(here.gettext("--code needs CIRCLE."))
    if is_over and not address:
        raise click.UsageError(here.gettext("--forget needs --with."))
    address = address_in(here, address) if address else None
    with open_node(here) as node:
        lives = [node.find(circle)] if circle else [node.live(no) for no in node.numbers()]
        if is_code:
            code = spelled(frontier(lives[0]))
            give(here, {"circle": lives[0].id.hex(), "code": code}, code)
            return
        if is_over and address:
            forget(node.connection, lives[0].no, address)
            give(here, [], here.gettext("%(address)s is forgotten.", address=address))
            return
        told = []
        for live in lives:
            found = [address] if address else [peer.address for peer in peers_of(node.connection, live.no)]
            told += [asyncio.run(met(here, node, live, one)) for one in found]
    give(here, told, *(line(here, one) for one in told))
    if not told and not here.is_json:
        said = here.gettext("No address is known: name one with --with. At home, `cercle up` finds the others.")
        click.echo(said, err=True)
    context.exit(1 if any(one["problem"] for one in told) else 0)


def address_in(here: Here, typed: str) -> str:
    """Raises `click.UsageError`."""
    from cercle.sync.address import EXAMPLE, plain_address

    try:
        return plain_address(typed)
    except ValueError as error:
        sentence = here.gettext("Write the address of its pages, such as %(example)s.", example=EXAMPLE)
        raise click.UsageError(sentence) from error


async def met(here: Here, node: Node, live: Live, address: str) -> dict[str, Any]:
    from cercle.meeting import NotMet
    from cercle.visiting import meet_at

    about: dict[str, Any] = {"circle": live.id.hex(), "address": address}
    nothing = {"new": 0, "filled": 0, "waiting": 0}
    try:
        received = await meet_at(node, live, address)
    except NotMet as error:
        return about | nothing | {"problem": here.gettext("not met"), "why": str(error)}
    except Refused as refused:
        if refused.reason is Why.NO_KEY:
            return about | nothing | {"problem": here.gettext("nobody writes on this machine, so it can ask nobody")}
        return about | nothing | {"problem": here.gettext(refused.reason.sentence)}
    if node.own_key(live) is not None:
        keep_peer(node.connection, live.no, address)
        note_met(node.connection, live.no, address, node.clock())
    told = {"new": received.new, "filled": received.filled, "waiting": received.waiting}
    return about | told | {"problem": ""}


def line(here: Here, one: dict[str, Any]) -> str:
    if one["problem"]:
        return f"{one['address']}: {one['problem']}"
    said = here.ngettext("%(address)s: %(new)s new entry.", "%(address)s: %(new)s new entries.", one["new"])
    return said % one
