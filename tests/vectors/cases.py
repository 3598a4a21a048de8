"""The cases of entries.json: an entry beside a small circle, and what is to become of it.

`ok`; `void` with a reason's code (it is stored, and has no effect); `rejected` with a code (it is no part of the log);
`waits` (a parent is missing). The verdicts are written here by hand, as docs/protocol.md has them.
"""

from base64 import b64encode
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from cercle.core.entry import BODY_LIMIT, HEADER_LIMIT
from cercle.core.keys import public
from cercle.core.spelling import spell
from tests.vectors.by_hand import NULL, Circle, Log, Written, chance, key

ORDER = 2**252 + 27742317777372353535851937790883648493  # of the group: RFC 8032, section 5.1
CID_LIKE = bytes.fromhex("0155121c") + bytes(range(28))
SMALL_ORDER = bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa")

Case = tuple[str, str, Written, list[Written]]


def nested(depth: int) -> Any:
    """That many lists, one in another."""
    value: list[Any] = []
    for _ in range(depth - 1):
        value = [value]
    return value


def cases() -> Iterator[tuple[str, str, Written, list[Written]]]:
    """(about, verdict, entry, what is written before it beside the circle)."""
    circle = Circle()
    for part in (accepted, spelled, sized, chained, looked_back, rooted, begun, with_bodies, signed, kept_fields):
        for about, verdict, entry in part(circle):
            yield about, verdict, entry, []
    yield from void(circle)


def linked(circle: Circle, **other: Any) -> Written:
    """Bruno's next entry, which gathers heads, with one thing about it that is said."""
    return circle.make("bruno", "circle.linked", **{"seen": [circle.sealed], **other})


def accepted(circle: Circle) -> Iterator[tuple[str, str, Written]]:
    yield "an entry that only gathers heads", "ok", linked(circle)
    yield "no heads are cited: prev is enough", "ok", linked(circle, seen=[])
    yield "an act, and words in the body", "ok", circle.make(
        "bruno", "circle.renamed", {"act": chance("act")}, words={"name": "Chez Bruno"}, seen=[circle.sealed]
    )  # fmt: skip
    yield (
        "the same, its body missing",
        "ok",
        circle.make("bruno", "circle.renamed", {}, seen=[circle.sealed], body_size=30, body_hash=chance("words", 32)),
    )
    yield "two heads, the higher lamport first", "ok", linked(circle, seen=[circle.sealed, circle.joined["dov"]])
    yield "a cited entry that is no head any more", "ok", linked(circle, seen=[circle.sealed, circle.begun])
    yield "the latest time that there is", "ok", linked(circle, time=2**63 - 1)
    yield "time zero", "ok", linked(circle, time=0)
    yield (
        "bytes that look like a CID are a byte string",
        "ok",
        circle.make("amina", "people.invited", {"key": CID_LIKE}),
    )
    yield (
        "a default that is written all the same",
        "ok",
        circle.make(
            "amina", "people.invited", {"key": bytes(32), "kind": "adult", "uses": 1, "until": 0, "member": None}
        ),
    )
    yield "a first entry with the proof of an invitation", "ok", joins(circle)


def joins(circle: Circle, name: str = "farid", **other: Any) -> Written:
    kept = {"invitation": circle.open.short, "proof": circle.proof(name, "open")}
    return circle.make(name, "people.joined", {**kept, **other.pop("kept", {})}, **{"seen": [circle.open], **other})


def spelled(circle: Circle) -> Iterator[tuple[str, str, Written]]:
    good = linked(circle)
    fields = list(range(10))
    wrong = {
        "nothing at all": b"",
        "a byte after the end": good.header + b"\x00",
        "a byte short": good.header[:-1],
        "no list": spell({"version": 1}),
        "a list of nine": spell([1, *fields[:8]]),
        "a list of eleven": spell([1, *fields]),
        "an integer longer than it need be": good.header.replace(b"\x8a\x01\x01", b"\x8a\x18\x01\x01"),
        "a float for an integer": good.header.replace(b"\x8a\x01\x01", b"\x8a\x01\xfb\x3f\xf0" + bytes(6)),
        "a list without a length": b"\x9f" + good.header[1:] + b"\xff",
    }
    for about, header in wrong.items():
        yield about, "rejected spelling", linked(circle, header=header)
    key_twice = b"\xa2\x61a\x01\x61a\x02"
    unsorted = b"\xa2\x61b\x01\x61a\x02"
    for about, kept in (("a key twice", key_twice), ("keys out of order", unsorted)):
        yield (
            about,
            "rejected spelling",
            linked(circle, header=good.header.replace(b"\xa0\x00\xf6", kept + b"\x00\xf6")),
        )
    link = spell([CID_LIKE]).replace(b"\x58\x20", b"\xd8\x2a\x58\x20")[1:]
    yield (
        "a link (tag 42) in kept",
        "rejected spelling",
        linked(circle, header=good.header.replace(b"\xa0\x00\xf6", b"\xa1\x61a" + link + b"\x00\xf6")),
    )
    for field in ("seq", "lamport", "time", "body_size"):
        for about, value in (("true", True), ("null", NULL), ("below zero", -1), ("text", "1")):
            if (field, about) != ("seq", "null"):
                yield f"{field} is {about}", "rejected spelling", linked(circle, **{field: value})
    yield "time beyond 63 bits", "rejected spelling", linked(circle, time=2**63)
    for event in (
        "circle",
        "circle.",
        ".linked",
        "Circle.linked",
        "circle.linked.on",
        "circle linked",
        "1circle.linked",
    ):
        yield f"an event called {event!r}", "rejected spelling", circle.make("bruno", event)
    yield "an event whose name is too long", "rejected spelling", circle.make("bruno", "circle." + "x" * 33)
    yield "an event with a line's end", "rejected spelling", circle.make("bruno", "circle.linked\n")
    yield "an event that is no text", "rejected spelling", circle.make("bruno", 1)
    yield "kept is a list", "rejected spelling", linked(circle, kept=[])
    yield "kept is null", "rejected spelling", linked(circle, kept=NULL)
    yield "text in kept that is not ASCII", "rejected spelling", linked(circle, kept={"note": "œufs"})
    yield "a key in kept that is not ASCII", "rejected spelling", linked(circle, kept={"œufs": 1})
    yield "an integer in kept beyond 63 bits", "rejected spelling", linked(circle, kept={"a": 2**63})
    yield (
        "kept sixteen deep, the header's list counted",
        "void circle.malformed",
        linked(circle, kept={"a": nested(14)}),
    )
    yield "kept seventeen deep", "rejected spelling", linked(circle, kept={"a": nested(15)})
    for about, act in (("null", None), ("of 15 bytes", bytes(15)), ("of 17 bytes", bytes(17)), ("text", "x" * 16)):
        yield f"an act that is {about}", "rejected spelling", linked(circle, kept={"act": act})
    yield "version 2", "rejected version", linked(circle, version=2)
    yield "version 0", "rejected version", linked(circle, version=0)
    yield "version 2, which may have other fields", "rejected version", linked(circle, header=spell([2, "anything"]))
    yield "version true", "rejected spelling", linked(circle, version=True)


def sized(circle: Circle) -> Iterator[tuple[str, str, Written]]:
    room = HEADER_LIMIT - len(linked(circle, kept={"a": bytes(60_000)}).header) + 60_000
    yield "a header of 64 KiB", "void circle.malformed", linked(circle, kept={"a": bytes(room)})
    yield "a header of a byte more", "rejected size", linked(circle, kept={"a": bytes(room + 1)})
    yield "a body of 64 KiB", "ok", linked(circle, body=bytes(BODY_LIMIT))
    yield "a body of a byte more", "rejected size", linked(circle, body=bytes(BODY_LIMIT + 1))
    yield (
        "a body_size of a byte more, its body missing",
        "rejected spelling",
        linked(circle, body_size=BODY_LIMIT + 1, body_hash=bytes(32)),
    )


def chained(circle: Circle) -> Iterator[tuple[str, str, Written]]:
    joined = circle.joined["bruno"].id
    yield "prev is null and seq is not 0", "rejected chain", linked(circle, prev=NULL)
    yield "seq is 0 and prev is not null", "rejected chain", linked(circle, seq=0)
    yield "seq is null", "rejected spelling", linked(circle, seq=NULL)
    yield "prev of 31 bytes", "rejected spelling", linked(circle, prev=joined[:31])
    yield "prev in hexadecimal", "rejected spelling", linked(circle, prev=joined.hex())
    yield "prev in base64", "rejected spelling", linked(circle, prev=b64encode(joined).decode())
    yield (
        "prev is an entry of another device",
        "rejected chain",
        linked(circle, prev=circle.sealed.id, seen=[], lamport=9),
    )
    yield "seq leaves one out", "rejected chain", linked(circle, seq=2)
    yield "prev is not known", "waits", linked(circle, prev=chance("no entry", 32))


def looked_back(circle: Circle) -> Iterator[tuple[str, str, Written]]:
    """`seen` and `lamport`."""
    sealed, dov, bruno = circle.sealed, circle.joined["dov"], circle.joined["bruno"]
    lamport = sealed.lamport + 1
    yield "lamport one too high", "rejected lamport", linked(circle, lamport=lamport + 1)
    yield "lamport one too low", "rejected lamport", linked(circle, lamport=lamport - 1)
    yield "lamport far ahead", "rejected lamport", linked(circle, lamport=2**63 - 1)
    yield "the lower lamport first", "rejected lamport", linked(circle, header=reordered(circle, [dov, sealed]))
    twins = sorted(twin_heads(circle), key=lambda one: one.id)
    yield (
        "of one lamport, the higher id first",
        "rejected lamport",
        linked(circle, header=reordered(circle, [twins[1], twins[0]])),
    )
    yield "of one lamport, by id", "ok", linked(circle, header=reordered(circle, twins))
    yield "an entry twice", "rejected spelling", linked(circle, header=reordered(circle, [sealed, sealed]))
    yield "nine heads", "rejected spelling", linked(circle, seen=circle.entries[:9])
    yield "an id of 31 bytes", "rejected spelling", linked(circle, header=reordered(circle, [sealed], cut=31))
    yield "seen is null", "rejected spelling", linked(circle, header=reordered(circle, None))
    yield "an entry of one's own", "rejected chain", linked(circle, seen=[bruno])
    yield "an entry that is not known", "waits", linked(circle, header=reordered(circle, [sealed, unknown(circle)]))


def reordered(circle: Circle, seen: list[Written] | None, cut: int = 32) -> bytes:
    """Bruno's next header with these heads as they stand."""
    bruno = circle.joined["bruno"]
    lamport = 1 + max(one.lamport for one in [bruno, *(seen or [])])
    heads = [one.id[:cut] for one in seen] if seen is not None else None
    return spell([1, 1, bruno.id, heads, lamport, 0, "circle.linked", {}, 0, None])


def unknown(circle: Circle) -> Written:
    other = circle.make("dov", "circle.linked")
    other.lamport = 0
    return other


def twin_heads(circle: Circle) -> list[Written]:
    """Two entries of the circle, by devices that are not Bruno's, of one lamport."""
    others = [entry for entry in circle.entries if entry.device != circle.joined["bruno"].device]
    return next([one, two] for one, two in combinations(others, 2) if one.lamport == two.lamport)


def rooted(circle: Circle) -> Iterator[tuple[str, str, Written]]:
    other = circle.joined["bruno"]
    yield (
        "a first entry that cites nothing of its own",
        "rejected root",
        circle.make("farid", "circle.linked", seen=[circle.sealed]),
    )
    yield "an invitation that is not cited", "rejected root", joins(circle, seen=[circle.sealed])
    yield "an invitation that is cited and not named", "rejected root", joins(circle, kept={"invitation": other.short})
    yield "an invitation that is used by another event", "rejected root", circle.make(
        "farid", "circle.linked", {"invitation": circle.open.short, "proof": circle.proof("farid", "open")},
        seen=[circle.open],
    )  # fmt: skip
    for about, proof in (
        ("another circle", circle.proof("farid", "open", chance("a circle", 32))),
        ("another device", circle.proof("dov", "open")),
        ("another invitation", circle.proof("farid", "invitation of dov")),
    ):
        yield f"the proof of {about}", "rejected root", joins(circle, kept={"proof": proof})
    yield "a proof of 63 bytes", "rejected root", joins(circle, kept={"proof": circle.proof("farid", "open")[:63]})
    yield "a proof that is text", "rejected root", joins(circle, kept={"proof": "x" * 64})
    yield "a first entry that only its seq says is one", "rejected root", circle.make("farid", "people.joined")


def begun(circle: Circle) -> Iterator[tuple[str, str, Written]]:
    again = Log()
    kept = {"act": chance("another act"), "modules": {"circle": 1}}
    yield "the genesis of another circle", "rejected genesis", again.make("farid", "circle.begun", kept)
    yield "another genesis of the founder", "rejected genesis", again.make("amina", "circle.begun", kept)
    yield (
        "a genesis that cites something",
        "rejected genesis",
        circle.make("farid", "circle.begun", kept, seen=[circle.sealed]),
    )
    yield "a genesis further on", "void circle.not_allowed", circle.make("bruno", "circle.begun", kept)
    for about, wrong in (
        ("without an act", {"kept": {"modules": {"circle": 1}}}),
        ("with a lamport", {"lamport": 1}),
        ("of another event", {"event": "circle.linked"}),
    ):
        fields = {"event": "circle.begun", "kept": kept} | wrong
        yield f"what stands alone, {about}", "rejected root", again.make("farid", fields.pop("event"), **fields)


def with_bodies(circle: Circle) -> Iterator[tuple[str, str, Written]]:
    body = chance("salt") + spell({"name": "Chez Bruno"})
    yield "a body of another size", "rejected body", linked(circle, body=body, body_size=len(body) - 1)
    yield "a body with another hash", "rejected body", linked(circle, body=body, body_hash=bytes(32))
    yield (
        "a body that the header does not name",
        "rejected body",
        linked(circle, body=body, body_size=0, body_hash=NULL),
    )
    yield "a size without a hash", "rejected body", linked(circle, body_size=20)
    yield "a hash without a size", "rejected body", linked(circle, body_hash=bytes(32))
    yield "a hash of 31 bytes", "rejected spelling", linked(circle, body_size=20, body_hash=bytes(31))
    yield "a hash in base64", "rejected spelling", linked(circle, body_size=20, body_hash=b64encode(bytes(32)).decode())
    yield "words that are no words are no reason to reject", "ok", linked(circle, body=chance("salt") + b"\xff")
    yield "a body too short for its salt", "ok", linked(circle, body=b"short")


def signed(circle: Circle) -> Iterator[tuple[str, str, Written]]:
    good = linked(circle)
    assert good.signature is not None
    first, second = good.signature[:32], good.signature[32:]
    beyond = (int.from_bytes(second, "little") + ORDER).to_bytes(32, "little")
    for about, signature in (
        ("missing", None),
        ("of another entry", circle.sealed.signature),
        ("of another device", circle.make("dov", "circle.linked", seen=[circle.sealed]).signature),
        ("with one bit flipped", bytes([first[0] ^ 1]) + first[1:] + second),
        ("with its halves swapped", second + first),
        ("of 63 bytes", good.signature[:-1]),
        ("of zeros", bytes(64)),
        ("whose S is beyond the order of the group", first + beyond),
        ("whose R is of small order", SMALL_ORDER + second),
        ("whose R is of small order, in another encoding", b"\xec" + b"\xff" * 31 + second),
    ):
        yield f"a signature {about}", "rejected signature", linked(circle, signature=signature)


def kept_fields(circle: Circle) -> Iterator[tuple[str, str, Written]]:
    given = {"unit": "eur", "amount": 500, "payer": circle.amina, "to": circle.bruno}
    yield "fields as they should be", "ok", circle.make("bruno", "accounts.transferred", given)
    for about, wrong in (
        ("an integer that is true", {"amount": True}),
        ("an integer that is text", {"amount": "500"}),
        ("an integer below its least", {"amount": -1}),
        ("an integer above its most", {"amount": 10**12 + 1}),
        ("text that is bytes", {"unit": b"eur"}),
        ("an id that is too short", {"payer": circle.amina[:-1]}),
        ("a null that is not allowed", {"unit": None}),
        ("a field too many", {"more": 0}),
        ("words among what rules read", {"what": "Pizza"}),
    ):
        yield about, "void circle.malformed", circle.make("bruno", "accounts.transferred", {**given, **wrong})
    yield "a field too few", "void circle.malformed", circle.make("bruno", "accounts.transferred", {"unit": "eur"})
    yield "bytes that are text", "void circle.malformed", circle.make("amina", "people.invited", {"key": "A" * 44})


def void(circle: Circle) -> Iterator[Case]:
    """What is stored, and has no effect: each reason that the fold itself gives."""
    yield "an event that no module has", "void circle.unknown", circle.make("bruno", "chores.done"), []
    yield "what is not theirs to do", "void circle.not_allowed", circle.make("dov", "circle.renamed"), []
    sealed = {"term": 0, "count": 1, "root": bytes(32)}
    yield "a seal by somebody who is not the keeper", "void circle.not_allowed", circle.make(
        "bruno", "circle.sealed", sealed
    ), []  # fmt: skip
    yield "consent to the keeper's removal", "void circle.keeper", circle.make(
        "bruno", "people.removal_agreed", {"member": circle.amina}
    ), []  # fmt: skip
    for about, verdict, told in (
        ("a key that a void entry named", "void circle.stranger", named_by_a_void_entry),
        ("a second entry with an act", "void circle.twice", twice),
        ("whoever has left", "void circle.left", left),
        ("whoever was removed", "void circle.removed", removed),
        ("whoever was removed, before that", "ok", spared),
        ("a branch of a fork", "void circle.forked", forked),
        ("a device that was revoked", "void circle.revoked", revoked),
        ("what is for the circle to decide", "void circle.to_decide", to_decide),
        ("before a fork", "ok", before_a_fork),
        ("the invitation was used up", "void people.used", used_up),
    ):
        log = circle.copy()
        entry = told(log, circle)
        before = [one for one in log.entries[len(circle.entries) :] if one is not entry]
        yield about, verdict, entry, before


def named_by_a_void_entry(log: Log, circle: Circle) -> Written:
    naming = log.write("bruno", "chores.named", {"device": public(key("farid"))})
    return log.make("farid", "circle.linked", seen=[naming])


def twice(log: Log, circle: Circle) -> Written:
    log.write("bruno", "circle.renamed", {"act": chance("once")}, seen=[circle.sealed])
    return log.make("bruno", "groceries.shop_added", {"act": chance("once")})


def left(log: Log, circle: Circle) -> Written:
    log.write("bruno", "people.left", seen=[circle.sealed])
    return log.make("bruno", "circle.renamed")


def removed(log: Log, circle: Circle) -> Written:
    for name in ("bruno", "chloe"):
        log.write(name, "people.removal_agreed", {"member": circle.dov}, seen=[circle.sealed])
    return log.make("dov", "groceries.listed", {"product": "0" * 20}, seen=[circle.sealed])


def spared(log: Log, circle: Circle) -> Written:
    before = log.write("dov", "people.described", {"member": circle.dov}, seen=[circle.sealed])
    log.write("bruno", "people.removal_agreed", {"member": circle.dov}, seen=[before])
    log.write("chloe", "people.removal_agreed", {"member": circle.dov}, seen=[circle.sealed])
    return before


def forked(log: Log, circle: Circle) -> Written:
    entry = log.make("bruno", "circle.renamed", {"act": chance("other")}, seen=[circle.sealed])
    log.write("bruno", "circle.renamed", {"act": chance("one")}, seen=[circle.sealed])
    return entry


def revoked(log: Log, circle: Circle) -> Written:
    adopted = log.write("bruno", "circle.adopted", {"module": "devices", "version": 1}, seen=[circle.sealed])
    sealed = log.write("amina", "circle.sealed", {"term": 0, "count": 0, "root": bytes(32)}, seen=[adopted])
    log.write("bruno", "devices.revoked", {"device": public(key("dov"))}, seen=[sealed])
    return log.make("dov", "people.described", {"member": circle.dov}, seen=[log.entries[-1]])


def to_decide(log: Log, circle: Circle) -> Written:
    adopted = log.write("bruno", "circle.adopted", {"module": "charter", "version": 1}, seen=[circle.sealed])
    sealed = log.write("amina", "circle.sealed", {"term": 0, "count": 0, "root": bytes(32)}, seen=[adopted])
    return log.make("bruno", "charter.adopted", {"template": "village"}, seen=[sealed])


def before_a_fork(log: Log, circle: Circle) -> Written:
    before = log.write("bruno", "circle.renamed", {"act": chance("before")}, seen=[circle.sealed])
    other = log.make("bruno", "circle.linked")
    log.write("bruno", "circle.renamed", {"act": chance("one")})
    log.entries.append(other)
    return before


def used_up(log: Log, circle: Circle) -> Written:
    log.entries.append(joins(circle, "farid"))
    return joins(circle, "gaspard")
