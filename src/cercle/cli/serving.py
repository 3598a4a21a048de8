"""Running the node: `up` in the foreground, and the unit by which systemd runs it."""

import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click
from sqlalchemy import delete

from cercle.cli.terminal import Here, Problem, command, give, open_node
from cercle.page.links import lan_addresses
from cercle.store.database import InUse, hold, server
from cercle.store.tables import tokens
from cercle.sync.address import host_name, is_of_a_home, plain_address

if TYPE_CHECKING:
    from cercle.web.secure import Secure

PORT = 8642
PORTS_TRIED = 100
DOOR_LASTS = 24 * 3_600_000
EVERYWHERE = ("0.0.0.0", "::")


def known_as_option(function: Callable[..., Any]) -> Callable[..., Any]:
    words = "A further name under which others reach it, with its port where that is another one there."
    return click.option("--known-as", metavar="NAME", multiple=True, callback=as_hosts, help=words)(function)


def as_hosts(context: click.Context, parameter: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    """As they stand in a Host header. Raises `click.BadParameter`."""
    for name in names:
        try:
            is_name = plain_address(f"http://{name}/") == f"http://{name.lower()}"
        except ValueError:
            is_name = False
        if not is_name:
            raise click.BadParameter(f"{name!r} is not such as cercle.example or cercle.example:8643.")
    return tuple(name.lower() for name in names)


def serving_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """What every command takes that starts the pages."""
    host_help = "The address to listen on; 127.0.0.1 for this machine alone."
    port_help = f"The port; else {PORT}, or the next one that is free."
    function = click.option("--host", default="0.0.0.0", show_default=True, help=host_help)(function)
    return click.option("--port", type=click.IntRange(0, 65535), help=port_help)(function)


@command("up")
@serving_options
@known_as_option
@click.option(
    "--nothing-kept", is_flag=True, help="Browsers forget the pages that they keep for when there is no network."
)
@click.option("--https", "is_secure", is_flag=True, help="Over HTTPS too, by a certificate of the home's own.")
def up(here: Here, port: int | None, host: str, known_as: tuple[str, ...], nothing_kept: bool, is_secure: bool) -> None:
    """Start the node, and print the address of its pages.

    The address has a token that opens them once. Phones on the home network scan the code. It runs until it is
    stopped (Ctrl-C); what is done in the meantime on the command line shows up on the pages. With --https, phones that
    trust the home's root certificate keep the pages for when there is no network; those that cannot go on over HTTP.
    With --json: one line with {"address", "token", "lan", "port"}; with --https {"https", "trust", "fingerprint"} too.
    """
    run(here, port, host, known_as, keeps=not nothing_kept, is_secure=is_secure)


def run(
    here: Here,
    port: int | None,
    host: str,
    known_as: tuple[str, ...] = (),
    ways: dict[str, str] | None = None,
    keeps: bool = True,
    is_secure: bool = False,
) -> None:
    """Serves this folder's data until it is stopped; `ways` are the tokens of people who have a way in of their own, by
    name. Raises `InUse`, and `Problem`."""
    from cercle.web.serve import serve  # seconds of imports that no other command needs

    here.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if about := server(here.folder):
        raise InUse(about)
    chosen = free_port(here, host, port)
    local = "localhost" if host in EVERYWHERE else f"[{host}]" if ":" in host else host
    url = f"http://{local}:{chosen}"
    # The lock is this process's as long as the file is open.
    with hold(here.folder, f"{os.getpid()} {url}"):
        token, other = door_tokens(here)
        near = lan_addresses() if host in EVERYWHERE else []
        lan = f"http://{near[0]}:{chosen}/in/{other}" if near else None
        result: dict[str, Any] = {"address": f"{url}/in/{token}", "token": token, "lan": lan, "port": chosen}
        if ways:
            result["people"] = {name: f"{url}/in/{way}" for name, way in ways.items()}
        secure = vouched(here, host, chosen, known_as, result) if is_secure else None
        try:
            serve(here.folder, host, chosen, frozenset(known_as), lambda: announce(here, result), keeps, secure)
        except KeyboardInterrupt:
            return  # the way to stop it


def vouched(here: Here, host: str, port: int, known_as: tuple[str, ...], result: dict[str, Any]) -> "Secure":
    """How the node is served over HTTPS, at the next port that is free; adds to the result where. Raises `Problem`."""
    from cercle.web.secure import Secure  # large

    own = socket.gethostname().lower().partition(".")[0]

    def hosts() -> list[str]:
        near = lan_addresses() if host in EVERYWHERE else [host]
        return [*near, "localhost", f"{own}.local", *map(host_name, known_as), "127.0.0.1", "::1"]

    secure = Secure(here.folder, free_port(here, host, None, port + 1), port, hosts)
    near = next(one for one in hosts() if is_of_a_home(one))
    result["https"] = f"https://{near}:{secure.port}"
    result["trust"] = f"http://{near}:{port}/https"
    result["fingerprint"] = secure.fingerprint
    return secure


def free_port(here: Here, host: str, wanted: int | None, first: int = PORT) -> int:
    """The port to listen on: the one that was asked for, or the first that is free. Raises `Problem`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in [wanted] if wanted is not None else range(first, min(first + PORTS_TRIED, 65536)):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except socket.gaierror as error:
                sentence = here.gettext("This machine has no address %(host)s.", host=host)
                raise Problem("no_address", sentence) from error
            except OSError:
                continue
            return int(probe.getsockname()[1])
    sentence = here.gettext("Nothing can listen on %(host)s at port %(port)s.", host=host, port=wanted or first)
    raise Problem("port_taken", sentence)


def door_tokens(here: Here) -> tuple[str, str]:
    """Two ways in, one for this machine and one for a phone; those of earlier starts open nothing any more."""
    with open_node(here, is_new=True) as node:
        node.connection.execute(delete(tokens).where(tokens.c.purpose == "door"))
        return node.make_token("door", lasts=DOOR_LASTS), node.make_token("door", lasts=DOOR_LASTS)


def announce(here: Here, result: dict[str, Any]) -> None:
    """Says where the pages are, and opens them where there is a screen."""
    address, lan = result["address"], result["lan"]
    is_terminal = sys.stdout.isatty() and not here.is_json
    lines = [here.gettext("Cercle is running. On this machine, open (it works once):"), "", f"  {address}", ""]
    if lan:
        if is_terminal:
            way = here.gettext("On a phone of the same network, scan the code, or type (it works once):")
        else:
            way = here.gettext("On a phone of the same network, open (it works once):")
        lines += [way, "", f"  {lan}", ""]
    if people := result.get("people"):
        lines += [here.gettext("As somebody else of them, each in a browser of its own (it works once):"), ""]
        lines += [f"  {name:<8}{way}" for name, way in people.items()] + [""]
    if "https" in result:
        lines += [here.gettext("Over HTTPS, for whoever trusts this home’s root certificate:"), ""]
        lines += [f"  {result['https']}", ""]
        lines += [here.gettext("How a phone comes to trust it, and what that means, stands on this page:"), ""]
        lines += [f"  {result['trust']}", ""]
        lines += [here.gettext("The fingerprint of the root certificate, to compare:"), ""]
        pairs = result["fingerprint"].split(":")
        lines += [f"  {':'.join(pairs[:16])}", f"  {':'.join(pairs[16:])}", ""]
    give(here, result, *lines)
    if is_terminal and lan:
        import segno

        segno.make_qr(lan, error="l").terminal(compact=True, border=2)
    if not here.is_json:
        click.echo(here.gettext("Ctrl-C stops it."))
    sys.stdout.flush()
    has_screen = sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if is_terminal and has_screen:
        threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()


def address_of(here: Here) -> str:
    """Where this data's pages are now, or will be when it is started as usual."""
    return server(here.folder).partition(" ")[2] or f"http://localhost:{PORT}"


def phone_address(here: Here) -> str | None:
    """Where a device on the home network finds these pages; None where they are for this machine alone."""
    at = urlsplit(address_of(here))
    near = lan_addresses() if at.hostname == "localhost" else []
    return f"http://{near[0]}:{at.port}" if near else None


# --- systemd -----------------------------------------------------------------------------------------------------

UNIT = """\
[Unit]
Description=Cercle, the circles of this machine
After=network-online.target
Wants=network-online.target

[Service]
ExecStart={command}
{user}Restart=on-failure
RestartSec=5
UMask=0077
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=full

[Install]
WantedBy={target}
"""


@command("service")
@click.option("--system", is_flag=True, help="For the whole machine, started with it; as root.")
@click.option("--install", is_flag=True, help="Write it where systemd looks for it, in place of printing it.")
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True, help="The port of its pages.")
@click.option("--https", "is_secure", is_flag=True, help="Over HTTPS too, as `cercle up --https` says.")
@known_as_option
def service(here: Here, system: bool, install: bool, port: int, is_secure: bool, known_as: tuple[str, ...]) -> None:
    """Print or install the systemd unit of this node.

    It runs the node in the background. A unit of your own by default; with --system one of the machine, which runs
    as the owner of the data. With --json: {"unit", "path", "installed", "next"}.
    """
    more = [*(["--https"] if is_secure else []), *(f"--known-as={name}" for name in known_as)]
    text = unit(here, system, port, more)
    path = unit_path(system)
    manage = "systemctl" if system else "systemctl --user"
    following = [f"{manage} daemon-reload", f"{manage} enable --now cercle"]
    if not system:
        following.append("loginctl enable-linger")
    if install:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    result = {"unit": text, "path": str(path), "installed": install, "next": following}
    _ = here.gettext
    if not install:
        give(here, result, text.rstrip())
        if not here.is_json:  # beside the unit, which may go into a file
            click.echo(
                _("With --install, it is written where systemd looks for it: %(path)s") % {"path": path}, err=True
            )
        return
    give(here, result, _("Written: %(path)s. Now type:", path=path), *(f"  {line}" for line in following))


def unit(here: Here, system: bool, port: int, more: list[str]) -> str:
    folder = here.folder.absolute()
    script = Path(__file__).parents[3] / "cercle"
    # A checkout's own script sets its libraries up anew after an update; elsewhere this very Python runs it.
    program = [str(script)] if script.is_file() else [sys.executable, "-m", "cercle"]
    words = [*program, "up", "--port", str(port), "--data", str(folder), *more]
    user = ""
    if system:
        owner = next(place for place in (folder, *folder.parents) if place.exists()).owner()
        user = f"User={owner}\n"
    target = "multi-user.target" if system else "default.target"
    return UNIT.format(command=" ".join(map(quoted, words)), user=user, target=target)


def quoted(word: str) -> str:
    """A word of a unit's command line, systemd.service(5): % and $ stand for themselves when they are doubled."""
    plain = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{plain}"' if any(sign in plain for sign in " \t'\"\\;") else plain


def unit_path(system: bool) -> Path:
    if system:
        return Path("/etc/systemd/system/cercle.service")
    home = os.environ.get("XDG_CONFIG_HOME") or ""
    folder = Path(home) if home.startswith("/") else Path.home() / ".config"
    return folder / "systemd" / "user" / "cercle.service"
