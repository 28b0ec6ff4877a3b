"""Follows one started program to its end: reads what it prints, watches its limits, and leaves nothing alive behind it.

Knows nothing of bubblewrap: how everything is killed is handed in.
"""

import os
import selectors
import subprocess
import threading
import time
from collections.abc import Callable

from yantra_bot.sandbox.limits import Limit, Limits
from yantra_bot.sandbox.output import Output

_READ_BYTES = 1 << 16
_TICK_SECONDS = 0.05
_PATIENCE_SECONDS = 10.0
"""How long a killed program may take to be gone; longer only happens when the kernel is stuck."""


class Watchdog(threading.Thread):
    """Asks `check` twenty times a second, and calls `kill` as soon as it names a limit or the time is up.

    A thread of its own, so that a slow reader of the output cannot keep it from looking.
    """

    def __init__(self, *, wall_seconds: float, check: Callable[[], Limit | None], kill: Callable[[], None]) -> None:
        super().__init__(name="sandbox-watchdog", daemon=True)
        self._deadline = time.monotonic() + wall_seconds
        self._check = check
        self._kill = kill
        self._has_ended = threading.Event()
        self.limit: Limit | None = None

    def run(self) -> None:
        while not self._has_ended.wait(max(0.0, min(_TICK_SECONDS, self._deadline - time.monotonic()))):
            self.limit = Limit.TIME if time.monotonic() >= self._deadline else self._look()
            if self.limit is not None:
                self._kill()
                return

    def _look(self) -> Limit | None:
        try:
            return self._check()
        except OSError:
            return Limit.BLIND

    def stop(self) -> None:
        self._has_ended.set()
        self.join()


def follow(
    process: subprocess.Popen[bytes],
    *,
    output: Output,
    limits: Limits,
    check: Callable[[], Limit | None],
    kill: Callable[[], None],
) -> Limit | None:
    """Return when `process` and all that `kill` reaches have ended: the limit that ended it, or None.

    `kill` must be safe to call from another thread, repeatedly, and after the end.
    """
    watchdog = Watchdog(wall_seconds=limits.wall_seconds, check=check, kill=kill)
    watchdog.start()
    try:
        has_flooded = _read_until_end(process, output, kill)
    finally:
        watchdog.stop()
        kill()
        _wait(process)
    return watchdog.limit or (Limit.OUTPUT if has_flooded else None)


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _read_until_end(process: subprocess.Popen[bytes], output: Output, kill: Callable[[], None]) -> bool:
    """Read until the program is gone; what it left running is killed, and then the rest of the pipe is read."""
    if process.stdout is None:
        raise ValueError("the program's output has to be a pipe")
    pipe = process.stdout.fileno()
    has_flooded = False
    try:
        end = os.pidfd_open(process.pid)
    except ProcessLookupError:
        # It has ended, and its end was taken notice of already.
        kill()
        _drain(pipe, output)
        return False
    try:
        with selectors.DefaultSelector() as selector:
            selector.register(end, selectors.EVENT_READ)
            selector.register(pipe, selectors.EVENT_READ)
            while True:
                ready = {key.fd for key, _ in selector.select()}
                if pipe in ready and not _read_once(pipe, output):
                    selector.unregister(pipe)
                elif output.is_flooding and not has_flooded:
                    has_flooded = True
                    kill()
                if end in ready:
                    break
    finally:
        os.close(end)
    kill()
    _drain(pipe, output)
    return has_flooded


def _read_once(pipe: int, output: Output) -> bool:
    data = os.read(pipe, _READ_BYTES)
    output.feed(data)
    return bool(data)


def _drain(pipe: int, output: Output) -> None:
    """Read what is in the pipe without waiting for more: nobody is left to write."""
    os.set_blocking(pipe, False)
    try:
        while _read_once(pipe, output):
            if output.is_flooding:
                return
    except BlockingIOError:
        return
