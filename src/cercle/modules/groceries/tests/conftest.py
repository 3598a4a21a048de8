"""The table around which the pages of the groceries are tried: list, stock, money, prices and waste are on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.seated import Table, seated

PAGES = ("stock", "money", "prices", "waste")


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path, *PAGES) as made:
        yield made


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    """One table for all that is refused: it is tried there that nothing is written."""
    with seated(tmp_path_factory.mktemp("still"), *PAGES) as made:
        yield made
