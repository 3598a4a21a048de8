"""A mail server on this machine, which keeps what it is given and refuses what it is told to."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from queue import Queue
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cercle.mail.server import Server

USER, PASSWORD = "amina", 'a "pass" word: %'
PATIENCE = 30  # seconds


class Postbox:
    """`arrived`: what came, as bytes, each as soon as it did; `refusals`: what is answered to whom it is for, by
    address; `peers`: from where mails came, one for each connection. `seen` is called before a mail is taken."""

    def __init__(self) -> None:
        self.arrived: Queue[bytes] = Queue()
        self.refusals: dict[str, str] = {}
        self.of_sender = ""
        self.of_data = ""
        self.peers: set[object] = set()
        self.logins: list[tuple[str, bool]] = []
        self.seen: Callable[[], None] = lambda: None
        self.port = 0

    # --- what aiosmtpd calls ---------------------------------------------------------------------------------------

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.peers.add(session.peer)
        if not self.of_sender:
            envelope.mail_from = address
        return self.of_sender or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address not in self.refusals:
            envelope.rcpt_tos.append(address)
        return self.refusals.get(address, "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.seen()
        if not self.of_data:
            content: Any = envelope.content
            self.arrived.put(content)
        return self.of_data or "250 OK"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        self.logins.append((data.login.decode(), session.ssl is not None))
        is_right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=is_right, handled=False)

    # --- what tests look at ----------------------------------------------------------------------------------------

    def mail(self) -> EmailMessage:
        """The next one, as a mail program reads it; waited for."""
        return read(self.arrived.get(timeout=PATIENCE))

    def mails(self) -> list[EmailMessage]:
        """All that are there."""
        return [read(self.arrived.get_nowait()) for _ in range(self.arrived.qsize())]

    def server(self, **changed: Any) -> Server:
        """How a node sends by it."""
        known: dict[str, Any] = {"host": "127.0.0.1", "port": self.port, "security": "none", "user": "", "password": ""}
        return Server(**known | {"sender": "cercle@home.example", "address": "http://cercle.home:8642"} | changed)


def read(raw: bytes) -> EmailMessage:
    found: Any = message_from_bytes(raw, policy=default)
    assert not found.defects, found.defects
    return found


def text(mail: EmailMessage) -> str:
    return str(mail.get_content()).replace("\r\n", "\n")


class AtFreePort(Controller):
    """aiosmtpd's own looks at the port that it was told, to see whether it answers; 0 is none."""

    def _trigger_server(self) -> None:
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def postbox(box: Postbox | None = None, port: int = 0, **options: Any) -> Iterator[Postbox]:
    """It listens, at a free port or at this one. `options` are those of aiosmtpd's server."""
    box = box or Postbox()
    controller = AtFreePort(box, "127.0.0.1", port, **options)
    controller.start()
    try:
        box.port = controller.port
        yield box
    finally:
        controller.stop()


def certificate(folder: Path, name: str = "127.0.0.1") -> tuple[ssl.SSLContext, Path]:
    """How a server speaks TLS by a certificate of its own for this address, and that certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    whose = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a mail server")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(whose)
        .issuer_name(whose)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(name))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "mail-server.pem", folder / "mail-server-key.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(public, private)
    return context, public
