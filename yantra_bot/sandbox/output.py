"""Turns the bytes a hostile program prints into bounded, harmless lines. Never lets a control character through."""

import re
from collections import deque
from collections.abc import Callable

LINE_BYTES = 8192
FLOOD = 10
SHOWN_LINES = 20_000
"""Lines that are passed on: each one travels by itself, so that a flood of short ones would hold up other runs."""
_DANGEROUS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
    "|[\ud800-\udfff]|[\U000e0000-\U000e007f]"
)


def escape(text: str) -> str:
    r"""Write control, bidirectional and invisible characters as \x1b, \u202e, \U000e0001; tab and newline stay."""
    return _DANGEROUS.sub(_write_as_escape, text)


def _write_as_escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


class Output:
    """Collects a command's output: passes lines on up to `limit` bytes, and keeps the last `limit` bytes of lines.

    At most SHOWN_LINES are passed on. Lines longer than LINE_BYTES are cut, and say so. `on_line` gets no newline.
    """

    def __init__(self, limit: int, on_line: Callable[[str], None] | None = None) -> None:
        self._limit = limit
        self._on_line = on_line
        self._received = 0
        self._kept = 0
        self._tail: deque[str] = deque()
        self._partial = bytearray()
        self._dropped = 0
        self._shown = 0
        self._is_silent = False

    @property
    def is_flooding(self) -> bool:
        """Whether so much came that the program must be ended."""
        return self._received > FLOOD * self._limit

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        self._received += len(data)
        *lines, rest = data.split(b"\n")
        for line in lines:
            self._extend(line)
            self._end_line()
        self._extend(rest)

    def finish(self) -> str:
        """Return the tail, ending a line that was not ended."""
        if self._partial or self._dropped:
            self._end_line()
        return "\n".join(self._tail)

    def _extend(self, data: bytes) -> None:
        room = max(0, LINE_BYTES - len(self._partial))
        self._partial += data[:room]
        self._dropped += max(0, len(data) - room)

    def _end_line(self) -> None:
        line = escape(bytes(self._partial).removesuffix(b"\r").decode("utf-8", "backslashreplace"))
        if self._dropped:
            line += f"… [{self._dropped} bytes of this line cut]"
        self._partial.clear()
        self._dropped = 0
        self._keep(line)
        self._pass_on(line)

    def _keep(self, line: str) -> None:
        self._tail.append(line)
        self._kept += len(line) + 1
        while self._kept > self._limit and len(self._tail) > 1:
            self._kept -= len(self._tail.popleft()) + 1

    def _pass_on(self, line: str) -> None:
        if self._on_line is None or self._is_silent:
            return
        self._shown += 1
        if self._received > self._limit:
            self._is_silent = True
            line = f"… [output limit of {self._limit} bytes reached; what follows is not shown]"
        elif self._shown > SHOWN_LINES:
            self._is_silent = True
            line = f"… [{SHOWN_LINES} lines were shown; what follows is not]"
        self._on_line(line)
