"""A million transfers come to balances: from Cercle's entries, and from the same journal in ledger and in hledger.

Each is a process of its own that prints everybody's balance, and is measured from its beginning to its end.
"""

import json
import re
import resource
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from statistics import median

from cercle.bench.logs import TRANSFERS, transfers_of
from cercle.bench.measure import Row, connected, folder
from cercle.core.entry import read_words, short
from cercle.export import day_of, figure
from cercle.store import rows

ENTRIES = TRANSFERS + TRANSFERS // 100  # of which fewer than one in a hundred are not transfers, but seals
RUNS = {"cercle": 3, "ledger": 3, "hledger": 1}
AN_ACCOUNT = re.compile(r"^ *(-?[\d.]+)(?: EUR)? +members:(\w+)$", re.MULTILINE)
FOLD = Path(__file__).with_name("fold.py")

Balances = dict[str, int]


def compare(entries: int = ENTRIES) -> dict[str, Row]:
    """The seconds of CPU of each program, by its name."""
    with folder() as place:
        data, journal = place / "node", place / "transfers.journal"
        transfers_of(data, entries)
        count = write(data, journal)
        spent = measure(data, journal)
    return {
        name: {"what": f"{name}: the balances of {count:,} transfers"}
        | ({"cpu_s": median(seconds), "runs": len(seconds)} if seconds else {"absent": "not installed"})
        for name, seconds in spent.items()
    }


def measure(data: Path, journal: Path) -> dict[str, list[float]]:
    """Seconds of CPU of each run of each program, in turn, none of what is not installed. Raises RuntimeError where one
    disagrees with Cercle about anybody's balance."""
    spent: dict[str, list[float]] = {name: [] for name in RUNS}
    right: Balances = {}
    for number in range(max(RUNS.values())):
        for name in (name for name, runs in RUNS.items() if number < runs):
            if name == "cercle":
                found, seconds = fold(data)
                right = right or found
            elif shutil.which(name):
                found, seconds = balance(name, journal)
            else:
                continue
            if found != right:
                raise RuntimeError(f"{name} has other balances: {found}, not {right}")
            spent[name].append(seconds)
    return spent


def write(data: Path, path: Path) -> int:
    """The transfers of a node's only circle as a journal for ledger and hledger; how many there are."""
    count = 0
    with connected(data) as connection, path.open("w", encoding="utf-8") as file:
        file.write("decimal-mark .\ncommodity 1000.00 EUR\n")
        for entry, raw in rows.raw_entries(connection, 1):
            if entry.event == "accounts.transferred":
                count += 1
                kept, what = entry.kept, read_words(raw.body)["what"]
                file.write(f"\n{day_of(entry)} * ({short(entry.id)}) {what}\n")
                for member, cents in ((kept["payer"], kept["amount"]), (kept["to"], -kept["amount"])):
                    file.write(f"    members:{member}  {figure(cents, 'eur')} EUR\n")
    return count


def fold(data: Path) -> tuple[Balances, float]:
    """Everybody's balance in cents, above zero where the circle owes them, as Cercle folds it; seconds of CPU."""
    said, spent = run(sys.executable, str(FOLD), str(data))
    return json.loads(said), spent


def balance(program: str, journal: Path) -> tuple[Balances, float]:
    """The same as ledger or hledger has it."""
    said, spent = run(program, "-f", str(journal), "balance", "--flat", "--empty")
    return {member: int(Decimal(euros) * 100) for euros, member in AN_ACCOUNT.findall(said)}, spent


def run(*words: str) -> tuple[str, float]:
    """What a program prints, and the seconds of CPU, of user and system, that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return said, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
