"""Facts on disk: whole, by content, begun anew when damaged."""

import sqlite3
from pathlib import Path

import pytest

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.discovery import Source
from yantra_bot.graphdb.facts import FileFacts
from yantra_bot.graphdb.facts_cache import FactsCache, pack, unpack
from yantra_bot.graphdb.indexer import lower

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
