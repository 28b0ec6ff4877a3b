"""What a review from a terminal scans in and with."""

from pathlib import Path

import pytest

from tests.fakes.worker_bench import open_folder
from tests.unit.validation.security.test_scanner import make_environment
from yantra_bot.app.advisories import find_advisories
from yantra_bot.app.scanning import find_environment, open_scanning
from yantra_bot.sandbox.bubblewrap import probe
from yantra_bot.settings import Settings

__all__ = ["open_folder"]


def test_the_setting_wins_over_what_was_installed(tmp_path: Path) -> None:
    """An operator's own environment is taken, whatever `make setup` made."""
    assert find_environment(Settings(semgrep_folder=tmp_path)) == tmp_path


@pytest.mark.skipif(probe() is not None, reason="needs bubblewrap")
def test_a_sandbox_and_the_engine_are_at_hand(tmp_path: Path, open_folder: Path) -> None:
    """A wrong folder leaves the scanner out, never the sandbox."""
    environment = make_environment(tmp_path / "semgrep")
    cache = open_folder / "cache"
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


def test_an_export_has_its_own_index_in_the_cache(tmp_path: Path) -> None:
    """Of two exports neither takes the other's place."""
    chosen = [Settings(advisories_folder=tmp_path / name, cache_folder=tmp_path / "cache") for name in ("a", "b")]
    found = [known for one in chosen if (known := find_advisories(one, tmp_path / "cache")) is not None]
    assert [one.export for one in found] == [tmp_path / "a", tmp_path / "b"]
    assert len({one.index for one in found}) == 2
    assert {one.index.parent for one in found} == {tmp_path / "cache" / "advisories"}
    assert find_advisories(Settings(), tmp_path) is None
