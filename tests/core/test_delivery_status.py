"""Returned mails as servers write them."""

import pytest

from server.core.delivery_status import ReturnedMail, read_returned_mail

DSN = """From: MAILER-DAEMON@mx.example.vn
To: baocao@example.vn
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.vn

Final-Recipient: rfc822; vanthu@colinh.example
Action: {action}
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2
    Mailbox full

--b
Content-Type: {kind}

Message-ID: <reminder.4f1c@baocao.example.vn>
Subject: [Nhac han]

--b--
"""


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_a_returned_mail_names_ours_and_the_reason(kind):
    content = DSN.format(action="failed", kind=kind).encode()

    wanted = ReturnedMail("<reminder.4f1c@baocao.example.vn>", "smtp; 552 5.2.2 Mailbox full")
    assert read_returned_mail(content) == wanted


@pytest.mark.parametrize(
    "content",
    [
        DSN.format(action="delayed", kind="message/rfc822").encode(),
        b"From: a@b.vn\nSubject: Re: [Nhac han]\n\nI am on leave.\n",
        b"",
        b"\xff\x00Content-Type: message/delivery-status\n\n",
    ],
)
def test_other_mails_are_no_returns(content):
    assert read_returned_mail(content) is None
