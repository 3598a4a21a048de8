"""A module in a package of its own: found by its entry point, with commands, log, help and page, and no edit here."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.house.tree import ROOT
from tests.journeys.hand import Hands
from tests.journeys.home import Home
from tests.journeys.steps import start
from tests.journeys.test_shopping import turn_on

PACKAGE = ROOT / "examples" / "cercle-books"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The package as an installer lays it down: its files, and beside them what they are and where they begin."""
    told = tomllib.loads((PACKAGE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    packages = tmp_path / "packages"
    shutil.copytree(PACKAGE / "src", packages, ignore=shutil.ignore_patterns("__pycache__"))
    about = packages / f"cercle_books-{told['version']}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {told['name']}\nVersion: {told['version']}\n")
    lines = [
        f"[{group}]\n" + "".join(f"{name} = {where}\n" for name, where in points.items())
        for group, points in told["entry-points"].items()
    ]
    (about / "entry_points.txt").write_text("\n".join(lines))
    monkeypatch.setenv("PYTHONPATH", str(packages))
    return tmp_path / "data"


def cercle(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cercle", *words, "--data", str(data)],
        env=os.environ | {"LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_knows_its_events(installed: Path) -> None:
    assert "books.lent" in cercle(installed, "events").stdout
    made = json.loads(cercle(installed, "new", "Chez nous", "--founder", "Amina", "--json").stdout)

    def act(event: str, **fields: object) -> subprocess.CompletedProcess[str]:
        return cercle(installed, "act", "Chez nous", event, json.dumps(fields), "--by", "Amina", "--json")

    assert act("books.added", name="Momo").returncode == 1  # nobody has asked for books yet
    assert act("circle.adopted", module="books", version=1).returncode == 0
    book = json.loads(act("books.added", name="Momo").stdout)["entry"][:20]
    assert act("books.lent", book=book, to=made["member"]).returncode == 0
    again = act("books.lent", book=book, to=made["member"])
    assert again.returncode == 1
    assert "Somebody has this book." in again.stdout + again.stderr
    state = json.loads(cercle(installed, "show", "Chez nous", "books", "--json").stdout)
    assert state["books"] == {book: {"owner": "Amina", "reader": "Amina"}}
    assert state["names"] == {book: "Momo"}
    assert "Amina took Momo home." in cercle(installed, "log", "Chez nous").stdout
    assert cercle(installed, "verify", "Chez nous").returncode == 0


@pytest.fixture
def home(installed: Path) -> Iterator[Home]:
    made = Home(installed).up()
    yield made
    made.down()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_its_page_is_one_of_the_circle_s(home: Home, chromium: Browser, language: str) -> None:
    hands = Hands(chromium, home.url)
    amina = hands.phone(language)
    start(amina, home, "Chez nous", "Amina")
    turn_on(amina, "books")
    amina.goes_to("books")
    title = {"en": "Books", "fr": "Livres"}[language]
    expect(amina.page.locator("h1")).to_have_text(title)
    amina.looks_right()
    amina.page.locator("#name").fill("Momo")
    amina.page.locator("main section button[type=submit]").click()
    amina.page.locator("#books button", has_text={"en": "I take it", "fr": "Je le prends"}[language]).click()
    expect(amina.page.locator("#books li")).to_contain_text({"en": "is reading it", "fr": "le lit"}[language])
    amina.looks_right()
    amina.goes_to("log")
    expect(amina.page.locator("#entries")).to_contain_text("Momo")
    amina.goes_to("help/books")
    expect(amina.page.locator("main")).to_contain_text("books.lent")
    hands.close()


def test_who_lacks_the_package_keeps_the_log_and_is_told(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They store and pass it on; they neither act nor seal in a circle that uses what they do not know."""
    cercle(installed, "new", "Chez nous", "--founder", "Amina")
    wanted = json.dumps({"module": "books", "version": 1})
    assert cercle(installed, "act", "Chez nous", "circle.adopted", wanted, "--by", "Amina").returncode == 0
    packed = tmp_path / "circle.bundle"
    assert cercle(installed, "pack", "Chez nous", str(packed)).returncode == 0
    monkeypatch.delenv("PYTHONPATH")
    elsewhere = tmp_path / "elsewhere"
    assert cercle(elsewhere, "unpack", str(packed)).returncode == 0
    shown = cercle(elsewhere, "show", "Chez nous")
    assert "The circle uses something newer than this program: books 1." in shown.stderr
