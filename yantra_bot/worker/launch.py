"""Starts a worker's process: an empty environment, one descriptor, a session of its own. Control's side.

The child is always a fresh program, never a fork that would carry control's memory. What it gives up by itself, once it
runs, is in `worker.privileges`.
"""

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import yantra_bot

# The very product that runs, wherever it lies: isolated mode looks neither at the folder nor at the environment.
# The logging library would load rich, to colour lines that nobody reads here: a third of the start.
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); sys.modules['rich'] = None; "
    "from yantra_bot.worker.host import main; main(int(sys.argv[2]), int(sys.argv[3]))"
)


@dataclass(frozen=True, slots=True)
class Launched:
    """A worker's process and control's end of the socket to it."""

    process: "subprocess.Popen[bytes]"
    socket: socket.socket

    def kill(self) -> None:
        """End it at once, with all it started in its session. Its sandboxes die with it. Safe to call twice."""
        if self.process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def wait(self, patience: float | None = None) -> int:
        """Return its exit code, negative for a signal; wait for it if need be, and kill it after `patience` seconds."""
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            return self.process.wait()


def launch(folder: Path) -> Launched:
    """Start a worker in `folder`. Call it in a thread that lives as long as control: the child dies with the thread."""
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-I", "-X", "utf8", "-c", _BOOT),
                    *(str(Path(yantra_bot.__file__).parent.parent), str(theirs.fileno()), str(os.getpid())),
                ],
                env={},
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        except BaseException:
            ours.close()
            raise
    return Launched(process, ours)
