"""What a model's summary of its change claims, as checkable statements out of its sentences. Pure.

Only what can be looked up is a claim: a name, a file, a test, the state of the tests, that behaviour stays, a number.
A sentence that denies something claims nothing of it.
"""

import builtins
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MAX_CLAIMS: Final = 60
_FENCED: Final = re.compile(r"^ *```.*?(?:^ *```[^\S\n]*$|\Z)", re.MULTILINE | re.DOTALL)
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=\S)|\n+")
_QUOTED: Final = re.compile(r"`([^`\n]{1,120})`")
_NAME: Final = re.compile(r"(?:[A-Za-z_]\w*(?:\.|::|#))*[A-Za-z_]\w*(?:\(\))?")
_CALLED: Final = re.compile(r"(?<![\w./`])([A-Za-z_][\w.]*)\(\)")
_FILE: Final = re.compile(
    r"(?<![\w/.:-])((?:[\w@.-]+/)*[\w@-][\w@.-]*"
    r"\.(?:py|pyi|js|jsx|ts|tsx|mjs|cjs|go|rs|java|rb|sh|toml|ya?ml|json|md|rst|txt|cfg|ini|html|css|sql|c|h|cpp))\b"
    r"(?![\w(])"
)
_DENIAL: Final = re.compile(
    r"\b(?:no|not|never|without|cannot|nothing|none|missing|instead of|rather than|used to"
    r"|kein\w*|nicht|ohne|pas|sans|sin|sem|não)\b|n't\b",
    re.IGNORECASE,
)
_ADDS_TEST: Final = re.compile(
    r"\b(?:add(?:s|ed|ing)?|wr(?:ote|ites?|itten)|new|introduc\w+|extend(?:s|ed))\b[^.;]{0,60}\btests?\b"
    r"|\btests? (?:now )?cover",
    re.IGNORECASE,
)
_ALL_PASS: Final = re.compile(
    r"\b(?:all|every|full|whole)\b[^.;]{0,40}\b(?:tests?|suite)\b[^.;]{0,25}\b(?:pass(?:es|ed)?|green|succeeds?)\b"
    r"|\b(?:tests?|suite) (?:all )?(?:now )?(?:pass(?:es|ed)?\b|(?:is|are) (?:all )?(?:green|passing))",
    re.IGNORECASE,
)
_SAME_BEHAVIOUR: Final = re.compile(
    r"\bno (?:behaviou?r(?:al)?|functional) changes?\b"
    r"|\bbehaviou?r (?:is|stays|remains) (?:unchanged|the same|as it was)\b"
    r"|\bwithout (?:changing|any change (?:of|in|to)) (?:the |its )?behaviou?r\b|\bpure refactor(?:ing)?\b",
    re.IGNORECASE,
)
_NUMBERS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_COUNT: Final = re.compile(
    rf"\b(\d{{1,6}}|{'|'.join(_NUMBERS)})\s+(?:new\s+|more\s+|further\s+|unit\s+|regression\s+|changed\s+)*(tests?|files?)\b",
    re.IGNORECASE,
)
_OF_CHANGE: Final = re.compile(
    r"\b(?:add\w*|new|chang\w*|touch\w*|edit\w*|modif\w*|across|pass\w*|wr[io]t\w*|updat\w*|green)\b", re.IGNORECASE
)
_BROUGHT_ALONG: Final = frozenset({*dir(builtins), *keyword.kwlist, "self", "cls", "this", "null", "undefined", "true"})


class ClaimKind(StrEnum):
    """What a claim is about."""

    NAME = "name"
    FILE = "file"
    ADDS_TEST = "adds a test"
    ALL_PASS = "all tests pass"  # noqa: S105 (a kind of claim, no password)
    SAME_BEHAVIOUR = "behaviour stays"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class SummaryClaim:
    """One statement of a summary. `subject` is the name, the path, or `tests` and `files` of a number."""

    kind: ClaimKind
    sentence: str
    subject: str = ""
    number: int = 0


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a summary, without code blocks; each stands in the text as it is returned."""
    return [part.strip() for part in _SENTENCE.split(_FENCED.sub("\n", text)) if part.strip()]


def extract_claims(summary: str) -> tuple[SummaryClaim, ...]:
    """Return what a summary claims, in its order, each claim once."""
    found = dict.fromkeys(claim for sentence in split_sentences(summary) for claim in _find(sentence))
    return tuple(found)[:MAX_CLAIMS]


def _find(sentence: str) -> Iterator[SummaryClaim]:
    if _SAME_BEHAVIOUR.search(sentence):
        yield SummaryClaim(ClaimKind.SAME_BEHAVIOUR, sentence)
    if _DENIAL.search(_QUOTED.sub("", _SAME_BEHAVIOUR.sub("", sentence))):
        return
    yield from _things(sentence)
    if _ADDS_TEST.search(sentence):
        yield SummaryClaim(ClaimKind.ADDS_TEST, sentence)
    if _ALL_PASS.search(sentence):
        yield SummaryClaim(ClaimKind.ALL_PASS, sentence)
    if _OF_CHANGE.search(sentence):
        for number, what in _COUNT.findall(sentence):
            value = int(number) if number.isdigit() else _NUMBERS.index(number.lower())
            yield SummaryClaim(ClaimKind.NUMBER, sentence, f"{what.lower().rstrip('s')}s", value)


def _things(sentence: str) -> Iterator[SummaryClaim]:
    """Yield the files and names that a sentence speaks of."""
    files = _FILE.findall(sentence)
    for path in files:
        yield SummaryClaim(ClaimKind.FILE, sentence, path)
    spoken = [text.strip() for text in _QUOTED.findall(sentence)] + _CALLED.findall(_QUOTED.sub("", sentence))
    for text in spoken:
        name = text.removesuffix("()")
        if text in files or not _NAME.fullmatch(text) or len(name) < 3 or name in _BROUGHT_ALONG:
            continue
        yield SummaryClaim(ClaimKind.NAME, sentence, name)
