"""The page of commands names every command, and no other."""

import re
from pathlib import Path

import click
import pytest

from server.cli import cli

PAGE = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")


def _commands(group: click.Group, before: str = "") -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found |= _commands(command, f"{before}{name} ")
        else:
            found[f"{before}{name}"] = command
    return found


COMMANDS = _commands(cli)


def test_every_command_has_its_heading_and_every_heading_a_command():
    assert set(re.findall(r"^### `\./run ([a-z -]+)`$", PAGE, re.MULTILINE)) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_says_what_it_does_and_the_help_has_a_sentence(name):
    command = COMMANDS[name]

    assert (command.help or "").strip()
    for option in command.params:
        if isinstance(option, click.Option) and not option.required and not option.is_flag:
            assert option.help or option.show_default, option.name
