"""Votes on paper and for others, and how results are shown."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cercle.modules.charter.rules import value
from cercle.modules.decisions.events import ClauseAdded, Opened, OptionAdded, Proposed, Voted
from cercle.modules.decisions.state import Motion
from cercle.modules.meetings.events import Called
from cercle.web.deadlines import keep
from tests.web.seated import Table, seated

DAY = 86_400_000


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path, "decisions") as made:
        yield made


def opens(table: Table, method: str, *options: str) -> tuple[str, str, list[str]]:
    motion = table.does(Proposed(title="A trip"))
    keys = [table.does(OptionAdded(motion=motion, what=one)) for one in options]
    return motion, table.does(Opened(motion=motion, method=method, options=keys, days=1)), keys


def found(table: Table, motion: str) -> Motion:
    one: Motion = table.circle.decisions.motions[motion]
    return one


def pass_a_day(table: Table) -> None:
    """The node looks after its circles now, and a day later."""
    keep(table.node, table.live)
    table.later(DAY + 3_600_000)
    keep(table.node, table.live)


def test_two_count_the_papers(table: Table) -> None:
    motion, _, _ = opens(table, "majority")
    people = [table.members["Bruno"], table.members["Chloé"]]
    table.amina.open(f"decisions/{motion}/papers")
    page = table.amina.send("/papers", **{"who": people, "n-yes": "1", "n-": "1"})
    assert "It counts once somebody else has counted the same." in page.text
    table.dov.open(f"decisions/{motion}/papers")
    assert not any(form.action.endswith("/papers") for form in table.dov.page.forms)
    table.bruno.open(f"decisions/{motion}/papers")
    assert "papers of Bruno and Chloé" in table.bruno.page.text
    page = table.bruno.send("/papers", **{"who": people, "n-yes": "1", "n-no": "1"})
    table.bruno.open(f"decisions/{motion}/papers")
    assert "These counts differ" in table.bruno.page.text
    page = table.bruno.send("/papers", **{"who": people, "n-yes": "1", "n-": "1"})
    assert "Two of you have counted the same: it counts." in page.text
    pass_a_day(table)
    assert (found(table, motion).ended, found(table, motion).outcomes[-1].papers) == ("passed", 2)
    page = table.amina.open(f"decisions/{motion}")
    assert "2 of them on paper" in page.text
    assert "Bruno counted those of Bruno and Chloé" in page.text


@pytest.mark.parametrize(
    ("filled", "sentence"),
    [
        ({"n-yes": "1"}, "Say who handed in a paper."),
        ({"who": ["Bruno"], "n-yes": "2"}, "There is one paper for each who handed one in."),
        ({"who": ["Bruno"], "n-yes": "many"}, "There is one paper for each who handed one in."),
        ({"who": ["Dov"], "n-yes": "1"}, "Who votes on this was fixed when it was put to the vote."),
        ({"who": ["Amina"], "n-yes": "1"}, "One of these has voted on their own device, and hands in no paper."),
    ],
)
def test_papers_that_do_not_add_up(table: Table, filled: dict[str, Any], sentence: str) -> None:
    motion, vote, _ = opens(table, "majority")
    table.does(Voted(motion=motion, round=vote, choice={"no": 1}))
    table.bruno.open(f"decisions/{motion}/papers")
    before = table.entries()
    if "who" in filled:
        filled = filled | {"who": [table.members[name] for name in filled["who"]]}
    page = table.bruno.send("/papers", **filled)
    assert page.status in (409, 422)
    assert sentence in page.text
    assert table.entries() == before


@pytest.mark.parametrize(
    ("method", "lines", "expected"),
    [
        ("ranked", "1 A > B\n1 b>a=c", [({0: 1, 1: 2}, 1), ({0: 2, 1: 1, 2: 2}, 1)]),
        ("approval", "2x A C", [({0: 1, 2: 1}, 2)]),
        ("score", "1 A5, B3\n1 -", [({0: 5, 1: 3}, 1), ({}, 1)]),
        ("times", "2: A2 B1", [({0: 2, 1: 1}, 2)]),
    ],
)
def test_what_stands_on_papers(table: Table, method: str, lines: str, expected: list[Any]) -> None:
    motion, _, keys = opens(table, method, "Sea", "Hills", "Town")
    table.amina.open(f"decisions/{motion}/papers")
    page = table.amina.send("/papers", who=[table.members["Bruno"], table.members["Chloé"]], lines=lines)
    assert page.status == 200, page.text
    (counted,) = found(table, motion).round.counted.values()  # type: ignore[union-attr]
    told = [({keys.index(key): number for key, number in one.choice.items()}, one.number) for one in counted.papers]
    assert all(one in expected for one in told)
    assert len(told) == len(expected)


@pytest.mark.parametrize("lines", ["A > B", "1 A > A", "1 A > D", "0 A", "201 A", "1", "x A"])
def test_lines_that_cannot_be_read(table: Table, lines: str) -> None:
    motion, _, _ = opens(table, "ranked", "Sea", "Hills", "Town")
    table.amina.open(f"decisions/{motion}/papers")
    page = table.amina.send("/papers", who=[table.members["Bruno"]], lines=lines)
    assert (page.status, found(table, motion).round.counted) == (422, {})  # type: ignore[union-attr]
    assert "This line cannot be read" in page.text
    assert lines in page.source.replace("&gt;", ">"), "nothing typed is lost"


def test_somebody_votes_for_who_is_away(table: Table) -> None:
    table.chloe.open("decisions/proxy")
    assert "By the charter, nobody votes for another here." in table.chloe.page.text
    table.amina.open("charter/proxy_days")
    table.amina.send("/charter/proxy_days", value="31", way="light", now="yes")
    assert value(table.circle, "proxy_days") == 31
    table.chloe.open("decisions/proxy")
    page = table.chloe.send("/proxy", member=table.members["Bruno"], days="40")
    assert "A whole number from 1 to 31." in page.text
    page = table.chloe.send("/proxy", member=table.members["Bruno"], days="7")
    assert "votes for you" in page.text
    table.amina.open("decisions/proxy")
    assert "Bruno votes for Chloé" in table.amina.page.text
    motion, vote, _ = opens(table, "majority")
    table.does(Voted(motion=motion, round=vote, choice={"yes": 1}), "Bruno")
    pass_a_day(table)
    assert "Bruno voted for Chloé too" in table.amina.open(f"decisions/{motion}").text
    table.chloe.open("decisions/proxy")
    page = table.chloe.send("/proxy", end="yes")
    assert "You vote for yourself again." in page.text
    assert table.circle.decisions.proxies == {}


def test_an_order_is_shown_with_each_against_each(table: Table) -> None:
    motion, vote, keys = opens(table, "ranked", "Sea", "Hills", "Town")
    table.does(Voted(motion=motion, round=vote, choice={keys[0]: 1, keys[1]: 2}, why="To swim"))
    table.does(Voted(motion=motion, round=vote, choice={keys[0]: 1, keys[2]: 2}), "Bruno")
    table.does(Voted(motion=motion, round=vote, choice={keys[1]: 1}), "Chloé")
    pass_a_day(table)
    page = table.dov.open(f"decisions/{motion}")
    assert "Each against each" in page.text
    assert "Amina: Sea (1), Hills (2)" in page.text
    assert "To swim" in page.text
    assert "3 votes were signed by one machine, which holds the keys of these members." in page.text


def test_what_comes_too_late_is_shown_and_changes_nothing(table: Table) -> None:
    motion = table.does(Proposed(title="A trip"))
    clause = table.does(ClauseAdded(motion=motion, does="circle.renamed", words={"name": "Les Tilleuls"}))
    vote = table.does(Opened(motion=motion, method="majority", clauses=[clause], days=1))
    table.does(Voted(motion=motion, round=vote, choice={"yes": 1}))
    pass_a_day(table)
    table.does(Voted(motion=motion, round=vote, choice={"no": 1}), "Bruno")
    page = table.chloe.open(f"decisions/{motion}")
    assert "Came too late" in page.text
    assert "Bruno: No" in page.text
    assert found(table, motion).ended == "passed"


def test_the_week_says_what_was_decided_in_it(table: Table) -> None:
    table.turn_on("week")
    motion, vote, _ = opens(table, "majority")
    table.does(Voted(motion=motion, round=vote, choice={"no": 1}))
    assert "What we decided" not in table.bruno.open("week").text
    pass_a_day(table)
    day = table.circle.decisions.motions[motion].outcomes[-1].at // DAY
    page = table.bruno.open(f"week?of={date.fromordinal(day + date(1970, 1, 1).toordinal())}")
    assert "What we decided A trip not adopted" in page.text


def test_today_s_page_says_what_waits_for_one_s_word_and_which_meeting_comes(table: Table) -> None:
    table.turn_on("today", "meetings")
    motion, vote, _ = opens(table, "majority")
    tomorrow = (datetime.now(UTC).astimezone() + timedelta(days=1)).date()
    table.does(Called(name="Our evening", day=tomorrow.isoformat(), at="19:30"))
    page = table.bruno.open("today")
    assert "A trip You have not spoken yet" in page.text
    assert "Our evening" in page.text
    table.does(Voted(motion=motion, round=vote, choice={"no": 1}), "Bruno")
    assert "A trip" not in table.bruno.open("today").text
