"""Bills as they may come: the accounts are exact for any of them, and nothing strange does harm."""

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cercle.core.event import Refused
from cercle.modules import load
from cercle.modules.accounts.read import balances, exact
from cercle.store.node import Node
from tests.imports.test_ihatemoney import PIZZA, bring, name_of, rational, write

SOME = settings.default.max_examples // 4  # each one is several imports
NAMES = ["Amina", "Bruno", "Chloé", "Dov"]
WEIGHTS = st.fixed_dictionaries({name: st.sampled_from(["1", "2", "0.5", "1.25", "3"]) for name in NAMES})
BILLS = st.lists(
    st.fixed_dictionaries(
        {
            "what": st.sampled_from(["Pizza", "Café", "=1+1", ""]),
            "bill_type": st.sampled_from(["Expense", "Reimbursement"]),
            "amount": st.decimals(Decimal("0.01"), 5000, places=2).map(float),
            "currency": st.sampled_from(["EUR", "XXX"]),
            "date": st.dates().map(str),
            "payer_name": st.sampled_from(NAMES),
            "owers": st.lists(st.sampled_from(NAMES), min_size=1, unique=True),
        }
    ),
    min_size=1,
    max_size=25,
)
STRANGE = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.text(max_size=3), max_size=3)
)


@given(bills=BILLS, weights=WEIGHTS, known=st.integers(0, 25))
@settings(max_examples=SOME)
def test_any_bills_lead_to_the_exact_shares(
    tmp_path_factory: pytest.TempPathFactory, bills: list[dict[str, Any]], weights: dict[str, str], known: int
) -> None:
    folder = tmp_path_factory.mktemp("flat")
    node = Node(folder / "data", load())
    # Everybody pays once, so that the file says what they count.
    each = [PIZZA | {"payer_name": name, "owers": [name], "what": name} for name in NAMES]
    rows = [bill | {"payer_weight": weights[bill["payer_name"]]} for bill in each + bills]
    bring(node, write(folder / "flat.json", *rows[: known + len(each)]))
    report = bring(node, write(folder / "flat.json", *reversed(rows)))
    live = node.find(report.circle)
    owed = rational(rows, {name: Fraction(weight) for name, weight in weights.items()})
    for member, cents in balances(live.circle, "eur").items():
        assert exact(live.circle, "eur", member) == owed[name_of(live, member)]
        assert abs(cents - owed[name_of(live, member)]) < 1
    assert bring(node, write(folder / "flat.json", *rows)).brought == {}
    node.close()


@given(changes=st.lists(st.dictionaries(st.sampled_from([*PIZZA]), STRANGE), min_size=1, max_size=6))
@settings(max_examples=SOME)
def test_strange_bills_are_brought_or_left_but_never_a_mistake(
    tmp_path_factory: pytest.TempPathFactory, changes: list[dict[str, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("flat")
    node, path = Node(folder / "data", load()), folder / "flat.json"
    path.write_text(json.dumps([PIZZA, *(PIZZA | change for change in changes)]), "utf-8")
    try:
        report = bring(node, path)
    except Refused:
        assert node.numbers() == {}
    else:
        assert report.brought["bills"] + sum(left.count for left in report.left) == 1 + len(changes)
        assert bring(node, path).brought == {}
    node.close()
