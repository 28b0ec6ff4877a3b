"""From what a model sent to remarks that stand on the change: the quote has to be there, the place in the diff. Pure.

A remark is moved to the line that it quotes when that is near, and dropped, with the reason, when it is nowhere.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from yantra_bot.agent.arguments import check_arguments
from yantra_bot.agent.reviewing.tools import REMARK
from yantra_bot.agent.specs import Tool
from yantra_bot.domain.conversation import ModelAnswer, StopReason
from yantra_bot.domain.findings import Finding, Severity
from yantra_bot.domain.observations import Dropped, HunkBrief, Observation
from yantra_bot.errors import UserError

NEAR: Final = 6
"""Lines that a model may have miscounted by."""
SAME_PLACE: Final = 3
SAME_WORDS: Final = 0.5
_ROW: Final = re.compile(r"^ *(\d+) ([ +-])(?: (.*))?$")
_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{2,}")
_QUOTED: Final = re.compile(r"`([^`\n]{1,200})`")
_PLAIN_WORDS: Final = frozenset(
    {"the", "and", "for", "not", "with", "that", "this", "are", "was", "will", "its", "has"}
)


@dataclass(slots=True)
class Sorted:
    """Remarks that may be judged further, and those that may not."""

    kept: list[Observation] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)

    def drop(self, remark: Observation, why: str) -> None:
        self.dropped.append(Dropped(remark, why))


def read_call(answer: ModelAnswer, tool: Tool) -> dict[str, Any]:
    """Return the checked arguments of the answer's first call of a tool; raise UserError, in words for the model."""
    is_whole = answer.stop_reason is not StopReason.MAX_TOKENS
    for call in answer.tool_calls:
        if is_whole and call.name == tool.name and call.arguments is not None:
            return check_arguments(tool.fields, call.arguments)
    raise UserError(f"Answer with one call of `{tool.name}`, whole and as its schema says.")


def read_remarks(answer: ModelAnswer) -> list[Observation]:
    """Return the remarks of an answer; raise UserError, in words for the model, where there are none to be read."""
    return [_read_one(one) for one in read_call(answer, REMARK)["remarks"]]


def _read_one(data: dict[str, Any]) -> Observation:
    severity = str(data["severity"]).lower()
    line = int(data["line"])
    return Observation(
        path=data["path"],
        line=line,
        end_line=max(line, int(data.get("end_line") or line)),
        quote=data["quote"],
        message=data["message"].strip(),
        severity=Severity(severity) if severity in set(Severity) else Severity.WARNING,
        suggestion=data.get("suggestion"),
    )


def place_remarks(remarks: Iterable[Observation], briefs: Sequence[HunkBrief]) -> Sorted:
    """Keep the remarks whose quote stands in a line that the change wrote, at that line."""
    done = Sorted()
    written = _written(briefs)
    for remark in remarks:
        lines = written.get(remark.path)
        if lines is None:
            done.drop(remark, "it names a file that was not shown")
            continue
        at = _find(remark, lines)
        if at is None:
            done.drop(remark, "the line that it quotes is not one that the change wrote")
            continue
        moved = replace(remark, line=at, end_line=at + remark.end_line - remark.line)
        if any(line not in lines for line in range(at, moved.end_line + 1)):
            moved = replace(moved, end_line=at, suggestion=None)
        done.kept.append(moved)
    return done


def _written(briefs: Sequence[HunkBrief]) -> dict[str, dict[int, str]]:
    """Return the text of every line that the change wrote, as it was shown."""
    found: dict[str, dict[int, str]] = {}
    for brief in briefs:
        lines = found.setdefault(brief.path, {})
        for row in brief.diff.split("\n"):
            match = _ROW.match(row)
            if match is not None and match[2] == "+":
                lines[int(match[1])] = match[3] or ""
    return found


def _find(remark: Observation, lines: dict[int, str]) -> int | None:
    """Return the line nearest to the named one that holds the quote: exactly, but for spaces at its ends."""
    quote = remark.quote.split("\n")[0].strip()
    if not quote:
        return None
    around = sorted(
        (line for line in lines if abs(line - remark.line) <= NEAR), key=lambda line: abs(line - remark.line)
    )
    exact = next((line for line in around if lines[line].strip() == quote), None)
    if exact is not None:
        return exact
    is_telling = len(quote) >= 8
    return next((line for line in around if is_telling and quote in lines[line]), None)


def drop_known(found: Sorted, known: Sequence[Finding]) -> None:
    """Drop remarks that say again what was found without a model, and those that repeat one another."""
    kept: list[Observation] = []
    for remark in found.kept:
        if any(_is_same(remark, one.path, one.line, one.end_line or one.line, one.message) for one in known):
            found.drop(remark, "it was found without a model already")
        elif any(_is_same(remark, one.path, one.line, one.end_line, one.message) for one in kept):
            found.drop(remark, "it repeats another remark")
        else:
            kept.append(remark)
    found.kept = kept


def _is_same(remark: Observation, path: str, line: int, end_line: int, message: str) -> bool:
    if remark.path != path or not line - SAME_PLACE <= remark.line <= end_line + SAME_PLACE:
        return False
    if remark.line == line:
        return _likeness(remark.message, message) >= SAME_WORDS / 2
    return _likeness(remark.message, message) >= SAME_WORDS


def _likeness(one: str, other: str) -> float:
    """Return the share of the shorter text's words that the other has too."""
    left, right = _words(one), _words(other)
    return len(left & right) / max(1, min(len(left), len(right)))


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)} - _PLAIN_WORDS


def grounding(remark: Observation, briefs: Sequence[HunkBrief]) -> float:
    """Return the share of the names that a remark quotes which occur in what was shown; 1.0 where it quotes none."""
    names = {word for quoted in _QUOTED.findall(remark.message) for word in _WORD.findall(quoted)}
    if not names:
        return 1.0
    shown = {word for brief in briefs for word in _WORD.findall(brief.diff)}
    shown |= {word for brief in briefs for one in brief.related for word in _WORD.findall(f"{one.text} {one.why}")}
    return len(names & shown) / len(names)
