"""What people do about the devices by which they write."""

from typing import Annotated

from msgspec import Meta, Struct

from cercle.core.event import ADULTS, DECIDED, EVERYBODY, KEEPER, Words, event

Key = Annotated[bytes, Meta(min_length=32, max_length=32, description="the device's public key")]


@event(
    "devices.named",
    may=EVERYBODY,
    en="{by} named a device: {name}.",
    fr="{by} a nommé un appareil : {name}.",
)
class Named(Struct, frozen=True, kw_only=True):
    """A device of one's own has a name, so that its owner knows which one is meant."""

    device: Key
    name: Words


@event(
    "devices.revoked",
    may=EVERYBODY,
    en="{by} revoked a device.",
    fr="{by} a révoqué un appareil.",
)
class Revoked(Struct, frozen=True, kw_only=True):
    """What a device writes from here on counts for nothing, and nobody comes in by an invitation that it made: it was
    lost or given away. One's own, from another one; by an adult, that of a child or a guest. Not the one that seals the
    log: that role is handed on first."""

    device: Key


@event(
    "devices.handed_on",
    may=KEEPER | DECIDED,
    en="{by} handed on the keeping of the log.",
    fr="{by} a transmis la tenue du journal.",
)
class HandedOn(Struct, frozen=True, kw_only=True):
    """Another device seals the log, from the next seal on."""

    device: Key


@event(
    "devices.keeper_agreed",
    may=ADULTS,
    en="{by} wants another device to keep the log.",
    fr="{by} veut qu’un autre appareil tienne le journal.",
)
class KeeperAgreed(Struct, frozen=True, kw_only=True):
    """The device that keeps the log is lost: an adult wants another one to seal it, in a further term. Once more than
    half of the adults who write by a device want the same one, it does. Everybody says one device a term."""

    device: Key
    term: Annotated[int, Meta(ge=1, le=1_000_000)]


@event(
    "devices.kit_made",
    may=EVERYBODY,
    en="{by} made a recovery kit.",
    fr="{by} a préparé un kit de secours.",
)
class KitMade(Struct, frozen=True, kw_only=True):
    """Whoever has the words from which `key` was made may come in as this very person, on a further device. After 14
    days of the circle's time the kit stands: it takes the place of the one before, and outlasts the device that made
    it. Until then the one before is good, and a further one takes its place at once."""

    key: Annotated[bytes, Meta(min_length=32, max_length=32, description="the public part of the key of the words")]


@event(
    "devices.others_revoked",
    may=EVERYBODY,
    en="{by} came in by their recovery kit, and revoked all their other devices.",
    fr="{by} est de retour grâce à son kit de secours et a révoqué tous ses autres appareils.",
)
class OthersRevoked(Struct, frozen=True):
    """All other devices of a person are lost: from one that came in by a kit that stands, within 14 days. Also the one
    that seals the log, and those that nobody else may revoke."""
