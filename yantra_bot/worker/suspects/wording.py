"""Words of a failure against words of code: which functions speak them, and which changed lines do. Pure."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.faults import Fault
from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.view import GraphView
from yantra_bot.retrieval.words import split_words

MOST_SOURCE: Final = 40 * 1024 * 1024
"""Bytes of sources that are looked through."""
MOST_QUOTED: Final = 50
"""Quoted names that are looked for: who writes to a log decides how many there are."""
_QUOTED: Final = re.compile(r"[\"'`]([A-Za-z_][\w.\-/]{1,60})[\"'`]")
_COMMON: Final = frozenset(
    (
        *("nonetype", "int", "str", "float", "list", "dict", "tuple", "set", "object", "bool", "bytes", "none", "null"),
        *("undefined", "function", "class", "self", "module", "string", "number", "error", "index", "key", "type"),
        "value",
    )
)
_AFFINITIES: Final = tuple(
    (re.compile(error, re.IGNORECASE), re.compile(code))
    for error, code in (
        (r"KeyError|NoSuchElement", r"\[|\.get\(|\.pop\(|\bdel |\bdict\b|keys|lookup"),
        (r"IndexError|IndexOutOfBounds|out of (?:range|bounds)", r"\[|range\(|len\(|length|[-+] ?1\b|pop\("),
        (r"ZeroDivision|divi(?:de|sion) by zero|ArithmeticException", r"/|%|divmod|\b0\b|len\("),
        (
            r"NoneType|\bnull\b|undefined|\bnil\b|NullPointer",
            r"\bNone\b|\bnull\b|undefined|\bnil\b|\breturn\b|\.get\(|Optional|\bor\b|\bif\b|\?\.|match\(",
        ),
        (r"has no attribute|is not a function|AttributeError|NoSuchMethod", r"\.\w+|\bdef \w|import|setattr|getattr"),
        (r"positional argument|unexpected keyword|missing \d+ required", r"\bdef |\w\(|\*"),
        (r"unsupported operand|can only concat|must be str|not supported between", r"[-+*/%<>]|str\(|int\(|return"),
        (r"not (?:iterable|subscriptable|callable)", r"\breturn\b|\bNone\b|yield|\[|\("),
        (r"UnboundLocal|NameError|is not defined|ReferenceError", r"\bif\b|\btry\b|=|import|\bdel\b"),
        (r"Recursion|stack (?:size|overflow)|StackOverflow", r"\breturn\b|\bif\b|<=?|>=?"),
        (
            r"timeout|timed out|latency|slow|p9\d|deadline|duration",
            r"sleep|timeout|\bfor\b|\bwhile\b|retr|wait|lock|join\(|query|SELECT|await|cache|sort|\bin\b",
        ),
        (r"memory|oom", r"append|cache|list\(|read\(|\+=|buffer|pool|copy|\*|extend"),
        (r"Unicode|codec|decode", r"encode|decode|utf|bytes|ascii|open\("),
        (r"connect|refused|unreachable|pool", r"host|url|port|connect|pool|timeout|close"),
        (r"ImportError|ModuleNotFound|Cannot find module|ClassNotFound", r"import|require|from"),
        (r"invalid literal|could not convert|NumberFormat|ValueError", r"int\(|float\(|parse|split|strip|format|raise"),
        (r"assert", r"assert|return|=="),
    )
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words that are looked for, each with its weight."""

    weights: Mapping[str, float]
    quoted: re.Pattern[str] | None = None
    """Finds a name that the error quotes; None: it quotes none."""

    def share(self, text: str) -> float:
        """Return how much of the weight a text speaks, 0 to 1."""
        if not self.weights:
            return 0.0
        found = set(split_words(text)) & self.weights.keys()
        return sum(self.weights[word] for word in found) / max(sum(sorted(self.weights.values())[-12:]), 1e-9)

    def quotes(self, text: str) -> float:
        """Return 1 where a text holds a name that the error quotes, else 0."""
        return float(self.quoted is not None and self.quoted.search(text) is not None)


def fits(failure: str, code: str) -> float:
    """Return 1 where a text of code does what can throw such a failure, else 0."""
    wanted = [does for says, does in _AFFINITIES if says.search(failure)]
    return float(any(does.search(code) for does in wanted)) if wanted else 0.0


def weigh(said: str, faults: Iterable[Fault], sources: Mapping[str, bytes]) -> Words:
    """Return the words of a failure; a word counts the more the fewer files have it, and nothing where none has."""
    faults = tuple(faults)
    quoted = [name for text in (*(fault.message for fault in faults), said) for name in _QUOTED.findall(text)]
    wanted = set(split_words(said)) | {word for fault in faults for word in split_words(fault.message)}
    texts = [data.lower() for data in sources.values()]
    weights = {}
    for word in wanted:
        needle = word.encode()
        count = sum(needle in text for text in texts)
        if count and len(word) > 2:
            weights[word] = math.log(1 + len(texts) / count)
    return Words(weights, _any_of(part for name in quoted for part in (name, name.rpartition(".")[2])))


def _any_of(names: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds one of the first names that say something, in one walk over a text."""
    rare = dict.fromkeys(name for name in names if len(name) > 2 and name.lower() not in _COMMON)
    chosen = "|".join(map(re.escape, [*rare][:MOST_QUOTED]))
    return re.compile(rf"(?<!\w)(?:{chosen})(?!\w)") if chosen else None


def speaking(
    view: GraphView,
    words: Words,
    sources: Mapping[str, bytes],
    callables: Callable[[str], Iterable[tuple[int, int, int]]],
) -> dict[int, float]:
    """Return the rows of functions that speak the words, the best of them 1; at most 12.

    `callables` returns (first line, last line, row) of each function of a file.
    """
    scored: dict[int, float] = {}
    rare = sorted(words.weights, key=lambda word: -words.weights[word])[:40]
    for path, data in sources.items():
        lower = data.lower()
        if sum(word.encode() in lower for word in rare) < min(2, len(rare)):
            continue
        lines = data.decode("utf-8", "replace").split("\n")
        for first, last, row in callables(path):
            if view.symbol(row).kind is NodeKind.TEST:
                continue
            value = words.share("\n".join(lines[first - 1 : last][:400])) / (1 + 0.1 * math.log1p(last - first))
            if value > 0:
                scored[row] = value
    best = sorted(scored.items(), key=lambda one: -one[1])[:12]
    top = best[0][1] if best else 1.0
    return {row: (value / top) ** 2 for row, value in best}
