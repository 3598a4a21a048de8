"""A bundle that is locked by age: who has a key reads it, in a small memory; anything else is named."""

import json
import random
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from threading import active_count

import pyrage
import pytest

from cercle.core.event import Refused
from cercle.core.keys import public, signer
from cercle.meeting import pack
from cercle.modules.groceries.events import ProductAdded
from cercle.sync.bundle import MAGIC, PIECE, Reader, Section, Unreadable
from cercle.sync.bundle import Why as BundleWhy
from cercle.sync.locked import BEGINNING, MOST_DEVICES, Why, identity, is_key, lock, reading, written
from cercle.sync.packing import CompressionParameter, ZstdCompressor
from tests.carrying import Memory, bundle_of, pairs_of, sections_of
from tests.story import Story

VECTORS = Path(__file__).parents[1] / "vectors"
AMINA, BRUNO, FARID = b"a" * 32, b"b" * 32, b"f" * 32


@pytest.fixture(scope="module")
def story() -> Story:
    story = Story("bruno")
    for number in range(600):
        story.amina.brings(ProductAdded(name=f"Thing {number}"))
    return story


@pytest.fixture(scope="module")
def locked(story: Story) -> bytes:
    return locked_for(pack(story.id, iter(pairs_of(story))), AMINA, BRUNO)


def locked_for(pieces: Iterator[bytes], *seeds: bytes) -> bytes:
    out = BytesIO()
    lock(pieces, out, [public(signer(seed)) for seed in seeds])
    return out.getvalue()


def opened(raw: bytes, *seeds: bytes) -> tuple[bytes, list[Section]]:
    with reading(BytesIO(raw), seeds) as reader:
        return reader.circle, list(reader.sections())


def why(raw: bytes, *seeds: bytes) -> object:
    with pytest.raises(Unreadable) as caught:
        opened(raw, *(seeds or (AMINA,)))
    return caught.value.reason


def test_what_is_no_key_is_told_from_one() -> None:
    """Any member can put some bytes into the log as the key of their kit: nobody is to be kept from locking by that."""
    assert is_key(public(signer(AMINA)))
    assert not all(is_key(bytes([number]) * 32) for number in range(64))


def test_each_device_that_it_is_for_opens_it(story: Story, locked: bytes) -> None:
    for seed in (AMINA, BRUNO):
        circle, sections = opened(locked, FARID, seed)
        assert circle == story.id
        came = {raw.header: raw.body for section in sections for _, run in section for raw in run}
        assert came == {raw.header: raw.body for raw in story.raws.values()}


def test_nobody_else_does_and_nothing_but_the_size_is_to_be_seen(story: Story, locked: bytes) -> None:
    assert why(locked, FARID) is Why.NOT_FOR_HERE
    assert why(locked[:2000], FARID) is Why.NOT_FOR_HERE
    with pytest.raises(Unreadable), reading(BytesIO(locked), []):
        pass
    assert story.id not in locked
    assert MAGIC not in locked


def test_age_itself_opens_it_and_locks_for_us(story: Story, locked: bytes) -> None:
    """The keys are plain OpenSSH keys, as age takes them."""
    packed = pyrage.decrypt(locked, [identity(BRUNO)])
    assert packed == b"".join(pack(story.id, iter(pairs_of(story))))
    plain = bundle_of(story)
    to_bruno = pyrage.ssh.Recipient.from_str(written(public(signer(BRUNO))))
    for what in (packed, plain):
        assert opened(pyrage.encrypt(what, [to_bruno]), BRUNO)[0] == story.id
        assert opened(what)[0] == story.id


def test_a_file_from_long_ago_is_opened() -> None:
    told = json.loads((VECTORS / "locked.json").read_text(encoding="utf-8"))
    seed, device, bundle, file = (bytes.fromhex(told[name]) for name in ("seed", "device", "bundle", "file"))
    assert public(signer(seed)) == device
    assert written(device) == told["recipient"]
    circle, sections = opened(file, seed)
    assert (circle, sections) == (bundle[16:48], sections_of(bundle))
    assert sum(len(run) for section in sections for _, run in section) == 5


def test_what_is_cut_off_anywhere_is_named(locked: bytes) -> None:
    chance = random.Random(22)
    for size in (*(chance.randrange(len(BEGINNING), len(locked)) for _ in range(40)), len(locked) - 1):
        assert why(locked[:size]) in (Why.ENDS_WRONG, Why.NOT_FOR_HERE)
    for size in (0, 1, len(BEGINNING) - 1):
        assert why(locked[:size]) is BundleWhy.NO_BUNDLE
    assert why(locked + b"\n") is Why.ENDS_WRONG


def test_what_was_changed_anywhere_is_named(locked: bytes) -> None:
    chance = random.Random(4)
    named = {Why.ENDS_WRONG, Why.ALTERED, Why.NOT_FOR_HERE, BundleWhy.NO_BUNDLE}
    for _ in range(60):
        raw = bytearray(locked)
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
        assert why(bytes(raw)) in named


def test_a_large_one_says_whether_it_was_changed_on_the_way(story: Story) -> None:
    raw = bytearray(locked_for(iter([random.Random(1).randbytes(300_000)]), AMINA))
    raw[100_000] ^= 1
    assert why(bytes(raw)) in (BundleWhy.NO_BUNDLE, Why.ALTERED)


def test_a_packed_bundle_that_goes_on_or_ends_early_is_named(story: Story) -> None:
    packed = b"".join(pack(story.id, iter(pairs_of(story))))
    assert why(locked_for(iter([packed[:-9]]), AMINA)) is BundleWhy.CUT_SHORT
    assert why(locked_for(iter([packed, b"x"]), AMINA)) is BundleWhy.TOO_LONG
    assert why(locked_for(iter([packed, packed]), AMINA)) is BundleWhy.TOO_LONG
    assert why(packed[:-9] + b"x" * 9) in (BundleWhy.MALFORMED, BundleWhy.ALTERED)
    assert why(locked_for(iter([b"Dear Dov"]), AMINA)) is BundleWhy.NO_BUNDLE
    assert why(locked_for(iter([]), AMINA)) is BundleWhy.NO_BUNDLE


# --- hostile files -----------------------------------------------------------------------------------------------


def test_ten_thousand_recipients_are_refused_before_they_cost_anything() -> None:
    to_amina = pyrage.ssh.Recipient.from_str(written(public(signer(AMINA))))
    raw = pyrage.encrypt(b"x" * 100, [to_amina] * 10_000)
    assert len(raw) > 1_000_000
    assert why(raw) is Why.TOO_MANY
    most = pyrage.encrypt(b"x" * 100, [to_amina] * MOST_DEVICES)
    assert why(most) is BundleWhy.NO_BUNDLE
    with pytest.raises(Refused):
        lock([b"x"], BytesIO(), [public(signer(AMINA))] * (MOST_DEVICES + 1))


def test_a_bomb_of_zeros_takes_no_memory(story: Story) -> None:
    """Four gigabytes that are 130 kB when packed: what is no bundle ends at once, and who reads on is stopped."""
    packer = ZstdCompressor(level=1)
    beginning = MAGIC + story.id
    zeros = [packer.compress(beginning), *(packer.compress(bytes(1 << 20)) for _ in range(4096)), packer.flush()]
    raw = locked_for(iter(zeros), AMINA)
    assert len(raw) < 1_000_000
    memory = Memory()
    assert why(raw) is BundleWhy.ALTERED
    assert how_far(raw) < 20_000_000
    assert memory.taken() < 16_000_000


def how_far(raw: bytes) -> int:
    """How many bytes come out before it is refused as too large."""
    count = 0
    with reading(BytesIO(raw), [AMINA]) as reader:
        pieces = iter(lambda: reader.stream.read(PIECE), b"")
        while True:
            try:
                count += len(next(pieces))
            except Unreadable as told:
                return count if told.reason is BundleWhy.TOO_LARGE else -1


def test_a_window_that_nobody_has_memory_for_is_refused(story: Story) -> None:
    packer = ZstdCompressor(options={CompressionParameter.window_log: 27, CompressionParameter.checksum_flag: 1})
    raw = packer.compress(bundle_of(story)) + packer.flush()
    memory = Memory()
    assert why(locked_for(iter([raw]), AMINA)) is BundleWhy.MALFORMED
    assert memory.taken() < 16_000_000


def test_who_stops_reading_leaves_nothing_behind(locked: bytes) -> None:
    before = active_count()
    raw = locked_for(iter([bytes(MAGIC) + bytes(32) + bytes(3_000_000)]), AMINA)
    with reading(BytesIO(raw), [AMINA]) as reader:
        assert isinstance(reader, Reader)
    assert active_count() == before


@pytest.mark.parametrize("after", [0, 4096])
def test_a_disk_that_fails_says_so_itself(locked: bytes, after: int) -> None:
    class Failing(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > after:
                raise OSError(5, "Input/output error")
            return super().read(size)

    with pytest.raises(OSError, match="Input/output"), reading(Failing(locked), [AMINA]) as reader:
        list(reader.sections())
