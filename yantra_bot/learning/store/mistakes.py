"""The store of mistakes: what others call. It opens nothing and loads nothing heavy until there is something to do."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from yantra_bot.domain.lessons import Lesson, Occurrence, Question, Showing
from yantra_bot.errors import SettingsError, UserError
from yantra_bot.learning.candidates import Found
from yantra_bot.learning.store import joining
from yantra_bot.learning.store.lock import WriterLock
from yantra_bot.learning.store.rows import LESSON, lesson_of, occurrence_of, occurrence_row, own_id, showing_row
from yantra_bot.learning.store.stats import StoreStats, measure_folder
from yantra_bot.learning.store.trouble import explain, is_remote
from yantra_bot.ports import Clock
from yantra_bot.retrieval.embedding.embedder import Embedder

if TYPE_CHECKING:  # both load LanceDB, which takes seconds: it is loaded when the store is first used
    from yantra_bot.learning.store.engine import Database
    from yantra_bot.learning.store.layout import Tables
    from yantra_bot.learning.store.opened import Opened

NEAREST: Final = 30
"""Lessons that are judged of each search: what is shown is chosen of twice as many at most."""
AT_ONCE: Final = 100
"""Lessons that are embedded between two writes: some tenths of a second."""


class Mistakes:
    """Lessons, their occurrences and showings. Thread-safe; several processes may use one folder.

    Every method may raise SettingsError (a newer layout, a damaged folder) and Transient (a full disk, another writer).
    """

    def __init__(
        self,
        place: str,
        find_embedder: Callable[[], Embedder | None],
        *,
        clock: Clock,
        options: Mapping[str, str] | None = None,
    ) -> None:
        """`place` is a folder, or an address of object storage; `options` are that storage's own.

        `find_embedder` is asked when the store is first used; None, or UserError: words alone are searched.
        """
        self.place = place
        self._folder = None if is_remote(place) else Path(place)
        self._find_embedder, self._clock, self._options = find_embedder, clock, dict(options or {})
        self.lock, self._opening = WriterLock(self._folder), threading.Lock()
        self._opened: Opened | None = None

    def learn(self, occurrences: Sequence[Occurrence]) -> None:
        """Store what happened and join it with the lessons of the same signatures. Told twice, it counts once."""
        if not occurrences:
            return
        with self._writing() as opened:
            told = [(opened.name_owner(own_id(one.lesson)), one) for one in occurrences]
            # First what happened: what is cut short after it is made good by the next count.
            opened.tables.fixes.insert([occurrence_row(one, owner) for owner, one in told])
            old = opened.tables.mistakes.find("id", [owner for owner, _ in told])
            rows = {row["id"]: row for row in old}
            for owner, one in sorted(told, key=lambda pair: pair[1].lesson.last_seen):
                rows[owner] = joining.tell(rows.get(owner) or joining.begin(one, owner), one)
            opened.write(opened.recount(rows.values()), old)

    def note(self, showings: Sequence[Showing]) -> None:
        """Store what came of showings; once for each run and lesson. Those of lessons that are gone pass."""
        if not self._is_there():
            return
        with self._writing() as opened:
            rows = [showing_row(one, opened.name_owner(one.lesson)) for one in showings]
            old = opened.tables.mistakes.find("id", [row["lesson"] for row in rows])
            known = {row["id"] for row in old}
            opened.tables.showings.insert([row for row in rows if row["lesson"] in known])
            opened.write(opened.recount(old), old)

    def find(self, question: Question, *, most: int = NEAREST) -> Found:
        """Return the lessons nearest to a question, `most` by meaning, `most` by words, and that of its signature."""
        opened = self._look()
        if opened is None:
            return Found()
        from yantra_bot.learning.store.finding import find

        with self._opening_anew():
            return find(opened, question, most=most)

    def lessons(self, *, repository: int | None = None) -> Iterator[Lesson]:
        """Yield all lessons, or those of a repository, as they are at this moment; in no order."""
        opened = self._look()
        if opened is not None:
            opened.tables.mistakes.version()
            found = opened.tables.mistakes.read("" if repository is None else f"repository = {int(repository)}")
            for batch in found.to_batches(max_chunksize=1_000):
                yield from map(lesson_of, batch.to_pylist())

    def lesson(self, lesson: str) -> Lesson | None:
        """Return a lesson by its id, or by that of one that was merged into it."""
        return self.known([lesson]).get(lesson)

    def known(self, ids: Sequence[str]) -> dict[str, Lesson]:
        """Return the lessons that answer to ids, by those; ids that none answers to are not in it."""
        opened = self._look()
        if opened is None:
            return {}
        opened.view()
        owners = {one: opened.name_owner(one) for one in ids}
        rows = {row["id"]: row for row in opened.tables.mistakes.find("id", owners.values(), LESSON)}
        return {one: lesson_of(rows[owner]) for one, owner in owners.items() if owner in rows}

    def occurrences(self, lesson: str) -> tuple[Occurrence, ...]:
        """Return every time that a lesson's mistake was made, newest first."""
        opened = self._look()
        if opened is None:
            return ()
        opened.view()
        opened.tables.fixes.version()
        owner = opened.name_owner(lesson)
        aliases = [alias for alias, one in opened.shelf.aliases.items() if one == owner]
        rows = opened.tables.fixes.find("lesson", [owner, *aliases])
        return tuple(occurrence_of(row) for row in sorted(rows, key=lambda row: (-row["at"], row["id"])))

    def replace(self, lessons: Sequence[Lesson]) -> None:
        """Write lessons by their ids, new ones too. Counts and times only ever grow by it."""
        if not lessons:
            return
        with self._writing() as opened:
            old = {row["id"]: row for row in opened.tables.mistakes.find("id", [one.id for one in lessons])}
            rows = {one.id: joining.replace(old.get(one.id), one) for one in lessons}
            opened.write(opened.recount(rows.values()), list(old.values()))

    def confirm(self, lesson: Lesson, at: float) -> None:
        """Write a lesson that is there as one that a person says holds; it is judged by later showings alone."""
        with self._writing() as opened:
            old = opened.tables.mistakes.find("id", [lesson.id])
            opened.write(opened.recount([joining.confirm(row, lesson, at) for row in old]), old)

    def merge(self, kept: Lesson, dropped: Sequence[str]) -> None:
        """Write `kept` and let it take over others: what they have counted, their ids, what still comes of them."""
        with self._writing() as opened:
            ids = [one for one in dropped if one != kept.id]
            stored = {row["id"]: row for row in opened.tables.mistakes.find("id", [kept.id, *ids])}
            old = stored.get(kept.id)
            if old is None:
                raise UserError(f"There is no lesson {kept.id} that others could be merged into.")
            gone = [row for one, row in stored.items() if one != kept.id]
            rows = opened.recount([joining.merge(old, kept, gone)])
            opened.write(rows, [old], dropped=[row["id"] for row in gone])

    def delete(self, ids: Sequence[str]) -> int:
        """Erase lessons and all that is stored of them; return how many there were."""
        if not ids or not self._is_there():
            return 0
        with self._writing() as opened:
            from yantra_bot.learning.store.engine import among, parts

            owners = {opened.name_owner(one) for one in ids}
            found = {row["id"] for row in opened.tables.mistakes.find("id", owners, ("id",))}
            aliases = [alias for alias, owner in opened.shelf.aliases.items() if owner in found]
            # The lesson last: as long as it is there, somebody sees that there is something to delete.
            for part in parts([*found, *aliases]):
                opened.tables.fixes.delete(among("lesson", part))
                opened.tables.showings.delete(among("lesson", part))
            opened.forget(found)
            if found:
                opened.tidy()
            return len(found)

    def clear(self, repository: int | None = None) -> int:
        """Erase all lessons, or those of a repository; return how many there were."""
        return self.delete([one.id for one in self.lessons(repository=repository)])

    def alike(self, least: float) -> Iterator[tuple[str, str, float]]:
        """Yield pairs of lessons of one repository whose cosine is at least so high, each pair once."""
        opened = self._look()
        if opened is not None:
            yield from opened.alike(least)

    def optimise(self) -> None:
        """Embed what has no vector, make good what was cut short, join small files and drop old versions."""
        if not self._is_there():
            return
        self.embed_missing()
        from yantra_bot.learning.store.repairing import repair

        with self._writing() as opened:
            repair(opened)
            opened.tidy()

    @property
    def is_behind(self) -> bool:
        """Whether there are lessons that are not embedded, or many files to join, as far as is known; asks nobody."""
        opened = self._opened
        return opened is not None and (opened.is_untidy or opened.lacks_vectors)

    def keep_up(self, stopping: threading.Event) -> None:
        """Embed and join what searches wait for; upkeep does more. Ends early as soon as `stopping` is set."""
        self.embed_missing(stopping)
        if self._opened is not None and self._opened.is_untidy and not stopping.is_set():
            with self._writing() as opened:
                opened.tidy()

    def embed_missing(self, stopping: threading.Event | None = None) -> int:
        """Embed the lessons that have no vector by the sentence model; return how many. Writers may write meanwhile."""
        opened = self._look()
        if opened is None or opened.embedder is None:
            return 0
        from yantra_bot.learning.store.engine import parts
        from yantra_bot.learning.store.opened import take_vector

        done = 0
        for wanted in parts(opened.without_vector(), AT_ONCE):
            if stopping is not None and stopping.is_set():
                break
            ready = {row["id"]: row for row in opened.embed(opened.tables.mistakes.find("id", wanted))}
            with self._writing():
                old = opened.tables.mistakes.find("id", wanted)
                opened.write([take_vector(row, ready.get(row["id"])) for row in old], old)
            done += len(old)
        return done

    def stats(self) -> StoreStats:
        opened = self._look()
        if opened is None:
            return StoreStats()
        return opened.stats(size=measure_folder(self._folder))

    def close(self) -> None:
        """Drop what is held in memory; it is opened again when it is used again."""
        with self._opening:
            self._opened = None

    def _is_there(self) -> bool:
        """Say whether anything was ever stored, without loading anything where nothing was."""
        if self._opened is not None or self._folder is None:
            return True
        return (self._folder / "layout.lance" / "_versions").is_dir()

    def _look(self) -> "Opened | None":
        """Return the open store; None where nothing was ever stored."""
        if self._opened is not None or not self._is_there():
            return self._opened
        from yantra_bot.learning.store.layout import NEWEST, find_tables, read_version

        with self._opening:
            database = self._connect()
            version = read_version(database)
            if self._opened is None and version == NEWEST:
                self._opened = self._open(find_tables(database))
        if version in {0, NEWEST}:
            return self._opened
        with self._writing() as opened:  # one of an older layout is brought up to date
            return opened

    @contextmanager
    def _writing(self) -> "Iterator[Opened]":
        """Hold the writer's lock over the newest version of everything; begin the store where there is none."""
        from yantra_bot.learning.store.layout import make_tables

        if self._folder is not None:
            try:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as problem:
                raise explain(problem, self.place) from problem
        with self.lock.hold(), self._opening_anew():
            with self._opening:
                if self._opened is None:
                    self._opened = self._open(make_tables(self._connect(), now=self._clock.now()))
                opened = self._opened
            opened.catch_up()
            yield opened

    @contextmanager
    def _opening_anew(self) -> Iterator[None]:
        """Open the store anew after a failure: the operator may have put another in its place, as the cure says."""
        try:
            yield
        except SettingsError:
            self.close()
            raise

    def _connect(self) -> "Database":
        from yantra_bot.learning.store.engine import Database

        return Database(self.place, self._options)

    def _open(self, tables: "Tables") -> "Opened":
        from yantra_bot.learning.store.opened import Opened

        try:
            embedder, problem = self._find_embedder(), ""
        except UserError as unfit:
            embedder, problem = None, f"Past mistakes are searched by their words alone: {unfit}"
        return Opened(tables, embedder, problem=problem)
