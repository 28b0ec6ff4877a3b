"""One started bubblewrap: what it reports, what it uses, and how all of it is killed. Starts nothing."""

import ctypes
import json
import os
import select
import signal
import subprocess
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Self

from yantra_bot.sandbox.contract import WORKSPACE, Job
from yantra_bot.sandbox.limits import Limit
from yantra_bot.sandbox.usage import Growth, View, find_exceeded

_SETUP_SECONDS = 10.0
_PATIENCE_SECONDS = 10.0
_TEMPORARY = ("/tmp", "/dev/shm")  # noqa: S108 (inside the sandbox)
_SET_CHILD_SUBREAPER = 36


class _Adoption:
    """While sandboxes run, this process adopts orphans below it, so that it can bury the sandbox's first process.

    bubblewrap ends before that process does; a machine whose own first process does not bury would fill with zombies.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0

    def change(self, by: int) -> None:
        with self._lock:
            self._count += by
            ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, int(self._count > 0), 0, 0, 0)


_ADOPTION = _Adoption()


class Running:
    """A sandbox between its start and its end. Leaving the context kills whatever still lives.

    `status` is the read end of the pipe on which bubblewrap writes JSON documents: first the number of the process
    namespace's first process, last, and only when the command was started, its exit code.
    """

    def __init__(self, process: subprocess.Popen[bytes], status: int, job: Job, growth: Growth) -> None:
        self.process = process
        self._status = status
        self._limits = job.limits
        self._growth = growth
        self._temporary = _TEMPORARY if job.workspace is not None else (*_TEMPORARY, WORKSPACE)
        self._started = time.monotonic()
        self._view: View | None = None
        self._reported = b""
        _ADOPTION.change(+1)
        self._init = self._read_init()
        self._handle = self._hold(self._init)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process.wait(_PATIENCE_SECONDS)
        self._bury()
        if self._view is not None:
            self._view.close()
        for number in (self._status, self._handle):
            if number is not None:
                os.close(number)

    def find_exceeded(self) -> Limit | None:
        """Return the limit that the sandbox exceeds now. Raises OSError when it cannot be seen."""
        if self._init is not None and self._view is None:
            self._view = View.open(self._init, self._temporary)
            if self._view is None and time.monotonic() - self._started > _SETUP_SECONDS:
                return Limit.BLIND
        return self._find_exceeded_use() or self._growth.find_exceeded()

    def _find_exceeded_use(self) -> Limit | None:
        if self._view is None:
            return None
        exceeded = find_exceeded(self._view.measure(), self._limits)
        if exceeded is Limit.MEMORY:
            # Processes that were forked share memory, which the quick measure counts for each of them.
            exceeded = find_exceeded(self._view.measure(is_exact=True), self._limits)
        return exceeded

    def kill(self) -> None:
        """Kill the first process of the process namespace, with which the kernel ends all others; wait for that."""
        if self._handle is None:
            self.process.kill()
            return
        try:
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        except ProcessLookupError:
            return
        _wait_for(self._handle, _PATIENCE_SECONDS)

    def has_run(self) -> bool:
        """Say whether the command was started at all; asked at the end."""
        os.set_blocking(self._status, False)
        try:
            while data := os.read(self._status, 4096):
                self._reported += data
        except BlockingIOError:
            pass
        return b'"exit-code"' in self._reported

    def has_full_disk(self) -> bool:
        """Say whether a temporary folder has no room left; asked at the end."""
        return self._view is not None and self._view.has_full_disk()

    def _bury(self) -> None:
        """Take the dead first process out of the process table, when bubblewrap left it to us."""
        if self._handle is not None:
            with suppress(ChildProcessError):
                os.waitid(os.P_PIDFD, self._handle, os.WEXITED)
        _ADOPTION.change(-1)

    def _read_init(self) -> int | None:
        """Return the number of the first process, None when bubblewrap gave up before there was one."""
        while b"\n" not in self._reported:
            if not _wait_for(self._status, _SETUP_SECONDS):
                self.process.kill()
                return None
            data = os.read(self._status, 4096)
            if not data:
                return None
            self._reported += data
        first = json.loads(self._reported.partition(b"\n")[0])
        return int(first["child-pid"])

    def _hold(self, init: int | None) -> int | None:
        try:
            return None if init is None else os.pidfd_open(init)
        except ProcessLookupError:
            return None


def _wait_for(descriptor: int, seconds: float) -> bool:
    """Say whether there is something to read, or the process of a handle has ended, within the time."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(seconds * 1000))
