"""``gettext`` with a type: Flask-Babel has none, and these pages return its texts everywhere."""

from flask_babel import gettext as _translated


def gettext(message: str, **facts: object) -> str:
    """*message* in the reader's language, with *facts* filled in."""
    text: str = _translated(message, **facts)
    return text
