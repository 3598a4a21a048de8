"""Grocy's chores: whose turn each is, and every execution with its day and person."""

from typing import Any

import msgspec

from cercle.core.event import Refused
from cercle.imports.bringing import key_of
from cercle.imports.grocy_file import Household, Row, day_in, name_in, note_in, user_name
from cercle.imports.grocy_rhythm import day_of, next_in_grocy, plan_of, rhythm_of
from cercle.imports.report import Why, _
from cercle.modules.tasks import events
from cercle.modules.tasks.read import due
from cercle.modules.tasks.state import Chore, Doing, Tasks, is_once
from cercle.modules.tasks.turns import whose

CHORES, EXECUTIONS = "chores", "chore executions"
MODULE = "tasks"
CAME_SO = "Grocy"
ROTATIONS: dict[str, events.Rotation] = {
    "random": "random",
    "in-alphabetical-order": "in_turn",
    "who-least-did-first": "least_recent",
}
# What is said of a chore and not kept here: the column, its value, and the name of it in reports.
NOT_KEPT = (
    ("consume_product_on_execution", 1, _("products that chores use up")),
    ("rollover", 1, _("due days that move along with today")),
    ("track_date_only", 0, _("times of day of chores")),
)


class Chores(msgspec.Struct):
    """`standing`: each chore's executions that were not undone, in time order, by its row. `new` and `touched`: the
    chores that this import has brought, and those of which it has brought anything. `near` and `least`: the names of
    those whose rhythm or rotation became the nearest."""

    home: Household
    standing: dict[Any, list[Row]]
    new: list[str] = []
    touched: set[str] = set()
    near: list[str] = []
    least: list[str] = []

    @property
    def tasks(self) -> Tasks:
        tasks: Tasks = self.home.into.live.circle.tasks
        return tasks

    def chore(self, row: Row, column: str = "id") -> Chore | None:
        return self.tasks.chores.get(self.home.known("chores", row[column]) or "")

    def person(self, user: Any) -> str | None:
        """The member that a user became, unless they have gone."""
        member = self.home.known("users", user)
        return member if member and not self.home.into.live.circle.roots.members[member].gone else None


def bring_chores(home: Household) -> None:
    report, rows, log = home.into.report, home.rows("chores"), executions(home)
    if MODULE not in home.into.live.circle.states:
        for what, left in ((CHORES, rows), (EXECUTIONS, log)):
            if left:
                report.leave(what, Why.NOT_USED, count=len(left))
        return
    standing: dict[Any, list[Row]] = {}
    for row in log:
        if not row.get("undone"):
            standing.setdefault(row["chore_id"], []).append(row)
    chores = Chores(home, standing)
    bring_each(chores)
    for row in log:
        bring_execution(chores, row)
    left_alone = gone_on(chores)
    for row in rows:
        if home.ids["chores", row["id"]] not in left_alone:
            stand_as_there(chores, row)
    tell(chores)


def executions(home: Household) -> list[Row]:
    """In the order in which they happened, so that the turns number up."""
    return sorted(
        home.rows("chores_log"), key=lambda row: (str(day_of(row) or ""), str(row["tracked_time"]), row["id"])
    )


def tell(chores: Chores) -> None:
    report = chores.home.into.report
    for column, value, what in NOT_KEPT:
        count = sum(row.get(column) == value for row in chores.home.rows("chores"))
        if count:
            report.leave(what, Why.NOT_OF_CHORES, count=count)
    if chores.near:
        report.warn(
            _("The rhythm of some chores cannot be said here; they have the nearest: %(names)s."),
            names=", ".join(chores.near),
        )
    if chores.least:
        report.warn(
            _("Chores that went to whoever had done them least go to whoever did so longest ago: %(names)s."),
            names=", ".join(chores.least),
        )


# --- the chores ------------------------------------------------------------------------------------------------------


def bring_each(chores: Chores) -> None:
    """A chore that is called as one of the circle's is that one."""
    home, into = chores.home, chores.home.into
    by_name = {
        key_of(into.live.name(chore.words)): known
        for known, chore in chores.tasks.chores.items()
        if not chore.archived and not is_once(chore)
    }
    for row in home.rows("chores"):
        act, name = home.act("chores", row), name_in(row["name"]) or "?"
        entry = into.brought(CHORES, act)
        if entry is None and key_of(name) in by_name:
            entry = by_name[key_of(name)]
            into.count(into.report.already, CHORES)
        elif entry is None:
            entry = into.bring(CHORES, act, added(chores, row, name))
            chores.new.append(entry)
            chores.touched.add(entry)
        home.ids["chores", row["id"]] = entry


def added(chores: Chores, row: Row, name: str) -> events.ChoreAdded:
    standing = chores.standing.get(row["id"], [])
    plan = plan_of(row, standing)
    rhythm = rhythm_of(plan)
    if not rhythm.exact:
        chores.near.append(name)
    start = plan.start
    if standing and not rhythm.follows:
        start = next_in_grocy(plan, standing) or start
    if row.get("assignment_type") == "who-least-did-first":
        chores.least.append(name)
    rotation, members = rotation_of(chores, row)
    return events.ChoreAdded(
        rhythm=rhythm.rule,
        start=start if rhythm.rule else None,
        follows=rhythm.follows,
        rotation=rotation,
        members=members,
        seed=seed_of(chores, row, members),
        name=name,
        note=note_in(row.get("description")),
    )


def rotation_of(chores: Chores, row: Row) -> tuple[events.Rotation, list[str]]:
    """Who takes part, in the order in which it is their turn."""
    assigned = str(row.get("assignment_config") or "").split(",")
    users = [user for user in chores.home.rows("users") if str(user["id"]) in assigned]
    rotation = ROTATIONS.get(str(row.get("assignment_type")), "whoever")
    if rotation == "in_turn":
        users.sort(key=lambda user: user_name(user))
    members = list(dict.fromkeys(member for user in users if (member := chores.person(user["id"]))))
    if rotation == "whoever" or not members:
        return "whoever", []
    if len(members) == 1:
        return "fixed", members
    return rotation, turned(chores, row, members) if rotation == "in_turn" else members


def turned(chores: Chores, row: Row, members: list[str]) -> list[str]:
    """The same round, begun with the one who makes it, after all that was done, the turn of whoever comes after the
    one who did it last."""
    standing = chores.standing.get(row["id"], [])
    last = chores.person(standing[-1]["done_by_user_id"]) if standing else None
    following = members.index(last) + 1 if last in members else 0
    first = (following - len(standing)) % len(members)
    return members[first:] + members[:first]


def seed_of(chores: Chores, row: Row, members: list[str]) -> int:
    """What draws the one whom Grocy has drawn."""
    drawn = chores.person(row.get("next_execution_assigned_to_user_id"))
    return members.index(drawn) if drawn in members else 0


# --- the executions --------------------------------------------------------------------------------------------------


def bring_execution(chores: Chores, row: Row) -> None:
    into, act = chores.home.into, chores.home.act("chores_log", row)
    entry = into.there.get(act)
    if entry is not None:
        back = chores.home.act("chores_log", row, "undone")
        if row.get("undone") and back not in into.there:
            undo_since(chores, entry, back)
        else:
            into.brought(EXECUTIONS, act)
        return
    event = execution(chores, row)
    if isinstance(event, Why):
        into.report.leave(EXECUTIONS, event)
        return
    entry = into.bring(EXECUTIONS, act, event)
    chores.touched.add(event.chore)
    if row.get("undone"):
        into.write(events.Undone(entry=entry, why=CAME_SO), chores.home.act("chores_log", row, "undone"))


def undo_since(chores: Chores, entry: str, back: bytes) -> None:
    """Takes back what was brought before it was taken back in Grocy, unless that was done here already."""
    into, doing = chores.home.into, chores.tasks.doings[entry]
    if doing.undone:
        into.count(into.report.already, EXECUTIONS)
        return
    try:
        into.bring(EXECUTIONS, back, events.Undone(entry=entry, why=CAME_SO))
        chores.touched.add(doing.chore)
    except Refused:  # whoever brings this may not take back what somebody else has noted
        into.report.leave(EXECUTIONS, Why.UNDONE_SINCE)


def execution(chores: Chores, row: Row) -> events.Done | events.Skipped | Why:
    """What happened, or why it cannot be brought."""
    chore, user = chores.chore(row, "chore_id"), row.get("done_by_user_id")
    if chore is None:
        return Why.NO_CHORE
    if chore.archived:
        return Why.PUT_AWAY
    identifier, person = chores.home.ids["chores", row["chore_id"]], chores.person(user)
    turn, seed = chore.turn.number, chore.turn.seed if chore.rotation == "random" else 0
    day, planned = day_of(row), day_in(row.get("scheduled_execution_time"))
    if row.get("skipped"):
        return events.Skipped(chore=identifier, turn=turn, due=planned, day=day, seed=seed, why=CAME_SO)
    if person is None:
        return Why.NO_PERSON
    return events.Done(chore=identifier, turn=turn, who=[person], due=planned, day=day, seed=seed)


# --- where each chore stands -----------------------------------------------------------------------------------------


def stand_as_there(chores: Chores, row: Row) -> None:
    """This turn is for the day and the person for which Grocy has it."""
    home, chore = chores.home, chores.chore(row)
    into, identifier = home.into, home.ids["chores", row["id"]]
    if chore is None or chore.archived or identifier not in chores.touched or home.act("chores", row) not in into.there:
        return
    if row.get("active") == 0 and identifier in chores.new:
        into.write(events.ChoreArchived(chore=identifier), home.act("chores", row, "archived"))
        return
    standing, turn = chores.standing.get(row["id"], []), chore.turn.number
    day = day_in(row.get("rescheduled_date"))
    day = day or (next_in_grocy(plan_of(row, standing), standing) if chore.rhythm else "")
    if day and day != due(chore):
        into.write(events.PutOff(chore=identifier, turn=turn, until=day))
    member, now = chores.person(row.get("next_execution_assigned_to_user_id")), chores.tasks.chores[identifier]
    assigned = [*whose(into.live.circle, now, due(now)), now.turn.taken]
    if member and now.order and member not in assigned:
        into.write(events.TakenOver(chore=identifier, turn=turn, member=member))


def gone_on(chores: Chores) -> set[str]:
    """The chores that somebody here has done or skipped, beside what the imports brought."""
    brought = set(chores.home.into.there.values())
    doings: list[tuple[str, Doing]] = list(chores.tasks.doings.items())
    return {doing.chore for entry, doing in doings if entry not in brought}
