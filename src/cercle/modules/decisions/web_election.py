"""Elections without candidates: once everybody has said whom they would take, whoever asked them names one person."""

from collections import Counter
from typing import Any

from litestar import Response, post

from cercle.modules.decisions import events
from cercle.modules.decisions.state import Motion, is_closed
from cercle.page.visit import Form, Visit


def naming(visit: Visit, motion: Motion) -> dict[str, Any] | None:
    """What is needed to name somebody: {people: who was said most, first; named: who is named so far, or ""; silent:
    who has not been heard}. None where the visitor does not."""
    vote, members = motion.round, visit.circle.roots.members
    is_mine = visit.member == motion.by or bool(members[motion.by].gone)
    is_open = vote is not None and vote.method == "election" and not is_closed(motion)
    if vote is None or not (is_open and is_mine and visit.may(events.Named)):
        return None
    here = [name for name in vote.voters if not members[name].gone]
    said = Counter(name for ballot in vote.ballots.values() for name in ballot.choice if not vote.named)
    people = [name for name in sorted(here, key=lambda name: -said[name]) if name != vote.named]
    return {
        "people": [{"value": name, "label": label(visit, name, said[name])} for name in people],
        "named": visit.person_of(vote.named)["name"] if vote.named else "",
        "silent": [visit.person_of(name) for name in here if name not in vote.ballots],
    }


def label(visit: Visit, name: str, times: int) -> str:
    person = str(visit.person_of(name)["name"])
    if not times:
        return person
    return visit.ngettext("%(name)s, said by %(num)s", "%(name)s, said by %(num)s", times, name=person)


@post("/c/{circle:str}/decisions/{motion:str}/name")
async def named(visit: Visit, motion: str) -> Response[Any]:
    from cercle.modules.decisions import web  # which stands on this file

    filled = await visit.form()
    vote, member = web.motion_of(visit, motion).round, filled.get("member", "")
    if vote is None or member not in visit.circle.roots.members:
        return web.show(visit, motion, Form(dict(filled), {"member": visit.gettext("Choose one.")}), 422)
    event = events.Named(motion=motion, round=vote.id, member=member, why=web.text_in(filled, "because"))
    return web.act(visit, motion, filled, visit.gettext("Now all are asked whether they object."), event, "member")


handlers = [named]
