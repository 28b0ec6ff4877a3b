"""Writes of the engine in a process of their own: on a full disk the engine aborts its process instead of raising.

The parent holds the store's lock and hands it down with the job, so that a child whose parent was killed still keeps
others out until it is done. The parent also gets its memory back whole: a large build takes hundreds of megabytes.
"""

import json
import pickle
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yantra_bot
from yantra_bot.errors import UserError, YantraError
from yantra_bot.graphdb import store_files
from yantra_bot.graphdb.arrays import CompactGraph
from yantra_bot.graphdb.kuzu_engine import EngineName, named
from yantra_bot.graphdb.store_changes import Statement
from yantra_bot.graphdb.store_errors import EngineConfined, PoolFull, StoreDamaged, StoreFull
from yantra_bot.graphdb.store_records import Records

_BOOT: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); sys.modules['rich'] = None; "
    "from yantra_bot.graphdb.store_child import main; main()"
)
_ERRORS: Final = {kind.__name__: kind for kind in (StoreFull, StoreDamaged, EngineConfined, PoolFull, UserError)}
_LEAST_WORDS: Final = 2_000
"""Of what an aborted child said last, in bytes."""


@dataclass(frozen=True, slots=True)
class Build:
    """Write a whole graph into a new file."""

    path: Path
    engine: EngineName
    graph: CompactGraph
    records: Sequence[Records]

    def do(self) -> None:
        store_files.build(self.path, self.engine, self.graph, self.records)


@dataclass(frozen=True, slots=True)
class Change:
    """Copy a file, run statements on the copy in one transaction, and replace tables that others keep in it."""

    path: Path
    engine: EngineName
    source: Path
    statements: Sequence[Statement] = ()
    records: Sequence[Records] = ()

    def do(self) -> None:
        shutil.copyfile(self.source, self.path)
        store_files.change(self.path, self.engine, self.statements, self.records)


def run_apart(job: Build | Change, lock: int) -> None:
    """Do a job in a child that inherits the descriptor of the lock. Raises what went wrong there, as here."""
    command = [sys.executable, "-I", "-X", "utf8", "-c", _BOOT, str(Path(yantra_bot.__file__).parent.parent)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env={}, pass_fds=(lock,)) as child:
        try:
            with suppress(BrokenPipeError):  # a child that died early says why in its own words
                pickle.dump(job, child.stdin, protocol=5)  # type: ignore[arg-type]  # it is a pipe
            said, cried = child.communicate()
        except BaseException:
            child.kill()
            raise
    if child.returncode:
        raise failure_of(said, cried, child.returncode)


def run_here(job: Build | Change, lock: int) -> None:
    """Do a job in this process. For one that may die of it: on a full disk the engine can abort the process."""
    job.do()


def failure_of(said: bytes, cried: bytes, code: int) -> Exception:
    """Return the error that a child told on its standard output, or else what its last words and its end mean.

    The engine writes its reason to standard error before it aborts.
    """
    with suppress(ValueError, KeyError):
        failure = json.loads(said)
        return _ERRORS[failure["kind"]](failure["message"])
    text = cried[-_LEAST_WORDS:].decode(errors="replace")
    _, told, reason = text.rpartition("what():")
    last = text.strip().splitlines()[-1:]
    return named(RuntimeError(reason.strip() if told else " ".join([_ending(code), *last])))


def _ending(code: int) -> str:
    if code >= 0:
        return f"its process ended with {code}."
    name = signal.Signals(-code).name if -code in signal.valid_signals() else f"signal {-code}"
    return f"its process was ended by {name}, perhaps for want of memory. Give it more, and run this again."


def main() -> None:
    """Do the job on standard input. Exits with 1 and says why on standard output where it fails as expected."""
    job: Build | Change = pickle.load(sys.stdin.buffer)  # noqa: S301  # our own parent wrote it
    try:
        job.do()
    except (YantraError, OSError) as failed:
        kind, message = type(failed).__name__, str(failed)
        if isinstance(failed, OSError):
            kind, message = StoreFull.__name__, f"The graph cannot be written: {failed.strerror}."
        sys.stdout.write(json.dumps({"kind": kind, "message": message}))
        sys.exit(1)
