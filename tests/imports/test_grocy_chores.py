"""Grocy's chores become ours: the same day due, the same person next, and every execution with its day and person."""

import random
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cercle import beginnings
from cercle.imports import Report, Why
from cercle.modules import load
from cercle.modules.circle.events import Adopted, Begun
from cercle.modules.circle.read import is_on
from cercle.modules.people.events import Described, Left
from cercle.modules.tasks.events import ChoreArchived, ChoreRestored, Done, PutOff, Undone
from cercle.modules.tasks.read import due, latest
from cercle.modules.tasks.state import Chore, Doing, Tasks
from cercle.modules.tasks.turns import whose
from cercle.store.live import Live
from cercle.store.node import Node
from tests.imports.kitchen import FILE, Kitchen
from tests.imports.test_grocy import bring, rows
from tests.imports.test_killed import run

TOWELS, MOP, TRASH, VACUUM, LITTER, SHEETS = range(1, 7)
STANDING = "undone = 0"


def tasks_of(live: Live) -> Tasks:
    tasks: Tasks = live.circle.tasks
    return tasks


def chore_named(live: Live, name: str) -> tuple[str, Chore]:
    return next((key, one) for key, one in tasks_of(live).chores.items() if live.name(one.words) == name)


def person_named(live: Live, name: str) -> str:
    members = live.circle.people.profiles
    return next(member for member in members if live.name(members[member].words) == name)


def doings(live: Live, name: str) -> list[Doing]:
    """Of one chore, the first first."""
    return [doing for _, doing in latest(live.circle, chore_named(live, name)[0])][::-1]


def done(kitchen: Kitchen, chore: int, day: str, user: Any = 1, **more: Any) -> int:
    """As Grocy notes an execution."""
    values = {"chore_id": chore, "tracked_time": f"{day} 00:00:00", "done_by_user_id": user} | more
    return kitchen.insert("chores_log", **values)


def said(kitchen: Kitchen, chore: int, **columns: Any) -> None:
    """Grocy's own form for a chore, saved."""
    names = ", ".join(f"{column} = ?" for column in columns)
    kitchen.sql.execute(f"UPDATE chores SET {names} WHERE id = ?", [*columns.values(), chore])


def bare(path: Path) -> Kitchen:
    """A household without any chore."""
    kitchen = Kitchen(path)
    kitchen.sql.execute("DELETE FROM chores")
    kitchen.sql.execute("DELETE FROM chores_log")
    return kitchen


def add(kitchen: Kitchen, name: str, kind: str, **more: Any) -> int:
    values = {"name": name, "period_type": kind, "start_date": "2026-10-05 00:00:00", "track_date_only": 1} | more
    return kitchen.insert("chores", **values)


def days_due(path: Path) -> dict[str, str]:
    """When Grocy itself has each chore next."""
    query = "SELECT chore_name, next_estimated_execution_time AS next FROM chores_current"
    return {row["chore_name"]: (row["next"] or "")[:10] for row in rows(path, query)}


def ours_due(live: Live) -> dict[str, str]:
    return {live.name(one.words): due(one) for one in tasks_of(live).chores.values() if not one.archived}


def warned(report: Report, beginning: str) -> str:
    return next((one.values["names"] for one in report.warnings if one.sentence.startswith(beginning)), "")


# --- the real file ---------------------------------------------------------------------------------------------------


def test_every_execution_has_its_day_its_person_and_what_became_of_it(node: Node) -> None:
    live = node.find(bring(node).circle)
    found = Counter[tuple[Any, ...]]()
    for doing in tasks_of(live).doings.values():
        if not doing.of:
            name = live.name(tasks_of(live).chores[doing.chore].words)
            (who,) = doing.who or [""]
            person = live.name(live.circle.people.profiles[who].words) if who else ""
            found[name, doing.day, doing.due, person, doing.undone] += 1
    query = """SELECT c.name, date(tracked_time), date(scheduled_execution_time),
        CASE WHEN skipped THEN '' ELSE username END, undone FROM chores_log l
        JOIN chores c ON c.id = l.chore_id JOIN users u ON u.id = l.done_by_user_id"""
    assert found == Counter((*row[:4], bool(row[4])) for row in rows(FILE, query))
    assert found.total() == 152
    assert is_on(live.circle, "tasks")


def test_the_turns_number_up_in_the_order_of_the_days(node: Node) -> None:
    live = node.find(bring(node).circle)
    query = f"SELECT c.name, sum({STANDING}) AS count FROM chores_log l JOIN chores c ON c.id = l.chore_id GROUP BY 1"
    counts = {live.name(one.words): one.turn.number for one in tasks_of(live).chores.values()}
    assert counts == {row["name"]: row["count"] for row in rows(FILE, query)}
    for name in counts:
        noted = doings(live, name)
        assert [doing.day for doing in noted] == sorted(doing.day for doing in noted)
        stands = [doing.before.number for doing in noted if not doing.undone]
        assert stands == list(range(counts[name]))


def test_each_chore_is_due_on_the_day_and_for_the_person_for_which_grocy_has_it(node: Node) -> None:
    """No day differs: a chore of every 72 hours is one of every three days, one of every three weeks counts from the
    Monday that Grocy has next, and only the one that was rescheduled there has been put off."""
    live = node.find(bring(node).circle)
    assert ours_due(live) == days_due(FILE)
    chores = {live.name(one.words): one for one in tasks_of(live).chores.values()}
    assert {name: (one.rhythm, one.start, one.follows) for name, one in chores.items()} == {
        "Change towels in the bathroom": ("FREQ=DAILY;INTERVAL=3", "2025-01-01", True),
        "Mop the kitchen floor": ("FREQ=WEEKLY;BYDAY=MO,TH", "2025-01-01", True),
        "Take out the trash": ("FREQ=DAILY;INTERVAL=2", "2025-01-01", True),
        "Vacuum the living room floor": ("FREQ=WEEKLY;BYDAY=SA", "2025-01-01", True),
        "Clean the litter box": ("FREQ=DAILY", "2025-01-01", True),
        "Change the bed sheets": ("FREQ=WEEKLY;INTERVAL=3;BYDAY=MO", "2026-11-16", False),
    }
    assert {name: one.turn.until for name, one in chores.items() if one.turn.until} == {
        "Change the bed sheets": "2026-12-01"
    }
    query = """SELECT c.name, username FROM chores c JOIN users u ON u.id = c.next_execution_assigned_to_user_id"""
    following = {name: [live.name(live.circle.people.profiles[member].words) for member in turns(live, one)]
                 for name, one in chores.items()}  # fmt: skip
    assert following == {name: [] for name in chores} | {row[0]: [row[1]] for row in rows(FILE, query)}
    assert {one.turn.taken for one in chores.values()} == {""}


def turns(live: Live, chore: Chore) -> list[str]:
    return whose(live.circle, chore, due(chore))


def test_the_same_file_again_brings_nothing(node: Node) -> None:
    first = bring(node)
    before = tasks_of(node.find(first.circle)).chores
    again = bring(node)
    assert again.brought == {}
    assert (again.already["chores"], again.already["chore executions"]) == (6, 152)
    assert tasks_of(node.find(first.circle)).chores == before


def test_killed_and_run_again(tmp_path: Path) -> None:
    whole = run("grocy", FILE, tmp_path / "whole", 0)
    calls, chance, found = int(whole.stdout), random.Random(6), set()
    for last in [chance.randrange(calls // 2, calls) for _ in range(3)] + [0]:
        data = tmp_path / str(last)
        assert run("grocy", FILE, data, last).returncode in (-signal.SIGKILL, 0)
        node = Node(data, load())
        live = node.find(bring(node).circle)
        assert len(node.numbers()) == 1
        found.add(repr(sorted((live.name(one.words), one.turn.number) for one in tasks_of(live).chores.values())))
        assert len(tasks_of(live).doings) == 152 + 18
        node.close()
    assert len(found) == 1


# --- what Grocy says of a chore --------------------------------------------------------------------------------------

RHYTHMS: list[tuple[dict[str, Any], str, bool]] = [
    ({"period_type": "manually"}, "", True),
    ({"period_type": "hourly", "period_interval": 48}, "FREQ=DAILY;INTERVAL=2", True),
    ({"period_type": "hourly", "period_interval": 36}, "FREQ=DAILY;INTERVAL=2", False),
    ({"period_type": "hourly", "period_interval": 1}, "FREQ=DAILY", False),
    ({"period_type": "daily", "period_interval": 10}, "FREQ=DAILY;INTERVAL=10", True),
    ({"period_type": "weekly", "period_config": "sunday,tuesday"}, "FREQ=WEEKLY;BYDAY=TU,SU", True),
    (
        {"period_type": "weekly", "period_config": "friday", "period_interval": 2},
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR",
        True,
    ),
    (
        {"period_type": "weekly", "period_config": "monday,friday", "period_interval": 2},
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR",
        False,
    ),
    ({"period_type": "monthly", "period_days": 15}, "FREQ=MONTHLY;BYMONTHDAY=15", True),
    (
        {"period_type": "monthly", "period_days": 28, "period_interval": 3},
        "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=28",
        True,
    ),
    ({"period_type": "monthly", "period_days": 29}, "FREQ=MONTHLY;BYMONTHDAY=28", False),
    ({"period_type": "monthly", "period_days": 31}, "FREQ=MONTHLY;BYMONTHDAY=-1", False),
    ({"period_type": "yearly", "period_interval": 2}, "FREQ=YEARLY;INTERVAL=2", True),
    ({"period_type": "adaptive"}, "FREQ=DAILY;INTERVAL=6", False),
]


@pytest.mark.parametrize(("columns", "rhythm", "exact"), RHYTHMS)
@pytest.mark.parametrize("days", [[], ["2026-11-02", "2026-11-07", "2026-11-14"]])
def test_each_rhythm_is_said_or_the_nearest_named(
    node: Node, tmp_path: Path, columns: dict[str, Any], rhythm: str, exact: bool, days: list[str]
) -> None:
    kitchen = bare(tmp_path / "grocy.db")
    chore = add(kitchen, "Windows", "daily", **columns)
    for day in days:
        done(kitchen, chore, day)
    report = bring(node, kitchen.path)
    live = node.find(report.circle)
    _, ours = chore_named(live, "Windows")
    if columns["period_type"] == "adaptive" and not days:
        assert ours.rhythm == ""  # nobody has done it yet, so there is no rhythm in it
    else:
        assert ours.rhythm == rhythm
        assert due(ours) == days_due(kitchen.path)["Windows"]
    assert (warned(report, "The rhythm of") == "") is exact


def test_who_takes_part_and_in_which_order(node: Node, tmp_path: Path) -> None:
    """The round is Grocy's, whoever of it is first: what counts is who comes after whom."""
    kitchen = bare(tmp_path / "grocy.db")
    kitchen.sql.execute("UPDATE users SET first_name = 'Amina' WHERE id = 3")
    chores = {}
    for name, kind, users in (
        ("Anyone", "no-assignment", "1,2"),
        ("Round", "in-alphabetical-order", "1,2,3"),
        ("Least", "who-least-did-first", "2,1"),
        ("Chance", "random", "4,2,1"),
        ("Hers", "random", "2"),
        ("Nobody", "random", ""),
    ):
        chores[name] = add(kitchen, name, "daily", assignment_type=kind, assignment_config=users)
        done(kitchen, chores[name], "2026-11-19", 1)
        done(kitchen, chores[name], "2026-11-20", 2)
    for name, user in (("Round", 3), ("Least", 2), ("Chance", 4), ("Hers", 2)):
        said(kitchen, chores[name], next_execution_assigned_to_user_id=user)
    report = bring(node, kitchen.path)
    live = node.find(report.circle)
    amina, first, second, fourth = (
        person_named(live, name) for name in ("Amina", "Demo User", "Demo User 2", "Demo User 4")
    )
    found = {name: chore_named(live, name)[1] for name in chores}
    assert {name: (one.rotation, set(one.order)) for name, one in found.items()} == {
        "Anyone": ("whoever", set()),
        "Round": ("in_turn", {amina, first, second}),
        "Least": ("least_recent", {first, second}),
        "Chance": ("random", {first, second, fourth}),
        "Hers": ("fixed", {second}),
        "Nobody": ("whoever", set()),
    }
    order = found["Round"].order * 2
    assert order[order.index(amina) :][:3] == [amina, first, second]
    assert [turns(live, found[name]) for name in chores] == [[], [amina], [second], [fourth], [second], []]
    assert [name for name, one in found.items() if one.turn.taken] == ["Least"]
    assert warned(report, "Chores that went to whoever") == "Least"


def test_a_round_goes_on_after_the_one_who_did_it_last(node: Node, tmp_path: Path) -> None:
    kitchen = bare(tmp_path / "grocy.db")
    chore = add(kitchen, "Bins", "daily", assignment_type="in-alphabetical-order", assignment_config="1,2,3")
    for day, user in (("2026-11-18", 1), ("2026-11-19", 1), ("2026-11-20", 1)):
        done(kitchen, chore, day, user)
    said(kitchen, chore, next_execution_assigned_to_user_id=2)
    report = bring(node, kitchen.path)
    live = node.find(report.circle)
    names = ["Demo User 2", "Demo User 3", "Demo User", "Demo User 2"]
    for name in names:
        identifier, ours = chore_named(live, "Bins")
        assert turns(live, ours) == [person_named(live, name)]
        node.act(live, report.member, Done(chore=identifier, turn=ours.turn.number, who=[report.member]))


def test_notes_what_is_inactive_and_what_is_left(node: Node, tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path / "grocy.db")
    said(kitchen, TRASH, description="<p>Blue on <b>Tuesdays</b></p>", active=0)
    said(kitchen, MOP, consume_product_on_execution=1, product_id=3, product_amount=1, rollover=1)
    said(kitchen, LITTER, track_date_only=0)
    done(kitchen, TRASH, "2026-11-21", 99)
    done(kitchen, 99, "2026-11-21", 1)
    report = bring(node, kitchen.path)
    live = node.find(report.circle)
    _, trash = chore_named(live, "Take out the trash")
    assert trash.archived
    assert live.words(trash.words)["note"] == "Blue on Tuesdays"
    assert trash.turn.number == 22
    assert {(one.what, one.why, one.count) for one in report.left if "chore" in one.what or "due" in one.what} == {
        ("chore executions", Why.NO_PERSON, 1),
        ("chore executions", Why.NO_CHORE, 1),
        ("products that chores use up", Why.NOT_OF_CHORES, 1),
        ("due days that move along with today", Why.NOT_OF_CHORES, 1),
        ("times of day of chores", Why.NOT_OF_CHORES, 1),
    }
    assert bring(node, kitchen.path).brought == {}


def test_what_was_skipped_says_where_it_came_from(node: Node) -> None:
    live = node.find(bring(node).circle)
    entries = [entry for entry, doing in latest(live.circle) if not doing.who or doing.undone]
    assert len(entries) == 36
    skipped = [entry for entry in entries if not tasks_of(live).doings[entry].who]
    assert {live.words(entry)["why"] for entry in skipped} == {"Grocy"}


# --- a household that goes on ----------------------------------------------------------------------------------------


def test_a_file_that_has_grown_brings_what_is_new(node: Node, tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path / "grocy.db")
    first = bring(node, kitchen.path)
    done(kitchen, MOP, "2026-11-23", 3, scheduled_execution_time="2026-11-16 23:59:59")
    said(kitchen, MOP, next_execution_assigned_to_user_id=4)
    kitchen.sql.execute("UPDATE chores_log SET undone = 1 WHERE id IN (151, 1)")
    done(kitchen, VACUUM, "2026-11-03", 3)  # noted long after
    said(kitchen, SHEETS, rescheduled_date=None)
    done(kitchen, SHEETS, "2026-12-02", 1)
    done(kitchen, add(kitchen, "Windows", "manually"), "2026-11-22", 2)
    again = bring(node, kitchen.path)
    live = node.find(first.circle)
    assert again.brought == {"chores": 1, "chore executions": 6}
    assert ours_due(live) == days_due(kitchen.path)
    mop = chore_named(live, "Mop the kitchen floor")[1]
    assert turns(live, mop) == [person_named(live, "Demo User 4")]
    assert doings(live, "Mop the kitchen floor")[-1].due == "2026-11-16"
    assert sum(doing.undone for doing in doings(live, "Change towels in the bathroom")) == 5
    assert bring(node, kitchen.path).brought == {}


def test_what_people_did_meanwhile_stays(node: Node, tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path / "grocy.db")
    first = bring(node, kitchen.path)
    live = node.find(first.circle)
    mop, before = chore_named(live, "Mop the kitchen floor")
    node.act(live, first.member, Done(chore=mop, turn=before.turn.number, who=[first.member], day="2026-11-24"))
    vacuum, before = chore_named(live, "Vacuum the living room floor")
    node.act(live, first.member, PutOff(chore=vacuum, turn=before.turn.number, until="2026-12-24"))
    towels = chore_named(live, "Change towels in the bathroom")[0]
    (last, *_) = [entry for entry, doing in latest(live.circle, towels) if not doing.undone]
    node.act(live, first.member, Undone(entry=last))
    kitchen.sql.execute("UPDATE chores_log SET undone = 1 WHERE id = 151")  # the same, taken back in Grocy as well
    expected = tasks_of(live).chores
    assert bring(node, kitchen.path).brought == {}
    assert tasks_of(node.find(first.circle)).chores == expected
    done(kitchen, MOP, "2026-11-25", 2)
    assert bring(node, kitchen.path).brought == {"chore executions": 1}
    after = chore_named(node.find(first.circle), "Mop the kitchen floor")[1]
    assert (due(after), after.turn.until, after.turn.taken) == ("2026-11-26", "", "")


def test_a_chore_that_was_put_away_here_takes_no_more_until_it_is_back(node: Node, tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path / "grocy.db")
    first = bring(node, kitchen.path)
    live = node.find(first.circle)
    mop = chore_named(live, "Mop the kitchen floor")[0]
    node.act(live, first.member, ChoreArchived(chore=mop))
    done(kitchen, MOP, "2026-11-23")
    kitchen.sql.execute("UPDATE chores_log SET undone = 1 WHERE id = 2")
    again = bring(node, kitchen.path)
    assert again.brought == {"chore executions": 1}
    assert [(one.what, one.count) for one in again.left if one.why is Why.PUT_AWAY] == [("chore executions", 1)]
    live = node.find(first.circle)
    node.act(live, first.member, ChoreRestored(chore=mop))
    assert bring(node, kitchen.path).brought == {"chore executions": 1}


def test_what_somebody_did_who_has_left_is_left_too(node: Node, tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path / "grocy.db")
    first = bring(node, kitchen.path)
    live = node.find(first.circle)
    invitation, seed = beginnings.invite(node, live, first.member)
    farid = beginnings.join(node, live, node.new_person(), invitation, seed, "Farid")
    user = kitchen.insert("users", username="Farid", password="x")
    done(kitchen, MOP, "2026-11-23", user)
    said(kitchen, MOP, next_execution_assigned_to_user_id=user)
    assert bring(node, kitchen.path).brought == {"chore executions": 1}
    live = node.find(first.circle)
    mop = chore_named(live, "Mop the kitchen floor")[1]
    assert (mop.last[farid], turns(live, mop)) == (mop.turn.number, [farid])
    node.act(live, farid, Left())
    done(kitchen, MOP, "2026-11-26", user)
    again = bring(node, kitchen.path)
    assert again.brought == {}
    assert [(one.what, one.count) for one in again.left if one.why is Why.NO_PERSON] == [("chore executions", 1)]


def test_a_circle_that_does_not_use_chores_gets_all_but_those(node: Node, tmp_path: Path) -> None:
    """As it is with one that was begun before there were any."""
    modules = {module.name: module.version for module in load() if module.name != "tasks"}
    genesis = Begun(form="household", unit="eur", modules=modules, name="Chez Amina")
    live, _ = node.begin(node.owner(), genesis, lambda me: Described(member=me, colour=0, name="Amina"))
    report = bring(node, circle=live.id.hex())
    assert (report.brought["products"], "chores" in report.brought) == (29, False)
    assert [(one.what, one.count) for one in report.left if one.why is Why.NOT_USED] == [
        ("chores", 6),
        ("chore executions", 152),
    ]
    live = node.find(report.circle)
    node.act(live, report.member, Adopted(module="tasks", version=1))
    again = bring(node, circle=report.circle)
    assert again.brought == {"chores": 6, "chore executions": 152}


def test_into_a_circle_that_has_such_chores_already(node: Node, tmp_path: Path) -> None:
    first = bring(node)
    kitchen = Kitchen(tmp_path / "other.db")
    kitchen.sql.execute("UPDATE migrations SET execution_time_timestamp = '2020-02-02 02:02:02'")
    again = bring(node, kitchen.path, circle=first.circle)
    assert (again.already["chores"], again.brought["chore executions"]) == (6, 152)
    live = node.find(first.circle)
    assert len(tasks_of(live).chores) == 6
    assert {one.turn.number for one in tasks_of(live).chores.values()} == {44, 46}
    assert bring(node, kitchen.path, circle=first.circle).brought == {}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["done", "done", "skip", "undo", "reschedule", "import"]),
        st.sampled_from([TOWELS, MOP, VACUUM, SHEETS]),
        st.integers(1, 28),
        st.integers(1, 4),
    ),
    max_size=15,
)


@given(steps=STEPS)
@settings(max_examples=settings.default.max_examples // 4)  # each one is a whole import
def test_whatever_happened_all_of_it_arrives(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("household")
    kitchen, node = Kitchen(folder / "grocy.db"), Node(folder / "data", load())
    for what, chore, number, user in steps:
        if what in ("done", "skip"):
            done(kitchen, chore, f"2026-12-{number:02}", user, skipped=int(what == "skip"))
        elif what == "undo":
            kitchen.sql.execute("UPDATE chores_log SET undone = 1 WHERE id = ?", [number * 5])
        elif what == "reschedule":
            said(kitchen, chore, rescheduled_date=f"2027-01-{number:02}")
        else:
            bring(node, kitchen.path)
    live = node.find(bring(node, kitchen.path).circle)
    query = "SELECT c.name, undone, count(*) FROM chores_log l JOIN chores c ON c.id = l.chore_id GROUP BY 1, 2"
    found = Counter[tuple[str, int]]()
    for doing in tasks_of(live).doings.values():
        if not doing.of:
            found[live.name(tasks_of(live).chores[doing.chore].words), int(doing.undone)] += 1
    assert found == {(name, undone): count for name, undone, count in rows(kitchen.path, query)}
    assert bring(node, kitchen.path).brought == {}
    if not any(what == "import" for what, *_ in steps):
        assert ours_due(live) == days_due(kitchen.path)
    node.close()
