"""`bench`: this machine is measured with the program's own workloads."""

from tests.cli.conftest import Terminal


def test_an_act_is_measured_beside_what_it_is_made_of(terminal: Terminal) -> None:
    told = terminal.json("bench", "act")
    assert [row["cpu_s"] > 0 for row in told["rows"]] == [True, True]
    assert told["ratio"] > 0
    assert not terminal.data.exists(), "it measures in a folder of its own"


def test_bench_refuses(terminal: Terminal) -> None:
    assert terminal.refused("bench", "coffee", status=2)["error"] == "usage"
    terminal("bench", status=2)
