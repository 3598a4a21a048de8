"""What every command shares: where the data is, how it answers, and in which language."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from cercle.page.languages import translations

if TYPE_CHECKING:
    from cercle.store.node import Node

Progress = Callable[[int, int], None]


class Here(msgspec.Struct):
    """How this command was called: the data folder ("" before it is known), --json, and the language of $LANG."""

    language: str
    is_json: bool
    data: str = ""

    @property
    def folder(self) -> Path:
        return Path(self.data).expanduser() if self.data else data_folder(os.environ)

    def gettext(self, sentence: str, **values: Any) -> str:
        """The sentence in the language of this terminal, with its values."""
        said = translations(self.language).gettext(sentence)
        return said % values if values else said

    def ngettext(self, one: str, many: str, number: int) -> str:
        return translations(self.language).ngettext(one, many, number)


class Problem(Exception):
    """What stops a command: a code for programs, one sentence for people, already in their language, and the status
    with which the command ends."""

    def __init__(self, code: str, sentence: str, status: int = 1) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.status = status


def data_folder(environment: Mapping[str, str]) -> Path:
    """$CERCLE_DATA, else the platform's folder for data."""
    if environment.get("CERCLE_DATA"):
        return Path(environment["CERCLE_DATA"]).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "cercle"
    home = environment.get("XDG_DATA_HOME") or ""
    # The specification of base directories has a relative one ignored.
    return (Path(home) if home.startswith("/") else Path.home() / ".local" / "share") / "cercle"


def language_of(environment: Mapping[str, str]) -> str:
    """ "fr" or "en", from the first of $LC_ALL, $LC_MESSAGES and $LANG that is set."""
    named = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "fr" if named.startswith("fr") else "en"


def common(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that all commands take, before the command's name or after it."""

    def keep_data(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
        if value is not None:
            context.ensure_object(Here).data = value

    def keep_json(context: click.Context, parameter: click.Parameter, value: bool) -> None:
        if value:
            context.ensure_object(Here).is_json = True

    function = click.option("--json", is_flag=True, expose_value=False, callback=keep_json, help="Answer in JSON.")(
        function
    )
    return click.option(
        "--data",
        metavar="DIR",
        expose_value=False,
        callback=keep_data,
        help="Where the node keeps everything ($CERCLE_DATA, else the platform's folder for data).",
    )(function)


def command(name: str) -> Callable[[Callable[..., Any]], click.Command]:
    """One command of `cercle`, whose function gets `Here` first; its docstring is its help."""

    def declare(function: Callable[..., Any]) -> click.Command:
        return click.command(name)(common(click.pass_obj(function)))

    return declare


@contextmanager
def open_node(here: Here, is_new: bool = False) -> Iterator["Node"]:
    """The node of this data folder; only with `is_new` is one made where there is none. Raises `Problem`."""
    from cercle.modules import load
    from cercle.store.database import FILE
    from cercle.store.node import Node

    if not is_new and not (here.folder / FILE).exists():
        sentence = here.gettext("There is no circle yet in %(folder)s.", folder=here.folder)
        raise Problem("nothing_here", sentence)
    node = Node(here.folder, load())
    try:
        yield node
    finally:
        node.close()


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """A file is written beside `path` before it takes its place: an OSError about it is raised about `path`, or about
    its folder where there is none, since that is what people know."""
    try:
        yield
    except OSError as error:
        if str(error.filename).startswith(f"{path}."):
            error.filename = str(path if path.parent.is_dir() else path.parent)
        raise


@contextmanager
def showing_progress(here: Here, what: str) -> Iterator[Progress]:
    """A bar that says what goes on, for whoever watches; what is piped elsewhere stays as it is."""
    if here.is_json or not sys.stderr.isatty():
        yield lambda done, of: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)

        def progress(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        yield progress


def give(here: Here, result: Any, *lines: str) -> None:
    """What the command found or did: as one line of JSON, or as lines for people."""
    if here.is_json:
        click.echo(msgspec.json.encode(result))
    else:
        for line in lines:
            click.echo(line)


def fail(here: Here, code: str, sentence: str, usage: str = "") -> None:
    """Says on standard error what went wrong."""
    if here.is_json:
        click.echo(msgspec.json.encode({"error": code, "reason": sentence}), err=True)
        return
    if usage:
        click.echo(usage, err=True)
    click.echo(sentence, err=True)
