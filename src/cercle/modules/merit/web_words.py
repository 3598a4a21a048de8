"""How the pages say points: how many, what for, what work is worth, and numbers as people type them."""

from typing import Any

from cercle.core.entry import Entry
from cercle.modules.merit.state import Flow, Rate
from cercle.modules.tasks.web_doing import what
from cercle.modules.tasks.web_words import duration, kinds
from cercle.page.visit import Visit, shown
from cercle.sentences import day, number

DOT = "\u00a0· "


def points(visit: Visit, count: int) -> str:
    """ "5 points", « 1 point »."""
    told = visit.ngettext("%(num)s point", "%(num)s points", count, num=number(count, visit.language))
    return told.replace(" ", "\u00a0")


def change(visit: Visit, count: int) -> dict[str, Any]:
    """Points that came or went, as the templates show an amount; what is pledged is no loss, and looks like none."""
    figure = number(abs(count), visit.language)
    return {"text": f"+{figure}" if count > 0 else f"\u2212{figure}", "sign": int(count > 0)}


def number_in(
    visit: Visit, filled: dict[str, Any], name: str, errors: dict[str, str], least: int = 0, most: int = 10_000
) -> int:
    """The whole number in a box, `least` where it is empty; what is none goes to `errors`."""
    text = "".join(str(filled.get(name, "")).split())
    if not text and not least:
        return 0
    if text.isdecimal() and len(text) <= 7 and least <= int(text) <= most:
        return int(text)
    bounds = {"least": number(least, visit.language), "most": number(most, visit.language)}
    errors[name] = visit.gettext("A whole number from %(least)s to %(most)s.", **bounds)
    return least


# --- what work is worth ------------------------------------------------------------------------------------------


def confirming(visit: Visit) -> dict[str, str]:
    return {
        "nobody": visit.gettext("Nobody: the points come at once"),
        "another": visit.gettext("Anybody who did not do it"),
        "beneficiary": visit.gettext("The person whom it was for"),
    }


def name_of(visit: Visit, by: str) -> str:
    """Of the kind of work, or the chore, that has a rate."""
    chore = visit.circle.tasks.chores.get(by)
    return visit.name(chore.words) if chore else kinds(visit.gettext)[by]


def worth(visit: Visit, rate: Rate) -> str:
    """What work is worth, in words: "5 points each time · 10 points an hour · at most 30 points a week"."""
    if rate.is_nothing:
        return visit.gettext("no points")
    told = [
        (rate.per_turn, visit.gettext("%(points)s each time")),
        (rate.per_hour, visit.gettext("%(points)s an hour")),
        (rate.growing, visit.gettext("%(points)s more for each day that it waits")),
        (rate.budget, visit.gettext("at most %(points)s a week and person")),
    ]
    parts = [sentence % {"points": points(visit, some)} for some, sentence in told if some]
    if rate.confirm != "nobody":
        another = visit.gettext("somebody else confirms it")
        parts.append(another if rate.confirm == "another" else visit.gettext("the person whom it was for confirms it"))
    return DOT.join(parts)


# --- what a line is about ----------------------------------------------------------------------------------------


def author(visit: Visit, entry: Entry | None) -> dict[str, Any]:
    """Who wrote an entry, as the templates show them."""
    device = visit.circle.roots.devices.get(entry.device.hex()) if entry else None
    return visit.person_of(device.member if device else "")


def line(visit: Visit, key: str, count: int, flow: Flow) -> dict[str, Any]:
    """An entry by which somebody's points changed: what it was about, and why they came or went."""
    entry = visit.here.entry(key)
    doing = visit.circle.tasks.doings.get(flow.of)
    if doing is not None:
        about = what(visit, flow.of, doing)
    elif flow.of:
        about = visit.name(flow.of)
    else:
        about = shown(str(visit.here.words(key).get("what") or "")) or visit.gettext("Points")
    is_work = doing is not None and flow.of == key
    when = doing.day if is_work and doing else visit.day_of(entry.time if entry else 0)
    return {
        "key": key,
        "what": about,
        "why": why(visit, entry, count, flow),
        "took": duration(visit, doing.minutes) if is_work and doing and doing.minutes else "",
        "day": day(when, visit.language, visit.today()),
        "href": f"{visit.home}/log/{key}",
        "points": change(visit, count),
    }


def why(visit: Visit, entry: Entry | None, count: int, flow: Flow) -> str:
    """In a few words, beside what it was about."""
    event, name = entry.event if entry else "", author(visit, entry)["name"]
    if event == "tasks.undone":
        return visit.gettext("work taken back") if count < 0 else visit.gettext("it was right after all")
    told = {
        "merit.confirmed": visit.gettext("work, confirmed by %(name)s", name=name),
        "merit.thanked": visit.gettext("thanks from %(name)s", name=name),
        "merit.pledged": visit.gettext("pledged to a wish"),
        "merit.unpledged": visit.gettext("taken back from a wish"),
        "merit.released": visit.gettext("back from a wish that was let go"),
    }
    return told.get(event) or (visit.gettext("work") if flow.of else visit.gettext("back from wishes"))
