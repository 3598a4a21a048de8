"""What the page of the week says of thanks, wishes and points. Nobody's points stand beside another's."""

from typing import Any

from cercle.modules.merit import read
from cercle.modules.merit.state import Merit
from cercle.modules.merit.web import claim_row, is_new, supply, thanks_row
from cercle.modules.merit.web_wishes import ended_row, of_all
from cercle.page.visit import Visit


def week(visit: Visit, first: str, last: str, is_now: bool) -> dict[str, Any] | None:
    """What was said and what ended between two days, and where the week is not over, what is open. None where nothing
    was, and where the home has not begun with any of it."""
    merit: Merit = visit.circle.merit
    thanks = [thanks_row(visit, *one) for one in merit.thanks.items() if first <= visit.day_of(one[1].time) <= last]
    ended = ended_wishes(visit, first, last)
    if is_new(merit) if is_now else not (thanks or ended):
        return None
    here = f"{visit.home}/merit"
    return {
        "thanks": thanks,
        "ended": ended,
        "wishes": [
            {"key": key, "name": visit.name(key), "figure": of_all(visit, wish), "href": f"{here}#w-{key}"}
            for key, wish in merit.wishes.items()
            if is_now and not wish.ended
        ],
        "waiting": [waiting(visit, one) for one in read.claims(visit.circle)] if is_now else [],
        "supply": supply(visit) if is_now else None,
        "href": here,
    }


def waiting(visit: Visit, claim: read.Claim) -> dict[str, Any]:
    """For whom it waits is said where it does not wait for just anybody else."""
    row = claim_row(visit, claim)
    return row if len(claim.by) < 2 else row | {"waits": ""}


def ended_wishes(visit: Visit, first: str, last: str) -> list[dict[str, Any]]:
    """By the day that the clock claimed which wrote the end of each."""
    found = []
    for key, wish in visit.circle.merit.wishes.items():
        entry = visit.here.entry(wish.end) if wish.ended else None
        if entry and first <= visit.day_of(entry.time) <= last:
            found.append(ended_row(visit, key, wish) | {"href": f"{visit.home}/log/{wish.end}"})
    return found
