"""iCalendar: a strict reader gets every text back; equal entries make equal bytes."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.core.ical import Entry, calendar_text
from tests.ical_reader import read_calendar

AT = datetime(2025, 1, 24, 3, 0, tzinfo=UTC)
TEXTS = st.text(
    st.one_of(
        st.sampled_from('\\;,:"\n\t âếỗữĐ👩\u200d🌾'),
        st.characters(exclude_categories=("Cc", "Cs")),
    ),
    max_size=200,
)


def entry(number: int = 0, **more: object) -> Entry:
    fields: dict[str, object] = {
        "uid": f"{number}@x.example",
        "on": date(2025, 2, 28),
        "summary": "Hạn gửi: biểu 1",
        "description": "",
        "address": "https://x.example/work",
        "sequence": 0,
        "changed_at": AT,
    }
    return Entry(**{**fields, **more})  # type: ignore[arg-type]


@given(TEXTS, TEXTS)
def test_every_text_comes_back_as_it_was(summary: str, description: str) -> None:
    written = calendar_text(
        [entry(summary=summary, description=description)], name=summary, zone="Asia/Ho_Chi_Minh"
    )

    calendar = read_calendar(written.encode())
    [event] = calendar.children
    assert event.values["SUMMARY"] == summary and event.values["DESCRIPTION"] == description
    assert calendar.values["X-WR-CALNAME"] == summary


def test_line_ends_of_all_systems_are_one_and_control_characters_are_left_out() -> None:
    written = calendar_text([entry(summary="a\r\nb\rc\x00\x07\x7fd")], name="x", zone="UTC")

    [event] = read_calendar(written.encode()).children
    assert event.values["SUMMARY"] == "a\nb\ncd"


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_an_entry_takes_exactly_its_day(on: date) -> None:
    [event] = read_calendar(calendar_text([entry(on=on)], name="x", zone="UTC").encode()).children

    assert event.day("DTSTART") == on
    assert event.day("DTEND") == on + timedelta(days=1)


def test_the_order_of_entries_changes_no_byte() -> None:
    entries = [entry(number) for number in range(5)]

    assert calendar_text(entries, name="x", zone="UTC") == calendar_text(
        entries[::-1], name="x", zone="UTC"
    )
