"""Somebody clones Cercle and types one command."""

import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from cercle import __version__
from tests.house.tree import ROOT

MOST_MEGABYTES = 120
Done = subprocess.CompletedProcess[str]


def run(*words: str | Path, **settings: str) -> Done:
    """Runs a command as a shell elsewhere on the machine would, whatever else that shell has set."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", **settings}
    return subprocess.run(words, cwd="/", env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("at home") / "our cercle"
    done = run("git", "clone", "--quiet", ROOT, place)
    assert done.returncode == 0, done.stderr
    return place


@pytest.fixture(scope="module")
def first(clone: Path) -> Done:
    return run(clone / "cercle", "--version")


def test_the_first_command_sets_everything_up(clone: Path, first: Done) -> None:
    assert first.returncode == 0, first.stderr
    assert first.stdout == f"cercle, version {__version__}\n"
    assert first.stderr.startswith("Fetching the libraries of Cercle, once")
    assert first.stderr.count("\n") == 1
    assert not list(clone.glob(".venv.[!l]*")), "nothing half made stays"


@pytest.mark.usefixtures("first")
def test_the_next_ones_say_nothing_of_it_and_are_quick(clone: Path) -> None:
    start = time.perf_counter()
    done = run(clone / "cercle", "--help")
    assert time.perf_counter() - start < 3
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: cercle ")
    assert run(clone / ".venv/bin/cercle", "--version").stdout == f"cercle, version {__version__}\n"
    assert run(clone / "cercle", "no-such-command").returncode == 2


@pytest.mark.usefixtures("first")
def test_it_is_small(clone: Path) -> None:
    megabytes = int(run("du", "-sm", clone / ".venv").stdout.split()[0])
    assert megabytes <= MOST_MEGABYTES


@pytest.mark.usefixtures("first")
def test_another_python_does_not_get_in_its_way(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("raise SystemExit('the wrong click')\n")
    done = run(clone / "cercle", "--version", PYTHONPATH=str(tmp_path), VIRTUAL_ENV=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.usefixtures("first")
def test_it_works_through_a_link_and_after_its_folder_moved(clone: Path, tmp_path: Path) -> None:
    link = tmp_path / "cercle"
    link.symlink_to(clone / "cercle")
    assert run(link, "--version").returncode == 0
    moved = clone.rename(clone.with_name("moved"))
    try:
        done = run(moved / "cercle", "--version")
        assert (done.returncode, done.stderr) == (0, "")
    finally:
        moved.rename(clone)


@pytest.mark.usefixtures("first")
def test_a_list_that_cannot_be_had_changes_nothing(clone: Path) -> None:
    libraries = clone / "requirements/family.txt"
    before = libraries.read_text()
    # As after a pull that brings a new list: here one whose hashes fit no file there is.
    libraries.write_text(re.sub(r"sha256:[0-9a-f]{8}", "sha256:00000000", before))
    refused = run(clone / "cercle", "--version", LC_ALL="fr_FR.UTF-8")
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "Cela n’a pas abouti, et rien n’a changé." in refused.stderr
    libraries.write_text(before)
    again = run(clone / "cercle", "--version")
    assert (again.returncode, again.stderr) == (0, "")


@pytest.mark.usefixtures("first")
def test_a_changed_list_is_followed(clone: Path) -> None:
    libraries = clone / "requirements/family.txt"
    libraries.write_text(libraries.read_text() + "# another list\n")
    done = run(clone / "cercle", "--version")
    assert (done.returncode, done.stdout) == (0, f"cercle, version {__version__}\n")
    assert (clone / ".venv/family.txt").read_text() == libraries.read_text()
    assert not (clone / ".venv.old").exists()


def test_stopped_half_way_it_starts_again(clone: Path, first: Done) -> None:
    assert first.returncode == 0
    whole = clone / ".venv"
    # What a power cut between the two renames leaves: the new one whole and waiting, the old one set aside.
    whole.rename(clone / ".venv.new")
    done = run(clone / "cercle", "--version")
    assert (done.returncode, done.stderr) == (0, "")
    # What one in the middle of an installation leaves: libraries, and no word that they are all there.
    (whole / "family.txt").rename(whole / "family.txt.part")
    whole.rename(clone / ".venv.new")
    done = run(clone / "cercle", "--version")
    assert done.returncode == 0, done.stderr
    assert (whole / "family.txt").is_file()
