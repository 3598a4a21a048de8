"""The pages of deciding, as people use them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cercle.modules.charter.rules import value
from cercle.modules.decisions.events import Opened, Proposed
from cercle.modules.decisions.web import REGISTER
from tests.web.seated import Table, seated


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path, "decisions") as made:
        yield made


def test_a_rule_of_a_household_is_changed_at_once(table: Table) -> None:
    """The charter says each rule in a sentence, and which decision set it."""
    table.amina.open("charter")
    assert "From a common purse each may take what is in it." in table.amina.page.text
    table.amina.open("charter/spend_alone")
    page = table.amina.send("/charter/spend_alone", value="50", why="So we talk about it", way="light", now="yes")
    assert (page.status, value(table.circle, "spend_alone")) == (200, 5000)
    assert "adopted" in page.text
    assert "no limit → €50.00" in page.text
    table.bruno.open("charter")
    assert "one person alone takes €50.00 a month at most." in table.bruno.page.text
    assert "Decided: From a common purse one person alone takes €50.00 a month at most." in table.bruno.page.text


def test_a_proposal_is_voted_on_and_says_who_has_not_spoken(table: Table) -> None:
    table.bruno.open("decisions/new")
    page = table.bruno.send("/decisions/new", title="A dog", why="For walks", way="majority", now="yes")
    motion = page.path.rpartition("/")[2]
    assert "It takes more yes than no." in page.text
    table.amina.open("decisions")
    assert "You have not spoken yet" in table.amina.page.text
    table.amina.open(f"decisions/{motion}")
    page = table.amina.send(f"/decisions/{motion}/vote", stance="no", why="Who walks it?")
    assert "Who walks it?" in page.text
    page = table.amina.send(f"/decisions/{motion}/vote", stance="yes")
    found = table.circle.decisions.motions[motion]
    assert found.round.ballots[table.members["Amina"]].choice == {"yes": 1}
    table.dov.open(f"decisions/{motion}")
    assert not any("vote" in form.action for form in table.dov.page.forms)


def test_one_of_several_by_order(table: Table) -> None:
    table.bruno.open("decisions/new")
    page = table.bruno.send(
        "/decisions/new", title="Where to", choices="Brest\nLille\nNice", way_of_several="ranked", now="yes"
    )
    motion = page.path.rpartition("/")[2]
    options = list(table.circle.decisions.motions[motion].options)
    page = table.bruno.send(
        f"/decisions/{motion}/vote", **{f"o-{key}": str(place) for place, key in enumerate(options, 1)}
    )
    assert table.circle.decisions.motions[motion].round.ballots[table.members["Bruno"]].choice == {
        key: place for place, key in enumerate(options, 1)
    }


@pytest.mark.parametrize(
    ("filled", "sentence"),
    [
        ({"title": " "}, "Say in a line what you propose."),
        ({"title": "A dog", "choices": "One"}, "One choice a line, two at least and 50 at most."),
        ({"title": "A dog", "days": "0"}, "A whole number from 1 to 90."),
        ({"title": "A dog", "way": "coin", "now": "yes"}, "Choose one."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(table: Table, filled: dict[str, str], sentence: str) -> None:
    table.bruno.open("decisions/new")
    before = table.entries()
    page = table.bruno.send("/decisions/new", **filled)
    assert page.status in (409, 422)
    assert sentence in page.text
    assert table.entries() == before


def test_an_objection_is_taken_in(table: Table) -> None:
    table.bruno.open("charter/quorum")
    page = table.bruno.send("/charter/quorum", value="90", way="consent", now="yes")
    motion = page.path.rpartition("/")[2]
    table.chloe.open(f"decisions/{motion}")
    page = table.chloe.send(f"/decisions/{motion}/vote", stance="object")
    assert "This comes with its reason." in page.text
    page = table.chloe.send(f"/decisions/{motion}/vote", stance="object", why="I am away in summer")
    assert "I object" in page.text
    table.bruno.open(f"decisions/{motion}")
    page = table.bruno.send(f"/decisions/{motion}/open", way="consent", days="2", anew="Let us talk")
    assert "Let us talk" in page.text
    assert table.circle.decisions.motions[motion].round.ballots == {}


def test_the_time_that_suits_most(table: Table) -> None:
    """Times are typed as people write them, and shown by the visitor's own clock."""
    table.bruno.cookies["zone"] = "Europe/Paris"
    table.bruno.open("decisions/new")
    lines = "31/12/2099 19:30-21:00\n2099-12-31 9h at the market\nany other time"
    page = table.bruno.send("/decisions/new", title="When", choices=lines, way_of_several="times", now="yes")
    (motion,) = table.circle.decisions.motions.values()
    evening, morning, other = motion.options.values()
    assert evening.starts == int(datetime(2099, 12, 31, 18, 30, tzinfo=UTC).timestamp() * 1000)
    assert evening.ends - evening.starts == 90 * 60_000
    assert morning.ends - morning.starts == 60 * 60_000
    assert (other.starts, other.ends) == (0, 0)
    assert "31 December 2099, 19:30" in page.text
    assert "at the market · 31 December 2099, 09:00" in page.text
    keys = list(motion.options)
    page = table.bruno.send("/vote", **{f"o-{keys[0]}": "2", f"o-{keys[1]}": "1"})
    assert motion_ballot(table) == {keys[0]: 2, keys[1]: 1}


def motion_ballot(table: Table) -> dict[str, int]:
    (motion,) = table.circle.decisions.motions.values()
    (ballot,) = motion.round.ballots.values()
    return dict(ballot.choice)


def test_the_register_shows_the_latest_and_on_a_tap_all(table: Table) -> None:
    for number in range(REGISTER + 2):
        motion = table.does(Proposed(title=f"Number {number}"))
        table.does(Opened(motion=motion, method="light"))
    page = table.chloe.open("decisions")
    assert ("Number 2" in page.text, "Number 1 " in page.text) == (True, False)
    assert "Number 1 " in table.chloe.open("decisions?whole=true").text
