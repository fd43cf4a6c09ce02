"""The contact of a round on its page: who answers today, and naming another."""

from dataclasses import dataclass

from flask import flash, request
from flask_babel import gettext as _

from server.core.directory import Contact
from server.core.obligation import Round
from server.core.vietnamese import format_date
from server.errors import InputInvalid
from server.services.round_contacts import LONGEST_CONTACT, LONGEST_PHONE
from server.web.session import current_actor, services


@dataclass(frozen=True, slots=True)
class ContactNote:
    """What the page says of the contact: a warning while somebody gone is named."""

    contact: str
    phone: str
    warning: str = ""
    answers: str = ""
    offered: tuple[str, str] = ("", "")


def contact_note(round_: Round) -> ContactNote:
    """The contact of the letter, and who came after, as the directory of today knows it."""
    found = services().round_contacts.answering(round_)
    if not found.gone:
        return ContactNote(round_.contact, round_.phone)
    if found.last_on is None:
        warning = _("Tài khoản của người liên hệ đã ngừng sử dụng.")
    else:
        day = format_date(found.last_on)
        warning = _("Theo danh bạ, người liên hệ chỉ phụ trách đến hết %(day)s.", day=day)
    if found.now is None:
        answers = _("Danh bạ chưa có người thay; thư nhắc hạn vẫn ghi người liên hệ cũ.")
        return ContactNote(round_.contact, round_.phone, warning, answers)
    answers = _("Thư nhắc hạn nay ghi: %(contact)s.", contact=_line(found.now))
    offered = (f"{found.now.name}, {found.now.post}", found.now.phone or "")
    return ContactNote(round_.contact, round_.phone, warning, answers, offered)


def change_contact(round_id: str) -> None:
    """Keep what was typed, or say what is missing."""
    contact, phone = request.form.get("contact", ""), request.form.get("phone", "")
    try:
        services().round_contacts.change(current_actor(), round_id, contact, phone)
    except InputInvalid:
        text = _(
            "Nhập người liên hệ (nhiều nhất %(name)s ký tự) và điện thoại (%(phone)s ký tự).",
            name=LONGEST_CONTACT,
            phone=LONGEST_PHONE,
        )
        flash(text, "error")
    else:
        flash(_("Đã đổi người liên hệ. Thư nhắc hạn từ nay ghi người này."), "success")


def _line(contact: Contact) -> str:
    phone = _(", điện thoại %(phone)s", phone=contact.phone) if contact.phone else ""
    return f"{contact.name}, {contact.post}{phone}"
