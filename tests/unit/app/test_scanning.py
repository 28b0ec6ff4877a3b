"""What a review from a terminal scans in and with."""

from pathlib import Path

import pytest

from tests.unit.validation.security.test_scanner import make_environment
from yantra_bot.app.scanning import find_environment, open_scanning
from yantra_bot.sandbox.bubblewrap import probe
from yantra_bot.settings import Settings


def test_the_setting_wins_over_what_was_installed(tmp_path: Path) -> None:
    """An operator's own environment is taken, whatever `make setup` made."""
    assert find_environment(Settings(semgrep_folder=tmp_path)) == tmp_path


@pytest.mark.skipif(probe() is not None, reason="needs bubblewrap")
def test_a_sandbox_and_the_engine_are_at_hand(tmp_path: Path) -> None:
    """A wrong folder leaves the scanner out, never the sandbox."""
    environment = make_environment(tmp_path / "semgrep")
    cache = tmp_path / "cache"
    with open_scanning(Settings(semgrep_folder=environment, cache_folder=cache)) as tools:
        assert tools.sandbox is not None
        assert tools.scanner is not None
        assert (tools.scanner.folder / "semgrep-core").is_file()
    with open_scanning(Settings(semgrep_folder=tmp_path / "no", cache_folder=cache)) as tools:
        assert tools.sandbox is not None
        assert tools.scanner is None


def test_no_sandbox_says_why(tmp_path: Path) -> None:
    """A cache that cannot be written is told as the reason."""
    (tmp_path / "file").write_text("")
    with open_scanning(Settings(cache_folder=tmp_path / "file")) as tools:
        assert (tools.sandbox, tools.scanner) == (None, None)
        assert tools.no_sandbox
