"""The rules that a circle has given itself. Only the circle changes them; the other modules read them."""

from msgspec import Struct

from cercle.core.event import Reason, Refused
from cercle.core.fold import Act, Circle
from cercle.core.module import rule
from cercle.modules.charter import events
from cercle.modules.charter.settings import ENOUGH, OF_FORM, SETTINGS, WHO, Value, fits, value_in


class Why(Reason):
    NO_SETTING = ("charter.no_setting", "There is no such rule, or it cannot be that.")
    SAME = ("charter.same", "It is so already.")
    TWO_VALUES = ("charter.two_values", "A rule is a number, or one of its choices.")


class Charter(Struct):
    """`template` is "" as long as the circle has chosen none, and goes by its form. `values`: all settings, from the
    first seal on. `since`: the entry that made a setting what it is; of "" the one that chose the template. `powers`:
    for each event of which the charter says it, who may do it."""

    template: str = ""
    values: dict[str, Value] = {}
    since: dict[str, str] = {}
    powers: dict[str, list[str]] = {}


def template_of(circle: Circle) -> str:
    return circle.charter.template or OF_FORM[circle.roots.form]


def value(circle: Circle, setting: str) -> Value:
    """What a setting is now."""
    charter: Charter = circle.charter
    found = charter.values.get(setting)
    return value_in(template_of(circle), setting) if found is None else found


def number(circle: Circle, setting: str) -> int:
    """The same of one that is counted."""
    return int(value(circle, setting))


def power_events(setting: str) -> tuple[str, ...]:
    """The events of which a setting says who may do them."""
    return SETTINGS[setting].events if setting in SETTINGS else ()


def is_power(setting: str) -> bool:
    """Whether a setting says who may do something."""
    return bool(power_events(setting))


def is_strict_enough(circle: Circle, setting: str, method: str) -> bool:
    """Whether something may be decided in this way, where a setting says how it is to be decided."""
    return method in ENOUGH[str(value(circle, setting))]


@rule(events.Adopted)
def adopted(circle: Circle, act: Act) -> None:
    charter, template = circle.charter, act.event.template
    if charter.template == template and charter.since.keys() <= {""}:
        raise Refused(Why.SAME)
    charter.template, charter.since = template, {"": act.id}
    begin(circle)


@rule(events.Changed)
def changed(circle: Circle, act: Act) -> None:
    event = act.event
    if (event.number is None) == (event.choice is None):
        raise Refused(Why.TWO_VALUES)
    wanted: Value = event.choice if event.number is None else event.number
    if not fits(event.setting, wanted):
        raise Refused(Why.NO_SETTING)
    if value(circle, event.setting) == wanted:
        raise Refused(Why.SAME)
    circle.charter.values[event.setting] = wanted
    circle.charter.since[event.setting] = act.id
    give_powers(circle)


def at_seal(circle: Circle, since: int) -> None:
    """What the form of a circle says is in force from the first seal on."""
    if not circle.charter.values:
        begin(circle)


def begin(circle: Circle) -> None:
    """All settings as the template has them."""
    values, template = circle.charter.values, template_of(circle)
    values.update({setting: value_in(template, setting) for setting in SETTINGS})
    give_powers(circle)


def give_powers(circle: Circle) -> None:
    powers: dict[str, list[str]] = circle.charter.powers
    for setting, known in SETTINGS.items():
        for name in known.events:
            powers[name] = WHO[str(value(circle, setting))]
