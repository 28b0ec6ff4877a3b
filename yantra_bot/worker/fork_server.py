"""The process that workers are forked from: it loads all that they will ever need, once. Runs apart from control.

It is a fresh program with an empty environment, and hears control alone, who says no secret here. It reads nothing that
strangers wrote and has one thread. It gives up no right: each worker does so after its fork, for good. When control
ends it ends, and with it every worker.
"""

import gc
import json
import os
import signal
import socket
import traceback
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

from yantra_bot.worker.privileges import CannotConfine, close_all_but, count_threads, name_process, tie_to_parent

_QUIET: Final = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
"""Tells libraries that would start threads not to: a fork would lack them, and the locks that they hold."""
_MESSAGE: Final = 65_536


def main(descriptor: int, parent: int, scratch: str) -> None:
    """Fork workers for control, on a connected socket of whole messages, until it ends. `scratch` is a folder."""
    os.environ.clear()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # who ignores it, as control may, hears of no end
    name_process("yantra-fork")
    connected = socket.socket(fileno=descriptor)
    try:
        tie_to_parent(parent)
        _load(Path(scratch))
    except Exception:  # noqa: BLE001 (whatever it is, control tells the operator)
        _say(connected, {"failed": traceback.format_exc()[-4_000:]})
        return
    _say(connected, {"ready": True})
    with suppress(BrokenPipeError, ConnectionResetError):
        while question := _hear(connected):
            _collect_late()
            try:
                answer = _answer(*question)
            except Exception:  # noqa: BLE001 (one question that fails is no reason to end every run)
                answer = {"failed": traceback.format_exc()[-4_000:]}
            _say(connected, answer)


def _load(scratch: Path) -> None:
    os.environ.update(_QUIET)
    from yantra_bot.worker.preload import load_all

    load_all(scratch)
    for name in _QUIET:
        del os.environ[name]
    if count_threads() != 1:
        raise CannotConfine("a library has started a thread, which no fork would have")
    _spare_forks()


def _spare_forks() -> None:
    """Keep the collector from writing to what all forks share."""
    gc.collect()
    gc.freeze()


def _answer(question: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
    match question:
        case {"folder": folder, "ranks": ranks, "score": score}:
            _know_ranks(ranks)
            _know_score(score)
            return _fork(Path(folder), *descriptors)
        case {"ranks": ranks, "score": score}:
            _know_ranks(ranks)
            _know_score(score)
            return {"ready": True}
        case {"over": pid}:
            return {"code": _collect(pid)}
    raise ValueError(f"The fork server is not asked such a thing: {question}")


_late: set[int] = set()
"""Workers that have ended and cannot be collected yet."""


def _collect(pid: int) -> int:
    """Return the exit code of a worker that has ended.

    One that another process traces cannot be collected by its parent: it is taken for killed and collected later. This
    process must wait for none, since all runs wait for it.
    """
    try:
        found, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return -signal.SIGKILL
    if not found:
        _late.add(pid)
        return -signal.SIGKILL
    _late.discard(pid)
    return os.waitstatus_to_exitcode(status)


def _collect_late() -> None:
    for pid in tuple(_late):
        _collect(pid)


@cache
def _know_ranks(folder: str | None) -> None:
    """Read the token ranks of a folder, once."""
    if folder is not None:
        from yantra_bot.worker.preload import load_ranks

        load_ranks(Path(folder))
        _spare_forks()


def _know_score(named: dict[str, str] | None) -> None:
    """Read the score file, again where another one lies there now: forks have it at no cost."""
    if named is not None:
        from yantra_bot.domain.scores import ScoreModel
        from yantra_bot.worker.scorers import keep_scorer

        if keep_scorer(ScoreModel(Path(named["file"]), named["digest"])):
            _spare_forks()


def _fork(folder: Path, descriptor: int) -> dict[str, Any]:
    parent = os.getpid()
    try:
        pid = os.fork()
    except OSError as problem:
        os.close(descriptor)
        return {"errno": problem.errno}
    if pid:
        os.close(descriptor)
        return {"pid": pid}
    code = 1
    try:
        os.setsid()
        os.chdir(folder)
        close_all_but(descriptor)
        name_process("yantra-worker")
        from yantra_bot.worker.host import main as work

        work(descriptor, parent)
        code = 0
    finally:
        # Nothing of the fork server's own may run in its fork, not even on the way out.
        os._exit(code)


def _hear(connected: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    data, descriptors, _, _ = socket.recv_fds(connected, _MESSAGE, 1)
    return (json.loads(data), descriptors) if data else None


def _say(connected: socket.socket, answer: dict[str, Any]) -> None:
    with suppress(BrokenPipeError):
        connected.sendall(json.dumps(answer).encode())
