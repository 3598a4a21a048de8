"""Charters as files, side by side, and taken over by a decision."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cercle.modules.charter.rules import template_of, value
from tests.web.seated import Table, seated


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path, "decisions") as made:
        yield made


def upload(table: Table, text: str | bytes) -> None:
    table.amina.open("charter/compare")
    form = table.amina.page.form("/charter/compare").fields
    table.amina.post("charter/compare", form, files={"file": ("charter.json", text, "application/json")})


def exported(table: Table) -> dict[str, object]:
    return dict(json.loads(table.amina.open("charter/file").source))


def test_a_charter_is_a_file_that_says_the_same(table: Table) -> None:
    found = exported(table)
    assert (found["format"], found["name"], found["template"]) == ("cercle-charter/1", "Chez nous", "household")
    upload(table, json.dumps(found))
    assert "your charters say the same" in table.amina.page.text


def test_a_template_is_taken_over_as_a_whole(table: Table) -> None:
    page = table.amina.open("charter/compare?template=village")
    assert "What is otherwise there: Village" in page.text
    page = table.amina.send("/compare/propose", rule=page.form("/propose").fields["rule"], way="light")
    assert page.status == 200, page.text
    assert template_of(table.circle) == "village"
    (motion,) = table.circle.decisions.motions.values()
    assert [one.clause.event for one in motion.clauses.values()] == ["charter.adopted"]


def test_of_another_circle_only_what_is_ticked(table: Table) -> None:
    found = exported(table)
    settings = found["settings"] | {"quorum": 40, "days": 5, "tie": "lot"}  # type: ignore[operator]
    upload(table, json.dumps(found | {"settings": settings, "name": "Les Tilleuls"}))
    page = table.amina.page
    assert "What is otherwise there: Les Tilleuls" in page.text
    assert sorted(page.form("/propose").fields["rule"]) == ["days", "quorum", "tie"]
    page = table.amina.send("/compare/propose", rule=["quorum", "tie"], way="light", title="As the limes")
    assert page.status == 200, page.text
    assert [value(table.circle, setting) for setting in ("quorum", "days", "tie")] == [40, 1, "lot"]


def test_nothing_ticked(table: Table) -> None:
    table.amina.open("charter/compare?template=village")
    page = table.amina.send("/compare/propose", rule=[])
    assert (page.status, table.circle.decisions.motions) == (422, {})
    assert "Tick what is to be taken over." in page.text


def test_sums_in_another_currency_say_nothing_here(table: Table) -> None:
    found = exported(table)
    settings = found["settings"] | {"spend_alone": 777, "quorum": 40}  # type: ignore[operator]
    upload(table, json.dumps(found | {"settings": settings, "unit": "chf"}))
    assert table.amina.page.form("/propose").fields["rule"] == ["quorum"]


@pytest.mark.parametrize(
    "text",
    [
        b"", b"{", b"\xff\xfe", b"[]", b'{"format": "cercle-charter/1"}',
        b'{"format": "other", "settings": {"quorum": 1}}',
        b'{"format": "cercle-charter/1", "settings": {"quorum": 101}}',
        b'{"format": "cercle-charter/1", "settings": {"tie": "coin"}}',
        b'{"format": "cercle-charter/1", "settings": {"votes_by_merit": 1}}',
        b'{"format": "cercle-charter/1", "settings": {"quorum": "<script>"}}',
    ],
)  # fmt: skip
def test_what_is_no_charter(table: Table, text: bytes) -> None:
    upload(table, text)
    assert table.amina.page.status == 422
    assert "This is no charter that Cercle wrote, or it holds a rule that no charter can have." in table.amina.page.text


def test_what_was_tampered_with_is_refused(table: Table) -> None:
    page = table.amina.open("charter/compare?template=village")
    form = page.form("/propose").fields | {"template": [""], "theirs": ['{"quorum": 400}'], "title": ["x"]}
    before = table.entries()
    assert table.amina.post("charter/compare/propose", form).status == 422
    assert table.entries() == before
