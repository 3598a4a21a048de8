"""Units compare exactly: those that every circle knows, and by the conversions that somebody set."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from cercle.modules.groceries.units import PRICED_IN, UNITS, Conversions, counted_in, factor, rounded, set_conversion


def test_weights_and_volumes_compare_exactly() -> None:
    assert factor("kg", "g") == 1000
    assert factor("g", "kg") == Fraction(1, 1000)
    assert factor("cl", "ml") == 10
    assert factor("l", "cl") == 100
    assert factor("l", "kg") is None
    assert factor("bottle", "l") is None


def test_every_unit_is_counted_in_one_that_is_counted_in_itself() -> None:
    for unit in UNITS:
        base, _ = counted_in(unit)
        assert counted_in(base) == (base, 1)
        assert PRICED_IN.get(base, base) in UNITS


def test_a_conversion_stands_in_both_directions_and_a_later_one_takes_its_place() -> None:
    table: Conversions = {}
    set_conversion(table, "bottle", "cl", 75, 1)
    assert factor("bottle", "l", table) == Fraction(3, 4)
    assert factor("ml", "bottle", table) == Fraction(1, 750)
    set_conversion(table, "l", "bottle", 1, 1)
    assert factor("bottle", "cl", table) == 100


def test_a_chain_has_at_most_three_conversions() -> None:
    table: Conversions = {}
    for unit, to in (("pallet", "crate"), ("crate", "pack"), ("pack", "bottle"), ("bottle", "l")):
        set_conversion(table, unit, to, 6, 1)
    assert factor("crate", "ml", table) == 216_000
    assert factor("pallet", "l", table) is None


def test_the_shorter_chain_counts_and_then_the_earlier_table() -> None:
    own: Conversions = {}
    general: Conversions = {}
    set_conversion(own, "box", "piece", 6, 1)
    set_conversion(general, "box", "piece", 10, 1)
    assert factor("box", "piece", own, general) == 6
    set_conversion(general, "crate", "piece", 30, 1)
    set_conversion(own, "crate", "box", 4, 1)
    assert factor("crate", "piece", own, general) == 30


def test_a_half_is_rounded_up() -> None:
    assert [rounded(Fraction(n, 2)) for n in (0, 1, 2, 3, 5)] == [0, 1, 1, 2, 3]
    assert rounded(Fraction(1, 3)) == 0


ANY = st.sampled_from([*UNITS, "crate", "sack"])


@given(ANY, ANY, st.integers(1, 10**9), st.integers(1, 10**9), ANY, ANY)
def test_there_and_back_again_is_one(
    one: str, other: str, numerator: int, denominator: int, unit: str, to: str
) -> None:
    table: Conversions = {}
    if counted_in(one)[0] != counted_in(other)[0]:
        set_conversion(table, one, other, numerator, denominator)
    there, back = factor(unit, to, table), factor(to, unit, table)
    assert (there is None) is (back is None)
    if there is not None and back is not None:
        assert there * back == 1
