"""Text of six languages as tokens, so that layout and comments do not count, and how like two lists of them are. Pure.

Python's blocks are tokens too: there white space carries meaning.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from yantra_bot.domain.graph import Language

Tokens = tuple[bytes, ...]

IN: Final = b"\x01"
OUT: Final = b"\x02"
"""Where a block of Python begins and ends."""
NAME: Final = b"\x03"
"""Stands for a symbol's own name, so that a new name alone makes no difference."""
MAX_TOKENS: Final = 20_000
"""Of one symbol that is compared for likeness; the rest of it is not looked at."""
# A comment matches outside of the group. A string that nobody ends reaches as far as it can: a pattern that failed
# there would begin anew at each quote.
_PYTHON: Final = re.compile(
    rb'(\w+|"""[^\\"]*(?:(?:\\.|"(?!""))[^\\"]*)*(?:""")?'
    rb"|'{3}[^\\']*(?:(?:\\.|'(?!''))[^\\']*)*(?:'{3})?"
    rb'|"[^\\"\n]*(?:\\.[^\\"\n]*)*"?'
    rb"|'[^\\'\n]*(?:\\.[^\\'\n]*)*'?|\n[ \t\f\r]*(?![#\s])|[^\w\s#])|\#[^\n]*",
    re.DOTALL,
)
_BRACES: Final = re.compile(
    rb"//[^\n]*|/\*(?:.*?\*/|.*)|(\w+"
    rb'|"(?:\\.|[^"\\])*"?|`(?:\\.|[^`\\])*`?|\'(?:\\.|[^\'\\\n])\'|\'[^\'\\\n]{2,}\'|[^\w\s])',
    re.DOTALL,
)
_NO_NAMES: Final = frozenset(
    b"return in is not and or yield if elif else while for lambda assert del await match case of typeof let".split()
)
_OPENING: Final = frozenset((b"(", b"[", b"{"))
_CLOSING: Final = frozenset((b")", b"]", b"}"))
_GLUE: Final = frozenset(
    b"export default declare const let var type func pub static final abstract async get set".split()
    + b"; , ( ) { } [ ] # @ = * |".split()
)


def read_tokens(text: bytes, language: Language | None) -> Tokens:
    """Return the tokens of a text, without comments."""
    found = _read_python(text) if language is Language.PYTHON else list(filter(None, _BRACES.findall(text)))
    return _without_last_commas(found)


def _without_last_commas(tokens: list[bytes]) -> Tokens:
    """Leave out commas before a closing bracket that say nothing: all but the one of `(a,)` and of `x[a,]`."""
    kept: list[bytes] = []
    commas: list[int] = []
    for token in tokens:
        if token in _OPENING:
            commas.append(0 if _makes_tuple(kept, token) else 1)
        elif token == b"," and commas:
            commas[-1] += 1
        elif token in _CLOSING and commas and commas.pop() > 1 and kept[-1] == b",":
            kept.pop()
        kept.append(token)
    return tuple(kept)


def _makes_tuple(before: list[bytes], bracket: bytes) -> bool:
    """Tell whether a single comma in a bracket means a tuple: in one that calls nothing, or in a subscription."""
    last = before[-1] if before else b""
    is_after_name = last in (b")", b"]") or ((last[-1:].isalnum() or last[-1:] == b"_") and last not in _NO_NAMES)
    return bracket != b"{" and is_after_name != (bracket == b"(")


def _read_python(text: bytes) -> list[bytes]:
    """Return tokens with a mark where a block begins or ends; a line that goes on in brackets begins none."""
    found: list[bytes] = []
    widths = [_width(text)]
    depth = 0
    for token in filter(None, _PYTHON.findall(text)):
        if not token.startswith(b"\n"):
            depth += (token in b"([{") - (token in b")]}")
            found.append(token)
        elif depth <= 0 and found and found[-1] != b"\\":
            depth = 0
            found += _steps(widths, len(token.replace(b"\r", b"").expandtabs()) - 1)
    return found


def _width(text: bytes) -> int:
    """Return how far the first line that says something is indented."""
    first = text.lstrip(b"\n\r")
    return len(first.expandtabs()) - len(first.expandtabs().lstrip(b" "))


def _steps(widths: list[int], width: int) -> list[bytes]:
    """Return the marks that lead to a line of a width, and keep the widths of the blocks that are open."""
    if width > widths[-1]:
        widths.append(width)
        return [IN]
    marks = []
    while len(widths) > 1 and width < widths[-1]:
        widths.pop()
        marks.append(OUT)
    return marks or [b"\n"]


def without_glue(tokens: Tokens) -> Tokens:
    """Return tokens without those that stand beside a definition and go with it: `export`, `;`, brackets."""
    return tuple(token for token in tokens if token not in _GLUE)


def without_names(tokens: Sequence[bytes], names: Sequence[str]) -> Tokens:
    """Return tokens with a mark of its own for each name, wherever that stands."""
    marks = {name.encode("utf-8", "surrogatepass"): NAME + b"%d" % place for place, name in enumerate(names)}
    return tuple(marks.get(token, token) for token in tokens)


def body_of(tokens: Tokens, signature: Tokens) -> Tokens:
    """Return what follows after a definition's head; all of it where the head is not found."""
    wanted = Counter(signature)
    missing = len(signature)
    for place, token in enumerate(tokens):
        if wanted[token] > 0:
            wanted[token] -= 1
            missing -= 1
            if missing == 0:
                return tokens[place + 1 :]
    return tokens


def count_pairs(tokens: Sequence[bytes]) -> Counter[tuple[bytes, bytes]]:
    """Return how often each pair of neighbours occurs."""
    return Counter(pairwise(tokens[:MAX_TOKENS]))


def likeness(one: Counter[tuple[bytes, bytes]], other: Counter[tuple[bytes, bytes]]) -> float:
    """Return how much two texts have in common, by their counted pairs: 0 nothing, 1 all."""
    total = one.total() + other.total()
    few, many = sorted((one, other), key=len)
    return 2 * _shared(few.items(), many) / total if total else 0.0


def _shared(few: Iterable[tuple[tuple[bytes, bytes], int]], many: Counter[tuple[bytes, bytes]]) -> int:
    return sum(min(count, many[pair]) for pair, count in few)
