"""Which seals stand, where more than one could follow another: the keeper was replaced, and had sealed on apart.

A circle is folded seal after seal, as they come. Only where a seal comes that is none of the keeper's, and does not
stand on all that is settled, the whole log is weighed: what comes out depends on nothing but which entries there are.
"""

from collections.abc import Iterable, Set

import msgspec

from cercle.core.entry import Entry
from cercle.core.fold import KEEPER_AGREED, Circle, close_epoch, fold_epoch
from cercle.core.log import SEALED, ancestors, in_order
from cercle.core.merkle import Tree
from cercle.core.module import Modules
from cercle.core.replica import freeze, is_entitled, may_want, says_what_is_so, term_of, thaw, wanted_by

Entries = dict[bytes, Entry]


class Course(msgspec.Struct):
    """How a log goes on: the state that it comes to, the entries that no seal covers, and the seals that follow one
    another with what each of them settles, in order."""

    circle: Circle
    tree: Tree
    pending: Entries
    seals: list[Entry] = []
    epochs: list[list[Entry]] = []

    @property
    def last(self) -> Entry | None:
        return self.seals[-1] if self.seals else None

    def covered(self, seal: Entry) -> list[Entry]:
        return in_order([self.pending[one] for one in ancestors(self.pending, [seal])])

    def settle(self, seal: Entry) -> None:
        covered = self.covered(seal)
        verdicts = fold_epoch(self.circle, covered)
        self.tree.extend(entry.id + verdict.encode() for entry, verdict in zip(covered, verdicts, strict=True))
        close_epoch(self.circle, seal.time)
        for one in covered:
            del self.pending[one.id]
        self.seals.append(seal)
        self.epochs.append(covered)

    def copy(self, modules: Modules) -> "Course":
        """The same once more, as far as it has come: what it settles from here on is its own."""
        circle, tree = thaw(modules, freeze(self.circle, self.tree))
        return Course(circle, tree, dict(self.pending), self.seals[-1:], [])


def standing(modules: Modules, entries: Iterable[Entry]) -> dict[bytes, bool]:
    """Of every seal in a log, by its id, whether it counts. Raises `UpdateNeeded`."""
    weighing = Weighing(modules, entries)
    course = Course(Circle(modules), Tree(), dict(weighing.entries))
    weighing.go_on(course)
    chosen = {seal.id for seal in course.seals}
    return {seal.id: seal.id in chosen for seal in weighing.seals}


class Weighing:
    """A log as a whole. `next`: the seals of a device in a term that follow one of its own, or None, on its chain.
    `bids`: seals by which somebody may take the keeper's role over, each with the seals among its ancestors."""

    def __init__(self, modules: Modules, entries: Iterable[Entry]) -> None:
        self.modules = modules
        self.entries = {entry.id: entry for entry in entries}
        self.seals = [entry for entry in self.entries.values() if entry.event == SEALED]
        self.founder = next(iter(self.entries.values())).device
        self.next: dict[tuple[bytes, int, bytes | None], list[Entry]] = {}
        self._chain()
        wanted = {wanted_by(entry) for entry in self.entries.values() if entry.event == KEEPER_AGREED}
        self.bids = {
            seal.id: {one for one in ancestors(self.entries, [seal]) if self.entries[one].event == SEALED}
            for seal in sorted(self.seals, key=lambda seal: (seal.lamport, seal.id))
            if term_of(seal) and (seal.device, term_of(seal)) in wanted
        }

    def _chain(self) -> None:
        last: dict[bytes, dict[int, bytes]] = {}  # by the end of a branch: its last seal of each term
        for entry in sorted(self.entries.values(), key=lambda one: (one.seq, one.id)):
            sealed = last.get(entry.prev, {}) if entry.prev else {}
            term = term_of(entry)
            if entry.event == SEALED and term is not None:
                self.next.setdefault((entry.device, term, sealed.get(term)), []).append(entry)
                sealed = sealed | {term: entry.id}
            if sealed:
                last[entry.id] = sealed

    def go_on(self, course: Course, without: Set[bytes] = frozenset()) -> None:
        """Lets a course go on as far as it does, as if the seals `without` had never been."""
        while seal := self._following(course, without):
            course.settle(seal)

    def _following(self, course: Course, without: Set[bytes]) -> Entry | None:
        """The seal that stands next: of the keeper's own, if it has told two stories, that from which more people went
        on; but that of a takeover, the highest term first, where it displaces that one."""
        ordinary = [seal for seal in self._ordinary(course) if seal.id not in without]
        ordinary = [seal for seal in ordinary if self._for_it(course, seal) is not None]
        takeovers = self._takeovers(course, ordinary, without)
        if len(ordinary) < 2 and not takeovers:
            return ordinary[0] if ordinary else None
        under = {seal.id: self._under(seal) for seal in takeovers}

        def tried(seal: Entry) -> Course:
            """How it would go on with this one, if nobody had heard of the others."""
            others = set[bytes]().union(*(after for one, after in under.items() if one != seal.id))
            trial = course.copy(self.modules)
            trial.settle(seal)
            self.go_on(trial, without | others)
            return trial

        best = max(ordinary, key=lambda one: (len(gone_on(tried(one), one)), one.id), default=None)
        deciding = course.circle.states["devices"].deciding if takeovers else []
        for seal in sorted(takeovers, key=lambda one: (term_of(one), one.id)):
            wanting = self._for_it(course, seal) or []
            if best is None or displaces(wanting, tried(best), best, deciding, self._kits_used(course, seal)):
                best = seal
        return best

    def _ordinary(self, course: Course) -> list[Entry]:
        """The keeper's next seal; or those of each of its branches, where it has told two stories since."""
        roots, keeper, last = course.circle.roots, course.circle.keeper_device(), course.last
        if keeper is not None and keeper.forked:
            return []
        device = bytes.fromhex(roots.keeper) if keeper else self.founder
        if last is None or last.device == device:
            return self.next.get((device, roots.term, last.id if last else None), [])
        found, heard = [], list(self.next.get((device, roots.term, None), []))
        for seal in heard:
            if seal.id in course.pending and last.id in ancestors(course.pending, [seal]):
                found.append(seal)
            else:  # it was written before its device heard of its role
                heard += self.next.get((device, roots.term, seal.id), [])
        return found

    def _takeovers(self, course: Course, ordinary: list[Entry], without: Set[bytes]) -> list[Entry]:
        """The seals of further terms, by whom enough people wanted, that stand on the last seal and on none of those
        that may follow it."""
        found: list[Entry] = []
        last = course.last.id if course.last else b""
        for identifier, earlier in self.bids.items():
            is_here = last in earlier and identifier in course.pending and identifier not in without
            if not is_here or any(one.id in earlier for one in (*ordinary, *found)):
                continue
            seal = self.entries[identifier]
            if (term_of(seal) or 0) > course.circle.roots.term and self._for_it(course, seal):
                found.append(seal)
        return found

    def _for_it(self, course: Course, seal: Entry) -> list[str] | None:
        """Who wants the device of a seal to take the keeper's role over, as far as the seal covers; [] where it is the
        keeper's. None where it is somebody else's."""
        covered = course.covered(seal)
        if not may_want(course.circle, covered):
            is_keeper = not course.seals or seal.device.hex() == course.circle.roots.keeper
            return [] if is_keeper and term_of(seal) == course.circle.roots.term else None
        circle = course.copy(self.modules).circle
        verdicts = fold_epoch(circle, covered)
        if not is_entitled(circle, seal):
            return None
        mandate = circle.mandate()
        if mandate is None:
            return []
        return circle.wanting(*mandate) if says_what_is_so(seal, course.tree, covered, verdicts) else None

    def _kits_used(self, course: Course, seal: Entry) -> set[str]:
        """The recovery kits by which what a seal covers has revoked all other devices of somebody."""
        circle = course.copy(self.modules).circle
        fold_epoch(circle, course.covered(seal))
        before = course.circle.states["devices"].outranked
        return {kit for name, kit in circle.states["devices"].outranked.items() if name not in before}

    def _under(self, seal: Entry) -> set[bytes]:
        """The seals that descend from this one, and itself."""
        after, found = {seal.id}, {seal.id}
        for entry in sorted(self.entries.values(), key=lambda one: one.lamport):
            if any(parent in after for parent in entry.parents):
                after.add(entry.id)
                if entry.event == SEALED:
                    found.add(entry.id)
        return found


def displaces(wanting: list[str], other: Course, first: Entry, deciding: list[str], kits: set[str]) -> bool:
    """Whether a takeover stands before another course, which began with the seal `first`: enough of those who wanted it
    are still in the circle as far as that one went, and not more than half of all had gone on from that seal. Who has
    said by their recovery kit that all their other devices are lost, has not gone on by these, as long as that kit
    still stands there."""
    members, known = other.circle.roots.members, other.circle.states["devices"].kits
    still = [name for name in wanting if name in members and not members[name].gone]
    came_back = {known[kit].member for kit in kits if kit in known and known[kit].stands}
    others = (gone_on(other, first) & set(deciding)) - came_back
    return 2 * len(still) > len(deciding) >= 2 * len(others)


def gone_on(course: Course, first: Entry) -> set[str]:
    """Who has written on after the first seal of a course, as its later ones attest."""
    after, found = {first.id}, set[str]()
    for epoch in course.epochs[1:]:
        for entry in epoch:
            if any(parent in after for parent in entry.parents):
                after.add(entry.id)
                found.add(course.circle.roots.devices[entry.device.hex()].member)
    return found
