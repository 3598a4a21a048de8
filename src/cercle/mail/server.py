"""The mail server that this node sends by: what its owner said of it, and what became of the mails."""

import re
from typing import Literal

import msgspec
from msgspec import Struct

from cercle.core.event import Reason
from cercle.store.erasure import purge
from cercle.store.node import Node
from cercle.sync.address import plain_address

SERVER, SAID = "mail.server", "mail.said"
PORTS = {"tls": 465, "starttls": 587, "none": 25}  # RFC 8314; the last for a server that only passes on what comes
ATOM = r"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+"
PART = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
# Without quotation marks and what else hardly anybody has. Source: RFC 5321, sections 4.1.2 and 4.5.3.1.
ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@){ATOM}(?:\.{ATOM})*@{PART}(?:\.{PART})*")
LONGEST_ADDRESS = 254
HOST = re.compile(r"[A-Za-z0-9:][A-Za-z0-9.:-]{0,252}")


class Why(Reason):
    NO_SERVER = ("mail.no_server", "No mail server is set up on this machine.")
    HOST = ("mail.host", "Write the name of the mail server, such as smtp.example.org.")
    PORT = ("mail.port", "A port is a whole number from 1 to 65535.")
    ADDRESS = ("mail.address", "Write an e-mail address, such as amina@example.org.")
    PAGES = ("mail.pages", "Write the address of the pages, such as https://cercle.example.")
    USER = ("mail.user", "A user and a password come together.")
    LETTERS = ("mail.letters", "A user and a password have letters without accents, digits and signs.")
    OPEN = ("mail.open", "A password goes over an encrypted connection alone.")
    AWAY = ("mail.away", "The mail server cannot be reached.")
    NOT_TRUSTED = ("mail.not_trusted", "Nobody vouches that this is the mail server: its certificate is not good.")
    NO_TLS = ("mail.no_tls", "The mail server does not speak the encryption that was chosen.")
    LOGIN = ("mail.login", "The mail server refuses this user or password.")
    SENDER = ("mail.sender", "The mail server refuses to send from this address.")
    RECIPIENT = ("mail.recipient", "The mail server refuses the address to which it was to go.")
    POLICY = ("mail.policy", "The mail server refuses to pass on a mail, whoever it is for.")
    LATER = ("mail.later", "The mail server takes no mail now, and asks to try again later.")
    ODD = ("mail.odd", "The mail server answers something that is not understood here.")


class Server(Struct, frozen=True):
    """How mails go out: `security` is that of the connection, `sender` the address from which they come, `address` the
    beginning of the links in them."""

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    user: str
    password: str
    sender: str
    address: str

    def __repr__(self) -> str:  # so that no trace of a fault has the password
        return f"Server({self.host}:{self.port})"


class Problem(Struct, frozen=True):
    """Why something did not go: the code of the reason, and what the server or the system said."""

    code: str
    said: str = ""

    @property
    def sentence(self) -> str:
        """In English."""
        return next((why.sentence for why in Why if why.code == self.code), self.code)


class NotSent(Exception):
    """A mail that did not go."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence)
        self.problem = problem


class Said(Struct, frozen=True):
    """What became of the mails: when the last one went (ms; 0: none yet), and what stopped the last ones, None where
    nothing did."""

    sent: int = 0
    problem: Problem | None = None


# --- what was chosen -------------------------------------------------------------------------------------------------


def is_address(text: str) -> bool:
    """Whether mail may go there. What looks like an encoded word (RFC 2047) would be read as one in a header."""
    return len(text) <= LONGEST_ADDRESS and "=?" not in text and ADDRESS.fullmatch(text) is not None


def faults(server: Server) -> dict[str, Why]:
    """What cannot be so, by field."""
    found: dict[str, Why] = {}
    if not HOST.fullmatch(server.host):
        found["host"] = Why.HOST
    if not 0 < server.port < 65536:
        found["port"] = Why.PORT
    if bool(server.user) != bool(server.password):
        found["password"] = Why.USER
    elif not (server.user + server.password).isascii():
        found["password"] = Why.LETTERS
    elif server.password and server.security == "none":
        found["security"] = Why.OPEN
    if not is_address(server.sender):
        found["sender"] = Why.ADDRESS
    try:
        is_plain = plain_address(server.address) == server.address
    except ValueError:
        is_plain = False
    if not is_plain:
        found["address"] = Why.PAGES
    return found


def server_of(node: Node) -> Server | None:
    kept = node.setting(SERVER)
    return msgspec.json.decode(kept, type=Server) if kept else None


def keep_server(node: Node, server: Server) -> None:
    """It stands beside the keys, and is as secret."""
    node.keep_setting(SERVER, msgspec.json.encode(server))
    note(node, Said(said(node).sent))


def turn_off(node: Node) -> None:
    """Nothing is sent any more, and the password leaves the disk."""
    node.keep_setting(SERVER, b"")
    note(node, Said())
    purge(node.connection)


def said(node: Node) -> Said:
    kept = node.setting(SAID)
    return msgspec.json.decode(kept, type=Said) if kept else Said()


def note(node: Node, what: Said) -> None:
    node.keep_setting(SAID, msgspec.json.encode(what))
