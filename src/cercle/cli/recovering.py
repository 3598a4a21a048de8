"""Recovery kits in a terminal: made, and come in by."""

import asyncio
from pathlib import Path

import click

from cercle import beginnings, recovering
from cercle.cli.people import find_member
from cercle.cli.terminal import Here, Problem, command, give, open_node
from cercle.sentences import moment, plain
from cercle.store.kits import WORDS, Slip, read_kit, seed_of, words_of
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.telling import member_names

COLUMNS = 3


@command("kit")
@click.argument("member", metavar="MEMBER")
@click.option("--circle", help="Of which circle, where several have somebody of that name.")
def kit(here: Here, member: str, circle: str | None) -> None:
    """Make a recovery kit for MEMBER, and print its words.

    Twelve words, shown this once: they are for paper. Who types them comes in as MEMBER when everything else is lost or
    stolen. The page of one's devices makes a sheet to print. With --json: {"circle", "member", "words"}.
    """
    with open_node(here) as node:
        live, found = find_member(here, node, member, circle)
        words = words_of(recovering.make_kit(node, live, found), here.language)
        result = {"circle": live.id.hex(), "member": found, "words": words}
        due = max(kit.due for kit in live.circle.devices.kits.values() if kit.member == found)
        about = here.gettext(
            "They are the recovery kit of %(name)s for %(circle)s, and outrank lost devices from %(due)s on.",
            name=plain(member_names(live)[found]),
            circle=plain(live.name(live.circle.roots.name)),
            due=moment(due, here.language),
        )
    now = here.gettext("Write these on paper, now: they are shown this once.")
    give(here, result, now, "", *columns(words), "", about)


def columns(words: list[str]) -> list[str]:
    rows = WORDS // COLUMNS
    cells = [f"{number:>2}. {word:<10}" for number, word in enumerate(words, 1)]
    return ["  " + "".join(cells[row::rows]).rstrip() for row in range(rows)]


@command("recover")
@click.option(
    "--at", "address", default="", metavar="ADDRESS", help="Where the circle is held, if not here or at home."
)
@click.option("--file", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="A file that brings it.")
@click.option("--lost", "is_lost", is_flag=True, help="Revoke all other devices: they are lost or stolen.")
@click.option("--mine", "is_mine", is_flag=True, help="Nobody else uses this machine: the key is mine alone.")
def recover(here: Here, address: str, file: Path | None, is_lost: bool, is_mine: bool) -> None:
    """Come in by the words of a recovery kit.

    They are asked for, and not taken from the command line, which is kept. The circle is on this machine, or comes from
    one at home, from ADDRESS or by FILE. `cercle signin` then gives the way in. With --json: {"circle", "member",
    "name", "unheard"}: the addresses of other machines that could not be told; "home" where none was heard there.
    """
    from cercle.coming import NotHeard
    from cercle.meeting import NotMet

    try:
        seed = seed_of(read_kit(click.prompt(here.gettext("The twelve words:"), prompt_suffix=" ", err=True)))
    except Slip as slip:
        raise Problem("slip", recovering.what_is_wrong(slip, here.gettext)) from slip
    holder = beginnings.MEMBER if is_mine else beginnings.NODE
    with open_node(here, is_new=True) as node:
        try:
            live, member = asyncio.run(brought_in(here, node, seed, address, file, holder))
        except NotMet as error:
            said = recovering.why_not_met(error, here.gettext)
            raise Problem("not_met", f"{said} (--at, --file)" if isinstance(error, NotHeard) else said) from error
        is_young = is_lost and not recovering.has_rank(live.circle, recovering.device_of(node, live, member))
        if is_lost and not is_young:
            recovering.lose_the_others(node, live, member)
        unheard = asyncio.run(recovering.tell(node, live, seed, is_all=is_lost))
        said = recovering.unheard(unheard, here.gettext)
        if is_young:
            sentence = here.gettext(
                "You are in. This kit is too young to outrank the others: revoke each on the page of devices."
            )
            raise Problem("devices.not_by_kit", f"{sentence} {said}".strip())
        name = plain(member_names(live)[member])
        sentence = here.gettext(
            "%(name)s is back in %(circle)s.", name=name, circle=plain(live.name(live.circle.roots.name))
        )
        told = {"circle": live.id.hex(), "member": member, "name": name, "unheard": unheard}
        give(here, told, *filter(None, (sentence, said)))


async def brought_in(
    here: Here, node: Node, seed: bytes, address: str, file: Path | None, holder: str
) -> tuple[Live, str]:
    """Raises `NotMet`, `Refused` and `Problem`."""
    if file is not None:
        with file.open("rb") as opened:
            await recovering.take_in(node, opened, seed)
    person = recovering.person_here(node, seed)
    found = None if address else recovering.come_in_by_kit(node, seed, person, holder)
    if found is None and file is None:
        found = await recovering.come_in_from_afar(node, seed, person, address, holder)
    if found is None:
        raise Problem("no_kit", here.gettext("No circle in this file knows these words."))
    return found[0], found[1]
