"""Texts as numbers: a name in its parts, and the bucket of each. The same in every process and on every machine."""

import re
import zlib
from functools import lru_cache
from typing import Final

MAX_WORDS: Final = 400
"""Of one text; the rest says nothing new."""
_PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_a-zA-Z]+")


@lru_cache(maxsize=65_536)
def bucket(text: str, count: int) -> int:
    """Return the bucket of a text, of `count`."""
    return zlib.crc32(text.encode("utf-8", "replace")) % count


@lru_cache(maxsize=65_536)
def split(name: str) -> tuple[str, ...]:
    """Return the parts of a name in small letters: `readHTTPFile_2` is read, http, file, 2."""
    return tuple(part.lower() for part in _PARTS.findall(name[:200]))


@lru_cache(maxsize=65_536)
def name_buckets(name: bytes, count: int) -> tuple[int, ...]:
    """Return the buckets of the parts of a name."""
    return tuple(bucket(part, count) for part in split(name.decode("utf-8", "replace")))


def text_buckets(text: str, count: int) -> list[int]:
    """Return the buckets of a text's words, in their order."""
    return [bucket(word, count) for word in split_text(text)]


def split_text(text: str) -> list[str]:
    """Return the words of a text in small letters, at most 400."""
    return [word.lower() for word in _PARTS.findall(text[: MAX_WORDS * 20])][:MAX_WORDS]


def letter_buckets(name: str, count: int) -> list[int]:
    """Return the buckets of each three letters of a name, its ends being marked."""
    marked = f"^{name[:200].lower()}$"
    return [bucket(marked[place : place + 3], count) for place in range(len(marked) - 2)]


def own_buckets(name: str, count: int) -> list[int]:
    """Return the buckets of the parts of a qualified name."""
    return [bucket(part, count) for part in split(name)]
