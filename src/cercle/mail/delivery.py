"""How a mail looks, and how it is handed over to the server (SMTP, RFC 5321)."""

import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from hashlib import sha256
from typing import Any

from cercle.mail.server import Problem, Server, Why
from cercle.mail.wording import Letter
from cercle.sentences import short_of

PATIENCE = 15.0  # seconds that the server may take for each answer


class Lines(EmailPolicy):
    """As SMTP has it, but an address in angle brackets is never parted, which would make encoded words of it."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name in ("Message-ID", "List-Unsubscribe"):
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


POLICY = Lines(linesep="\r\n")


def mail(server: Server, to: str, letter: Letter, name: str, now: int, stop: str = "") -> EmailMessage:
    """A letter as it goes to an address, at a time (ms). `name` is its alone: should the same go twice, whoever gets it
    can tell. `stop`: the link that ends such mails, also where a mail program follows it by itself (RFC 8058)."""
    message = EmailMessage(policy=POLICY)
    message["From"] = Address("Cercle", addr_spec=server.sender)
    message["To"] = Address(addr_spec=to)
    # Its parts are plain; what looks like an encoded word would be read as one, with whatever stands in it.
    message["Subject"] = letter.subject.replace("=?", "= ?")
    message["Date"] = format_datetime(datetime.fromtimestamp(now / 1000, UTC))
    message["Message-ID"] = f"<{sha256(name.encode()).hexdigest()[:32]}@{server.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if stop:
        message["List-Unsubscribe"] = f"<{stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content("\n".join(letter.lines) + "\n", cte="quoted-printable")
    return message


def deliver(server: Server, mails: Sequence[EmailMessage]) -> tuple[list[Problem | None], Problem | None]:
    """Hands mails over to the server, one after the other. Gives for each one that it was offered what it said against
    it, and what kept the rest from being offered. It takes its time: not for the thread that answers pages."""
    done: list[Problem | None] = []
    try:
        connection = connect(server)
        try:
            for one in mails:
                done.append(hand_over(connection, server, one))
        finally:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
    except (smtplib.SMTPException, OSError, ValueError) as error:
        return done, problem_of(error)
    return done, None


def connect(server: Server) -> smtplib.SMTP:
    """A connection that may be written by. The certificate must be good, and where encryption was chosen nothing is
    said without it."""
    own = server.sender.rpartition("@")[2]  # how this machine greets: its own name is nobody's business
    connection: smtplib.SMTP
    if server.security == "tls":
        context = ssl.create_default_context()
        connection = smtplib.SMTP_SSL(server.host, server.port, own, timeout=PATIENCE, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, own, timeout=PATIENCE)
    try:
        if server.security == "starttls":
            connection.starttls(context=ssl.create_default_context())
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def hand_over(connection: smtplib.SMTP, server: Server, one: EmailMessage) -> Problem | None:
    """What the server has against this one alone. Raises what it has against all."""
    to: Any = one["To"]
    address = to.addresses[0].addr_spec
    try:
        connection.sendmail(server.sender, [address], one.as_bytes())
    except smtplib.SMTPRecipientsRefused as error:
        return refusal(*error.recipients[address])
    except smtplib.SMTPDataError as error:
        return refusal(error.smtp_code, error.smtp_error)
    return None


def refusal(code: int, answer: bytes | str) -> Problem:
    """For now, or for good (RFC 5321, section 4.2.1): since nobody has that address, or because of what the server lets
    through (X.7.X of RFC 3463), which is not for the one to mend to whom it goes."""
    said = readable(answer)
    why = Why.LATER if code < 500 else Why.POLICY if said.startswith("5.7.") else Why.RECIPIENT
    return Problem(why.code, f"{code} {said}".strip())


def readable(answer: bytes | str) -> str:
    return short_of(answer.decode(errors="replace") if isinstance(answer, bytes) else answer)


def problem_of(error: Exception) -> Problem:
    """What is wrong with the server as such."""
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Problem((Why.LOGIN if "AUTH" in str(error) else Why.NO_TLS).code, readable(str(error)))
    if isinstance(error, smtplib.SMTPResponseException):
        answer = f"{error.smtp_code} {readable(error.smtp_error)}".strip()
        if error.smtp_code < 500:
            return Problem(Why.LATER.code, answer)
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return Problem(Why.LOGIN.code, answer)
        return Problem((Why.SENDER if isinstance(error, smtplib.SMTPSenderRefused) else Why.ODD).code, answer)
    if isinstance(error, ssl.SSLCertVerificationError):
        return Problem(Why.NOT_TRUSTED.code, readable(error.verify_message))
    if isinstance(error, ssl.SSLError):
        return Problem(Why.NO_TLS.code, readable(error.reason or ""))
    if isinstance(error, OSError):  # those of smtplib are such too
        is_odd = isinstance(error, smtplib.SMTPException) and not isinstance(error, smtplib.SMTPServerDisconnected)
        return Problem((Why.ODD if is_odd else Why.AWAY).code, readable(error.strerror or str(error)))
    return Problem(Why.ODD.code)
