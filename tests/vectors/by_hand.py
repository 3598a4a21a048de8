"""A small circle, written entry by entry with keys that are the same each time, and entries wrong on purpose."""

from hashlib import sha256
from typing import Any

from cercle.core.entry import NO_CIRCLE, entry_id, short
from cercle.core.keys import Signer, public, sign, signer
from cercle.core.log import invitation_message
from cercle.core.spelling import spell

BEGINNING = 1_772_438_400_000
NULL = object()  # where None is to be written and not the default


def key(name: str) -> Signer:
    return signer(sha256(b"cercle vectors: " + name.encode()).digest())


def chance(about: str, size: int = 16) -> bytes:
    return sha256(about.encode()).digest()[:size]


class Written:
    """An entry as bytes, with what the next ones need of it."""

    def __init__(
        self, device: bytes, header: bytes, signature: bytes | None, body: bytes | None, circle: bytes
    ) -> None:
        self.device, self.header, self.signature, self.body = device, header, signature, body
        self.id = entry_id(circle, device, header)
        self.seq = self.lamport = 0

    @property
    def short(self) -> str:
        return short(self.id)

    def told(self) -> dict[str, str | None]:
        return {
            "id": self.id.hex(),
            "device": self.device.hex(),
            "header": self.header.hex(),
            "signature": self.signature.hex() if self.signature is not None else None,
            "body": self.body.hex() if self.body is not None else None,
        }


class Log:
    """`entries` stand in the order in which they were written, which is one in which parents come first."""

    def __init__(self) -> None:
        self.id = NO_CIRCLE
        self.entries: list[Written] = []
        self.heads: dict[str, Written] = {}

    def copy(self) -> "Log":
        log = Log()
        log.id, log.entries, log.heads = self.id, list(self.entries), dict(self.heads)
        return log

    def write(self, name: str, event: str, kept: dict[str, Any] | None = None, **other: Any) -> Written:
        """Somebody's next entry, which then stands in the log: see `make`."""
        written = self.make(name, event, kept, **other)
        if event == "circle.begun":
            self.id = written.id
        self.entries.append(written)
        self.heads[name] = written
        return written

    def make(
        self,
        name: str,
        event: Any,
        kept: Any = None,
        *,
        words: dict[str, Any] | None = None,
        seen: list[Written] | None = None,
        **other: Any,
    ) -> Written:
        """Somebody's next entry, which cites `seen`. Any of the ten fields may be given as it should not be, as
        `header` the bytes of all of them, and as `body`, `signature`, `device` or `circle` what stands beside it."""
        before, cited, own = self.heads.get(name), seen or [], key(name)
        body = chance(f"salt {len(self.entries)}") + spell(words) if words else None
        body = other.get("body", body)
        fields = {
            "version": 1,
            "seq": before.seq + 1 if before else 0,
            "prev": before.id if before else None,
            "seen": [one.id for one in sorted(cited, key=lambda one: (-one.lamport, one.id))],
            "lamport": 1 + max([one.lamport for one in [*cited, *([before] if before else [])]], default=-1),
            "time": BEGINNING + 60_000 * len(self.entries),
            "event": event,
            "kept": kept if kept is not None else {},
            "body_size": len(body or b""),
            "body_hash": sha256(body).digest() if body else None,
        }
        fields |= {field: value for field, value in other.items() if field in fields}
        fields = {field: None if value is NULL else value for field, value in fields.items()}
        header = other["header"] if "header" in other else spell(list(fields.values()))
        device, circle = other.get("device", public(own)), other.get("circle", self.id)
        written = Written(device, header, None, None if body is NULL else body, circle)
        written.signature = other.get("signature", sign(own, written.id))
        written.seq, written.lamport = fields["seq"], fields["lamport"]
        return written

    def proof(self, name: str, invitation: str, circle: bytes | None = None) -> bytes:
        """What the invitation of that name signs for somebody's device."""
        return sign(key(invitation), invitation_message(self.id if circle is None else circle, public(key(name))))


class Circle(Log):
    """Amina begins; Bruno and Chloé, adults, and Dov, a guest, join; Amina seals. `open` admits one person more."""

    def __init__(self) -> None:
        super().__init__()
        modules = {"circle": 1, "people": 1, "accounts": 1, "groceries": 1}
        self.begun = self.write(
            "amina", "circle.begun", {"act": chance("act 0"), "modules": modules}, words={"name": "Chez Amina"}
        )
        self.amina = self.begun.short
        described = {"act": chance("act 1"), "member": self.amina}
        self.write("amina", "people.described", described, words={"name": "Amina"})
        self.joined = {name: self.join(name, kind) for name, kind in PEOPLE.items()}
        self.bruno, self.chloe, self.dov = (one.short for one in self.joined.values())
        self.open = self.invite("open")
        sealed = {"term": 0, "count": 9, "root": chance("a root", 32), "state": chance("a state", 32)}
        self.sealed = self.write("amina", "circle.sealed", sealed, seen=list(self.joined.values()))

    def invite(self, name: str, **kept: Any) -> Written:
        return self.write("amina", "people.invited", {"key": public(key(name)), **kept})

    def join(self, name: str, kind: str) -> Written:
        invited = self.invite(f"invitation of {name}", kind=kind)
        proof = self.proof(name, f"invitation of {name}")
        kept = {"act": chance(f"act {name}"), "invitation": invited.short, "proof": proof}
        return self.write(name, "people.joined", kept, words={"name": name.capitalize()}, seen=[invited])


PEOPLE = {"bruno": "adult", "chloe": "adult", "dov": "guest"}
