"""Looking around in a circle that is full, before one has any."""

import shutil
import signal
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from cercle.cli.serving import DOOR_LASTS, run, serving_options
from cercle.cli.terminal import Here, Problem, command, open_node
from cercle.cli.verifying import showing_progress
from cercle.store.database import FILE

NAMES = {"bruno": "Bruno", "chloe": "Chloé", "dov": "Dov"}


@command("demo")
@serving_options
@click.option("--seed", type=int, default=2026, show_default=True, help="Another number is another year.")
def demo(here: Here, port: int | None, host: str, seed: int) -> None:
    """Look around in a family's year, on pages of its own.

    Makes a circle of five people with a year behind it, in the language of the terminal, and starts its pages. All of
    it goes away when it is stopped (Ctrl-C), unless --data names a new folder: there it stays, and `cercle up` starts
    it again. With --json: one line with {"address", "token", "lan", "port", "people"}, people: name, way in.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # however it is stopped, nothing is left behind
    from cercle.demo.year import live_through

    if here.data and here.folder.exists() and any(here.folder.iterdir()):
        sentence = here.gettext("Something is in %(folder)s already: a demo wants a new folder.", folder=here.folder)
        raise Problem("not_empty", sentence)
    with TemporaryDirectory(prefix="cercle-demo-") as folder:
        with showing_progress(here, here.gettext("A year goes by")) as progress:
            people = live_through(Path(folder), here.language, seed, datetime.now(UTC).astimezone().date(), progress)
        if here.data:
            here.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.move(Path(folder, FILE), here.folder / FILE)
        else:
            here.data = folder
        run(here, port, host, ways={NAMES[name]: way_in(here, people[name]) for name in NAMES})


def way_in(here: Here, person: int) -> str:
    with open_node(here) as node:
        return node.make_token("signin", person, lasts=DOOR_LASTS)
