"""Starts workers: forks of one process that has loaded all that they need. Control's side.

Control itself is never forked, since a fork would carry its memory. The process that is, the fork server, is a fresh
program with an empty environment and one descriptor; see `worker.fork_server`. What a worker gives up by itself, once
it runs, is in `worker.privileges`.
"""

import atexit
import errno
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import yantra_bot
from yantra_bot.domain.scores import ScoreModel
from yantra_bot.errors import Transient, UserError

# The very product that runs, wherever it lies: isolated mode looks neither at the folder nor at the environment.
# The logging library would load rich, to colour lines that nobody reads here: a third of the start.
_BOOT: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); sys.modules['rich'] = None; "
    "from yantra_bot.worker.fork_server import main; main(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])"
)
_LOADING: Final = 120.0
"""Seconds that the fork server may take to load everything."""
_PATIENCE: Final = 30.0
"""Seconds for one answer of it afterwards, the reading of token ranks included. It does nothing that takes long."""
_MESSAGE: Final = 65_536
"""Bytes of one message, at most."""


class Launched:
    """A worker's process and control's end of the socket to it."""

    def __init__(self, pid: int, connected: socket.socket, collect: Callable[[int], int]) -> None:
        """`collect` takes the exit code of a process that has ended; until then its number is given to no other."""
        self.pid = pid
        self.socket = connected
        self._collect = collect
        self._code: int | None = None
        self._killing, self._collecting = threading.Lock(), threading.Lock()
        self._watched = os.pidfd_open(pid)
        weakref.finalize(self, os.close, self._watched)

    def kill(self) -> None:
        """End it at once, with all it started in its session. Its sandboxes die with it. Never waits; safe twice."""
        with self._killing:
            if self._is_over(0):
                return
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            # Between its fork and its first line it leads no session yet.
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._watched, signal.SIGKILL)

    def wait(self, patience: float | None = None) -> int:
        """Return its exit code, negative for a signal; wait for it if need be, and kill it after `patience` seconds."""
        if not self._is_over(patience):
            self.kill()
            self._is_over(None)
        with self._collecting:
            if self._code is None:
                with self._killing:
                    pass  # who has seen it alive is done before its number can be another's
                self._code = self._collect(self.pid)
            return self._code

    def _is_over(self, patience: float | None) -> bool:
        watch = select.poll()
        watch.register(self._watched, select.POLLIN)
        return bool(watch.poll(None if patience is None else patience * 1000))


class Failed(Transient):
    """The fork server met an error that nobody expected."""


class ForkServer:
    """Control's end of the one process that workers are forked from. Thread-safe."""

    def __init__(self, process: "subprocess.Popen[bytes]", connected: socket.socket, scratch: Path) -> None:
        """`scratch` is a folder for what loading takes; it is removed when that is done."""
        self._process = process
        self._socket = connected
        self._scratch = scratch
        self._lock = threading.Lock()
        self._has_loaded = False
        connected.settimeout(_LOADING)

    @classmethod
    def start(cls) -> "ForkServer":
        """Start it. Call this in a thread that lives as long as control: it dies with the thread, all workers too."""
        # Ours to choose and to remove: it has no environment that would tell it where, and may be killed.
        scratch = Path(tempfile.mkdtemp(prefix="yantra-fork-"))
        ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
        with theirs:
            try:
                process = subprocess.Popen(
                    [
                        *(sys.executable, "-I", "-X", "utf8", "-c", _BOOT),
                        *(str(Path(yantra_bot.__file__).parent.parent), str(theirs.fileno()), str(os.getpid())),
                        str(scratch),
                    ],
                    env={},
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,
                )
            except BaseException:
                ours.close()
                shutil.rmtree(scratch, ignore_errors=True)
                raise
        return cls(process, ours, scratch)

    @property
    def process_id(self) -> int:
        return self._process.pid

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def load(self, ranks: Path | None = None, score: ScoreModel | None = None) -> None:
        """Wait until it has loaded everything, the token ranks of this folder and this score file.

        Raises UserError where the installation is broken, Transient where it ended.
        """
        try:
            self._ask(_name(ranks, score))
        except Failed as problem:
            cure = "Cure: free some space if the disk is full, else install anew (in a checkout: make clean setup)."
            raise UserError(f"What workers need cannot be loaded. {cure}\n{problem}") from problem

    def fork(self, folder: Path, ranks: Path | None = None, score: ScoreModel | None = None) -> Launched:
        """Return a worker that runs in `folder`. Raises Transient, and OSError where the machine has no room for it."""
        ours, theirs = socket.socketpair()
        with theirs:
            pid = 0
            try:
                answer = self._ask({"folder": str(folder), **_name(ranks, score)}, theirs.fileno())
                if "errno" in answer:
                    raise OSError(answer["errno"], os.strerror(answer["errno"]))
                pid = answer["pid"]
                return Launched(pid, ours, self.collect)
            except BaseException:
                ours.close()
                if pid:
                    self.collect(pid)
                raise

    def collect(self, pid: int) -> int:
        """Return the exit code of a worker that has ended; where all have ended with this process, that of a kill."""
        try:
            return int(self._ask({"over": pid})["code"])
        except Transient:
            return -signal.SIGKILL

    def end(self) -> None:
        """End it, and with it every worker. Safe to call twice."""
        self._process.kill()
        self._process.wait()
        self._socket.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _ask(self, question: dict[str, Any], *descriptors: int) -> dict[str, Any]:
        with self._lock:
            try:
                if not self._has_loaded:
                    self._hear()
                    self._has_loaded = True
                    self._socket.settimeout(_PATIENCE)
                    shutil.rmtree(self._scratch, ignore_errors=True)
                socket.send_fds(self._socket, [json.dumps(question).encode()], descriptors)
                return self._hear()
            except TimeoutError as error:
                self.end()
                raise Transient("The fork server of the workers did not answer in time, and was ended.") from error
            except OSError as error:
                # Its socket closes a moment before it can be seen to have ended.
                self.end()
                code = self._process.returncode
                how = f"exit code {code}" if code >= 0 else f"signal {-code}, perhaps for want of memory"
                raise Transient(f"The fork server of the workers has ended ({how}).") from error

    def _hear(self) -> dict[str, Any]:
        data = self._socket.recv(_MESSAGE)
        if not data:
            raise ConnectionResetError(errno.ECONNRESET, "it has closed")
        answer: dict[str, Any] = json.loads(data)
        if "failed" in answer:
            raise Failed(f"The fork server of the workers failed:\n{answer['failed']}")
        return answer


def _name(ranks: Path | None, score: ScoreModel | None) -> dict[str, Any]:
    named = None if score is None else {"file": str(score.file), "digest": score.digest}
    return {"ranks": None if ranks is None else str(ranks), "score": named}


_found: list[ForkServer] = []


def find_fork_server() -> ForkServer:
    """Return the one of this process, started anew where it has ended. In which thread matters: see `start`."""
    if _found and not _found[0].lives:
        _found.pop().end()
    if not _found:
        _found.append(ForkServer.start())
    return _found[0]


@atexit.register
def _leave() -> None:
    for server in _found:
        server.end()
