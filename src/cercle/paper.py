"""Twelve words on paper that stand for a key: who has them opens what was locked for it, and no machine holds them.

The words are those of `store.kits`. The key is of the kind that devices have, so that files are locked for it as for
them: its seed is the SHA-256 of "cercle-paper/1\\0" and the bytes for which the words stand.
"""

from hashlib import sha256

from cercle.core.event import Reason, Refused
from cercle.store.kits import Slip, new_kit, read_kit, words_of


class Why(Reason):
    NOT_WORDS = ("paper.not_words", "These are not the 12 words of a paper. Look at each of them, and at their order.")


def new_words(language: str) -> str:
    """Words of nobody yet, in "en" or "fr"."""
    return " ".join(words_of(new_kit(), language))


def seed_of(words: str) -> bytes:
    """The private seed for which the words stand, however they were typed: with or without capitals and accents. Raises
    `Refused`."""
    try:
        return sha256(b"cercle-paper/1\0" + read_kit(words)).digest()
    except Slip as slip:
        raise Refused(Why.NOT_WORDS) from slip
