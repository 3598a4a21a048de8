"""The mail server by which this machine sends reminders."""

import asyncio
import os
from pathlib import Path
from typing import Any

import click
from msgspec import to_builtins

from cercle.cli.serving import address_of, phone_address
from cercle.cli.terminal import Here, Problem, command, common, give, open_node
from cercle.core.event import Refused
from cercle.mail import server as servers
from cercle.sentences import moment

PASSWORD = "CERCLE_MAIL_PASSWORD"
File = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group("mail")
@common
def mail() -> None:
    """Send reminders by e-mail, by a mail server.

    Who wants reminders of meetings, votes and the week, and where to, each says for themselves in the settings of a
    circle. The password is kept beside the keys of this machine, and is never shown. With --json: see each of them.
    """


@command("set")
@click.option("--host", required=True, help="The name of the mail server.")
@click.option("--security", type=click.Choice(list(servers.PORTS)), default="tls", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), help="Else the usual one: 465, 587 with starttls, 25 with none.")
@click.option("--user", default="", help="Its password is asked for.")
@click.option("--password-file", type=File, help=f"It stands there in the first line; or in ${PASSWORD}.")
@click.option("--from", "sender", required=True, help="The address from which the mails come.")
@click.option("--address", help="The beginning of the links in the mails; else where these pages are at home.")
def set_server(
    here: Here,
    host: str,
    security: Any,
    port: int | None,
    user: str,
    password_file: Path | None,
    sender: str,
    address: str | None,
) -> None:
    """Say by which mail server mails go out.

    With --json: as `cercle mail show`.
    """
    made = servers.Server(
        host=host,
        port=port or servers.PORTS[security],
        security=security,
        user=user,
        password=password_of(here, password_file) if user else "",
        sender=sender,
        address=(address or phone_address(here) or address_of(here)).rstrip("/"),
    )
    for why in servers.faults(made).values():
        raise Refused(why)
    with open_node(here) as node:
        servers.keep_server(node, made)
    told(here, made, servers.Said())


def password_of(here: Here, file: Path | None) -> str:
    """From the file, the environment, or whoever types it; never from the command line, which others can see."""
    if file is not None:
        return file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    if PASSWORD in os.environ:
        return os.environ[PASSWORD]
    return str(click.prompt(here.gettext("Password:"), prompt_suffix=" ", hide_input=True, err=True))


@command("show")
def show(here: Here) -> None:
    """Show by which mail server mails go out, and how it goes.

    With --json: {"server", "sent", "problem"}; "server" is null where there is none, and has no password; "sent" is
    when the last mail went, in ms.
    """
    with open_node(here) as node:
        told(here, servers.server_of(node), servers.said(node))


def told(here: Here, server: servers.Server | None, said: servers.Said) -> None:
    _ = here.gettext
    if server is None:
        return give(here, {"server": None, "sent": said.sent, "problem": None}, _(servers.Why.NO_SERVER.sentence))
    kept = {name: value for name, value in to_builtins(server).items() if name != "password"}
    lines = [
        _("Mails go by %(host)s, port %(port)s (%(security)s), from %(sender)s.", **kept),
        _("The links in them begin with %(address)s.", address=server.address),
    ]
    if said.sent:
        lines.append(_("The last mail went: %(when)s.", when=moment(said.sent, here.language)))
    if said.problem is not None:
        lines.append(sentence_of(here, said.problem))
    return give(here, {"server": kept, "sent": said.sent, "problem": to_builtins(said.problem)}, *lines)


def sentence_of(here: Here, problem: servers.Problem) -> str:
    why = here.gettext(problem.sentence)
    return f"{why} ({problem.said})" if problem.said else why


@command("test")
@click.argument("address")
def test(here: Here, address: str) -> None:
    """Send a mail to ADDRESS now, and say what the server says.

    With --json: {"address"}.
    """
    from cercle.mail import asking

    if not servers.is_address(address):
        raise Refused(servers.Why.ADDRESS)
    with open_node(here) as node:
        try:
            asyncio.run(asking.test(node, address, here.language))
        except servers.NotSent as error:
            raise Problem(error.problem.code, sentence_of(here, error.problem)) from error
    give(here, {"address": address}, here.gettext("The server took a mail for %(address)s.", address=address))


@command("off")
def off(here: Here) -> None:
    """Send no mail any more, and forget the password.

    With --json: {"server": null}.
    """
    with open_node(here) as node:
        servers.turn_off(node)
    give(here, {"server": None}, here.gettext("No mail is sent from here any more."))


for one in (set_server, show, test, off):
    mail.add_command(one)
