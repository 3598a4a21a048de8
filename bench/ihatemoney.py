"""The peer of the shopping list: ihatemoney's page of bills, from the real program under gunicorn, as its manual has it
run, with one worker and SQLite. It writes to a folder that goes away, and asks nothing of any network."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import httpx

from cercle.bench.measure import RUNS, Row, folder
from cercle.bench.pages import AS_A_BROWSER, cold_visit, cpu_of

PLACE = Path(__file__).parents[1] / ".venv.peers"
BILLS, PEOPLE = 500, ("Amina", "Bruno", "Chloé", "Dov", "Élise")
ON_A_PAGE = 100  # as it has them, whatever one asks
ROUNDS = 4
SETTINGS = """
SQLALCHEMY_DATABASE_URI = "sqlite:///{place}/ihatemoney.db"
SECRET_KEY = "of this measurement alone"
SESSION_COOKIE_SECURE = False
MAIL_SUPPRESS_SEND = True
"""


def page(place: Path = PLACE, bills: int = BILLS) -> Row:
    """What its pages of so many bills take; cold without the pictures, fonts and sheets that its sheets bring in.
    `place`: the .venv that it is in."""
    what = f"ihatemoney: its list of {bills} bills, {ON_A_PAGE} on a page"
    if not (place / "peers.txt").exists():
        return {"what": what, "absent": "not installed"}
    with serving(place) as (process, browser):
        home = project(browser, bills)
        pages = [f"{home}?page={number}" for number in range(1, 1 + -(-bills // ON_A_PAGE))]
        shown = sum(browser.get(address).raise_for_status().text.count("<tr owers=") for address in pages)
        if shown != bills:
            raise RuntimeError(f"ihatemoney shows {shown} bills, not {bills}")
        requests, size = cold_visit(browser, home)
        spent = []
        for _ in range(RUNS):
            before = cpu_of_all(process)
            for address in pages * ROUNDS:
                browser.get(address).raise_for_status()
            spent.append((cpu_of_all(process) - before) / len(pages) / ROUNDS)
    row = {"what": what, "cpu_ms": 1000 * median(spent), "kB": size / 1000, "requests": requests}
    return row | {"cpu_ms for all its pages": 1000 * median(spent) * len(pages)}


def version(place: Path = PLACE) -> str:
    found = [path.name.split("-")[1] for path in place.glob("lib/*/site-packages/ihatemoney-*.dist-info")]
    return found[0].removesuffix(".dist") if found else "absent"


@contextmanager
def serving(place: Path) -> Iterator[tuple[int, httpx.Client]]:
    """The running program: the process above its worker, and a browser that has not signed in."""
    with folder() as data, socket.create_server(("127.0.0.1", 0)) as door:
        (data / "settings.py").write_text(SETTINGS.format(place=data))
        process = subprocess.Popen(
            [place / "bin" / "gunicorn", "--bind", f"fd://{door.fileno()}", "ihatemoney.wsgi:application"],
            env=os.environ | {"IHATEMONEY_SETTINGS_FILE_PATH": str(data / "settings.py")},
            cwd=data,
            stderr=(data / "said.txt").open("wb"),
            pass_fds=[door.fileno()],
        )
        address = f"http://127.0.0.1:{door.getsockname()[1]}"
        try:
            with httpx.Client(base_url=address, headers=AS_A_BROWSER, timeout=60, trust_env=False) as browser:
                yield process.pid, browser
        finally:
            process.terminate()
            process.wait()


def project(browser: httpx.Client, bills: int) -> str:
    """Writes so many bills of five people by the API, and signs the browser in; the address of their list."""
    whose = {"name": "Les Lilas", "id": "lilas", "password": "a private code", "contact_email": "amina@example.org"}
    browser.post("/api/projects", data=whose).raise_for_status()
    home = "/api/projects/lilas"
    answer = browser.get(f"{home}/token", auth=("lilas", "a private code"))
    token = answer.raise_for_status().json()["token"]
    by_token = {"Authorization": f"Bearer {token}"}
    people = []
    for name in PEOPLE:
        people.append(browser.post(f"{home}/members", data={"name": name}, headers=by_token).raise_for_status().json())
    for number in range(bills):
        bill = {
            "date": f"2024-{1 + number % 12:02}-{1 + number % 28:02}",
            "what": f"Bill of the list, number {number}",
            "payer": people[number % len(people)],
            "payed_for": people[: 2 + number % 4],
            "amount": f"{1 + number % 90}.{number % 100:02}",
        }
        browser.post(f"{home}/bills", data=bill, headers=by_token).raise_for_status()
    browser.get(f"/lilas/join/{token}", follow_redirects=True).raise_for_status()
    return "/lilas/"


def cpu_of_all(process: int) -> float:
    """Seconds of CPU of a process and of those right under it. Source: proc(5)."""
    under = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return sum(cpu_of(one) for one in (process, *map(int, under)))
