"""A vote of many: its page as a browser gets it, and how long the ballots take to be counted."""

from pathlib import Path
from random import Random
from statistics import median

import httpx

from cercle import beginnings
from cercle.bench.measure import RUNS, Progress, Result, cpu, folder, medians
from cercle.bench.pages import AS_A_BROWSER, asked, running
from cercle.core.entry import short
from cercle.modules import load
from cercle.modules.decisions.events import Opened, OptionAdded, Proposed, Voted
from cercle.modules.decisions.tally import ranked
from cercle.store.database import transaction
from cercle.store.node import Node

PEOPLE, OPTIONS = 150, 12
SEED = 7
COUNTS = 20  # how often the ballots are counted in one measurement


def vote(progress: Progress) -> Result:
    """The page of a decision with 150 ballots that order 12 options, and their count by Schulze's method."""
    with folder() as place:
        address, code = large_vote(place / "node")
        progress(1, RUNS + 2)
        with running(place / "node") as server, httpx.Client(base_url=server.address, headers=AS_A_BROWSER) as browser:
            browser.get(f"/in/{code}", follow_redirects=True).raise_for_status()
            size = browser.get(address).num_bytes_downloaded
            spent = []
            for number in range(RUNS):
                spent.append(asked(server, browser, address))
                progress(number + 2, RUNS + 2)
    options = [f"option {number}" for number in range(OPTIONS)]
    ballots = orders(Random(SEED), options)
    (counted,) = medians(progress, lambda: cpu(lambda: [ranked(options, ballots) for _ in range(COUNTS)]) / COUNTS)
    rows = [
        {"what": f"a decision with {PEOPLE} ballots", "cpu_ms": 1000 * median(spent), "kB": size / 1000},
        {"what": f"{PEOPLE} ballots of {OPTIONS} options, counted by Schulze's method", "cpu_ms": 1000 * counted},
    ]
    return {"rows": rows, "cpu_s": median(spent)}


def orders(random: Random, options: list[str]) -> list[dict[str, int]]:
    """As many ballots as there are people, each an order of some of the options."""
    drawn = (random.sample(options, random.randint(1, len(options))) for _ in range(PEOPLE))
    return [{option: place for place, option in enumerate(order, 1)} for order in drawn]


def large_vote(data: Path) -> tuple[str, str]:
    """Makes a node whose circle has 150 people, all of whom have voted; the page of that, and a way in."""
    random, node = Random(SEED), Node(data, load())
    with transaction(node.connection):
        person = node.new_person("en")
        live, founder = beginnings.start(node, person, "Les Lilas", "Amina")
        members = [founder]
        for number in range(1, PEOPLE):
            invitation, secret = beginnings.invite(node, live, founder)
            members.append(
                beginnings.join(node, live, node.new_person("en"), invitation, secret, f"Member {number}", number % 12)
            )
        motion = short(node.act(live, founder, Proposed(title="Where we meet"))[0].id)
        places = [OptionAdded(motion=motion, what=f"Place {number}") for number in range(OPTIONS)]
        options = [short(entry.id) for entry in node.act(live, founder, *places)]
        opened = Opened(motion=motion, method="ranked", options=options, days=7)
        vote = short(node.act(live, founder, opened)[0].id)
        for member, order in zip(members, orders(random, options), strict=True):
            node.act(live, member, Voted(motion=motion, round=vote, choice=order, why="It is near"))
    code = node.make_token("signin", person, lasts=3_600_000)
    address = f"/c/{live.circle.roots.begun}/decisions/{motion}"
    node.close()
    return address, code
