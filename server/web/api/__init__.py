"""The HTTP API ``/api/v1``: one module per noun, registered by importing them here."""

from server.web.api import (
    attachments,
    comments,
    forms,
    jobs,
    obligations,
    observations,
    openapi,
    records,
    reference,
    submissions,
    transitions,
)
from server.web.api.routing import blueprint

__all__ = [
    "attachments",
    "blueprint",
    "comments",
    "forms",
    "jobs",
    "obligations",
    "observations",
    "openapi",
    "records",
    "reference",
    "submissions",
    "transitions",
]
