"""The charter in plain sentences, each with the decision that set it, and how one of them is changed."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.exceptions import NotFoundException

from cercle.core.event import Refused
from cercle.modules.charter.events import Changed
from cercle.modules.charter.rules import template_of, value
from cercle.modules.charter.settings import SETTINGS
from cercle.modules.decisions import events
from cercle.modules.decisions.web_charter_words import choices, sentence, sentences, told
from cercle.modules.decisions.web_propose import carried, days_in, propose, shortest, ways, wrong
from cercle.modules.decisions.web_words import title
from cercle.page.typed import minor
from cercle.page.visit import Form, Visit

CHANGED = "charter.changed"
GROUPS = {
    "deciding": ("method", "method_charter", "method_people", "method_money", "voters", "newcomer_days", "days",
                 "quorum", "active_days", "tie", "reasons", "proxy_days", "proxy_most", "review_months"),
    "doing": ("may_invite", "may_change_kinds", "may_shape", "may_set_chores", "may_set_rates", "may_close_purses"),
    "sharing": ("spend_alone", "spend_together", "confirming", "points_a_week", "split_at"),
}  # fmt: skip


@get("/c/{circle:str}/charter")
async def charter_page(visit: Visit) -> Response[Any]:
    labels = {
        "deciding": visit.gettext("How we decide"),
        "doing": visit.gettext("Who may do what"),
        "sharing": visit.gettext("What we share"),
    }
    return visit.render(
        "decisions/charter.html",
        visit.gettext("Our charter"),
        "decisions",
        began=templates(visit)[template_of(visit.circle)],
        groups=[
            {"key": key, "label": labels[key], "rules": [rule(visit, one) for one in settings]}
            for key, settings in GROUPS.items()
        ],
        bright=bright(visit),
        ways={
            "compare": f"{visit.home}/charter/compare",
            "file": f"{visit.home}/charter/file",
            "powers": f"{visit.home}/powers",
            "back": f"{visit.home}/decisions",
        },
    )


def templates(visit: Visit) -> dict[str, str]:
    _ = visit.gettext
    return {
        "household": _("Household"),
        "friends": _("Friends"),
        "village": _("Village"),
        "online": _("Online circle"),
        "council": _("Council"),
        "association": _("French association of 1901"),
    }


def bright(visit: Visit) -> list[str]:
    """What stands above every charter."""
    _ = visit.gettext
    return [
        _("Each person has one vote."),
        _("Merit weighs no vote, and nobody takes it away."),
        _("Anybody may leave, and take the log along."),
        _("To remove somebody takes more than half of the others."),
        _("Everybody takes back their own words, and revokes what they have lost."),
    ]


def rule(visit: Visit, setting: str) -> dict[str, Any]:
    since: dict[str, str] = visit.circle.charter.since
    set_by = since.get(setting) or since.get("", "")
    return sentence(visit, setting, value(visit.circle, setting)) | {
        "key": setting,
        "about": sentences(visit)[setting][1],
        "since": decision_of(visit, set_by),
        "change": f"{visit.home}/charter/{setting}" if visit.may(events.Proposed) else None,
    }


def decision_of(visit: Visit, clause: str) -> dict[str, str] | None:
    """The decision of which this clause is a part."""
    for name, motion in visit.circle.decisions.motions.items():
        if clause in motion.clauses:
            return {"href": f"{visit.home}/decisions/{name}", "title": title(visit, name)}
    return None


@get("/c/{circle:str}/charter/{setting:str}")
async def rule_page(visit: Visit, setting: str) -> Response[Any]:
    return show(visit, setting, Form())


def show(visit: Visit, setting: str, form: Form, status: int = 200) -> Response[Any]:
    known = SETTINGS.get(setting)
    if known is None:
        raise NotFoundException
    now = value(visit.circle, setting)
    return visit.render(
        "decisions/rule.html",
        visit.gettext("Change a rule"),
        "decisions",
        status,
        form=form,
        rule=rule(visit, setting),
        options=[{"value": one, "label": label} for one, label in choices(visit, setting).items()]
        if known.kind == "choice"
        else [],
        now=now if known.kind != "money" else int(now) // 100,
        unit={"money": visit.circle.roots.unit.upper(), "share": "%"}.get(known.kind, ""),
        least=told(visit, setting, known.least) if known.kind != "choice" else "",
        most=told(visit, setting, known.most) if known.kind != "choice" else "",
        ways=ways(visit, [CHANGED]),
        days=shortest(visit),
        post=f"{visit.home}/charter/{setting}",
        back=f"{visit.home}/charter",
    )


@post("/c/{circle:str}/charter/{setting:str}")
async def rule_proposed(visit: Visit, setting: str) -> Response[Any]:
    """The proposal to change one rule, put to the vote at once, or talked about first."""
    filled = await visit.form()
    known = SETTINGS.get(setting)
    if known is None:
        raise NotFoundException
    if visit.is_done(filled.get("act", "")):
        return visit.go(f"{visit.home}/decisions")
    errors: dict[str, str] = {}
    wanted = wanted_in(visit, setting, filled, errors)
    days = days_in(visit, filled, errors)
    if errors:
        return show(visit, setting, Form(dict(filled), errors), 422)
    line = sentence(visit, setting, next(iter(wanted.values())))
    said = f"{line['before']}{line['value']}{line['after']}"[:200]
    try:
        motion = propose(visit, filled, said, [carried(Changed(setting=setting, **wanted))], days)
    except (Refused, msgspec.ValidationError) as error:
        return show(visit, setting, Form(dict(filled), {"": wrong(visit, error)}), 409)
    return visit.go(f"{visit.home}/decisions/{motion}", visit.gettext("Proposed."))


def wanted_in(visit: Visit, setting: str, filled: dict[str, str], errors: dict[str, str]) -> dict[str, Any]:
    """The field of the event, with what was filled in; what it cannot be goes to `errors`."""
    known, text = SETTINGS[setting], filled.get("value", "").strip()
    if known.kind == "choice":
        if text not in known.choices:
            errors["value"] = visit.gettext("Choose one.")
        elif text == value(visit.circle, setting):
            errors["value"] = visit.gettext("It is so already.")
        return {"choice": text}
    if known.kind == "money":
        found = 0 if text.strip("0.,") == "" else minor(text, visit.circle.roots.unit, visit.language)
    else:
        found = int(text) if text.isdecimal() and len(text) < 8 else None
    if found is None or not known.least <= found <= known.most:
        least, most = told(visit, setting, known.least), told(visit, setting, known.most)
        errors["value"] = visit.gettext("From %(least)s to %(most)s.", least=least, most=most)
    elif found == value(visit.circle, setting):
        errors["value"] = visit.gettext("It is so already.")
    return {"number": found or 0}


handlers = [charter_page, rule_page, rule_proposed]
