"""`yantra codex` as a person types it, without torch: versions, and the way back."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.fakes.experiences import SHAPE, install
from tests.fakes.scoring import make_weights
from yantra_bot.app.home import Home
from yantra_bot.app.learning import versions_of
from yantra_bot.cli.codex import codex
from yantra_bot.errors import UserError
from yantra_bot.scoring.layout import FEATURE_VERSION
from yantra_bot.scoring.score_file import About, write_score_file
from yantra_bot.scoring.versions import Versions


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


HOSTILE = "sure\x1b]0;owned\x07\u202e"


def test_what_a_file_says_of_itself_cannot_act_on_the_terminal(home: Home, tmp_path: Path) -> None:
    """Its note, the names of its figures, and the reasons beside versions are shown with escapes written out."""
    file = tmp_path / "a.safetensors"
    about = About(features=FEATURE_VERSION, shape=SHAPE, note=HOSTILE, figures={HOSTILE: 0.5})
    write_score_file(file, make_weights(SHAPE), about)
    versions = Versions(versions_of(home))
    with versions.lock():
        versions.refuse(file, versions.current(), reason=HOSTILE, figures={}, at=1.0)
    for asked in (["info", str(file)], ["versions"]):
        told = CliRunner().invoke(codex, asked, catch_exceptions=False).output
        assert "\\x1b]0;owned" in told
        assert not {"\x1b", "\x07", "\u202e"} & set(told)
