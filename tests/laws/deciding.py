"""A circle decides, in histories by chance: what somebody proposed is voted on, a day goes by, it is done or not."""

from typing import TYPE_CHECKING, Any

from cercle.core.entry import short
from tests.laws.chance import Chance

if TYPE_CHECKING:
    from tests.laws.histories import History, Pen

A_DAY = 86_400_000


def decide(history: "History") -> None:
    """Somebody proposes what could be done; who is there votes, a day goes by in which somebody is heard, and the
    keeper, if it is there, ends the vote."""
    pen = history.random.choice(history.keepers() or [history.some_pen()])
    side, there = history.sides[pen.place], [one for one in history.pens if one.place == pen.place and one.heads]
    if "decisions" not in side.replica.circle.states:
        return
    motion = history.write_named(pen, "decisions.proposed", {}, {"title": "x"})
    method = history.random.choice(("light", "lazy", "majority", "consent", "consent", "lot", "election"))
    opened: dict[str, Any] = {"motion": motion, "method": method, "review": 1}
    if method == "lot":
        added = [history.write_named(pen, "decisions.option_added", {"motion": motion}, {"what": "z"}) for _ in "ab"]
        opened["options"] = added
    elif method == "election":
        role = history.write_named(pen, "roles.created", {}, {"name": "Host"})
        filled = {"motion": motion, "does": "roles.filled", "fields": {"role": role, "member": short(history.id)}}
        opened["clauses"] = [history.write_named(pen, "decisions.clause_added", filled, {})]
    else:
        chance = Chance(history.random, side.replica.circle, history.names(side))
        kept, words = chance.fields(history.modules.events["decisions.clause_added"])
        kept = {name: kept[name] for name in ("does", "fields") if name in kept} | {"motion": motion}
        opened["clauses"] = [history.write_named(pen, "decisions.clause_added", kept, words)]
    if method != "light":
        opened["days"] = 1
    vote = history.write_named(pen, "decisions.opened", opened, {})
    vote_on(history, there, motion, vote, method)
    history._seal()
    history.time += A_DAY + 60_000
    for heard in there:
        history.write(heard, "decisions.spoken", {"motion": motion}, {"what": "y"})
    history._seal()
    afterwards(history, there, motion, method)


def vote_on(history: "History", there: list["Pen"], motion: str, vote: str, method: str) -> None:
    said = {"motion": motion, "round": vote}
    if method == "election":
        history.write(there[0], "decisions.voted", said | {"choice": {short(history.id): 1}}, {})
        for one in there:
            history.write(one, "decisions.named", said | {"member": short(history.id)}, {})
    yes, no = ("consent", "object") if method in ("consent", "election") else ("yes", "no")
    for voter in there:
        choice = history.random.choice(({yes: 1}, {yes: 1}, {yes: 1}, {yes: 1}, {no: 1}, {}))
        history.write(voter, "decisions.voted", said | {"choice": choice}, {"why": "w"})


def afterwards(history: "History", there: list["Pen"], motion: str, method: str) -> None:
    if method == "lot":
        for reader in there:
            history.write(reader, "decisions.lot_read", {"motion": motion, "key": "4.8.15./"}, {})
        history._seal()
    elif history.random.random() < 0.3:
        history.write(there[0], "decisions.reviewed", {"motion": motion, "months": 1}, {})
