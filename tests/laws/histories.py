"""Random histories of a circle: people at several devices, apart and together, honest and not.

A history is a list of steps, each a kind and a number; the number decides all chance inside the step, so that
hypothesis can leave steps out and still tell the same story of the rest.
"""

from hashlib import sha256
from random import Random
from typing import Any

import msgspec
from hypothesis import strategies as st

from cercle.core.entry import GENESIS, MAX_SEEN, NO_CIRCLE, Entry, Raw, compose, short, write_words
from cercle.core.fold import Circle, Trouble
from cercle.core.keys import Signer, public, sign, signer
from cercle.core.log import LINKED, SEALED, Place, check_root, heads_to_see, invitation_message, missing_parents
from cercle.core.module import Modules
from cercle.core.replica import Epoch, Replica, freeze, thaw
from cercle.core.standing import standing
from cercle.modules import load
from tests.laws.chance import Chance
from tests.laws.deciding import decide

BEGINNING = 1_772_438_400_000
PLACES = 3
TRIES = 12
KINDS = (
    *["act"] * 10, *["meet"] * 3, "seal", "seal", "tap", "join", "remove", "fork", "noise", "mislead", "again", "adopt",
    "hand_on", "want", "kit", "decide", "decide",
)  # fmt: skip
OFTEN = {
    "accounts": 2,
    "decisions": 4,
    "groceries": 6,
    "meetings": 2,
    "merit": 2,
    "pools": 2,
    "roles": 2,
    "tasks": 3,
}  # how much more than the other modules
NOT_BY_CHANCE = (
    GENESIS, SEALED, "people.joined", "people.removal_agreed", "circle.adopted", "devices.keeper_agreed"
)  # fmt: skip

Step = tuple[str, int]

steps = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 2**32 - 1)), min_size=20, max_size=80)


class Written(msgspec.Struct, frozen=True):
    entry: Entry
    raw: Raw


class Pen(msgspec.Struct):
    """A device: `heads` are the ends of its branches, of which only the first is honest."""

    key: Signer
    place: int
    heads: list[Entry] = []

    @property
    def device(self) -> bytes:
        return public(self.key)


class Side:
    """What one place has seen, folded as a node folds it."""

    def __init__(self, modules: Modules) -> None:
        self.replica = Replica(modules)
        self.entries: dict[bytes, Entry] = {}
        self.tips: dict[bytes, Place] = {}
        self.epochs: list[Epoch] = []
        self.settled: list[tuple[bytes, str]] = []
        self.disputes = 0

    def hear(self, new: list[Entry]) -> None:
        self.entries.update((entry.id, entry) for entry in new)
        self.take(new)

    def take(self, new: list[Entry]) -> None:
        """Folds what has come, and all of it anew where a seal among it may change what stands."""
        self.settle(self.replica.take(new))
        self.weigh()

    def append(self, entry: Entry) -> None:
        self.settle(self.replica.append(entry) if len(self.tips) == 1 else self.replica.take([entry]))
        self.weigh()

    def weigh(self) -> None:
        if self.replica.disputed:
            modules, entries = self.replica.modules, list(self.entries.values())
            self.replica = Replica(modules, weighed=standing(modules, entries))
            self.epochs, self.settled = [], []
            self.disputes += 1
            self.settle(self.replica.take(entries))
            assert not self.replica.disputed

    def note(self, entry: Entry) -> None:
        self.entries[entry.id] = entry
        for parent in entry.parents:
            self.tips.pop(parent, None)
        self.tips[entry.id] = place_of(entry)

    def settle(self, epochs: list[Epoch]) -> None:
        self.epochs += epochs
        for epoch in epochs:
            self.settled += [(e.id, verdict) for e, verdict in zip(epoch.entries, epoch.verdicts, strict=True)]


class History:
    """`written` are all entries, in an order in which parents come first; `sides` the places as they ended; `honest`
    the seals that say what is so, `false` those of a keeper in force that do not: of one who has still to take over,
    such a seal has no effect. No device has more branches than `branches`.
    """

    def __init__(self, told: list[Step], branches: int = 4) -> None:
        self.modules = load()
        self.branches = branches
        self.id = NO_CIRCLE
        self.time = BEGINNING
        self.written: dict[bytes, Written] = {}
        self.honest: set[bytes] = set()
        self.false: set[bytes] = set()
        self.sides = [Side(self.modules) for _ in range(PLACES)]
        self.pens: list[Pen] = []
        self.invitations: dict[str, Signer] = {}
        self.random = Random(told[0][1])
        self.later = self.random.choice(("groceries", "tasks", "", "", "", ""))
        self._begin()
        for kind, number in told:
            self.random = Random(number)
            getattr(self, f"_{kind}")()

    # --- what happens --------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        founder = self._new_pen(0)
        modules = {module.name: module.version for module in self.modules if module.name != self.later}
        kept = {"act": self.random.randbytes(16), "form": "household", "unit": "eur", "modules": modules}
        genesis = self.write(founder, GENESIS, kept, {"name": "Chez Amina"})
        founder_id = short(genesis.id)
        self.write(founder, "people.described", {"member": founder_id}, {"name": "Amina"})
        for kind in ("adult", "adult", "adult", "child", "guest"):
            self._admit(founder, {"kind": kind})
        grandmother = {"member": short(self.write(founder, "people.added", {}, {"name": "Mamie"}).id)}
        self.write(founder, "people.went_away", {**grandmother, "since": "2026-03-01", "until": "2026-03-09"}, {})
        if self.later != "groceries":
            self._begin_groceries(founder)
        if self.later != "tasks":
            self._begin_tasks(founder)
        self._begin_meetings(founder)
        self.write(founder, "week.agreed", {}, {"what": "No phones at table"})
        purse = {"pool": short(self.write(founder, "pools.opened", {}, {"name": "Vacances"}).id)}
        self.write(founder, "pools.paid_in", {**purse, "amount": 40_000, "payer": founder_id}, {})
        self.write(founder, "pools.opened", {}, {"name": "Caisse"})
        self.write(founder, "pools.asked", {**purse, "amount": 500}, {})
        for pen in self.pens[1:4]:
            self.write(pen, "pools.allowance_asked", purse, {})
        self.write(founder, "roles.created", {"term": 30, "turn": [founder_id]}, {"name": "Host"})
        self._seal()
        for side in self.sides[1:]:
            self._hear(self.sides[0], side)
        for number, pen in enumerate(self.pens):
            pen.place = number % PLACES

    def _begin_groceries(self, founder: Pen) -> None:
        """Three products that are there, one of which has a barcode and one has just been bought, and one that is not
        used any more."""
        made = [short(self.write(founder, "groceries.product_added", {}, {"name": "Lait"}).id) for _ in range(4)]
        for product in made[:3]:
            listed = self.write(founder, "groceries.listed", {"product": product}, {})
            self.write(founder, "groceries.stocked", {"product": product, "amount": 3000}, {})
        self.write(founder, "groceries.ticked", {"item": short(listed.id)}, {})
        self.write(founder, "groceries.barcode_set", {"product": made[0], "barcode": "3017620422003"}, {})
        self.write(founder, "groceries.product_archived", {"product": made[3]}, {})

    def _begin_meetings(self, founder: Pen) -> None:
        """One that is to come, and one that is under way and at which something was written down."""
        called = {"day": "2026-03-10", "at": "19:30", "rhythm": "FREQ=DAILY"}
        for has_begun in (False, True):
            meeting = self.write_named(founder, "meetings.called", called, {"name": "Evening"})
            of = {"meeting": meeting, "day": "2026-03-10"}
            self.write(founder, "meetings.item_put", {"meeting": meeting}, {"what": "A dog"})
            if has_begun:
                members = [short(self.id), *self.sides[0].replica.circle.roots.members]
                self.write(founder, "meetings.begun", of | {"members": members[:4]}, {})
                self.write(founder, "meetings.noted", of, {"what": "All like it"})

    def _begin_tasks(self, founder: Pen) -> None:
        """Two chores; the founder has points, and has pledged some; what others do has to be confirmed."""
        for rhythm in ({}, {"rhythm": "FREQ=DAILY", "start": "2026-03-01"}):
            self.write(founder, "tasks.chore_added", {"rotation": "in_turn", "minutes": 10, **rhythm}, {"name": "Bins"})
        self.write(founder, "merit.rate_set", {"kind": "other", "per_hour": 60}, {})
        self.write(founder, "tasks.worked", {"kind": "other", "minutes": 5, "who": [short(self.id)]}, {})
        self.write(founder, "merit.rate_set", {"kind": "other", "per_turn": 10, "confirm": "another"}, {})
        for pledge in (1, 2):
            wish = self.write(founder, "merit.wished", {"points": 2}, {"name": "Un vélo"})
            self.write(founder, "merit.pledged", {"wish": short(wish.id), "points": pledge}, {})

    def _act(self) -> None:
        """Any event but those that have a step of their own; mostly one that the rules let through."""
        pen = self.some_pen()
        side = self.sides[pen.place]
        modules = [module for module in self.modules for _ in range(OFTEN.get(module.name, 1))]
        for number in range(TRIES):
            if number % 4 == 0:
                module = self.random.choice(modules)
                event = self.random.choice([one for one in module.events.values() if one.name not in NOT_BY_CHANCE])
            kept, words = Chance(self.random, side.replica.circle, self.names(side)).fields(event)
            if self.random.random() < 0.08 or self._would_stand(side, pen, event.name, kept):
                break
        self.write(pen, event.name, kept, words)

    def _meet(self) -> None:
        """One place hears of what another has seen: all of it, or the beginning."""
        one, other = self.random.sample(self.sides, 2)
        self._hear(one, other, self.random.random() if self.random.random() < 0.3 else 1.0)

    def _tap(self) -> None:
        """Two people who are apart do the same turn of a chore, as far as each of them knows."""
        sides = self.random.sample(range(PLACES), 2)
        standing = [
            [pen for pen in self.pens if pen.place == side and pen.heads and self._stands(pen)] for side in sides
        ]
        turns = [self._turns(side) for side in sides]
        both = [turn for turn in turns[0] if turn in turns[1]]
        if not both or not all(standing):
            return
        chore, number = self.random.choice(both)
        for pens in standing:
            pen = self.random.choice(pens)
            member = self._circle(pen.place).roots.devices[pen.device.hex()].member
            self.write(pen, "tasks.done", {"chore": chore, "turn": number, "who": [member]}, {})

    def _turns(self, place: int) -> list[tuple[str, int]]:
        tasks = self._circle(place).states.get("tasks")
        return [(name, one.turn.number) for name, one in tasks.chores.items() if not one.archived] if tasks else []

    def _seal(self) -> None:
        """The keeper settles what is to be seen, unless their place knows that their device has forked."""
        for keeper in self.random.sample(keepers := self.keepers(), min(len(keepers), 1)):
            side = self.sides[keeper.place]
            if side.replica.circle.roots.devices[keeper.device.hex()].forked:
                return
            self._gather(keeper, side)
            self.time += 60_000
            circle = side.replica.circle
            _, term = circle.mandate() or ("", circle.roots.term)
            epoch, kept = side.replica.settle_all(self.time)
            side.settle([epoch])
            entry = self._compose(keeper, keeper.heads[0], SEALED, {**kept, "term": term}, None)
            self.honest.add(entry.id)
            side.note(entry)
            side.replica.begin(entry)

    def _decide(self) -> None:
        decide(self)

    def write_named(self, pen: Pen, event: str, kept: dict[str, Any], words: dict[str, Any]) -> str:
        return short(self.write(pen, event, kept, words).id)

    def _hand_on(self) -> None:
        """The keeper names somebody's device, or one that is not there."""
        for keeper in self.keepers()[:1]:
            device = self.random.choice([*(pen.device for pen in self.pens), bytes(32)])
            self.write(keeper, "devices.handed_on", {"device": device}, {})

    def keepers(self) -> list[Pen]:
        """The devices that seal, as far as is known where they are: the keeper's, or whom the circle wants instead."""
        circles = [side.replica.circle for side in self.sides]
        sealing = [(circle.mandate() or (circle.roots.keeper, 0))[0] for circle in circles]
        return [pen for pen in self.pens if pen.heads and sealing[pen.place] == pen.device.hex()]

    def _want(self) -> None:
        """Some people at one place, or at several, want another keeper; mostly enough of them."""
        pen, places = self.some_pen(), self.random.choice(([0], [1], [2], [0, 1], [1, 2], [0, 1, 2]))
        term = self._circle(pen.place).roots.term + self.random.choice((0, 1, 1, 1, 1, 2))
        for other in self.random.sample(self.pens, len(self.pens)):
            if other.heads and other.place in places and self.random.random() < 0.8 and self._stands(other):
                self.write(other, "devices.keeper_agreed", {"device": pen.device, "term": term}, {})
        if self.random.random() < 0.7:
            self._seal()

    def _kit(self) -> None:
        """Somebody makes a recovery kit, after which the next seal may be weeks later; or a new device of theirs comes
        in by one, and may say that all others are lost, and that it is to keep the log."""
        pen = self.some_pen()
        member = self._circle(pen.place).roots.devices[pen.device.hex()].member
        known = self._circle(pen.place).devices.kits.items()
        mine = [name for name, kit in known if kit.member == member and name in self.invitations]
        if not mine or self.random.random() < 0.3:
            secret = signer(self.random.randbytes(32))
            entry = self.write(pen, "devices.kit_made", {"key": public(secret)}, {})
            self.invitations[short(entry.id)] = secret
            if self.random.random() < 0.5:
                self.time += 15 * 86_400_000
                self._seal()
            return
        new = self._new_pen(pen.place)
        self._enter(new, self.random.choice(mine), None)
        if self.random.random() < 0.7:
            self.write(new, "devices.others_revoked", {}, {})
        if self.random.random() < 0.5:
            term = self._circle(new.place).roots.term + 1
            self.write(new, "devices.keeper_agreed", {"device": new.device, "term": term}, {})

    def _join(self) -> None:
        pen = self.some_pen()
        kept = Chance(self.random, self._circle(pen.place), [short(self.id)]).fields(
            self.modules.events["people.invited"]
        )[0]
        kept.pop("until", None)
        self._admit(pen, kept)

    def _adopt(self) -> None:
        """A module that the circle did not use from the start, or one that it uses already."""
        module = self.later or self.random.choice(list(self.modules)).name
        self.write(self.some_pen(), "circle.adopted", {"module": module, "version": 1}, {})

    def _admit(self, pen: Pen, invited: dict[str, Any]) -> None:
        """An invitation, and some who use it: as often as it says, or once too often."""
        secret = signer(self.random.randbytes(32))
        entry = self.write(pen, "people.invited", {**invited, "key": public(secret)}, {})
        self.invitations[short(entry.id)] = secret
        for _ in range(self.random.choice((1, 1, 1, 1, 1, 2))):
            self._enter(self._new_pen(pen.place), short(entry.id), None)

    def _enter(self, pen: Pen, invitation: str, before: Entry | None) -> None:
        proof = sign(self.invitations[invitation], invitation_message(self.id, pen.device))
        kept = {"invitation": invitation, "proof": proof, "act": self.random.randbytes(16)}
        self.write(pen, "people.joined", kept, {"name": "Bruno"}, before)

    def _remove(self) -> None:
        """Some people agree, each where they are, that somebody leaves."""
        target = self.random.choice(list(self._circle(0).roots.members))
        for pen in self.random.sample(self.pens, min(len(self.pens), 4)):
            self.write(pen, "people.removal_agreed", {"member": target}, {})

    def _fork(self) -> None:
        """A device goes on from an earlier point of its chain, as after a backup was restored."""
        pen = self.some_pen()
        if len(pen.heads) >= self.branches:
            return
        chain = [e for e in self.sides[pen.place].entries.values() if e.device == pen.device]
        before = self.random.choice([*chain, None])
        invitation = self._root_of(pen)
        if before is None and invitation is not None:
            self._enter(pen, invitation, before)
        elif before is not None:
            self.write(pen, "circle.renamed", {}, {"name": "Ailleurs"}, before)

    def _noise(self) -> None:
        """An event with something wrong in what it keeps, or one that no module declares. A module of a chance name
        would be adopted, and end the story: nobody writes where what is in force is not known."""
        pen, wrong = self.some_pen(), [True, None, -1, "text", b"bytes", [], {"a": 1}, 2**63 - 1]
        event = self.random.choice([one for one in self.modules.events.values() if one.name != "circle.adopted"])
        kept = Chance(self.random, self._circle(pen.place), [short(self.id)]).fields(event)[0]
        name = event.name
        match self.random.randrange(4):
            case 0:
                kept["more"] = self.random.choice(wrong)
            case 1 if kept:
                kept[self.random.choice(sorted(kept))] = self.random.choice(wrong)
            case 2 if kept:
                del kept[self.random.choice(sorted(kept))]
            case _:
                name = self.random.choice(("chores.done", "circle.burned", "x.y"))
        if name not in (GENESIS, SEALED) or pen not in self.keepers():
            self.write(pen, name, kept, {})

    def _mislead(self) -> None:
        """A seal that says what is not so, or of a term that is not; or by somebody who is not the keeper."""
        keepers = self.keepers()
        pen = self.random.choice((*keepers[:1], self.some_pen()))
        if pen in keepers and len(pen.heads) > 1:
            return
        kept = {"term": self.random.choice((0, 1, True)), "count": 3, "root": bytes(32), "state": bytes(32)}
        is_in_force = self._circle(pen.place).mandate() is None
        entry = self.write(pen, SEALED, kept, {})
        if pen in keepers and is_in_force:
            self.false.add(entry.id)

    def _again(self) -> None:
        """The same act once more, from any device of anybody."""
        side = self.sides[self.some_pen().place]
        entry = self.random.choice(list(side.entries.values()))
        if "act" in entry.kept and entry.event not in (GENESIS, "people.joined"):
            self.write(self.some_pen(), entry.event, entry.kept, {})

    # --- how it is written ---------------------------------------------------------------------------------------

    def write(
        self, pen: Pen, event: str, kept: dict[str, Any], words: dict[str, Any], before: Entry | str | None = "head"
    ) -> Entry:
        """One entry of a device, on its first branch mostly, or after `before`, and folded where it was written."""
        self.time += self.random.choice((1_000, 60_000, 3_600_000))
        side = self.sides[pen.place]
        if isinstance(before, str):
            self._gather(pen, side)
            forth = 0 if self.random.random() < 0.8 else len(pen.heads) - 1
            before = pen.heads[forth] if pen.heads else None
        if event not in (LINKED, SEALED) and "act" not in kept and self.random.random() < 0.8:
            kept = {**kept, "act": self.random.randbytes(16)}
        body = write_words(self.random.randbytes(16), {name: text for name, text in words.items() if text})
        entry = self._compose(pen, before, event, kept, body)
        side.note(entry)
        side.append(entry)
        return entry

    def _gather(self, pen: Pen, side: Side) -> None:
        while sum(place.device != pen.device for place in side.tips.values()) > MAX_SEEN:
            entry = self._compose(pen, pen.heads[0] if pen.heads else None, LINKED, {}, None)
            side.note(entry)
            side.take([entry])

    def _compose(self, pen: Pen, before: Entry | None, event: str, kept: dict[str, Any], body: bytes | None) -> Entry:
        side = self.sides[pen.place]
        seen = self._seen(pen, side, before, kept)
        lamports = [side.entries[one].lamport for one in seen] + ([before.lamport] if before else [])
        entry, header = compose(
            self.id, pen.device, seq=before.seq + 1 if before else 0, prev=before.id if before else None, seen=seen,
            lamport=1 + max(lamports, default=-1), time=self.time, event=event, kept=kept, body=body,
        )  # fmt: skip
        if not self.written:
            self.id = entry.id
        parents = {one: place_of(side.entries[one]) for one in entry.parents}
        assert missing_parents(entry, parents.get) == []
        if entry.prev is None:
            check_root(self.id, entry, [side.entries[one] for one in seen])
        self.written[entry.id] = Written(entry, Raw(header, sign(pen.key, entry.id), body))
        if before is not None and before in pen.heads:
            pen.heads[pen.heads.index(before)] = entry
        else:
            pen.heads.append(entry)
        return entry

    def _seen(self, pen: Pen, side: Side, before: Entry | None, kept: dict[str, Any]) -> list[bytes]:
        """The heads of others, or nothing, for a fork in the past; for a first entry, its invitation as well."""
        if before is not None and before not in pen.heads and self.random.random() < 0.5:
            return []
        roots = [e for e in side.entries.values() if before is None and short(e.id) == kept.get("invitation")]
        seen = heads_to_see(side.tips.items(), pen.device, MAX_SEEN - len(roots))
        places = {one: place_of(side.entries[one]) for one in [*seen, *(root.id for root in roots)]}
        return heads_to_see(places.items(), pen.device, MAX_SEEN)

    def _hear(self, teller: Side, listener: Side, share: float = 1.0) -> None:
        """A part of what one place knows reaches another; what that knows already is told again."""
        told = list(teller.entries.values())
        new = [entry for entry in told[: round(share * len(told))] if entry.id not in listener.entries]
        for entry in new:
            listener.note(entry)
        listener.take(new)

    # --- who and what --------------------------------------------------------------------------------------------

    def _new_pen(self, place: int) -> Pen:
        seed = sha256(len(self.pens).to_bytes(4, "big") + self.random.randbytes(32)).digest()  # never one that is there
        pen = Pen(signer(seed), place)
        self.pens.append(pen)
        return pen

    def some_pen(self) -> Pen:
        """Mostly somebody who may still write, as far as is known where they are."""
        pens = [pen for pen in self.pens if pen.heads]
        standing = [pen for pen in pens if self._stands(pen)]
        return self.random.choice(standing if standing and self.random.random() < 0.9 else pens)

    def _stands(self, pen: Pen) -> bool:
        roots = self._circle(pen.place).roots
        known = roots.devices.get(pen.device.hex())
        return known is not None and not known.forked and known.member != "" and not roots.members[known.member].gone

    def _circle(self, place: int) -> Circle:
        return self.sides[place].replica.circle

    def names(self, side: Side) -> list[str]:
        return [short(identifier) for identifier in side.entries]

    def _root_of(self, pen: Pen) -> str | None:
        first = next(e for e in self.sides[pen.place].entries.values() if e.device == pen.device)
        return first.kept.get("invitation")

    def _would_stand(self, side: Side, pen: Pen, event: str, kept: dict[str, Any]) -> bool:
        """Whether the rules let this through as things stand there: tried on a copy."""
        circle = thaw(self.modules, freeze(side.replica.circle, side.replica.tree))[0]
        head = pen.heads[0]
        entry = msgspec.structs.replace(head, id=bytes(32), seq=head.seq + 1, prev=head.id, event=event, kept=kept)
        return circle.judge(entry, Trouble(circle, [entry])) == ""


def place_of(entry: Entry) -> Place:
    return Place(entry.device, entry.seq, entry.lamport)
