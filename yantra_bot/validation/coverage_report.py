"""Reads which lines ran, as `runners/run_pytest.py` wrote them down beside untrusted code. Pure; believes no shape."""

import json
from typing import Any

from yantra_bot.domain.paths import check_path
from yantra_bot.errors import UserError

MAX_BYTES = 32 * 1024 * 1024
MAX_FILES = 20_000
MAX_LINE = 10_000_000
MAX_LINES = 500_000
"""Of all files together: more would make a report too large to hand on."""


def parse_coverage(data: bytes) -> dict[str, tuple[int, ...]] | None:
    """Return executed lines, rising, by path relative to the root; None when it is no such report."""
    if len(data) > MAX_BYTES:
        return None
    try:
        read = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(read, dict) or len(read) > MAX_FILES:
        return None
    lines = {path: _read_lines(found) for path, found in read.items() if _is_plain(path)}
    if sum(map(len, lines.values())) > MAX_LINES:
        return None
    return {path: found for path, found in sorted(lines.items()) if found} or None


def _is_plain(path: str) -> bool:
    try:
        return check_path(path) == path
    except UserError:
        return False


def _read_lines(found: Any) -> tuple[int, ...]:
    if not isinstance(found, list):
        return ()
    return tuple(sorted({line for line in found if type(line) is int and 0 < line <= MAX_LINE}))
