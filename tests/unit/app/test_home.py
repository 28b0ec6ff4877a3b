"""The state folder says by its modes who may read what."""

import os
import shutil
from pathlib import Path

import pytest

from yantra_bot.app.home import KEY_BYTES, Home
from yantra_bot.errors import SettingsError


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_databases_and_mirrors_are_private(tmp_path: Path) -> None:
    """Keys, databases and repositories are the owner's alone; workers reach only what they have to."""
    home = Home(tmp_path / "state").lay_out()
    assert mode(home.folder) == 0o711
    assert {mode(path) for path in (home.inbox.parent, home.records.parent, home.mirrors)} == {0o700}
    assert {mode(path) for path in (home.environments, home.egress)} == {0o755}


def test_the_key_of_the_run_ids_is_made_once(tmp_path: Path) -> None:
    """A restart keeps the names of runs."""
    home = Home(tmp_path / "state").lay_out()
    key = home.run_key()
    assert len(key) == KEY_BYTES
    assert home.run_key() == key
    assert mode(home.folder / "control" / "run.key") == 0o600


def test_a_key_that_was_cut_short_by_a_kill_is_made_anew(tmp_path: Path) -> None:
    """Half a key names nothing."""
    home = Home(tmp_path / "state").lay_out()
    (home.folder / "control" / "run.key").write_bytes(b"half")
    assert len(home.run_key()) == KEY_BYTES


def test_a_folder_that_cannot_be_made_stops_the_start(tmp_path: Path) -> None:
    """The setting and the cure are named."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"YANTRA_STATE_FOLDER.*Cure"):
        Home(tmp_path / "file" / "state").lay_out()


def test_workers_get_a_folder_they_can_reach(tmp_path: Path) -> None:
    """Under a closed home folder it lies elsewhere, when workers have accounts of their own."""
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    home = Home(closed / "state").lay_out()
    if os.geteuid() == 0:
        assert not home.workers.is_relative_to(closed)
        shutil.rmtree(home.shared)
    else:
        assert home.workers.is_relative_to(closed)
