"""An import that is killed at any moment, by SIGKILL, leaves nothing or everything, and is done by running it again."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cercle.imports import KINDS, Where
from cercle.modules import load
from cercle.modules.accounts.read import balances
from cercle.store.live import Live
from cercle.store.node import Node
from tests.imports.kitchen import FILE
from tests.imports.test_ihatemoney import BILLS

# Counts each call into the database and falls dead at the one that is asked for.
DYING = """
import os, signal, sys
from pathlib import Path
from cercle.imports import KINDS, Where
from cercle.modules import load
from cercle.store.node import Node

kind, path, data, last = sys.argv[1:]
calls = 0

def count(frame, event, called):
    global calls
    if event == "c_call" and getattr(called, "__name__", "") == "execute":
        calls += 1
        if calls == int(last):
            os.kill(os.getpid(), signal.SIGKILL)

node = Node(Path(data), load())
sys.setprofile(count)
KINDS[kind].bring(node, Path(path), Where())
sys.setprofile(None)
print(calls)
"""


def run(kind: str, path: Path, data: Path, last: int) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-c", DYING, kind, str(path), str(data), str(last)]
    return subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=120)


def brought(live: Live) -> tuple[object, ...]:
    groceries, accounts = live.circle.groceries, live.circle.accounts
    stock = sorted((live.name(one.words), one.stock, len(one.lots)) for one in groceries.products.values())
    return len(accounts.moves), sorted(balances(live.circle, "eur").values()), stock, len(groceries.items)


@pytest.mark.parametrize(("kind", "path"), [("ihatemoney", BILLS), ("grocy", FILE)])
def test_killed_and_run_again(tmp_path: Path, kind: str, path: Path) -> None:
    whole = run(kind, path, tmp_path / "whole", 0)
    assert whole.returncode == 0, whole.stderr
    calls = int(whole.stdout)
    assert calls > 200
    node = Node(tmp_path / "whole", load())
    expected = brought(node.live(1))
    node.close()
    chance = random.Random(path.name)
    for last in [chance.randrange(1, calls) for _ in range(6)] + [calls - 1, calls]:
        data = tmp_path / str(last)
        assert run(kind, path, data, last).returncode in (-signal.SIGKILL, 0)  # 0: it was done one call earlier
        node = Node(data, load())
        assert node.numbers() == {} or brought(node.live(1)) == expected
        KINDS[kind].bring(node, path, Where())
        assert len(node.numbers()) == 1
        assert brought(node.live(1)) == expected
        node.close()
