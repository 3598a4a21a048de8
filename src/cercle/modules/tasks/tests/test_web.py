"""The pages of the chores: what is to do, one tap, hours, a chore's own page, who does how much."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cercle.modules.tasks.events import ChoreAdded, Done, Worked
from cercle.modules.tasks.state import Chore
from tests.web.browser import Browser, Page
from tests.web.seated import Table, forms, seated


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path, "tasks") as made:
        yield made


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    """One table for all that is refused: it has the chore "Bins", and nothing else may be written."""
    with seated(tmp_path_factory.mktemp("still"), "tasks") as made:
        made.does(ChoreAdded(name="Bins", rhythm="FREQ=DAILY", start=day(0), minutes=10))
        yield made


def day(away: int) -> str:
    return (datetime.now(UTC).astimezone().date() + timedelta(days=away)).isoformat()


def chore(table: Table, name: str) -> tuple[str, Chore]:
    chores: dict[str, Chore] = table.circle.tasks.chores
    return next((key, one) for key, one in chores.items() if table.live.name(one.words) == name)


def bins(table: Table, **more: Any) -> str:
    return table.does(ChoreAdded(**({"name": "Bins", "rhythm": "FREQ=DAILY", "start": day(0), "minutes": 10} | more)))


def add(browser: Browser, **filled: Any) -> Page:
    browser.open("tasks/new")
    return browser.send("/tasks/new", **filled)


def tick(browser: Browser, key: str, turn: int = 0) -> Page:
    browser.open("tasks")
    return browser.send("/tasks/done", button=f"done={key}.{turn}")


def test_the_first_chore_is_set_up_from_an_empty_page(table: Table) -> None:
    assert "No chores yet" in table.amina.open("tasks").text
    page = add(table.amina, name="Bins", often="weekly", interval="2", days=["MO", "TH"], start=day(0), minutes="1:15")
    _, one = chore(table, "Bins")
    assert (one.rhythm, one.start, one.minutes) == ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", day(0), 75)
    assert (one.rotation, one.order) == ("in_turn", [])
    assert "every 2 weeks: Monday and Thursday" in page.text
    assert "1 h 15" in page.text


@pytest.mark.parametrize(
    ("filled", "rhythm", "start"),
    [
        ({"often": "ever"}, "", ""),
        ({"often": "once", "start": "2026-03-31"}, "", "2026-03-31"),
        ({"often": "daily", "interval": "3", "start": "2026-03-31"}, "FREQ=DAILY;INTERVAL=3", "2026-03-31"),
        ({"often": "weekly", "start": "31/03/2026"}, "FREQ=WEEKLY", "2026-03-31"),
        ({"often": "monthly", "monthly": "day", "start": "2026-03-15"}, "FREQ=MONTHLY;BYMONTHDAY=15", "2026-03-15"),
        ({"often": "monthly", "monthly": "day", "start": "2026-03-31"}, "FREQ=MONTHLY;BYMONTHDAY=-1", "2026-03-31"),
        ({"often": "monthly", "monthly": "last", "start": "2026-03-15"}, "FREQ=MONTHLY;BYMONTHDAY=-1", "2026-03-15"),
        ({"often": "monthly", "monthly": "1", "start": "2026-03-15"}, "FREQ=MONTHLY;BYDAY=1SU", "2026-03-15"),
        ({"often": "yearly", "start": "2026-03-31"}, "FREQ=YEARLY", "2026-03-31"),
    ],
)
def test_each_rhythm_can_be_chosen_and_comes_back_into_its_boxes(
    table: Table, filled: dict[str, Any], rhythm: str, start: str
) -> None:
    add(table.amina, name="Bins", **filled)
    key, one = chore(table, "Bins")
    assert (one.rhythm, one.start) == (rhythm, start)
    table.amina.open(f"tasks/{key}/edit")
    table.amina.send(f"/tasks/{key}/edit", name="The bins")
    _, again = chore(table, "The bins")
    assert (again.rhythm, again.start) == (rhythm, start)


def test_one_tap_and_it_is_done(table: Table) -> None:
    key = bins(table)
    page = tick(table.bruno, key)
    assert "Done: Bins." in page.text
    assert "Bruno · 10 min · " in page.text.replace("\u00a0", " ")
    one = table.circle.tasks.chores[key]
    assert (one.turn.number, one.turn.day, one.turn.due) == (1, day(0), day(0))
    assert "tomorrow" in page.text


def test_a_tap_that_comes_second_is_told_who_was_first(table: Table) -> None:
    key = bins(table)
    table.amina.open("tasks")
    tick(table.bruno, key)
    page = table.amina.send("/tasks/done", button=f"done={key}.0")
    assert page.status == 409
    assert "This was done already: Bruno" in page.text


def test_all_together_is_one_tap_for_all(table: Table) -> None:
    key = bins(table, rotation="together")
    tick(table.amina, key)
    ((_, doing),) = table.circle.tasks.doings.items()
    assert doing.who == [table.members[name] for name in ("Amina", "Bruno", "Chloé")]


def test_what_was_done_is_taken_back_and_that_too(table: Table) -> None:
    key = bins(table)
    tick(table.bruno, key)
    table.bruno.open("tasks")
    (done,) = table.circle.tasks.doings
    page = table.bruno.send("/tasks/undo", button=f"entry={done}")
    assert "Taken back. Both stay in the log." in page.text
    assert table.circle.tasks.chores[key].turn.number == 0


def test_somebody_else_did_it_and_it_took_longer(table: Table) -> None:
    key = bins(table)
    table.amina.open(f"tasks/{key}")
    page = table.amina.send(
        f"/tasks/{key}/done", who=[table.members["Dov"]], minutes="25", day=day(-1), note="All of them"
    )
    assert "It is noted." in page.text
    ((_, doing),) = table.circle.tasks.doings.items()
    assert (doing.who, doing.minutes, doing.day) == ([table.members["Dov"]], 25, day(-1))


def test_a_turn_is_left_out_for_a_reason(table: Table) -> None:
    key = bins(table)
    table.amina.open(f"tasks/{key}")
    assert table.amina.send(f"/tasks/{key}/skip").status == 422
    page = table.amina.send(f"/tasks/{key}/skip", why="Nothing in them")
    assert "left out" in page.text
    assert table.circle.tasks.chores[key].turn.number == 1


def test_a_turn_is_taken_over_and_put_off(table: Table) -> None:
    key = bins(table, rotation="in_turn")
    table.chloe.open(f"tasks/{key}")
    table.chloe.send(f"/tasks/{key}/take")
    page = table.chloe.send(f"/tasks/{key}/put-off", until=day(1))
    assert "tomorrow" in page.text
    turn = table.circle.tasks.chores[key].turn
    assert (turn.taken, turn.until) == (table.members["Chloé"], day(1))


def test_a_chore_is_put_away_and_brought_back(table: Table) -> None:
    key = bins(table)
    table.amina.open(f"tasks/{key}")
    page = table.amina.send(f"/tasks/{key}/archive")
    assert "archived" in page.text
    assert f"/tasks/{key}/done" not in forms(page)
    table.amina.send(f"/tasks/{key}/archive")
    assert not table.circle.tasks.chores[key].archived


@pytest.mark.parametrize(("text", "minutes"), [("45", 45), ("1:30", 90), ("1h30", 90), ("2 h", 120), ("20 min", 20)])
def test_hours_without_a_chore(table: Table, text: str, minutes: int) -> None:
    table.dov.open("tasks")
    page = table.dov.send("/tasks", what="The tap", minutes=text, kind="repairs", who=[table.members["Dov"]])
    assert "The tap" in page.text
    ((_, doing),) = table.circle.tasks.doings.items()
    assert (doing.minutes, doing.kind, doing.day) == (minutes, "repairs", day(0))


@pytest.mark.parametrize(
    ("filled", "box"),
    [
        ({"minutes": ""}, "minutes"),
        ({"minutes": "long"}, "minutes"),
        ({"minutes": "0"}, "minutes"),
        ({"minutes": "1441"}, "minutes"),
        ({"minutes": "10", "day": "soon"}, "day"),
        ({"minutes": "10", "day": day(1)}, "day"),
        ({"minutes": "10", "who": []}, "who"),
    ],
)
def test_hours_that_cannot_be_stay_in_their_boxes(still: Table, filled: dict[str, Any], box: str) -> None:
    before = still.entries()
    still.amina.open("tasks")
    page = still.amina.send("/tasks", **({"what": "The tap"} | filled))
    assert page.status == 422
    assert f'href="#{box}"' in page.source
    assert page.form("/tasks").fields["what"] == ["The tap"]
    assert still.entries() == before


@pytest.mark.parametrize(
    ("filled", "box"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"rotation": "fixed"}, "members"),
        ({"start": "31/02/2026"}, "start"),
        ({"interval": "0"}, "interval"),
        ({"interval": "often"}, "interval"),
        ({"interval": "9" * 5000}, "interval"),
        ({"minutes": "-5"}, "minutes"),
        ({"days": ["MO"], "interval": "2", "follows": "yes"}, "days"),
    ],
)
def test_a_chore_that_cannot_be_stays_in_its_boxes(still: Table, filled: dict[str, Any], box: str) -> None:
    before = still.entries()
    page = add(still.amina, **({"name": "Windows", "note": "Both sides"} | filled))
    assert page.status == 422
    assert f'href="#{box}"' in page.source
    assert page.form("/tasks/new").fields["note"] == ["Both sides"]
    assert still.entries() == before


def test_who_may_not_is_offered_nothing(still: Table) -> None:
    page = still.dov.open("tasks")
    assert "Add a chore" not in page.text
    key, _ = chore(still, "Bins")
    found = forms(still.dov.open(f"tasks/{key}"))
    assert any(action.endswith("/done") for action in found)
    assert not any(action.endswith(("/skip", "/take", "/put-off", "/archive")) for action in found)


def test_what_is_not_there_is_not_found(still: Table) -> None:
    for address in ("tasks/nothing", "tasks/nothing/edit"):
        assert still.amina.open(address).status == 404
    still.amina.open("tasks")
    assert still.amina.post("tasks/done", {"_csrf_token": still.amina.token(), "done": "x.0"}).status == 404
    key, _ = chore(still, "Bins")
    for turn in ("", "-1", "9" * 30, "9" * 5000):
        sent = {"_csrf_token": still.amina.token(), "done": f"{key}.{turn}"}
        assert still.amina.post("tasks/done", sent).status == 404
        still.amina.open("tasks")


def test_who_does_how_much(table: Table) -> None:
    assert "Nothing was noted" in table.amina.open("tasks/minutes").text
    key = bins(table)
    table.does(Done(chore=key, turn=0, who=[table.members["Bruno"]], day=day(0)), "Bruno")
    table.does(Worked(kind="garden", minutes=90, who=[table.members["Amina"]], day=day(-20)))
    page = table.amina.open("tasks/minutes?weeks=4").text
    assert all(part in page for part in ("1 h 30", "10 min", "Garden"))
    assert "Garden" not in table.amina.open("tasks/minutes?weeks=1").text


def test_in_french(table: Table) -> None:
    bins(table, rhythm="FREQ=WEEKLY;BYDAY=MO,TH", start="2026-11-02", follows=True)
    table.amina.headers["accept-language"] = "fr"
    key, _ = chore(table, "Bins")
    page = table.amina.open(f"tasks/{key}").text
    assert "toutes les semaines : lundi et jeudi, à compter de la dernière fois" in page
