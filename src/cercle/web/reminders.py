"""Reminders by e-mail: what each person chooses for themselves, and the links that stand in the mails."""

from typing import Any

from litestar import Response, get, post

from cercle.mail import asking
from cercle.mail.due import KINDS
from cercle.mail.post import PURPOSE
from cercle.mail.server import NotSent, Why, is_address, server_of
from cercle.page.visit import Form, Visit
from cercle.store import reminders
from cercle.web.backups import is_owner
from cercle.web.door import Closed
from cercle.web.mail import sentence_of


@get("/c/{circle:str}/reminders")
async def reminders_page(visit: Visit) -> Response[Any]:
    visit.on_own_device()
    return show(visit, Form())


def show(visit: Visit, form: Form, status: int = 200, wanted: list[str] | None = None) -> Response[Any]:
    row = choice(visit)
    chosen = wanted if wanted is not None else row.kinds.split() if row is not None else []
    return visit.render(
        "reminders.html",
        visit.gettext("Reminders by e-mail"),
        status=status,
        form=form,
        kinds=[{"value": code, "label": label, "is_chosen": code in chosen} for code, label in kinds(visit).items()],
        address=row.address if row is not None else "",
        is_confirmed=row is not None and bool(row.confirmed) and not row.refused,
        refused=row.refused if row is not None else "",
        is_set=server_of(visit.node) is not None,
        ways={
            "keep": f"{visit.home}/reminders",
            "mail": f"{visit.home}/mail" if is_owner(visit) else None,
            "calendar": f"{visit.home}/calendar",
            "back": f"{visit.home}/settings",
        },
    )


def choice(visit: Visit) -> Any:
    return reminders.choice_of(visit.node.connection, visit.here.no, visit.person or 0)


def kinds(visit: Visit) -> dict[str, str]:
    """What somebody can be reminded of here: what is about pages that are turned on."""
    _, meetings, decisions = visit.gettext, visit.is_on("meetings"), visit.is_on("decisions")
    offered = {
        "day": (meetings, _("A meeting, the day before")),
        "hour": (meetings, _("A meeting, an hour before")),
        "votes": (decisions, _("A vote that waits for you: when it is opened, and a day before it ends")),
        "week": (meetings or decisions, _("The week, on Monday morning: what was decided, and what comes")),
    }
    return {code: label for code, (is_there, label) in offered.items() if is_there}


@post("/c/{circle:str}/reminders")
async def chosen(visit: Visit) -> Response[Any]:
    """None of them, or no address, is to want no mails. An address that is new is asked first."""
    filled = await visit.form()
    visit.on_own_device()
    sent = await visit.all_of("kinds")
    wanted, address = [kind for kind in KINDS if kind in sent], filled.get("address", "").strip()
    row, here = choice(visit), f"{visit.home}/reminders"
    if not wanted and row is None and address:
        return show(visit, Form(dict(filled), {"kinds": visit.gettext("Choose at least one.")}), 422, wanted)
    if not wanted:
        if row is not None:
            reminders.forget_choice(visit.node.connection, row.no)
        return visit.go(here, visit.gettext("No reminders are sent to you, and no address is kept."))
    if not is_address(address):
        return show(visit, Form(dict(filled), {"address": visit.gettext(Why.ADDRESS.sentence)}), 422, wanted)
    is_known = row is not None and row.address == address and row.confirmed and not row.refused
    if not is_known and (wrong := await asked(visit, address)):
        return show(visit, Form(dict(filled), {"address": wrong}), 409, wanted)
    choose(visit, address, wanted)
    if is_known:
        return visit.go(here, visit.gettext("Kept."))
    return visit.go(here, visit.gettext("A mail is on its way to %(address)s.", address=address))


async def asked(visit: Visit, address: str) -> str:
    """Asks at an address; gives what kept the mail from going, "" where it went."""
    try:
        await asking.ask(visit.node, visit.here.no, visit.person or 0, address, visit.language)
    except NotSent as error:
        return sentence_of(visit, error.problem)
    except asking.TooMany:
        return visit.gettext("Enough of these mails went out today. Look for the link in one, or try again tomorrow.")
    return ""


def choose(visit: Visit, address: str, wanted: list[str]) -> None:
    now = visit.node.clock()
    reminders.choose(visit.node.connection, visit.here.no, visit.person or 0, address, wanted, now)


# --- what stands in the mails ----------------------------------------------------------------------------------------


def answer(visit: Visit, title: str, sentence: str, does: str = "") -> Response[Any]:
    """A page that asks by one button, or says what was done; to whoever has the link, and about no circle."""
    return visit.render("mail_link.html", title, sentence=sentence, does=does)


@get("/mail/confirm/{token:str}")
async def ask_confirming(visit: Visit, token: str) -> Response[Any]:
    """It takes a tap: programs open links of mails too."""
    row = visit.node.token(token, PURPOSE)
    if row is None:
        raise Closed
    sentence = visit.gettext("Reminders of a circle on this machine go to %(address)s.", address=row.label)
    return answer(visit, visit.gettext("Is this your address?"), sentence, visit.gettext("Yes, send them here"))


@post("/mail/confirm/{token:str}")
async def confirmed(visit: Visit, token: str) -> Response[Any]:
    await visit.form()
    row = visit.node.token(token, PURPOSE)
    if row is None:
        raise Closed
    now = visit.node.clock()
    if not reminders.confirm(visit.node.connection, row.circle, row.person, row.label, now):
        sentence = visit.gettext("Another address was chosen since, or none.")
        return answer(visit, visit.gettext("No reminders go here"), sentence)
    visit.node.end_token(token)
    sentence = visit.gettext("Each mail has a link that ends them.")
    return answer(visit, visit.gettext("Reminders go to this address now"), sentence)


@get("/mail/stop/{code:str}")
async def ask_stopping(visit: Visit, code: str) -> Response[Any]:
    """The same for every code, so that nobody learns which is one."""
    sentence = visit.gettext("The reminders of this circle end, and the address is forgotten.")
    return answer(visit, visit.gettext("No more of these mails?"), sentence, visit.gettext("Stop them"))


@post("/mail/stop/{code:str}", status_code=200)
async def stopped(visit: Visit, code: str) -> Response[Any]:
    """By the button, or by a mail program of itself (RFC 8058), without being signed in and as often as it likes. The
    code is the one of the reminders, or the one of the mail that asked for them."""
    row = visit.node.token(code, PURPOSE)
    if row is not None:
        visit.node.end_token(code)
        found = reminders.choice_of(visit.node.connection, row.circle, row.person)
        if found is not None and found.address == row.label:
            reminders.forget_choice(visit.node.connection, found.no)
    elif len(code) == 2 * reminders.STOP_SIZE and set(code) <= set("0123456789abcdef"):
        reminders.stop(visit.node.connection, bytes.fromhex(code))
    sentence = visit.gettext("Whoever wants them again says so in the settings of the circle.")
    return answer(visit, visit.gettext("No more of these mails are sent"), sentence)


handlers = [reminders_page, chosen, ask_confirming, confirmed, ask_stopping, stopped]
