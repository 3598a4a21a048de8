"""Proposals from the first word to what they change: each event as it works and is refused."""

import pytest

from cercle.modules.charter.rules import value
from cercle.modules.decisions.events import ClauseAdded, Opened, Proposed, Voted
from cercle.modules.decisions.state import DAY
from tests.story import Story

NOTHING = "0" * 20


@pytest.fixture
def story() -> Story:
    return Story()


def test_a_light_decision_renames_the_circle(story: Story) -> None:
    motion = story.bruno.brings(Proposed(title="Another name"))
    clause = story.bruno.brings(ClauseAdded(motion=motion, does="circle.renamed", words={"name": "Les Tilleuls"}))
    story.bruno.brings(Opened(motion=motion, method="light", clauses=[clause]))
    assert story.circle.roots.name != clause
    story.seal()
    assert story.circle.roots.name == clause
    found = story.circle.decisions.motions[motion]
    assert (found.ended, found.outcomes[-1].result) == ("passed", "passed")


def test_a_majority(story: Story) -> None:
    motion = story.bruno.brings(Proposed(title="Another rule"))
    clause = story.bruno.brings(
        ClauseAdded(motion=motion, does="charter.changed", fields={"setting": "quorum", "number": 50})
    )
    vote = story.bruno.brings(Opened(motion=motion, method="majority", clauses=[clause], days=1))
    story.bruno.brings(Voted(motion=motion, round=vote, choice={"yes": 1}))
    story.amina.brings(Voted(motion=motion, round=vote, choice={"yes": 1}))
    story.chloe.brings(Voted(motion=motion, round=vote, choice={"no": 1}))
    assert story.dov.is_refused(Voted(motion=motion, round=vote)) == "circle.not_allowed"
    story.seal()
    story.bruno.brings(Proposed(title="Something else"))
    story.seal()
    story.time += DAY + 1
    story.seal()
    assert story.circle.decisions.motions[motion].ended == "", "only the keeper says that the time is over"
    story.bruno.brings(Proposed(title="And another"))
    story.seal()
    found = story.circle.decisions.motions[motion]
    assert (found.ended, found.outcomes[-1].figures) == ("passed", {"yes": [2], "no": [1]})
    assert value(story.circle, "quorum") == 50
    assert story.circle.charter.since == {"quorum": clause}
