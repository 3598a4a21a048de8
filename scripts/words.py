"""Gathers every word that a person may read into the French catalogue, and compiles it: `make words`.

From templates and code what stands in gettext calls, and from the modules their refusals and the pages that they offer.
With --check it changes nothing, and says what is missing.
"""

import io
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from cercle.core.event import Reason
from cercle.modules import load

SOURCE = Path(__file__).parent.parent / "src" / "cercle"
PO = SOURCE / "locale" / "fr" / "LC_MESSAGES" / "cercle.po"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
FIRST = datetime(2026, 11, 21, tzinfo=UTC)
OPTIONS = {"**.html": {"trimmed": "true", "newstyle_gettext": "true"}}


def gathered() -> Catalog:
    """Every message of the program, sorted, without the places where it stands."""
    catalog = Catalog()
    methods = [("**/tests/**", "ignore"), ("**.py", "python"), ("**.html", "jinja2")]
    for _, _, message, _, context in extract_from_dir(SOURCE, methods, OPTIONS, KEYWORDS):
        catalog.add(message, context=context, flags=flags(message))
    for path in SOURCE.rglob("*.py"):
        if "(Reason)" in path.read_text():
            import_module(".".join(("cercle", *path.relative_to(SOURCE).with_suffix("").parts)))
    parts = [text for module in load() for part in module.parts for text in (part.label, part.offer)]
    reasons = [reason for enumeration in Reason.__subclasses__() for reason in enumeration]
    for text in [*(reason.sentence for reason in reasons), *parts]:
        if text:
            catalog.add(text, flags=flags(text))
    return catalog


def flags(message: object) -> set[str]:
    return {"python-format"} if "%(" in str(message) else set()


def known() -> Catalog:
    """The French catalogue as it stands, under the one header that it is to have."""
    catalog = read_po(io.BytesIO(PO.read_bytes()), locale="fr") if PO.exists() else Catalog(locale="fr")
    fresh = Catalog(
        locale="fr",
        project="Cercle",
        version="1",
        fuzzy=False,
        header_comment="# The French words of Cercle; `make words` keeps them together.",
        creation_date=FIRST,
        revision_date=FIRST,
        last_translator="Cercle",
        language_team="fr",
        msgid_bugs_address="in the project",
    )
    for message in catalog:
        if message.id:
            fresh[message.id] = message
    return fresh


def written(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalog, width=110, sort_output=True, no_location=True, omit_header=False, ignore_obsolete=True)
    return out.getvalue()


def compiled(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def updated() -> Catalog:
    """The French catalogue with the program's messages of today; nothing is guessed from similar ones."""
    catalog = known()
    catalog.update(gathered(), no_fuzzy_matching=True, update_creation_date=False)
    return catalog


def problems(catalog: Catalog) -> list[str]:
    """What is not translated, or is translated wrongly."""
    found = []
    for message in catalog:
        if message.id and (not message.string or (isinstance(message.string, tuple) and not all(message.string))):
            found.append(f"no French for: {message.id}")
        for error in message.check(catalog) if message.string else ():
            found.append(f"{message.id}: {error}")
    return found


def main() -> int:
    catalog = updated()
    missing = problems(catalog)
    for problem in missing:
        print(problem)
    if "--check" in sys.argv:
        stale = written(catalog) != PO.read_bytes() or compiled(catalog) != PO.with_suffix(".mo").read_bytes()
        if stale:
            print("The catalogue is not up to date: run `make words`.")
        return 1 if missing or stale else 0
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(written(catalog))
    PO.with_suffix(".mo").write_bytes(compiled(catalog))
    return 0


if __name__ == "__main__":
    sys.exit(main())
