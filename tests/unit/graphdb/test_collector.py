"""The garbage collector while a graph is made: off, and back as it was."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from yantra_bot.graphdb import indexer
from yantra_bot.graphdb.indexer import collector_off, collector_passing_by


class Ring:
    """Something that only a collection frees."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def unfrozen() -> Iterator[None]:
    gc.unfreeze()
    gc.enable()
    yield
    gc.unfreeze()
    gc.enable()


@collector_off()
def _fail() -> None:
    raise ValueError("broken")


def test_it_is_off_and_on_again_whatever_happens() -> None:
    """One inside of another leaves it off."""
    with collector_off():
        with collector_off():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError, match="broken"):
        _fail()
    assert gc.isenabled()


def test_what_a_large_piece_of_work_leaves_is_not_walked_over() -> None:
    """The process ends soon, and frees it as a whole."""
    with collector_passing_by():
        left = weakref.ref(Ring())
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
    gc.collect()
    assert left() is not None


def test_the_next_piece_lets_go_of_what_many_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that does many of them does not grow and grow."""
    monkeypatch.setattr(indexer, "MANY_OBJECTS", gc.get_freeze_count() + 100_000_000)
    with collector_passing_by():
        left = weakref.ref(Ring())
    with collector_passing_by():
        assert left() is not None
    monkeypatch.setattr(indexer, "MANY_OBJECTS", 0)
    with collector_passing_by():
        assert left() is None
