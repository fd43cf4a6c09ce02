"""Mails through a real SMTP conversation on this machine: whole, once, with no header of others."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from hypothesis import given
from hypothesis import strategies as st

from plugins.email_channel import compose
from plugins.email_channel.server_account import PASSWORD, PASSWORD_FILE, MailServer
from server.errors import PluginFault
from server.hooks import Mail, Recipient, Refused
from server.hooks.door import GuardedChannel

HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Content-Type",
    "Content-Transfer-Encoding",
    "MIME-Version",
    "Content-Language",
]
BODY = "Kính gửi: UBND xã Cổ Linh.\nĐề nghị đơn vị hoàn thành và gửi trên hệ thống.\n.\nHết\n"
SERVER = MailServer("localhost", 25, "baocao@example.vn", "Hệ thống báo cáo", "none", 5)
LINE_BREAKS = ["\n", "\r", "\r\n", "\n\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x00"]
INJECTIONS = [f"{end}{header}" for end in LINE_BREAKS for header in ("Bcc: a@b.vn", " x")]
VIETNAMESE = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệ ABCĐƠƯ0123456789.,:;()[]/-"


def mail(**changes: str) -> Mail:
    facts = {
        "message_id": "<reminder.01J.D-1@baocao.example.vn>",
        "recipient": "ubnd.colinh@example.vn",
        "subject": "[Nhắc hạn] Biểu Dân số theo dân tộc, kỳ 2024: hạn gửi 15/01/2025",
        "body": BODY,
    }
    return Mail(**(facts | changes))


class Sink:
    """What arrived, and how the server answers."""

    def __init__(self) -> None:
        self.envelopes: list[tuple[str, list[str], bytes]] = []
        self.answers: dict[str, str] = {}
        self.signed_in: list[tuple[bytes, bytes]] = []
        self.drop_after_data = False

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 2.1.0 Ok")

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 2.1.5 Ok")

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 2.0.0 Ok: queued as 4F1"

    async def handle_QUIT(self, server, session, envelope):  # noqa: N802
        if self.drop_after_data:
            server.transport.abort()
        return "221 Bye"

    def __call__(self, server, session, envelope, mechanism, data):
        assert isinstance(data, LoginPassword)
        self.signed_in.append((data.login, data.password))
        # handled=False: aiosmtpd writes the refusal itself.
        return AuthResult(success=data.password == b"mat-khau", handled=False)


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def start(sink) -> Iterator[Callable[..., int]]:
    """Starts an SMTP server around the sink and returns its port."""
    with ExitStack() as stack:

        def start(**options: object) -> int:
            controller = Controller(sink, hostname="127.0.0.1", port=free_port(), **options)
            controller.start()
            stack.callback(controller.stop)
            return controller.port

        yield start


@pytest.fixture
def channel(load, start) -> GuardedChannel:
    return connect(load, start())


def connect(load, port: int, **options: object) -> GuardedChannel:
    settings = {
        "host": "127.0.0.1",
        "port": port,
        "from": "baocao@example.vn",
        "from_name": "Hệ thống báo cáo",
        "security": "none",
        "timeout_seconds": 5,
    }
    return load("email_channel", **(settings | options)).channels()[0]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def parsed(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=policy.default)


def text(message: EmailMessage) -> str:
    return message.get_content().replace("\r\n", "\n")


def test_a_mail_arrives_whole(channel, sink):
    answer = channel.send(mail())

    assert answer == "250 2.0.0 Ok: queued as 4F1"
    [(sender, recipients, content)] = sink.envelopes
    assert (sender, recipients) == ("baocao@example.vn", ["ubnd.colinh@example.vn"])
    message = parsed(content)
    assert message.keys() == HEADERS
    assert message["Subject"] == mail().subject
    assert message["Message-ID"] == mail().message_id
    assert message["From"].addresses[0].display_name == "Hệ thống báo cáo"
    assert message.get_content_type() == "text/plain"
    assert text(message) == BODY


def test_headers_leave_in_plain_ascii_encoded_by_rfc_2047(channel, sink):
    channel.send(mail())

    head = sink.envelopes[0][2].split(b"\r\n\r\n")[0]
    assert head.isascii()
    assert b"Subject: =?utf-8?" in head
    assert all(len(line) < 999 for line in head.split(b"\r\n"))


def test_a_retry_carries_the_same_message_id(channel, sink):
    sink.answers["DATA"] = "451 4.3.0 Try again later"
    with pytest.raises(PluginFault):
        channel.send(mail())
    sink.answers.clear()

    channel.send(mail())
    channel.send(mail())

    ids = {parsed(content)["Message-ID"] for _, _, content in sink.envelopes}
    assert ids == {mail().message_id}


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("answer", "permanent"), [("451 4.3.0 Busy", False), ("550 5.1.1 Unknown", True)]
)
def test_an_answer_in_the_500s_is_permanent(channel, sink, command, answer, permanent):
    sink.answers[command] = answer

    with pytest.raises(PluginFault) as fault:
        channel.send(mail())

    assert fault.value.facts["reason"] == answer
    assert fault.value.facts["permanent"] is permanent
    assert sink.envelopes == []


def test_a_line_that_breaks_after_the_mail_was_taken_is_no_failure(channel, sink):
    sink.drop_after_data = True

    assert channel.send(mail()).startswith("250")
    assert len(sink.envelopes) == 1


def test_nobody_there_may_be_tried_again(load):
    with pytest.raises(PluginFault) as fault:
        connect(load, free_port()).send(mail())

    assert "ConnectionRefusedError" in fault.value.facts["reason"]
    assert fault.value.facts["permanent"] is False


def test_a_server_that_says_nothing_is_given_up(load):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        channel = connect(load, silent.getsockname()[1], timeout_seconds=0.1)

        with pytest.raises(PluginFault) as fault:
            channel.send(mail())

    assert "timed out" in fault.value.facts["reason"]
    assert fault.value.facts["permanent"] is False


def test_without_the_protection_that_was_asked_for_nothing_is_sent(load, start, sink):
    with pytest.raises(PluginFault, match="STARTTLS"):
        connect(load, start(), security="starttls").send(mail())

    assert sink.envelopes == []


def test_a_refused_password_sends_nothing(load, start, sink, monkeypatch):
    monkeypatch.setenv(PASSWORD, "wrong")
    channel = connect(load, start(authenticator=sink, auth_require_tls=False), user="baocao")

    with pytest.raises(PluginFault, match="535"):
        channel.send(mail())

    assert sink.signed_in[0] == (b"baocao", b"wrong")
    assert sink.envelopes == []


def test_a_password_from_a_file_signs_in(load, start, sink, monkeypatch, tmp_path):
    secret = tmp_path / "password"
    secret.write_text("mat-khau\n", encoding="utf-8")
    secret.chmod(0o600)
    monkeypatch.delenv(PASSWORD, raising=False)
    monkeypatch.setenv(PASSWORD_FILE, str(secret))
    port = start(authenticator=sink, auth_require_tls=False)

    connect(load, port, user="baocao").send(mail())

    assert len(sink.envelopes) == 1


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        ({"mode": 0o644, "text": "secret"}, "set its mode to 0600"),
        ({"mode": 0o600, "text": "\n"}, "the file is empty"),
        ({"mode": 0o600, "text": "mật"}, "use ASCII"),
        (None, "No such file"),
    ],
)
def test_an_unfit_password_file_stops_the_start(load, monkeypatch, tmp_path, secret, reason):
    file = tmp_path / "password"
    if secret:
        file.write_text(secret["text"], encoding="utf-8")
        file.chmod(secret["mode"])
    monkeypatch.delenv(PASSWORD, raising=False)
    monkeypatch.setenv(PASSWORD_FILE, str(file))

    with pytest.raises(PluginFault, match=reason):
        connect(load, 25, user="baocao")


def test_a_user_without_a_password_stops_the_start(load, monkeypatch):
    monkeypatch.delenv(PASSWORD, raising=False)
    monkeypatch.delenv(PASSWORD_FILE, raising=False)

    with pytest.raises(PluginFault, match=PASSWORD):
        connect(load, 25, user="baocao")


def test_a_password_never_crosses_the_network_unprotected(load, monkeypatch):
    monkeypatch.setenv(PASSWORD, "secret")

    with pytest.raises(PluginFault, match="unprotected"):
        connect(load, 25, host="mail.example.vn", user="baocao")


@pytest.mark.parametrize(
    "options",
    [
        {"password": "secret"},
        {"from": "a@b.vn\r\nBcc: c@d.vn"},
        {"from_name": "A\nBcc: c@d.vn"},
        {"host": "mail example"},
        {"security": "maybe"},
        {"timeout_seconds": 0},
    ],
)
def test_unfit_options_stop_the_start(load, options):
    with pytest.raises(PluginFault):
        connect(load, 25, **options)


@pytest.mark.parametrize("injection", INJECTIONS)
@pytest.mark.parametrize("field", ["subject", "recipient", "message_id"])
def test_nothing_ends_a_header(channel, sink, field, injection):
    attacked = getattr(mail(), field)

    with pytest.raises(PluginFault) as fault:
        channel.send(mail(**{field: f"{attacked}{injection}"}))

    assert fault.value.facts["permanent"] is True
    assert sink.envelopes == []


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@", "a b@c.vn", "a@b.vn,c@d.vn", "A <a@b.vn>", "a@b.vn>", '"a b"@c.vn', "ạ@b.vn"],
)
def test_what_is_not_one_plain_address_is_not_reached(channel, address):
    assert channel.address(Recipient("UBND xã", email=address)) is None
    with pytest.raises(PluginFault, match="the address is malformed"):
        channel.send(mail(recipient=address))


def test_a_unit_is_reached_by_its_address(channel):
    assert channel.address(Recipient("UBND xã", email=" xa@example.vn ")) == "xa@example.vn"
    assert channel.address(Recipient("UBND xã", phone="0209")) is None


@given(
    st.text(VIETNAMESE, min_size=1, max_size=300).filter(lambda text: text == text.strip()),
    st.text(f"{VIETNAMESE}\n", max_size=2000),
)
def test_any_words_arrive_as_they_were_written(subject, body):
    message = parsed(compose(mail(subject=subject, body=body), SERVER).as_bytes())

    assert message["Subject"] == subject
    assert text(message).removesuffix("\n") == body.removesuffix("\n")
    assert message.keys() == HEADERS


@given(st.text(max_size=80), st.text(max_size=80))
def test_hostile_words_add_no_header(subject, body):
    try:
        content = compose(mail(subject=subject, body=body), SERVER).as_bytes()
    except Refused:
        return

    assert parsed(content).keys() == HEADERS
