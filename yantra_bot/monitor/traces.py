"""Finds stack traces in what alerts and logs say: Python, JavaScript, Go, Java, Rust. Pure.

What is read was written by strangers' code: every pattern is bounded, and nothing in it decides by itself. Which file
of the repository a frame names is told by the longest end that both paths share: a service runs from its own folders.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any, Final

from yantra_bot.domain.faults import Fault, Frame
from yantra_bot.monitor.bounds import without_gaps
from yantra_bot.validation.faults.java import find_java
from yantra_bot.validation.faults.native import find_go, find_rust
from yantra_bot.validation.faults.node import find_node
from yantra_bot.validation.faults.python import find_python

MOST_TEXT: Final = 200_000
"""Characters of a text that are looked through."""
MOST_FAULTS: Final = 6
_PYTHON: Final = "Traceback (most recent call last):"
_OTHERS: Final[tuple[Callable[[str], Fault | None], ...]] = (find_node, find_java, find_rust, find_go)
_PREFIX: Final = re.compile(
    r"^(?:\[pod/[\w./-]{1,200}\] )?(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.,]{0,12}(?:Z|[+-]\d\d:?\d\d)?\s)"
    r"(?:(?:stdout|stderr) [FP] )?"
)
"""What a log's collector puts before each line."""
_DEEPEST: Final = 4
_INSTALLED: Final = re.compile(r"^.*/(?:site-packages|dist-packages)/")
_NEVER: Final = re.compile(
    r"(^|/)(node_modules|\.cargo|vendor|lib/python3[^/]*)(/|$)|^(<|node:|internal/|/rustc/)|/go/src/"
)


def find_traces(text: str) -> tuple[Fault, ...]:
    """Return the errors of a text that have a trace, each once, causes first; at most MOST_FAULTS."""
    plain = unfold(text[-MOST_TEXT:])
    found = {_key(fault): fault for fault, _ in read_python(plain)}
    if not found:
        for read in _OTHERS:
            fault = read(plain)
            if fault is not None and fault.frames:
                found.setdefault(_key(fault), fault)
                break
    return tuple(found.values())[:MOST_FAULTS]


def read_python(plain: str) -> tuple[tuple[Fault, str], ...]:
    """Return the errors of Python of an unfolded text, each once, with the text from its trace to the next one."""
    found: dict[str, tuple[Fault, str]] = {}
    for block in _split(plain):
        fault = find_python(block)
        if fault is not None and fault.frames:
            found.setdefault(_key(fault), (fault, block))
    return tuple(found.values())[:MOST_FAULTS]


def _key(fault: Fault) -> str:
    """Return what the same error has in common whenever it comes, wherever the service runs."""
    return f"{fault.fingerprint} {fault.frames[-1].path}"


def unfold(text: str) -> str:
    """Return a log as the program wrote it: without its collector's prefixes, texts in JSON with their own lines."""
    lines: list[str] = []
    for line in text.splitlines():
        bare = _PREFIX.sub("", line, count=1)
        lines += _unfold_json(bare) if bare.lstrip().startswith("{") else [bare]
    whole = without_gaps("\n".join(lines))
    is_escaped = "\\n" in whole and (whole.count("\\n") > whole.count("\n"))
    if not is_escaped:
        return whole
    return without_gaps(whole.replace("\\n", "\n").replace('\\"', '"').replace("\\t", "\t"))


def _unfold_json(line: str) -> list[str]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return [line]
    texts = [one for one in _texts(value, _DEEPEST) if "\n" in one]
    return [line, *(part for one in texts for part in one.splitlines())]


def _texts(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one, depth - 1)


def _split(text: str) -> list[str]:
    """Return the parts of a text that hold one trace of Python each."""
    starts = [found.start() for found in re.finditer(re.escape(_PYTHON), text)]
    ends = [*starts[1:], len(text)] if starts else []
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


class Places:
    """The files of a repository, found again by the paths that a running service prints."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._named: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for path in paths:
            parts = PurePosixPath(path).parts
            if parts:
                self._named[parts[-1]].append(parts)

    def find(self, path: str) -> str:
        """Return the file that a frame names; empty where it is a library's, or several could be meant."""
        place = _INSTALLED.sub("", path.replace("\\", "/"))
        if _NEVER.search(place):
            return ""
        named = PurePosixPath(place).parts
        if not named:
            return ""
        scored = sorted(((_shared(parts, named), parts) for parts in self._named.get(named[-1], [])), reverse=True)
        if not scored or (len(scored) > 1 and scored[0][0] == scored[1][0]):
            return ""
        length, parts = scored[0]
        is_sure = length == len(parts) or length > 1 or (len(named) == 1 and len(scored) == 1)
        return "/".join(parts) if is_sure else ""

    def own(self, frames: Sequence[Frame]) -> tuple[Frame, ...]:
        """Return the frames that lie in the repository, with the paths that they have there, outermost first."""
        placed = [(frame, self.find(frame.path)) for frame in frames if frame.line]
        return tuple(replace(frame, path=path, is_ours=True) for frame, path in placed if path)


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    count = 0
    for left, right in zip(reversed(one), reversed(other), strict=False):
        if left != right:
            break
        count += 1
    return count
