"""Measuring this machine with the program's own workloads."""

from importlib import import_module

import click

from cercle.cli.terminal import Here, command, give
from cercle.cli.verifying import showing_progress

# workload: the file in cercle.bench that holds it.
WORKLOADS = {
    "ingest": "logs",
    "fold": "logs",
    "balances": "logs",
    "act": "acts",
    "page": "pages",
    "demo": "pages",
    "start": "pages",
    "meeting": "meetings",
    "vote": "votes",
}


@command("bench")
@click.argument("name", metavar="NAME", type=click.Choice(list(WORKLOADS)))
def bench(here: Here, name: str) -> None:
    """Measure how fast this machine is with Cercle.

    NAME is ingest (take in a bundle), fold (read a household back), balances (of a million transfers: takes minutes),
    act (one durable act), page (the shopping list), demo (the pages of a family's year), start, meeting (of two
    replicas) or vote (of 150 people). CPU time, the median of several runs, in folders that go away afterwards. With
    --json: {"rows"} and what it comes to, "ratio" or "cpu_s".
    """
    with showing_progress(here, here.gettext("Measuring")) as progress:
        found = getattr(import_module(f"cercle.bench.{WORKLOADS[name]}"), name)(progress)
    rows = [f"{row['what']}: {figures(row)}" for row in found["rows"]]
    give(here, found, *rows, *(f"{what}: {found[what]:.2f}" for what in ("ratio", "cpu_s") if what in found))


def figures(row: dict[str, object]) -> str:
    """What a row says besides what it is about."""
    numbers = (f"{value:.4g} {unit}" if isinstance(value, float) else f"{value} {unit}" for unit, value in row.items())
    return ", ".join(text for text, unit in zip(numbers, row, strict=True) if unit != "what")
