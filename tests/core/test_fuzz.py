"""Any bytes, and any values where others are expected: rejected or void by name, and never anything else."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import fields

from cercle.core.entry import Entry, Rejected, parse, read_words
from cercle.core.fold import Trouble, state_hash
from cercle.core.replica import Replica, freeze, thaw
from cercle.core.spelling import MAX_INTEGER, MIN_INTEGER, spell, unspell
from cercle.modules import load
from tests.vectors.by_hand import Circle, Written

CIRCLE = Circle()
KNOWN = [parse(CIRCLE.id, one.device, one.header, one.body) for one in CIRCLE.entries]

ascii_text = st.text(st.characters(max_codepoint=126), max_size=30)
plain = st.none() | st.booleans() | st.integers(MIN_INTEGER, MAX_INTEGER) | st.binary(max_size=70) | ascii_text
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ascii_text, inner, max_size=4), max_leaves=8
)
ids = st.sampled_from([one.short for one in CIRCLE.entries])
written = st.sampled_from(CIRCLE.entries)


def read(device: bytes, header: bytes, body: bytes | None = None) -> Entry | str:
    """An entry, or the code of its rejection."""
    try:
        return parse(CIRCLE.id, device, header, body)
    except Rejected as rejected:
        return rejected.code


@given(st.binary(max_size=400), st.binary(max_size=100))
def test_any_bytes_are_read_or_rejected(header: bytes, body: bytes) -> None:
    assert isinstance(read(bytes(32), header, body), str)
    assert isinstance(read_words(body), dict)


@given(written, st.data())
def test_a_header_that_was_changed_is_another_entry_or_none(one: Written, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(one.header)))
    cut = data.draw(st.integers(0, 3))
    header = one.header[:at] + data.draw(st.binary(max_size=4)) + one.header[at + cut :]
    found = read(one.device, header)
    assert isinstance(found, str) or (found.id == one.id) is (header == one.header)
    if isinstance(found, Entry):
        assert spell(unspell(header)) == header


@given(st.lists(values, min_size=9, max_size=9))
def test_any_values_for_fields_are_read_or_rejected(nine: list[Any]) -> None:
    assert isinstance(read(bytes(32), spell([1, *nine])), str)


@given(st.integers(1, 9), values)
def test_one_field_of_any_value_is_read_as_it_was_written_or_rejected(number: int, value: Any) -> None:
    changed = unspell(CIRCLE.joined["bruno"].header)
    changed[number] = value
    header = spell(changed)
    found = read(CIRCLE.joined["bruno"].device, header)
    if isinstance(found, Entry):
        again = [1, found.seq, found.prev, found.seen, found.lamport, found.time, found.event, found.kept]
        assert spell([*again, found.body_size, found.body_hash]) == header


@given(st.dictionaries(ascii_text, values | st.text() | st.floats() | st.integers(), max_size=4))
def test_words_of_any_kind_are_read_or_none(words: dict[str, Any]) -> None:
    try:
        body = bytes(16) + spell(words)
    except ValueError:  # no such number or text in CBOR at all
        return
    assert isinstance(read_words(body), dict)


@pytest.mark.parametrize("name", list(load().events))
def test_the_fields_of_an_event_may_be_anything(name: str) -> None:
    """Whatever they are, the fold gives a verdict, and the state can be kept and hashed."""
    event = load().events[name]
    replica = Replica(load())
    replica.take(KNOWN)
    base = freeze(replica.circle, replica.tree)
    head = KNOWN[-1]

    @settings(max_examples=settings().max_examples // 4)  # there are many events
    @given(st.fixed_dictionaries({}, optional={f.name: values | ids for f in fields(event.kept)}))
    def judged(kept: dict[str, Any]) -> None:
        circle, _ = thaw(load(), base)
        entry = Entry(bytes(32), head.device, head.seq + 1, head.id, [], 99, 0, name, kept, 0, None)
        verdict = circle.judge(entry, Trouble(circle, [entry]))
        assert verdict == "" or "." in verdict
        again, _ = thaw(load(), freeze(circle, replica.tree))
        assert state_hash(again) == state_hash(circle)

    judged()
