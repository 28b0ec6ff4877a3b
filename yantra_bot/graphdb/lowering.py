"""Lowers files to facts: here, or in several processes that each have a pipe of their own.

A process that is ended from outside is told, whatever it was doing: were results to share one queue, a process that
was killed while it wrote to it would be waited for without end.
"""

import ctypes
import gc
import os
import signal
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import connection, get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from pathlib import Path

from tree_sitter import Parser

from yantra_bot.domain.graph import Problem
from yantra_bot.errors import Transient
from yantra_bot.graphdb.discovery import Source, read_source
from yantra_bot.graphdb.facts import FileFacts
from yantra_bot.graphdb.facts_cache import pack
from yantra_bot.graphdb.languages import frontend_of

_PR_SET_PDEATHSIG = 1

Lowered = list[tuple[str, str, bytes]]
"""(path, digest, packed facts) of files; without a digest: (path, "", kind and detail of the problem)."""


def lower(source: Source) -> FileFacts:
    """Parse one file and return its facts."""
    frontend = frontend_of(source.path)
    parser = Parser(frontend.grammar(Path(source.path).suffix))
    return frontend.lower(source.path, source.data, parser.parse(source.data))


def lower_files(root: Path, paths: Sequence[str]) -> Lowered:
    """Read and lower files in this process."""
    done = []
    for path in paths:
        found = read_source(root, path)
        if isinstance(found, Problem):
            done.append((path, "", f"{found.kind}\0{found.detail}".encode()))
        else:
            done.append((path, found.digest, pack(lower(found))))
    return done


def lower_beside(root: Path, parts: Sequence[Sequence[str]], processes: int) -> Generator[Lowered]:
    """Lower parts in so many processes, and yield each as it comes. Raises Transient where a process was ended."""
    left = iter(parts)
    with _helpers(root, min(processes, len(parts))) as helpers:
        busy = {helper for helper in helpers if _give(helper, left)}
        while busy:
            ready = connection.wait(busy)
            for helper in [one for one in busy if one in ready]:
                answer = _hear(helper)
                if not _give(helper, left):
                    busy.discard(helper)
                yield answer


def _give(helper: Connection, left: Iterator[Sequence[str]]) -> bool:
    part = next(left, None)
    if part is not None:
        with _told():
            helper.send(part)
    return part is not None


def _hear(helper: Connection) -> Lowered:
    with _told():
        answer: Lowered | Exception = helper.recv()
    if isinstance(answer, Exception):
        raise answer
    return answer


@contextmanager
def _told() -> Iterator[None]:
    """Tell that the other end of a pipe has gone, also in the middle of an answer."""
    try:
        yield
    except (EOFError, OSError) as ended:
        raise Transient(
            "A process that read files was ended from outside, perhaps for want of memory. Run this again."
        ) from ended


@contextmanager
def _helpers(root: Path, count: int) -> Iterator[list[Connection]]:
    """Start processes that lower what they are sent, and end them; each is reached over one pipe."""
    fork = get_context("fork")
    started: list[tuple[ForkProcess, Connection]] = []
    try:
        for _ in range(count):
            ours, theirs = fork.Pipe()
            helper = fork.Process(target=_help, args=(root, theirs, os.getpid()), daemon=True)
            started.append((helper, ours))
            helper.start()
            # Only the helper holds its end now, so that its death is the end of the pipe.
            theirs.close()
        yield [ours for _, ours in started]
    finally:
        for helper, ours in started:
            if helper.pid is not None:
                helper.kill()
                helper.join()
            ours.close()


def _help(root: Path, tasks: Connection, parent: int) -> None:
    """Lower what is sent until the parent ends it; what goes wrong is the answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    _end_with_parent(parent)
    while True:
        paths = tasks.recv()
        try:
            answer: Lowered | Exception = lower_files(root, paths)
        except Exception as error:  # noqa: BLE001 (raised again by who asked)
            answer = error
        tasks.send(answer)


def _end_with_parent(parent: int) -> None:
    """Let the kernel end this process with the thread that started it: kill -9 there leaves nobody behind."""
    control = getattr(ctypes.CDLL(None), "prctl", None)  # Linux's
    if control is not None:
        control(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
