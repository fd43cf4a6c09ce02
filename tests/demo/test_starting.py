"""Starting: a demonstration keeps its folder and its port to itself."""

import socket
from pathlib import Path

import click
import pytest

from server.demo.place import Place, is_free
from server.demo.running import run_demo


def test_two_demonstrations_do_not_share_a_folder(tmp_path: Path) -> None:
    first = Place(tmp_path / "demo")
    second = Place(tmp_path / "demo")
    first.hold()

    with pytest.raises(click.ClickException, match="demo-running"):
        second.hold()
    first.release()
    second.hold()
    second.release()


def test_a_port_in_use_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert not is_free(port)
        with pytest.raises(click.ClickException, match="port-taken"):
            run_demo(port=port, as_of=None, fresh=False, scale=1)


def test_the_sink_keeps_its_port_from_start_to_start(tmp_path: Path) -> None:
    place = Place(tmp_path / "demo")
    place.clear()

    assert place.sink_port() == place.sink_port()


def test_an_unplayed_folder_is_not_mistaken_for_a_story(tmp_path: Path) -> None:
    place = Place(tmp_path / "demo")
    place.clear()

    assert place.played_until(scale=1) is None
    assert place.holders() == []
