"""What is a comment of a review: a command, thanks, a question, or something to be done? One rule, pure.

A question is answered and thanks are heard; everything else is something to be done. Who asks in the form of a question
for a change (`could you rename this?`, `why not a set?`) wants the change.
"""

import re
from enum import StrEnum
from typing import Final

from yantra_bot.domain.commands import NoCommand
from yantra_bot.webhooks.commands import is_question, parse
from yantra_bot.webhooks.plain_words import clean, find_mail_reply, hide

LONGEST: Final = 20_000
_SUGGESTION: Final = re.compile(r"^ {0,3}(?:`{3,}|~{3,})[ \t]*suggestion\b", re.MULTILINE)
_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_THANKS: Final = frozenset(
    (*("thanks", "thank", "thx", "ty", "lgtm", "great", "nice", "perfect"), *("awesome", "good", "cool", "ok", "okay"))
)
_BESIDE: Final = frozenset(
    (
        *("you", "a", "lot", "so", "much", "looks", "look", "to", "me", "work", "job", "well", "very", "that", "s"),
        *("now", "sounds", "is", "all", "yes", "done", "1"),
    )
)
_FOR_IT: Final = re.compile(r"\bfor (?:the|this|that|your) (?:quick |nice )?(?:fix|change|work|help)\b", re.IGNORECASE)
_ASKS_FOR: Final = re.compile(
    r"\b(?:please|pls|(?:can|could|would|will) (?:you|we)|let'?s|shouldn'?t|should (?:we|it|this|you|not|be)|why not|"
    r"(?:how|what) about|instead|rather|mind (?:renaming|adding|removing|moving|using|changing))\b",
    re.IGNORECASE,
)


class ReviewWord(StrEnum):
    """What a comment of a review is."""

    COMMAND = "command"
    THANKS = "thanks"
    QUESTION = "question"
    REQUEST = "request"


def sort_words(text: str, *, handle: str = "yantra") -> ReviewWord:
    """Return what a comment is. What stands in code, quotes and quoted mails counts for nothing."""
    text = clean(text[:LONGEST])
    if not isinstance(parse(text, handle=handle), NoCommand):
        return ReviewWord.COMMAND
    if _SUGGESTION.search(text):
        return ReviewWord.REQUEST
    hidden = hide(text)
    own = hidden[: find_mail_reply(hidden)]
    words = {word.lower() for word in _WORD.findall(_FOR_IT.sub("", own))}
    if not words or (words & _THANKS and words <= _THANKS | _BESIDE):
        return ReviewWord.THANKS
    if is_question(text) and not _ASKS_FOR.search(own):
        return ReviewWord.QUESTION
    return ReviewWord.REQUEST
