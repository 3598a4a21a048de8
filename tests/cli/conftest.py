"""The real command, run as a process of its own on a data folder of its own."""

import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

COMMAND = [sys.executable, "-I", "-m", "cercle"]
Done = tuple[int, str, str]

# Most of a command's time goes into reading its libraries. The server has read them once; each command is a process of
# its own that begins as a copy of it.
warm = multiprocessing.get_context("forkserver")
warm.set_forkserver_preload(
    ["babel.numbers", "babel.dates", "click", "libipld", "msgspec", "nacl.signing", "sqlalchemy"]
)


def start(
    words: list[str], environment: dict[str, str], given: str, folder: Path, first: Callable[[], None] | None
) -> Done:
    """The command as people type it: its status, what it printed, and what it said on standard error."""
    done = subprocess.run(
        [*COMMAND, *words],
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        preexec_fn=first,
    )
    return done.returncode, done.stdout, done.stderr


def start_warm(
    words: list[str], environment: dict[str, str], given: str, folder: Path, first: Callable[[], None] | None
) -> Done:
    """The same, from the server that has read the libraries."""
    with tempfile.TemporaryDirectory() as place:
        files = [Path(place) / name for name in ("given", "printed", "said")]
        files[0].write_text(given)
        process = warm.Process(target=run, args=(words, environment, files, Path.cwd()))
        process.start()
        process.join(120)
        assert process.exitcode is not None, f"{words} went on for two minutes"
        return process.exitcode, files[1].read_text(), files[2].read_text()


def run(words: list[str], environment: dict[str, str], files: list[Path], folder: Path) -> None:
    """In the new process: what the interpreter does before the command begins."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for number, path in enumerate(files):
        with path.open("r" if number == 0 else "w") as opened:
            os.dup2(opened.fileno(), number)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, "w" if number else "r", encoding="utf-8") for number in range(3)
    )
    from cercle.cli.main import main

    main(words)


class Terminal:
    """`terminal("circles")` runs a command, holds its status to the one that is expected, and gives what it printed;
    `terminal.json` reads that; `terminal.said` is what stood on standard error."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.environment = {**os.environ, "CERCLE_DATA": str(data), "LC_ALL": "C.UTF-8"}
        self.said = ""

    def __call__(
        self,
        *words: object,
        status: int = 0,
        given: str | None = None,
        first: Callable[[], None] | None = None,
        is_real: bool = False,
        **environment: str,
    ) -> str:
        """`given` is its standard input; `first` runs in the new process before the command does."""
        how = start if first or is_real else start_warm
        status_of_it, printed, self.said = how(
            list(map(str, words)), self.environment | environment, given or "", self.data.parent, first
        )
        assert status_of_it == status, f"{words}: status {status_of_it}\n{printed}{self.said}"
        assert "Traceback" not in self.said
        return printed

    def json(self, *words: object, **how: Any) -> Any:
        return json.loads(self(*words, "--json", **how))

    def lines(self, *words: object) -> list[Any]:
        """What a command gives as one JSON object a line."""
        return [json.loads(line) for line in self(*words, "--json").splitlines()]

    def refused(self, *words: object, status: int = 1) -> dict[str, str]:
        """The code and the sentence with which a command was refused; on standard output stands nothing."""
        assert self(*words, "--json", status=status) == ""
        answer = json.loads(self.said)
        assert set(answer) == {"error", "reason"}
        assert answer["reason"]
        return dict(answer)

    def at(self, data: Path) -> "Terminal":
        """The same, on other data."""
        return Terminal(data)


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "data")


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with Amina's circle, which Bruno has joined."""
    terminal = Terminal(tmp_path_factory.mktemp("furnished") / "data")
    terminal("new", "Home", "--founder", "Amina")
    terminal("join", "Home", "Bruno")
    return terminal.data


@pytest.fixture
def home(terminal: Terminal, furnished: Path) -> Terminal:
    """Amina's circle, which Bruno has joined."""
    shutil.copytree(furnished, terminal.data)
    return terminal


SHARES = {"Amina": 1, "Bruno": 2}
PIZZA = json.dumps({"unit": "eur", "amount": 1000, "payer": "Amina", "shares": SHARES, "what": "Pizza"})
