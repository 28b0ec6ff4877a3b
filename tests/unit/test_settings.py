"""A wrong setting stops the start with its name and the cure; a secret never shows."""

from pathlib import Path
from typing import Any

import pytest

from yantra_bot.errors import SettingsError
from yantra_bot.server_settings import check_server_settings, read_app_key
from yantra_bot.settings import Settings, describe, read_settings

SECRET = "0123456789abcdef0123456789abcdef"
KEY = "-----BEGIN RSA PRIVATE KEY-----\nx\n-----END RSA PRIVATE KEY-----\n"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def complete(**changed: object) -> Settings:
    values = {"webhook_secrets": (SECRET,), "github_app_id": "1", "github_app_key": KEY, **changed}
    return Settings(**values)  # type: ignore[arg-type]  (the values are what is tested)


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("YANTRA_PORT", "http", "YANTRA_PORT is wrong"),
        ("YANTRA_PORT", "70000", "YANTRA_PORT is wrong"),
        ("YANTRA_BUDGET_USD", "-1", "YANTRA_BUDGET_USD is wrong"),
        ("YANTRA_CONCURRENT_RUNS", "0", "YANTRA_CONCURRENT_RUNS is wrong"),
        ("YANTRA_POTR", "8080", "YANTRA_POTR is not a setting"),
    ],
)
def test_a_wrong_variable_is_named_with_the_cure(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, word: str
) -> None:
    """Who made a slip is told which one, and what to do."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"{word}.*Cure"):
        read_settings()


def test_the_file_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """yantra.toml holds what does not change; a variable overrides it."""
    (tmp_path / "yantra.toml").write_text('handle = "bot"\nport = 1\n')
    monkeypatch.setenv("YANTRA_PORT", "2")
    found = read_settings()
    assert (found.handle, found.port) == ("bot", 2)


def test_an_unknown_key_in_the_file_is_refused(tmp_path: Path) -> None:
    """A misspelt key does not silently mean nothing."""
    (tmp_path / "yantra.toml").write_text("prot = 1\n")
    with pytest.raises(SettingsError, match="prot is not a setting"):
        read_settings()


def test_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    """No JSON has to be typed into a shell."""
    monkeypatch.setenv("YANTRA_REPOSITORIES", "octo/a, octo/b")
    monkeypatch.setenv("YANTRA_ALLOWED_BOTS", "1,2")
    found = read_settings()
    assert found.repositories == ("octo/a", "octo/b")
    assert found.allowed_bots == (1, 2)


def test_the_vendors_own_variables_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has a key set for other tools needs no second one."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key-one")
    assert read_settings().anthropic_api_key.get_secret_value() == "key-one"


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in a repr nor in an error."""
    shown = repr(complete(openai_api_key="key-two"))
    assert SECRET not in shown
    assert "key-two" not in shown
    assert "PRIVATE" not in shown
    monkeypatch.setenv("YANTRA_ALLOWED_BOTS", "hunter2")
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert "hunter2" not in str(caught.value)


@pytest.mark.case("N01")
@pytest.mark.case("A01")
@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"webhook_secrets": ()}, "WEBHOOK_SECRETS is empty"),
        ({"webhook_secrets": ("secret",)}, "can be guessed"),
        ({"webhook_secrets": (SECRET, "changeme")}, "can be guessed"),
        ({"github_app_id": ""}, "GITHUB_APP_ID is empty"),
        ({"github_app_key": ""}, "GITHUB_APP_KEY_FILE is empty"),
    ],
)
def test_a_server_does_not_start_without_what_protects_it(changed: dict[str, object], word: str) -> None:
    """No secret, no start; the message says what to set."""
    with pytest.raises(SettingsError, match=f"{word}.*Cure"):
        check_server_settings(complete(**changed))


def test_a_complete_server_may_start() -> None:
    """Two secrets may be valid at once, for rotation."""
    check_server_settings(complete(webhook_secrets=(SECRET, SECRET[::-1])))


@pytest.mark.case("N01")
def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """The cure is one command."""
    key = tmp_path / "app.pem"
    key.write_text(KEY)
    key.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        read_app_key(complete(github_app_key="", github_app_key_file=key))
    key.chmod(0o600)
    assert read_app_key(complete(github_app_key="", github_app_key_file=key)).get_secret_value() == KEY


def test_a_missing_key_file_is_named(tmp_path: Path) -> None:
    """It is said which file could not be read."""
    with pytest.raises(SettingsError, match=r"cannot be read.*no\.pem"):
        read_app_key(complete(github_app_key="", github_app_key_file=tmp_path / "no.pem"))


def test_every_setting_says_what_it_is_for() -> None:
    """`yantra settings` lists them all, with a text and without a secret's value."""
    listed = {name: meaning for name, _, meaning in describe()}
    assert len(listed) == len(Settings.model_fields)
    assert [name for name, meaning in listed.items() if len(meaning) < 20] == []


def test_a_file_that_a_repository_could_have_brought_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clone that is worked in cannot say where the keys are sent; its owner can still name the file himself."""
    inside = tmp_path / "clone" / "docs"
    inside.mkdir(parents=True)
    (tmp_path / "clone" / ".git").mkdir()
    (inside / "yantra.toml").write_text('anthropic_base_url = "https://elsewhere.example"\n')
    monkeypatch.chdir(inside)
    with pytest.raises(SettingsError, match=r"lies in a git repository.*Cure"):
        read_settings()
    monkeypatch.setenv("YANTRA_CONFIG", "/dev/null")
    assert not read_settings().anthropic_base_url
    monkeypatch.setenv("YANTRA_CONFIG", "yantra.toml")
    assert read_settings().anthropic_base_url == "https://elsewhere.example"


@pytest.mark.parametrize("content", [b"port = \n", b"\xff\xfe"])
def test_a_broken_file_is_named_with_the_cure(tmp_path: Path, content: bytes) -> None:
    """A slip in the file is one sentence, no trace."""
    (tmp_path / "yantra.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"yantra.toml is no valid TOML.*Cure"):
        read_settings()


@pytest.mark.parametrize("name", ["", "missing.toml"])
def test_a_named_file_that_is_none_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Settings that are not found are not silently left out."""
    monkeypatch.setenv("YANTRA_CONFIG", str(tmp_path / name))
    with pytest.raises(SettingsError, match=r"YANTRA_CONFIG names.*Cure"):
        read_settings()


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"services": ("shop",)}, "SERVICES has 'shop'"),
        ({"services": ("shop=acme/shop",)}, "SERVICES has 'shop=acme/shop'"),
        ({"services": ("shop=acme/shop/*",)}, "SERVICES has"),
        ({"services": ("a shop=acme/shop/production",)}, "SERVICES has"),
        ({"services": ("shop=acme/shop/production", "shop=acme/shop/staging")}, "names shop twice"),
        ({"services": ("shop=acme/shop/production", "b=Acme/shop/production")}, "two names, shop and b, for"),
        ({"services": ("shop=acme/shop/production",), "alert_tokens": ("short",)}, "ALERT_TOKENS has a secret"),
        ({"services": ("shop=acme/shop/production",), "alert_secrets": ("short",)}, "ALERT_SECRETS has a secret"),
        ({"services": ("shop=acme/shop/production",), "sentry_secrets": ("short",)}, "SENTRY_SECRETS has a secret"),
        ({"alert_tokens": (SECRET,)}, "ALERT_TOKENS opens a door"),
    ],
)
def test_a_door_for_alerts_that_leads_nowhere_stops_the_start(changed: dict[str, Any], named: str) -> None:
    """What is written wrong, could be guessed or would be heard by nobody is named, with the cure."""
    with pytest.raises(SettingsError, match=named):
        check_server_settings(complete(**changed))
    check_server_settings(complete(services=("shop=acme/shop/production",), alert_tokens=(SECRET,)))


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"slack_signing_secrets": (SECRET,)}, "SLACK_BOT_TOKEN"),
        ({"slack_app_token": "xapp-1"}, "SLACK_BOT_TOKEN"),
        ({"slack_bot_token": "xoxb-1"}, "SLACK_SIGNING_SECRETS"),
        ({"slack_bot_token": "xoxb-1", "slack_app_token": "xapp-1"}, "SLACK_TEAMS"),
        ({"slack_bot_token": "xoxb-1", "slack_signing_secrets": ("short",), "slack_teams": ("T1",)}, "SLACK_SIGNING"),
    ],
)
def test_a_slack_that_could_not_work_stops_the_start(changed, named):
    """What is missing is named, with the cure; without any of it there is no Slack, and nothing to say."""
    check_server_settings(complete())
    with pytest.raises(SettingsError, match=named):
        check_server_settings(complete(**changed))
    whole = {"slack_bot_token": "xoxb-1", "slack_signing_secrets": (SECRET,), "slack_teams": ("T1",)}
    check_server_settings(complete(**whole))
