"""`make bench`: the peers count what Cercle counts, and each limit is told as kept or not."""

import json
from pathlib import Path

import pytest

from bench import ihatemoney, ledgers, run
from bench.run import Found, Limit
from cercle.bench.logs import transfers_of

FOUND: dict[str, Found] = {
    "page": (
        [{"what": "our list", "cpu_ms": 4.5}, {"what": "their list", "absent": "not installed"}],
        [Limit("a request", 4.5, "≤", 5, "CPU ms"), Limit("the memory", 81.0, "≤", 80, "MiB")],
    ),
    "balances": (
        [{"what": "our balances", "cpu_s": 9.0}],
        [
            Limit("as long as ledger", 9.0, "<", 9.0, "CPU s"),
            Limit("times as fast", 4.0, "≥", 4, "×"),
            Limit("beside one that is not there", 9.0, "<", None, "CPU s"),
            Limit("what could not be measured", None, "≤", 120, "MB"),
        ],
    ),
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("transfers") / "node"
    transfers_of(place, 1000)
    return place


def test_ledger_and_hledger_come_to_the_balances_of_the_fold(data: Path, tmp_path: Path) -> None:
    journal = tmp_path / "transfers.journal"
    assert 970 < ledgers.write(data, journal) < 1000, "all but what began the circle, and its seals"
    right, _ = ledgers.fold(data)
    assert sum(right.values()) == 0
    assert all(right.values())
    assert ledgers.balance("ledger", journal)[0] == right
    assert ledgers.balance("hledger", journal)[0] == right


def test_a_journal_that_says_something_else_is_not_measured(data: Path, tmp_path: Path) -> None:
    journal = tmp_path / "transfers.journal"
    ledgers.write(data, journal)
    lines = journal.read_text(encoding="utf-8").splitlines(keepends=True)
    journal.write_text("".join(lines[:-3]), encoding="utf-8")
    with pytest.raises(RuntimeError, match="ledger has other balances"):
        ledgers.measure(data, journal)


def test_a_peer_that_is_not_there_is_told_as_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    rows = ledgers.compare(200)
    assert rows["cercle"]["cpu_s"] > 0
    assert rows["ledger"]["absent"] == rows["hledger"]["absent"] == "not installed"
    assert ihatemoney.page(tmp_path)["absent"] == "not installed"
    assert ihatemoney.version(tmp_path) == "absent"


def test_the_results_say_what_was_kept_and_where(tmp_path: Path) -> None:
    where = run.machine()
    run.keep(tmp_path, where, FOUND)
    told = (tmp_path / "bench.txt").read_text(encoding="utf-8")
    for value in (where["processor"], where["Python"], where["SQLite"], where["ledger"], "our list", "absent: not"):
        assert str(value) in told
    written = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert [limit["kept"] for limit in written["limits"]] == [True, False, False, True, None, None]
    assert [line.split()[-1] for line in told.splitlines() if "≤ 80 MiB" in line or "≥ 4 ×" in line] == ["NO", "yes"]
    assert [row["what"] for row in written["rows"]["page"]] == ["our list", "their list"]
    assert max(map(len, told.splitlines())) <= run.WIDTH


def test_one_workload_alone(capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.stat().st_mtime_ns for path in run.RESULTS.iterdir()}
    status = run.main(["act"])
    told = capsys.readouterr().out
    assert "one act, signed, judged and stored durably" in told
    assert status == (" NO" in told)
    assert {path: path.stat().st_mtime_ns for path in run.RESULTS.iterdir()} == before
