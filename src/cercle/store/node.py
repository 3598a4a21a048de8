"""A node: the circles on this machine, the people who use its pages, and the tokens that let them in."""

import os
from collections.abc import Callable, Hashable, Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Table, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from cercle.core.entry import ACT_SIZE, GENESIS, NO_CIRCLE, SALT_SIZE, Entry, Raw, compose, short, write_words
from cercle.core.event import Refused, known, split
from cercle.core.keys import Signer, public, sign
from cercle.core.log import invitation_message
from cercle.core.module import Modules
from cercle.store import codes, keyring, reminders
from cercle.store.database import data_version, is_writing, open_database, rows_written, transaction
from cercle.store.live import Live, Why, normal, now
from cercle.store.receive import Received, Run, receive
from cercle.store.tables import circles, invitations, people, settings, tokens

TOKEN_BYTES = 16
OTHERS_REVOKED = "devices.others_revoked"


class NotFound(LookupError):
    """No circle of that id or name here, or more than one: `choices` are those that fit."""

    def __init__(self, wanted: str, choices: list[str]) -> None:
        super().__init__(wanted)
        self.wanted = wanted
        self.choices = choices


class Node:
    """What this machine holds. One connection, one thread. `clock` gives the time in ms."""

    def __init__(self, data: Path, modules: Modules, clock: Callable[[], int] = now) -> None:
        self.data = data
        self.clock = clock
        self.modules = modules
        self.engine = open_database(data)
        self.connection = self.engine.connect()
        self._live: dict[int, Live] = {}
        self._keys: dict[tuple[int, str], Signer] = {}
        self._found: dict[Hashable, Any] = {}
        self._found_at = (0, 0)

    def close(self) -> None:
        self.connection.close()
        self.engine.dispose()

    def name(self) -> str:
        """What this installation calls itself in the logs: 8 random bytes, in hexadecimal."""
        return self.setting("node", lambda: os.urandom(8)).hex()

    def _remembered(self, key: Hashable, ask: Callable[[], Any]) -> Any:
        """What `ask` finds in the database, asked again only once anything was written there, by whomever."""
        if is_writing(self.connection):
            return ask()
        at = rows_written(self.connection), data_version(self.connection)
        if at != self._found_at:
            self._found_at = at
            self._found.clear()
        found = self._found.get(key)
        if found is None:
            found = ask()
            if found is not None:
                self._found[key] = found
        return found

    def _first(self, table: Table, which: ColumnElement[bool]) -> Any:
        return self.connection.execute(select(table).where(which)).first()

    # --- circles -------------------------------------------------------------------------------------------------

    def numbers(self) -> dict[int, bytes]:
        """Every circle that this node holds: number to id."""
        found: dict[int, bytes] = self._remembered("circles", self._circles)
        return found

    def _circles(self) -> dict[int, bytes]:
        query = select(circles.c.no, circles.c.id).order_by(circles.c.no)
        return {row.no: row.id for row in self.connection.execute(query)}

    def live(self, no: int) -> Live:
        """The folded circle, having taken in what others wrote."""
        found = self._live.get(no)
        if found is None:
            identifier = self.connection.scalar(select(circles.c.id).where(circles.c.no == no))
            if identifier is None:
                raise NotFound(str(no), [])
            found = self._live[no] = Live(self.connection, self.modules, no, identifier, self.clock)
        found.catch_up()
        return found

    def find(self, wanted: str) -> Live:
        """A circle by its id, a unique beginning of it, or its name. Raises `NotFound`."""
        numbers = self.numbers()
        fits = [no for no, identifier in numbers.items() if wanted and identifier.hex().startswith(wanted.lower())]
        if len(fits) != 1:
            named = [no for no in numbers if self.live(no).name(self.live(no).circle.roots.name) == wanted]
            fits = named or fits
        if len(fits) != 1:
            raise NotFound(wanted, [numbers[no].hex() for no in fits])
        return self.live(fits[0])

    def begin(self, person: int, genesis: msgspec.Struct, *events: Callable[[str], msgspec.Struct]) -> tuple[Live, str]:
        """Starts a circle with this person as its founder; `events` are made from the founder's member id."""
        seed = keyring.new_seed()
        key = keyring.load(seed)
        kept, words = split(known(type(genesis)), genesis)
        kept["act"] = os.urandom(ACT_SIZE)
        body = write_words(os.urandom(SALT_SIZE), normal(words))
        entry, header = compose(
            NO_CIRCLE,
            public(key),
            seq=0,
            prev=None,
            seen=[],
            lamport=0,
            time=self.clock(),
            event=GENESIS,
            kept=kept,
            body=body,
        )
        member = short(entry.id)
        with transaction(self.connection):
            no = self._add_circle(entry.id)
            keyring.keep_key(self.connection, no, person, member, seed)
            live = Live(self.connection, self.modules, no, entry.id, self.clock)
            live.plant(key, entry, Raw(header, sign(key, entry.id), body), [make(member) for make in events])
        self._live[no] = live
        return live, member

    def _add_circle(self, identifier: bytes) -> int:
        return int(self.connection.execute(insert(circles).values(id=identifier)).lastrowid)

    def receive(self, circle: bytes, sections: Iterable[Sequence[Run]], at_hand: bool = False) -> Received:
        """Takes in what others wrote, section by section, and folds it. See `store.receive`."""
        live = next((self.live(no) for no, identifier in self.numbers().items() if identifier == circle), None)
        before = live.last if live is not None else 0

        def folds(no: int) -> Live:
            nonlocal live
            live = live or Live(self.connection, self.modules, no, circle, self.clock)
            return live

        if live is not None:
            live.erasing.has_news = False
        try:
            received = receive(self.connection, circle, sections, folds, at_hand)
        except BaseException:
            if live is not None:
                live.is_torn = True
            raise
        if live is not None and received.circle:
            self._live[received.circle] = live
            live.finish(before)
            if received.has_brought:
                live.seal_among_others()
            if live.erasing.has_news and (key := self.own_key(live)) is not None:
                live.gather(key)
            self.forget_revoked(live)
        return received

    def own_key(self, live: Live) -> Signer | None:
        """A key with which this node speaks for somebody who is in the circle now."""
        roots = live.replica.roots
        here = (member for member, one in roots.members.items() if not one.gone)
        found = (keyring.key_of_member(self.connection, live.no, member) for member in here)
        return next((key for key in found if key is not None), None)

    def key(self, live: Live, member: str) -> Signer:
        """The key with which this node writes for a member. Raises `Refused`."""
        found = self._keys.get((live.no, member)) or keyring.key_of_member(self.connection, live.no, member)
        if found is None:
            is_known = member in keyring.members_known(self.connection, live.no)
            raise Refused(keyring.Why.GONE if is_known else Why.NO_KEY)
        self._keys[live.no, member] = found
        return found

    def act(self, live: Live, member: str, *events: msgspec.Struct, act: bytes | None = None) -> list[Entry]:
        """What a member does, through the page, the API or the command line. Raises `Refused`."""
        written = live.act(self.key(live, member), events, act)
        self.forget_revoked(live)
        return written

    def forget_revoked(self, live: Live) -> None:
        """Deletes the keys here that were revoked, once that is settled: who moved to a machine of their own, or has
        lost this one, is written for by it no more. Who came in by a recovery kit elsewhere, and has lost all else, is
        also signed out here, whoever has their phone, and reminded of nothing."""
        devices = live.replica.understood.states.get("devices")
        if devices is None or not devices.revoked or is_writing(self.connection):
            return
        pending = {short(identifier) for identifier in live.replica.pending.entries}
        settled = {key for key, entry in devices.revoked.items() if entry not in pending}
        with transaction(self.connection):
            lost = keyring.forget(self.connection, live.no, settled)
            for key, person in lost.items():
                entry = live.entry(devices.revoked[key])
                if person and entry is not None and entry.event == OTHERS_REVOKED:
                    self.connection.execute(delete(tokens).where(tokens.c.person == person))
                    reminders.forget_person(self.connection, person)
        if lost:
            self._keys.clear()
            live.purge()

    def invite(
        self, live: Live, member: str, invited: Callable[[bytes], msgspec.Struct], act: bytes | None = None
    ) -> tuple[str, bytes]:
        """An invitation (id, private seed): `invited` makes the event from the invitation's public key."""
        code = codes.new_code()
        seed = codes.seed_of(code)
        with transaction(self.connection):
            entry = self.act(live, member, invited(public(keyring.load(seed))), act=act)[0]
            self.connection.execute(insert(invitations).values(id=short(entry.id), circle=live.no, seed=code))
        return short(entry.id), seed

    def invitation_seed(self, invitation: str) -> tuple[int, bytes] | None:
        """(circle number, private seed) of an invitation that was made on this node."""
        row = self._first(invitations, invitations.c.id == invitation)
        if row is None:
            return None
        return row.circle, codes.seed_of(row.seed) if len(row.seed) == codes.CODE_SIZE else row.seed

    def code_of(self, invitation: str) -> bytes | None:
        """The code of an invitation that was made on this node; None where it has none, as those of old."""
        row = self._first(invitations, invitations.c.id == invitation)
        return row.seed if row is not None and len(row.seed) == codes.CODE_SIZE else None

    def invitation_of(self, code: bytes) -> str | None:
        """The invitation that was made on this node with this code."""
        return self.connection.scalar(select(invitations.c.id).where(invitations.c.seed == code))

    def join(
        self,
        live: Live,
        person: int,
        invitation: str,
        secret: bytes,
        joined: Callable[[bytes], msgspec.Struct],
    ) -> str:
        """Lets somebody in on a device key that this node holds; gives their member id. Raises `Refused`."""
        seed = keyring.new_seed()
        key = keyring.load(seed)
        proof = sign(keyring.load(secret), invitation_message(live.id, public(key)))
        with transaction(self.connection):
            entry = live.join(key, joined(proof), invitation)
            member = live.circle.roots.devices[entry.device.hex()].member
            keyring.keep_key(self.connection, live.no, person, member, seed)
        self._keys.pop((live.no, member), None)
        return member

    # --- people and tokens ---------------------------------------------------------------------------------------

    def new_person(self, language: str = "") -> int:
        """Somebody who uses this node's pages; one person may be in several circles."""
        return keyring.new_person(self.connection, language)

    def owner(self) -> int:
        """The person to whom the door's token belongs: the first of this node, made where there is none yet."""
        found = self.connection.scalar(select(people.c.no).order_by(people.c.no).limit(1))
        return int(found) if found is not None else self.new_person()

    def newcomer(self, language: str = "") -> int:
        """The person of somebody who comes in on the machine itself: its owner, as long as they are in no circle."""
        owner = self.owner()
        if self.circles_of(owner):
            return self.new_person(language)
        self.describe_person(owner, language=language or self.person(owner).language)
        return owner

    def person(self, person: int) -> Any:
        return self._remembered(("person", person), lambda: self._first(people, people.c.no == person))

    def circles_of(self, person: int) -> dict[int, str]:
        """Circle number to member, for every circle in which this node writes for that person."""
        found: dict[int, str] = self._remembered(
            ("circles of", person), lambda: keyring.members_of_person(self.connection, person)
        )
        return found

    def describe_person(self, person: int, **values: str) -> None:
        """Sets their language or the hash of their tablet PIN."""
        self.connection.execute(update(people).where(people.c.no == person).values(**values))

    def make_token(
        self,
        purpose: str,
        person: int | None = None,
        circle: int | None = None,
        lasts: int = 0,
        label: str = "",
    ) -> str:
        """A secret of which only the hash is kept: for a door, signin, session, tablet or api; `lasts` in ms."""
        token = os.urandom(TOKEN_BYTES).hex()
        made = self.clock()
        row = {"hash": digest(token), "purpose": purpose, "person": person, "circle": circle, "label": label}
        self.connection.execute(insert(tokens).values(**row, made=made, until=made + lasts if lasts else 0))
        return token

    def token(self, token: str, *purposes: str) -> Any:
        """The row of a valid token, or None."""
        hashed = digest(token)
        row = self._remembered(hashed, lambda: self._first(tokens, tokens.c.hash == hashed))
        is_valid = row is not None and row.purpose in purposes and (not row.until or row.until > self.clock())
        return row if is_valid else None

    def tokens_of(self, purpose: str, person: int | None = None, circle: int | None = None) -> list[Any]:
        """The rows of the valid tokens of a person or of a circle, the newest first."""
        whose = tokens.c.person == person if person is not None else tokens.c.circle == circle
        query = select(tokens).where(tokens.c.purpose == purpose, whose).order_by(tokens.c.made.desc())
        return [row for row in self.connection.execute(query) if not row.until or row.until > self.clock()]

    def end_token_of(self, row: Any) -> None:
        """What this row of a token let in, stays outside."""
        self.connection.execute(delete(tokens).where(tokens.c.hash == row.hash))

    def end_token(self, token: str) -> None:
        """It opens nothing any more."""
        self.connection.execute(delete(tokens).where(tokens.c.hash == digest(token)))

    def setting(self, name: str, make: Callable[[], bytes] | None = None) -> bytes:
        """A value that the node keeps; where there is none yet, the one that `make` gives, or nothing."""
        found = self.connection.scalar(select(settings.c.value).where(settings.c.name == name))
        if found is None and make is not None:
            found = make()
            self.keep_setting(name, found)
        return found or b""

    def keep_setting(self, name: str, value: bytes) -> None:
        statement = upsert(settings).values(name=name, value=value)
        self.connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


def digest(token: str) -> bytes:
    """What is kept of a token: it has 128 random bits, so that a plain hash is enough."""
    return sha256(token.encode()).digest()
