"""Whose file a trace names: the repository's own, or a library's. Pure, by the text alone."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from yantra_bot.domain.faults import Fault, Frame

ROOTS: Final = ("/workspace/", "/repository/")
"""Where the tree lies in a sandbox."""
MAX_FRAMES: Final = 50
MAX_MESSAGE: Final = 600
_STRANGE: Final = re.compile(
    r"(^|/)(site-packages|dist-packages|node_modules|\.venv|venv|\.tox|\.nox|vendor|\.cargo|lib/python3[^/]*)(/|$)"
    r"|^(<|node:|internal/|/rustc/)"
)


def make_frame(path: str, line: str, function: str | None = "") -> Frame:
    """Return a frame, its path relative to the root where that is known."""
    place = path.strip().removeprefix("file://")
    for root in ROOTS:
        place = place.removeprefix(root)
    place = place.removeprefix("./")
    is_ours = not (place.startswith(("/", "../", "~")) or ":" in place or _STRANGE.search(place))
    return Frame(place[:500], int(line[:9]), (function or "").strip()[:200], is_ours)


def put_at(fault: Fault, frames: Sequence[Frame], *, deepest_first: bool = False) -> Fault:
    """Return the fault with its frames, outermost first, placed at the deepest one that is the repository's."""
    ordered = list(reversed(frames)) if deepest_first else list(frames)
    ours = [frame for frame in ordered if frame.is_ours]
    place = ours[-1] if ours else Frame("", 0)
    kept = tuple(ordered[-MAX_FRAMES:])
    return replace(fault, path=place.path, line=place.line, frames=kept, message=fault.message.strip()[:MAX_MESSAGE])
