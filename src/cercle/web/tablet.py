"""A tablet that all at home share: everybody sees the list on it, and says who they are before anything is done."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.response import Redirect

from cercle.modules.people.events import Invited
from cercle.modules.people.rules import profile
from cercle.page import tablet
from cercle.page.visit import Form, Visit, local
from cercle.store.keyring import people_of_member
from cercle.store.live import now
from cercle.web.door import SESSION_LASTS, keep_session


@get("/c/{circle:str}/tablet/new")
async def new_tablet(visit: Visit) -> Response[Any]:
    """Asks before this browser becomes the circle's tablet."""
    sentences = [
        visit.gettext(
            "This browser becomes the circle’s tablet: you are signed out here, and everybody taps their name."
        ),
        visit.gettext("Whoever stands in front of it sees the list. Everything else asks for a name and a PIN."),
        visit.gettext("Each person sets their PIN on their own page, on their own phone."),
        visit.gettext("For somebody without a device, an adult sets it on that person’s page."),
        visit.gettext("An adult ends it in the settings, under “Where you are signed in”."),
    ]
    check(visit)
    title, does = visit.gettext("Make this the circle’s tablet?"), visit.gettext("Make it the tablet")
    back = f"{visit.home}/people"
    return visit.render("people/ask.html", title, "people", sentences=sentences, does=does, back=back, form=Form())


def check(visit: Visit) -> None:
    """Who may let people in may set up a tablet, on a device of their own."""
    visit.on_own_device()
    if not visit.may(Invited):
        raise NotFoundException


@post("/c/{circle:str}/tablet/new")
async def make_tablet(visit: Visit) -> Response[Any]:
    await visit.form()
    check(visit)
    session = visit.node.make_token("tablet", circle=visit.here.no, lasts=SESSION_LASTS)
    return keep_session(visit, session, Redirect(f"{visit.home}/list", status_code=303))


@get("/c/{circle:str}/tablet")
async def who(visit: Visit, back: str = "") -> Response[Any]:
    """Who is there? The page comes here by itself when nobody has touched it for long: whoever sat there is up."""
    if not visit.is_tablet:
        return Redirect(f"{visit.home}/list", status_code=303)
    if visit.member:
        tablet.stand_up(visit.session)
        return Redirect(f"{visit.home}/tablet?{urlencode({'back': after(visit, back)})}", status_code=303)
    title = visit.gettext("Who are you?")
    waits = tablet.turned_away(visit.session)
    return visit.render("tablet.html", title, people=seats(visit, back), chosen=None, form=Form(), back="", waits=waits)


def after(visit: Visit, back: str) -> str:
    """Where one goes on: the page that was asked for, if it is one of this circle."""
    return local(back) if back.startswith(f"{visit.home}/") else f"{visit.home}/list"


def seats(visit: Visit, back: str) -> list[dict[str, Any]]:
    return [seat(visit, one, back) for one in visit.everybody()]


def seat(visit: Visit, one: dict[str, Any], back: str) -> dict[str, Any]:
    return {**one, "href": f"{visit.home}/tablet/{one['key']}?{urlencode({'back': after(visit, back)})}"}


@get("/c/{circle:str}/tablet/{member:str}")
async def ask_pin(visit: Visit, member: str, back: str = "") -> Response[Any]:
    return pin_page(visit, member, back, Form())


def pin_page(visit: Visit, member: str, back: str, form: Form, status: int = 200) -> Response[Any]:
    one = next((one for one in visit.everybody() if one["key"] == member), None)
    if one is None or not visit.is_tablet:
        raise NotFoundException
    name = one["name"]
    if own(visit, member) is None:
        sentence = visit.gettext("Each person sets it on their own page, on their own phone.")
        if not profile(visit.circle, member).has_device:
            sentence = visit.gettext("An adult of the circle sets it for %(name)s, on that person’s page.", name=name)
        return visit.render(
            "problem.html",
            visit.gettext("%(name)s has no PIN yet", name=name),
            sentence=sentence,
            is_reason=True,
        )
    return visit.render(
        "tablet.html",
        visit.gettext("%(name)s, your PIN?", name=name),
        status=status,
        people=[],
        chosen=seat(visit, one, back),
        form=form,
        back=f"{visit.home}/tablet",
    )


def own(visit: Visit, member: str) -> int | None:
    """The person of this node who is that member and has set a PIN: the last one who did."""
    people = people_of_member(visit.node.connection, visit.here.no, member)
    return next((person for person in reversed(people) if tablet.has_pin(visit.node, person)), None)


@post("/c/{circle:str}/tablet/{member:str}")
async def sit_down(visit: Visit, member: str, back: str = "") -> Response[Any]:
    filled = await visit.form()
    person = own(visit, member)
    known = visit.circle.roots.members.get(member)
    if person is None or known is None or known.gone or not visit.is_tablet:
        return pin_page(visit, member, back, Form())
    if tablet.check_pin(visit.node, person, filled.get("pin", ""), now()):
        tablet.sit_down(visit.session, person)
        visit.person, visit.member = person, member
        return go_on(visit) or Redirect(after(visit, back), status_code=303)
    pause = tablet.wait(visit.node, person, now())
    if pause:
        minutes = -(-pause // 60_000)
        sentence = visit.ngettext(
            "Too many wrong PINs: wait %(num)s minute.", "Too many wrong PINs: wait %(num)s minutes.", minutes
        )
        return pin_page(visit, member, back, Form({}, {"pin": sentence}), 429)
    return pin_page(visit, member, back, Form({}, {"pin": visit.gettext("That is not the PIN.")}), 422)


def go_on(visit: Visit) -> Response[Any] | None:
    """The form that was turned away while nobody sat here, once more and in the name of who sits here now; None where
    there is none, or somebody else had filled it in. Only what all could send from the list goes by itself."""
    waits = tablet.turned_away(visit.session)
    tablet.forget(visit.session)
    if waits is None or waits.me not in ("", visit.member):
        return None
    name = visit.person_of(visit.member)["name"]
    return visit.render("tablet_on.html", visit.gettext("Go on, %(name)s", name=name), waits=waits)


@post("/c/{circle:str}/tablet/done")
async def done(visit: Visit) -> Response[Any]:
    """Up from the seat: the next one says who they are."""
    tablet.stand_up(visit.session)
    return Redirect(f"{visit.home}/list", status_code=303)


handlers = [new_tablet, make_tablet, who, ask_pin, sit_down, done]
