"""Taking in what others wrote: the same state whatever the order, and nothing that is not right."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from cercle.core.entry import Entry, Raw, compose
from cercle.core.keys import sign
from cercle.modules import load
from cercle.modules.accounts.events import Transferred
from cercle.modules.groceries.events import ProductAdded
from cercle.modules.people.events import EntryErased, WordsErased
from cercle.store import receive as receiving
from cercle.store import rows
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.store.receive import Why, receive
from cercle.store.tables import devices, entries, waiting
from cercle.store.verify import verify
from cercle.sync import bundle
from tests.carrying import Pairs, apart, bundle_of, database, fold, pairs_of, same_state, take_in
from tests.story import Person, Story


@pytest.fixture(scope="module")
def story() -> Story:
    """Three who write together and apart, with seals in between."""
    story = Story("bruno", "chloe")
    for round_number in range(4):
        with story.apart(story.bruno):
            story.bruno.brings(ProductAdded(name=f"Bruno's {round_number}"))
            story.bruno.brings(pays(story.bruno, story.amina, 1_250))
            story.amina.brings(ProductAdded(name=f"Amina's {round_number}"))
        story.chloe.brings(pays(story.chloe, story.amina, 300 + round_number))
        if round_number % 2:
            story.seal()
    return story


def pays(payer: Person, to: Person, cents: int) -> Transferred:
    return Transferred(unit="eur", amount=cents, payer=payer.member, to=to.member, what="Pour le pain")


def stored(connection: Connection) -> set[bytes]:
    return set(connection.scalars(select(entries.c.id)))


def test_a_first_copy_is_the_same_circle(story: Story) -> None:
    with database() as connection:
        received = take_in(connection, bundle_of(story))
        assert (received.new, received.known, received.waiting, received.rejected) == (len(story.raws), 0, 0, [])
        live = fold(connection, story)
        assert same_state(live, story)
        assert live.name(story.amina.member) or live.words(live.circle.people.profiles[story.amina.member].words)
        bodies = {e.id: raw.body for e, raw in rows.raw_entries(connection, 1)}
        assert bodies == {i: r.body for i, r in story.raws.items()}


def test_twice_is_once(story: Story) -> None:
    with database() as connection:
        take_in(connection, bundle_of(story))
        again = take_in(connection, bundle_of(story))
        assert (again.new, again.known, again.filled, again.rejected) == (0, len(story.raws), 0, [])
        assert same_state(fold(connection, story), story)


@given(st.randoms(use_true_random=False), st.integers(1, 9))
def test_any_order_of_arrival_comes_to_the_same(story: Story, random: Any, most: int) -> None:
    genesis, *others = apart(pairs_of(story))
    random.shuffle(others)
    sections = [genesis]
    while others:
        count = random.randint(1, most)
        sections.append([run for section in others[:count] for run in section])
        others = others[count:]
    with database() as connection:
        received = receive(connection, story.id, sections)
        assert (received.waiting, received.rejected, received.stopped) == (0, [], None)
        assert connection.scalar(select(waiting.c.no)) is None
        live = fold(connection, story)
        assert same_state(live, story)
        assert verify(connection, live.modules, 1) == []


def test_a_circle_does_not_begin_in_the_middle(story: Story) -> None:
    with database() as connection:
        received = receive(connection, story.id, apart(pairs_of(story)[1:]))
        assert received.stopped is not None
        assert received.stopped.reason is Why.NO_BEGINNING
        assert received.circle == 0
        assert connection.exec_driver_sql("SELECT * FROM circles").first() is None


@pytest.mark.parametrize("at_hand", [False, True])
def test_what_can_be_read_stands_though_the_rest_cannot(
    story: Story, at_hand: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "MOST_ENTRIES", 3)
    raw = bundle_of(story)
    with database() as connection:
        reader = bundle.Reader(BytesIO(raw[: len(raw) // 2]))
        received = receive(connection, reader.circle, reader.sections(), at_hand=at_hand)
        assert received.stopped is not None
        assert received.stopped.reason is bundle.Why.CUT_SHORT
        assert 0 < received.new == len(stored(connection)) < len(story.raws)
        assert take_in(connection, raw).new == len(story.raws) - received.new
        assert same_state(fold(connection, story), story)


def test_what_stops_half_way_leaves_whole_sections(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the machine fails while a section is written."""
    sections = apart(pairs_of(story))
    with database() as connection:
        receive(connection, story.id, sections[:5])
        before = stored(connection)
        monkeypatch.setattr(receiving.Intake, "_keep_waiting", lambda intake, ordered: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            receive(connection, story.id, sections[5:])
        assert stored(connection) == before
        monkeypatch.undo()
        receive(connection, story.id, sections)
        assert same_state(fold(connection, story), story)


# --- what is not right ----------------------------------------------------------------------------------------------


def changed(story: Story, person: Person, **fields: Any) -> tuple[Entry, Raw]:
    """An entry that a person's device could have signed as its next, but for these fields."""
    last = person.last
    right = {
        "seq": last.seq + 1,
        "prev": last.id,
        "seen": [],
        "lamport": last.lamport + 1,
        "time": story.time,
        "event": "circle.linked",
        "kept": {},
        "body": None,
    }
    entry, header = compose(story.id, person.device, **(right | fields))
    return entry, Raw(header, sign(person.key, entry.id), None)


def farid(story: Story) -> Person:
    """An outsider, who has read the log."""
    person = story.person("farid")
    person.head = story.amina.last
    return person


def first(story: Story, person: Person, **fields: Any) -> tuple[Entry, Raw]:
    """What could be a device's first entry."""
    last = story.amina.last
    return changed(story, person, **({"seq": 0, "prev": None, "seen": [last.id], "lamport": last.lamport + 1} | fields))


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda s: changed(s, s.bruno), ""),
        (lambda s: changed(s, s.bruno, lamport=s.bruno.last.lamport + 2), "lamport"),
        (lambda s: changed(s, s.bruno, seq=s.bruno.last.seq + 2), "chain"),
        (lambda s: changed(s, s.bruno, seen=[s.bruno.last.id]), "chain"),
        (lambda s: changed(s, s.bruno, prev=s.amina.last.id), "chain"),
        (lambda s: first(s, farid(s)), "root"),
        (lambda s: first(s, s.bruno), "root"),
        (lambda s: first(s, farid(s), event="circle.begun", kept={"act": bytes(16)}), "genesis"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_against_its_ancestors_is_rejected(
    story: Story, make: Callable[[Story], tuple[Entry, Raw]], code: str
) -> None:
    entry, raw = make(story)
    with database() as connection:
        take_in(connection, bundle_of(story))
        received = receive(connection, story.id, apart([(entry, raw)]))
        assert [found for _, found in received.rejected] == ([code] if code else [])
        assert (entry.id in stored(connection)) == (code == "")


def bare(pair: tuple[Entry, Raw], signature: bytes | None = None) -> Raw:
    """An entry as it travels with this signature, or with none."""
    return Raw(pair[1].header, signature, pair[1].body)


@pytest.fixture
def writing() -> Iterator[tuple[Connection, Story, Pairs]]:
    """A node that holds all but the three entries that Bruno wrote last."""
    story = Story("bruno")
    before = len(story.raws)
    for name in ("Milk", "Bread", "Rice"):
        story.bruno.brings(ProductAdded(name=name))
    with database() as connection:
        receive(connection, story.id, apart(pairs_of(story)[:before]))
        yield connection, story, pairs_of(story)[before:]


@pytest.mark.parametrize(
    ("signed", "count"),
    [("  s", 3), (" s ", 2), ("   ", 0), ("s  ", 1), ("sss", 3), (" f ", 0), ("sf ", 1), ("sfs", 1), (" sf", 2)],
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "",
)
def test_nothing_past_the_last_valid_signature_is_stored(
    writing: tuple[Connection, Story, Pairs], signed: str, count: int
) -> None:
    """An entry is authentic by a signature at it or after it; each one that is there is verified (f: forged)."""
    connection, story, pairs = writing
    run = []
    for how, (entry, raw) in zip(signed, pairs, strict=True):
        forged = sign(story.amina.key, entry.id)
        run.append(bare((entry, raw), {" ": None, "s": raw.signature, "f": forged}[how]))
    received = receive(connection, story.id, [[(story.bruno.device, run)]])
    here = stored(connection)
    assert [entry.id in here for entry, _ in pairs] == [at < count for at in range(3)]
    assert received.rejected == [(entry.id.hex(), "signature") for entry, _ in pairs[count:]]


def test_a_wrong_entry_takes_down_what_only_a_later_signature_vouches_for(
    writing: tuple[Connection, Story, Pairs],
) -> None:
    connection, story, pairs = writing
    wrong = changed(story, story.bruno, lamport=story.bruno.last.lamport + 5)
    run = [bare(pairs[0], pairs[0][1].signature), bare(pairs[1]), bare(pairs[2]), wrong[1]]
    received = receive(connection, story.id, [[(story.bruno.device, run)]])
    codes = dict(received.rejected)
    assert [codes.get(entry.id.hex(), "") for entry, _ in [*pairs, wrong]] == ["", "signature", "signature", "lamport"]
    assert received.new == 1
    assert receive(connection, story.id, apart(pairs)).new == 2


def test_a_run_is_one_chain(writing: tuple[Connection, Story, Pairs]) -> None:
    connection, story, pairs = writing
    received = receive(connection, story.id, [[(story.bruno.device, [pairs[0][1], pairs[2][1]])]])
    assert received.rejected == [("section 1, run 1, entry 2", "chain")]
    assert received.new == 1


def test_a_signature_stands_at_least_every_256_entries() -> None:
    story = Story("bruno")
    before = len(story.raws)
    for number in range(257):
        story.bruno.brings(ProductAdded(name=str(number)))
    pairs = pairs_of(story)
    run = [bare(pair) for pair in pairs[before:-1]] + [pairs[-1][1]]
    with database() as connection:
        receive(connection, story.id, apart(pairs[:before]))
        assert receive(connection, story.id, [[(story.bruno.device, run)]]).new == 0
        run[0] = pairs[before][1]
        assert receive(connection, story.id, [[(story.bruno.device, run)]]).new == 257


def test_words_that_were_altered_are_not_taken(writing: tuple[Connection, Story, Pairs]) -> None:
    connection, story, pairs = writing
    entry, raw = pairs[0]
    assert raw.body is not None
    received = receive(connection, story.id, apart([(entry, Raw(raw.header, raw.signature, raw.body[:-1] + b"x"))]))
    assert received.rejected == [("section 1, run 1, entry 1", "body")]
    assert receive(connection, story.id, apart(pairs)).new == 3


# --- what lacks something -------------------------------------------------------------------------------------------


def test_what_lacks_a_parent_waits_and_comes_in_with_it(writing: tuple[Connection, Story, Pairs]) -> None:
    connection, story, pairs = writing
    received = receive(connection, story.id, apart(pairs[1:]))
    assert (received.new, received.waiting) == (0, 2)
    received = receive(connection, story.id, apart(pairs[1:]))
    assert (received.new, received.waiting) == (0, 2)
    received = receive(connection, story.id, apart(pairs[:1]))
    assert (received.new, received.waiting) == (3, 0)
    assert connection.scalar(select(waiting.c.no)) is None
    assert same_state(fold(connection, story), story)


def test_whoever_has_waited_longest_goes_when_there_is_no_room(
    writing: tuple[Connection, Story, Pairs], monkeypatch: pytest.MonkeyPatch
) -> None:
    connection, story, pairs = writing
    monkeypatch.setattr(receiving, "MOST_WAITING", 1)
    receive(connection, story.id, apart(pairs[1:]))
    assert list(connection.scalars(select(waiting.c.id))) == [pairs[2][0].id]
    monkeypatch.setattr(receiving, "MOST_WAITING_BYTES", 10)
    assert receive(connection, story.id, apart(pairs[1:])).waiting == 0
    assert receive(connection, story.id, apart(pairs)).new == 3


def test_a_missing_body_is_filled_in(writing: tuple[Connection, Story, Pairs]) -> None:
    connection, story, pairs = writing
    receive(connection, story.id, apart([(entry, Raw(raw.header, raw.signature, None)) for entry, raw in pairs]))
    received = receive(connection, story.id, apart(pairs))
    assert (received.new, received.known, received.filled) == (0, 3, 3)
    assert dict(connection.execute(select(entries.c.id, entries.c.body)).all())[pairs[0][0].id] == pairs[0][1].body


@pytest.mark.parametrize("words_first", [True, False])
def test_what_was_erased_does_not_come_back(words_first: bool) -> None:
    story = Story("bruno")
    milk = story.bruno.brings(ProductAdded(name="Milk"))
    written = story.bruno.last.id
    story.bruno.brings(EntryErased(entry=milk, author=story.bruno.member))
    pairs = pairs_of(story)
    lacking = [(e, Raw(raw.header, raw.signature, None) if e.id == written else raw) for e, raw in pairs]
    with database() as connection:
        receive(connection, story.id, apart(pairs if words_first else lacking))
        live = fold(connection, story)
        received = receive(connection, story.id, apart(pairs), lambda no: live)
        assert received.filled == 0
        assert live.words(milk) == {}
        assert verify(connection, live.modules, 1) == []


def test_words_under_an_erasure_come_in_without_them() -> None:
    """They were written before it, and arrive after it."""
    story = Story("bruno")
    with story.apart(story.bruno):
        milk = story.bruno.brings(ProductAdded(name="Milk"))
        late = story.bruno.last.id
    story.bruno.brings(WordsErased(member=story.bruno.member))
    erasure = story.bruno.last
    story.seal()
    assert erasure.lamport > story.entries[late].lamport
    pairs = pairs_of(story)
    with database() as connection:
        receive(connection, story.id, apart(pairs))
        live = fold(connection, story)
        assert live.words(milk) == {}
        connection.execute(entries.delete().where(entries.c.id == late))
        receive(connection, story.id, apart(pairs), lambda no: live)
        row = connection.execute(select(entries).where(entries.c.id == late)).one()
        assert (row.body, row.erased) == (None, 1)


def test_an_erasure_is_carried_out_by_the_next_process_where_one_failed_half_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was settled where it was stored, and its words were there before, came with it, and came after."""
    story = Story("bruno")
    before = story.bruno.brings(ProductAdded(name="Milk"))
    first = len(story.raws)
    with story.apart(story.bruno):
        story.bruno.brings(ProductAdded(name="Bread"))
    story.bruno.brings(WordsErased(member=story.bruno.member))
    story.seal()
    pairs = pairs_of(story)
    node = Node(tmp_path, load())
    node.receive(story.id, apart(pairs[:first]))
    assert node.live(1).name(before) == "Milk"
    with monkeypatch.context() as patch:
        patch.setattr(Live, "finish", lambda live, before: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            node.receive(story.id, apart(pairs[first:]))
    node.close()
    node = Node(tmp_path, load())
    live = node.live(1)
    kept = [entry.event for entry, raw in rows.raw_entries(node.connection, 1) if raw.body is not None]
    assert "groceries.product_added" not in kept
    assert verify(node.connection, live.modules, 1) == []
    node.close()


# --- forks ----------------------------------------------------------------------------------------------------------


def test_two_branches_are_kept_and_a_third_only_once_somebody_builds_on_it() -> None:
    story = Story("bruno")
    before = len(story.raws)
    twins = [story.bruno, story.bruno.twin(), story.bruno.twin()]
    branches: list[Pairs] = []
    for number, twin in enumerate(twins):
        with story.apart(twin):
            for name in ("Milk", "Bread"):
                twin.does(ProductAdded(name=f"{name} {number}"))
        branches.append(pairs_of(story)[-2:])
    story.amina.brings(ProductAdded(name="Rice"))
    last = pairs_of(story)[-1:]
    with database() as connection:
        receive(connection, story.id, apart(pairs_of(story)[:before]))
        received = receive(connection, story.id, apart([pair for branch in branches for pair in branch]))
        assert (received.new, received.waiting) == (4, 2)
        seqs = [entry.seq for entry, _ in branches[0]]
        assert connection.scalar(select(devices.c.forked_at).where(devices.c.key == story.bruno.device)) == seqs[0]
        there = select(func.count()).where(entries.c.device == 2, entries.c.seq >= seqs[0])
        assert connection.scalar(there) == 4
        received = receive(connection, story.id, apart(last))
        assert (received.new, received.waiting) == (3, 0)
        assert same_state(fold(connection, story), story)
        assert {found.reason.code for found in verify(connection, story.modules, 1)} == {"verify.fork"}
