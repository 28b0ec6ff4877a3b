"""The worker's talk with its guide: a process beside it that knows the tree, and may end without the run ending.

The guide is forked before either gives up its rights; it gives up the same, and answers one question at a time. One
that takes too long or too much memory is ended and not missed.
"""

import os
import signal
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from yantra_bot.errors import UserError
from yantra_bot.worker import protocol
from yantra_bot.worker.privileges import close_all_but, name_process
from yantra_bot.worker.protocol import (
    Answer,
    Assemble,
    Call,
    Close,
    Closed,
    Failure,
    Open,
    ProtocolError,
    Request,
    Start,
)
from yantra_bot.worker.tasks import LookAhead, Validate

PATIENCE: Final = {Open: 30.0, Call: 90.0, Assemble: 150.0, Validate: 90.0, LookAhead: 90.0, Close: 5.0}
"""Seconds until a guide that does not answer is ended."""
_INSTEAD: Final = "Use search, list_files and read_file."
_SLOW: Final = "took too long, as it may for a very large repository"
_ENDED: Final = "ended by itself, perhaps for want of memory"
_REASON: Final = 300
_CLOSED: Final = TypeAdapter(Closed)


class GuideLink:
    """The worker's end."""

    def __init__(self, connected: socket.socket, process: int, capability: str) -> None:
        self._socket = connected
        self._process = process
        self._capability = capability
        self._asked = 0
        self._unheard: set[int] = set()
        self._gone = ""

    def ask(self, seen: Open, task: Assemble | Call | Validate) -> Any:
        """Return the answer about a tree as it is now. Raises UserError where there is none, and says why."""
        self._talk(seen)
        return self._talk(task)

    def look_ahead(self, task: LookAhead, seen: Open | None = None) -> None:
        """Have it get ready for a tree, or for the one that it saw last. What goes wrong is told when it is asked."""
        with suppress(UserError):
            for one in (task,) if seen is None else (seen, task):
                self._send(one)
                self._unheard.add(self._asked)

    def close(self) -> Sequence[str]:
        """End it; return the modules that it loaded after it had given up its rights."""
        try:
            return protocol.decode_value(_CLOSED, self._talk(Close())).late_imports
        except UserError:
            return ()
        finally:
            self._gone = self._gone or "What knows the code as a whole was closed."
            self._socket.close()

    def _talk(self, task: Open | Assemble | Call | Validate | Close) -> Any:
        self._send(task)
        try:
            answer = self._hear()
            while answer.id in self._unheard:
                self._unheard.remove(answer.id)
                answer = self._hear()
        except TimeoutError:
            raise self._end(_SLOW) from None
        except (OSError, ProtocolError):
            raise self._end(_ENDED) from None
        if isinstance(answer, Answer) and answer.id == self._asked:
            return answer.value
        if isinstance(answer, Failure) and answer.id == self._asked:
            raise UserError(_say(answer))
        raise self._end("answered what it was not asked")

    def _send(self, task: Open | Assemble | Call | Validate | LookAhead | Close) -> None:
        if self._gone:
            raise UserError(self._gone)
        self._asked += 1
        try:
            self._socket.settimeout(PATIENCE[type(task)])
            self._socket.sendall(protocol.encode_frame(Request(self._capability, self._asked, task)))
        except TimeoutError:
            raise self._end(_SLOW) from None
        except OSError:
            raise self._end(_ENDED) from None

    def _hear(self) -> Answer | Failure:
        answer = protocol.decode_to_control(self._read(protocol.read_length(self._read(protocol.HEADER_BYTES))))
        if not isinstance(answer, Answer | Failure):
            raise ProtocolError("The guide says what is no answer.")
        return answer

    def _read(self, length: int) -> bytes:
        parts = bytearray()
        while len(parts) < length and (part := self._socket.recv(min(length - len(parts), 1 << 20))):
            parts += part
        if len(parts) != length:
            raise ProtocolError("The guide has ended.")
        return bytes(parts)

    def _end(self, what: str) -> UserError:
        """Be without a guide from now on."""
        self._gone = f"What knows the code as a whole {what}. {_INSTEAD}"
        self._socket.close()
        # Until it has given up its rights it is not ours to kill; it ends by itself, as the talk has.
        with suppress(ProcessLookupError, PermissionError, ChildProcessError):
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)
        return UserError(self._gone)


def _say(failure: Failure) -> str:
    if failure.policy != "bug":
        return failure.message
    reason = failure.message.strip().rpartition("\n")[2][:_REASON]
    return f"What knows the code as a whole failed at this: {reason}. {_INSTEAD}"


def start_guide(start: Start, ranks: Path, mirror: int, past: int | None) -> GuideLink:
    """Start the guide of a worker that has not yet given up its rights. The mirrors are open folders."""
    from yantra_bot.worker.guide_process import run

    ours, theirs = socket.socketpair()
    worker = os.getpid()
    process = os.fork()
    if process:
        theirs.close()
        return GuideLink(ours, process, start.capability)
    code = 1
    try:
        close_all_but(theirs.fileno(), mirror, past)
        name_process("yantra-guide")
        run(theirs, start, ranks, mirror=mirror, past=past, worker=worker)
        code = 0
    finally:
        os._exit(code)
