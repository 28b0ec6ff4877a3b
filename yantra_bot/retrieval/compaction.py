"""Long conversations made short (SPEC 1): the first messages and the newest turns as they are, notes on the rest.

Pure and deterministic: the same messages give the same result, on a replay too. A call and its result are never parted,
since vendors refuse that; a call that has no result is always kept. Nothing is made up: notes are lines that were said,
unless the caller hands in a summary.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from yantra_bot.domain.conversation import Block, Image, Message, Role, Text, ToolCall, ToolResult
from yantra_bot.retrieval.notes import HEADING, Chunk, Notes, take_notes
from yantra_bot.retrieval.picture_tokens import count_largest
from yantra_bot.retrieval.tokens import render_block

Count = Callable[[str], int]
Summarise = Callable[[str, int], str]
"""Makes a text of at most so many tokens out of the words of a chunk. On a replay it has to give the same again."""
SHORTENED = "\n[… shortened to save room; call the tool again for all of it …]\n"
SHORT_TOKENS = 300
"""What is left of a result in the newest turns where even they are too long, about."""


@dataclass(frozen=True, slots=True)
class Room:
    """How much may be kept, in tokens."""

    limit: int
    """Of all messages together; a conversation within it is left alone."""
    last: int = 4_000
    """Of the newest turns, kept as they are."""
    chunk: int = 2_000
    """Of what is noted down together."""
    share: float = 0.07
    """Of a chunk that its notes may have."""


@dataclass(frozen=True, slots=True)
class Turn:
    """An answer with what came back, or several that a late result ties together: kept or noted down as one."""

    messages: tuple[Message, ...]
    tokens: int
    has_open_call: bool = False


def compact(
    messages: Sequence[Message], *, count: Count, room: Room, summarise: Summarise | None = None
) -> tuple[Message, ...]:
    """Return the messages, those in the middle noted down, when all have more tokens than `room.limit`.

    What comes back holds at most `room.limit` tokens unless the first messages and the last turn need more. It is left
    alone by a second call.
    """
    if sum(count_message(message, count) for message in messages) <= room.limit:
        return tuple(messages)
    first = 0
    while first < len(messages) and messages[first].role is Role.USER:
        first += 1
    opening, earlier = take_out_notes(messages[:first])
    turns = split_turns(messages[first:], count)
    kept = keep_last(turns, room.last)
    middle, tail = turns[: len(turns) - kept], turns[len(turns) - kept :]
    notes = Notes(earlier).add(note_down(middle, room, count, summarise), cap=max(room.limit // 8, 200), count=count)
    pinned = [message for turn in middle if turn.has_open_call for message in turn.messages]
    newest = [*pinned, *(message for turn in tail for message in turn.messages)]
    short = [*put_in_notes(opening, notes.text), *newest]
    return tuple(shorten(short, len(short) - len(newest), count, room))


def count_message(message: Message, count: Count) -> int:
    """Return the tokens of what a message says."""
    # No model is named here: a picture counts for what it costs the dearest one.
    return sum(
        count_largest(block) if isinstance(block, Image) else count(render_block(block)) for block in message.blocks
    )


def split_turns(messages: Sequence[Message], count: Count) -> list[Turn]:
    """Return the messages in turns; each begins with an answer, and no call is parted from its result."""
    turn_of: list[int] = []
    for message in messages:
        turn_of.append((turn_of[-1] if turn_of else 0) + (message.role is Role.ASSISTANT))
    asked: dict[str, int] = {}
    ties: list[tuple[int, int]] = []
    for place, message in enumerate(messages):
        for block in message.blocks:
            if isinstance(block, ToolCall):
                asked[block.id] = place
            elif isinstance(block, ToolResult) and (call := asked.pop(block.call_id, None)) is not None:
                ties.append((turn_of[call], turn_of[place]))
    tied = {number for first, last in ties for number in range(first + 1, last + 1)}
    turns: list[list[int]] = []
    for place, turn in enumerate(turn_of):
        if not turns or (turn != turn_of[place - 1] and turn not in tied):
            turns.append([])
        turns[-1].append(place)
    waiting = set(asked.values())
    return [
        Turn(
            tuple(messages[place] for place in places),
            sum(count_message(messages[place], count) for place in places),
            not waiting.isdisjoint(places),
        )
        for places in turns
    ]


def keep_last(turns: Sequence[Turn], tokens: int) -> int:
    """Return how many turns at the end are kept as they are: at least one, more while they fit."""
    kept, used = 0, 0
    for turn in reversed(turns):
        used += turn.tokens
        if kept and used > tokens:
            break
        kept += 1
    return kept


def note_down(turns: Sequence[Turn], room: Room, count: Count, summarise: Summarise | None) -> list[str]:
    """Return the notes on turns, a text for each chunk of them."""
    chunks: list[Chunk] = []
    for number, turn in enumerate(turns):
        if turn.has_open_call:
            continue
        if not chunks or chunks[-1].tokens >= room.chunk:
            chunks.append(Chunk(number + 1, number + 1, [], 0))
        chunks[-1].add(turn.messages, turn.tokens, number + 1)
    if summarise is None:
        return take_notes(chunks, share=room.share, count=count)
    return [
        cut(summarise(chunk.words(), int(chunk.tokens * room.share)), int(chunk.tokens * room.share), count)
        for chunk in chunks
    ]


def take_out_notes(opening: Sequence[Message]) -> tuple[list[Message], str]:
    """Return the first messages without the notes of an earlier time, and these."""
    found = ""
    messages = []
    for message in opening:
        blocks: list[Block] = []
        for block in message.blocks:
            if isinstance(block, Text) and block.text.startswith(HEADING):
                found = block.text
            else:
                blocks.append(block)
        if blocks:
            messages.append(Message(message.role, tuple(blocks)))
    return messages, found


def put_in_notes(opening: Sequence[Message], notes: str) -> list[Message]:
    """Return the first messages with the notes at the end of the last one, so that the speakers still alternate."""
    if not notes:
        return list(opening)
    if not opening:
        return [Message(Role.USER, (Text(notes),))]
    return [*opening[:-1], Message(opening[-1].role, (*opening[-1].blocks, Text(notes)))]


def shorten(messages: Iterable[Message], first: int, count: Count, room: Room) -> list[Message]:
    """Return the messages, results of the newest turns shortened from the oldest on while all are too long."""
    result = list(messages)
    total = sum(count_message(message, count) for message in result)
    for place in range(first, len(result)):
        for number, block in enumerate(result[place].blocks):
            if total <= room.limit:
                return result
            if not isinstance(block, ToolResult) or SHORTENED in block.content:
                continue
            short = ToolResult(block.call_id, shorten_text(block.content), block.is_error)
            total += count(short.content) - count(block.content)
            blocks = (*result[place].blocks[:number], short, *result[place].blocks[number + 1 :])
            result[place] = Message(result[place].role, blocks)
    return result


def shorten_text(text: str) -> str:
    """Return beginning and end of a text, or all of a short one."""
    half = SHORT_TOKENS * 3 // 2
    return text if len(text) <= 2 * half + len(SHORTENED) else text[:half] + SHORTENED + text[-half:]


def cut(text: str, tokens: int, count: Count) -> str:
    """Return as many whole lines of a text as have so few tokens."""
    kept: list[str] = []
    for line in text.splitlines():
        tokens -= count(line) + 1
        if tokens < 0:
            break
        kept.append(line)
    return "\n".join(kept)
