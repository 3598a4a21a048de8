"""The currencies of today, as CLDR has them, and the one that a browser's region suggests."""

from functools import cache
from typing import Any

from cercle.page.languages import marked
from cercle.sentences import locale

EURO = "eur"


@cache
def codes() -> frozenset[str]:
    """Those that are legal tender somewhere, in lower case, as the log names them."""
    from babel.core import get_global  # heavy, and seldom needed
    from babel.numbers import get_territory_currencies

    territories: Any = get_global("territory_currencies")
    return frozenset(code.lower() for territory in territories for code in get_territory_currencies(territory))


def currencies(language: str) -> list[dict[str, str]]:
    """Each with its value and its name, by name."""
    from babel.numbers import get_currency_name

    named = [(get_currency_name(code.upper(), locale=locale(language)), code) for code in codes()]
    return [
        {"value": code, "label": marked(f"{name[:1].upper()}{name[1:]} ({code.upper()})", language)}
        for name, code in sorted(named, key=lambda pair: pair[0].casefold())
    ]


def suggested(accepted: str) -> str:
    """The currency of the region of the first language that a browser accepts; the euro where it names none."""
    from babel.numbers import get_territory_currencies

    region = accepted.partition(",")[0].partition(";")[0].strip().rpartition("-")[2].upper()
    found = get_territory_currencies(region) if len(region) == 2 and "-" in accepted.partition(",")[0] else []
    return found[0].lower() if found else EURO
