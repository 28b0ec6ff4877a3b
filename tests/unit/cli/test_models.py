"""`yantra models`: prices with day and source, tiers, and a warning for old prices; its tables are the page's."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from yantra_bot.cli.models import models
from yantra_bot.models.catalogue import MODELS, PRICED_ON

PAGE = Path(__file__).resolve().parents[3] / "docs" / "models.md"


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YANTRA_ANTHROPIC_API_KEY", "k")
    monkeypatch.setenv("YANTRA_MODEL_FAST", "claude-haiku-4-5")


def ask(*words: str) -> str:
    done = CliRunner().invoke(models, words, catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_prices_and_tiers_are_listed() -> None:
    """Each known model has a row, and the operator's tier shows."""
    said = ask("--today", PRICED_ON)
    assert all(f"`{name}`" in said for name in MODELS)
    assert PRICED_ON in said
    assert "fast       claude-haiku-4-5 (price known)" in said
    assert "router: off" in said
    assert "Warning" not in said


def test_old_prices_are_warned_of() -> None:
    """With what to do."""
    assert "Warning: read more than 90 days ago" in ask("--today", "2031-01-01")


def test_the_page_has_the_tables_that_the_command_prints() -> None:
    """Copy them from: yantra models --markdown"""
    page = PAGE.read_text()
    for table in ask("--markdown").strip().split("\n\n"):
        assert table in page
