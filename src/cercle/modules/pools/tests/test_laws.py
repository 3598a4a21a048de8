"""The promise of a share: what a device spends from it stands, whatever others do, wherever they are, in any order."""

from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cercle.core.entry import Entry
from cercle.core.fold import Circle, Trouble, close_epoch, fold_epoch
from cercle.core.replica import Replica
from cercle.modules import load
from cercle.modules.devices.events import Revoked
from cercle.modules.pools import events
from cercle.modules.pools.read import whole
from cercle.modules.pools.rules import Why, held
from cercle.modules.pools.tests.purse import Purse, holds
from tests.laws.histories import History, Step, steps
from tests.story import Person, Side

SPENT = "pools.spent"


def settled_and_pending(entries: list[Entry]) -> list[tuple[list[Entry], int]]:
    """The epochs of a history with the time of each seal, and what is pending, with none."""
    replica = Replica(load())
    epochs = replica.take(entries)
    return [*((epoch.entries, epoch.time) for epoch in epochs), (replica.pending.ordered(), 0)]


@given(steps)
def test_no_part_of_a_purse_is_ever_below_nothing(history: list[Step]) -> None:
    entries = [written.entry for written in History(history).written.values()]
    circle = Circle(load())
    judge = circle.judge

    def watched(entry: Entry, trouble: Trouble) -> str:
        verdict = judge(entry, trouble)
        if entry.event.startswith("pools."):
            holds(circle)
        return verdict

    circle.judge = watched  # type: ignore[method-assign]
    for epoch, time in settled_and_pending(entries):
        fold_epoch(circle, epoch)
        if time:
            close_epoch(circle, time)
            holds(circle)


# --- two phones, three people, and a keeper, apart ---------------------------------------------------------------

plans = st.lists(
    st.tuples(st.sampled_from(("spend", "spend", "spend", "free", "meet", "seal", "return", "pay", "undo", "revoke")),
              st.integers(0, 2**32 - 1)), min_size=10, max_size=60
)  # fmt: skip


class Apart(Purse):
    """Amina, who keeps the log, Bruno with two phones, and Chloé, each out of reach of all others until two meet.
    `sure`: the entries by which somebody spent what their own device had for itself, as far as it knew."""

    def __init__(self) -> None:
        super().__init__()
        phone = self.join("bruno", self.invite(self.bruno, member=self.bruno.member), device=1)
        self.pens: list[Person] = [self.amina, self.bruno, phone, self.chloe]
        self.pays(100_000)
        for pen in self.pens[1:]:
            pen.brings(events.AllowanceAsked(pool=self.pool))
        self.seal()
        self.sure: dict[bytes, Person] = {}
        self.revoked: set[bytes] = set()
        for pen in self.pens[1:]:
            pen.side = self.main.copy()

    def some_of(self, random: Random, most: int) -> int:
        return random.choice((1, max(most // 3, 1), max(most, 1)))

    def spend(self, pen: Person, random: Random) -> None:
        has = self.has(pen)
        if has and pen.does(events.Spent(pool=self.pool, amount=self.some_of(random, has))) == "":
            self.sure[pen.last.id] = pen

    def free(self, pen: Person, random: Random) -> None:
        amount = self.some_of(random, held(pen.circle, self.pool))
        pen.does(events.Spent(pool=self.pool, amount=amount, free=True))

    def pay(self, pen: Person, random: Random) -> None:
        self.pays(random.choice((1, 777, 20_000)), pen)

    def undo(self, pen: Person, random: Random) -> None:
        moves = [entry for entry, move in pen.circle.pools.moves.items() if not move.corrected]
        pen.does(events.Corrected(entry=random.choice(moves)))

    def meet(self, pen: Person, random: Random) -> None:
        other = random.choice([one for one in self.pens if one is not pen])
        for one, two in ((pen, other), (other, pen)):
            one.side.take(list(two.side.entries.values()))

    def revoke(self, pen: Person, random: Random) -> None:
        whose = random.choice(self.pens)
        if random.random() < 0.3 and pen.does(events.AllowanceRevoked(pool=self.pool, device=whose.device)) == "":
            self.revoked.add(whose.device)

    def tell(self, plan: list[Step]) -> None:
        for kind, number in plan:
            random = Random(number)
            pen = random.choice(self.pens)
            if kind == "seal":
                self.seal()
            elif kind == "return":
                pen.does(events.Returned(pool=self.pool, amount=self.some_of(random, self.has(pen))))
            else:
                getattr(self, kind)(pen, random)
        for pen in self.pens:
            self.main.take(list(pen.side.entries.values()))
        self.seal()


@given(plans)
def test_what_a_device_spent_of_its_own_stands_for_all_wherever_they_were(plan: list[Step]) -> None:
    story = Apart()
    story.tell(plan)
    holds(story.circle)
    for identifier, pen in story.sure.items():
        verdict = story.main.verdict(story.entries[identifier])
        assert verdict == "" or (verdict == Why.TOO_MUCH.code and pen.device in story.revoked)
    at_once = Side(story.modules)
    at_once.take(sorted(story.main.entries.values(), key=lambda one: (one.lamport, one.id)))
    assert at_once.settled == story.main.settled


@given(steps)
def test_in_any_history_only_a_seal_that_is_undone_a_revocation_or_a_fork_takes_a_share(history: list[Step]) -> None:
    """Of what a device could spend for sure where it wrote, in all that was told of it before."""
    made = History(history)
    if any(side.disputes for side in made.sides) or made.false:
        return  # a keeper was lost, and what only it had sealed is not settled any more
    entries = [written.entry for written in made.written.values()]
    verdicts: dict[bytes, str] = {}
    circle = Circle(load())
    for epoch, time in settled_and_pending(entries):
        verdicts.update(zip((entry.id for entry in epoch), fold_epoch(circle, epoch), strict=True))
        if time:
            close_epoch(circle, time)
    revoked = {one.kept.get("device") for one in entries if one.event == "pools.allowance_revoked"}
    known = {entry.id: entry for entry in entries}
    for entry in entries:
        if entry.event == SPENT and verdicts[entry.id] == Why.TOO_MUCH.code and entry.device not in revoked:
            assert not was_sure(known, entry)


def was_sure(known: dict[bytes, Entry], entry: Entry) -> bool:
    """Whether its device could spend that, as far as it had heard."""
    waiting, before = [*entry.parents], dict[bytes, Entry]()
    while waiting:
        if (one := waiting.pop()) not in before:
            before[one] = known[one]
            waiting += known[one].parents
    replica = Replica(load())
    replica.take([one for one in known.values() if one.id in before])
    pool, amount = entry.kept.get("pool"), entry.kept.get("amount")
    there: Any = replica.understood
    is_right = isinstance(pool, str) and isinstance(amount, int) and not entry.kept.get("free")
    return is_right and "pools" in there.states and amount <= held(there, pool, entry.device.hex())


# --- by hand -----------------------------------------------------------------------------------------------------


def test_two_who_are_apart_spend_their_shares_and_both_stand() -> None:
    purse = Purse()
    purse.shared(10_000)
    with purse.apart(purse.bruno):
        purse.spends(purse.bruno, 2500)
        assert purse.bruno.is_refused(events.Spent(pool=purse.pool, amount=1)) == Why.TOO_MUCH.code
        purse.spends(purse.amina, 2500)
        purse.seal()
        purse.seal()
    assert whole(purse.circle, purse.pool) == 5000
    purse.seal()
    assert set(purse.main.settled.values()) <= {"", Why.TOO_MUCH.code}
    holds(purse.circle)


def test_two_phones_of_one_person_have_a_share_each() -> None:
    purse = Purse()
    phone = purse.join("bruno", purse.invite(purse.bruno, member=purse.bruno.member), device=1)
    purse.pays(9000)
    phone.brings(events.AllowanceAsked(pool=purse.pool))
    purse.bruno.brings(events.AllowanceAsked(pool=purse.pool))
    purse.seal()
    with purse.apart(phone):
        assert purse.has(phone) == 1500
        purse.spends(phone, 1500)
        purse.spends(purse.bruno, 1500)
    assert whole(purse.circle, purse.pool) == 6000


def test_of_two_who_take_all_that_is_free_the_later_one_is_void() -> None:
    purse = Purse()
    purse.shared(10_000)
    with purse.apart(purse.bruno):
        his = purse.spends(purse.bruno, 4000, free=True)
        hers = purse.spends(purse.amina, 4000, free=True)
    purse.seal()
    assert sorted((purse.verdict(his), purse.verdict(hers))) == ["", Why.NOT_THERE.code]
    assert whole(purse.circle, purse.pool) == 6000


def test_what_was_spent_where_the_share_was_revoked_meanwhile_is_void() -> None:
    purse = Purse()
    purse.shared(10_000)
    with purse.apart(purse.bruno):
        late = purse.spends(purse.bruno, 2000)
        purse.amina.brings(events.AllowanceRevoked(pool=purse.pool, device=purse.bruno.device))
        purse.seal()
    assert purse.verdict(late) == Why.TOO_MUCH.code
    assert whole(purse.circle, purse.pool) == 10_000


def test_what_was_spent_before_the_revocation_is_settled_stands() -> None:
    purse = Purse()
    purse.shared(10_000)
    with purse.apart(purse.bruno):
        early = purse.spends(purse.bruno, 2000)
        purse.amina.brings(events.AllowanceRevoked(pool=purse.pool, device=purse.bruno.device))
    purse.seal()
    assert purse.verdict(early) == ""
    assert whole(purse.circle, purse.pool) == 8000
    assert purse.has(purse.bruno) == 0


def test_a_copy_of_a_device_cannot_spend_its_share_twice() -> None:
    purse = Purse()
    purse.shared(10_000)
    twin = purse.bruno.twin()
    with purse.apart(twin):
        purse.spends(twin, 2500)
        purse.spends(purse.bruno, 2500)
    assert whole(purse.circle, purse.pool) == 10_000
    purse.seal()
    assert purse.has(purse.bruno) == 0
    holds(purse.circle)


def test_a_device_that_is_lost_gives_its_share_back() -> None:
    purse = Purse()
    purse.shared(10_000)
    phone = purse.join("bruno", purse.invite(purse.bruno, member=purse.bruno.member), device=1)
    purse.bruno.brings(events.Returned(pool=purse.pool, amount=2500))
    phone.brings(events.AllowanceAsked(pool=purse.pool))
    purse.seal()
    assert purse.has(phone) > 0
    purse.bruno.brings(Revoked(device=phone.device))
    purse.seal()
    assert purse.has(phone) == 0
    assert whole(purse.circle, purse.pool) == 10_000
