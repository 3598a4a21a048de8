"""What is for the circle to decide becomes a proposal from the page on which somebody wanted to do it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cercle.core.fold import Why as FoldWhy
from cercle.modules.decisions.events import ClauseAdded, Opened, OptionAdded, Proposed
from cercle.modules.decisions.state import Motion
from tests.web.seated import Table, seated


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Table]:
    """A household that has become a village: much is for the circle to decide."""
    with seated(tmp_path, "decisions") as table:
        motion = table.does(Proposed(title="A village"))
        clause = table.does(ClauseAdded(motion=motion, does="charter.adopted", fields={"template": "village"}))
        table.does(Opened(motion=motion, method="light", clauses=[clause]))
        assert table.circle.decisions.motions[motion].ended == "passed"
        yield table


def last(table: Table) -> tuple[str, Motion]:
    name = table.circle.decisions.open[-1]
    return name, table.circle.decisions.motions[name]


def test_a_form_becomes_a_proposal(village: Table) -> None:
    village.bruno.open("settings")
    page = village.bruno.send("/settings/circle", circle="Les Tilleuls")
    assert (page.status, village.circle.decisions.open) == (409, [])
    assert "That is for the circle to decide" in page.text
    assert "Les Tilleuls" in page.text
    page = village.bruno.send("/decisions/propose", why="There are limes", way="majority")
    name, motion = last(village)
    assert (page.status, page.path.rpartition("/")[2]) == (200, name)
    assert [one.clause.event for one in motion.clauses.values()] == ["circle.renamed"]
    assert motion.round is not None
    assert motion.round.clauses == list(motion.clauses)
    assert "Chez nous → Les Tilleuls" in page.text


def test_it_is_suggested_for_a_proposal_that_there_is(village: Table) -> None:
    motion = village.does(Proposed(title="Another name"))
    village.bruno.open("settings")
    village.bruno.send("/settings/circle", circle="Les Tilleuls")
    page = village.bruno.send("/decisions/propose", beside=motion)
    found = village.circle.decisions.motions[motion]
    assert [one.by for one in found.clauses.values()] == [village.members["Bruno"]]
    assert (found.round, page.path.rpartition("/")[2]) == (None, motion)


def test_people_come_in_by_a_decision(village: Table) -> None:
    village.bruno.open("people")
    assert "New people are brought in by the circle." in village.bruno.page.text
    page = village.bruno.send("/people/add", name="Eve", role="adult")
    assert "That is for the circle to decide" in page.text
    page = village.bruno.send("/decisions/propose", way="majority")
    assert "The circle added Eve." in page.text


@pytest.mark.parametrize(
    ("carried", "sentence"),
    [
        ("", "There is nothing to propose."),
        ("{", "There is nothing to propose."),
        ('[{"does": "circle.renamed", "more": 1}]', "There is nothing to propose."),
        ('[{"does": "people.left"}]', "That is not for the circle to do by a decision."),
        ('[{"does": "circle.no_such"}]', "That is not for the circle to do by a decision."),
        ('[{"does": "charter.changed", "fields": {"setting": 7}}]', FoldWhy.MALFORMED.sentence),
    ],
)
def test_what_was_tampered_with(village: Table, carried: str, sentence: str) -> None:
    village.bruno.open("settings")
    village.bruno.send("/settings/circle", circle="Les Tilleuls")
    before = village.entries()
    page = village.bruno.send("/decisions/propose", carried=carried, title="x")
    assert page.status in (409, 422)
    assert sentence in page.text
    assert village.entries() == before


def test_twice_is_once(village: Table) -> None:
    village.bruno.open("settings")
    page = village.bruno.send("/settings/circle", circle="Les Tilleuls")
    form = page.form("/decisions/propose").fields | {"title": ["x"]}
    for _ in range(2):
        village.bruno.post("decisions/propose", form)
    assert len(village.circle.decisions.open) == 1


def test_who_may_not_propose_is_refused_plainly(village: Table) -> None:
    page = village.dov.open("settings")
    assert not any(form.action.endswith("/settings/circle") for form in page.forms)


def test_it_belongs_to_one_of_several_choices(village: Table) -> None:
    """Each name that is voted on would be the circle's, once it is chosen."""
    motion = village.does(Proposed(title="A name"))
    limes, oaks = (village.does(OptionAdded(motion=motion, what=what)) for what in ("Limes", "Oaks"))
    for key, name in ((limes, "Les Tilleuls"), (oaks, "Les Chênes")):
        village.bruno.open("settings")
        page = village.bruno.send("/settings/circle", circle=name)
        assert "A name, if it is: Oaks" in page.text
        page = village.bruno.send("/decisions/propose", beside=f"{motion}.{key}")
        assert page.path.endswith(motion), page.text
    found = village.circle.decisions.motions[motion].clauses.values()
    assert [one.option for one in found] == [limes, oaks]
    assert "If it is: Oaks" in page.text
