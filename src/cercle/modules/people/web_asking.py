"""What is asked twice: leaving, agreeing to a removal, erasing words. And all that is known of a person, as a file."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.response import Redirect

from cercle.core.event import Refused
from cercle.core.fold import ADULT
from cercle.modules.people.events import EntryErased, Left, RemovalAgreed, WordsErased
from cercle.modules.people.read import agreed_removals, consents_needed, may_erase, may_erase_entry, may_remove
from cercle.modules.people.rules import profile
from cercle.modules.people.web_member import known_member
from cercle.page.visit import Form, Visit
from cercle.store import rows
from cercle.telling import tell

TAKEN_ALONG_FOR = 86_400_000  # ms for which who has left may still fetch the log


def ask(
    visit: Visit, title: str, sentences: list[str], does: str, back: str, form: Form | None = None
) -> Response[Any]:
    """A page that says what will happen, with one button that does it. What it posts to is its own address."""
    status = 409 if form else 200
    return visit.render(
        "people/ask.html",
        title,
        "people",
        status,
        sentences=[sentence for sentence in sentences if sentence],
        does=does,
        back=back,
        form=form or Form(),
    )


# --- leaving -----------------------------------------------------------------------------------------------------


@get("/c/{circle:str}/people/leave")
async def leave_page(visit: Visit) -> Response[Any]:
    visit.on_own_device()
    return ask_leaving(visit)


def ask_leaving(visit: Visit, form: Form | None = None) -> Response[Any]:
    roots = visit.circle.roots
    adults = [name for name, known in roots.members.items() if known.kind == ADULT and not known.gone]
    keeper = roots.devices[roots.keeper].member
    return ask(
        visit,
        visit.gettext("Leave %(circle)s?", circle=visit.name(roots.name)),
        [
            visit.gettext("You no longer see the circle, and coming back takes a new invitation."),
            visit.gettext(
                "What you wrote stays in the log, with every figure. Your words can be erased before you go."
            ),
            visit.gettext("Afterwards you can take the whole log along, as a file."),
            visit.gettext("You are the last adult here: after you, nobody can invite anybody.")
            if adults == [visit.member]
            else "",
            visit.gettext("Yours is the device that keeps the log: after you, what the others write stays pending.")
            if keeper == visit.member
            else "",
        ],
        visit.gettext("Leave the circle"),
        f"{visit.home}/people/{visit.member}",
        form,
    )


@post("/c/{circle:str}/people/leave")
async def leave(visit: Visit) -> Response[Any]:
    filled = await visit.form()
    visit.on_own_device()
    try:
        visit.act(Left(), act=filled.get("act", ""))
    except Refused as refusal:
        return ask_leaving(visit, Form({}, {"": visit.reason(refusal)}))
    last = str(visit.here.last)
    token = visit.node.make_token("log", visit.person, visit.here.no, TAKEN_ALONG_FOR, label=last)
    return visit.go(f"/left/{token}")


# --- a removal ---------------------------------------------------------------------------------------------------


@get("/c/{circle:str}/people/{member:str}/remove")
async def remove_page(visit: Visit, member: str) -> Response[Any]:
    return ask_removing(visit, removable(visit, member))


def removable(visit: Visit, member: str) -> str:
    if not (may_remove(visit.circle, visit.member, known_member(visit, member)) and visit.may(RemovalAgreed)):
        raise NotFoundException
    return member


def ask_removing(visit: Visit, member: str, form: Form | None = None) -> Response[Any]:
    name = visit.person_of(member)["name"]
    agreed = agreed_removals(visit.circle).get(member, [])
    needed = consents_needed(visit.circle, member)
    return ask(
        visit,
        visit.gettext("Remove %(name)s from the circle?", name=name),
        [
            visit.ngettext(
                "It happens once %(num)s adult agrees, more than half of the others and at least two.",
                "It happens once %(num)s adults agree, more than half of the others and at least two.",
                needed,
            ),
            visit.gettext("So far agreed: %(names)s.", names=visit.names_of(agreed)) if agreed else "",
            visit.gettext("What %(name)s wrote stays in the log. Everybody sees who agreed.", name=name),
        ],
        visit.gettext("I agree that %(name)s leaves", name=name),
        f"{visit.home}/people/{member}",
        form,
    )


@post("/c/{circle:str}/people/{member:str}/remove")
async def remove(visit: Visit, member: str) -> Response[Any]:
    filled = await visit.form()
    if visit.circle.roots.members[known_member(visit, member)].gone:
        return visit.go(f"{visit.home}/people")
    name = visit.person_of(removable(visit, member))["name"]
    visit.here.seal()  # consents are judged by who was here at the last seal
    try:
        visit.act(RemovalAgreed(member=member), act=filled.get("act", ""))
    except Refused as refusal:
        return ask_removing(visit, member, Form({}, {"": visit.reason(refusal)}))
    if visit.circle.roots.members[member].gone:
        return visit.go(f"{visit.home}/people", visit.gettext("%(name)s is no longer in the circle.", name=name))
    return visit.go(f"{visit.home}/people/{member}", visit.gettext("Your consent is in the log."))


# --- erasing -----------------------------------------------------------------------------------------------------


@get("/c/{circle:str}/people/{member:str}/erase")
async def erase_page(visit: Visit, member: str) -> Response[Any]:
    return ask_erasing(visit, erasable(visit, member))


def erasable(visit: Visit, member: str) -> str:
    visit.on_own_device()
    if not may_erase(visit.circle, visit.member, known_member(visit, member)):
        raise NotFoundException
    return member


def ask_erasing(visit: Visit, member: str, form: Form | None = None) -> Response[Any]:
    name, me = visit.person_of(member)["name"], member == visit.member
    if me:
        what = visit.gettext("All words that you ever wrote here go, and your name: names of things, notes, titles.")
    else:
        what = visit.gettext("All words that %(name)s ever wrote here go, and their name.", name=name)
    return ask(
        visit,
        visit.gettext("Erase all your words?") if me else visit.gettext("Erase all words of %(name)s?", name=name),
        [what, *what_stays(visit), visit.gettext("Things that others use lose their names too.")],
        visit.gettext("Erase the words"),
        f"{visit.home}/people/{member}",
        form,
    )


def what_stays(visit: Visit) -> list[str]:
    return [
        visit.gettext("What stays: figures, days, and who did what. The log still adds up and still verifies."),
        visit.gettext(
            "Nobody can bring the words back. A copy that somebody took along elsewhere may still have them."
        ),
    ]


@post("/c/{circle:str}/people/{member:str}/erase")
async def erase(visit: Visit, member: str) -> Response[Any]:
    filled = await visit.form()
    try:
        visit.act(WordsErased(member=erasable(visit, member)), act=filled.get("act", ""))
    except Refused as refusal:
        return ask_erasing(visit, member, Form({}, {"": visit.reason(refusal)}))
    return visit.go(f"{visit.home}/people/{member}", visit.gettext("The words are erased."))


@get("/c/{circle:str}/people/erase/{entry:str}")
async def erase_entry_page(visit: Visit, entry: str) -> Response[Any]:
    return ask_erasing_entry(visit, entry)


def author_of(visit: Visit, entry: str) -> str:
    """Who wrote the words of this entry. Raises `NotFoundException` where there are none, or the visitor may not."""
    visit.on_own_device()
    row = rows.by_short_id(visit.node.connection, visit.here.no, entry)
    device = visit.circle.roots.devices.get(row.key.hex()) if row is not None and row.body else None
    if device is None or not may_erase_entry(visit.circle, visit.member, device.member):
        raise NotFoundException
    return device.member


def ask_erasing_entry(visit: Visit, entry: str, form: Form | None = None) -> Response[Any]:
    author = author_of(visit, entry)
    told = visit.here.entry(entry)
    said = visit.narrator.sentence(told.event, told.kept, visit.here.words(entry), author) if told else ""
    return ask(
        visit,
        visit.gettext("Erase the words of this entry?"),
        [said, *what_stays(visit)],
        visit.gettext("Erase the words"),
        f"{visit.home}/log/{entry}",
        form,
    )


@post("/c/{circle:str}/people/erase/{entry:str}")
async def erase_entry(visit: Visit, entry: str) -> Response[Any]:
    filled = await visit.form()
    if visit.here.entry(entry) is not None and not visit.here.words(entry):
        return visit.go(f"{visit.home}/log/{entry}")
    try:
        visit.act(EntryErased(entry=entry, author=author_of(visit, entry)), act=filled.get("act", ""))
    except Refused as refusal:
        return ask_erasing_entry(visit, entry, Form({}, {"": visit.reason(refusal)}))
    row = rows.by_short_id(visit.node.connection, visit.here.no, entry)
    said = visit.gettext("The words are erased.")
    if row is not None and row.body is not None:
        said = visit.gettext("The words go as soon as the keeper of the log has confirmed this.")
    return visit.go(f"{visit.home}/log/{entry}", said)


# --- one's own data ----------------------------------------------------------------------------------------------


@get("/c/{circle:str}/people/{member:str}/data.json")
async def own_data(visit: Visit, member: str) -> Response[bytes] | Redirect:
    """All that the circle knows of the person who asks, and all that they wrote."""
    visit.on_own_device()
    if member != visit.member:
        raise NotFoundException
    known, one = visit.circle.roots.members[member], profile(visit.circle, member)
    mine = [told for told in tell(visit.here) if told["by"] == member or member in told["kept"].values()]
    data = {
        "circle": visit.here.id.hex(),
        "circle_name": visit.here.name(visit.circle.roots.name),
        "member": member,
        "name": visit.here.name(one.words),
        "kind": known.kind,
        "colour": one.colour,
        "absences": [[a.since, a.until] for a in one.away.values()],
        "devices": [row.label for row in visit.node.tokens_of("session", visit.person)],
        "entries": mine,
    }
    return Response(
        msgspec.json.format(msgspec.json.encode(data)),
        media_type="application/json",
        headers={"content-disposition": 'attachment; filename="cercle.json"'},
    )


handlers = [
    leave_page,
    leave,
    remove_page,
    remove,
    erase_page,
    erase,
    erase_entry_page,
    erase_entry,
    own_data,
]
