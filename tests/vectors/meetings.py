"""What two replicas say when they meet, made without what the program makes it with: names, frontiers, signatures."""

import hmac
from base64 import b64encode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

import msgspec

from cercle.core.keys import public, sign
from tests.vectors.by_hand import BEGINNING, Circle, chance, key

AUTHORITY = "192.168.1.20:8642"
CREATED = BEGINNING // 1000
COVERED = '("@method" "@authority" "@path" "cercle-frontier")'
ANSWERED = '("@status" "cercle-frontier" "signature";req)'


def named(secret: bytes, what: str, authority: str, of: bytes = b"") -> str:
    about = b"cercle-sync/1\0" + what.encode() + b"\0" + authority.encode() + b"\0" + of
    return hmac.new(secret, about, sha256).hexdigest()[:32]


def names() -> list[dict[str, str]]:
    circle, invited = Circle().id, public(key("open"))
    told = []
    for secret, authority in ((circle, AUTHORITY), (circle, "cercle.example"), (invited, AUTHORITY)):
        of = public(key("bruno")) if secret == circle else invited
        told.append({
            "secret": secret.hex(), "authority": authority, "place": named(secret, "place", authority),
            "key": of.hex(), "name": named(secret, "key", authority, of),
        })  # fmt: skip
    return told


def frontiers() -> list[dict[str, Any]]:
    """None at all, one that holds little, and one with everything in it."""
    ids = [chance(f"entry {number}", 32)[:10] for number in range(6)]
    told = []
    for about, settled, heads, behind, missing in (
        ("nothing is held", [], [], [], []),
        ("nothing is settled", [], ids[:1], ids[1:2], []),
        ("all that a frontier may say", [[900, ids[0]], [850, ids[1]], [31, ids[2]]], ids[:2], ids[2:4], ids[4:]),
    ):
        spelling = msgspec.msgpack.encode([settled, heads, behind, missing])
        told.append({
            "about": about, "spelling": spelling.hex(), "header": urlsafe_b64encode(spelling).decode(),
            "hash": sha256(msgspec.msgpack.encode([settled[:1], heads])).digest()[:16].hex(),
        })  # fmt: skip
    return told


def base(components: list[tuple[str, str]], parameters: str) -> bytes:
    """What is signed: RFC 9421, section 2.5."""
    return "\n".join([*(f"{name}: {value}" for name, value in components), parameters]).encode()


def signed(by: str, components: list[tuple[str, str]], covered: str, parameters: str) -> dict[str, str]:
    said = f'"@signature-params": {covered};{parameters}'
    signature = sign(key(by), base(components, said))
    return {
        "Signature-Input": f"cercle={covered};{parameters}",
        "Signature": f"cercle=:{b64encode(signature).decode()}:",
    }


def requests() -> list[dict[str, Any]]:
    """Bruno's request; then what is not one, though it was signed rightly for something else."""
    circle = Circle().id
    name = named(circle, "key", AUTHORITY, public(key("bruno")))
    path = "/sync/" + named(circle, "place", AUTHORITY)
    frontier = f"hash:{frontiers()[2]['hash']}"
    parameters = f'created={CREATED};keyid="{name}";nonce="{chance("nonce").hex()}";tag="cercle-sync"'
    right = {"@method": "POST", "@authority": AUTHORITY, "@path": path, "cercle-frontier": frontier}
    short = '("@method" "@authority" "@path")'
    cases: list[tuple[str, str, dict[str, str], str, str]] = [
        ("ok", "as it should be", right, COVERED, parameters),
        ("refused", "signed for another peer", right | {"@authority": "192.168.1.21:8642"}, COVERED, parameters),
        ("refused", "signed for another place", right | {"@path": path[:-1] + "0"}, COVERED, parameters),
        ("refused", "signed as a GET", right | {"@method": "GET"}, COVERED, parameters),
        ("refused", "signed for another frontier", right | {"cercle-frontier": "hash:00"}, COVERED, parameters),
        ("refused", "the frontier is not covered", right, short, parameters),
        ("refused", "no tag", right, COVERED, parameters.rpartition(";")[0]),
        ("refused", "a key that nobody has", right, COVERED, parameters.replace(name, name[::-1])),
    ]
    told: list[dict[str, Any]] = []
    for verdict, about, said, covered, params in cases:
        components = [(f'"{field}"', said[field]) for field in right if f'"{field}"' in covered]
        headers = {"Cercle-Frontier": frontier} | signed("bruno", components, covered, params)
        told.append({
            "about": about, "verdict": verdict, "url": f"http://{AUTHORITY}{path}",
            "keys": {name: public(key("bruno")).hex()}, "headers": headers,
        })  # fmt: skip
    return told


def answers() -> list[dict[str, Any]]:
    """Amina's answer to that request; and the same, held to another request of his."""
    circle, request = Circle().id, requests()[0]
    name = named(circle, "key", AUTHORITY, public(key("amina")))
    frontier = frontiers()[1]["header"]
    parameters = f'created={CREATED};keyid="{name}";tag="cercle-sync"'
    said = [
        ('"@status"', "200"),
        ('"cercle-frontier"', frontier),
        ('"signature";req', request["headers"]["Signature"]),
    ]
    answer = {"status": 200, "headers": {"Cercle-Frontier": frontier} | signed("amina", said, ANSWERED, parameters)}
    other = requests()[1]
    return [
        {"about": about, "verdict": verdict, "request": to, "keys": {name: public(key("amina")).hex()}, **answer}
        for verdict, about, to in (("ok", "as it should be", request), ("refused", "to another request", other))
    ]


def meetings() -> dict[str, Any]:
    return {
        "about": "what two replicas say when they meet: see README.md",
        "names": names(),
        "frontiers": frontiers(),
        "requests": requests(),
        "answers": answers(),
    }
