"""What stands beside the code in a graph: the past, and what pages and people say. Read where it is new, else kept.

It reads git through the runner it is given and Markdown pages; it writes nothing, and asks no forge: threads of issues
and pull requests are passed in by whoever has them.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from yantra_bot.domain.graph import Problem
from yantra_bot.domain.talk import Reach, SourceKind, Thread
from yantra_bot.graphdb.history.gitlog import GitRunner
from yantra_bot.graphdb.history.keeping import LIMITS, NO_GIT, refresh_past
from yantra_bot.graphdb.history.reading import HistoryLimits
from yantra_bot.graphdb.indexer import Progress
from yantra_bot.graphdb.readings import FORGE, NOT_ASKED, PAGES, PAST, Reading, find_readings, reading_records
from yantra_bot.graphdb.store_records import Records
from yantra_bot.graphdb.talk.documents import threads_of_pages
from yantra_bot.graphdb.talk.reading import read_talk
from yantra_bot.graphdb.talk.records import count_records, talk_records
from yantra_bot.graphdb.view import GraphView

NO_PAGES = "no documents: there are no Markdown pages"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where to read: git (None where there is none), pages by path, and threads from the forge (None: not asked).

    `no_past` and `no_threads` say why there are none, as sentences for `stats`; `reach` is who may read the pages.
    """

    git: GitRunner | None
    pages: Mapping[str, str]
    threads: Sequence[Thread] | None = None
    repository: str = ""
    revision: str = "HEAD"
    limits: HistoryLimits = LIMITS
    no_past: str = NO_GIT
    no_threads: str = NOT_ASKED
    reach: Reach = Reach.PUBLIC

    def refresh(self, view: GraphView, kept: Sequence[Records], progress: Progress = lambda *_: None) -> list[Records]:
        """Return the tables that are to be stored with a graph, given those that are kept; none where all is known."""
        known = find_readings(kept)
        progress("reading the past", 0, 1)
        past = refresh_past(
            self.git,
            view.symbols(),
            known.get(PAST),
            kept,
            revision=self.revision,
            limits=self.limits,
            absence=self.no_past,
        )
        progress("reading the pages", 0, 1)
        talk = self._refresh_talk(view, known)
        if past is None and talk is None:
            return []
        readings = dict(known)
        records: list[Records] = []
        if past is not None:
            readings[PAST] = past.reading
            records += past.records
        if talk is not None:
            readings |= {one.name: one for one in talk[0]}
            records += talk[1]
        return [*records, reading_records(readings.values())]

    def _refresh_talk(
        self, view: GraphView, known: Mapping[str, Reading]
    ) -> tuple[list[Reading], list[Records]] | None:
        mark = self._mark(view)
        if PAGES in known and known[PAGES].mark == mark:
            return None
        problems: list[Problem] = []
        pages = threads_of_pages(self.pages, problems, repository=self.repository, reach=self.reach)
        threads = [*pages, *(self.threads or ())]
        talk = read_talk(threads, view.symbols())
        records = talk_records(talk)
        told = tuple(f"{one.kind}: {one.detail}" for one in (*problems, *talk.problems))
        counts = {"documents": len(self.pages), **count_records(records)}
        forge = (
            Reading(FORGE, absence=self.no_threads)
            if self.threads is None
            else Reading(FORGE, mark, "" if self.threads else "no issues", _count_threads(self.threads))
        )
        return [Reading(PAGES, mark, "" if self.pages else NO_PAGES, counts, told), forge], records

    def _mark(self, view: GraphView) -> str:
        """Return a mark of what is read and of the symbols that it may name."""
        digest = hashlib.blake2b(digest_size=12)
        for part in self._parts(view):
            digest.update(part.encode("utf-8", "surrogateescape") + b"\0")
        return digest.hexdigest()

    def _parts(self, view: GraphView) -> Iterable[str]:
        yield self.reach
        for path, text in sorted(self.pages.items()):
            yield from (path, text)
        yield self.no_threads if self.threads is None else repr(self.threads)
        yield from view.columns.symbols.key


def _count_threads(threads: Sequence[Thread]) -> dict[str, int]:
    pulls = sum(one.kind is SourceKind.PULL_REQUEST for one in threads)
    messages = sum(len(one.messages) for one in threads)
    return {"issues": len(threads) - pulls, "pull requests": pulls, "messages": messages}
