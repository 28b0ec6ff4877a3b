"""Facts on disk: whole, by content, begun anew when damaged."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.discovery import Source
from yantra_bot.graphdb.facts import FileFacts
from yantra_bot.graphdb.facts_cache import FactsCache, pack, unpack
from yantra_bot.graphdb.lowering import lower

SOURCE = Source("a.py", b"class A:\n    def f(self, x=len):\n        return x(self)\n")


def test_facts_come_back_as_they_were() -> None:
    """Packing loses nothing."""
    facts = lower(SOURCE)
    assert unpack(pack(facts)) == facts


def test_the_cache_keeps_and_forgets(tmp_path: Path) -> None:
    """What was saved is there for the next one; what was removed is not."""
    cache = FactsCache(tmp_path / "deep" / "facts.sqlite")
    facts = lower(SOURCE)
    cache.save([("a.py", SOURCE.digest, pack(facts)), ("b.py", "0", b"damaged")], ())
    cache.close()
    again = FactsCache(tmp_path / "deep" / "facts.sqlite")
    assert again.digests() == {"a.py": SOURCE.digest, "b.py": "0"}
    assert again.load(["a.py", "b.py", "c.py"]) == {"a.py": facts}
    again.save((), ["a.py"])
    assert again.digests() == {"b.py": "0"}
    again.close()


def test_a_damaged_cache_is_begun_anew(tmp_path: Path) -> None:
    """It holds nothing that cannot be computed."""
    path = tmp_path / "facts.sqlite"
    path.write_bytes(b"this is no database, and it is long enough to be looked at" * 100)
    cache = FactsCache(path)
    assert cache.digests() == {}
    cache.close()


def test_a_failed_save_changes_nothing(tmp_path: Path) -> None:
    """All or nothing."""
    cache = FactsCache(tmp_path / "facts.sqlite")
    good = ("a.py", "1", pack(FileFacts("a.py", Language.PYTHON)))
    with pytest.raises(sqlite3.IntegrityError):
        cache.save([good, ("b.py", None, b"")], ())  # type: ignore[list-item]  # the mistake is the test
    assert cache.digests() == {}
    cache.close()


@contextmanager
def full_disk() -> Iterator[None]:
    """A limit on the size of files stands in for it; what is logged meanwhile needs no file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with capture_logs() as logged:
            yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [entry["event"] for entry in logged] == ["graph.facts_not_kept"]


def test_a_full_disk_keeps_nothing_and_stops_nothing(tmp_path: Path) -> None:
    """Who has no room for facts has them for as long as it runs, and computes them anew the next time."""
    row = ("a.py", "1", pack(FileFacts("a.py", Language.PYTHON)))
    with full_disk():
        cache = FactsCache(tmp_path / "facts.sqlite")
        cache.save([row], ())
        assert cache.digests() == {"a.py": "1"}
        cache.close()
    again = FactsCache(tmp_path / "facts.sqlite")
    assert again.digests() == {}
    again.save([row], ())
    with full_disk():
        again.save([("a.py", "2", row[2]), ("b.py", "1", row[2])], ())
    assert again.digests() == {"a.py": "1"}
    again.save([], ["a.py"])
    assert again.digests() == {}
    again.close()


def test_a_folder_that_cannot_be_keeps_nothing(tmp_path: Path) -> None:
    """A file in the way of the cache's folder is no error either."""
    (tmp_path / "file").write_text("")
    cache = FactsCache(tmp_path / "file" / "facts.sqlite")
    assert cache.digests() == {}
    cache.close()
