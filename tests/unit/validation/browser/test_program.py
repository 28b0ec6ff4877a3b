"""Where the browser and its driver are found, and how they get to where a sandbox can read them."""

from pathlib import Path

import pytest

from yantra_bot.sandbox.limits import TESTS
from yantra_bot.validation.browser.program import LIMITS, BrowserMissing, find_browser, place_browser


def make_environment(folder: Path) -> Path:
    driver = folder / "lib" / "python3.11" / "site-packages" / "playwright"
    (driver / "driver").mkdir(parents=True)
    (driver / "__init__.py").touch()
    (driver / "driver" / "node").write_text("#!/bin/sh\n")
    (driver / "driver" / "node").chmod(0o700)
    return folder


def make_program(folder: Path) -> Path:
    program = folder / "chromium"
    program.touch(mode=0o755)
    return program


def test_the_browser_is_found_with_its_driver(tmp_path: Path) -> None:
    """The program itself, not the script around it, and the folder that holds the driver."""
    found = find_browser(make_environment(tmp_path / "tool"), [tmp_path / "no", make_program(tmp_path)])
    assert found.program == tmp_path / "chromium"
    assert (found.packages / "playwright" / "driver" / "node").is_file()


def test_a_missing_browser_tells_the_cure(tmp_path: Path) -> None:
    """Nothing is downloaded behind anybody's back."""
    with pytest.raises(BrowserMissing, match="sudo apt-get install chromium"):
        find_browser(make_environment(tmp_path / "tool"), [tmp_path / "no"])


@pytest.mark.parametrize("is_named", [True, False])
def test_a_missing_driver_tells_the_cure(tmp_path: Path, is_named: bool) -> None:
    """No environment, and one without Playwright, say what to type."""
    with pytest.raises(BrowserMissing, match="make setup"):
        find_browser(tmp_path if is_named else None, [make_program(tmp_path)])


def test_a_driver_in_a_closed_folder_is_copied_once(tmp_path: Path) -> None:
    """A sandbox of another user gets a copy that it can read and run; a sandbox of the same user gets none."""
    home = tmp_path / "home"
    found = find_browser(make_environment(home), [make_program(tmp_path)])
    home.chmod(0o700)
    assert place_browser(found, tmp_path / "cache", is_for_other_user=False) == found
    placed = place_browser(found, tmp_path / "cache", is_for_other_user=True)
    assert placed.packages.is_relative_to(tmp_path / "cache")
    assert (placed.packages / "playwright" / "driver" / "node").stat().st_mode & 0o005 == 0o005
    assert place_browser(found, tmp_path / "cache", is_for_other_user=True) == placed


def test_a_browser_may_use_no_more_than_tests_may() -> None:
    """Its profile widens nothing."""
    names = ("wall_seconds", "cpu_seconds", "memory_bytes", "processes", "file_bytes", "output_bytes", "files")
    assert all(getattr(LIMITS, name) <= getattr(TESTS, name) for name in (*names, "temporary_bytes"))
