"""Rounds at a meeting: one after the other speaks, for as long as a timer on the screen shows. Nothing of it is written
down: the address says how far the round is."""

from typing import Any

from litestar import Response, get
from litestar.exceptions import NotFoundException

from cercle.modules.decisions.state import Motion, is_closed
from cercle.modules.meetings.web_words import href, said_in, time_at
from cercle.page.visit import Visit

SECONDS = (30, 60, 120, 300)
AT_FIRST = 60


def kinds(visit: Visit) -> dict[str, tuple[str, str]]:
    """What each round is called, and what is asked in it."""
    _ = visit.gettext
    return {
        "checkin": (_("Check-in"), _("How are you here? Everybody speaks, nobody answers.")),
        "consent": (_("Consent"), _("Can you live with it? Who objects says why, and what would mend it.")),
        "closing": (_("Closing"), _("What do you take along? Everybody speaks, nobody answers.")),
    }


@get("/c/{circle:str}/meetings/{meeting:str}/{key:str}/round")
async def round_page(
    visit: Visit, meeting: str, key: str, kind: str = "checkin", each: int = AT_FIRST, at: int = 0, of: str = ""
) -> Response[Any]:
    """The round `kind`, at the person number `at`, who speaks for `each` seconds; of the proposal `of`, in consent."""
    one = time_at(visit, meeting, key)
    known, order = kinds(visit), in_turn(visit, one.occasion.present, one.key + kind)
    if kind not in known or not one.occasion.began or not 0 <= at <= len(order):
        raise NotFoundException
    each = each if each in SECONDS else AT_FIRST
    here = f"{href(visit, one)}/round"

    def way(**changed: Any) -> str:
        asked = {"kind": kind, "each": each, "at": at, "of": of} | changed
        return f"{here}?" + "&".join(f"{name}={value}" for name, value in asked.items() if value != "")

    motion = motion_of(visit, of) if kind == "consent" else None
    return visit.render(
        "meetings/round.html",
        known[kind][0],
        "meetings",
        asks=known[kind][1],
        kinds=[
            {"label": label, "href": way(kind=code, at=0, of=""), "current": code == kind}
            for code, (label, _) in known.items()
        ],
        lengths=[{"label": clock(number), "href": way(each=number), "current": number == each} for number in SECONDS],
        each=each,
        left=clock(each),
        speaks=order[at] if at < len(order) else None,
        others=order[at + 1 :],
        next=way(at=at + 1) if at < len(order) else None,
        again=way(at=0),
        motion=motion,
        motions=[] if kind != "consent" or motion else open_motions(visit, way),
        back=href(visit, one),
    )


def clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"


def in_turn(visit: Visit, present: list[str], seed: str) -> list[dict[str, Any]]:
    """Those who are there, beginning with another one each time."""
    first = sum(seed.encode()) % len(present) if present else 0
    return [visit.person_of(name) for name in present[first:] + present[:first]]


def motion_of(visit: Visit, name: str) -> dict[str, str] | None:
    if name not in visit.circle.decisions.motions:
        return None
    here, motion = f"{visit.home}/decisions/{name}", visit.circle.decisions.motions[name]
    return {
        "title": said_in(visit, name, "title") or visit.gettext("A proposal"),
        "href": here,
        "papers": f"{here}/papers" if is_voted_on(motion) else "",
    }


def open_motions(visit: Visit, way: Any) -> list[dict[str, str]]:
    return [
        {"title": said_in(visit, name, "title") or visit.gettext("A proposal"), "href": way(of=name, at=0)}
        for name in visit.circle.decisions.open
    ]


def is_voted_on(motion: Motion) -> bool:
    return not motion.ended and motion.round is not None and not is_closed(motion)


handlers = [round_page]
