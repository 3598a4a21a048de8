"""What a journey is given: a home that runs, and hands that open its pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.hand import Hands
from tests.journeys.home import Home
from tests.network import Machine, cabled


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    one = Home(tmp_path / "data").up()
    yield one
    one.down()


@pytest.fixture
def homes(tmp_path: Path) -> Iterator[tuple[Home, Home]]:
    """Two on this machine, of which one runs."""
    both = Home(tmp_path / "one").up(), Home(tmp_path / "other")
    yield both
    for home in both:
        home.down()


@pytest.fixture
def hands(chromium: Browser, home: Home) -> Iterator[Hands]:
    made = Hands(chromium, home.url)
    yield made
    made.close()


@pytest.fixture(scope="module")
def machines() -> Iterator[tuple[Machine, Machine]]:
    with cabled() as both:
        yield both


@pytest.fixture
def cabled_homes(tmp_path: Path, machines: tuple[Machine, Machine]) -> Iterator[tuple[Home, Home]]:
    """Amina's and Bruno's, each on a machine of the network at home; neither runs yet."""
    both = Home(tmp_path / "amina", machines[0]), Home(tmp_path / "bruno", machines[1])
    yield both
    for home in both:
        home.down()


def chromium_on(machine: Machine, chromium: Browser, folder: Path, *flags: str) -> Browser:
    """A browser on a machine of the network at home; what it keeps for all its windows stands in the folder."""
    program = folder / "chromium"
    program.write_text(f'#!/bin/sh\nHOME={folder} exec {" ".join(machine.words)} chromium "$@"\n')
    program.chmod(0o700)
    return chromium.browser_type.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu", *flags])


@pytest.fixture
def browser_there(chromium: Browser, machines: tuple[Machine, Machine], tmp_path: Path) -> Iterator[Browser]:
    """A browser on Bruno's machine."""
    opened = chromium_on(machines[1], chromium, tmp_path)
    yield opened
    opened.close()
