"""What the program has is documented, and what the documents name is there."""

import re

import pytest

from cercle.cli.main import COMMANDS
from tests.house.tree import ROOT, files, read

PAGES = [path for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")] if path.name != "DESIGN.md"]


@pytest.mark.parametrize("page", ["README.md", "LISEZ-MOI.md"])
def test_each_command_stands_in_the_readme(page: str) -> None:
    named = set(re.findall(r"`([a-z]+)`", (ROOT / page).read_text(encoding="utf-8")))
    assert set(COMMANDS) <= named


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: object) -> None:
    text = page.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    for link in re.findall(r"\]\(([^)#\s]+)", text):
        if not link.startswith(("http:", "https:")):
            assert (page.parent / link).exists(), link  # type: ignore[attr-defined]


def test_each_target_of_make_is_listed_with_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.M)
    assert phony is not None
    told = set(re.findall(r"^([a-z]+):.*## ", makefile, re.M))
    assert set(phony[1].split()) - {"list", "venv", "test-venv"} == told


def test_the_soak_runs_by_its_mark_what_it_alone_runs() -> None:
    """Counts that go by the environment would be those of tests that it leaves out."""
    named = [path.as_posix() for path in files() if path.suffix == ".py" and "CERCLE_" + "SOAK" in read(path)]
    assert named == ["conftest.py"]


def test_what_the_architecture_names_is_there() -> None:
    text = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for path, _, symbol in re.findall(
        r"`((?:core|modules|web|page|store|sync)/[\w/.]+\.(?:py|html|js))(:(\w+))?`", text
    ):
        source = ROOT / "src" / "cercle" / path
        assert source.exists(), path
        assert not symbol or re.search(rf"\b{symbol}\b", source.read_text(encoding="utf-8")), f"{path}:{symbol}"
