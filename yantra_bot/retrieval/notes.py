"""Notes on what was said: the lines and sentences of a conversation that are worth keeping, as they were said.

Pure, and no model: a line is judged by who said it, by how rare its words are in the conversation, and by whether it
reads as a finding (an error, a number, a name, a reason) or as code that can be read again. Nothing is reworded.
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import log

from yantra_bot.domain.conversation import Message, Role, Text, ToolCall, ToolResult
from yantra_bot.retrieval.salience import (
    LONGEST_LINE,
    judge_line,
    judge_speech,
    shape_of,
    split_lines,
    split_sentences,
    words_of,
)

HEADING = "[Notes on earlier turns, lines as they were said; call a tool again for what is left out]"
WARNING = Text(
    "[This conversation is nearly as long as it may be. Soon its earlier turns will be replaced by notes on them: say "
    "now, in a few sentences, what you have found out and what is left to do.]"
)
"""What a model is told before notes are made; no part of them."""
PART = "## "
USER, SAID, CALLS, ERROR, RESULT = "user: ", "said: ", "calls: ", "error: ", "| "
FIRST_TO_GO = (CALLS, RESULT, ERROR, SAID, "", USER)
"""What is thinned out first where even the notes are too long; a summary of a caller has no mark."""
BASE = {USER: 3.0, SAID: 0.9, ERROR: 0.5, RESULT: 0.0}
CALLS_SHARE = 0.2
WORTH = 0.7
"""The least score that a line is noted down for."""
LONGEST_ARGUMENT = 80


@dataclass(slots=True)
class Chunk:
    """Turns that are noted down together."""

    first: int
    last: int
    messages: list[Message]
    tokens: int

    def add(self, messages: Sequence[Message], tokens: int, number: int) -> None:
        self.messages += messages
        self.tokens += tokens
        self.last = number

    def words(self) -> str:
        """Return everything that was said in it, each line marked with who said it."""
        return "\n".join(f"{mark}{text}" for mark, text in lines_of(self.messages))


@dataclass(slots=True)
class Line:
    """A candidate for the notes."""

    chunk: int
    mark: str
    text: str
    tokens: int = 0
    score: float = 0.0
    words: frozenset[str] = field(default_factory=frozenset)
    is_edge: bool = False
    """Among the first or last lines of a result, where tools sum up."""
    is_placed: bool = False
    """A line of a file with its number: it can be read again."""


@dataclass(frozen=True, slots=True)
class Notes:
    """The text of the notes, as it stands in a conversation; empty when there are none."""

    text: str = ""

    def add(self, parts: Sequence[str], *, cap: int, count: Callable[[str], int]) -> "Notes":
        """Return these notes and new parts, thinned out, oldest first, to at most `cap` tokens."""
        lines = self.text.splitlines()[1:]
        number = sum(line.startswith(PART) for line in lines)
        for part in parts:
            if part.strip():
                number += 1
                lines += [f"{PART}{number}", *part.splitlines()]
        if not lines:
            return self
        return Notes("\n".join([HEADING, *thin_out(lines, cap, count)]))


def take_notes(chunks: Sequence[Chunk], *, share: float, count: Callable[[str], int]) -> list[str]:
    """Return the notes on each chunk: about `share` of its tokens, what one does not need going to the others."""
    lines = [line for number, chunk in enumerate(chunks) for line in candidates(number, chunk)]
    rate(lines)
    for line in lines:
        line.tokens = count(line.mark + line.text) + 1
    room = [int(chunk.tokens * share) for chunk in chunks]
    calls = [
        list_calls(chunk.messages, int(quota * CALLS_SHARE), count) for chunk, quota in zip(chunks, room, strict=True)
    ]
    room = [quota - (count(line) + 1 if line else 0) for quota, line in zip(room, calls, strict=True)]
    chosen = choose(lines, room)
    texts = []
    for number in range(len(chunks)):
        said = [f"{line.mark}{line.text}" for line in lines if line.chunk == number and id(line) in chosen]
        texts.append("\n".join([*([calls[number]] if calls[number] else []), *said]))
    return texts


def choose(lines: Sequence[Line], room: list[int]) -> set[int]:
    """Return the ids of the lines to keep: the best of each chunk, then the best of all with what room is left."""
    ordered = sorted(lines, key=lambda line: -line.score / max(line.tokens, 6) ** 0.3)
    chosen: set[int] = set()
    seen: set[str] = set()
    left = list(room)
    for line in ordered:
        if line.score > WORTH and line.tokens <= left[line.chunk] and line.text not in seen:
            left[line.chunk] -= line.tokens
            chosen.add(id(line))
            seen.add(line.text)
    spare = sum(left)
    for line in ordered:
        if line.score > WORTH and line.tokens <= spare and id(line) not in chosen and line.text not in seen:
            spare -= line.tokens
            chosen.add(id(line))
            seen.add(line.text)
    return chosen


def candidates(number: int, chunk: Chunk) -> list[Line]:
    """Return the lines of a chunk that may be kept."""
    found: list[Line] = []
    for message in chunk.messages:
        for block in message.blocks:
            if isinstance(block, Text) and block != WARNING:
                mark = USER if message.role is Role.USER else SAID
                found += [Line(number, mark, text[:LONGEST_LINE]) for text in split_sentences(block.text)]
            elif isinstance(block, ToolResult):
                mark = ERROR if block.is_error else RESULT
                lines = split_lines(block.content)
                for place, (text, is_placed) in enumerate(lines):
                    is_edge = not is_placed and (place < 2 or place >= len(lines) - 3)
                    found.append(Line(number, mark, text, is_edge=is_edge, is_placed=is_placed))
    return found


def rate(lines: Sequence[Line]) -> None:
    """Score every line by itself, and by how rare its words and its shape are among all."""
    for line in lines:
        line.words = words_of(line.text)
    spread = Counter(word for line in lines for word in line.words)
    shapes = Counter(shape_of(line.text) for line in lines)
    most = log(len(lines) + 1)
    for line in lines:
        rarest = sorted((most - log(spread[word]) for word in line.words), reverse=True)[:8]
        line.score = BASE[line.mark] + (sum(rarest) / (len(rarest) * most) if rarest and most else 0.0)
        if line.mark in (USER, SAID):
            line.score += judge_speech(line.text)
        else:
            line.score += judge_line(line.text, is_placed=line.is_placed) + 0.2 * line.is_edge
            line.score -= 0.25 * log(shapes[shape_of(line.text)])


def list_calls(messages: Sequence[Message], room: int, count: Callable[[str], int]) -> str:
    """Return a line that names the tools that were called, each with what it was called on."""
    told: list[str] = []
    for message in messages:
        for block in message.blocks:
            if isinstance(block, ToolCall) and (one := describe_call(block)) not in told:
                told.append(one)
    while told and count(CALLS + "; ".join(told)) > room:
        told.pop(len(told) // 2)  # the first says what it began with, the last where it ended
    return CALLS + "; ".join(told) if told else ""


def describe_call(call: ToolCall) -> str:
    """Return the name of a tool and its short arguments."""
    values = [value for value in (call.arguments or {}).values() if isinstance(value, str | int)]
    short = [str(value) for value in values if len(str(value)) <= LONGEST_ARGUMENT and "\n" not in str(value)]
    return " ".join([call.name, *short])


def thin_out(lines: Sequence[str], cap: int, count: Callable[[str], int]) -> list[str]:
    """Return the lines without the least needed of the oldest ones, at most `cap` tokens with the heading."""
    sizes = [count(line) + 1 for line in lines]
    excess = sum(sizes) + count(HEADING) - cap
    gone: set[int] = set()
    for mark in FIRST_TO_GO:
        for place, line in enumerate(lines):
            if excess <= 0:
                break
            if mark_of(line) == mark and not line.startswith(PART):
                gone.add(place)
                excess -= sizes[place]
    kept = [line for place, line in enumerate(lines) if place not in gone]
    return [
        line
        for place, line in enumerate(kept)
        if not line.startswith(PART) or not kept[place + 1 : place + 2] or not kept[place + 1].startswith(PART)
    ]


def mark_of(line: str) -> str:
    """Return who said a line of the notes; empty for a caller's own summary."""
    return next((mark for mark in (USER, SAID, CALLS, ERROR, RESULT) if line.startswith(mark)), "")


def lines_of(messages: Sequence[Message]) -> list[tuple[str, str]]:
    """Return everything that was said, in order, each text with its mark."""
    found: list[tuple[str, str]] = []
    for message in messages:
        for block in message.blocks:
            if isinstance(block, Text):
                found.append((USER if message.role is Role.USER else SAID, block.text))
            elif isinstance(block, ToolCall):
                found.append((CALLS, f"{block.name} {json.dumps(block.arguments or {}, ensure_ascii=False)}"))
            elif isinstance(block, ToolResult):
                found.append((ERROR if block.is_error else RESULT, block.content))
    return found
