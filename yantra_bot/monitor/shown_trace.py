"""The text of traces alone, out of logs that say much before, between and after them: what people are shown. Pure.

A log joins the words of several pods. What stands behind the end of a trace is no part of it, whoever wrote it.
"""

import re
from typing import Final

from yantra_bot.monitor.traces import MOST_TEXT, read_python, unfold

MOST_TRACE: Final = 8_000
"""Characters that are kept, the last ones."""
_CHAIN: Final = (
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:",
)
_ERROR: Final = re.compile(r"[A-Za-z_][\w.]{0,200}(?::|$)")
_HEAD: Final = re.compile(
    r"panic: |.{0,80}http: panic|thread '.{0,200}panicked at|"
    r"\s{0,40}(?:Caused by: |.{0,60}?)[\w.$]{1,200}(?:Error|Exception)"
)
_FRAME: Final = re.compile(
    r"\s+at .{1,400}(?:\)|:\d{1,9}),?(?: \{)?\s{0,9}$|\s+\S{1,400}\.go:\d|\s{1,9}\d{1,4}: +\S|"
    r"\s+\.\.\. \d+ (?:more|common|lines matching)"
)
_AMONG: Final = re.compile(
    r"\s*$|goroutine \d|created by |\S.{0,400}\([^()]{0,400}\)$|stack backtrace:|"
    r"\s{0,40}(?:Caused by: |Suppressed: |\[cause\]: )"
)
"""Lines that stand between frames."""
_ABOVE: Final = 12
"""So many lines above the first frame the error is looked for."""


def show_trace(text: str) -> str:
    """Return the traces that `find_traces` reads in a text, each cut to its end; the text where no frame is seen."""
    plain = unfold(text[-MOST_TEXT:])
    blocks = [block for _, block in read_python(plain)]
    trace = "\n".join(map(_cut_python, blocks)) if blocks else _cut_other(plain)
    return trace if len(trace) <= MOST_TRACE else f"…\n{trace[-MOST_TRACE:]}"


def _cut_python(block: str) -> str:
    """Return a trace up to its error; the sentence that ties it to the next one stays."""
    lines = block.splitlines()
    end = next((at for at, line in enumerate(lines[1:], 1) if line and not line[0].isspace()), len(lines))
    rest = lines[end + 1 :]
    if end < len(lines) and not _ERROR.match(lines[end]):
        return "\n".join(lines[:end])
    tie = next((line for line in rest[:3] if line.strip() in _CHAIN), None)
    return "\n".join([*lines[: end + 1], *(["", tie, ""] if tie is not None else [])])


def _cut_other(plain: str) -> str:
    lines = plain.splitlines()
    first = next((at for at, line in enumerate(lines) if _FRAME.match(line)), None)
    if first is None:
        return plain
    above = range(first - 1, max(first - _ABOVE, 0) - 1, -1)
    begin = next((at for at in above if _HEAD.match(lines[at])), max(first - 1, 0))
    last = first
    for at in range(first, len(lines)):
        if _FRAME.match(lines[at]):
            last = at
        elif not _AMONG.match(lines[at]):
            break
    return "\n".join(lines[begin : last + 1])
