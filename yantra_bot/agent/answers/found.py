"""What `codebase_search` answers: functions, files and tests that fit a text, each with the reasons in words."""

from collections.abc import Iterable, Sequence
from typing import Final

from yantra_bot.agent.answers.lines import one_line
from yantra_bot.retrieval.hits import FileHit, Found, Hit, Reason

MOST_REASONS: Final = 3
MOST_FILES: Final = 8
MOST_TESTS: Final = 5
MOST_OTHERS: Final = 5


def show_found(found: Found, notes: Sequence[str] = ()) -> str:
    """Return an answer; the best first, and at its end what was not asked."""
    parts = [
        _section("Functions, the best first:", (_hit(hit) for hit in found.functions)),
        _section("Files:", (_file(hit) for hit in found.files[:MOST_FILES])),
        _section("Tests:", (_hit(hit, reasons=0) for hit in found.tests[:MOST_TESTS])),
        _section("Classes, documents and settings:", (_hit(hit, reasons=0) for hit in found.others[:MOST_OTHERS])),
    ]
    shown = [part for part in parts if part]
    said = list(dict.fromkeys((*found.notes, *notes)))
    if not shown:
        said = ["Nothing was found.", *said, "Try other words, or look for one exact text with search."]
    return "\n\n".join([*shown, *(["\n".join(said)] if said else [])])


def _section(title: str, lines: Iterable[str]) -> str:
    shown = list(lines)
    return "\n".join([title, *shown]) if shown else ""


def _hit(hit: Hit, *, reasons: int = MOST_REASONS) -> str:
    chunk = hit.chunk
    head = f"{chunk.path}:{chunk.start or chunk.first}-{chunk.last}  {one_line(chunk.name or 'the top level')}"
    lines = [head]
    if chunk.signature and reasons:
        lines.append(f"    {one_line(chunk.signature)}")
    if hit.reasons and reasons:
        lines.append(f"    because {_tell(hit.reasons[:reasons])}")
    return "\n".join(lines)


def _file(hit: FileHit) -> str:
    because = f"  because {_tell(hit.reasons[:1])}" if hit.reasons else ""
    return f"{hit.path}{because}"


def _tell(reasons: Sequence[Reason]) -> str:
    return "; ".join(f"{one_line(reason.words or reason.kind)} ({reason.share:.0%})" for reason in reasons)
