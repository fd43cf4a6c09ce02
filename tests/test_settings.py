"""Settings: read once, wrong ones refused by name, secrets kept private."""

from pathlib import Path

import pytest

from server.errors import SettingsInvalid
from server.settings import Settings, load_settings

KEY = "s" * 40
ENVIRONMENT = {"BIEUMAU_SECRET_KEY": KEY}


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_the_defaults_hold() -> None:
    settings = load_settings(None, ENVIRONMENT)

    assert settings == Settings(secret_key=KEY)
    assert settings.server.host == "127.0.0.1"
    assert settings.security.argon2_memory_kib >= 19_456


def test_a_file_changes_what_it_names(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '[server]\nport = 9000\ntrusted_hosts = ["a.example"]\n'
        '[plugins]\nenabled = ["csv_export"]\n[plugins.csv_export]\nseparator = ";"\n',
    )

    settings = load_settings(path, ENVIRONMENT)

    assert settings.server.port == 9000
    assert settings.server.trusted_hosts == ("a.example",)
    assert settings.plugins.enabled == ("csv_export",)
    assert settings.plugins.options["csv_export"] == {"separator": ";"}
    assert settings.security == Settings().security


@pytest.mark.parametrize(
    ("text", "key", "allowed"),
    [
        ("[sever]\nport = 1", "sever", "server"),
        ("[server]\nprot = 1", "server.prot", "port"),
        ("server = 1", "server", None),
        ('[server]\nport = "80"', "server.port", "int"),
        ("[server]\nport = true", "server.port", "int"),
        ("[server]\nport = 70000", "server.port", "0 to 65535"),
        ("[server]\nsecure_cookies = 1", "server.secure_cookies", "bool"),
        ('[server]\ntrusted_hosts = "a"', "server.trusted_hosts", "list of texts"),
        ("[server]\ntrusted_hosts = [1]", "server.trusted_hosts", "list of texts"),
        ('[server]\npublic_url = "ftp://a"', "server.public_url", "http(s)"),
        ('[server]\npublic_url = "https://a/path"', "server.public_url", "http(s)"),
        ('[server]\nhost = ""', "server.host", "not empty"),
        ('[database]\nurl = "mysql://x"', "database.url", "postgresql://"),
        ("[security]\nargon2_memory_kib = 1024", "security.argon2_memory_kib", "19456"),
        ("[security]\npassword_min_length = 4", "security.password_min_length", "8 to 64"),
        ('[security]\nmetrics_addresses = ["a"]', "security.metrics_addresses", "networks"),
        ('[locale]\ndefault = "fr"', "locale.default", "`vi` or `en`"),
        ('[locale]\ntimezone = "Mars/Base"', "locale.timezone", "IANA"),
        ('[mail]\nfrom_address = "nobody"', "mail.from_address", "name@host"),
        ('[demo]\nas_of = "24/01/2025"', "demo.as_of", "YYYY-MM-DD"),
        ("[plugins]\nsmtp = 1", "plugins.smtp", "enabled"),
        (
            '[server]\nsecure_cookies = true\npublic_url = "http://a"',
            "server.secure_cookies",
            None,
        ),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_allowed(
    tmp_path: Path, text: str, key: str, allowed: str | None
) -> None:
    with pytest.raises(SettingsInvalid) as refusal:
        load_settings(written(tmp_path, text), ENVIRONMENT)

    assert refusal.value.facts["key"] == key
    if allowed is not None:
        assert allowed in str(refusal.value.facts["allowed"])


@pytest.mark.parametrize("text", ["[server\n", "port == 1", "[server]\nport=1\nport=2"])
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)

    with pytest.raises(SettingsInvalid) as refusal:
        load_settings(path, ENVIRONMENT)

    assert refusal.value.facts["key"] == str(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid):
        load_settings(tmp_path / "none.toml", ENVIRONMENT)


def test_the_environment_names_file_and_database(tmp_path: Path) -> None:
    path = written(tmp_path, "[server]\nport = 9001")
    environment = ENVIRONMENT | {
        "BIEUMAU_CONFIG": str(path),
        "DATABASE_URL": "postgresql://u:p@h/d",
    }

    settings = load_settings(None, environment)

    assert settings.server.port == 9001
    assert settings.database.url == "postgresql://u:p@h/d"


def test_a_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    path = written(tmp_path, f'[files]\nvar = "{tmp_path}/var"')

    first, second = load_settings(path, {}), load_settings(path, {})

    kept = tmp_path / "var" / "secret_key"
    assert first.secret_key == second.secret_key == kept.read_text()
    assert len(first.secret_key) >= 43
    assert kept.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in kept.parent.iterdir()] == ["secret_key"]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_secret_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    kept = tmp_path / "key"
    kept.write_text(KEY)
    kept.chmod(mode)

    with pytest.raises(SettingsInvalid) as refusal:
        load_settings(None, {"BIEUMAU_SECRET_KEY_FILE": str(kept)})

    assert refusal.value.facts["allowed"] == "0600"


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(SettingsInvalid):
        load_settings(None, {"BIEUMAU_SECRET_KEY": "short"})


def test_the_secret_never_shows_in_a_representation() -> None:
    assert KEY not in repr(load_settings(None, ENVIRONMENT))
