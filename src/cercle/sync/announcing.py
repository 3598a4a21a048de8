"""What a node says of itself on the network at home, by mDNS (RFC 6762) and DNS-SD (RFC 6763): the machines that hold
its circles are to find it there, and nobody else is to learn which they are, or how many.

An announcement has a nonce and always as many tags: one for each circle and for each invitation, under its secret, and
chance for the rest. A tag is bound to the addresses that are announced with it: a copy means nothing under another one.
"""

import hmac
import os
from collections.abc import Iterable, Mapping
from hashlib import sha256

import msgspec

SERVICE = "_cercle._tcp.local."
TAGS = 24
TAG_SIZE = 8
NONCE_SIZE = 16
MOST_ADDRESSES = 8
NONCE, TAGGED, IS_HTTPS = b"n", b"t", b"s"


class Announcement(msgspec.Struct, frozen=True):
    """`addresses` such as http://192.168.1.20:8642, sorted."""

    addresses: tuple[str, ...]
    nonce: bytes
    tags: tuple[bytes, ...]

    def means(self, secret: bytes) -> bool:
        """Whether it was made with this secret: a circle's id, or the public key of an invitation."""
        return tag(secret, self.nonce, self.addresses) in self.tags


def tag(secret: bytes, nonce: bytes, addresses: Iterable[str]) -> bytes:
    about = b"\0".join((b"cercle-home/1", nonce, *(one.encode() for one in sorted(addresses))))
    return hmac.digest(secret, about, sha256)[:TAG_SIZE]


def announce(addresses: Iterable[str], secrets: Iterable[bytes]) -> Announcement:
    """A new announcement for the first of these secrets, in an order that says nothing."""
    nonce, known = os.urandom(NONCE_SIZE), tuple(sorted(addresses))
    made = [tag(secret, nonce, known) for secret in secrets][:TAGS]
    chance = [os.urandom(TAG_SIZE) for _ in range(TAGS - len(made))]
    return Announcement(known, nonce, tuple(sorted(made + chance)))


def text(said: Announcement) -> dict[str | bytes, str | bytes | None]:
    """What stands in the TXT record; the addresses are said by the records beside it."""
    is_https = b"1" if said.addresses[0].startswith("https:") else b"0"
    return {NONCE: said.nonce, TAGGED: b"".join(said.tags), IS_HTTPS: is_https}


def read(hosts: Iterable[str], port: int, said: Mapping[bytes, bytes | None]) -> Announcement:
    """The announcement of whoever is at these addresses, as numbers, by what stands in the TXT record. Raises
    `ValueError`."""
    scheme = "https" if said.get(IS_HTTPS) == b"1" else "http"
    addresses = tuple(sorted(f"{scheme}://{host}:{port}" for host in hosts))
    nonce, tags = said.get(NONCE) or b"", said.get(TAGGED) or b""
    if not 0 < len(addresses) <= MOST_ADDRESSES or len(nonce) != NONCE_SIZE or len(tags) != TAGS * TAG_SIZE:
        raise ValueError("no announcement")
    return Announcement(addresses, nonce, tuple(tags[at : at + TAG_SIZE] for at in range(0, len(tags), TAG_SIZE)))
