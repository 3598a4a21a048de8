"""English msgids, French by the catalogue, and a pseudo-language that shows every word which is in neither."""

import gettext
from functools import cache
from pathlib import Path

LANGUAGES = ("fr", "en")
PSEUDO = "pseudo"
LOCALE = Path(__file__).parent.parent / "locale"


class Pseudo(gettext.NullTranslations):
    """Marks every translated text, so that a test finds those that are not."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧" if message else ""

    def ngettext(self, one: str, many: str, number: int) -> str:
        return f"⟦{one if number == 1 else many}⟧"


def marked(text: str, language: str) -> str:
    """The text itself; in the pseudo-language in brackets, since other means than the catalogue translate it."""
    return f"⟦{text}⟧" if language == PSEUDO else text


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; English is what the program is written in."""
    if language == PSEUDO:
        return Pseudo()
    return gettext.translation("cercle", LOCALE, [language], fallback=True)


def choose(wanted: str, accepted: str, languages: tuple[str, ...] = LANGUAGES) -> str:
    """The language of a page: the one that was chosen, else the first that the browser accepts and we have."""
    if wanted in languages:
        return wanted
    weighed = []
    for place, part in enumerate(accepted.lower().split(",")[:20]):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), place, tag[:2]))
        except ValueError:
            continue
    return next((tag for _, _, tag in sorted(weighed) if tag in LANGUAGES), "en")
