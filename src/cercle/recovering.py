"""Recovery kits: made while all is well, and what somebody comes back by who has nothing left but the words."""

from collections.abc import Callable
from typing import BinaryIO

from cercle import beginnings
from cercle.core.event import Refused
from cercle.core.fold import Circle
from cercle.core.keys import public, signer
from cercle.modules.devices import read
from cercle.modules.devices.events import KeeperAgreed, KitMade, OthersRevoked
from cercle.store import keyring, kits, rows
from cercle.store.database import transaction
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.store.peers import peers_of

AT_HOME = "home"


def make_kit(node: Node, live: Live, member: str, act: bytes | None = None) -> bytes:
    """A new kit, whose words this node forgets. Raises `Refused`."""
    kit = kits.new_kit()
    node.act(live, member, KitMade(key=public(signer(kits.seed_of(kit)))), act=act)
    return kit


def kit_here(node: Node, seed: bytes) -> tuple[Live, str] | None:
    """The circle on this node in which a kit of these words is of use, and the kit; None where there is none."""
    key = public(signer(seed))
    for no in node.numbers():
        live = node.live(no)
        kit = None if live.replica.lacking else read.kit_by(live.circle, key)
        if kit is not None:
            return live, kit
    return None


def person_here(node: Node, seed: bytes) -> int | None:
    """Who on this node is the member of a kit: who types in its terminal has all that it holds, and is asked for no
    more. None where there is nobody."""
    found = kit_here(node, seed)
    if found is None:
        return None
    live, kit = found
    return keyring.person_of_member(node.connection, live.no, live.circle.devices.kits[kit].member)


def come_in_by_kit(
    node: Node, seed: bytes, person: int | None, holder: str = beginnings.NODE
) -> tuple[Live, str, int] | None:
    """Brings somebody in on a new device, where this node holds their circle; gives it, their member id, and who they
    are on this node: `person`, where that one is no other member of the circle, else somebody new. For it is the kit of
    one circle: who has its words is not yet who that member is here in others. `person` stays on the device by which
    they came in with the kit's rank, until they use that. None where this node holds no such kit. Raises `Refused`."""
    found = kit_here(node, seed)
    if found is None:
        return None
    live, kit = found
    member = live.circle.devices.kits[kit].member
    mine = None if person is None else node.circles_of(person).get(live.no)
    key = keyring.key_of_member(node.connection, live.no, member)
    if person is not None and mine == member and key is not None and is_there_by(node, live, public(key), kit):
        return live, member, person
    with transaction(node.connection):
        whose = person if person is not None and mine in (None, member) else node.new_person()
        return live, beginnings.join(node, live, whose, kit, seed, "", holder=holder), whose


def is_there_by(node: Node, live: Live, device: bytes, kit: str) -> bool:
    """Whether a device has come in by this kit, and has the rank of it, where it has one."""
    first = rows.of_device(node.connection, live.no, device)[0]
    by = rows.as_entry(first.id, first.key, first.header).kept.get("invitation")
    return by == kit and (has_rank(live.circle, device.hex()) or not live.circle.devices.kits[kit].stands)


async def come_in_from_afar(
    node: Node, seed: bytes, person: int | None, address: str, holder: str = beginnings.NODE
) -> tuple[Live, str, int] | None:
    """The same, where another machine holds the circle: the one at this address, or, where it is "", one at home. What
    was cut off goes on where it was, by the same words; `tell` them there then. Raises `NotMet` and `Refused`."""
    from cercle.coming import heard_at_home
    from cercle.visiting import fetch_at

    await fetch_at(node, address or await heard_at_home(seed), seed, is_of_kit=True)
    return come_in_by_kit(node, seed, person, holder)


async def tell(node: Node, live: Live, seed: bytes, is_all: bool = False) -> list[str]:
    """Goes to the machines that hold the circle too, and were not met yet, or to all of them; gives the addresses of
    those that have not heard who came in here. Where a file has brought the circle, none is known: then to one at home,
    `AT_HOME` where there is none."""
    from cercle.coming import heard_at_home
    from cercle.meeting import NotMet
    from cercle.visiting import meet_at

    unheard, known = list[str](), peers_of(node.connection, live.no)
    if not known and len(keyring.keys_of_circle(node.connection, live.no)) == 1:
        try:
            await meet_at(node, live, await heard_at_home(seed), kit=seed)
        except (NotMet, Refused):
            unheard.append(AT_HOME)
    for peer in known:
        if is_all or not peer.met:
            try:
                await meet_at(node, live, peer.address, kit=seed)
            except (NotMet, Refused):
                unheard.append(peer.address)
    return unheard


async def take_in(node: Node, file: BinaryIO, seed: bytes) -> None:
    """What a file brings that is locked for the kit, or for nobody. Raises `Refused`."""
    from cercle.stick import take
    from cercle.sync.locked import reading

    with reading(file, [seed]) as reader:
        received = await take(node, reader)
    if received.stopped is not None:
        raise received.stopped


def device_of(node: Node, live: Live, member: str) -> str:
    """The device by which this node writes for a member, in hexadecimal. Raises `Refused`."""
    return public(node.key(live, member)).hex()


def has_rank(circle: Circle, device: str) -> bool:
    """Whether this device has come in by a kit, and may say that all others of its member are lost."""
    return device in read.of(circle).came


def lose_the_others(node: Node, live: Live, member: str, act: bytes | None = None, session: bytes = b"") -> None:
    """All other devices of a member are revoked; where one of them kept the log, this one is to keep it, as far as that
    is theirs to say. All ways in to this node end of who was that member here, also to other circles, and their own
    ones but the `session` of that hash. Raises `Refused`."""
    circle = live.circle
    device = public(node.key(live, member))
    events: list[OthersRevoked | KeeperAgreed] = [OthersRevoked()]
    if circle.roots.devices[circle.roots.keeper].member == member and circle.may(member, "devices.keeper_agreed"):
        said = [one.term for one in circle.devices.agreed.values() if one.device == device.hex()]
        events.append(KeeperAgreed(device=device, term=max(circle.roots.term + 1, *said, 0)))
    node.act(live, member, *events, act=act)
    for person in keyring.people_of_member(node.connection, live.no, member):
        for purpose in ("session", "signin", "api"):
            for token in node.tokens_of(purpose, person):
                if token.hash != session:
                    node.end_token_of(token)


# --- in words ------------------------------------------------------------------------------------------------------


def why_not_met(error: Exception, _: Callable[..., str]) -> str:
    from cercle.coming import NotHeard
    from cercle.meeting import NotLetIn

    if isinstance(error, NotLetIn):
        return _("No circle there knows these words. Is there a later kit, on another paper?")
    if isinstance(error, NotHeard):
        return _("No machine at home knows these words. Say where the circle is held, or bring a file.")
    return _("Nobody was met there: is the address right, and the machine on?")


def unheard(addresses: list[str], _: Callable[..., str]) -> str:
    """That somebody is back is not known everywhere: "" where it is."""
    if not addresses:
        return ""
    if addresses == [AT_HOME]:
        return _(
            "No other machine knows of it yet, and none meets this one before. Carry a file back, or type the words"
            " again where another machine is in reach."
        )
    return _("Nobody was met at %(where)s: this is not known there yet.", where=", ".join(addresses))


def what_is_wrong(slip: kits.Slip, _: Callable[..., str]) -> str:
    """Which word it is, as far as that can be told."""
    if isinstance(slip, kits.Miscounted):
        return _("A kit has twelve words. Typed here: %(count)s.", count=slip.count)
    if isinstance(slip, kits.WrongWord) and slip.like:
        found = {"number": slip.number, "word": slip.word, "like": slip.like}
        return _("Word %(number)s, “%(word)s”, is in no list: is it “%(like)s”?", **found)
    if isinstance(slip, kits.WrongWord):
        return _("Word %(number)s, “%(word)s”, is in no list.", number=slip.number, word=slip.word)
    return _("Each of these words is in the list, but one is not on the paper, or two changed places.")
