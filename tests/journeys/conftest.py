"""What a journey is given: a home that runs, and hands that open its pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.hand import Hands
from tests.journeys.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    one = Home(tmp_path / "data").up()
    yield one
    one.down()


@pytest.fixture
def hands(chromium: Browser, home: Home) -> Iterator[Hands]:
    made = Hands(chromium, home.url)
    yield made
    made.close()
