"""Proofs that entries were settled, made without what the program makes them with; and checkpoints."""

from base64 import b32encode
from hashlib import sha256
from typing import Any

from cercle.core.entry import Entry
from cercle.core.replica import Replica
from cercle.core.spelling import spell
from cercle.modules.devices.events import HandedOn
from cercle.modules.groceries.events import Listed, ProductAdded
from tests.story import Story

MAGIC = b"cercle-proof/1\n"


class Told:
    """Bruno puts milk on the list twice, of which the second is void; the log is handed on to him, and he seals."""

    def __init__(self) -> None:
        self.story = story = Story("bruno")
        milk = story.bruno.brings(ProductAdded(name="Milk"))
        story.bruno.brings(Listed(product=milk))
        self.listed = story.bruno.last
        story.bruno.is_refused(Listed(product=milk))
        self.void = story.bruno.last
        story.amina.brings(HandedOn(device=story.bruno.device))
        self.handed_on = story.amina.last
        story.seal()
        story.amina.brings(ProductAdded(name="Bread"))
        self.late = story.amina.last
        story.seal()
        replica = Replica(story.modules)
        self.order = [
            (entry, verdict)
            for epoch in replica.take(story.entries.values())
            for entry, verdict in zip(epoch.entries, epoch.verdicts, strict=True)
        ]
        self.seals = [entry for entry in story.entries.values() if entry.event == "circle.sealed"]
        self.genesis = next(iter(story.entries.values()))

    def run(self, entry: Entry) -> list[Any]:
        raw = self.story.raws[entry.id]
        return [entry.device, [raw.header], raw.signature]

    def settled(self, entry: Entry) -> list[Any]:
        index = next(at for at, (one, _) in enumerate(self.order) if one.id == entry.id)
        seal = next(one for one in self.seals if one.kept["count"] > index)
        leaves = [one.id + verdict.encode() for one, verdict in self.order[: seal.kept["count"]]]
        return [self.run(entry), self.order[index][1], index, path(leaves, index), self.run(seal)]

    def proof(self, entry: Entry, handovers: list[Entry], body: bytes | None = None) -> list[Any]:
        header = self.story.raws[self.genesis.id].header
        before = [self.settled(one) for one in handovers]
        return [self.story.id, self.genesis.device, header, before, self.settled(entry), body]


def root(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1."""
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0]).digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + root(leaves[:half]) + root(leaves[half:])).digest()


def path(leaves: list[bytes], index: int) -> list[bytes]:
    """RFC 6962, section 2.1.1."""
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if index < half:
        return [*path(leaves[:half], index), root(leaves[half:])]
    return [*path(leaves[half:], index - half), root(leaves[:half])]


def cases() -> list[dict[str, Any]]:
    told = Told()
    body = told.story.raws[told.late.id].body
    listed, late = told.proof(told.listed, []), told.proof(told.late, [told.handed_on], body)
    right: list[tuple[str, list[Any], Entry]] = [
        ("settled, and ok", listed, told.listed),
        ("settled, and void", told.proof(told.void, []), told.void),
        ("in the second term, with the entry that handed the log on, and with its words", late, told.late),
    ]

    def other(proof: list[Any], **changed: Any) -> list[Any]:
        """The same with something else in what it says of the entry: run, verdict, index, path or seal."""
        names = ["run", "verdict", "index", "path", "seal"]
        return [*proof[:4], [changed.get(name, value) for name, value in zip(names, proof[4], strict=True)], proof[5]]

    wrong: list[tuple[str, str, list[Any]]] = [
        ("proof.root", "another verdict", other(listed, verdict="groceries.listed_already")),
        ("proof.root", "another place", other(listed, index=listed[4][2] + 1)),
        ("proof.root", "a path that is too short", other(listed, path=listed[4][3][:-1])),
        ("proof.root", "a later seal, which is right, with this path", other(listed, seal=told.run(told.seals[0]))),
        ("proof.keeper", "the log was handed on, and nothing says so", [*late[:3], [], *late[4:]]),
        ("proof.keeper", "an entry that handed nothing on", [*late[:3], [told.settled(told.listed)], *late[4:]]),
        ("proof.malformed", "the id of another circle", [sha256(told.story.id).digest(), *listed[1:]]),
        ("proof.entry", "somebody else's signature", other(listed, run=[*listed[4][0][:2], told.run(told.late)[2]])),
        ("proof.malformed", "words of another entry", [*listed[:5], body]),
        ("proof.malformed", "a part more", [*listed, None]),
    ]
    return [
        *({"about": about, "verdict": "ok", "entry": entry.id.hex(), **raw(proof)} for about, proof, entry in right),
        *({"about": about, "verdict": code, **raw(proof)} for code, about, proof in wrong),
    ]


def raw(proof: list[Any]) -> dict[str, str]:
    return {"file": (MAGIC + spell(proof)).hex()}


def checkpoints() -> list[dict[str, Any]]:
    told = Told()
    return [
        {"count": seal.kept["count"], "root": seal.kept["root"].hex(), "checkpoint": checkpoint(seal.kept)}
        for seal in told.seals
    ]


def checkpoint(kept: dict[str, Any]) -> str:
    spelled = b32encode(kept["root"][:15]).decode()
    return f"{kept['count']}-" + "-".join(spelled[at : at + 4] for at in range(0, 24, 4))


def proofs() -> dict[str, Any]:
    return {
        "about": "files that prove that an entry was settled, and checkpoints: see README.md",
        "proofs": cases(),
        "checkpoints": checkpoints(),
    }
