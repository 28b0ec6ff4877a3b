"""Lines of a stranger's log, as they may be kept: cut, without what cannot be seen, their secrets hidden. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final

from yantra_bot.domain.log_redaction import redact_lines, redact_log
from yantra_bot.monitor_ports import LogLine

MOST: Final = 8_000
"""Signs of a line that are kept: a stack trace within JSON has room."""

Written = tuple[float, str, str]
"""A line as it came: Unix time, pod, text."""


def clean(text: str) -> str:
    """Return a text of bounded length, tabs and line breaks as they were."""
    return redact_log(_visible(text))


def clean_lines(written: Iterable[Written]) -> Sequence[LogLine]:
    """Return lines, oldest first, as they may be kept; of one pod they are read together, as keys go over several."""
    ordered = sorted(written, key=lambda one: one[0])
    by_pod: dict[str, list[int]] = {}
    for number, (_, pod, _) in enumerate(ordered):
        by_pod.setdefault(pod, []).append(number)
    texts: dict[int, str] = {}
    for numbers in by_pod.values():
        texts |= zip(numbers, redact_lines([_visible(ordered[number][2]) for number in numbers]), strict=True)
    return [LogLine(at, pod, texts[number]) for number, (at, pod, _) in enumerate(ordered)]


def _visible(text: str) -> str:
    cut = text[:MOST]
    if cut.isprintable():
        return cut
    return "".join(sign if sign in "\t\n" or sign.isprintable() else " " for sign in cut)
