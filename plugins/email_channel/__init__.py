"""Messages by SMTP: plain text, one recipient each, the same Message-ID on every retry."""

import contextlib
import re
import smtplib
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from plugins.email_channel.deadline import Deadline, WatchedSMTP, WatchedSMTPTLS
from plugins.email_channel.server_account import MailServer, mail_server
from server.hooks import Mail, Options, Recipient, Refused, hookimpl

__version__ = "1.1.0"

# Stricter than RFC 5321 on purpose: no quotes, no comments, no list, nothing that ends a header.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,180}@[A-Za-z0-9.-]{1,253}>")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_BODY_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_ACCEPTED = 250
_PERMANENT = range(500, 600)


class EmailChannel:
    """Hands mails to one SMTP server, a connection each."""

    code = "email"

    def __init__(self, server: MailServer) -> None:
        self._server = server

    def address(self, recipient: Recipient) -> str | None:
        email = (recipient.email or "").strip()
        return email if _ADDRESS.fullmatch(email) else None

    def send(self, mail: Mail) -> str:
        """The server's answer to the whole message, such as ``250 2.0.0 Ok: queued``.

        An answer in the 500s is permanent; everything else may be tried again.
        """
        message = compose(mail, self._server)
        deadline = Deadline(self._server.total_seconds)
        try:
            with deadline, self._connection(deadline) as smtp:
                answer = self._hand_over(smtp, mail, message)
        except Refused as refused:
            # An answer that was cut off by our own deadline says nothing, whatever its digits.
            raise self._given_up() if deadline.passed else refused from refused
        except smtplib.SMTPResponseException as error:
            if deadline.passed:
                raise self._given_up() from error
            raise _refused(error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException) as error:
            if deadline.passed:
                raise self._given_up() from error
            reason = f"{self._server.host}:{self._server.port}: {type(error).__name__}: {error}"
            raise Refused(reason, permanent=False) from error
        if deadline.passed:
            raise self._given_up()
        return answer

    def _given_up(self) -> Refused:
        server = self._server
        reason = f"{server.host}:{server.port}: not finished after {server.total_seconds:g} seconds"
        return Refused(reason, permanent=False)

    @contextlib.contextmanager
    def _connection(self, deadline: Deadline) -> Iterator[smtplib.SMTP]:
        server = self._server
        smtp: smtplib.SMTP
        if server.security == "tls":
            smtp = WatchedSMTPTLS(
                deadline,
                server.host,
                server.port,
                server.timeout_seconds,
                ssl.create_default_context(),
            )
        else:
            smtp = WatchedSMTP(deadline, server.host, server.port, server.timeout_seconds)
        try:
            if server.security == "starttls":
                smtp.starttls(context=ssl.create_default_context())
            if server.user is not None and server.password is not None:
                smtp.login(server.user, server.password)
            yield smtp
        finally:
            # After the message was accepted nothing may turn success into a second sending.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                smtp.quit()
            smtp.close()

    def _hand_over(self, smtp: smtplib.SMTP, mail: Mail, message: EmailMessage) -> str:
        smtp.ehlo_or_helo_if_needed()
        for code, answer in (smtp.mail(self._server.sender), smtp.rcpt(mail.recipient)):
            if code != _ACCEPTED:
                raise _refused(code, answer)
        code, answer = smtp.data(message.as_bytes(policy=SMTP))
        if code != _ACCEPTED:
            raise _refused(code, answer)
        return _line(code, answer)


def compose(mail: Mail, server: MailServer) -> EmailMessage:
    """The message with its headers; ``Refused`` when a text could end one of them."""
    if not _MESSAGE_ID.fullmatch(mail.message_id):
        raise Refused("the Message-ID is malformed")
    if not _ADDRESS.fullmatch(mail.recipient):
        raise Refused("the address is malformed")
    if _CONTROL.search(mail.subject):
        raise Refused("the subject has a line break or a control character")
    body = mail.body.replace("\r\n", "\n")
    if _BODY_CONTROL.search(body):
        raise Refused("the body has a control character")
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((server.sender_name, server.sender))
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = mail.message_id
    # RFC 3834: no out-of-office note is to answer a machine.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body, charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = "vi"
    return message


def _refused(code: int, answer: bytes | str) -> Refused:
    return Refused(_line(code, answer), permanent=code in _PERMANENT)


def _line(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {' '.join(text.split())}"[:500]


@hookimpl
def register_channels(options: Options) -> list[EmailChannel]:
    return [EmailChannel(mail_server(options))]
