"""What people type into boxes: sums of money and days, as they write them in French and English."""

import re

from cercle.core.event import is_day
from cercle.sentences import digits

MOST = 10**12  # minor units that an event can say
_SUM = re.compile(r"[€$£]?(\d{1,15})(?:[.,€](\d{1,4}))?[€$£]?", re.ASCII)
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:(?P<comma>,\d{3})+(?:\.\d+)?|(?:\.\d{3})+,\d+)", re.ASCII)
_WORD = re.compile(r"(?:eur|euros?)$")
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:hH.]([0-5]\d)?", re.ASCII)
_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})", re.ASCII)


def minor(text: str, unit: str, language: str) -> int | None:
    """Minor units of a sum of money, 0 included; None for what is none, or is finer than the smallest coin.

    « 1 234,50 € », "€1,234.50", "12€50"; what means two things goes by the language: "1,234" is a thousand in
    English, and nothing in French.
    """
    plain = _WORD.sub("", "".join(text.casefold().split()).removesuffix(unit)).replace("\u2212", "-")
    bare = plain.strip("€$£")
    grouped = _GROUPED.fullmatch(bare)
    if grouped and (language != "fr" or "." in bare):
        plain = bare.replace("," if grouped["comma"] else ".", "")
    found = _SUM.fullmatch(plain)
    if found is None or len(found[2] or "") > digits(unit):
        return None
    amount = int(found[1] + (found[2] or "").ljust(digits(unit), "0"))
    return amount if amount <= MOST else None


def day_in(text: str) -> str | None:
    """The day as YYYY-MM-DD, from that or from 31/12/2026 (day before month); None for what is none."""
    text = text.strip()
    if found := _DAY.fullmatch(text):
        text = f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}"
    return text if is_day(text) else None


def plain_sum(amount: int, unit: str, language: str) -> str:
    """Minor units as they are typed into a box: "12.50", « 12,50 »."""
    places = digits(unit)
    whole, part = divmod(amount, 10**places)
    return f"{whole}{',' if language == 'fr' else '.'}{part:0{places}}" if places else str(whole)


def clock_in(text: str) -> str | None:
    """HH:MM from what people type: 19:30, 19h30, 19h, 9.05; None for what is no time."""
    found = _CLOCK.fullmatch("".join(text.split()))
    return f"{int(found[1]):02}:{found[2] or '00'}" if found else None
