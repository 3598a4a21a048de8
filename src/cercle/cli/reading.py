"""Looking at circles: which there are, what state they are in, and how they came to it."""

import sys
from collections import deque
from collections.abc import Iterator
from typing import Any

import click
import msgspec

from cercle.cli.terminal import Here, Problem, command, give, open_node
from cercle.exchange import lines, member_called
from cercle.sentences import Narrator, moment, plain
from cercle.store.database import FILE
from cercle.store.keyring import key_of_device
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.telling import told_circle


@command("circles")
def circles(here: Here) -> None:
    """List the circles that this node holds.

    With --json: a list of {"circle", "name", "form", "members", "entries", "pending"}.
    """
    found = []
    if (here.folder / FILE).exists():
        with open_node(here) as node:
            found = [about(node, no) for no in node.numbers()]
    if here.is_json or not found:
        sentence = here.gettext("There is no circle yet in %(folder)s.", folder=here.folder)
        give(here, found, sentence)
        return
    print_table(here, found)


def about(node: Node, no: int) -> dict[str, Any]:
    live = node.live(no)
    pending = len(live.replica.pending.entries)
    return {
        "circle": live.id.hex(),
        "name": live.name(live.circle.roots.name),
        "form": live.circle.roots.form,
        "members": sum(not member.gone for member in live.circle.roots.members.values()),
        "entries": live.replica.tree.size + pending,
        "pending": pending,
    }


def print_table(here: Here, found: list[dict[str, Any]]) -> None:
    """For people a table; where something else reads it, columns between tabs."""
    _ = here.gettext
    heads = [_("Circle"), _("Name"), _("People"), _("Entries")]
    table = [[one["circle"][:12], plain(one["name"]), str(one["members"]), str(one["entries"])] for one in found]
    if not sys.stdout.isatty():
        for cells in table:
            click.echo("\t".join(cells))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(*heads)
    for cells in table:
        drawn.add_row(*map(Text, cells))
    Console().print(drawn)


@command("show")
@click.argument("circle")
@click.argument("module", required=False)
def show(here: Here, circle: str, module: str | None) -> None:
    """Show the state of CIRCLE, or of one MODULE of it.

    One object, with people's names in the place of their ids. `show CIRCLE accounts` has `balances`: unit, name, whole
    number of minor units, above zero where the circle owes them. With --json it stands on one line.
    """
    with open_node(here) as node:
        live = node.find(circle)
        try:
            state = told_circle(live, module)
        except KeyError as error:
            known = ", ".join(live.circle.roots.modules)
            sentence = here.gettext(
                "The circle does not use %(module)s. It uses: %(known)s.", module=module, known=known
            )
            raise Problem("unknown_module", sentence) from error
    give(here, state, msgspec.json.format(msgspec.json.encode(state)).decode())


@command("log")
@click.argument("circle")
@click.option("--module", metavar="MODULE", help="Only what belongs to this module.")
@click.option("--by", metavar="NAME", help="Only what this person did.")
@click.option("--text", metavar="TEXT", help="Only what has this text in its sentence or its words.")
@click.option("--limit", type=click.IntRange(min=1), help="Only the last so many of them.")
def log(here: Here, circle: str, module: str | None, by: str | None, text: str | None, limit: int | None) -> None:
    """Tell the log of CIRCLE, an entry a line.

    In the order of the log: what is settled, then what is pending. An entry that the rules refused is marked void,
    with the reason. With --json: an object a line, with "id", "seq", "device", "by", "event", "kept", "words",
    "time", "verdict", "reason", "settled"; bytes are hexadecimal.
    """
    with open_node(here) as node:
        live = node.find(circle)
        member = member_called(live, by, language=here.language) if by else None
        narrator = Narrator(live, here.language)
        keeper = bytes.fromhex(live.circle.roots.keeper)
        has_keeper = key_of_device(live.connection, live.no, keeper) is not None
        found = (
            (line, sentence)
            for line, sentence in told(live, narrator)
            if (module is None or line["event"].startswith(f"{module}."))
            and (member is None or line["by"] == member)
            and (text is None or has_text(text, line, sentence))
        )
        for line, sentence in last(found, limit) if limit else found:
            give(here, line, as_text(here, live, line, sentence, has_keeper))


Told = tuple[dict[str, Any], str]


def told(live: Live, narrator: Narrator) -> Iterator[Told]:
    for line in lines(live):
        yield line, narrator.sentence(line["event"], line["kept"], line["words"], line["by"] or "")


def last(found: Iterator[Told], limit: int) -> Iterator[Told]:
    """The last so many, in their order, without keeping the others."""
    return iter(deque(found, maxlen=limit))


def has_text(wanted: str, line: dict[str, Any], sentence: str) -> bool:
    words = " ".join(str(word) for word in line["words"].values())
    return wanted.casefold() in f"{sentence} {words}".casefold()


def as_text(here: Here, live: Live, line: dict[str, Any], sentence: str, has_keeper: bool) -> str:
    """`has_keeper`: this node seals by itself before long, so that what is pending is nothing to speak of."""
    marks = []
    if line["verdict"] == "void":
        reason = here.gettext(live.modules.reason(line["reason"]))
        marks.append(click.style(here.gettext("void: %(reason)s", reason=reason), fg="red"))
    if not line["settled"] and not has_keeper:
        marks.append(here.gettext("pending"))
    if line["erased"]:
        marks.append(here.gettext("words erased"))
    about_it = f"  [{', '.join(marks)}]" if marks else ""
    return f"{moment(line['time'], here.language)}  {sentence}{about_it}"
