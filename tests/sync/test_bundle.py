"""A bundle: the same bytes as a file and as an HTTP body, read in pieces that fit into a small memory."""

from io import BytesIO
from typing import Any

import libipld
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cercle.core.entry import Raw
from cercle.core.log import SIGNED_EVERY
from cercle.modules.groceries.events import ProductAdded
from cercle.sync import bundle
from cercle.sync.bundle import MAGIC, MOST_BYTES, Reader, Unreadable, Why, write
from tests.carrying import Pairs, bundle_of, pairs_of, sections_of
from tests.story import Story


@pytest.fixture(scope="module")
def story() -> Story:
    """A household whose Amina has written 600 entries, and the others a few in between."""
    story = Story()
    for number in range(600):
        story.amina.brings(ProductAdded(name=f"Thing {number}"))
        if number % 100 == 0:
            story.bruno.brings(ProductAdded(name=f"Bruno's {number}"))
    return story


def test_what_was_packed_is_read_again(story: Story) -> None:
    raw = bundle_of(story)
    reader = Reader(BytesIO(raw))
    assert reader.circle == story.id
    found = {entry.header: entry.body for _, run in (r for s in reader.sections() for r in s) for entry in run}
    assert found == {entry.header: entry.body for entry in story.raws.values()}


def test_as_few_signatures_travel_as_may_be(story: Story) -> None:
    for _, run in (run for section in sections_of(bundle_of(story)) for run in section):
        signed = [at for at, raw in enumerate(run) if raw.signature is not None]
        assert signed[-1] == len(run) - 1
        assert all(after - before <= SIGNED_EVERY for before, after in zip([-1, *signed], signed, strict=False))
        assert len(signed) <= len(run) // SIGNED_EVERY + 1


def test_a_bundle_is_packed_again_from_what_came_in_it(story: Story) -> None:
    """The signatures that were left out are missing then, and each section is what a reader can hand on."""
    sections = sections_of(bundle_of(story))
    came = {raw.header: raw for section in sections for _, run in section for raw in run}
    pairs = [(entry, came[raw.header]) for entry, raw in pairs_of(story)]
    assert sections_of(bundle_of(story, pairs)) == sections


def test_sections_end_where_every_chain_is_signed(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "MOST_ENTRIES", 64)
    sections = sections_of(bundle_of(story))
    assert len(sections) > 9
    assert all(run[-1].signature for section in sections for _, run in section)
    monkeypatch.setattr(bundle, "MOST_ENTRIES", 200)
    came = {raw.header: raw for section in sections for _, run in section for raw in run}
    larger = sections_of(bundle_of(story, [(entry, came[raw.header]) for entry, raw in pairs_of(story)]))
    assert 3 < len(larger) < len(sections)
    assert all(run[-1].signature for section in larger for _, run in section)


def test_each_branch_of_a_fork_is_a_run() -> None:
    story = Story("bruno")
    twin = story.bruno.twin()
    for person, name in ((story.bruno, "Milk"), (twin, "Bread"), (story.bruno, "Rice"), (twin, "Salt")):
        person.does(ProductAdded(name=name))
    (section,) = sections_of(bundle_of(story))
    assert [len(run) for device, run in section if device == story.bruno.device] == [3, 2]


def test_a_stream_may_come_in_drops(story: Story) -> None:
    class Drops(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, 7))

    raw = bundle_of(story)
    assert list(Reader(Drops(raw)).sections()) == sections_of(raw)


def test_a_body_without_room_travels_as_missing(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was missing when its section came, and was filled in later."""
    monkeypatch.setattr(bundle, "MOST_BYTES", 20_000)
    monkeypatch.setattr(bundle, "FULL", 20_000)
    pairs: Pairs = [(e, Raw(raw.header, None, raw.body)) for e, raw in pairs_of(story)[:100]]
    last = {entry.device: at for at, (entry, _) in enumerate(pairs)}
    for at in last.values():
        pairs[at] = pairs_of(story)[at]
    bodies = [raw.body for section in sections_of(bundle_of(story, pairs)) for _, run in section for raw in run]
    assert len(bodies) == 100
    assert any(bodies)
    assert not all(bodies)


# --- what is no bundle ----------------------------------------------------------------------------------------------


def framed(value: Any) -> bytes:
    raw = value if isinstance(value, bytes) else libipld.encode_dag_cbor(value)
    return MAGIC + bytes(32) + len(raw).to_bytes(4, "big") + raw + bytes(36)


DEVICE, HEADER, SIGNATURE = b"d" * 32, b"h" * 100, b"s" * 64


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", Why.NO_BUNDLE),
        (b"PK\x03\x04 something else altogether", Why.NO_BUNDLE),
        (b"cercle-bundle/2\n" + bytes(64), Why.NEWER),
        (MAGIC + bytes(31), Why.CUT_SHORT),
        (MAGIC + bytes(32) + b"\x00", Why.CUT_SHORT),
        (MAGIC + bytes(32) + b"\x00\x00\x00\x09\x80", Why.CUT_SHORT),
        (MAGIC + bytes(32) + (MOST_BYTES + 1).to_bytes(4, "big"), Why.TOO_LARGE),
        (framed([[DEVICE, [[HEADER, SIGNATURE, None]] * 4097]]), Why.TOO_LARGE),
        (framed(b"\xff\xff\xff"), Why.MALFORMED),
        (framed(b"\x9b" + b"\xff" * 8), Why.MALFORMED),
        (framed({"device": DEVICE}), Why.MALFORMED),
        (framed([]), Why.MALFORMED),
        (framed([[DEVICE, []]]), Why.MALFORMED),
        (framed([[DEVICE[1:], [[HEADER, SIGNATURE, None]]]]), Why.MALFORMED),
        (framed([[DEVICE, [[HEADER, SIGNATURE]]]]), Why.MALFORMED),
        (framed([[DEVICE, [[HEADER, SIGNATURE, None, None]]]]), Why.MALFORMED),
        (framed([[DEVICE, [[b"h" * 65_537, SIGNATURE, None]]]]), Why.MALFORMED),
        (framed([[DEVICE, [[HEADER, SIGNATURE, b"b" * 65_537]]]]), Why.MALFORMED),
        (framed([[DEVICE, [[HEADER, SIGNATURE[1:], None]]]]), Why.MALFORMED),
        (framed([[DEVICE, [["h" * 100, SIGNATURE, None]]]]), Why.MALFORMED),
        (framed([[DEVICE, [[None, SIGNATURE, None]]]]), Why.MALFORMED),
        (framed([[DEVICE, [[HEADER, SIGNATURE, 1.5]]]]), Why.MALFORMED),
        (framed(b"\x81\x82\x58\x20" + DEVICE + b"\x81\x83\x59\x00\x64" + HEADER + b"\xf6\xf6"), Why.MALFORMED),
        (framed([[DEVICE, [[HEADER, SIGNATURE, None]]]]), Why.ALTERED),
    ],
    ids=lambda value: value.name if isinstance(value, Why) else "",
)
def test_whatever_is_wrong_has_a_name(raw: bytes, reason: Why) -> None:
    with pytest.raises(Unreadable) as caught:
        sections_of(raw)
    assert caught.value.reason is reason
    assert 0 <= caught.value.at <= len(raw)


def test_nothing_follows_the_end() -> None:
    with pytest.raises(Unreadable) as caught:
        sections_of(bundle_of(Story("bruno")) + b"\n")
    assert caught.value.reason is Why.TOO_LONG


@given(st.binary(max_size=300))
def test_any_bytes_at_all_are_named(raw: bytes) -> None:
    for start in (b"", MAGIC + bytes(32), MAGIC + bytes(32) + len(raw).to_bytes(4, "big")):
        with pytest.raises(Unreadable):
            sections_of(start + raw)


@given(st.data())
def test_a_bundle_that_was_touched_anywhere_is_not_read_to_its_end(story: Story, data: st.DataObject) -> None:
    raw = bytearray(bundle_of(story))
    at = data.draw(st.integers(48, len(raw) - 1))  # before that stands which circle it is of
    how = data.draw(st.sampled_from(["flip", "lose", "add", "swap"]))
    if how == "flip":
        raw[at] ^= 1 << data.draw(st.integers(0, 7))
    elif how == "lose":
        del raw[at : at + data.draw(st.integers(1, 100))]
    elif how == "add":
        raw[at:at] = data.draw(st.binary(min_size=1, max_size=9))
    else:
        other = data.draw(st.integers(48, len(raw) - 1).filter(lambda other: raw[other] != raw[at]))
        raw[at], raw[other] = raw[other], raw[at]
    with pytest.raises(Unreadable):
        sections_of(bytes(raw))


def test_nothing_is_a_whole_bundle_too() -> None:
    raw = b"".join(write(b"c" * 32, []))
    assert len(raw) == 16 + 32 + 4 + 32
    assert sections_of(raw) == []
