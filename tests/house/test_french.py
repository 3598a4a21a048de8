"""The French of the program: complete, compiled, and typeset as French is."""

import re
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from cercle.modules import load
from tests.house.tree import PACKAGE, ROOT

PO = PACKAGE / "locale" / "fr" / "LC_MESSAGES" / "cercle.po"
PLACES = re.compile(r"%\(\w+\)[a-z]|\{\w+\}")
# What both languages call alike.
ALIKE = {
    "Absences",
    "CODE",
    "Iris",
    "Minutes",
    "Olive",
    "Pages",
    "Points",
    "Rose",
    "Stock",
    "conversions",
    "tube",
    "tubes",
} | {
    "Verdict",
    "Village",
    "%(hours)s h",
    "%(hours)s h %(minutes)s",
    "%(minutes)s min",
    "%(num)s point",
    "%(num)s points",
}
NO_BREAK = "\u00a0\u202f"
# Straight signs; a sign that stands apart in French, without a space that does not break or with one that does;
# and guillemets without such a space inside.
FAULTS = {
    "a straight apostrophe or quotation mark": re.compile(r"['\"“”]"),
    "no space that does not break before ; ! ? or :": re.compile(rf"(?<![{NO_BREAK}])[;!?:](?!//)"),
    "no space that does not break inside « »": re.compile(rf"«(?![{NO_BREAK}])|(?<![{NO_BREAK}])»"),
    "three dots for one sign": re.compile(r"\.\.\."),
}


def messages() -> list[Message]:
    return [message for message in read_po(BytesIO(PO.read_bytes()), locale="fr") if message.id]


def forms(text: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def pairs() -> Iterator[tuple[str, str]]:
    """(English, French) of every message, one and several, and of the sentence of every event."""
    for message in messages():
        yield from zip(forms(message.id), forms(message.string or ""), strict=True)
    for event in load().events.values():
        yield event.sentences["en"], event.sentences["fr"]


def faults(french: str) -> list[str]:
    return [name for name, pattern in FAULTS.items() if pattern.search(french)]


def test_the_catalogue_is_complete_and_compiled() -> None:
    command = [sys.executable, "scripts/words.py", "--check"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_french_is_typeset_as_french_is() -> None:
    found = {french: wrong for _, french in pairs() if (wrong := faults(french))}
    assert found == {}


def test_both_languages_have_the_same_places_for_values() -> None:
    differing = [pair for pair in pairs() if set(PLACES.findall(pair[0])) != set(PLACES.findall(pair[1]))]
    assert differing == []


def test_nothing_is_left_in_english() -> None:
    alike = {french for english, french in pairs() if french == english}
    assert alike == ALIKE


def test_each_fault_is_seen() -> None:
    wrong = ("l'eau", "dit “oui”", "Qui ?", "Qui?", "oui : non", "«\u00a0oui »", "« oui\u202f»", "attendez...")
    assert all(len(faults(text)) == 1 for text in wrong), [(text, faults(text)) for text in wrong]
    right = (
        "l’eau\u202f?",
        "«\u202foui\u202f»",
        "http://localhost",
        "oui\u00a0: non",
        "%(name)s\u202f: %(why)s",
        "à 12,50",
    )
    assert [text for text in right if faults(text)] == []
