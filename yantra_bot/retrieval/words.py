"""Splits text into the words that are searched: identifiers into their parts, plain English to its stem. Pure.

A query and a document are split by the same rules, so that `getUserName`, `get_user_name` and "the user's names" meet.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

MAX_WORD: Final = 64
_IDENTIFIER: Final = re.compile(r"[^\W\d]\w*|\d[\w.]*")
_PARTS: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[^\W\d_A-Z]+|[A-Z]+|\d+")

_ENDINGS: Final = (("ies", "y"), ("ing", ""), ("edly", ""), ("ed", ""), ("ly", ""), ("s", ""))
_STOP: Final = """
    a about after all also an and any are as at be because been before but by can could did do does doing don each
    for from had has have having he her here him his how i if in into is it its itself just like me more most my no
    nor not now of off on once only or other our out over own same she should so some such than that the their them
    then there these they this those through to too under until up very was we were what when where which while who
    whom why will with would you your
"""
STOP: Final = frozenset(_STOP.split())
"""Words that say nothing of what a text is about."""


def split_words(text: str) -> Iterator[str]:
    """Yield the words of a text in order, those of an identifier after the identifier itself, all in lower case.

    An identifier of several parts gives itself (`get_user` as `get_user`) and each part's stem.
    """
    for token in _IDENTIFIER.findall(text):
        yield from _split(token[:MAX_WORD])


def name_words(text: str) -> dict[str, str]:
    """Return the words of a text in order, each with how the text first writes it."""
    found: dict[str, str] = {}
    for token in _IDENTIFIER.findall(text):
        parts = _PARTS.findall(token[:MAX_WORD])
        for word in _split(token[:MAX_WORD]):
            found.setdefault(word, next((part for part in parts if stem(part.lower()) == word), token))
    return found


def find_identifiers(text: str) -> list[str]:
    """Return the identifiers of a text as they are written, in order, those of one letter left out."""
    return [token for token in _IDENTIFIER.findall(text) if len(token) > 1 and not token[0].isdigit()]


@lru_cache(maxsize=100_000)
def _split(token: str) -> tuple[str, ...]:
    parts = [part.lower() for part in _PARTS.findall(token)]
    stems = tuple(stem(part) for part in parts if part not in STOP)
    whole = token.lower().strip("_")
    if len(parts) > 1:
        return (whole, *stems)
    return stems


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return a word without the endings that English inflects: plural, `-ing`, `-ed`, `-ly`."""
    if len(word) <= 3 or not word.isascii():
        return word
    for ending, kept in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)] + kept
            if ending in {"ing", "ed"} and len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    return word.removesuffix("e") if len(word) > 3 else word
