"""How the pages say what a role is, who has it, until when, and what it may do."""

from typing import Any

from cercle.modules.roles.rules import DAY, Had, Role, next_in
from cercle.page.visit import Visit
from cercle.sentences import day


def powers(visit: Visit) -> dict[str, str]:
    """What a role may be let do: of each setting of the charter that says who may do something."""
    _ = visit.gettext
    return {
        "may_invite": _("bring in new people"),
        "may_change_kinds": _("say who is an adult, a child or a guest"),
        "may_shape": _("choose the name of the circle and its pages"),
        "may_set_chores": _("say which chores there are"),
        "may_set_rates": _("say what work is worth in points"),
        "may_close_purses": _("close a common purse, and take back the shares in it"),
    }


def about(visit: Visit, name: str, role: Role) -> dict[str, Any]:
    """A role as the pages show it."""
    words, may = visit.here.words(role.words), powers(visit)
    follows = "" if role.ended else next_in(visit.circle, role)
    return {
        "key": name,
        "href": f"{visit.home}/roles/{name}",
        "name": visit.name(role.words),
        "purpose": str(words.get("purpose", "")),
        "holder": visit.person_of(role.holder) if role.holder else None,
        "has_gone": bool(role.holder and visit.circle.roots.members[role.holder].gone),
        "since": since(visit, role),
        "until": until(visit, role),
        "next": visit.person_of(follows)["name"] if follows not in ("", role.holder) else "",
        "powers": [may[power] for power in role.powers],
        "ended": role.ended,
    }


def told_day(visit: Visit, time: int) -> str:
    return day(visit.day_of(time), visit.language, visit.today())


def since(visit: Visit, role: Role) -> str:
    """Since which day somebody has it; as long as no seal has confirmed that, since the day on which it was said."""
    entry = visit.here.entry(role.since) if role.since and not role.began else None
    return told_day(visit, entry.time if entry is not None else role.began) if role.holder else ""


def until(visit: Visit, role: Role) -> str:
    """Until which day somebody has it, "" without end. A term that no seal has confirmed would begin now."""
    if not role.holder:
        return ""
    coming = visit.node.clock() + role.term * DAY if role.term and not role.began else 0
    when = role.until or coming
    return told_day(visit, when) if when else ""


def past(visit: Visit, had: Had) -> dict[str, Any]:
    """Somebody who had a role: from when to when, and the entries that say so."""
    return {
        "person": visit.person_of(had.member),
        "line": visit.gettext(
            "%(first)s to %(last)s", first=told_day(visit, had.began), last=told_day(visit, had.ended)
        ),
        "came": f"{visit.home}/log/{had.since}" if had.since else None,
        "went": f"{visit.home}/log/{had.until}" if had.until else None,
    }
