"""Bills of ihatemoney become a circle's accounts: the exact shares, each bill once."""

import csv
import json
import random
import time
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from cercle.core.event import Refused
from cercle.imports import KINDS, Report, Where, Why
from cercle.modules.accounts.read import balances, exact, settlement
from cercle.modules.circle.read import is_on
from cercle.modules.people.events import Described
from cercle.modules.people.rules import profile
from cercle.store.live import Live
from cercle.store.node import Node, NotFound

FILES = Path(__file__).parents[1] / "data" / "ihatemoney"
BILLS = FILES / "bills.json"
COUNTS_DOUBLE = "Élise"

PIZZA = {
    "what": "Pizza",
    "bill_type": "Expense",
    "amount": 12.5,
    "currency": "EUR",
    "date": "2026-03-02",
    "payer_name": "Amina",
    "payer_weight": 1.0,
    "owers": ["Amina", "Bruno", "Chloé"],
}


def bring(node: Node, path: Path, **where: Any) -> Report:
    return KINDS["ihatemoney"].bring(node, path, Where(**where))


def write(path: Path, *bills: dict[str, Any]) -> Path:
    path.write_text(json.dumps(bills), "utf-8")
    return path


def by_name(live: Live, unit: str = "eur") -> dict[str, int]:
    """Everybody's balance in cents."""
    return {name_of(live, member): cents for member, cents in balances(live.circle, unit).items()}


def name_of(live: Live, member: str) -> str:
    return live.name(profile(live.circle, member).words)


def rational(bills: list[dict[str, Any]], weights: dict[str, Fraction]) -> dict[str, Fraction]:
    """What everybody is owed, in cents, by exact shares: computed here, from the file alone."""
    owed: dict[str, Fraction] = defaultdict(Fraction)
    for bill in bills:
        cents = 100 * Fraction(str(bill["amount"]))
        owed[bill["payer_name"]] += cents
        total = sum(weights.get(name, Fraction(1)) for name in bill["owers"])
        for name in bill["owers"]:
            owed[name] -= cents * weights.get(name, Fraction(1)) / total
    return owed


# --- the real file ---------------------------------------------------------------------------------------------------


def test_balances_are_the_exact_shares_within_a_cent(node: Node) -> None:
    report = bring(node, BILLS)
    assert report.plain() == {
        "circle": report.circle,
        "member": report.member,
        "new": True,
        "brought": {"people": 5, "bills": 180},
        "already": {},
        "left": [],
        "warnings": [],
    }
    live = node.find(report.circle)
    owed = rational(json.loads(BILLS.read_text("utf-8")), {COUNTS_DOUBLE: Fraction(2)})
    found = by_name(live)
    assert found.keys() == owed.keys()
    assert sum(found.values()) == 0
    for member, cents in balances(live.circle, "eur").items():
        assert exact(live.circle, "eur", member) == owed[name_of(live, member)]
        assert abs(cents - owed[name_of(live, member)]) < 1


def test_it_settles_as_ihatemoney_does(node: Node) -> None:
    live = node.find(bring(node, BILLS).circle)
    with (FILES / "transactions.csv").open(encoding="utf-8", newline="") as file:
        theirs = {(row["ower"], row["receiver"]): round(100 * float(row["amount"])) for row in csv.DictReader(file)}
    transfers = settlement(balances(live.circle, "eur"))
    ours = {(name_of(live, one.payer), name_of(live, one.to)): one.amount for one in transfers}
    assert ours.keys() == theirs.keys()
    assert len(transfers) <= len(theirs) == 4
    assert all(abs(ours[way] - theirs[way]) <= 1 for way in theirs)


def test_days_words_and_people_are_kept(node: Node) -> None:
    live = node.find(bring(node, BILLS).circle)
    oldest_first = reversed(json.loads(BILLS.read_text("utf-8")))
    said = [live.words(entry).get("what", "") for entry in live.circle.accounts.moves]
    assert said == [row["what"] for row in oldest_first]
    assert set(by_name(live)) == {"Amina", "Bruno", "Chloé", "Dov", "Élise"}
    assert is_on(live.circle, "money")
    assert live.name(live.circle.roots.name) == "bills"


def test_the_same_file_again_brings_nothing(node: Node) -> None:
    first = bring(node, BILLS)
    live = node.find(first.circle)
    before, size = by_name(live), len(live.circle.accounts.moves)
    for path in (BILLS, FILES / "bills.csv"):
        again = bring(node, path)
        assert (again.circle, again.new) == (first.circle, False)
        assert (again.brought, again.already, again.left) == ({}, {"bills": 180}, [])
    live = node.find(first.circle)
    assert (by_name(live), len(live.circle.accounts.moves)) == (before, size)
    assert len(node.numbers()) == 1


def test_the_table_brings_what_the_list_brings(node: Node) -> None:
    live = node.find(bring(node, FILES / "bills.csv").circle)
    owed = rational(json.loads(BILLS.read_text("utf-8")), {COUNTS_DOUBLE: Fraction(2)})
    assert all(abs(cents - owed[name]) < 1 for name, cents in by_name(live).items())


def test_a_file_that_has_grown_brings_what_is_new(node: Node, tmp_path: Path) -> None:
    rows = json.loads(BILLS.read_text("utf-8"))
    first = bring(node, write(tmp_path / "flat.json", *rows[30:]))
    random.Random(1).shuffle(rows)
    again = bring(node, write(tmp_path / "flat.json", *rows))
    assert (again.circle, again.brought, again.already) == (first.circle, {"bills": 30}, {"bills": 150})
    owed = rational(rows, {COUNTS_DOUBLE: Fraction(2)})
    assert all(abs(cents - owed[name]) < 1 for name, cents in by_name(node.find(first.circle)).items())


def test_it_is_quick(node: Node) -> None:
    began = time.process_time()
    bring(node, BILLS)
    assert time.process_time() - began < 1


# --- where to --------------------------------------------------------------------------------------------------------


def test_into_a_circle_that_is_there_people_are_found_by_name(node: Node, tmp_path: Path) -> None:
    first = bring(node, write(tmp_path / "one.json", PIZZA), name="Home", founder="bruno")
    live = node.find("Home")
    assert first.brought == {"people": 3, "bills": 1}
    coffee = PIZZA | {"what": "Coffee", "payer_name": "BRUNO", "owers": ["AMINA", "Chloe\u0301", "Dov"]}
    again = bring(node, write(tmp_path / "two.json", coffee), circle=live.id.hex()[:12])
    assert (again.circle, again.new, again.brought) == (first.circle, False, {"people": 1, "bills": 1})
    assert sorted(by_name(node.find("Home"))) == ["Amina", "Chloé", "Dov", "bruno"]
    with pytest.raises(NotFound):
        bring(node, tmp_path / "two.json", circle="Elsewhere")


def test_who_took_another_name_is_still_the_same_person(node: Node, tmp_path: Path) -> None:
    report = bring(node, write(tmp_path / "flat.json", PIZZA))
    live = node.find(report.circle)
    node.act(live, report.member, Described(member=report.member, name="Mina"))
    again = bring(node, write(tmp_path / "flat.json", PIZZA, PIZZA | {"what": "Coffee"}))
    assert again.brought == {"bills": 1}
    assert sorted(by_name(node.find(report.circle))) == ["Bruno", "Chloé", "Mina"]


def test_nobody_writes_in_a_circle_of_others(node: Node, tmp_path: Path) -> None:
    path = write(tmp_path / "flat.json", PIZZA)
    amina, farid = node.new_person(), node.new_person()
    hers = bring(node, path, person=amina)
    assert bring(node, path, person=amina).already == {"bills": 1}
    with pytest.raises(Refused) as refusal:
        bring(node, path, person=farid, circle=hers.circle)
    assert refusal.value.reason is Why.NO_WRITER
    his = bring(node, path, person=farid, founder="Farid")
    assert (his.new, his.brought) == (True, {"people": 3, "bills": 1})
    assert his.circle != hers.circle


def test_a_refusal_half_way_leaves_nothing(node: Node, tmp_path: Path) -> None:
    report = bring(node, write(tmp_path / "flat.json", PIZZA))
    live = node.find(report.circle)
    guest = next(member for member in live.circle.roots.members if member != report.member)
    before = len(live.circle.accounts.moves)
    with pytest.raises(Refused):
        bring(node, write(tmp_path / "flat.json", PIZZA | {"what": "Coffee"}), circle=report.circle, by=guest)
    assert len(node.find(report.circle).circle.accounts.moves) == before
    assert bring(node, tmp_path / "flat.json", circle=report.circle).brought == {"bills": 1}


def test_bills_that_were_changed_since_are_named(node: Node, tmp_path: Path) -> None:
    bring(node, write(tmp_path / "flat.json", PIZZA, PIZZA | {"what": "Coffee"}))
    again = bring(node, write(tmp_path / "flat.json", PIZZA, PIZZA | {"what": "Coffee", "amount": 9}))
    assert (again.brought, again.already) == ({"bills": 1}, {"bills": 1})
    assert [warning.values for warning in again.warnings] == [{"count": 1}]
