"""Runs: pieces of a chain of which the last entry is signed, and few before it."""

from itertools import product

import pytest

from cercle.core.entry import parse
from cercle.core.log import Place, authentic, heads_to_see
from tests.vectors.by_hand import Circle, chance

CIRCLE = Circle()
WRITTEN = [CIRCLE.write("bruno", "circle.linked") for _ in range(4)]
RUN = [parse(CIRCLE.id, one.device, one.header) for one in WRITTEN]
SIGNED = [one.signature for one in WRITTEN]


@pytest.mark.parametrize("kinds", list(product(("valid", "none", "wrong"), repeat=4)), ids="-".join)
def test_a_run_stands_up_to_the_last_signature_before_the_first_wrong_one(kinds: tuple[str, ...]) -> None:
    signatures = [{"valid": SIGNED[at], "none": None, "wrong": SIGNED[at - 1]}[kind] for at, kind in enumerate(kinds)]
    good = kinds[: kinds.index("wrong")] if "wrong" in kinds else kinds
    expected = max((at + 1 for at, kind in enumerate(good) if kind == "valid"), default=0)
    assert authentic(RUN, signatures) == expected


def test_a_new_entry_cites_the_highest_heads_of_others() -> None:
    own = bytes(32)
    heads = {chance(f"head {at}", 32): Place(own if at == 3 else chance(f"device {at}", 32), 0, at) for at in range(12)}
    seen = heads_to_see(heads.items(), own, 8)
    assert [heads[head].lamport for head in seen] == [11, 10, 9, 8, 7, 6, 5, 4]
    alike = {head: Place(place.device, 0, 5) for head, place in heads.items()}
    assert heads_to_see(alike.items(), own, 8) == sorted(head for head in alike if alike[head].device != own)[:8]
