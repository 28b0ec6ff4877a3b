"""How sure an answer may be: SPEC 5's four factors, each counted from what can be looked at, with its reason. Pure.

0.3 grounding + 0.3 coherence + 0.2 completeness + 0.2 specificity. A factor that cannot be counted is left out and the
other weights are scaled; no factor is a model's own word.
"""

import builtins
import keyword
import re
from collections.abc import Collection, Sequence
from typing import Final

from yantra_bot.agent.explaining.citations import cited, grounding, specificity
from yantra_bot.domain.explanations import Citation
from yantra_bot.domain.proof import Factor

WEIGHTS: Final = {"grounding": 0.3, "coherence": 0.3, "completeness": 0.2, "specificity": 0.2}
MOST_NAMED: Final = 3
_QUOTED: Final = re.compile(r"`([^`\n]{1,200})`")
_CODE: Final = re.compile(r"^ *```.*?(?:^ *```|\Z)", re.MULTILINE | re.DOTALL)
_WORD: Final = re.compile(r"[A-Za-z_]\w*")
_NAME: Final = re.compile(
    r"(?:[A-Za-z_]\w{2,}(?=\()|[A-Za-z]\w*_\w+|[a-z]+[A-Z]\w*|[A-Za-z_]\w{2,}(?:\.\w{2,})+|(?:[\w-]+/)*[\w-]+\.[a-z]{1,4}\b)"
)
_TEXT: Final = re.compile(r"\"[^\"\n]*\"|(?<!\w)'[^'\n]*'(?!\w)")
_BROUGHT_ALONG: Final = frozenset(
    {*dir(builtins), *keyword.kwlist, "self", "cls", "this", "null", "undefined", "true", "false"}
)


def weigh_answer(
    *, question: str, text: str, unknown: str, found: Sequence[Citation | None], read: Collection[str]
) -> tuple[float, tuple[Factor, ...]]:
    """Return the confidence in [0, 1] of an answer and its factors.

    `found` are its places, None for one that is not there; `read` are the words of all that the model was shown.
    """
    factors = (
        _ground(text, found),
        _cohere(text, read),
        _complete(question, text, unknown, found),
        _specify(text),
    )
    known = [(factor.weight, factor.value) for factor in factors if factor.value is not None]
    score = sum(weight * value for weight, value in known) / sum(weight for weight, _ in known)
    return round(score, 4), factors


def words_of(*texts: str) -> frozenset[str]:
    """Return the words of texts, for holding an answer against them."""
    return frozenset(word for text in texts for word in _WORD.findall(text))


def _ground(text: str, found: Sequence[Citation | None]) -> Factor:
    there = sum(1 for one in found if one is not None)
    used = len(cited(text) & {number for number, one in enumerate(found, 1) if one is not None})
    reason = f"{there} of {len(found)} places that it names are there, and it uses {used} of them"
    return Factor("grounding", WEIGHTS["grounding"], grounding(text, found), reason)


def _cohere(text: str, read: Collection[str]) -> Factor:
    """Hold the names of code that an answer speaks of against what was read: one that nobody showed does not follow."""
    names = _names_in(text)
    if not names:
        return Factor("coherence", WEIGHTS["coherence"], None, "it speaks of no name of the code")
    strange = [name for name in names if not words_of(name) - _BROUGHT_ALONG <= set(read)]
    reason = f"{len(names) - len(strange)} of {len(names)} names that it speaks of stand in what was read"
    reason += f"; not {', '.join(strange[:MOST_NAMED])}" if strange else ""
    return Factor("coherence", WEIGHTS["coherence"], 1 - len(strange) / len(names), reason)


def _complete(question: str, text: str, unknown: str, found: Sequence[Citation | None]) -> Factor:
    """Count what was asked for by name and is spoken of; what the answer itself leaves open counts against it."""
    asked = _names_in(question)
    spoken = words_of(text, *(f"{one.path} {one.quote}" for one in found if one is not None))
    told = [name for name in asked if words_of(name) - _BROUGHT_ALONG <= spoken]
    total, done = (len(asked), len(told)) if asked else (1, 1)
    reason = f"{done} of {total} names that were asked for are spoken of" if asked else "nothing was asked for by name"
    if unknown.strip():
        total, reason = total + 1, f"{reason}; it names what it cannot tell"
    return Factor("completeness", WEIGHTS["completeness"], done / total, reason)


def _specify(text: str) -> Factor:
    value = specificity(text)
    return Factor("specificity", WEIGHTS["specificity"], value, f"{value:.0%} of its paragraphs name a place")


def _names_in(text: str) -> list[str]:
    """Return the names of code in a text: in backticks, or written as code is; texts in quotes are no names."""
    text = _CODE.sub(" ", text)
    quoted = [part for part in _QUOTED.findall(text) if _WORD.search(part)]
    loose = _NAME.findall(_TEXT.sub(" ", _QUOTED.sub(" ", text)))
    names = dict.fromkeys(" ".join(_WORD.findall(_TEXT.sub(" ", part))) for part in (*quoted, *loose))
    return [name for name in names if words_of(name) - _BROUGHT_ALONG]
