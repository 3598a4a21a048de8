"""What stands in files of bills, and what is said of those that cannot be read."""

import json
import time
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from cercle.core.event import Refused
from cercle.imports import Report, Why
from cercle.imports.ihatemoney import read
from cercle.modules.accounts.rules import Move
from cercle.store.node import Node
from tests.imports.test_ihatemoney import PIZZA, bring, by_name, name_of, rational, write


def moves(node: Node, circle: str) -> list[Move]:
    return list(node.find(circle).circle.accounts.moves.values())


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"amount": 0}, Why.NOTHING),
        ({"amount": -3.2}, Why.NEGATIVE),
        ({"amount": 3.205}, Why.TOO_FINE),
        ({"amount": 1e-300}, Why.TOO_FINE),
        ({"amount": 1e300}, Why.TOO_MUCH),
        ({"amount": 10**40}, Why.TOO_MUCH),
        ({"amount": "NaN"}, Why.TOO_MUCH),
        ({"amount": "sNaN"}, Why.TOO_MUCH),
        ({"amount": "two"}, Why.NOT_A_BILL),
        ({"amount": None}, Why.NOT_A_BILL),
        ({"date": "2026-02-30"}, Why.NO_DAY),
        ({"date": "02/03/2026"}, Why.NO_DAY),
        ({"date": "²026-03-02"}, Why.NO_DAY),
        ({"payer_name": " "}, Why.NO_NAME),
        ({"owers": ["Amina", ""]}, Why.NO_NAME),
        ({"owers": []}, Why.NOBODY),
        ({"owers": "Amina"}, Why.NOT_A_BILL),
        ({"owers": [f"Person {number}" for number in range(201)]}, Why.WEIGHTS),
        ({"currency": "€"}, Why.CURRENCY),
        ({"bill_type": "Gift"}, Why.BILL_TYPE),
        ({"what": 7}, Why.NOT_A_BILL),
    ],
)
def test_a_bill_that_cannot_be_brought_is_left_with_its_reason(
    node: Node, tmp_path: Path, change: dict[str, Any], why: Why
) -> None:
    report = bring(node, write(tmp_path / "flat.json", PIZZA | change, PIZZA))
    assert report.brought["bills"] == 1
    assert [(left.what, left.why, left.count) for left in report.left] == [("bills", why, 1)]
    (line,) = report.plain()["left"]
    assert line["examples"] == ["1" if why is Why.NOT_A_BILL else f"Pizza ({(PIZZA | change)['date']})"]


def test_where_nothing_can_be_brought_no_circle_begins(node: Node, tmp_path: Path) -> None:
    for change, why in (({"amount": 0}, Why.NOTHING), ({"amount": 0.125}, Why.TOO_FINE), ({"date": "?"}, Why.NO_DAY)):
        with pytest.raises(Refused) as refusal:
            bring(node, write(tmp_path / "flat.json", PIZZA | change))
        assert refusal.value.reason is why
    assert node.numbers() == {}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"[{", Why.NOT_JSON),
        (b'[{"what": "\\ud800"}]', Why.NOT_JSON),
        (b'[{"a":' * 100_000, Why.NOT_JSON),
        (b"[]", Why.NO_BILLS),
        (b"", Why.NO_BILLS),
        (b"[3]", Why.NOT_BILLS),
        (b'{"bills": []}', Why.NOT_BILLS),
        (b'[{"name": "Amina"}]', Why.NOT_BILLS),
        (b"name,amount\nAmina,3\n", Why.NOT_BILLS),
        (b'what,amount\n"never closed', Why.NOT_BILLS),
        (b"\x89PNG\0\0", Why.NOT_TEXT),
        ("what,amount\n".encode("utf-16"), Why.NOT_TEXT),
        (b'[{"ower": "Amina", "receiver": "Bruno", "amount": 3.2}]', Why.SETTLEMENT),
        (b"ower,receiver,amount,currency\nAmina,Bruno,3.2,EUR\n", Why.SETTLEMENT),
        (b'what,amount,date,payer_name,owers\nTea,3,2026-03-02,"Doe, Dov",Amina\n', Why.COMMA),
    ],
)
def test_another_file_is_refused_in_a_sentence(node: Node, tmp_path: Path, content: bytes, why: Why) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(Refused) as refusal:
        bring(node, path)
    assert refusal.value.reason is why
    assert node.numbers() == {}


def test_a_file_that_is_not_there_or_far_too_large_is_refused(node: Node, tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(10**8 + 1)
    for path, why in ((tmp_path / "none.json", Why.NO_FILE), (tmp_path, Why.NO_FILE), (large, Why.TOO_LARGE)):
        with pytest.raises(Refused) as refusal:
            bring(node, path)
        assert refusal.value.reason is why


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_table_that_went_through_a_spreadsheet(node: Node, tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = [
        ["what", "bill_type", "amount", "currency", "date", "payer_name", "payer_weight", "owers"],
        ["'=Café", "Expense", "4.2", "EUR", "2026-03-02", "Chloé", "1.0", '"Amina, Chloé"'],
    ]
    path = tmp_path / "bills.csv"
    path.write_bytes("\r\n".join(delimiter.join(row) for row in rows).encode(encoding))
    report = bring(node, path)
    live = node.find(report.circle)
    assert by_name(live) == {"Amina": -210, "Chloé": 210}
    assert [live.words(entry)["what"] for entry in live.circle.accounts.moves] == ["=Café"]
    assert len(report.warnings) == (encoding == "cp1252")


def test_bills_of_older_releases_have_no_type_and_no_currency(node: Node, tmp_path: Path) -> None:
    old = {name: PIZZA[name] for name in ("what", "amount", "date", "payer_name", "payer_weight", "owers")}
    found = by_name(node.find(bring(node, write(tmp_path / "flat.json", old)).circle))
    owed = rational([old], {})
    assert all(abs(cents - owed[name]) < 1 for name, cents in found.items())


def test_weights_are_the_persons_and_may_be_fractions(node: Node, tmp_path: Path) -> None:
    rows = [
        PIZZA | {"payer_name": "Bruno", "payer_weight": 1.5},
        PIZZA | {"payer_name": "Chloé", "payer_weight": 0.25, "what": "Tea", "amount": "10.01"},
        PIZZA | {"what": "Bread", "amount": 1.99, "owers": ["Bruno", "Chloé", "Dov"]},
    ]
    report = bring(node, write(tmp_path / "flat.json", *rows))
    owed = rational(rows, {"Bruno": Fraction(3, 2), "Chloé": Fraction(1, 4)})
    assert all(abs(cents - owed[name]) < 1 for name, cents in by_name(node.find(report.circle)).items())
    assert [warning.values for warning in report.warnings] == [{"names": "Dov"}]


def test_of_two_weights_the_latest_counts_for_all(node: Node, tmp_path: Path) -> None:
    rows = [
        PIZZA | {"date": "2026-03-09", "payer_weight": 3},
        PIZZA | {"date": "2026-03-01", "payer_weight": 2},
    ]
    report = bring(node, write(tmp_path / "flat.json", *rows))
    owed = rational(rows, {"Amina": Fraction(3)})
    assert all(abs(cents - owed[name]) < 1 for name, cents in by_name(node.find(report.circle)).items())
    assert {"name": "Amina", "weight": "3"} in [warning.values for warning in report.warnings]


def test_a_weight_that_cannot_be_is_passed_over(node: Node, tmp_path: Path) -> None:
    rows = [PIZZA | {"what": str(weight), "payer_weight": weight} for weight in (0, -1, 1e9, 1e-30, "NaN")]
    report = bring(node, write(tmp_path / "flat.json", *rows))
    assert len(report.warnings) == 5
    assert {tuple(move.shares.values()) for move in moves(node, report.circle) if move.shares} == {(1, 1, 1)}


def test_shares_too_fine_for_the_accounts_are_left(node: Node, tmp_path: Path) -> None:
    odd = PIZZA | {"payer_weight": 0.3333, "owers": ["Amina", "Bruno"]}
    report = bring(node, write(tmp_path / "flat.json", odd, PIZZA | {"owers": ["Bruno"]}))
    assert [(left.why, left.count) for left in report.left] == [(Why.WEIGHTS, 1)]


def test_bills_that_say_the_same_are_as_many_as_there_are(node: Node, tmp_path: Path) -> None:
    report = bring(node, write(tmp_path / "flat.json", PIZZA, PIZZA, PIZZA))
    assert len(moves(node, report.circle)) == report.brought["bills"] == 3
    again = bring(node, write(tmp_path / "flat.json", *[PIZZA] * 5))
    assert (again.already, again.brought) == ({"bills": 3}, {"bills": 2})


def test_a_reimbursement_to_one_person_is_a_transfer(node: Node, tmp_path: Path) -> None:
    back = PIZZA | {"bill_type": "Reimbursement", "payer_name": "Bruno"}
    rows = [back | {"owers": ["Amina"]}, back | {"owers": ["Bruno"]}, back | {"owers": ["Amina", "Chloé"]}]
    report = bring(node, write(tmp_path / "flat.json", *rows))
    found = moves(node, report.circle)
    assert sorted((bool(move.to), len(move.shares or {})) for move in found) == [(False, 1), (False, 2), (True, 0)]
    assert by_name(node.find(report.circle)) == {"Bruno": 2500, "Amina": -1875, "Chloé": -625}


def test_each_currency_is_counted_apart(node: Node, tmp_path: Path) -> None:
    rows = [
        PIZZA | {"currency": "chf", "what": "a"},
        PIZZA | {"currency": "CHF", "what": "b"},
        PIZZA | {"currency": "XXX", "what": "c"},
        PIZZA | {"currency": None, "what": "d"},
        PIZZA | {"currency": "JPY", "amount": 1200.0},
    ]
    live = node.find(bring(node, write(tmp_path / "flat.json", *rows)).circle)
    assert live.circle.roots.unit == "chf"
    paid: dict[str, int] = defaultdict(int)
    for move in live.circle.accounts.moves.values():
        paid[move.unit] += move.amount
    assert paid == {"chf": 5000, "jpy": 1200}


def test_names_are_tidied_and_two_spellings_are_one_person(node: Node, tmp_path: Path) -> None:
    rows = [PIZZA | {"payer_name": " \0 amina  "}, PIZZA | {"owers": ["Amina", "Chloe\u0301", "Jean  Noël"]}]
    report = bring(node, write(tmp_path / "flat.json", *rows))
    assert sorted(by_name(node.find(report.circle))) == ["Amina", "Bruno", "Chloé", "Jean Noël"]
    assert {"names": "Amina, amina"} in [warning.values for warning in report.warnings]


def test_a_long_text_is_cut_and_strange_signs_harm_nothing(node: Node, tmp_path: Path) -> None:
    rows = [PIZZA | {"what": "x" * 100_000}, PIZZA | {"what": "a\u0000b\u202e<script>"}]
    path = tmp_path / "flat.json"
    path.write_text(json.dumps(rows), "utf-8")
    report = bring(node, path)
    live = node.find(report.circle)
    assert {live.words(entry)["what"] for entry in live.circle.accounts.moves} == {"x" * 2000, "ab\u202e<script>"}
    assert len(report.warnings) == 1


def test_ten_megabytes_are_read_whole_before_anything_is_written(node: Node, tmp_path: Path) -> None:
    path = write(tmp_path / "flat.json", *[PIZZA | {"what": f"Pizza {number}"} for number in range(60_000)])
    assert path.stat().st_size > 10**7
    path.write_text(path.read_text("utf-8")[:-1], "utf-8")
    began = time.process_time()
    with pytest.raises(Refused) as refusal:
        bring(node, path)
    assert refusal.value.reason is Why.NOT_JSON
    path.write_text(path.read_text("utf-8") + "]", "utf-8")
    report = Report()
    assert len(read(path, report).bills) == 60_000
    assert report == Report()
    assert time.process_time() - began < 15


def test_three_hundred_people(node: Node, tmp_path: Path) -> None:
    names = [f"Person {number}" for number in range(300)]
    rows = [PIZZA | {"payer_name": name, "what": name, "owers": names[at : at + 150]} for at, name in enumerate(names)]
    report = bring(node, write(tmp_path / "flat.json", *rows[:299]))
    assert report.brought == {"people": 300, "bills": 299}
    live = node.find(report.circle)
    owed = rational(rows[:299], {})
    assert all(
        abs(live.circle.accounts.balances["eur"].get(member, 0) - owed[name_of(live, member)]) < 1
        for member in live.circle.roots.members
    )
