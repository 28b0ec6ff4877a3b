"""Places for workers are handed out once, and cleared of what the dead left there."""

import os
import tempfile
from pathlib import Path

import pytest

from yantra_bot.errors import SettingsError, Transient
from yantra_bot.worker.slots import SlotPool, choose_work_folder, find_closed, make_open_folder

RANGE = (57_000, 50)
IS_ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not IS_ROOT, reason="only root can give a run an account of its own")


def _pool(folder: Path, count: int = 2) -> SlotPool:
    return SlotPool(folder / "work", accounts=RANGE, count=count)


def test_places_are_unique_until_they_are_given_back(open_folder: Path) -> None:
    """Two live runs never share a folder or an account, in one process or in two."""
    pool, other = _pool(open_folder), _pool(open_folder)
    first, second = pool.take(), other.take()
    assert first.folder != second.folder
    assert (first.account is None) == (not IS_ROOT)
    assert first.account is None or first.account != second.account
    with pytest.raises(Transient, match="All 2 places"):
        pool.take()
    (first.folder / "left").write_text("x")
    first.release()
    first.release()
    again = other.take()
    assert again.folder == first.folder
    assert list(again.folder.iterdir()) == []
    assert again.folder.stat().st_mode & 0o777 == 0o700
    assert again.folder.stat().st_uid == (again.account or os.geteuid())
    again.release()
    second.release()


def test_what_the_dead_left_is_swept(open_folder: Path) -> None:
    """Folders of holders that are gone are removed; those of the living stay."""
    pool = _pool(open_folder)
    dead, living = pool.take(), pool.take()
    dead.release()
    assert pool.sweep() == 1
    assert not dead.folder.exists()
    assert living.folder.exists()
    living.clear()
    living.release()


def test_a_place_that_cannot_be_cleared_is_given_back(open_folder: Path) -> None:
    """A failure while a place is made ready does not hold it for ever."""
    pool = _pool(open_folder, count=1)
    (open_folder / "work" / "run-0").write_text("no folder")
    slot = pool.take()
    slot.release()
    (open_folder / "work").chmod(0o555)
    if not IS_ROOT:
        with pytest.raises(OSError, match="Permission"):
            pool.take()
    (open_folder / "work").chmod(0o711)
    pool.take().release()


@as_root
def test_accounts_have_to_be_able_to_get_there(open_folder: Path) -> None:
    """A work folder below a closed one, and root as an account, stop start-up with the cure."""
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(SettingsError, match=rf"{closed} is closed.*YANTRA_STATE_FOLDER"):
        _pool(closed)
    with pytest.raises(SettingsError, match="cannot run as root"):
        SlotPool(open_folder / "work", accounts=(0, 10), count=1)


def test_the_work_folder_lies_in_the_state_folder_where_it_can(open_folder: Path) -> None:
    """An open state folder holds the work folder itself."""
    assert choose_work_folder(open_folder / "state") == open_folder / "state" / "work"


@as_root
def test_a_closed_state_folder_has_a_work_folder_beside(tmp_path: Path) -> None:
    """For a state folder in a closed home the work folder is a fixed one that is ours, and the same each time."""
    (tmp_path / "home").mkdir(mode=0o700)
    chosen = choose_work_folder(tmp_path / "home" / "state")
    assert chosen == choose_work_folder(tmp_path / "home" / "state")
    assert chosen.is_relative_to(tempfile.gettempdir())
    assert find_closed(chosen.parent) is None
    chosen.parent.rmdir()


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """A folder that others may write to, a link, and one with another owner are not used."""
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("open", "link"):
        with pytest.raises(SettingsError, match="somebody else"):
            make_open_folder(tmp_path / name)
