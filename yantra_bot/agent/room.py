"""Keeps a run's conversation within the room of its model: warns at 85 % of it, makes notes of the middle at 90 %.

Pure: the same conversation gives the same messages, so that a run that is replayed asks what it asked before.
"""

import json
from collections.abc import Sequence
from typing import Protocol

from yantra_bot.domain.conversation import Message, Role, ToolSpec
from yantra_bot.retrieval.budget import Fill, WindowUse, trim_limit
from yantra_bot.retrieval.compaction import Room, compact, count_message
from yantra_bot.retrieval.notes import WARNING


class Ruler(Protocol):
    """Counts what a conversation fills."""

    def counted(self, text: str, model: str) -> int:
        """Return the tokens of a text, as they are counted here."""

    def room(self, model: str) -> int:
        """Return the most tokens, counted so, that a conversation with the model may fill, the answer included."""


def measure(
    messages: Sequence[Message], *, model: str, system: str, tools: Sequence[ToolSpec], answer: int, ruler: Ruler
) -> WindowUse:
    """Return what the next request fills of the conversation's room. `context` is the first message."""

    def count(text: str) -> int:
        return ruler.counted(text, model)

    told = sum(count(f"{tool.name}\n{tool.description}\n{json.dumps(tool.parameters)}") for tool in tools)
    sizes = [count_message(message, count) for message in messages]
    return WindowUse(
        system=count(system) + told,
        user=sum(sizes[1:]),
        context=sum(sizes[:1]),
        total=ruler.room(model),
        answer=answer,
    )


def keep_within(messages: Sequence[Message], use: WindowUse, *, model: str, ruler: Ruler) -> list[Message]:
    """Return the messages, with a warning when they fill 85 % of the room, shortened when they fill 90 %."""
    if use.fill is Fill.TRIM:
        room = Room(limit=trim_limit(use.total, use.answer + use.system))
        return list(compact(messages, count=lambda text: ruler.counted(text, model), room=room))
    is_told = any(block == WARNING for message in messages for block in message.blocks)
    if use.fill is Fill.WARN and not is_told and messages and messages[-1].role is Role.USER:
        return [*messages[:-1], Message(Role.USER, (*messages[-1].blocks, WARNING))]
    return list(messages)
