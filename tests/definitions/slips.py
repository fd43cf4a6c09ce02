"""Slips: small changes that spoil a definition, and the proof that a slip is refused."""

from collections.abc import Callable
from typing import Any

from server.core.definition import Refusal, check_form, check_workflow
from tests.definitions.shipped import installed

Mutation = Callable[[Any], object]


def put(*where: str | int, value: object) -> Mutation:
    """Write *value* at a place of the document."""

    def mutate(document: Any) -> None:
        for token in where[:-1]:
            document = document[token]
        document[where[-1]] = value

    return mutate


def drop(*where: str | int) -> Mutation:
    def mutate(document: Any) -> None:
        for token in where[:-1]:
            document = document[token]
        del document[where[-1]]

    return mutate


def add(*where: str | int, value: object) -> Mutation:
    def mutate(document: Any) -> None:
        for token in where:
            document = document[token]
        document.append(value)

    return mutate


def rename(*where: str, to: str) -> Mutation:
    def mutate(document: Any) -> None:
        for token in where[:-1]:
            document = document[token]
        document[to] = document.pop(where[-1])

    return mutate


def both(*mutations: Mutation) -> Mutation:
    def mutate(document: Any) -> None:
        for mutation in mutations:
            mutation(document)

    return mutate


def refused(text: str, check: Callable[[str], list[Refusal]], code: str, path: str) -> None:
    refusals = check(text)

    assert refusals
    lines = text.split("\n")
    for refusal in refusals:
        assert 1 <= refusal.line <= len(lines)
        assert 1 <= refusal.column <= len(lines[refusal.line - 1]) + 1
        assert refusal.message
    found = [(refusal.code, refusal.path) for refusal in refusals]
    if code:
        assert code in {found_code for found_code, _ in found}
    if path:
        assert (code, path) in found


def as_form(text: str) -> list[Refusal]:
    return check_form(text, installed())


def as_workflow(text: str) -> list[Refusal]:
    return check_workflow(text, installed())
