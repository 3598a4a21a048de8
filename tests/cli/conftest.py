"""The real command, run as a process of its own on a data folder of its own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

COMMAND = [sys.executable, "-I", "-m", "cercle"]


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
        **environment: str,
    ) -> str:
        """`given` is its standard input; `first` runs in the new process before the command does."""
        done = subprocess.run(
            [*COMMAND, *map(str, words)],
            env=self.environment | environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            preexec_fn=first,
        )
        self.said = done.stderr
        assert done.returncode == status, f"{words}: status {done.returncode}\n{done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr
        return done.stdout

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
