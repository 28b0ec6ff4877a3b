"""`yantra codex` as a person types it, without torch: versions, and the way back."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.fakes.experiences import install
from yantra_bot.app.home import Home
from yantra_bot.app.learning import versions_of
from yantra_bot.cli.codex import codex
from yantra_bot.errors import UserError


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("YANTRA_STATE_FOLDER", str(tmp_path))
    return Home(tmp_path)


def test_before_anything_was_learned_it_says_how_to_begin(home: Home) -> None:
    told = CliRunner().invoke(codex, ["versions"], catch_exceptions=False)
    assert "YANTRA_SCORE_LEARNING" in told.output
    with pytest.raises(UserError, match="nothing to go back from"):
        CliRunner().invoke(codex, ["rollback"], catch_exceptions=False)


def test_versions_are_listed_and_gone_back_to(home: Home) -> None:
    folder = versions_of(home)
    folder.parent.mkdir(parents=True, exist_ok=True)
    version = install(folder).current().version
    assert f"{version}" in CliRunner().invoke(codex, ["versions"], catch_exceptions=False).output
    told = CliRunner().invoke(codex, ["rollback", version], catch_exceptions=False)
    assert f"Version {version} is in use" in told.output
