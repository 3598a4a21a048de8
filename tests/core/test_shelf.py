"""The shelf holds what a dictionary would, however much of it is packed."""

import zlib
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cercle.core.fold import state_hash
from cercle.core.replica import Replica, freeze, thaw
from cercle.core.shelf import CHUNK, Shelf, packed, unpacked
from cercle.modules.accounts.events import Corrected, Transferred
from tests.story import Story, trace


class Gift(msgspec.Struct, frozen=True, array_like=True):
    what: str
    taken: bool = False


class Gifts(Shelf[Gift]):
    kind = Gift


SIZES = st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7])


def filled(size: int, seed: int) -> tuple[Gifts, dict[str, Gift]]:
    random, shelf, plain = Random(seed), Gifts(), dict[str, Gift]()
    for number in range(size):
        key = random.randbytes(10).hex()
        plain[key] = Gift(f"gift {number}")
        shelf.put(key, plain[key])
    return shelf, plain


@given(SIZES, st.integers(0, 3), st.lists(st.integers(0), max_size=8))
def test_it_is_a_dictionary_in_the_order_of_the_log(size: int, seed: int, changed: list[int]) -> None:
    shelf, plain = filled(size, seed)
    for number in changed if size else []:
        key = list(plain)[number % size]
        plain[key] = msgspec.structs.replace(plain[key], taken=True)
        shelf.change(key, plain[key])
    assert len(shelf) == len(plain)
    assert list(shelf) == list(plain)
    assert list(shelf.items()) == list(plain.items())
    assert list(reversed(shelf.items())) == list(reversed(plain.items()))
    assert all(shelf[key] == value and key in shelf for key, value in plain.items())
    again = unpacked(Gifts, msgspec.msgpack.decode(msgspec.msgpack.encode(packed(shelf))))
    assert list(again.items()) == list(plain.items())
    assert again.summary() == shelf.summary()


@given(SIZES.filter(bool), st.integers(0, 3), st.integers(0))
def test_any_change_is_in_the_hash(size: int, seed: int, number: int) -> None:
    shelf, plain = filled(size, seed)
    before = shelf.summary()
    key = list(plain)[number % size]
    shelf.change(key, Gift("something else"))
    assert shelf.summary() != before
    shelf.change(key, plain[key])
    assert shelf.summary() == before


def test_what_is_no_id_is_not_there() -> None:
    shelf, plain = filled(CHUNK + 3, 1)
    first, second, *_ = plain
    ids = shelf.chunks[0].ids.hex()
    for key in ("", "no", first.upper(), first + second, first[:18], ids[2:22], "0x" + first[:18], first[:18] + "é"):
        assert key == first or key not in shelf, key
        with pytest.raises(KeyError):
            shelf.change(key, Gift("nothing"))


def test_a_long_ledger_is_the_same_however_it_came() -> None:
    """Longer than what is packed at once, with corrections of what is packed and of what is not."""
    story = Story("bruno")
    given = [
        story.amina.brings(Transferred(unit="eur", amount=cents, payer=story.amina.member, to=story.bruno.member))
        for cents in range(1, 2 * CHUNK + 40)
    ]
    for entry in (given[0], given[CHUNK - 1], given[CHUNK], given[-1]):
        story.bruno.brings(Corrected(entry=entry))
    story.seal()
    assert len(story.circle.accounts.moves.chunks) == 2
    assert [key for key, move in story.circle.accounts.moves.items() if move.corrected] == [
        given[0],
        given[CHUNK - 1],
        given[CHUNK],
        given[-1],
    ]
    at_once = Replica(story.modules)
    at_once.take(story.entries.values())
    again, _ = thaw(story.modules, freeze(story.circle, story.main.replica.tree))
    for circle in (at_once.circle, again):
        assert trace(circle) == trace(story.circle)
        assert state_hash(circle) == state_hash(story.circle)
    chunk = again.accounts.moves.chunks[0]
    assert chunk.digest == story.circle.accounts.moves.chunks[0].digest != b"", "it is saved with what it is made of"
    chunk.digest = bytes(32)
    assert state_hash(again) != state_hash(story.circle), "and a wrong one is not passed over"


def test_a_state_whose_shelves_were_packed_otherwise_is_not_read() -> None:
    """As an earlier Cercle wrote them down: it is made anew from the log, and not found out half-way."""
    story = Story("bruno")
    for cents in range(1, CHUNK + 2):
        story.amina.brings(Transferred(unit="eur", amount=cents, payer=story.amina.member, to=story.bruno.member))
    story.seal()
    frozen = freeze(story.circle, story.main.replica.tree)
    states = msgspec.msgpack.decode(zlib.decompress(frozen.states))
    (tag, ids, values, *digest), *_others = states["accounts"]["moves"][0]
    states["accounts"]["moves"][0][0] = [ids, zlib.decompress(values), *digest]
    frozen.states = zlib.compress(msgspec.msgpack.encode(states))
    assert tag == "zlib"
    with pytest.raises(msgspec.ValidationError):
        thaw(story.modules, frozen)
