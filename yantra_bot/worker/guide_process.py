"""The guide's own process: loads everything, gives up its rights as the worker does, then answers until the talk ends.

It holds no key, has no environment and no network. What it is asked about was written by strangers. This module loads
the libraries of reading and searching code, so that nobody but the guide may import it.
"""

import hmac
import socket
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import tiktoken

from yantra_bot.retrieval.tokens import Tokenizers
from yantra_bot.sandbox.mirror import Mirror
from yantra_bot.sandbox.tree import Tree
from yantra_bot.worker.codecs import load_codecs
from yantra_bot.worker.connection import Connection
from yantra_bot.worker.failures import describe_failure
from yantra_bot.worker.guide import Guide
from yantra_bot.worker.knowledge import Knowledge
from yantra_bot.worker.preload import load_edit_checks, load_graph_tools, load_search_tools
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
from yantra_bot.worker.tasks import LookAhead, Validate

FOLDER: Final = "guide"
"""Name, in the worker's folder, of what the guide writes."""


def run(connected: socket.socket, start: Start, *, mirror: int, past: int | None, worker: int) -> None:
    """Serve the worker with this process id, whose start it is; the mirrors are open folders."""
    tie_to_parent(worker)
    load_codecs()
    load_search_tools(load_graph_tools(start.folder))
    load_edit_checks(start.folder)
    ranks = read_ranks(start)
    confine(account=start.account, groups=start.groups, parent=worker)
    known = frozenset(sys.modules)
    with suppress(BrokenPipeError, ConnectionResetError, ProtocolError):
        serve(Connection(connected), make_guide(start, ranks, mirror, past), start.capability, known=known)


def read_ranks(start: Start) -> dict[str, bytes]:
    """Return the files of token ranks by name: later they may be out of reach."""
    folder = start.config.ranks
    found = [] if folder is None else [path for path in folder.iterdir() if path.is_file()]
    return {path.name: path.read_bytes() for path in found}


def make_guide(start: Start, ranks: Mapping[str, bytes], mirror: int, past: int | None) -> Guide:
    """Return the guide through a worker's tree; all that it writes lies in a folder of its own."""
    folder = start.folder / FOLDER
    for name in ("", "git", "past", "ranks"):
        (folder / name).mkdir()
    tempfile.tempdir = str(folder)
    for name, data in ranks.items():
        (folder / "ranks" / name).write_bytes(data)
    before = None if past is None else Mirror(past, folder / "past")
    knowledge = Knowledge(
        Mirror(mirror, folder / "git"),
        Tree(start.folder / "tree"),
        folder,
        past=before,
        store=start.folder / GRAPH_FOLDER,
    )
    return Guide(knowledge, Tokenizers(folder / "ranks"), recordings=start.folder / RECORDING_FOLDER)


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


__all__ = ["FOLDER", "make_guide", "run", "serve", "tiktoken"]
