"""Text that fits: GitHub's limits kept without breaking a character or leaving a code fence open. Pure."""

import re

MAX_BODY = 65_536
"""Characters of a comment or of the body of a pull request."""
MAX_CHECK_SUMMARY = 65_535
MAX_TITLE = 256

CUT = "\n\n*(cut here: too long for GitHub)*"

_FENCE = re.compile(r"^(?: {0,3}|(?:[>\s]|[-*+] |\d+[.)] )*)(`{3,}|~{3,})(.*)$")


def fit_body(text: str, limit: int = MAX_BODY) -> str:
    """Return `text` with at most `limit` characters, cut at a line where there is one, its open fence closed."""
    clean = text.encode("utf-8", "replace").decode().replace("\x00", "\N{REPLACEMENT CHARACTER}")
    if len(clean) <= limit:
        return clean
    room = limit - len(CUT)
    while True:
        kept = clean[:room]
        line_end = kept.rfind("\n")
        kept = kept[:line_end] if line_end > room - 400 else kept
        fence = open_fence(kept)
        closing = f"\n{fence}" if fence else ""
        if len(kept) + len(closing) + len(CUT) <= limit:
            return kept + closing + CUT
        room -= len(closing)


def open_fence(text: str) -> str | None:
    """Return the fence that `text` leaves open, None when there is none."""
    fence: str | None = None
    for line in text.splitlines():
        match = _FENCE.match(line)
        if match is None:
            continue
        mark, rest = match[1], match[2]
        if fence is None:
            fence = mark if mark[0] == "~" or "`" not in rest else None
        elif mark.startswith(fence) and not rest.strip():
            fence = None
    return fence


def fit_title(text: str, limit: int = MAX_TITLE) -> str:
    """Return one line of at most `limit` characters."""
    line = " ".join(text.encode("utf-8", "replace").decode().replace("\x00", " ").split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
