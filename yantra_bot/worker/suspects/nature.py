"""Whether a change alters what code does, by the tokens that it took away and put there. Pure, and a guess.

What was there and is there still, but for a value that got a name of its own, most likely does what it did; so does
code in which one local name became another everywhere. What took something away alters something.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from yantra_bot.domain.graph import Language
from yantra_bot.review.changes.tokens import IN, OUT, read_tokens

KEPT: Final = 0.1
"""All that was there is there still: a value got a name, lines moved apart."""
ADDED: Final = 0.4
"""Nothing was taken away."""
_MOST: Final = 4_000
_GIVING: Final = frozenset(b"for as let const var mut".split())
_GLUE: Final = frozenset(b"= : ; ( ) , return const let var mut".split())
_FIXED: Final = frozenset(
    b"None True False null undefined nil self this return if else elif for while not and or in is raise throw".split()
    + b"try except finally with as import from def fn func class lambda yield await async break continue".split()
    + b"pass new const let var mut".split()
)


def alters(removed: str, added: str, language: Language | None) -> float:
    """Return how much a change seems to alter, 0 to 1; removed and added lines of one function."""
    old, new = (_tokens(text, language) for text in (removed, added))
    if not old:
        return ADDED if new else 0.0
    if old == new or _is_renamed(old, new):
        return KEPT
    if Counter(old) - Counter(new):
        return 1.0
    more = set(Counter(new) - Counter(old))
    names = {token for token in more if _is_name(token)} - set(old)
    # A name that was not there, and what it takes to give it a value and to use it.
    return KEPT if names and more - names <= _GLUE else 1.0


def _tokens(text: str, language: Language | None) -> list[bytes]:
    found = read_tokens(text.encode("utf-8", "replace")[: 40 * _MOST], language)
    return [token for token in found if token not in (IN, OUT) and not token.isspace()][:_MOST]


def _is_renamed(old: Sequence[bytes], new: Sequence[bytes]) -> bool:
    """Tell whether names were exchanged for names that were not there before, each for the same one everywhere."""
    if len(old) != len(new):
        return False
    forth: dict[bytes, bytes] = {}
    for one, other in zip(old, new, strict=True):
        if forth.setdefault(one, other) != other:
            return False
    changed = {one: other for one, other in forth.items() if one != other}
    is_name = all(_is_name(one) and _is_name(other) for one, other in changed.items())
    news = set(changed.values())
    return is_name and not news & set(old) and len(news) == len(changed) and news <= _given(new)


def _given(tokens: Sequence[bytes]) -> set[bytes]:
    """Return the names that these lines give a value to."""
    found: set[bytes] = set()
    for before, name, after, last in zip(
        (b"", *tokens), tokens, (*tokens[1:], b""), (*tokens[2:], b"", b""), strict=False
    ):
        if before in _GIVING or (after == b"=" and last != b"=") or (after == b":" and last == b"="):
            found.add(name)
    return found


def _is_name(token: bytes) -> bool:
    return token not in _FIXED and token.decode("utf-8", "replace").isidentifier()
