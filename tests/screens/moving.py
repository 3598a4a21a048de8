"""A home in which the demo's family lives, with everybody's way in."""

from datetime import UTC, datetime
from pathlib import Path

from cercle import beginnings, daily
from cercle.demo.year import live_through
from cercle.modules import load
from cercle.page import tablet
from cercle.page.links import invitation_code
from cercle.paper import new_words, seed_of
from cercle.store.node import Node

AN_HOUR = 3_600_000
SEED = 2026


def move_in(data: Path, language: str) -> dict[str, str]:
    """Gives the path of each one's way in, of the kitchen tablet's, and of somebody's who is invited. Bruno's PIN at
    the tablet is 2468."""
    people = live_through(data, language, SEED, datetime.now(UTC).astimezone().date())
    node = Node(data, load())
    try:
        ways = {name: f"/in/{node.make_token('signin', number, lasts=AN_HOUR)}" for name, number in people.items()}
        ways["tablet"] = f"/in/{node.make_token('signin', people['amina'], lasts=AN_HOUR)}"
        live = node.live(1)
        amina = node.circles_of(people["amina"])[live.no]
        ways["invited"] = f"/join/{invitation_code(*beginnings.invite(node, live, amina))}"
        tablet.keep_pin(node, people["bruno"], "2468")
        disk = data.with_name("disk")
        disk.mkdir(exist_ok=True)
        daily.keep_words(node, seed_of(new_words(language)))
        daily.choose(node, disk)
        return ways
    finally:
        node.close()
