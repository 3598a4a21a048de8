"""A node of its own for each test of the imports."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cercle.modules import load
from cercle.store.node import Node

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = Node(tmp_path / "data", load())
    yield made
    made.close()
