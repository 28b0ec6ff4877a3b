"""Which command may be meant by words that are none. Pure, and only ever a proposal: a person says yes or no to it."""

import re
from typing import Final

from yantra_bot.domain.commands import Verb
from yantra_bot.webhooks.plain_words import hide

_BY_WORDS: Final = (
    (Verb.STOP, re.compile(r"\b(?:stop|cancel|abort|never ?mind)\b", re.IGNORECASE)),
    (Verb.PLAN, re.compile(r"\b(?:plan|propos(?:e|al)|outline)\b", re.IGNORECASE)),
    (Verb.FIX, re.compile(r"\b(?:fix|repair|mend|solve|debug|broken|bug|crash(?:es)?|regression)\b", re.IGNORECASE)),
    (
        Verb.IMPLEMENT,
        re.compile(
            r"\b(?:implement|build|add|create|write|make|do|change|refactor|update|upgrade|support|handle|rename|"
            r"remove|improve|ship|work on|go ahead|take (?:this|care))\b",
            re.IGNORECASE,
        ),
    ),
)
_LINK: Final = re.compile(r"https?://\S+")
_REVIEWS: Final = re.compile(r"\b(?:review|look|check|feedback|opinion|approve)\b", re.IGNORECASE)
_ON_PULLS: Final = (Verb.STOP,)


def propose_verb(text: str, *, is_pull_request: bool) -> Verb | None:
    """Return the command that is proposed for what somebody said; None where nothing fits."""
    own = _LINK.sub("", hide(text))
    found = next((verb for verb, words in _BY_WORDS if words.search(own)), None)
    if not is_pull_request:
        return found
    if found in _ON_PULLS:
        return found
    return Verb.REVIEW if _REVIEWS.search(own) else None
