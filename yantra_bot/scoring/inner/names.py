"""Texts to numbers: syntax types and names hashed into buckets. The same in every process and on every machine."""

import re
import zlib
from functools import lru_cache
from typing import Final

KINDS: Final = 1024
"""Buckets of syntax types. 0 stands for a parameter of a callee, which is no node of the file."""
WORDS: Final = 8192
"""Buckets of words; sub-tokens and whole names share them."""
MAX_WORDS: Final = 8
"""Of one node: a long text is known by its beginning."""

_PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@lru_cache(maxsize=4096)
def kind_of(syntax_type: str, field: str) -> int:
    """Return the bucket of a syntax type in its role (the field of its parent that it fills, empty without one)."""
    return 1 + zlib.crc32(f"{syntax_type}/{field}".encode()) % (KINDS - 1)


@lru_cache(maxsize=65_536)
def words_of(text: str) -> tuple[int, ...]:
    """Return the buckets of a name's or a literal's words, and of the whole."""
    parts = [part.lower() for part in _PARTS.findall(text)][: MAX_WORDS - 1]
    return tuple(zlib.crc32(one.encode()) % WORDS for one in (*parts, f"={text[:64]}"))
