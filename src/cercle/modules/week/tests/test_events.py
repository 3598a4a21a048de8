"""What is agreed, kept and let go: each event as it works and is refused."""

import pytest

from cercle.modules.people.events import Left
from cercle.modules.week.events import Agreed, Dropped, Kept
from cercle.modules.week.read import agreements
from cercle.modules.week.rules import Why
from tests.story import Story

NOTHING = "0" * 20


@pytest.fixture
def story() -> Story:
    return Story()


def open_ones(story: Story) -> list[str]:
    return [key for key, one in agreements(story.circle, "2026-11-16", "2026-11-22") if not one.ended]


def test_week_agreed(story: Story) -> None:
    key = story.amina.brings(Agreed(member=story.bruno.member, until="2026-11-29", what="No phones at table"))
    ((found, one),) = agreements(story.circle, "2026-11-16", "2026-11-22")
    assert (found, one.member, one.until, one.ended) == (key, story.bruno.member, "2026-11-29", "")


def test_week_agreed_is_refused(story: Story) -> None:
    assert story.amina.is_refused(Agreed(member=NOTHING, what="x")) == Why.NOBODY.code
    assert story.amina.is_refused(Agreed(until="2026-11-31", what="x")) == Why.NO_DAY.code
    story.chloe.brings(Left())
    assert story.amina.is_refused(Agreed(member=story.chloe.member, what="x")) == Why.NOBODY.code
    assert story.dov.is_refused(Agreed(what="x")) == "circle.not_allowed"


def test_week_kept(story: Story) -> None:
    key = story.amina.brings(Agreed(what="Mend the gate"))
    story.bruno.brings(Kept(agreement=key, day="2026-11-18"))
    assert open_ones(story) == []
    assert [one.ended for _, one in agreements(story.circle, "2026-11-16", "2026-11-22")] == ["kept"]
    assert agreements(story.circle, "2026-11-23", "2026-11-29") == []


def test_week_kept_is_refused(story: Story) -> None:
    key = story.amina.brings(Agreed(what="Mend the gate"))
    assert story.bruno.is_refused(Kept(agreement=NOTHING)) == Why.NO_AGREEMENT.code
    assert story.bruno.is_refused(Kept(agreement=key, day="never-ever")) == Why.NO_DAY.code
    story.bruno.brings(Kept(agreement=key))
    assert story.bruno.is_refused(Kept(agreement=key)) == Why.OVER.code


def test_week_dropped(story: Story) -> None:
    key = story.amina.brings(Agreed(what="Get up at six"))
    story.chloe.brings(Dropped(agreement=key, day="2026-11-18", why="Nobody did"))
    assert open_ones(story) == []
    assert story.circle.week.agreements[key].ended == "dropped"


def test_week_dropped_is_refused(story: Story) -> None:
    key = story.amina.brings(Agreed(what="Get up at six"))
    assert story.bruno.is_refused(Dropped(agreement=NOTHING)) == Why.NO_AGREEMENT.code
    story.bruno.brings(Kept(agreement=key))
    assert story.bruno.is_refused(Dropped(agreement=key)) == Why.OVER.code
