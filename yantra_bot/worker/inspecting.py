"""Control's side of looking at the past: a worker reads it; its answer is checked before it is believed.

Whoever breaks into a worker can answer anything. These rules keep it from naming what is no commit, paths that are none
and texts without an end; that it is true nobody can tell, and it is shown as a stranger's word.
"""

import re
from functools import partial
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from yantra_bot.domain.diagnosing import MOST_COMMITS, Inspection, Question
from yantra_bot.domain.incidents import MOST_SUSPECTS, Suspect
from yantra_bot.domain.repository import Repository
from yantra_bot.graphdb.store_exchange import hand_out
from yantra_bot.ports import TestCommand
from yantra_bot.worker.client import WorkerFactory
from yantra_bot.worker.employed import finish
from yantra_bot.worker.graphs import GraphWorkers
from yantra_bot.worker.protocol import GRAPH_FOLDER, ProtocolError
from yantra_bot.worker.tasks import InspectPast
from yantra_bot.worker.work import Work

MOST_LETTERS: Final = 100_000
"""Characters of all texts together."""
MOST_NAMES: Final = 40
"""Entries of one list."""
_INSPECTION: TypeAdapter[Inspection] = TypeAdapter(Inspection)
_COMMIT: Final = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_PLACE: Final = re.compile(r"(?!/)(?!(?:[^\0\n]*/)?\.\./)[^\0\n]{1,4096}:\d{1,9}")


class PastWorkers:
    """Implements the port Inspector, with workers."""

    def __init__(self, workers: WorkerFactory, graphs: GraphWorkers) -> None:
        self._workers, self._graphs = workers, graphs

    async def __call__(self, run_id: str, repository: Repository, past: Path, question: Question) -> Inspection:
        furnish = partial(_furnish, self._graphs.store_of(repository))
        worker = await self._workers.employ(Work(run_id, past, TestCommand(), furnish, reviews=True, has_shelf=False))
        try:
            order = InspectPast(question)
            found = await worker.order(order, _INSPECTION, patience=worker.config.patience.review)
            async with worker.ending_if_wrong():
                return check_inspection(found)
        finally:
            await finish(worker.end())


def check_inspection(found: Inspection) -> Inspection:
    """Return it; raise ProtocolError for what cannot be the answer to what was asked."""
    if len(found.suspects) > MOST_SUSPECTS or not 0 <= found.commits <= MOST_COMMITS:
        raise ProtocolError("It names more commits than it was asked about.")
    lists = [found.frames, found.anchors, found.owners, *(_lists(one) for one in found.suspects)]
    if any(len(one) > 4 * MOST_NAMES for one in lists) or len(found.gaps) > 2 * MOST_COMMITS:
        raise ProtocolError("It names more than it was asked for.")
    if not all(_COMMIT.fullmatch(one.commit) and 0 <= one.score <= 1 for one in found.suspects):
        raise ProtocolError("It names a commit that is none.")
    if not all(0 <= one.pull_request < 10**9 for one in found.suspects):
        raise ProtocolError("It names a pull request that is none.")
    places = [place for one in found.suspects for place in one.places] + [one.place for one in found.anchors]
    places += [f"{frame.path}:{frame.line}" for frame in found.frames]
    if not all(_PLACE.fullmatch(place) for place in places):
        raise ProtocolError("It names a place that is none.")
    texts = [text for one in found.suspects for text in (one.title, one.author, one.why, *_lists(one))]
    texts += [text for one in found.frames for text in (one.path, one.function)]
    texts += [*found.gaps, *found.owners, *(text for one in found.anchors for text in (one.name, one.place))]
    if sum(map(len, texts)) > MOST_LETTERS:
        raise ProtocolError("It says more than it may.")
    return found


def _lists(one: Suspect) -> tuple[str, ...]:
    return (*one.functions, *one.places, *one.path)


def _furnish(store: Path, folder: Path, account: int | None) -> None:
    hand_out(store, folder / GRAPH_FOLDER, account)
