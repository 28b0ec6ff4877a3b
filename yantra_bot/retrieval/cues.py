"""What a text names outright: identifiers, dotted names, paths, frames of a traceback, quoted code. Pure.

The text is data from anybody: patterns are linear, and what is read of it is bounded.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

MAX_TEXT: Final = 60_000
MAX_CUES: Final = 400

_TICKS: Final = re.compile(r"`{1,3}([^`\n]{1,200})`{1,3}")
# Each begins only where a word, or a path, begins: a match that was tried within one would make long ones quadratic.
_CALLED: Final = re.compile(r"(?<![\w$])([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*){0,6})\(")
_DOTTED: Final = re.compile(r"(?<![\w./])[A-Za-z_]\w*(?:(?:\.|::|#)[A-Za-z_]\w*){1,6}(?![\w/])")
_WORD: Final = re.compile(r"[A-Za-z_]\w+")
_CAMEL: Final = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}[a-z]")
_SUFFIX: Final = r"\.(?:pyi?|[cm]?jsx?|[cm]?tsx?|go|rs|java|md|rst|toml|ya?ml|json|cfg|ini)"
_PATH: Final = re.compile(
    rf"(?<![\w.@+-])((?:[\w.@+-]+/){{0,20}}[\w.@+-]{{1,100}}{_SUFFIX})(?![\w])(?:[:#]L?(\d{{1,7}}))?"
)
_PYTHON_FRAME: Final = re.compile(r'File "([^"\n]{1,400})", line (\d{1,7})(?:, in (\S{1,200}))?')
_SCRIPT_FRAME: Final = re.compile(
    r"^[ \t>]*at (?:(?:async |new )?([\w$.<>\[\] ]{1,200}?) \()?([^\s()]{1,400}?):(\d{1,7}):\d{1,7}\)?$", re.MULTILINE
)
_JAVA_FRAME: Final = re.compile(
    r"^[ \t>]*at (?:[\w.@-]{0,100}/){0,2}([\w$.]{1,300})\.([\w$<>]{1,200})\(([\w$]{1,200}\.java):(\d{1,7})\)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file that the text names. `line` counts from 1, `function` is as written; either may be unknown."""

    path: str
    line: int | None = None
    function: str = ""


@dataclass(frozen=True, slots=True)
class Cues:
    """What a text names."""

    identifiers: frozenset[str] = frozenset()
    """Names that are written like code: quoted, called, or of several parts."""
    words: frozenset[str] = frozenset()
    """All words that could be names."""
    pairs: frozenset[tuple[str, str]] = frozenset()
    """(owner, name) of dotted names: `Session.request`."""
    places: tuple[Place, ...] = ()
    """Paths outside of tracebacks, with lines where they stand behind them."""
    frames: tuple[Place, ...] = ()
    """Frames of tracebacks, the innermost one last."""


def find_cues(text: str) -> Cues:
    """Return what the first MAX_TEXT characters of a text name."""
    text = text[:MAX_TEXT].replace("\r\n", "\n")
    words = _WORD.findall(text)
    dotted = [_parts(name) for name in _DOTTED.findall(text)[:MAX_CUES]]
    called = [_parts(name) for name in _CALLED.findall(text)[:MAX_CUES]]
    quoted = [word for piece in _TICKS.findall(text)[:MAX_CUES] for word in _WORD.findall(piece)]
    written = [word for word in words if _is_code(word)][:MAX_CUES]
    frames = _find_frames(text)
    places = [
        Place(path, int(line) if line else None) for path, line in _PATH.findall(_without_frames(text))[:MAX_CUES]
    ]
    return Cues(
        identifiers=frozenset([*quoted, *written, *(part for name in (*dotted, *called) for part in name)]),
        words=frozenset(words[:5_000]),
        pairs=frozenset((one, two) for name in (*dotted, *called) for one, two in pairwise(name)),
        places=tuple(dict.fromkeys(places)),
        frames=tuple(frames[:MAX_CUES]),
    )


def _parts(name: str) -> list[str]:
    return _WORD.findall(name)


def _is_code(word: str) -> bool:
    return "_" in word.strip("_") or word.startswith("_") or _CAMEL.search(word) is not None


def _without_frames(text: str) -> str:
    for frame in (_PYTHON_FRAME, _SCRIPT_FRAME, _JAVA_FRAME):
        text = frame.sub(" ", text)
    return text


def _find_frames(text: str) -> list[Place]:
    python = [Place(path, int(line), name) for path, line, name in _PYTHON_FRAME.findall(text)]
    # These two print the innermost frame first.
    script = [Place(path, int(line), name) for name, path, line in _SCRIPT_FRAME.findall(text)][::-1]
    java = [
        Place("/".join([*owner.split(".")[:-1], file]), int(line), name)
        for owner, name, file, line in _JAVA_FRAME.findall(text)
    ][::-1]
    return [*python, *script, *java]
