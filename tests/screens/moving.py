"""Puts the household's log on a node, on which its people then have a device each, and a way in."""

from pathlib import Path

from cercle import beginnings
from cercle.core.entry import Raw
from cercle.modules import load
from cercle.page import tablet
from cercle.page.links import invitation_code
from cercle.store import keyring
from cercle.store.node import Node
from cercle.store.receive import receive
from tests.screens.household import Household

AN_HOUR = 3_600_000


def move_in(household: Household, data: Path) -> dict[str, str]:
    """Gives the path of each one's way in. Amina is here on a further device: the one that seals the log is elsewhere.
    Bruno's PIN at the tablet is 2468."""
    story = household.story
    invitation = story.invite(story.amina, member=story.amina.member)
    chains: dict[bytes, list[Raw]] = {}
    for identifier, raw in story.raws.items():
        chains.setdefault(story.entries[identifier].device, []).append(raw)
    node = Node(data, load())
    try:
        received = receive(node.connection, story.id, [list(chains.items())])
        assert not received.rejected, received.rejected
        live = node.live(received.circle)
        ways = {}
        for name in ("amina", "bruno", "chloe", "dov"):
            number = node.new_person(household.language)
            ways[name] = f"/in/{node.make_token('signin', number, lasts=AN_HOUR)}"
            if name == "amina":
                beginnings.join(node, live, number, invitation.id, bytes(invitation.key), "")
                ways["tablet"] = f"/in/{node.make_token('signin', number, lasts=AN_HOUR)}"
                ways["invited"] = f"/join/{invitation_code(*beginnings.invite(node, live, story.amina.member))}"
            else:
                person = getattr(story, name)
                keyring.keep_key(node.connection, live.no, number, person.member, bytes(person.key))
            if name == "bruno":
                tablet.keep_pin(node, number, "2468")
        return ways
    finally:
        node.close()
