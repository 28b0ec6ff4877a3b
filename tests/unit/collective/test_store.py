"""The service's file, and what becomes of one that an older version of the service wrote."""

import sqlite3
from pathlib import Path

import pytest

from tests.unit.collective.town import NOW, draw
from yantra_bot.collective.head import make_head
from yantra_bot.collective.identity import week_of
from yantra_bot.collective.store import ALL, Store

OLD = """
CREATE TABLE patterns (
    week INTEGER NOT NULL, client TEXT NOT NULL, digest TEXT NOT NULL, at REAL NOT NULL, embedding BLOB NOT NULL,
    steps TEXT NOT NULL, language TEXT NOT NULL, complexity INTEGER NOT NULL, is_passing INTEGER NOT NULL,
    PRIMARY KEY (week, client, digest)) WITHOUT ROWID;
CREATE TABLE versions (
    version INTEGER PRIMARY KEY, at REAL NOT NULL, weights BLOB NOT NULL, stage TEXT NOT NULL,
    patterns INTEGER NOT NULL);
"""


@pytest.mark.parametrize(("layout", "kept"), [(0, 0), (2, 1)])
def test_a_file_of_an_older_layout_is_taken_over(tmp_path: Path, layout: int, kept: int) -> None:
    """Patterns with four digits are deleted; versions stay, and each has a secret of its own from then on."""
    path, week = tmp_path / "p.sqlite", week_of(NOW)
    with sqlite3.connect(path) as database:
        database.executescript(OLD)
        row = (week, "a", "d", NOW, bytes([1, 255] * 64), "[]", "python", 1, 1)
        database.execute("INSERT INTO patterns VALUES (?,?,?,?,?,?,?,?,?)", row)
        for number in (1, 2):
            weights = make_head().to_bytes()
            database.execute("INSERT INTO versions VALUES (?,?,?,?,?)", (number, NOW, weights, ALL, 0))
        database.execute(f"PRAGMA user_version = {layout}")
    database.close()
    for _ in range(2):
        store = Store(path)
        assert store.count() == kept
        secrets = {one.secret for one in store.versions()}
        assert {len(one) for one in secrets} == {32}
        assert len(secrets) == 2
    assert store.versions() == Store(path).versions()
    assert store.add(week, "b", draw(5), at=NOW, most=500) == 5
    assert set(store.read(week)["b"]) == set(draw(5))
