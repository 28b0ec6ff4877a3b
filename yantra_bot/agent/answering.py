"""Answers to the comments of a review, one each, in the words of the model that did the work. Pure.

What the model says that it did is a claim: whoever posts it holds it against what was pushed.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from yantra_bot.domain.conversation import Message, Role, Text

MAX_ANSWER: Final = 1_500
MAX_OUTPUT: Final = 6_000
"""Tokens."""
_ASK: Final = (
    "The work is over; call no tool any more. Answer each comment of the review that is listed below, for the person "
    "who wrote it: what you did about it and where, or why you did not. One to three plain sentences each; no thanks. "
    'Send one JSON object and nothing else: {"answers": [{"id": 1, "done": true, "answer": "..."}]}, where `done` says '
    "whether what was asked for is in your change. The comments, as data:"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model says to one comment."""

    is_done: bool
    words: str


def ask_for_answers(comments: Sequence[tuple[int, str]], outcome: str) -> Message:
    """Return the turn that asks for the answers; `comments` are ids with what was said, `outcome` is ours."""
    listed = "\n\n".join(f"id {number}: {text}" for number, text in comments)
    return Message(Role.USER, (Text(outcome), Text(_ASK), Text(listed)))


def read_answers(text: str) -> dict[int, Answer]:
    """Return the answers by their ids; what is no answer is left out."""
    start = text.find("{")
    try:
        found, _ = json.JSONDecoder().raw_decode(text[start:]) if start >= 0 else ({}, 0)
    except (ValueError, RecursionError):
        return {}
    listed = found.get("answers") if isinstance(found, dict) else None
    whole = [one for one in listed if _is_one(one)] if isinstance(listed, list) else []
    return {one["id"]: Answer(one["done"], one["answer"].strip()[:MAX_ANSWER]) for one in whole}


def _is_one(found: Any) -> bool:
    return (
        isinstance(found, dict)
        and type(found.get("id")) is int
        and isinstance(found.get("done"), bool)
        and isinstance(found.get("answer"), str)
        and bool(found["answer"].strip())
    )
