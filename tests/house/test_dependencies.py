"""What Cercle is built on: locked with hashes, from no named place, each with a written reason."""

import re
from pathlib import Path

from tests.house.tree import read

FAMILY = Path("requirements/family.txt")
TEST = Path("requirements/test.txt")
PEERS = Path("requirements/peers.txt")


def locked(path: Path) -> dict[str, str]:
    """Name -> the rest of its line: version, marker and hashes."""
    requirements = read(path).replace("\\\n", " ").splitlines()
    split = (line.split("==", 1) for line in requirements if line and not line.startswith((" ", "#")))
    return dict(split)


def test_the_lists_name_versions_and_hashes_and_no_place() -> None:
    for path in (FAMILY, TEST, PEERS):
        assert "--hash=sha256:" in read(path)
        assert not re.search(r"--(extra-)?index-url|--find-links|://", read(path))
        assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", rest) for rest in locked(path).values())


def test_the_tests_run_on_what_a_home_installs() -> None:
    family = {name: rest.split()[0] for name, rest in locked(FAMILY).items()}
    test = {name: rest.split()[0] for name, rest in locked(TEST).items()}
    assert family.items() <= test.items()


def test_each_library_has_its_reason() -> None:
    page = read(Path("docs/dependencies.md"))
    chosen = re.findall(r"^\| ([a-z0-9-]+) \|", page, re.MULTILINE)
    assert [name for name in locked(FAMILY) if name not in chosen] == []
    assert [name for name in locked(TEST) if not re.search(rf"\b{re.escape(name)}\b", page)] == []
    assert [name for name in chosen if name not in {*locked(TEST), "library"}] == []
