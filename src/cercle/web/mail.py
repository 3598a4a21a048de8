"""The mail server of this machine: the page on which its owner sets it up, and the round that sends what is due."""

import asyncio
import logging
from typing import Any

import msgspec
from litestar import Response, get, post
from msgspec.structs import replace
from sqlalchemy.exc import DBAPIError

from cercle.mail import asking
from cercle.mail.post import Post
from cercle.mail.server import (
    PORTS,
    NotSent,
    Problem,
    Server,
    Why,
    faults,
    is_address,
    keep_server,
    said,
    server_of,
    turn_off,
)
from cercle.page.visit import Form, Visit
from cercle.sentences import moment
from cercle.store.node import Node
from cercle.web.backups import check_owner

logger = logging.getLogger("cercle")

LOOK_EVERY = 60.0  # seconds
ALIKE = ("host", "port", "security", "user")  # what the password was typed for


class Mailing:
    """A look at what is due, at the start and then each minute."""

    def __init__(self, node: Node) -> None:
        self.post = Post(node)
        self.task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self.task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        """Once it is written down what went."""
        if self.task is not None:
            self.task.cancel()
            await asyncio.wait([self.task])

    async def _go_on(self) -> None:
        while True:
            try:
                await self.post.look()
            except DBAPIError as error:
                logger.error("The database refused: %s", error.orig)
            except Exception:
                logger.exception("The look at the reminders failed")
            await asyncio.sleep(LOOK_EVERY)


def sentence_of(visit: Visit, problem: Problem) -> str:
    """Why something did not go, with what the server said."""
    why = visit.gettext(problem.sentence)
    return f"{why} ({problem.said})" if problem.said else why


@get("/c/{circle:str}/mail")
async def mail_page(visit: Visit) -> Response[Any]:
    check_owner(visit)
    return show(visit, Form())


def show(visit: Visit, form: Form, status: int = 200) -> Response[Any]:
    server, here, _ = server_of(visit.node), f"{visit.home}/mail", visit.gettext
    last = said(visit.node)
    known = msgspec.to_builtins(server) if server is not None else {"security": "tls", "address": visit.link("")}
    if known.get("port") == PORTS[known["security"]]:
        del known["port"]  # it goes with the encryption, should another one be chosen
    return visit.render(
        "mail.html",
        _("Mail"),
        status=status,
        form=form,
        known={name: value for name, value in known.items() if name != "password"},
        is_set=server is not None,
        has_password=server is not None and bool(server.password),
        securities=[
            {"value": "tls", "label": _("TLS from the start (usually port %(port)s)", port=PORTS["tls"])},
            {"value": "starttls", "label": _("STARTTLS (usually port %(port)s)", port=PORTS["starttls"])},
            {"value": "none", "label": _("None: only for a server on this machine or at home")},
        ],
        wrong=sentence_of(visit, last.problem) if last.problem is not None else "",
        last=moment(last.sent, visit.language, visit.zone) if last.sent else "",
        ways={"keep": here, "test": f"{here}/test", "off": f"{here}/off", "back": f"{visit.home}/settings"},
    )


@post("/c/{circle:str}/mail")
async def kept(visit: Visit) -> Response[Any]:
    filled = await visit.form()
    check_owner(visit)
    server = server_in(filled, server_of(visit.node))
    wrong = faults(server)
    if wrong:
        shown = {name: value for name, value in filled.items() if name != "password"}
        return show(visit, Form(shown, {name: visit.gettext(why.sentence) for name, why in wrong.items()}), 422)
    keep_server(visit.node, server)
    return visit.go(f"{visit.home}/mail", visit.gettext("Kept. Send a test now, to see whether it goes."))


def server_in(filled: dict[str, str], before: Server | None) -> Server:
    """What was filled in. A password that was typed before goes on to be that of the same user at the same server."""
    text = {name: filled.get(name, "").strip() for name in ("host", "user", "sender", "address", "port")}
    security: Any = filled.get("security", "")
    security = security if security in PORTS else "tls"
    port = text["port"] or str(PORTS[security])
    made = Server(
        host=text["host"],
        port=int(port) if port.isdecimal() and len(port) < 6 else 0,
        security=security,
        user=text["user"],
        password=filled.get("password", ""),
        sender=text["sender"],
        address=text["address"].rstrip("/"),
    )
    if not made.password and before is not None and all(getattr(made, one) == getattr(before, one) for one in ALIKE):
        return replace(made, password=before.password)
    return made


@post("/c/{circle:str}/mail/test")
async def tested(visit: Visit) -> Response[Any]:
    filled = await visit.form()
    check_owner(visit)
    address = filled.get("to", "").strip()
    if not is_address(address):
        return show(visit, Form({"to": address}, {"to": visit.gettext(Why.ADDRESS.sentence)}), 422)
    try:
        await asking.test(visit.node, address, visit.language)
    except NotSent as error:
        return show(visit, Form({"to": address}, {"to": sentence_of(visit, error.problem)}), 409)
    return visit.go(f"{visit.home}/mail", visit.gettext("The server took a mail for %(address)s.", address=address))


@post("/c/{circle:str}/mail/off")
async def turned_off(visit: Visit) -> Response[Any]:
    await visit.form()
    check_owner(visit)
    turn_off(visit.node)
    return visit.go(f"{visit.home}/mail", visit.gettext("No mail is sent from here any more."))


handlers = [mail_page, kept, tested, turned_off]
