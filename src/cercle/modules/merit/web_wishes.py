"""The wishes for the home, as the page shows them, and those that came true or were let go."""

from typing import Any

from cercle.modules.merit.events import Fulfilled, Pledged, Released, Unpledged
from cercle.modules.merit.state import Wish, balance
from cercle.modules.merit.web_words import DOT, points
from cercle.page.visit import Visit
from cercle.sentences import number

ENDED = 30


def open_wishes(visit: Visit) -> list[dict[str, Any]]:
    """Those that are open, in the order in which they were made."""
    return [card(visit, key, wish) for key, wish in visit.circle.merit.wishes.items() if not wish.ended]


def card(visit: Visit, key: str, wish: Wish) -> dict[str, Any]:
    here, missing = f"{visit.home}/merit/wishes/{key}", wish.points - wish.pledged
    mine, pledged = balance(visit.circle, visit.member), visit.member in wish.pledges
    is_adult = visit.circle.roots.members[visit.member].kind == "adult"
    may_release = visit.may(Released) and (is_adult or wish.by == visit.member)
    return {
        "key": key,
        "name": visit.name(key),
        "href": f"{visit.home}/log/{key}",
        "figure": of_all(visit, wish),
        "percent": round(100 * wish.pledged / wish.points, 1),
        "line": DOT.join(part for part in (wished_by(visit, wish), given(visit, wish)) if part),
        "is_full": not missing,
        "most": min(missing, mine),
        "ways": {
            "pledge": f"{here}/pledge" if min(missing, mine) > 0 and visit.may(Pledged) else None,
            "take_back": f"{here}/take-back" if pledged and visit.may(Unpledged) else None,
            "fulfil": f"{here}/fulfil" if not missing and visit.may(Fulfilled) else None,
            "release": f"{here}/release" if may_release else None,
        },
    }


def of_all(visit: Visit, wish: Wish) -> str:
    return visit.gettext(
        "%(pledged)s of %(points)s", pledged=number(wish.pledged, visit.language), points=points(visit, wish.points)
    )


def wished_by(visit: Visit, wish: Wish) -> str:
    return visit.gettext("wished by %(name)s", name=visit.person_of(wish.by)["name"])


def given(visit: Visit, wish: Wish) -> str:
    """Who pledged how much, in the order in which people came: "Amina 30, Bruno 15"."""
    members = [member for member in visit.circle.roots.members if member in wish.pledges]
    return ", ".join(
        f"{visit.person_of(member)['name']}\u00a0{number(wish.pledges[member], visit.language)}" for member in members
    )


def ended_wishes(visit: Visit) -> list[dict[str, Any]]:
    """Those that came true or were let go, the newest wish first."""
    ended = [(key, wish) for key, wish in visit.circle.merit.wishes.items() if wish.ended]
    return [ended_row(visit, *one) for one in ended[: -ENDED - 1 : -1]]


def ended_row(visit: Visit, key: str, wish: Wish) -> dict[str, Any]:
    return {
        "key": key,
        "name": visit.name(key),
        "href": f"{visit.home}/log/{key}",
        "figure": points(visit, wish.points),
        "tag": visit.gettext("came true") if wish.ended == "fulfilled" else visit.gettext("let go"),
        "look": "done" if wish.ended == "fulfilled" else "",
        "line": given(visit, wish) or wished_by(visit, wish),
    }
