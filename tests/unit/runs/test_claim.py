"""The engine's database: one process has it, and it is as the engine needs it."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from yantra_bot.errors import SettingsError
from yantra_bot.runs.claim import claim_database, teach_subseconds


def test_the_engines_own_database_belongs_to_one_process(tmp_path: Path) -> None:
    """It is private, in WAL mode, and claimed until the claim is closed; a server that is not there is told."""
    url, path = f"sqlite:///{tmp_path}/deep/engine.sqlite", tmp_path / "deep" / "engine.sqlite"
    claim = claim_database(url)
    assert claim is not None
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(SettingsError, match="Another Yantra process"):
        claim_database(url)
    claim.close()
    again = claim_database(url)
    assert again is not None
    again.close()
    with pytest.raises(SettingsError, match="cannot be opened"):
        claim_database("postgresql://user:secret@127.0.0.1:1/yantra?connect_timeout=2")


def test_a_damaged_engine_database_is_not_claimed(tmp_path: Path) -> None:
    """The refusal says what is wrong, and leaves nothing locked."""
    path = tmp_path / "engine.sqlite"
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(SettingsError, match="damaged"):
        claim_database(f"sqlite:///{path}")
    path.unlink()
    claim = claim_database(f"sqlite:///{path}")
    assert claim is not None
    claim.close()


@pytest.mark.parametrize("is_taught", [True, False])
def test_an_old_sqlite_learns_to_tell_parts_of_a_second(is_taught: bool) -> None:
    """What Debian 12's SQLite answers with NULL is answered with the time, and the lesson can be taken back."""
    teach_subseconds(True)
    teach_subseconds(is_taught)
    try:
        engine = create_engine("sqlite://")
        with engine.connect() as connection:
            connection.execute(text("CREATE TABLE t (a, at DEFAULT (unixepoch('subsec') * 1000))"))
            connection.execute(text("INSERT INTO t (a) VALUES (1)"))
            at = connection.execute(text("SELECT at FROM t")).scalar_one()
        engine.dispose()
    finally:
        teach_subseconds(False)
    if is_taught or sqlite3.sqlite_version_info >= (3, 42, 0):
        assert abs(at / 1000 - time.time()) < 60
    else:
        assert at is None
