"""Votes end in time by what a node does by itself, on a machine that several people share and on one alone."""

from pathlib import Path

import pytest

from cercle import beginnings
from cercle.core.entry import short
from cercle.modules import load
from cercle.modules.decisions.events import ClauseAdded, Opened, Proposed, Voted
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.web.deadlines import keep

DAY = 86_400_000


class Sky:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.time = 1_772_438_400_000

    def __call__(self) -> int:
        self.time += 1000
        return self.time


@pytest.fixture
def sky() -> Sky:
    return Sky()


@pytest.fixture
def node(tmp_path: Path, sky: Sky) -> Node:
    return Node(tmp_path, load(), sky)


def proposed(node: Node, live: Live, member: str, method: str = "majority") -> tuple[str, str, str]:
    """The motion, its clause, and the round."""
    motion = short(node.act(live, member, Proposed(title="Another name"))[0].id)
    added = ClauseAdded(motion=motion, does="circle.renamed", words={"name": "Les Tilleuls"})
    clause = short(node.act(live, member, added)[0].id)
    days = 0 if method == "light" else 1
    opened = Opened(motion=motion, method=method, clauses=[clause], days=days)
    return motion, clause, short(node.act(live, member, opened)[0].id)


def test_what_is_decided_lightly_is_done_at_once(node: Node) -> None:
    live, amina = beginnings.start(node, node.new_person(), "Les Lilas", "Amina")
    _, clause, _ = proposed(node, live, amina, "light")
    assert live.circle.roots.name == clause
    assert live.name(clause) == "Les Tilleuls", "the words of what was decided are those of its clause"


def test_alone_a_vote_ends_by_the_machine_s_own_clock(node: Node, sky: Sky) -> None:
    live, amina = beginnings.start(node, node.new_person(), "Les Lilas", "Amina")
    motion, clause, vote = proposed(node, live, amina)
    node.act(live, amina, Voted(motion=motion, round=vote, choice={"yes": 1}))
    keep(node, live)
    assert live.circle.decisions.motions[motion].ended == ""
    sky.time += DAY + 1
    keep(node, live)
    assert (live.circle.decisions.motions[motion].ended, live.circle.roots.name) == ("passed", clause)


def test_on_a_shared_machine_the_others_are_heard_too(node: Node, sky: Sky) -> None:
    live, amina = beginnings.start(node, node.new_person(), "Les Lilas", "Amina")
    invitation, secret = beginnings.invite(node, live, amina)
    bruno = beginnings.join(node, live, node.new_person(), invitation, secret, "Bruno")
    motion, clause, vote = proposed(node, live, amina)
    node.act(live, amina, Voted(motion=motion, round=vote, choice={"yes": 1}))
    keep(node, live)
    assert live.circle.decisions.motions[motion].round.clocks.keys() == {bruno}
    entries = live.last
    keep(node, live)
    assert live.last == entries, "nothing is due, and nothing is written"
    sky.time += DAY + 60_000
    keep(node, live)
    assert (live.circle.decisions.motions[motion].ended, live.circle.roots.name) == ("passed", clause)
    entries = live.last
    keep(node, live)
    assert live.last == entries
