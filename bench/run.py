"""`make bench`: every workload of Cercle beside its peers, and every limit of its speed, into bench/results/.

`python -m bench.run [WORKLOAD...]` measures these alone, and then leaves the results as they are. The exit status is 1
if a limit was not kept.
"""

import json
import os
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from bench import ihatemoney, ledgers
from cercle import __version__
from cercle.bench.measure import Result, Row, folder
from cercle.cli.benching import figures

HOME = Path(__file__).parents[1]
RESULTS = HOME / "bench" / "results"
WIDTH = 118


class Limit(NamedTuple):
    """What was measured (None where it could not be), and what it is held to."""

    what: str
    measured: float | None
    sign: str
    limit: float | None
    unit: str

    @property
    def kept(self) -> bool | None:
        if self.measured is None or self.limit is None:
            return None
        return {
            "≥": self.measured >= self.limit,
            "≤": self.measured <= self.limit,
            "<": self.measured < self.limit,
        }[self.sign]


Found = tuple[list[Row], list[Limit]]


def ingest() -> Found:
    found = workload("ingest")
    what = "taking in 100,000 entries: faster than each signature alone"
    return found["rows"], [Limit(what, found["ratio"], "≥", 4, "×")]


def fold() -> Found:
    found = workload("fold")
    what = "reloading and folding 100,000 entries of a household"
    return found["rows"], [Limit(what, found["cpu_s"], "≤", 1, "CPU s")]


def balances() -> Found:
    rows = ledgers.compare()
    what = "the balances of 1,000,000 transfers: less than ledger"
    limit = Limit(what, rows["cercle"]["cpu_s"], "<", rows["ledger"].get("cpu_s"), "CPU s")
    return list(rows.values()), [limit]


def act() -> Found:
    found = workload("act")
    what = "one durable act: longer than a signature and a row"
    return found["rows"], [Limit(what, found["ratio"], "≤", 3, "×")]


def page() -> Found:
    rows = workload("page")["rows"]
    ours = rows[0]
    return [*rows, ihatemoney.page()], [
        Limit("the list with 500 items, a request", ours["cpu_ms"], "≤", 5, "CPU ms"),
        Limit("the list, compressed, with all that a first visit fetches", ours["kB"], "≤", 50, "kB"),
        Limit("the list, requests of a first visit", ours["requests"], "≤", 6, ""),
        Limit("the node's memory after 100,000 entries", ours["MiB"], "≤", 80, "MiB"),
    ]


def demo() -> Found:
    rows = workload("demo")["rows"]
    cpu_of = {row["what"].rpartition(": ")[2]: row.get("cpu_ms") for row in rows}
    whole = rows[-1]
    return rows, [
        Limit("today's page in a family's year, a request", cpu_of["today"], "≤", 3, "CPU ms"),
        Limit("the list in a family's year, a request", cpu_of["list"], "≤", 5, "CPU ms"),
        Limit("from cercle up to its first page, with a family's year", whole["cpu_s"], "≤", 2, "CPU s"),
        Limit("the node's memory after every page of a family's year", whole["MiB"], "≤", 80, "MiB"),
    ]


def start() -> Found:
    found = workload("start")
    size = installed()
    return [*found["rows"], size], [
        Limit("from cercle up to its first page", found["cpu_s"], "≤", 2, "CPU s"),
        Limit("the installed family edition", size.get("MB"), "≤", 120, "MB"),
    ]


def meeting() -> Found:
    found = workload("meeting")
    few, ten, many, _, copied, family = rows = found["rows"]
    return rows, [
        Limit("one new entry at 100,000 shared by 10 devices, bodies", ten["bytes"], "≤", 1000, "bytes"),
        Limit("the same, requests", ten["requests"], "≤", 2, ""),
        Limit("the same, work beside that at 10,000 shared", ten["cpu_ms"] / few["cpu_ms"], "≤", 1.5, "×"),
        Limit("one new entry at 100,000 shared by 300 devices, bodies", many["bytes"], "≤", 2000, "bytes"),
        Limit("a first copy: faster than each signature alone", found["ratio"], "≥", 3, "×"),
        Limit("a family's year in a file, an entry", family["in a file"], "≤", 150, "bytes"),
        Limit("a family's year on the disk, an entry", family["on the disk"], "≤", 450, "bytes"),
        Limit("a first copy on the disk, an entry", copied["bytes an entry on the disk"], "≤", 450, "bytes"),
    ]


def vote() -> Found:
    shown, counted = rows = workload("vote")["rows"]
    return rows, [
        Limit("a decision with 150 ballots, a request", shown["cpu_ms"], "<", 5, "CPU ms"),
        Limit("Schulze’s method, 150 ballots of 12 options", counted["cpu_ms"], "<", 20, "CPU ms"),
    ]


WORKLOADS: dict[str, Callable[[], Found]] = {
    work.__name__: work for work in (ingest, fold, balances, act, page, demo, start, meeting, vote)
}


def workload(name: str) -> Result:
    """As the command measures it, in a process of its own, which nothing else has filled before."""
    words = [sys.executable, "-m", "cercle", "--json", "bench", name]
    found: Result = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE, cwd=HOME).stdout)
    return found


def installed() -> Row:
    """What one who installs Cercle anew finds on the disk: its libraries and its own files."""
    what = "an installed family edition, all its files"
    with folder() as place:
        shutil.copy(HOME / "cercle", place)
        for part in ("requirements", "src"):
            shutil.copytree(HOME / part, place / part, ignore=shutil.ignore_patterns("__pycache__"))
        if subprocess.run([place / "cercle", "--version"], stdout=subprocess.DEVNULL).returncode:
            return {"what": what, "absent": "its libraries could not be fetched"}
        used = subprocess.run(["du", "-sm", place], check=True, stdout=subprocess.PIPE, text=True).stdout
        return {"what": what, "MB": int(used.split()[0])}


def machine() -> dict[str, Any]:
    """Where and with what this was measured."""
    processor = re.search(r"^model name\s*: (.*)", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    programs = [name for name in ("ledger", "hledger") if shutil.which(name)]
    return {
        "date": datetime.now(UTC).isoformat(sep=" ", timespec="minutes"),
        "processor": processor[1] if processor else platform.machine(),
        "cores": os.cpu_count(),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GiB",
        "system": platform.platform(),
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "Cercle": __version__,
        **{name: subprocess.check_output([name, "--version"], text=True).splitlines()[0] for name in programs},
        "ihatemoney": ihatemoney.version(),
    }


def tell(console: Console, where: dict[str, Any], found: dict[str, Found]) -> None:
    """Where it was measured, the limits, and the rows behind them."""
    console.print("The speed of Cercle, beside its peers\n")
    for what, value in where.items():
        console.print(f"{what:<12}{value}", highlight=False)
    table = Table("limit", "measured", "at least / at most", "kept", box=SIMPLE, padding=(0, 1))
    for limit in all_limits(found):
        bound = "absent" if limit.limit is None else f"{limit.sign} {limit.limit:.4g} {limit.unit}"
        measured = "absent" if limit.measured is None else f"{limit.measured:.4g} {limit.unit}"
        table.add_row(limit.what, measured, bound, {True: "yes", False: "NO", None: "–"}[limit.kept])
    console.print(table)
    table = Table("workload", "what", "measured", box=SIMPLE, padding=(0, 1))
    for name, (rows, _) in found.items():
        for row in rows:
            table.add_row(name, row["what"], f"absent: {row['absent']}" if "absent" in row else said(row))
    console.print(table)


def said(row: Row) -> str:
    return figures(row).replace("cpu_", "CPU ")


def all_limits(found: dict[str, Found]) -> list[Limit]:
    return [limit for _, limits in found.values() for limit in limits]


def keep(folder: Path, where: dict[str, Any], found: dict[str, Found]) -> None:
    """Writes bench.txt, for people, and bench.json, for programs."""
    console = Console(file=StringIO(), width=WIDTH)
    with console.capture() as told:
        tell(console, where, found)
    lines = (line.rstrip() for line in told.get().splitlines())
    (folder / "bench.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    limits = [limit._asdict() | {"kept": limit.kept} for limit in all_limits(found)]
    rows_of = {name: rows for name, (rows, _) in found.items()}
    written = json.dumps({"machine": where, "limits": limits, "rows": rows_of}, indent=2, ensure_ascii=False)
    (folder / "bench.json").write_text(written + "\n", encoding="utf-8")


def main(names: list[str]) -> int:
    found = {}
    for name in names or WORKLOADS:
        print(f"{name}…", file=sys.stderr, flush=True)
        found[name] = WORKLOADS[name]()
    where = machine()
    tell(Console(width=WIDTH), where, found)
    if not names:
        keep(RESULTS, where, found)
    return int(any(limit.kept is False for limit in all_limits(found)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
