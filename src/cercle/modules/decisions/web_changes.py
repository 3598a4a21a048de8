"""What a clause changes, before and after, in words."""

from typing import Any

from cercle.core.enacting import Clause
from cercle.core.event import CIRCLE
from cercle.core.fold import Circle
from cercle.modules.charter.rules import template_of, value
from cercle.modules.charter.settings import SETTINGS, Value, value_in
from cercle.modules.decisions.state import Motion
from cercle.modules.decisions.web_charter_words import slots, told
from cercle.page.visit import Visit

CHANGED = "charter.changed"


def change(visit: Visit, clause: Clause, words: dict[str, Any], done: int = 0, chosen: str = "") -> dict[str, Any]:
    """{"text", "before", "after"}: the last two where it is one thing that becomes another. `done`: when (ms) it was
    done, if it was. `chosen`: whom an election has named."""
    kept = clause.kept | ({"member": chosen} if chosen else {})
    if clause.event == CHANGED and kept.get("setting") in SETTINGS:
        setting = str(kept["setting"])
        now, then = value_before(visit.circle, setting, done), kept.get("number", kept.get("choice"))
        line = slots(visit, setting, then if then is not None else now)
        return {
            "text": f"{line['before']}…{line['after']}",
            "before": told(visit, setting, now),
            "after": told(visit, setting, then) if then is not None else "",
        }
    if clause.event == "circle.renamed":
        name_now = "" if done else visit.name(visit.circle.roots.name)
        return {"text": visit.gettext("The name of the circle"), "before": name_now, "after": words.get("name", "")}
    said = visit.narrator.sentence(clause.event, kept, words, CIRCLE)
    return {"text": " ".join([said, *powers(visit, kept)]), "before": "", "after": ""}


def powers(visit: Visit, kept: dict[str, Any]) -> list[str]:
    """What a role may by this, rule by rule: nobody votes on a power that is not said."""
    found = [one for one in kept.get("powers", []) if one in SETTINGS]
    lines = [slots(visit, one, value(visit.circle, one)) for one in found]
    rules = " ".join(f"{line['before']}…{line['after']}" for line in lines)
    return [visit.gettext("Who has it may do this too: %(rules)s", rules=rules)] if rules else []


def value_before(circle: Circle, setting: str, done: int) -> Value:
    """What a setting is, or was before the decision that was done at that time (ms)."""
    if not done:
        return value(circle, setting)
    found: Any = value_in(template_of(circle), setting)
    at = 0
    motions: dict[str, Motion] = circle.decisions.motions
    for motion in motions.values():
        when = motion.outcomes[-1].at if motion.ended == "passed" else 0
        for one in motion.clauses.values():
            if at <= when < done and one.clause.event == CHANGED and one.clause.kept.get("setting") == setting:
                found, at = one.clause.kept.get("number", one.clause.kept.get("choice")), when
    return found
