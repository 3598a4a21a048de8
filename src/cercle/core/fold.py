"""The fold: from entries in order to the circle's state, with a verdict for each."""

from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from cercle.core.acts import Acts
from cercle.core.entry import GENESIS, Entry, short
from cercle.core.event import CIRCLE, DECIDED, Event, Reason, Refused
from cercle.core.log import JOINED, SEALED, ancestors
from cercle.core.module import Modules, Rule
from cercle.core.shelf import Shelf
from cercle.core.spelling import head, in_spelled_order, spell

REMOVAL_AGREED = "people.removal_agreed"
KEEPER_AGREED = "devices.keeper_agreed"
ADULT = "adult"
SPELLED_AT_ONCE = 1024


class Why(Reason):
    """What the fold itself refuses, whatever the module."""

    STRANGER = ("circle.stranger", "This device belongs to nobody in the circle.")
    FORKED = ("circle.forked", "This device contradicted itself and was frozen.")
    REVOKED = ("circle.revoked", "This device was revoked.")
    LEFT = ("circle.left", "This person had left the circle.")
    REMOVED = ("circle.removed", "This person had been removed from the circle.")
    TWICE = ("circle.twice", "This was done already: the same tap arrived twice.")
    UNKNOWN = ("circle.unknown", "The circle does not use this kind of event.")
    MALFORMED = ("circle.malformed", "The fields of this event are not as they should be.")
    NOT_ALLOWED = ("circle.not_allowed", "This is not yours to do in this circle.")
    TO_DECIDE = ("circle.to_decide", "Here the circle decides that together: propose it.")
    KEEPER = ("circle.keeper", "The device of this person keeps the log: that role is handed on first.")


class UpdateNeeded(Exception):
    """The circle uses a module, or a version of one, that this program does not have: nothing is judged."""


class Device(msgspec.Struct):
    """A key and its chain: whose it is ("": nobody's, since its first entry was void), who holds it ("node" or
    "member"), and where its chain has got to."""

    member: str
    holder: str
    node: str
    seq: int
    head: bytes
    forked: bool = False


class Member(msgspec.Struct):
    """A person of the circle: `kind` is adult, child or guest; `gone` is "", "left" or "removed"."""

    kind: str
    gone: str = ""


class Roots(msgspec.Struct):
    """What the order and the verdicts themselves rest on. `time` is in ms; `devices` are keyed by hex."""

    begun: str = ""
    name: str = ""
    form: str = ""
    unit: str = ""
    keeper: str = ""
    term: int = 0
    epoch: int = 0
    time: int = 0
    modules: dict[str, int] = {}
    coming: dict[str, int] = {}
    parts: dict[str, bool] = {}
    members: dict[str, Member] = {}
    devices: dict[str, Device] = {}
    agreed: dict[str, list[str]] = {}


class Act(msgspec.Struct, frozen=True, gc=False):
    """What a rule sees of an entry: the event's kept fields and by whom; never a word, never a clock. `id` is the short
    one, by which later events name what this one brought."""

    by: str
    event: Any
    entry: Entry
    id: str

    @property
    def time(self) -> int:
        """What the device's clock claimed, in ms; a claim, for display."""
        return self.entry.time


class Circle:
    """The state that the fold of a log has come to: `roots`, and one struct a module, as attributes."""

    def __init__(self, modules: Modules, states: dict[str, Any] | None = None) -> None:
        self.loaded = modules
        self.states: dict[str, Any] = states or {"circle": Roots()}
        self.roots: Roots = self.states["circle"]
        self.acts: dict[str, Acts] = {}
        self._known: dict[str, tuple[Event, Rule]] = {}
        self._powers: dict[str, list[str]] = {}
        self._by_role: dict[str, list[str]] = {}
        self._decisions: Any = None
        self._following: dict[str, list[Rule]] = {}
        self.use_adopted()

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    @property
    def time(self) -> int:
        """The circle's time: that of its last seal, in ms."""
        return self.roots.time

    def use_adopted(self) -> None:
        """Makes the adopted modules' states and rules the ones in force. Raises `UpdateNeeded`.

        A module without those it needs is not in force, and neither are its events; `circle` always is.
        """
        if missing := self.lacking():
            raise UpdateNeeded(missing)
        self._following = {}
        for module in self.loaded:
            wanted = module.name == "circle" or module.name in self.roots.modules
            if not wanted or any(need not in self.states for need in module.needs):
                continue
            if module.name not in self.states:
                self.states[module.name] = module.state()
            for event in module.events.values():
                self._known[event.name] = (event, module.rules[event.name])
            for name, follow in module.follows.items():
                event, before = self._known[name]
                self._known[name] = (event, followed(before, follow))
                self._following.setdefault(name, []).append(follow)
        self._look_up()

    def put_back(self, states: dict[str, Any]) -> None:
        """The states as they were before something that was undone."""
        self.states, self.roots = states, states["circle"]
        self._look_up()

    def _look_up(self) -> None:
        """What is asked for with every entry."""
        self.__dict__.update(self.states)
        charter = self.states.get("charter")
        self._powers = charter.powers if charter is not None else {}
        self._by_role = self.states["roles"].may if "roles" in self.states else {}
        self._decisions = self.states.get("decisions")

    def setting(self, name: str, otherwise: Any) -> Any:
        """What the circle's charter says, where it has one."""
        charter = self.states.get("charter")
        return otherwise if charter is None else charter.values.get(name, otherwise)

    def lacking(self) -> str:
        """A module and its version that the circle uses, or will from the next seal on, and this program does
        not have; "" where it has all."""
        for name, version in (self.roots.modules | self.roots.coming).items():
            module = self.loaded.by_name.get(name)
            if module is None or module.version != version:
                return f"{name} {version}"
        return ""

    def judge(self, entry: Entry, trouble: "Trouble") -> str:
        """Applies one entry and gives its verdict: "" for ok, else the code of the reason why it is void."""
        roots = self.roots
        device = roots.devices.get(entry.device.hex())
        if device is None:
            return self._judge_first(entry, trouble)
        device.seq = entry.seq
        device.head = entry.id
        if trouble.judged and entry.id in trouble.judged:
            verdict = trouble.judged[entry.id]
            if not verdict and entry.event in self._following:
                self._follow_consent(entry, device.member)
            return verdict
        if device.forked or (trouble.forked and trouble.is_forked(entry)):
            return self._frozen(entry)
        by = device.member
        if not by:
            return Why.STRANGER.code
        member = roots.members[by]
        if member.gone and not (entry.event == SEALED and self._seals(entry)):
            return Why.LEFT.code if member.gone == "left" else Why.REMOVED.code
        return self._apply(entry, device, by, member.kind)

    def _frozen(self, entry: Entry) -> str:
        """A device is frozen since it told two stories, or since its owner revoked it."""
        return Why.REVOKED.code if self.is_revoked(entry.device.hex()) else Why.FORKED.code

    def is_revoked(self, device: str) -> bool:
        """Whether its owner has revoked this device (in hexadecimal), as far as the circle uses that."""
        devices = self.states.get("devices")
        return devices is not None and device in devices.revoked

    def _judge_first(self, entry: Entry, trouble: "Trouble") -> str:
        """A device's first entry begins the circle or joins it; after any other, the device is nobody's for good."""
        roots = self.roots
        if entry.seq or entry.event != (JOINED if roots.begun else GENESIS):
            verdict = Why.STRANGER.code
        elif roots.begun and trouble.is_forked(entry):
            verdict = Why.FORKED.code
        else:
            verdict = self._apply(entry, None, "", "")
        if verdict:
            roots.devices[entry.device.hex()] = Device("", "", "", entry.seq, entry.id)
        return verdict

    def _apply(self, entry: Entry, device: Device | None, by: str, kind: str) -> str:
        """Holds an entry to what its event may say and do, and lets the rule change the state; a verdict."""
        known = self._known.get(entry.event)
        if known is None:
            return Why.UNKNOWN.code
        declared, rule = known
        try:
            event = declared.read(entry.kept, declared.kept)
        except msgspec.ValidationError:
            return Why.MALFORMED.code
        act, done = event.act, self.acts.get(by)
        if act and done is not None and (act in done.new or (done.packed and act in done)):
            return Why.TWICE.code
        may = self._powers.get(entry.event, declared.may)
        is_allowed = device is None or kind in may or by in self._by_role.get(entry.event, ())
        if not is_allowed and not ("keeper" in may and self._seals(entry)):
            return (Why.TO_DECIDE if DECIDED.issuperset(may) and may else Why.NOT_ALLOWED).code
        try:
            rule(self, Act(by, event, entry, entry.id[:10].hex()))  # `short`, without a call for each entry there is
        except Refused as refusal:
            return refusal.reason.code
        if act:
            if done is None:
                done = self.acts_of(by or self.roots.devices[entry.device.hex()].member)
            done.new.add(act)
        if self._decisions is not None and by:
            self._hear(by, entry.time)
        return ""

    def _hear(self, by: str, clock: int) -> None:
        """Notes when somebody last did something, for what counts who was active, and whose clock has run."""
        heard, clocks = self._decisions.heard, self._decisions.clocks
        heard[by] = self.roots.time
        if clock > clocks.get(by, 0):
            clocks[by] = clock

    def acts_of(self, member: str) -> Acts:
        found = self.acts.get(member)
        if found is None:
            found = self.acts[member] = Acts()
        return found

    def consent(self, entry: Entry, by: str) -> tuple[str, str | None]:
        """(for whose removal, verdict) of an adult's consent; None where it does not count as one, and is judged
        in its turn as any other entry."""
        known, target = self._known.get(entry.event), self.roots.members.get(str(entry.kept.get("member")))
        if known is None or target is None or target.gone:
            return "", None
        try:
            event = known[0].read(entry.kept, known[0].kept)
        except msgspec.ValidationError:
            return "", None
        if event.member == by or event.act in self.acts.get(by, ()):
            return "", None
        keeper = self.keeper_device()
        if keeper is not None and keeper.member == event.member:
            return "", Why.KEEPER.code
        if event.act:
            self.acts_of(by).new.add(event.act)
        return event.member, ""

    def _follow_consent(self, entry: Entry, by: str) -> None:
        """What follows a consent that counted: it had its effect before its turn, and no rule of its own runs."""
        declared, _ = self._known[entry.event]
        act = Act(by, declared.read(entry.kept, declared.kept), entry, short(entry.id))
        for follow in self._following[entry.event]:
            follow(self, act)

    def keeper_device(self) -> Device | None:
        return self.roots.devices.get(self.roots.keeper)

    def last_sealer(self) -> str:
        """The device that has made the last seal, in hexadecimal: the keeper's, but where it handed the role on by
        that."""
        devices = self.states.get("devices")
        former: str = devices.former if devices is not None else ""
        return former or self.roots.keeper

    def mandate(self) -> tuple[str, int] | None:
        """The device (in hexadecimal) that is to seal the log though the keeper did not hand it on, and in which term:
        more than half of those who could decide at the last seal want it. None where there is none that could."""
        devices = self.states.get("devices")
        if devices is None or not devices.agreed:
            return None
        for term, key in sorted({(one.term, one.device) for one in devices.agreed.values()}, reverse=True):
            if 2 * len(self.wanting(key, term)) > len(devices.deciding):
                device = self.roots.devices[key]
                stands = not device.forked and not self.roots.members[device.member].gone
                return (key, term) if stands else None
        return None

    def sealing(self) -> tuple[str, int]:
        """The device that makes the next seal, in hexadecimal, and in which term."""
        return self.mandate() or (self.roots.keeper, self.roots.term)

    def wanting(self, key: str, term: int) -> list[str]:
        """Those who could decide at the last seal and want this device to seal the log in this term."""
        devices, members = self.states["devices"], self.roots.members
        agreed = {name for name, one in devices.agreed.items() if (one.device, one.term) == (key, term)}
        return [name for name in devices.deciding if name in agreed and not members[name].gone]

    def _seals(self, entry: Entry) -> bool:
        """Whether the device does what is for the keeper. The last seal of a keeper stands in the next one's epoch."""
        by = entry.device.hex()
        return by == self.roots.keeper or (entry.event == SEALED and by == self.last_sealer())

    def may(self, member: str, event: str) -> bool:
        """Whether this member may do such an event here, so that a page offers only that."""
        known, person = self._known.get(event), self.roots.members.get(member)
        if known is None or person is None or person.gone:
            return False
        is_by_role = member in self._by_role.get(event, ())
        return is_by_role or person.kind in self._powers.get(event, known[0].may)

    def is_decided(self, event: str) -> bool:
        """Whether such an event is for the circle alone, by a decision."""
        known = self._known.get(event)
        may = self._powers.get(event, known[0].may) if known is not None else ()
        return bool(may) and DECIDED.issuperset(may)

    def who_may(self, power: str) -> tuple[set[str], list[str]]:
        """Who may do an event, or what the charter lets somebody do of one: kinds of people, "keeper" and "circle" with
        them; and those who may by a role of theirs."""
        known = self._known.get(power)
        return set(self._powers.get(power, known[0].may if known else ())), self._by_role.get(power, [])

    def allows(self, power: str, by: str) -> bool:
        """Whether the charter lets somebody do what is only a part of what an event can be; all may without it."""
        may = self._powers.get(power)
        if may is None or by == CIRCLE or by in self._by_role.get(power, ()):
            return True
        return self.roots.members[by].kind in may

    def is_adult(self, by: str) -> bool:
        """Whether somebody acts as an adult: one of them, or the circle itself."""
        return by == CIRCLE or self.roots.members[by].kind == ADULT

    def declared(self, event: str) -> tuple[Event, Rule] | None:
        """An event that is in force here, and its rule with all that follows."""
        return self._known.get(event)


def followed(first: Rule, then: Rule) -> Rule:
    """A rule, and what another module does where it does not refuse: one call, made up once."""

    def both(circle: Circle, act: Act) -> None:
        first(circle, act)
        then(circle, act)

    return both


class Trouble:
    """What must be known of an epoch before its entries are judged one by one: forks and removals.

    `forked`: the seq from which a device's entries are void. `judged`: the verdicts of consents to removals.
    `spared`: entries from before a removal, and the members who are still in the circle as far as these go.
    """

    def __init__(self, circle: Circle, entries: list[Entry]) -> None:
        self.forked: dict[bytes, int] = {}
        self.judged: dict[bytes, str] = {}
        self.spared: dict[bytes, list[Member]] = {}
        self._find_forks(circle.roots, entries)
        consents = [entry for entry in entries if entry.event == REMOVAL_AGREED]
        if consents:
            self._judge_removals(circle, consents, {entry.id: entry for entry in entries})

    def is_forked(self, entry: Entry) -> bool:
        """Whether the entry stands at or after a fork that this epoch shows."""
        return entry.device in self.forked and entry.seq >= self.forked[entry.device]

    def _find_forks(self, roots: Roots, entries: list[Entry]) -> None:
        """A device with two entries of one seq is void from there, save what an earlier epoch had settled."""
        heads: dict[bytes, bytes | None] = {}
        devices = roots.devices
        for entry in entries:
            device = entry.device
            if device not in heads:
                known = devices.get(device.hex())
                heads[device] = known.head if known else None
            if heads[device] != entry.prev:
                self.forked[device] = min(entry.seq, self.forked.get(device, entry.seq))
            heads[device] = entry.id

    def _judge_removals(self, circle: Circle, consents: list[Entry], entries: dict[bytes, Entry]) -> None:
        """Consents to a removal are judged first, against the state at the last epoch's end, never each other."""
        roots = circle.roots
        voters = {name for name, member in roots.members.items() if member.kind == ADULT and not member.gone}
        agreed = {target: set(names) & voters for target, names in roots.agreed.items()}
        counted: dict[str, list[Entry]] = {}
        for entry in consents:
            device = roots.devices.get(entry.device.hex())
            if device is None or device.member not in voters or device.forked or self.is_forked(entry):
                continue
            target, verdict = circle.consent(entry, device.member)
            if verdict is not None:
                self.judged[entry.id] = verdict
            if verdict == "":
                agreed.setdefault(target, set()).add(device.member)
                counted.setdefault(target, []).append(entry)
        for target, consents_to in counted.items():
            roots.agreed[target] = sorted(agreed[target])
            if len(agreed[target]) >= 2 and 2 * len(agreed[target]) > len(voters - {target}):
                roots.members[target].gone = "removed"
                del roots.agreed[target]
                for before in ancestors(entries, consents_to):
                    self.spared.setdefault(before, []).append(roots.members[target])


def fold_epoch(circle: Circle, entries: list[Entry]) -> list[str]:
    """Judges the entries of one epoch, or all pending ones, in order; a verdict each."""
    trouble = Trouble(circle, entries)
    if trouble.spared:
        verdicts = [_judge_beside_removals(circle, entry, trouble) for entry in entries]
    else:
        judge = circle.judge
        verdicts = [judge(entry, trouble) for entry in entries]
    for device in trouble.forked:
        circle.roots.devices[device.hex()].forked = True
    return verdicts


def _judge_beside_removals(circle: Circle, entry: Entry, trouble: Trouble) -> str:
    """What a removal descends from is judged as if the person were still in the circle."""
    back = trouble.spared.get(entry.id, ())
    for member in back:
        member.gone = ""
    verdict = circle.judge(entry, trouble)
    for member in back:
        member.gone = "removed"
    return verdict


def close_epoch(circle: Circle, time: int) -> None:
    """A seal at `time` (ms) moves the circle's time on: what was coming is in force, what is due happens once."""
    roots = circle.roots
    since, roots.time = roots.time, max(roots.time, time)
    roots.epoch += 1
    if roots.coming:
        roots.modules.update(roots.coming)
        roots.coming.clear()
        circle.use_adopted()
    for name in roots.modules:
        at_seal = circle.loaded.by_name[name].at_seal if name in circle.states else None
        if at_seal is not None:
            at_seal(circle, since)


def state_hash(circle: Circle) -> bytes:
    """SHA-256 over {module: SHA-256 of its kept state}, both spelled as DAG-CBOR; words are in neither."""
    hashes = {name: _hash_of(state) for name, state in circle.states.items()}
    return sha256(spell(hashes)).digest()


def _hash_of(state: msgspec.Struct) -> bytes:
    """SHA-256 of the spelling of one module's state, made piece by piece: the whole of it may be larger than all
    else that a small machine holds in memory."""
    fields = {field.encode_name: getattr(state, field.name) for field in msgspec.structs.fields(state)}
    digest = sha256(head(5, len(fields)))
    for name in in_spelled_order(fields):
        digest.update(spell(name))
        value = fields[name]
        if isinstance(value, Shelf):
            value = value.summary()
        if type(value) is not dict:
            digest.update(_spelled(value))
            continue
        digest.update(head(5, len(value)))
        keys = in_spelled_order(value)
        for start in range(0, len(keys), SPELLED_AT_ONCE):
            some = {key: value[key] for key in keys[start : start + SPELLED_AT_ONCE]}
            digest.update(_spelled(some)[len(head(5, len(some))) :])
    return digest.digest()


def _spelled(value: Any) -> bytes:
    return spell(msgspec.to_builtins(value, builtin_types=(bytes,)))
