"""A small file proves to anybody that an entry was settled; two members see whether both were told the same."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from cercle.core.entry import short
from cercle.core.event import Refused
from cercle.core.keys import sign
from cercle.core.spelling import spell, unspell
from cercle.modules.devices.events import HandedOn
from cercle.modules.groceries.events import Listed, ProductAdded
from cercle.proofs import MAGIC, Proof, Settled, Why, check, checkpoint, compare, prove
from cercle.store.live import Live
from tests.carrying import bundle_of, database, fold, pairs_of, take_in
from tests.story import Story


class Told:
    """Bruno puts milk on the list twice and Chloé adds bread, which two seals settle; rice waits."""

    def __init__(self) -> None:
        self.story = story = Story("bruno", "chloe")
        self.milk = story.bruno.brings(ProductAdded(name="Milk"))
        story.bruno.brings(Listed(product=self.milk))
        story.bruno.is_refused(Listed(product=self.milk))
        self.twice = short(story.bruno.last.id)
        story.seal()
        self.bread = story.chloe.brings(ProductAdded(name="Bread"))
        story.seal()
        self.rice = story.amina.brings(ProductAdded(name="Rice"))


@pytest.fixture(scope="module")
def told() -> Told:
    return Told()


@pytest.fixture(scope="module")
def live(told: Told) -> Iterator[Live]:
    """A copy that came in a bundle, in which most entries are signed by a later one."""
    with database() as connection:
        take_in(connection, bundle_of(told.story))
        yield fold(connection, told.story)


def reason(raw: bytes) -> Any:
    with pytest.raises(Refused) as refused:
        check(raw)
    return refused.value.reason


def changed(raw: bytes, **fields: Any) -> bytes:
    proof = opened(raw)
    inner = {name: value for name, value in fields.items() if name in Settled.__struct_fields__}
    outer = {name: value for name, value in fields.items() if name not in inner}
    proof = msgspec.structs.replace(proof, settled=msgspec.structs.replace(proof.settled, **inner), **outer)
    return MAGIC + spell(msgspec.to_builtins(proof, builtin_types=(bytes,)))


def opened(raw: bytes) -> Proof:
    return msgspec.convert(unspell(raw[len(MAGIC) :]), Proof, builtin_types=(bytes,))


def test_what_is_settled_is_proved_to_who_has_nothing_else(told: Told, live: Live) -> None:
    proven = check(prove(live, told.milk))
    assert (proven.circle, short(proven.entry.id), proven.verdict) == (told.story.id, told.milk, "")
    assert (proven.entry.device, proven.words) == (told.story.bruno.device, {})
    assert check(prove(live, told.milk, with_words=True)).words == {"name": "Milk"}
    assert proven.index < proven.count < check(prove(live, told.bread)).count


def test_of_what_is_void_the_reason_is_proved(told: Told, live: Live) -> None:
    raw = prove(live, told.twice)
    assert check(raw).verdict == "groceries.listed_already"
    assert reason(changed(raw, verdict="")) is Why.ROOT


def test_every_settled_entry_can_be_proved_and_no_other(told: Told, live: Live) -> None:
    for entry, _ in pairs_of(told.story):
        if entry.id in live.replica.pending.entries:
            with pytest.raises(Refused, match=Why.NOT_SETTLED.sentence):
                prove(live, short(entry.id))
        else:
            assert check(prove(live, short(entry.id))).entry == entry
    with pytest.raises(Refused, match=Why.NOT_SETTLED.sentence):
        prove(live, "0" * 20)


def test_a_byte_that_was_changed_is_seen_wherever_it_stands(told: Told, live: Live) -> None:
    raw = prove(live, told.milk, with_words=True)
    whole = check(raw)
    for at in range(len(raw)):
        for bit in (1, 0x80):
            try:
                found = check(raw[:at] + bytes([raw[at] ^ bit]) + raw[at + 1 :])
            except Refused:
                continue
            pytest.fail(f"byte {at} was changed, and it still proves {found} beside {whole}")
        with pytest.raises(Refused):
            check(raw[:at])
    assert reason(raw + b"\0") is Why.MALFORMED


def test_nobody_proves_by_a_seal_or_an_entry_of_their_own(told: Told, live: Live) -> None:
    raw = prove(live, told.milk)
    proof, bruno = opened(raw), told.story.bruno
    assert reason(changed(raw, seal=msgspec.structs.replace(proof.settled.seal, device=bruno.device))) is Why.ENTRY
    assert reason(changed(raw, seal=proof.settled.entry)) is Why.KEEPER
    assert reason(changed(raw, founder=bruno.device)) is Why.MALFORMED
    forged = msgspec.structs.replace(proof.settled.entry, signature=sign(bruno.key, b"another"))
    assert reason(changed(raw, entry=forged)) is Why.ENTRY
    assert reason(changed(raw, index=proof.settled.index + 1)) is Why.ROOT
    assert reason(changed(raw, index=-1)) is Why.ROOT
    assert reason(changed(raw, circle=b"x" * 32)) is Why.MALFORMED
    other = prove(live, told.bread)
    assert reason(changed(raw, path=opened(other).settled.path)) is Why.ROOT
    assert reason(changed(raw, entry=opened(other).settled.entry)) is Why.ROOT


def test_what_later_keepers_settled_is_proved_by_how_the_role_came_to_them(told: Told) -> None:
    story = Story("bruno", "chloe")
    amina, bruno, chloe = story.amina, story.bruno, story.chloe
    amina.brings(HandedOn(device=chloe.device))
    for _ in range(2):
        amina.brings(HandedOn(device=bruno.device))  # the last one named counts
    story.seal()
    milk = chloe.brings(ProductAdded(name="Milk"))
    story.seal()
    bruno.brings(HandedOn(device=amina.device))
    story.seal()
    bread = chloe.brings(ProductAdded(name="Bread"))
    story.seal()
    with database() as connection:
        take_in(connection, bundle_of(story))
        there = fold(connection, story)
        first, last = prove(there, milk), prove(there, bread)
        assert (len(opened(first).handovers), len(opened(last).handovers)) == (1, 2)
        for raw, entry in ((first, milk), (last, bread)):
            assert (short(check(raw).entry.id), compare(there, check(raw).checkpoint)) == (entry, True)
        assert reason(changed(last, handovers=opened(first).handovers)) is Why.KEEPER
        assert reason(changed(first, handovers=[])) is Why.KEEPER
        assert reason(changed(first, handovers=[opened(first).settled])) is Why.KEEPER
        assert reason(changed(last, handovers=opened(last).handovers[::-1])) is Why.KEEPER


def test_two_who_were_told_the_same_see_so(told: Told, live: Live) -> None:
    said = checkpoint(live)
    assert compare(live, said) is True
    assert compare(live, f" {said.lower()} ") is True
    assert compare(live, check(prove(live, told.milk)).checkpoint) is True, "an earlier one of the same log"
    with database() as connection:
        take_in(connection, bundle_of(told.story, pairs_of(told.story)[:8]))
        early = fold(connection, told.story)
        assert compare(early, said) is None, "it has not got so far"
        assert compare(live, checkpoint(early)) is True


def test_two_who_were_told_two_stories_see_so(told: Told, live: Live) -> None:
    """Both begin alike; then Amina, who keeps the log, settles one thing here and another there."""
    with database() as connection:
        other = Story("bruno", "chloe")
        other.bruno.brings(ProductAdded(name="Wine"))
        other.seal()
        take_in(connection, bundle_of(other))
        there = fold(connection, other)
        assert there.id == live.id
        assert compare(live, checkpoint(there)) is False
        longer = check(prove(live, told.milk)).checkpoint
        assert compare(there, longer) in (False, None)
    for wrong in ("", "12", "5912-ABCD", checkpoint(live)[:-1], "9" * 19 + checkpoint(live)[2:]):
        with pytest.raises(Refused, match=Why.NO_CHECKPOINT.sentence):
            compare(live, wrong)


def test_what_a_former_keeper_seals_on_is_found_out_by_who_compares() -> None:
    """Amina has handed the log on to Bruno; on a copy from before she seals what she likes, and proves it to others."""
    true, false = Story("bruno", "chloe"), Story("bruno", "chloe")
    true.amina.brings(HandedOn(device=true.bruno.device))
    true.seal()
    for name in ("Milk", "Bread", "Rice"):
        true.chloe.brings(ProductAdded(name=name))
    true.seal()
    wine = false.amina.brings(ProductAdded(name="Wine"))
    false.seal()
    with database() as connection, database() as hers:
        take_in(connection, bundle_of(true))
        take_in(hers, bundle_of(false))
        live, lie = fold(connection, true), fold(hers, false)
        assert live.id == lie.id
        proven = check(prove(lie, wine))
        assert (short(proven.entry.id), proven.verdict) == (wine, ""), "by itself the file cannot tell"
        assert compare(live, proven.checkpoint) is False


def test_before_the_first_seal_there_is_no_checkpoint(told: Told) -> None:
    with database() as connection:
        take_in(connection, bundle_of(told.story, pairs_of(told.story)[:1]))
        assert checkpoint(fold(connection, told.story)) == ""
