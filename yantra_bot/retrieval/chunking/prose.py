"""Cuts documents at their headings and configuration files at their blocks. Pure; never raises on any text."""

import re
from typing import Final

from yantra_bot.retrieval.chunks import Chunk, ChunkKind

MOST_LINES: Final = 120
"""A longer section or block is cut in parts."""
_ATX: Final = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*$")
_UNDERLINE: Final = re.compile(r"([=\-~^\"'#*+])\1{2,}\s*$")
_FENCE: Final = re.compile(r"\s{0,3}(```|~~~)")
_BLOCK: Final = re.compile(
    r"""\s{0,2}(?: \[\[?\s*(?P<table>[^\]]+?)\s*\]\]?\s*(?:[#;].*)?$        # a table of TOML, a section of INI
                | "?(?P<key>[A-Za-z_][\w.\-/]{0,80})"?\s*:(?:\s|$) )""",  # a key of YAML or JSON
    re.VERBOSE,
)


def cut_document(path: str, text: str) -> list[Chunk]:
    """Return a chunk for each section of Markdown or reStructuredText; what is above the first heading is one too."""
    lines = text.split("\n")
    starts: list[tuple[int, str]] = [(0, "")]
    is_fenced = False
    for row, line in enumerate(lines):
        if _FENCE.match(line):
            is_fenced = not is_fenced
        if is_fenced:
            continue
        heading = _ATX.match(line)
        if heading is not None:
            starts.append((row, heading.group(2)))
        elif row and _UNDERLINE.match(line) and lines[row - 1].strip() and not _UNDERLINE.match(lines[row - 1]):
            starts.append((row - 1, lines[row - 1].strip()))
    return _slice(path, lines, starts, ChunkKind.SECTION)


def cut_settings(path: str, text: str) -> list[Chunk]:
    """Return a chunk for each block at the top level of TOML, INI, YAML or JSON."""
    lines = text.split("\n")
    starts: list[tuple[int, str]] = [(0, "")]
    for row, line in enumerate(lines):
        block = _BLOCK.match(line)
        if block is not None:
            starts.append((row, block.group("table") or block.group("key")))
    return _slice(path, lines, starts, ChunkKind.SETTINGS)


def _slice(path: str, lines: list[str], starts: list[tuple[int, str]], kind: ChunkKind) -> list[Chunk]:
    chunks: list[Chunk] = []
    ends = [row for row, _ in starts[1:]] + [len(lines)]
    seen: dict[str, int] = {}
    for (first, heading), end in zip(starts, ends, strict=True):
        for start in range(first, end, MOST_LINES):
            rows = lines[start : min(end, start + MOST_LINES)]
            if not "".join(rows).strip():
                continue
            name = heading[:200]
            count = seen[name] = seen.get(name, 0) + 1
            shown = f"{name}#{count}" if count > 1 else name
            chunks.append(Chunk(path, shown, kind, start + 1, start + len(rows), heading, "", "\n".join(rows)))
    return chunks
