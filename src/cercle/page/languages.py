"""English msgids, French by the catalogue, and a pseudo-language that shows every word which is in neither."""

import gettext
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from cercle.core.module import Module
from cercle.modules import load

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
    """The catalogue of a language, and those of modules from elsewhere behind it; English is what the program is
    written in."""
    if language == PSEUDO:
        return Pseudo()
    found = gettext.translation("cercle", LOCALE, [language], fallback=True)
    for module in load():
        if not module.state.__module__.startswith("cercle."):
            found.add_fallback(
                gettext.translation(module.name, folder_of(module) / "locale", [language], fallback=True)
            )
    return found


def folder_of(module: Module) -> Path:
    """Where the package of a module stands."""
    spec = find_spec(module.state.__module__)
    return Path(spec.origin or "").parent if spec else Path()


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
