"""Learning together as it is run: settings, the service's process, its commands."""

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from yantra_bot.app.collective import is_due, open_client, read_signing_key
from yantra_bot.app.home import Home
from yantra_bot.cli.collective import collective
from yantra_bot.clock import SystemClock
from yantra_bot.collective.head import make_head
from yantra_bot.collective.store import ALL, FIRST, Store
from yantra_bot.errors import SettingsError
from yantra_bot.scoring.layout import FEATURE_VERSION
from yantra_bot.settings import Settings

WEEK = 7 * 86_400.0


def test_it_is_off_by_default(tmp_path: Path) -> None:
    """Nothing is made on the disk, and nothing asked for."""
    settings = Settings(state_folder=tmp_path)
    assert open_client(settings, Home(tmp_path), SystemClock()) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("missing", ["collective_url", "collective_key", "collective_enrolment_key"])
def test_on_it_has_to_be_told_with_whom(tmp_path: Path, missing: str) -> None:
    """Each of the three is asked for by its name."""
    told = {"collective_url": "https://c.example", "collective_key": "ab" * 32, "collective_enrolment_key": "e" * 48}
    settings = Settings(state_folder=tmp_path, collective=True, **{**told, missing: ""})  # type: ignore[arg-type] (texts)
    with pytest.raises(SettingsError, match=missing.upper()):
        open_client(settings, Home(tmp_path), SystemClock())


def test_a_key_that_others_can_read_or_that_is_none_stops_the_start(tmp_path: Path) -> None:
    """With the cure."""
    file = tmp_path / "key.pem"
    with pytest.raises(SettingsError, match="empty"):
        read_signing_key(None)
    with pytest.raises(SettingsError, match="cannot be read"):
        read_signing_key(file)
    made = CliRunner().invoke(collective, ["keys", str(file)], catch_exceptions=False)
    assert len(made.output.strip()) == 64
    read_signing_key(file)
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        read_signing_key(file)
    file.write_text("no key")
    file.chmod(0o600)
    with pytest.raises(SettingsError, match="holds no key"):
        read_signing_key(file)


def test_a_training_is_due_by_number_by_time_or_for_a_verdict(tmp_path: Path) -> None:
    """A thousand patterns, a week, a version that waits."""
    store = Store(tmp_path / "p.sqlite")
    store.release(make_head().to_bytes(), stage=ALL, at=1_000.0, patterns=0, said="One.")
    assert not is_due(store, now=1_001.0, new=999, each=1_000)
    assert is_due(store, now=1_001.0, new=1_000, each=1_000)
    assert is_due(store, now=1_000.0 + WEEK, new=0, each=1_000)
    store.release(make_head().to_bytes(), stage=FIRST, at=1_000.0, patterns=0, said="Two.")
    assert is_due(store, now=1_001.0, new=0, each=1_000)


def test_the_service_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """As the command starts it, in a process of its own."""
    CliRunner().invoke(collective, ["keys", str(tmp_path / "key.pem")], catch_exceptions=False)
    told = {
        "PATH": os.environ["PATH"],
        "YANTRA_CONFIG": os.devnull,
        "YANTRA_STATE_FOLDER": str(tmp_path / "state"),
        "YANTRA_PORT": "0",
        "YANTRA_COLLECTIVE_SIGNING_KEY_FILE": str(tmp_path / "key.pem"),
        "YANTRA_COLLECTIVE_ENROLMENT_KEYS": "e" * 48,
        "YANTRA_COLLECTIVE_BASE": "0123456789ab",
    }
    command = [sys.executable, "-m", "yantra_bot", "collective", "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=told) as served:
        assert served.stdout is not None
        try:
            line = next(one for one in served.stdout if one.startswith("Listening"))
            address = f"http://127.0.0.1:{line.split()[-1]}/api/v1/model-update"
            with urllib.request.urlopen(address) as answer:
                assert answer.status == 204
                assert answer.headers["X-Yantra-Base"] == f"{FEATURE_VERSION} 0123456789ab"
        finally:
            served.send_signal(signal.SIGTERM)
        assert served.wait() == 0
