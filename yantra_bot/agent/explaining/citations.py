"""Whether the places that an answer names are there, and how sure that makes it. Pure.

A place is looked up by reading its lines again; a quote that stands a few lines off is moved to where it stands.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from yantra_bot.domain.conversation import ToolCall, ToolResult
from yantra_bot.domain.explanations import Citation

NEAR: Final = 6
_NUMBERED: Final = re.compile(r"^ *(\d+)\t(.*)$", re.MULTILINE)
_MARK: Final = re.compile(r"\[(\d{1,2})\](?!\()")
_COPIED_NUMBER: Final = re.compile(r"^ *\d+\t")
_CODE: Final = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
_LEAST_QUOTE: Final = 3
LEAST_PART: Final = 12
"""Characters of a quote that is only a part of its line."""


def read_citations(arguments: dict[str, Any]) -> tuple[Citation, ...]:
    """Return the citations of an `answer` call whose arguments were checked."""
    return tuple(Citation(one["path"], int(one["line"]), one["quote"]) for one in arguments["citations"])


def lookup_calls(citations: Sequence[Citation]) -> tuple[ToolCall, ...]:
    """Return the calls that read the lines around each citation."""
    return tuple(
        ToolCall(
            f"cite-{number}",
            "read_file",
            {"path": one.path, "start_line": max(1, one.line - NEAR), "end_line": one.line + NEAR},
        )
        for number, one in enumerate(citations)
    )


def verify(citations: Sequence[Citation], results: Sequence[ToolResult]) -> tuple[Citation | None, ...]:
    """Return each citation at the line where its quote stands; None for one that is not there."""
    return tuple(_verify(one, result) for one, result in zip(citations, results, strict=True))


def _verify(citation: Citation, result: ToolResult) -> Citation | None:
    quote = _plain(_COPIED_NUMBER.sub("", citation.quote.strip("\n")).split("\n")[0])
    if result.is_error or len(quote) < _LEAST_QUOTE:
        return None
    lines = {line: _plain(text) for line, text in _read(result).items()}
    near = sorted(lines, key=lambda line: abs(line - citation.line))
    for line in near:
        if lines[line] == quote or (len(quote) >= LEAST_PART and quote in lines[line]):
            return replace(citation, line=line)
    return None


def read_at(citation: Citation, result: ToolResult) -> str:
    """Return the text of the line that a citation names, stripped; empty where there is none."""
    return "" if result.is_error else _read(result).get(citation.line, "").strip()


def _read(result: ToolResult) -> dict[int, str]:
    return {int(number): text for number, text in _NUMBERED.findall(result.content)}


def _plain(text: str) -> str:
    """Return a line without its indentation, each run of blanks as one: models write tabs as spaces."""
    return " ".join(text.split())


def cited(text: str) -> set[int]:
    """Return the numbers of the citations that a text uses."""
    return {int(number) for number in _MARK.findall(text)}


def grounding(text: str, found: Sequence[Citation | None]) -> float:
    """Return the share of an answer's citations that are there and that it uses; 0.0 where it cites nothing."""
    used = cited(text)
    if not found or not used:
        return 0.0
    good = {number for number, one in enumerate(found, start=1) if one is not None}
    return len(used & good) / len(used | (set(range(1, len(found) + 1)) - good))


def specificity(text: str) -> float:
    """Return the share of an answer's paragraphs that name a place; a block of code belongs to the one before it."""
    parts = [part for part in re.split(r"\n\s*\n|\n(?=[-*] )", _CODE.sub("", text)) if len(part.strip()) > 20]
    return sum(1 for part in parts if cited(part)) / len(parts) if parts else 1.0
