"""Starting a circle, coming into one, and the ways in for people and programs."""

import asyncio
from contextlib import suppress
from typing import Any

import click
from babel.numbers import is_currency

from cercle import beginnings
from cercle.cli.serving import address_of, phone_address
from cercle.cli.terminal import Here, Problem, command, give, open_node
from cercle.core.fold import ADULT
from cercle.exchange import Unfit, member_called, writers
from cercle.sentences import plain
from cercle.store.codes import Slip, is_like_one
from cercle.store.database import transaction
from cercle.store.keyring import members_known, person_of_member
from cercle.store.live import Live
from cercle.store.node import Node, NotFound
from cercle.telling import member_names

FORMS = ("household", "circle", "village", "online", "council")
KINDS = ("adult", "child", "guest")
LONGEST_NAME = 80
SIGNIN_LASTS = 24 * 3_600_000


class Name(click.ParamType):
    """A name that says something, and fits on a page."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value).strip()
        if not text or len(text) > LONGEST_NAME:
            self.fail(here_of(ctx).gettext("A name has 1 to 80 letters."), param, ctx)
        return text


def here_of(context: click.Context | None) -> Here:
    here = context.find_object(Here) if context else None
    return here or Here(language="en", is_json=False)


class Unit(click.ParamType):
    """A currency that CLDR knows, as the circle's genesis names it."""

    name = "unit"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value).lower()
        if not is_currency(text.upper()):
            sentence = here_of(ctx).gettext("%(unit)s is no currency: a code such as eur or chf is.", unit=plain(text))
            self.fail(sentence, param, ctx)
        return text


@command("new")
@click.argument("name", type=Name())
@click.option("--founder", required=True, type=Name(), help="Who starts it: their name.")
@click.option("--form", type=click.Choice(FORMS), default="household", show_default=True, help="What it is.")
@click.option("--unit", type=Unit(), default="eur", show_default=True, help="Its currency.")
def new(here: Here, name: str, founder: str, form: str, unit: str) -> None:
    """Start a circle called NAME.

    The founder's key stays on this node, and their device seals the circle's log. With --json: {"circle", "member"}.
    """
    with open_node(here, is_new=True) as node:
        with transaction(node.connection):
            live, member = beginnings.start(node, node.newcomer(here.language), name, founder, form, unit)
        sentence = here.gettext("%(name)s has begun. Its id is %(circle)s.", name=plain(name), circle=live.id.hex())
        give(here, {"circle": live.id.hex(), "member": member}, sentence)


@command("join")
@click.argument("circle")
@click.argument("name", type=Name())
@click.option("--kind", type=click.Choice(KINDS), default="adult", show_default=True, help="With which rights.")
@click.option("--by", metavar="NAME", help="Who invites them; else the first adult who writes on this node.")
def join(here: Here, circle: str, name: str, kind: str, by: str | None) -> None:
    """Bring NAME into CIRCLE, with a key on this node.

    They are invited and join in one go; `cercle signin NAME` then gives them their way in. CIRCLE may be the link or
    the code of an invitation that was made on another node: then the circle comes to this one too, and the two meet
    from then on. A code is enough where both are on one network. Where that node cannot be reached, a file that was
    unpacked here will do. With --json: {"circle", "member"}.
    """
    if is_from_elsewhere(here, circle):
        come_from_elsewhere(here, circle, name)
        return
    with open_node(here) as node:
        live = node.find(circle)
        check_free(here, live, name)
        host = member_called(live, by, writers(node, live), here.language) if by else first_adult(here, node, live)
        with transaction(node.connection):
            invitation, seed = beginnings.invite(node, live, host, kind)
            person = node.new_person(here.language)
            member = beginnings.join(node, live, person, invitation, seed, name)
        sentence = here.gettext("%(name)s is in. Their id is %(member)s.", name=plain(name), member=member)
        give(here, {"circle": live.id.hex(), "member": member}, sentence)


def is_from_elsewhere(here: Here, wanted: str) -> bool:
    """Whether it is a link or a code, and not what a circle of this node is called."""
    if wanted.startswith(("http://", "https://")) or not is_like_one(wanted):
        return wanted.startswith(("http://", "https://"))
    with open_node(here, is_new=True) as node:
        try:
            node.find(wanted)
        except NotFound:
            return True
    return False


def come_from_elsewhere(here: Here, way: str, name: str) -> None:
    """Raises `Problem` where the other node was not met, or lets nobody in by this link or code."""
    from cercle.coming import arrive, why_not_met
    from cercle.meeting import NotMet

    _ = here.gettext
    with open_node(here, is_new=True) as node:
        person, sentence = node.newcomer(here.language), _("%(circle)s is here too now, and you are in it.")
        try:
            live, member = asyncio.run(arrive(node, way, person, name))
        except Slip as error:
            raise Problem("slip", _("There is a slip in this code: compare it sign by sign.")) from error
        except NotMet as error:
            found = by_file(node, way, person, name)
            if found is None:
                raise Problem("not_met", why_not_met(error, _)) from error
            live, member = found
            sentence = _("You are in %(circle)s. Carry a file back, so that the others learn of it.")
        sentence %= {"circle": plain(live.name(live.circle.roots.name))}
        give(here, {"circle": live.id.hex(), "member": member}, sentence)


def by_file(node: Node, way: str, person: int, name: str) -> tuple[Live, str] | None:
    """The circle and the member's id, where a file has brought the circle and the invitation of this link or code."""
    from cercle.coming import seed_in
    from cercle.meeting import NotMet
    from cercle.stick import come_in_here

    try:
        return come_in_here(node, seed_in(way), person, name)
    except NotMet:
        return None


def check_free(here: Here, live: Live, name: str) -> None:
    """Raises `Problem` where somebody in the circle is called so already: by name, nobody could tell them apart."""
    if beginnings.is_taken(live, name):
        sentence = here.gettext(
            "Somebody in the circle is called %(name)s already: choose a name that tells them apart.", name=plain(name)
        )
        raise Problem("name_taken", sentence)


def first_adult(here: Here, node: Node, live: Live) -> str:
    members = live.circle.roots.members
    for member in writers(node, live):
        if members[member].kind == ADULT and not members[member].gone:
            return member
    raise Problem(
        "store.no_key", here.gettext("No adult of this circle writes on this machine, so nobody here can invite.")
    )


@command("signin")
@click.argument("member", metavar="MEMBER")
@click.option("--circle", help="Of which circle, where several have somebody of that name; it opens there.")
def signin(here: Here, member: str, circle: str | None) -> None:
    """Print a link that signs MEMBER in once.

    It opens within a day: for a new phone, or after all devices were signed out. With --json: {"circle", "member",
    "token", "address", "lan"}.
    """
    with open_node(here) as node:
        live, found = find_member(here, node, member, circle)
        person = person_of_member(node.connection, live.no, found)
        lands = live.no if circle and found in present_in(live) else None
        token = node.make_token("signin", person, lands, lasts=SIGNIN_LASTS)
        address, near = address_of(here), phone_address(here)
        ways = [f"{one}/in/{token}" for one in (address, near) if one]
        result = {"circle": live.id.hex(), "member": found, "token": token, "address": ways[0], "lan": near and ways[1]}
        told = [here.gettext("This opens once, within a day:"), f"  {ways[0]}"]
        if near:
            told += [here.gettext("On a phone of the same network, this does:"), f"  {ways[1]}"]
        give(here, result, *told)


@command("token")
@click.argument("member", metavar="MEMBER")
@click.option("--circle", help="The only circle that it opens; else all in which MEMBER is.")
@click.option("--label", default="", help="What it is for, as a reminder.")
def token(here: Here, member: str, circle: str | None, label: str) -> None:
    """Print a token of the HTTP API for MEMBER.

    Programs act with it as that person. It is shown once and never runs out; keep it as you keep a key. With
    --json: {"circle", "member", "token"}.
    """
    with open_node(here) as node:
        live, found = find_member(here, node, member, circle)
        person = person_of_member(node.connection, live.no, found)
        secret = node.make_token("api", person, live.no if circle else None, label=label)
        give(here, {"circle": live.id.hex(), "member": found, "token": secret}, secret)


def find_member(here: Here, node: Node, wanted: str, circle: str | None) -> tuple[Live, str]:
    """Somebody whose key this node holds, in one circle or in whichever has somebody of that name. One person in
    several circles is one person. Raises `Problem`, `NotFound` or `Unfit`."""
    lives = [node.find(circle)] if circle else [node.live(no) for no in node.numbers()]
    if not lives:
        raise Problem("nothing_here", here.gettext("There is no circle yet in %(folder)s.", folder=here.folder))
    found: dict[int | None, tuple[Live, str]] = {}
    for live in lives:
        try:
            known = members_known(node.connection, live.no)
            there = [member for member in live.replica.roots.members if member in known]
            member = member_called(live, wanted, there, here.language)
        except Unfit as error:
            if error.code == "ambiguous_name":
                raise
        else:
            found.setdefault(person_of_member(node.connection, live.no, member), (live, member))
    if not found:
        raise nobody(here, node, lives, wanted)
    if len(found) > 1:
        sentence = here.gettext("Several circles have somebody called %(name)s: say which with --circle.", name=wanted)
        raise Problem("ambiguous_name", sentence)
    return next(iter(found.values()))


def nobody(here: Here, node: Node, lives: list[Live], wanted: str) -> Problem:
    """Why no key here is that of somebody called so: they have no device on this node, or are in none of the
    circles."""
    there: list[str] = []
    for live in lives:
        names = member_names(live)
        present = present_in(live)
        with suppress(Unfit):
            return without_key(here, live, member_called(live, wanted, present, here.language), names)
        there += [plain(names[member]) for member in writers(node, live) if member in present]
    names_there = ", ".join(dict.fromkeys(there))
    if names_there:
        sentence = here.gettext("Nobody is called %(name)s here. There is: %(names)s.", name=wanted, names=names_there)
    else:
        sentence = here.gettext("Nobody is called %(name)s here.", name=wanted)
    return Problem("unknown_name", sentence)


def without_key(here: Here, live: Live, member: str, names: dict[str, str]) -> Problem:
    if any(device.member == member for device in live.circle.roots.devices.values()):
        sentence = here.gettext("%(name)s writes on another machine, not on this one.", name=plain(names[member]))
    else:
        sentence = here.gettext(
            "%(name)s has no device yet: on their page, an adult of the circle can invite them to one.",
            name=plain(names[member]),
        )
    return Problem("store.no_key", sentence)


def present_in(live: Live) -> list[str]:
    """The members who have not left, in the order in which they came."""
    return [member for member, one in live.circle.roots.members.items() if not one.gone]
