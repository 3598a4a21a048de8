"""A table where points are counted, for each test its own, or one at which nothing is written."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cercle.modules.merit.events import AllowanceSet, Thanked, Wished
from tests.web.seated import Table, seated


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path, "tasks", "merit") as made:
        yield made


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    """One table for all that is refused: Bruno has 10 points and may give 10 in thanks, the bicycle takes 30, and
    nothing else may be written."""
    with seated(tmp_path_factory.mktemp("still"), "tasks", "merit") as made:
        made.does(AllowanceSet(points=10))
        made.does(Thanked(to=made.members["Bruno"], points=10))
        made.does(Wished(points=30, name="Bicycle"))
        yield made
