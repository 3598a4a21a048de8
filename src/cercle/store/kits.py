"""The words of a recovery kit: 16 bytes of chance, written as twelve words of BIP-39's English or French list
(https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki), of which no two begin with the same four letters.

The private key is made from the bytes by scrypt (RFC 7914), so that words of either language name the same one.
"""

import hashlib
import os
import re
from functools import cache
from typing import TYPE_CHECKING
from unicodedata import combining, normalize

if TYPE_CHECKING:
    from mnemonic import Mnemonic

LISTS = {"en": "english", "fr": "french"}
KIT_SIZE = 16  # bytes
WORDS = 12
BEGINNING = 4  # letters, by which a word is told from all others of its list
COST = 2**12  # 4 MiB, some 10 ms
MOST_TYPED = 2000  # characters


class Slip(ValueError):
    """These are not the words of a kit: their sum is wrong, as where two of them changed places."""


class Miscounted(Slip):
    """There are `count` words, and not twelve."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


class WrongWord(Slip):
    """The word of that `number`, from 1 on, stands in no list; `like` is one that does, or ""."""

    def __init__(self, number: int, word: str, like: str) -> None:
        super().__init__(number, word, like)
        self.number = number
        self.word = word
        self.like = like


def new_kit() -> bytes:
    return os.urandom(KIT_SIZE)


def seed_of(kit: bytes) -> bytes:
    """The private seed by which somebody comes in."""
    return hashlib.scrypt(kit, salt=b"cercle-kit/1", n=COST, r=8, p=1, dklen=32)


def words_of(kit: bytes, language: str) -> list[str]:
    """As they are written on the sheet."""
    return normalize("NFC", known(language).to_mnemonic(kit)).split()


def read_kit(typed: str) -> bytes:
    """From words of either language: accents, capitals and what stands between them do not matter, and the first four
    letters of each are enough. Raises `Slip`."""
    found = re.findall(r"[a-z]+", plain(typed[:MOST_TYPED]))
    if len(found) != WORDS:
        raise Miscounted(len(found))
    slips: list[tuple[int, Slip]] = []
    for language in LISTS:
        places = [place(word, language) for word in found]
        if None not in places:
            whole = [known(language).wordlist[number] for number in places if number is not None]
            try:
                return bytes(known(language).to_entropy(whole))
            except ValueError:
                slips.append((WORDS, Slip(typed)))
        else:
            from difflib import get_close_matches

            number = places.index(None)
            near = get_close_matches(found[number], starts(language), 1)
            like = normalize("NFC", known(language).wordlist[starts(language)[near[0]]]) if near else ""
            slips.append((WORDS - places.count(None), WrongWord(number + 1, found[number], like)))
    raise max(slips, key=lambda slip: slip[0])[1]


@cache
def known(language: str) -> "Mnemonic":
    from mnemonic import Mnemonic  # seldom needed, like what looks for a word that is meant

    return Mnemonic(LISTS.get(language, LISTS["en"]))


@cache
def starts(language: str) -> dict[str, int]:
    """The words of a list as they may be typed, each with its place."""
    return {plain(word): number for number, word in enumerate(known(language).wordlist)}


@cache
def beginnings(language: str) -> dict[str, str]:
    return {word[:BEGINNING]: word for word in starts(language)}


def place(typed: str, language: str) -> int | None:
    """Where in the list the word stands that somebody typed, or began."""
    if typed in starts(language):
        return starts(language)[typed]
    whole = beginnings(language).get(typed[:BEGINNING], "")
    return starts(language)[whole] if len(typed) >= BEGINNING and whole.startswith(typed) else None


def plain(typed: str) -> str:
    """In small letters without accents."""
    letters = normalize("NFKD", typed.lower().replace("œ", "oe"))
    return "".join(letter for letter in letters if not combining(letter))
