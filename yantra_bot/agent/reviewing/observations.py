"""From what a model sent to remarks that stand on the change: the quote has to be there, the place in the diff. Pure.

A remark is moved to the line that it quotes, and dropped, with the reason, when the change has no such line.
"""

import builtins
import keyword
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from yantra_bot.agent.arguments import check_arguments
from yantra_bot.agent.rendering import escape
from yantra_bot.agent.reviewing.tools import REMARK
from yantra_bot.agent.specs import Tool
from yantra_bot.domain.conversation import ModelAnswer, StopReason
from yantra_bot.domain.findings import Finding, Severity, Side
from yantra_bot.domain.observations import Dropped, HunkBrief, Observation
from yantra_bot.errors import UserError

NEAR: Final = 6
"""Lines that a model may have miscounted by."""
SAME_PLACE: Final = 3
SAME_WORDS: Final = 0.5
SAME_WORDS_NEAR: Final = 0.6
LEAST_SHARED: Final = 3
"""Words that two messages about one problem have in common, of those that have so many."""
LEAST_PART: Final = 8
"""Characters of a quote that is only a part of its line."""
_ROW: Final = re.compile(r"^ *(\d+) ([ +-])(?: (.*))?$")
_SHOWN_AS: Final = re.compile(r"^\s*(?:\d+ +)?[+-] +")
"""What a model copies along with a line: its number and its sign."""
_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{2,}")
_QUOTED: Final = re.compile(r"`([^`\n]{1,200})`")
_NAME_IN_WORDS: Final = re.compile(r"\b(?:[A-Za-z_]\w{2,}(?=\()|[A-Za-z]+_\w+|[a-z]+[A-Z]\w*)")
"""What is a name though it stands in no backticks: `name(`, `some_name`, `someName`."""
_TEXT: Final = re.compile(r"\"[^\"\n]*\"|(?<!\w)'[^'\n]*'(?!\w)")
_BROUGHT_ALONG: Final = frozenset({
    *dir(builtins), *keyword.kwlist, "self", "cls", "this", "null", "nil", "undefined", "true", "false", "panic",
    "throw", "const", "let", "var", "func", "function", "void", "typeof", "instanceof", "new", "switch", "case",
})  # fmt: skip
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
    """Keep the remarks whose quote stands in a line that the change wrote or removed, at that line."""
    done = Sorted()
    changed = _changed(briefs)
    old_paths = {brief.path: brief.old_path for brief in briefs}
    for remark in remarks:
        sides = changed.get(remark.path)
        if sides is None:
            done.drop(remark, "it names a file that was not shown")
            continue
        placed = _place(remark, sides)
        if placed is None:
            done.drop(remark, "the line that it quotes is not one that the change wrote or removed")
        else:
            done.kept.append(replace(placed, old_path=old_paths[remark.path]))
    return done


_Lines = dict[int, str]


def _changed(briefs: Sequence[HunkBrief]) -> dict[str, dict[Side, _Lines]]:
    """Return the text of every line that the change wrote or removed, as it was shown, by file and side."""
    found: dict[str, dict[Side, _Lines]] = {}
    for brief in briefs:
        sides = found.setdefault(brief.path, {Side.HEAD: {}, Side.BASE: {}})
        for row in brief.diff.split("\n"):
            match = _ROW.match(row)
            if match is not None and match[2] != " ":
                side = Side.HEAD if match[2] == "+" else Side.BASE
                sides[side][int(match[1])] = escape(match[3] or "")
    return found


def _place(remark: Observation, sides: dict[Side, _Lines]) -> Observation | None:
    """Return the remark at the line that it quotes: a written one, or else a removed one."""
    rows = [row for row in map(_plain, remark.quote.split("\n")) if row]
    others = [row for one in rows for row in (_plain(_SHOWN_AS.sub("", one)), one) if len(row) >= LEAST_PART]
    for quote in dict.fromkeys((*rows[:1], *others)):
        for side, lines in sides.items():
            at = _find(quote, remark.line, lines)
            if at is not None:
                return _move(remark, at, side, lines)
    return None


def _move(remark: Observation, at: int, side: Side, lines: _Lines) -> Observation:
    length = remark.end_line - remark.line
    moved = replace(remark, line=at, end_line=at + length, side=side, quote=lines[at].strip())
    is_whole = side is Side.HEAD and all(line in lines for line in range(at, at + min(length, len(lines)) + 1))
    if not is_whole:
        return replace(moved, end_line=at, suggestion=None)
    same = "\n".join(lines[line] for line in range(at, moved.end_line + 1))
    is_same = moved.suggestion is not None and moved.suggestion.rstrip() == same.rstrip()
    return replace(moved, suggestion=None) if is_same else moved


def _plain(text: str) -> str:
    """Return a line without its indentation, each run of blanks as one: models write tabs as spaces."""
    return " ".join(text.split())


def _find(quote: str, named: int, lines: _Lines) -> int | None:
    """Return the line that holds the quote: the nearest one, or the only one that there is in the file."""
    exact = sorted((line for line in lines if _plain(lines[line]) == quote), key=lambda line: abs(line - named))
    if exact and (abs(exact[0] - named) <= NEAR or (len(exact) == 1 and len(quote) >= LEAST_PART)):
        return exact[0]
    around = sorted((line for line in lines if abs(line - named) <= NEAR), key=lambda line: abs(line - named))
    return next((line for line in around if len(quote) >= LEAST_PART and quote in _plain(lines[line])), None)


def drop_known(found: Sorted, known: Sequence[Finding]) -> None:
    """Drop remarks that say again what was found without a model, and those that repeat one another."""
    kept: list[Observation] = []
    for remark in found.kept:
        if any(_is_same(remark, one) for one in known):
            found.drop(remark, "it was found without a model already")
        elif any(_is_same(remark, one) for one in kept):
            found.drop(remark, "it repeats another remark")
        else:
            kept.append(remark)
    found.kept = kept


def _is_same(remark: Observation, other: Finding | Observation) -> bool:
    path = other.place if isinstance(other, Observation) else other.path
    if (remark.place, remark.side) != (path, other.side):
        return False
    if not other.line - SAME_PLACE <= remark.line <= max(other.line, other.end_line) + SAME_PLACE:
        return False
    left, right = _words(remark.message), _words(other.message)
    shared, shorter = len(left & right), min(len(left), len(right))
    if remark.line != other.line:
        return shared >= min(LEAST_SHARED, shorter) and shared >= SAME_WORDS_NEAR * max(1, shorter)
    if isinstance(other, Observation):
        return shared >= SAME_WORDS / 2 * max(1, shorter)
    # A finding and another problem of its line share the name of the function and a word or two.
    return shared >= min(LEAST_SHARED, shorter) and shared >= SAME_WORDS * max(1, shorter)


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)} - _PLAIN_WORDS


def grounding(remark: Observation, briefs: Sequence[HunkBrief]) -> float:
    """Return the share of the names that a remark speaks of which occur in what was shown; 1.0 where there are none.

    Text in quotes and what languages bring along are no names: an example of an input has to be nowhere in the code.
    """
    spoken = {word for quoted in _QUOTED.findall(remark.message) for word in _WORD.findall(_TEXT.sub(" ", quoted))}
    spoken |= set(_NAME_IN_WORDS.findall(_TEXT.sub(" ", _QUOTED.sub(" ", remark.message))))
    names = {name for name in spoken if name not in _BROUGHT_ALONG and not name.endswith(("Error", "Exception"))}
    if not names:
        return 1.0
    shown = {word for brief in briefs for word in _WORD.findall(f"{brief.path} {brief.diff}")}
    shown |= {
        word for brief in briefs for one in brief.related for word in _WORD.findall(f"{one.path} {one.text} {one.why}")
    }
    return len(names & shown) / len(names)
