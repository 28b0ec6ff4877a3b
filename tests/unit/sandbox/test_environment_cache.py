"""Where built environments are kept."""

import os
import threading
import time
from pathlib import Path

import pytest

from yantra_bot.sandbox.environment_cache import Cache


def keep(cache: Cache, key: str, *, is_complete: bool = True) -> Path:
    with cache.draft() as draft:
        (draft / "kept").mkdir()
        (draft / "kept/report").write_text(key)
        return cache.keep(draft / "kept", key, is_complete=is_complete)


def test_what_is_complete_is_found_again(tmp_path: Path) -> None:
    """A complete environment is found under its key by any process that has the cache."""
    assert Cache(tmp_path).find("k") is None
    kept = keep(Cache(tmp_path), "k")
    assert Cache(tmp_path).find("k") == kept
    assert [path.name for path in tmp_path.iterdir()] == ["k"]


def test_what_is_not_complete_is_not_found(tmp_path: Path) -> None:
    """An incomplete environment can be used by its run and is never handed to another."""
    cache = Cache(tmp_path)
    kept = keep(cache, "k", is_complete=False)
    assert (kept / "report").read_text() == "k"
    assert cache.find("k") is None


def test_a_draft_goes_when_its_build_fails(tmp_path: Path) -> None:
    """An exception while building leaves nothing behind."""

    def fail() -> None:
        with Cache(tmp_path).draft() as draft:
            (draft / "half").touch()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_link_in_the_place_of_an_environment_is_not_used(tmp_path: Path) -> None:
    """Only a real folder is an environment."""
    (tmp_path / "k").symlink_to("/")
    assert Cache(tmp_path).find("k") is None


def test_builds_of_one_key_wait_for_each_other(tmp_path: Path) -> None:
    """The second of two builds of a key begins when the first has ended, and finds what it made."""
    cache, order = Cache(tmp_path), list[str]()
    has_begun, may_end = threading.Event(), threading.Event()

    def build_first() -> None:
        with cache.lock("k"):
            has_begun.set()
            may_end.wait(10)
            keep(cache, "k")
            order.append("first")

    thread = threading.Thread(target=build_first)
    thread.start()
    has_begun.wait(10)
    may_end.set()
    with Cache(tmp_path).lock("k"):
        order.append("second")
        assert cache.find("k") is not None
    thread.join()
    assert order == ["first", "second"]


def test_old_leftovers_are_swept(tmp_path: Path) -> None:
    """Drafts and incomplete environments go after a day, unused ones after a month; what is in use stays."""
    cache, day = Cache(tmp_path), 86_400
    ages = {"draft-a": 2, "draft-b": 0, "partial-a": 2, "k1": 40, "k2": 2}
    for name, days in ages.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
        os.utime(tmp_path / name, (time.time() - days * day,) * 2)
    (tmp_path / "k3.lock").touch()
    cache.sweep()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["draft-b", "k2", "k3.lock"]
