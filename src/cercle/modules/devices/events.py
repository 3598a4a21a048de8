"""What people do about the devices by which they write."""

from typing import Annotated

from msgspec import Meta, Struct

from cercle.core.event import EVERYBODY, Words, event

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
