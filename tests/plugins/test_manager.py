"""The caller of plugins, with one that works, one that refuses and one that explodes."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from unittest import mock

import pytest

from server.errors import Conflict, NotFound, PluginFault
from server.hooks import Mail, Message, Recipient, Step, Table
from server.hooks.manager import Plugins

MAIL = Mail("<1@example.vn>", "xa@example.vn", "Nhắc hạn", "Kính gửi")
HOW = ["exception", "exit", "interrupt", "recursion", "unspeakable"]
METHODS = ["write", "print", "address", "send", "steps", "compose"]

Call = Callable[[Plugins, str], object]


@pytest.fixture
def call(tmp_path, due, blank_sheet) -> Call:
    """Calls one method of the only thing of its kind that the plugins offer."""

    def call(plugins: Plugins, method: str) -> object:
        match method:
            case "write":
                return plugins.exporters()[0].write(table(), tmp_path / "out")
            case "print":
                return plugins.printers()[0].print(blank_sheet, tmp_path / "out")
            case "address":
                return plugins.channels()[0].address(Recipient("A"))
            case "send":
                return plugins.channels()[0].send(MAIL)
            case "steps":
                return plugins.reminder_rules()[0].steps(due)
            case _:
                return plugins.reminder_rules()[0].compose(Step("D+0", due.due_on), due)

    return call


def table(rows=((1, 2),)) -> Table:
    return Table("Dân số", ["Nam", "Nữ"], (list(row) for row in rows))


def test_what_works_is_passed_through(load_demo, tmp_path, due, blank_sheet):
    plugins = load_demo("works", works={"separator": ";"})
    channel, [rule] = plugins.channel("works_notebook"), plugins.reminder_rules()

    plugins.exporter("works_lines").write(table(), tmp_path / "table")
    plugins.printer("works_title").print(blank_sheet, tmp_path / "sheet")

    assert (tmp_path / "table").read_text(encoding="utf-8") == "1;2\n"
    assert (tmp_path / "sheet").read_text(encoding="utf-8") == blank_sheet.title
    assert channel.address(Recipient("A", phone="0209")) == "0209"
    assert channel.address(Recipient("A")) is None
    assert channel.send(MAIL) == "noted"
    assert [step.on for step in rule.steps(due)] == [date(2025, 1, 15), date(2025, 1, 16)]
    assert rule.compose(rule.steps(due)[0], due) == Message(
        "D+0 population_ethnic", "UBND xã Cổ Linh"
    )
    assert plugins.health()[0].last_fault is None


def test_defaults_of_the_schema_are_filled_in_and_options_are_read_only(load_demo, tmp_path):
    plugins = load_demo("works")

    plugins.exporter("works_lines").write(table(), tmp_path / "table")

    assert (tmp_path / "table").read_text(encoding="utf-8") == "1|2\n"
    with pytest.raises(TypeError):
        plugins._loaded["works"].options["separator"] = ";"


def test_an_unknown_format_is_not_found(load_demo):
    plugins = load_demo("works")

    for ask in (plugins.exporter, plugins.printer, plugins.channel, plugins.schema):
        with pytest.raises(NotFound):
            ask("absent")


@pytest.mark.parametrize("method", [method for method in METHODS if method != "address"])
def test_a_refusal_arrives_as_a_fault_in_the_plugins_words(load_demo, call, method, tmp_path):
    plugins = load_demo("refuses")

    with pytest.raises(PluginFault) as fault:
        call(plugins, method)

    assert fault.value.facts["plugin"] == "refuses"
    assert fault.value.facts["permanent"] is (method != "send")
    assert plugins.health()[0].last_fault == (
        f"{fault.value.facts['step']}: {fault.value.facts['reason']}"
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("method", METHODS)
def test_an_explosion_arrives_as_a_fault_and_leaves_no_half_file(
    load_demo, call, method, how, tmp_path
):
    plugins = load_demo("explodes", explodes={"how": how})

    with pytest.raises(PluginFault) as fault:
        call(plugins, method)

    assert fault.value.facts["plugin"] == "explodes"
    assert fault.value.facts["permanent"] is False
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", HOW)
def test_an_explosion_at_start_stops_the_start(load_demo, how):
    with pytest.raises(PluginFault) as fault:
        load_demo("works", "explodes", explodes={"at_start": True, "how": how})

    assert fault.value.facts["plugin"] == "explodes"
    assert fault.value.facts["step"] == "register_exporters"


def test_a_refusal_at_start_stops_the_start(load_demo):
    with pytest.raises(PluginFault, match="the licence has ended"):
        load_demo("refuses", refuses={"at_start": True})


def test_a_fault_of_one_plugin_is_nothing_to_the_others(load_demo, tmp_path):
    plugins = load_demo("explodes", "works")

    with pytest.raises(PluginFault):
        plugins.exporter("explodes").write(table(), tmp_path / "first")
    plugins.exporter("works_lines").write(table(), tmp_path / "second")

    exploded, works = plugins.health()
    assert exploded.last_fault == "exporter explodes: ZeroDivisionError: division by zero"
    assert works.last_fault is None
    assert (tmp_path / "second").is_file()


def test_an_error_of_the_servers_own_rows_is_not_blamed_on_the_plugin(load_demo, tmp_path):
    def rows():
        yield [1, 2]
        raise Conflict(kind="submission")

    plugins = load_demo("works")

    with pytest.raises(Conflict):
        plugins.exporter("works_lines").write(Table("", ["a", "b"], rows()), tmp_path / "out")

    assert plugins.health()[0].last_fault is None
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("offer", "answer", "reason"),
    [
        ("channel send", b"250 Ok", "str expected, got bytes"),
        ("channel address", 7, "str expected, got int"),
        ("rule steps", [("D+0", "today")], "Step expected, got tuple"),
        ("rule steps", [Step("D+0", date.min), Step("D+0", date.max)], "two steps have one code"),
        ("rule compose", "Kính gửi", "Message expected, got str"),
        ("exporter write", None, "nothing was written to out"),
    ],
)
def test_a_wrong_answer_is_a_fault(load_demo, call, offer, answer, reason):
    plugins = load_demo("works")
    kind, method = offer.split()
    [guard] = {
        "exporter": plugins.exporters(),
        "channel": plugins.channels(),
        "rule": plugins.reminder_rules(),
    }[kind]

    with (
        mock.patch.object(guard.inner, method, lambda *_: answer),
        pytest.raises(PluginFault, match=reason),
    ):
        call(plugins, method)


def test_two_exporters_with_one_code_stop_the_start(load_demo, monkeypatch):
    load_demo("works", "refuses")
    monkeypatch.setattr("tests.plugins.demo.refuses.Refuser.code", "works_lines")

    with pytest.raises(PluginFault) as fault:
        load_demo("works", "refuses")

    assert fault.value.facts == {
        "plugin": "refuses",
        "reason": "exporter 'works_lines' is already offered by works",
    }


def test_the_health_of_each_plugin_names_its_hooks_and_offers(load_demo):
    health = load_demo("works").health()[0]

    assert (health.name, health.version) == ("works", "2.1")
    assert health.hooks == (
        "register_exporters",
        "register_printers",
        "register_channels",
        "register_reminder_rules",
    )
    assert health.offers == (
        "exporter works_lines",
        "printer works_title",
        "channel works_notebook",
        "reminder rule works_two_steps",
    )


def test_options_can_be_judged_before_they_are_stored(load_demo):
    plugins = load_demo("works")

    assert plugins.option_faults("works", {"separator": "/"}) == []
    assert plugins.option_faults("works", {"separator": "//", "depth": {"a": "b"}}) == [
        "options.depth.a: 'b' is not of type 'integer'",
        "options.separator: '//' is too long",
    ]


def test_a_second_load_starts_without_the_faults_of_the_first(load_demo, tmp_path: Path):
    with pytest.raises(PluginFault):
        load_demo("explodes").exporter("explodes").write(table(), tmp_path / "out")

    assert load_demo("explodes").health()[0].last_fault is None
