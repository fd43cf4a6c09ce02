"""The fields that a workflow asks for with an event, and the words of events."""

import pytest
from flask import Flask
from flask_babel import Babel

from server.core.workflow import EVENTS
from server.web.submission_inputs import fields_of, messages_of, shown_value, supplied_of, unread_of
from server.web.submission_states import event_title


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    Babel(app)
    return app


def test_every_event_of_a_workflow_has_a_button(app: Flask) -> None:
    with app.test_request_context():
        assert len({event_title(event) for event in EVENTS}) == len(EVENTS)


def test_the_fields_of_an_event_follow_its_schema(app: Flask) -> None:
    schema = {
        "required": ["note"],
        "properties": {
            "note": {"title": "Lý do", "type": "string", "minLength": 5, "maxLength": 2000},
            "day": {"title": "Ngày", "type": "string", "format": "date"},
            "kind": {"title": "Loại", "type": "string", "enum": ["a"], "x-labels": {"a": "Một"}},
            "marks": {"type": "array"},
        },
    }
    with app.test_request_context():
        supplied, texts = supplied_of(schema, {"input-note": " abc ", "input-day": "05/01/2025"})
        kinds = [(field.name, field.kind, field.required) for field in fields_of(schema, texts)]
        wrong = messages_of(schema, texts, [{"path": "/note"}])

    assert supplied == {"note": "abc", "day": "2025-01-05"}
    assert kinds == [
        ("input-note", "long", True),
        ("input-day", "date", False),
        ("input-kind", "choice", False),
    ]
    assert wrong == [{"field": "input-note", "message": "Lý do: nhập ít nhất 5 ký tự."}]


def test_a_text_that_is_no_day_is_kept_as_typed_and_named() -> None:
    schema = {"properties": {"day": {"title": "Ngày", "type": "string", "format": "date"}}}

    supplied, texts = supplied_of(schema, {"input-day": "31/02/2025"})

    assert texts == {"day": "31/02/2025"}
    assert unread_of(schema, supplied) == ["day"]
    assert shown_value("2025-01-05") == "05/01/2025"
