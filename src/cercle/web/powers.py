"""Every power that there is: who has it, until when, and how it is taken back. It is gathered from what the modules
declare, the charter and the state; nobody keeps a list."""

from typing import Any

from litestar import Response, get

from cercle.core.event import CIRCLE, Event
from cercle.modules.charter.settings import SETTINGS
from cercle.modules.people.rules import NEWCOMER
from cercle.page.visit import Visit
from cercle.web.powers_of_few import few

EVERYBODY, HOUSEHOLD, ADULTS = {"adult", "child", "guest"}, {"adult", "child"}, {"adult"}
KEEPER = "keeper"


@get("/c/{circle:str}/powers")
async def powers_page(visit: Visit) -> Response[Any]:
    return visit.render(
        "powers.html",
        visit.gettext("Powers"),
        "decisions",
        few=few(visit),
        groups=groups(visit),
        ways={
            "charter": f"{visit.home}/charter" if "decisions" in visit.circle.states else None,
            "roles": f"{visit.home}/roles" if "roles" in visit.circle.states else None,
            "help": f"{visit.home}/help",
        },
    )


# --- who may write what ----------------------------------------------------------------------------------------------


def groups(visit: Visit) -> list[dict[str, Any]]:
    """All that can be done here, by who may: list of {key, label, who, how, modules: list of {label, powers}}."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for module in visit.circle.states:
        for power, text in powers_of(visit, module):
            group, told = power_of(visit, power, text)
            found.setdefault(group, {}).setdefault(module, []).append(told)
    return [
        heading(visit, group)
        | {
            "count": sum(map(len, found[group].values())),
            "modules": [{"label": label(visit, module), "powers": told} for module, told in found[group].items()],
        }
        for group in ("everybody", "household", "adults", "few", "circle")
        if group in found
    ]


def powers_of(visit: Visit, module: str) -> list[tuple[str, str]]:
    """The events of a module, and what the charter says of a part of one, each as a sentence."""
    events: dict[str, Event] = dict(visit.here.modules.by_name[module].events)
    found = [(name, visit.narrator.pattern(event)) for name, event in events.items()]
    named = {power for setting in SETTINGS.values() for power in setting.events}
    parts = parts_of_events(visit)
    return found + [(one, parts[one]) for one in sorted(named) if one in parts and one.partition(".")[0] == module]


def parts_of_events(visit: Visit) -> dict[str, str]:
    """What the charter names that is only a part of what an event can be."""
    return {NEWCOMER: visit.gettext("Somebody invited somebody new.")}


def power_of(visit: Visit, power: str, text: str) -> tuple[str, dict[str, Any]]:
    """Its group, and {key, text, who: names or "", rule: href of the rule of the charter, or None}."""
    kinds, by_role = visit.circle.who_may(power)
    people = kinds - {CIRCLE, KEEPER}
    setting = next((name for name, one in SETTINGS.items() if power in one.events), "")
    names = [visit.gettext("the keeper of the log")] if KEEPER in kinds else []
    if not kinds and not by_role:
        names.append(visit.gettext("who founded the circle, once"))
    elif by_role:
        names.append(visit.gettext("by a role: %(names)s", names=visit.names_of(by_role)))
    if CIRCLE in kinds and (kinds != {CIRCLE} or by_role):
        names.append(visit.gettext("or the circle"))
    if people >= EVERYBODY:
        group = "everybody"
    elif people >= HOUSEHOLD:
        group = "household"
    elif people >= ADULTS:
        group = "adults"
    else:
        group = "circle" if kinds == {CIRCLE} and not by_role else "few"
    is_ruled = setting and "charter" in visit.circle.states
    rule = f"{visit.home}/charter/{setting}" if is_ruled else None
    return group, {"key": power, "text": text, "who": " · ".join(names), "rule": rule}


def heading(visit: Visit, group: str) -> dict[str, str]:
    """What a group is called, who that is now, until when, and how it is taken back."""
    _, members = visit.gettext, visit.circle.roots.members
    kinds = {"everybody": EVERYBODY, "household": HOUSEHOLD, "adults": ADULTS}.get(group, set())
    found = {
        "everybody": (_("Everybody"), _("As long as they are in the circle.")),
        "household": (_("Adults and children"), _("As long as they are in the circle, and no guests.")),
        "adults": (
            _("Adults"),
            _("As long as they are adults of the circle. More than half of the others, two at least, remove somebody."),
        ),
        "few": (_("Only some"), _("As long as they have the role by which they may.")),
        "circle": (_("Only the circle"), _("By a decision: nobody alone.")),
    }
    title, how = found[group]
    here = [name for name, member in members.items() if member.kind in kinds and not member.gone]
    return {
        "key": group,
        "label": title,
        "how": how,
        "who": _("Now: %(names)s.", names=visit.names_of(here)) if here else "",
    }


def label(visit: Visit, module: str) -> str:
    """What a module is called: as its first page, where it has one of its own."""
    own = {
        "circle": visit.gettext("The circle"),
        "charter": visit.gettext("Our charter"),
        "devices": visit.gettext("Devices"),
    }
    parts = visit.here.modules.by_name[module].parts
    return own.get(module) or (visit.gettext(parts[0].label) if parts else module)


handlers = [powers_page]
