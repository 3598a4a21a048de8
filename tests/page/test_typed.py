"""Sums of money and days as people type them, in both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cercle.page.typed import MOST, day_in, minor, plain_sum
from cercle.sentences import money


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("12,50", 1250),
        ("12.50", 1250),
        ("12", 1200),
        ("12.5", 1250),
        ("0", 0),
        ("12€50", 1250),
        ("€12.50", 1250),
        ("12,50 €", 1250),
        ("12 euros", 1200),
        ("12.50 EUR", 1250),
        ("1 234,50 €", 123450),
        ("1\u202f234,5", 123450),
        ("1.234,50", 123450),
        ("€1,234,567.89", 123456789),
        (" 3 ", 300),
    ],
)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_sum_is_read(text: str, cents: int, language: str) -> None:
    assert minor(text, "eur", language) == cents


NO_SUMS = [
    "",
    " ",
    "€",
    "-5",
    "\u22125",
    "1e5",
    "nan",
    "inf",
    "12.505",
    "12,5050",
    "12.",
    ",5",
    "1,2,3",
    "12,50,1",
    "٣",
]
NO_SUMS += ["½", "12 $50 €", "9" * 16, "1" * 100_000, "0x10", "12 milk", "1_000", "<b>5</b>"]


@pytest.mark.parametrize("text", NO_SUMS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_is_no_sum(text: str, language: str) -> None:
    assert minor(text, "eur", language) is None


def test_a_comma_before_three_digits_goes_by_the_language() -> None:
    assert minor("1,234", "eur", "en") == 123_400
    assert minor("1,234", "eur", "fr") is None
    assert minor("1.234", "eur", "en") is None


def test_units_have_as_many_digits_as_they_have() -> None:
    assert minor("12", "jpy", "en") == 12
    assert minor("12.5", "jpy", "en") is None
    assert minor("3 merit", "merit", "en") == 3


@given(st.integers(0, MOST), st.sampled_from(["eur", "jpy", "usd", "merit"]), st.sampled_from(["fr", "en"]))
def test_what_is_written_is_read_back(amount: int, unit: str, language: str) -> None:
    assert minor(plain_sum(amount, unit, language), unit, language) == amount
    if unit == "eur":
        assert minor(money(amount, unit, language), unit, language) == amount


@given(st.text(max_size=40), st.sampled_from(["fr", "en"]))
def test_any_text_is_read_without_harm(text: str, language: str) -> None:
    found = minor(text, "eur", language)
    assert found is None or 0 <= found <= MOST
    day_in(text)


def test_days() -> None:
    assert day_in(" 2026-05-01 ") == "2026-05-01"
    assert day_in("31/12/2026") == day_in("31.12.2026") == "2026-12-31"
    assert day_in("1-2-2026") == "2026-02-01"
    for text in ("", "2026-02-30", "32/1/2026", "0/1/2026", "tomorrow", "2026", "٣١/١٢/٢٠٢٦", "1/1/0000"):
        assert day_in(text) is None
