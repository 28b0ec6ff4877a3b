"""A text as a query: its words with their weights, and what it names. Pure."""

import math
import re
from dataclasses import dataclass
from typing import Final

from yantra_bot.retrieval.cues import MAX_TEXT, Cues, find_cues
from yantra_bot.retrieval.past import Past
from yantra_bot.retrieval.terms import Counting
from yantra_bot.retrieval.words import name_words, split_words

MAX_WORDS: Final = 400
"""Different words that are looked for: the first ones of a text."""
_NOISE: Final = re.compile(r"https?://\S+|#\d+|\b[0-9a-f]{7,40}\b|\b\d+\b")
_WORN: Final = (
    "fix bug issue error add remove use make allow support ensure correct problem change update when not work"
)
WORN: Final = frozenset(word for one in _WORN.split() for word in split_words(one))
"""What every report says, where no past tells which words are worn."""
WORN_WEIGHT: Final = 0.4
LEAST_PAST: Final = 20
"""Commits; what fewer of them say is not worn yet."""


@dataclass(frozen=True)
class Query:
    """What is looked for. Both weigh words by their numbers, 0 to 1."""

    text: str
    cues: Cues
    plain: dict[int, float]
    """Every word weighs the same."""
    weighed: dict[int, float]
    """A word that commit messages use all the time weighs less."""
    title: dict[int, float]
    """As `weighed`, for the words of the first line alone."""
    meant: dict[int, float]
    """Words that changed functions are called by, where commits spoke as the text does; weighed, at most 1."""
    words: dict[int, str]
    """The words as the text writes them."""

    @property
    def is_empty(self) -> bool:
        return not self.plain


def read_query(text: str, counting: Counting, past: Past | None) -> Query:
    """Return a text as a query. Words that no file has are left out; `past` weighs the others."""
    # A lone surrogate, as JSON can hold it, is nothing that a tokenizer or a file takes.
    text = text[:MAX_TEXT].encode("utf-8", "replace").decode()
    words: dict[int, str] = {}
    weighed: dict[int, float] = {}
    for word, written in name_words(_NOISE.sub(" ", text)).items():
        number = counting.words.find(word)
        if number >= 0 and len(words) < MAX_WORDS:
            words[number] = written
            weighed[number] = _weigh(number, word, past)
    first = {counting.words.find(word) for word in split_words(text.lstrip().partition("\n")[0])}
    return Query(
        text=text,
        cues=find_cues(text),
        plain=dict.fromkeys(words, 1.0),
        weighed=weighed,
        title={number: weight for number, weight in weighed.items() if number in first},
        meant={} if past is None else past.translate(weighed),
        words=words,
    )


def _weigh(number: int, word: str, past: Past | None) -> float:
    if past is None or len(past) < LEAST_PAST:
        return WORN_WEIGHT if word in WORN else 1.0
    return min(1.0, -math.log(past.commonness(number)) / math.log(len(past) + 2))
