"""The guide's own process: gives up its rights as the worker does, then answers until the talk ends.

It holds no key, has no environment and no network. What it is asked about was written by strangers.
"""

import hmac
import socket
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

from yantra_bot.retrieval.tokens import Tokenizers
from yantra_bot.sandbox.mirror import Mirror
from yantra_bot.sandbox.tree import Tree
from yantra_bot.worker.connection import Connection
from yantra_bot.worker.failures import describe_failure
from yantra_bot.worker.guide import Guide
from yantra_bot.worker.knowledge import Knowledge
from yantra_bot.worker.privileges import confine, tie_to_parent
from yantra_bot.worker.protocol import (
    GRAPH_FOLDER,
    RECORDING_FOLDER,
    Answer,
    Assemble,
    Call,
    Close,
    Closed,
    Open,
    ProtocolError,
    Request,
    Start,
)
from yantra_bot.worker.scorers import find_scorer
from yantra_bot.worker.tasks import LookAhead, Validate

FOLDER: Final = "guide"
"""Name, in the worker's folder, of what the guide writes."""


def run(connected: socket.socket, start: Start, ranks: Path, *, mirror: int, past: int | None, worker: int) -> None:
    """Serve the worker with this process id, whose start it is; the mirrors are open folders."""
    tie_to_parent(worker)
    confine(account=start.account, groups=start.groups, parent=worker)
    known = frozenset(sys.modules)
    with suppress(BrokenPipeError, ConnectionResetError, ProtocolError):
        serve(Connection(connected), make_guide(start, ranks, mirror=mirror, past=past), start.capability, known=known)


@cache
def find_tokenizers(folder: Path) -> Tokenizers:
    """Return who counts by the ranks in a folder: the one that was loaded before the rights were given up, if any."""
    return Tokenizers(folder)


def make_guide(start: Start, ranks: Path, *, mirror: int, past: int | None) -> Guide:
    """Return the guide through a worker's tree; all that it writes lies in a folder of its own."""
    folder = start.folder / FOLDER
    for name in ("", "git", "past"):
        (folder / name).mkdir()
    tempfile.tempdir = str(folder)
    before = None if past is None else Mirror(past, folder / "past")
    knowledge = Knowledge(
        Mirror(mirror, folder / "git"),
        Tree(start.folder / "tree"),
        folder,
        past=before,
        store=start.folder / GRAPH_FOLDER,
    )
    return Guide(
        knowledge,
        find_tokenizers(ranks),
        recordings=start.folder / RECORDING_FOLDER,
        scorer=find_scorer(start.config.score, gives_lessons=start.config.learns),
    )


def serve(connection: Connection, guide: Guide, capability: str, *, known: frozenset[str]) -> None:
    """Answer until the worker ends the talk; raise ProtocolError for what is none of the worker's."""
    while (asked := connection.receive()) is not None:
        if not isinstance(asked, Request) or not hmac.compare_digest(asked.capability, capability):
            raise ProtocolError("The question does not belong to this run.")
        try:
            value = _answer(guide, asked.task, known)
            connection.send(Answer(asked.id, value))
        except Exception as error:  # noqa: BLE001 (a bug is told to the worker, which goes on without)
            connection.send(describe_failure(asked.id, error))


def _answer(guide: Guide, task: Any, known: frozenset[str]) -> Any:
    match task:
        case Open(commit=commit, changes=changes):
            guide.see(commit, changes)
            return None
        case Assemble():
            return guide.assemble(task)
        case Validate():
            return guide.validate()
        case LookAhead(part=part):
            guide.look_ahead(part)
            return None
        case Call(calls=(call,)):
            return guide.answer(call.name, dict(call.arguments or {}))
        case Close():
            return Closed(tuple(sorted(sys.modules.keys() - known)))
    raise ProtocolError("A guide is not asked such a thing.")
