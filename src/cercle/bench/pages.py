"""The pages as a browser gets them, from the real server: CPU a request, bytes, memory, and what a start takes."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import msgspec

from cercle.bench.history import History
from cercle.bench.measure import RUNS, Progress, Result, Row, connected, folder, settled
from cercle.bench.mixes import Household
from cercle.core.entry import short
from cercle.demo.year import live_through
from cercle.modules import load
from cercle.modules.groceries.events import Listed, ProductAdded
from cercle.store.keyring import keep_key
from cercle.store.node import Node

ENTRIES, PEOPLE = 100_000, 4
ITEMS = 500
SEED = 2026
PAGES = ("today", "list", "tasks", "week", "stock", "money", "purse", "merit", "prices", "waste", "people", "log")
REQUESTS = 200
AS_A_BROWSER = {"Accept": "text/html", "Accept-Encoding": "br, gzip", "Accept-Language": "en"}
RESOURCE = re.compile(r'<(?:link(?![^>]*"alternate")|script|img)\b[^>]*?\b(?:href|src)="([^"]+)"[^>]*>')


class Server:
    """A running `cercle up`."""

    def __init__(self, process: subprocess.Popen[bytes], said: dict[str, Any]) -> None:
        self.process = process
        self.address = f"http://localhost:{said['port']}"
        self.token = str(said["token"])

    def cpu(self) -> float:
        return cpu_of(self.process.pid)

    def memory(self) -> float:
        """MiB that are resident now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else 0.0


def cpu_of(process: int) -> float:
    """Seconds of CPU of a process so far, of user and system. Source: proc(5)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(data: Path) -> Iterator[Server]:
    command = [
        sys.executable,
        "-m",
        "cercle",
        "--json",
        "--data",
        str(data),
        "up",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield Server(process, msgspec.json.decode(process.stdout.readline()))
    finally:
        process.terminate()
        process.communicate()


def start(progress: Progress) -> Result:
    """From the command to the first page, on data that are new, and that are there."""
    first: list[float] = []
    again: list[float] = []
    for number in range(RUNS):
        with folder() as place:
            for spent in (first, again):
                with running(place / "node") as server, httpx.Client(base_url=server.address) as browser:
                    browser.get(f"/in/{server.token}", headers=AS_A_BROWSER, follow_redirects=True).raise_for_status()
                    spent.append(server.cpu())
        progress(number + 1, RUNS)
    rows = [
        {"what": "cercle up and its first page, on new data", "cpu_s": median(first)},
        {"what": "cercle up and its first page, started before", "cpu_s": median(again)},
    ]
    return {"rows": rows, "cpu_s": max(median(first), median(again))}


def page(progress: Progress) -> Result:
    """The shopping list with five hundred items, in a circle of a hundred thousand entries."""
    with folder() as place:
        address, code = long_list(place / "node")
        progress(1, 3)
        with running(place / "node") as server, httpx.Client(base_url=server.address, headers=AS_A_BROWSER) as browser:
            browser.get(f"/in/{code}", follow_redirects=True).raise_for_status()
            requests, size = cold_visit(browser, address)
            progress(2, 3)
            spent = median(asked(server, browser, address) for _ in range(RUNS))
            memory = server.memory()
        progress(3, 3)
    row = {"what": f"the list with {ITEMS} items", "cpu_ms": 1000 * spent, "kB": size / 1000}
    return {"rows": [row | {"requests": requests, "MiB": memory}], "cpu_s": spent}


def asked(server: Server, browser: httpx.Client, address: str) -> float:
    """Seconds of CPU that the server spends on a page each time."""
    before = server.cpu()
    for _ in range(REQUESTS):
        browser.get(address).raise_for_status()
    return (server.cpu() - before) / REQUESTS


def demo(progress: Progress) -> Result:
    """Each page of a family's year: what one costs, and what the node takes once all were opened."""
    with folder() as place:
        person = live_through(place / "node", "en", SEED, datetime.now(UTC).astimezone().date())["bruno"]
        node = Node(place / "node", load())
        home, code = f"/c/{node.live(1).circle.roots.begun}", node.make_token("signin", person, lasts=3_600_000)
        node.close()
        spent: dict[str, list[float]] = {name: [] for name in PAGES}
        with running(place / "node") as server, httpx.Client(base_url=server.address, headers=AS_A_BROWSER) as browser:
            browser.get(f"/in/{code}", follow_redirects=True).raise_for_status()
            first = server.cpu()
            for number in range(RUNS):
                for at, name in enumerate(PAGES):
                    spent[name].append(asked(server, browser, f"{home}/{name}"))
                    progress(number * len(PAGES) + at + 1, RUNS * len(PAGES))
            memory = server.memory()
    rows: list[Row] = [
        {"what": f"a family's year: {name}", "cpu_ms": 1000 * median(found)} for name, found in spent.items()
    ]
    rows.append({"what": "a family's year: cercle up and its first page", "cpu_s": first, "MiB": memory})
    return {"rows": rows, "cpu_s": median(spent["today"])}


def long_list(data: Path) -> tuple[str, str]:
    """Makes a node whose circle has a long history and a long list; the list's address, and a way in."""
    settled(data, PEOPLE, ENTRIES, Household())
    founder = History(PEOPLE, seed=7)  # as `settled` has it
    with connected(data) as connection:
        person = int(connection.exec_driver_sql("INSERT INTO people DEFAULT VALUES").lastrowid)
        keep_key(connection, 1, person, founder.members[0], bytes(founder.keys[0]))
    node = Node(data, load())
    live, amina = node.live(1), founder.members[0]
    missing = ITEMS - len(live.circle.groceries.items)
    added = node.act(live, amina, *(ProductAdded(name=f"Thing of the list, number {at}") for at in range(missing)))
    node.act(live, amina, *(Listed(product=short(entry.id), amount=2000) for entry in added))
    code = node.make_token("signin", person, lasts=3_600_000)
    address = f"/c/{live.circle.roots.begun}/list"
    node.close()
    return address, code


def cold_visit(browser: httpx.Client, address: str) -> tuple[int, int]:
    """How many requests a first visit takes, and how many bytes travel, compressed: the page and all it refers to."""
    answer = browser.get(address)
    answer.raise_for_status()
    resources = {found for found in RESOURCE.findall(answer.text) if not found.startswith("data:")}
    answers = [answer, *(browser.get(resource) for resource in sorted(resources))]
    return len(answers), sum(one.num_bytes_downloaded for one in answers)
