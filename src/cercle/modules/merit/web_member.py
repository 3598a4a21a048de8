"""One person's points: every entry that brought or took some, with its reason, and what they had after it."""

from typing import Any

from litestar import Response, get
from litestar.exceptions import NotFoundException

from cercle.modules.merit import read
from cercle.modules.merit.state import Flow, Merit, balance
from cercle.modules.merit.web_words import line, points
from cercle.page.visit import Visit
from cercle.sentences import number

PAGE = 50


@get("/c/{circle:str}/merit/member/{member:str}")
async def member_page(visit: Visit, member: str, before: str = "") -> Response[Any]:
    """The lines before that number, or the newest."""
    if member not in visit.circle.roots.members:
        raise NotFoundException
    merit: Merit = visit.circle.merit
    lines = read.history(visit.circle, member)
    end = int(before) if before.isdecimal() and len(before) < 9 and 0 < int(before) < len(lines) else len(lines)
    start = max(end - PAGE, 0)
    person = visit.person_of(member)
    return visit.render(
        "merit/member.html",
        visit.gettext("%(name)s’s points", name=person["name"]),
        "merit",
        person=person,
        figure=points(visit, balance(visit.circle, member)),
        owed=owed_line(visit, merit.owed.get(member, 0)),
        rows=[row(visit, one) for one in reversed(lines[start:end])],
        older=f"{visit.home}/merit/member/{member}?before={start}" if start else None,
    )


def row(visit: Visit, one: read.Line) -> dict[str, Any]:
    after = number(one.after, visit.language)
    return line(visit, one.entry, one.points, Flow({}, one.of, one.rate)) | {
        "after": visit.gettext("%(points)s, and owes %(owed)s", points=after, owed=one.owed) if one.owed else after,
        "rate": f"{visit.home}/log/{one.rate}" if one.rate else None,
    }


def owed_line(visit: Visit, owed: int) -> str:
    """Where work was taken back whose points were pledged already."""
    if not owed:
        return ""
    return visit.ngettext(
        "Work was taken back: the next %(num)s point makes up for it.",
        "Work was taken back: the next %(num)s points make up for it.",
        owed,
    )


handlers = [member_page]
