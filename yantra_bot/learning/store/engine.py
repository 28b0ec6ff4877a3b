"""The one door to LanceDB: tables of rows, read and written whole; its errors become ours.

Importing this module loads LanceDB and Arrow, which takes seconds on a busy machine: the store does so when it is first
used, in the thread that uses it. Nothing here knows what the rows mean.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import lancedb
import pyarrow as pa
from lancedb.index import FTS, BTree

from yantra_bot.errors import YantraError
from yantra_bot.learning.store.trouble import Conflict, explain, is_remote, tell_damage
from yantra_bot.retrieval.words import MAX_WORD

Row = dict[str, Any]
Got = TypeVar("Got")
TRIES: Final = 5
"""Of a write that meets another machine's."""
AT_ONCE: Final = 500
"""Ids that one expression names at most."""
_SHORT: Final = timedelta(milliseconds=1)
_HOUR: Final = timedelta(hours=1)


class Table:
    """A table, at the version that was last looked for. Thread-safe; one process's writers take turns."""

    def __init__(self, inner: Any, schema: pa.Schema, place: str) -> None:
        self._inner, self._schema, self._place = inner, schema, place

    def version(self) -> int:
        """Look for the newest version, go to it and return its number."""
        with _telling(self._place):
            self._inner.checkout_latest()
            return int(self._inner.version)

    def columns(self) -> list[str]:
        """Return the names of the columns that are there."""
        with _telling(self._place):
            return list(self._inner.schema.names)

    def add_columns(self, values: Mapping[str, str]) -> None:
        """Add columns, each filled by an SQL expression, all or none."""
        with _telling(self._place):
            self._inner.add_columns(dict(values))

    def files(self) -> int:
        """Return how many pieces the rows lie in: one for each write since they were joined."""
        return self._read(lambda: int(self._inner.stats()["fragment_stats"]["num_fragments"]))

    def count(self, where: str | None = None) -> int:
        return self._read(lambda: int(self._inner.count_rows(where)))

    def read(self, where: str = "", columns: Sequence[str] | None = None) -> pa.Table:
        """Return rows of the newest known version, in no order."""

        def get() -> pa.Table:
            query = self._inner.search().limit(max(1, self._inner.count_rows()))
            query = query.where(where) if where else query
            return (query.select(list(columns)) if columns is not None else query).to_arrow()

        return self._read(get)

    def find(self, column: str, values: Collection[str], columns: Sequence[str] | None = None) -> list[Row]:
        """Return the rows that have one of these values in a column of text."""
        return [row for part in parts(values) for row in self.read(among(column, part), columns).to_pylist()]

    def search(self, words: str, where: str, most: int) -> list[tuple[str, float]]:
        """Return the ids of rows with some of these words and their BM25 scores, best first."""

        def get() -> list[tuple[str, float]]:
            query = self._inner.search(words, query_type="fts", fts_columns="words").where(where, prefilter=True)
            found = query.select(["id", "_score"]).limit(most).to_arrow()
            return list(zip(found["id"].to_pylist(), found["_score"].to_pylist(), strict=True))

        return self._read(get)

    def upsert(self, rows: Sequence[Row], *, dropped: Collection[str] = ()) -> None:
        """Write rows over those of the same id, and delete those named in `dropped`, in one version."""

        def put() -> None:
            merge = self._inner.merge_insert("id").when_matched_update_all().when_not_matched_insert_all()
            if dropped:
                merge = merge.when_not_matched_by_source_delete(among("id", sorted(dropped)))
            merge.execute(self._table(rows))

        if rows:
            self._write(put)

    def insert(self, rows: Sequence[Row]) -> None:
        """Add the rows whose id is not there yet, each id once."""
        new = list({row["id"]: row for row in reversed(rows)}.values())
        if new:
            self._write(lambda: self._inner.merge_insert("id").when_not_matched_insert_all().execute(self._table(new)))

    def append(self, rows: Sequence[Row]) -> None:
        self._write(lambda: self._inner.add(self._table(rows)))

    def delete(self, where: str) -> None:
        self._write(lambda: self._inner.delete(where))

    def index(self, *, texts: Iterable[str], ids: Iterable[str]) -> None:
        """Begin the indices of these columns where there are none: of words between blanks, and of ids."""
        with _telling(self._place):
            have = {column for one in self._inner.list_indices() for column in one.columns}
            for column in texts:
                if column not in have:
                    self._inner.create_index(column, config=_word_index())
            for column in ids:
                if column not in have:
                    self._inner.create_index(column, config=BTree())

    def tidy(self) -> None:
        """Join small files, bring the indices up to date, drop what no version needs; other machines have an hour."""
        is_alone = not is_remote(self._place)  # its one lock is held here: nobody else is writing a file
        older = _SHORT if is_alone else _HOUR
        self._write(lambda: self._inner.optimize(cleanup_older_than=older, delete_unverified=is_alone))

    def _table(self, rows: Sequence[Row]) -> pa.Table:
        plain = [{name: _plain(value) for name, value in row.items()} for row in rows]
        return pa.Table.from_pylist(plain, schema=self._schema)

    def _write(self, write: Callable[[], Any]) -> None:
        for left in reversed(range(TRIES)):
            try:
                with _telling(self._place):
                    write()
                return
            except Conflict:
                if not left:
                    raise
                self.version()

    def _read(self, read: Callable[[], Got]) -> Got:
        try:
            with _telling(self._place):
                return read()
        except YantraError:
            self.version()  # an upkeep elsewhere may have removed the files of the version that was looked at
            with _telling(self._place):
                return read()


class Database:
    """The tables in one place."""

    def __init__(self, place: str, options: Mapping[str, str]) -> None:
        """`options` are an object storage's own. Raises SettingsError or Transient."""
        self.place = place
        with _telling(place):
            self._inner = lancedb.connect(place, storage_options=dict(options) or None)

    def open(self, name: str, schema: pa.Schema) -> Table | None:
        """Return a table; None where there is none."""
        try:
            table = Table(self._inner.open_table(name), schema, self.place)
        except (RuntimeError, ValueError, OSError) as problem:
            if "was not found" not in str(problem):
                raise explain(problem, self.place) from problem
            self._refuse_leftovers(name)
            return None
        if not table.columns():
            raise tell_damage(self.place, f"{name} has no columns")
        return table

    def create(self, name: str, schema: pa.Schema) -> Table:
        """Begin a table."""
        with _telling(self.place):
            return Table(self._inner.create_table(name, schema=schema), schema, self.place)

    def _refuse_leftovers(self, name: str) -> None:
        """Raise SettingsError where rows lie without a version that names them: a table begins without any."""
        data = Path(self.place) / f"{name}.lance" / "data"
        if not is_remote(self.place) and data.is_dir() and any(data.iterdir()):
            raise tell_damage(self.place, f"{name} has rows and no version")


def among(column: str, values: Sequence[str]) -> str:
    """Return the SQL condition that a column of text has one of these values."""
    return f"{column} in ({', '.join(map(quote, values))})" if values else "false"


def parts(values: Collection[str], size: int = AT_ONCE) -> Iterator[list[str]]:
    """Yield different values in groups that one expression can name."""
    wanted = sorted(set(values))
    yield from (wanted[start : start + size] for start in range(0, len(wanted), size))


def quote(value: str) -> str:
    """Return a text as SQL."""
    plain: str = _plain(value)
    return "'" + plain.replace("'", "''") + "'"


def _plain(value: Any) -> Any:
    """Return a value as it can be stored: half a character, as broken text has it, becomes a question mark."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _word_index() -> FTS:
    """Words come split and stemmed already, by the rules that questions are split by."""
    return FTS(
        base_tokenizer="whitespace",
        max_token_length=MAX_WORD,
        lower_case=False,
        stem=False,
        remove_stop_words=False,
        ascii_folding=False,
        with_position=False,
    )


@contextmanager
def _telling(place: str) -> Iterator[None]:
    """Let LanceDB's errors out as ours."""
    try:
        yield
    except YantraError:
        raise
    except (RuntimeError, ValueError, OSError) as problem:  # all that it raises of its own; Arrow's are ValueErrors
        raise explain(problem, place) from problem
