"""The words of a recovery kit, as they come back from paper: typed in haste, by somebody who has lost everything."""

from unicodedata import normalize

import pytest

from cercle.core.keys import public, signer
from cercle.store import kits
from cercle.store.kits import Miscounted, Slip, WrongWord, new_kit, read_kit, seed_of, words_of

KIT = bytes(range(16))
ENGLISH = "abandon amount liar amount expire adjust cage candy arch gather drum buyer"
YELLOW = "legal winner thank year wave sausage worth useful legal winner thank yellow"
FRENCH = words_of(KIT, "fr")


def test_they_are_those_of_bip_39() -> None:
    """By the test vectors that stand beside it: https://github.com/trezor/python-mnemonic/blob/master/vectors.json."""
    assert " ".join(words_of(KIT, "en")) == ENGLISH
    assert words_of(b"\x7f" * 16, "en") == YELLOW.split()
    assert words_of(bytes(16), "en") == ["abandon"] * 11 + ["about"]


def test_the_key_is_the_one_that_the_protocol_says() -> None:
    assert public(signer(seed_of(KIT))).hex() == "faecaf26e5011473b2e8a2f05279b5477de945aa21382642533f566f7af527de"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_two_words_begin_alike(language: str) -> None:
    assert len(kits.starts(language)) == len(kits.beginnings(language)) == 2048
    assert all(3 <= len(word) <= 8 and word.isascii() and word.isalpha() for word in kits.starts(language))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_they_are_read_however_they_are_typed(language: str) -> None:
    for _ in range(50):
        kit = new_kit()
        words = words_of(kit, language)
        numbered = " ".join(f"{number}. {word}" for number, word in enumerate(words, 1))
        for typed in (
            " ".join(words),
            "\n".join(words).upper(),
            ", ".join(map(str.capitalize, words)) + ".",
            normalize("NFD", " ".join(words)),
            kits.plain(" ".join(words)),
            " ".join(kits.plain(word)[:4] for word in words),
            numbered,
        ):
            assert read_kit(typed) == kit


def test_which_word_is_wrong_is_said() -> None:
    words = ENGLISH.split()
    with pytest.raises(WrongWord) as wrong:
        read_kit(" ".join([*words[:4], "expirre", *words[5:]]))
    assert (wrong.value.number, wrong.value.word, wrong.value.like) == (5, "expirre", "expire")
    with pytest.raises(WrongWord) as wrong:
        read_kit(" ".join([*FRENCH[:11], "zzzzz"]))
    assert (wrong.value.number, wrong.value.like) == (12, "")


def test_what_is_not_twelve_words_or_has_two_in_the_wrong_place_is_no_kit() -> None:
    words = ENGLISH.split()
    for typed, count in (("", 0), (" ".join(words[:-1]), 11), (ENGLISH + " zoo", 13), ("zoo " * 10_000, 500)):
        with pytest.raises(Miscounted) as miscounted:
            read_kit(typed)
        assert miscounted.value.count == count
    with pytest.raises(Slip) as slip:
        read_kit(" ".join([words[1], words[0], *words[2:]]))
    assert type(slip.value) is Slip
