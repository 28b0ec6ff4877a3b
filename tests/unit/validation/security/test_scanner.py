"""Where the scanner is found, and how it gets to where a sandbox can read it."""

from pathlib import Path

import pytest

from yantra_bot.validation.security.scanner import Scanner, ScannerMissing, find_scanner, place_scanner


def make_environment(folder: Path) -> Path:
    engine = folder / "lib" / "python3.11" / "site-packages" / "semgrep" / "bin"
    (engine / "libs").mkdir(parents=True)
    for name in ("semgrep-core", "libs/liba.so", "__init__.py"):
        (engine / name).write_text(name)
    (engine / "semgrep-core").chmod(0o755)
    return folder


def test_the_engine_is_found_in_its_environment(tmp_path: Path) -> None:
    """Whatever Python the environment was made with."""
    assert (find_scanner(make_environment(tmp_path)).folder / "semgrep-core").is_file()


@pytest.mark.parametrize("is_named", [True, False])
def test_a_missing_scanner_tells_the_cure(tmp_path: Path, is_named: bool) -> None:
    """No environment, and one without semgrep, say what to type."""
    with pytest.raises(ScannerMissing, match="make setup"):
        find_scanner(tmp_path if is_named else None)


def test_a_scanner_that_all_can_read_stays_where_it_is(tmp_path: Path) -> None:
    """Nothing is copied for a sandbox of the same user."""
    found = find_scanner(make_environment(tmp_path))
    assert place_scanner(found, tmp_path / "cache", is_for_other_user=False) == found


def test_a_scanner_in_a_closed_folder_is_copied_once(tmp_path: Path) -> None:
    """A sandbox of another user gets a copy that it can read, without the Python code beside it."""
    home = tmp_path / "home"
    found = find_scanner(make_environment(home))
    home.chmod(0o700)
    cache = tmp_path / "cache"
    placed = place_scanner(found, cache, is_for_other_user=True)
    assert {path.name: path.stat().st_mode & 0o777 for path in placed.folder.rglob("*")} == {
        "semgrep-core": 0o755, "libs": 0o755, "liba.so": 0o644,
    }  # fmt: skip
    assert place_scanner(found, cache, is_for_other_user=True) == placed != Scanner(found.folder)
    assert [path.name for path in cache.iterdir()] == [placed.folder.name]
