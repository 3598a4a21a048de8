"""Acting in a circle, and what there is to know before: its events, and what its modules are for."""

import sys
from importlib import import_module
from importlib.resources import files
from typing import Any

import click
import msgspec

from cercle.cli.terminal import Here, Problem, command, give, open_node
from cercle.exchange import described, event_from, member_called, writers
from cercle.modules import load


@command("act")
@click.argument("circle")
@click.argument("event")
@click.argument("fields", metavar="JSON")
@click.option("--by", required=True, metavar="NAME", help="Who does it: the name or id of somebody with a key here.")
def act(here: Here, circle: str, event: str, fields: str, by: str) -> None:
    """Do something in CIRCLE, as somebody of it.

    Appends EVENT, such as groceries.listed, with its fields as JSON. `cercle events EVENT` tells the fields. Where
    an id names a person, their name will do; bytes are base64; JSON is - to read it from standard input. What the
    rules refuse is not appended: the reason is said, and the status is 1. With --json: {"entry"}.
    """
    text = sys.stdin.read() if fields == "-" else fields
    try:
        values = msgspec.json.decode(text.encode("utf-8", "surrogateescape"))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise click.BadParameter(here.gettext("This is no JSON: %(what)s.", what=error), param_hint="JSON") from error
    with open_node(here) as node:
        live = node.find(circle)
        done = event_from(live, event, values, here.language)
        member = member_called(live, by, writers(node, live), here.language)
        entry = node.act(live, member, done)[0].id.hex()
    give(here, {"entry": entry}, entry)


@command("events")
@click.argument("name", required=False)
def events(here: Here, name: str | None) -> None:
    """List the events, or tell all about the one called NAME.

    What it is, who may do it by default, and its fields as JSON Schema. With --json: one object, or a list of them,
    each with "event", "help", "may", "words", "sentences", "schema".
    """
    known = load().events
    if name is None:
        width = max(map(len, known))
        rows = [f"{event.name:{width}}  {event.about}" for event in known.values()]
        give(here, [described(event) for event in known.values()], *rows)
        return
    if name not in known:
        sentence = here.gettext("There is no event called %(event)s.", event=name)
        raise click.BadParameter(sentence, param_hint="NAME")
    told = described(known[name])
    give(here, told, *about(here, told))


def about(here: Here, told: dict[str, Any]) -> list[str]:
    may = ", ".join(told["may"]) or "-"
    schema = msgspec.json.format(msgspec.json.encode(told["schema"])).decode()
    return [
        told["event"],
        told["help"],
        told["sentences"][here.language],
        here.gettext("Who may by default: %(who)s", who=may),
        schema,
    ]


@command("help")
@click.argument("module", required=False)
def help_of(here: Here, module: str | None) -> None:
    """Show what MODULE is for, or which modules there are.

    With --json: {"module", "text"}, or the list of names.
    """
    known = load().by_name
    if module is None:
        give(here, list(known), *known)
        return
    if module not in known:
        names = ", ".join(known)
        sentence = here.gettext(
            "There is no module called %(module)s. There is: %(known)s.", module=module, known=names
        )
        raise click.BadParameter(sentence, param_hint="MODULE")
    rule = next(iter(known[module].rules.values()))
    folder = files(import_module(rule.__module__).__package__ or "")
    page = folder / f"README.{here.language}.md"
    page = page if page.is_file() else folder / "README.md"
    if not page.is_file():
        raise Problem("no_file", here.gettext("There is no %(path)s.", path=page))
    text = page.read_text(encoding="utf-8")
    if here.is_json or not sys.stdout.isatty():
        give(here, {"module": module, "text": text}, text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(text))
