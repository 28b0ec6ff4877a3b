"""How likely a lesson's mistake is the one that a question is about: a number in [0, 1]. Pure.

Four traits are looked at: what a sentence model says (`meaning`), words that both have (`words`), the form of the wrong
example found in the question (`form`), and the repaired form found there already (`cure`), which says that the mistake
is not being made. A lesson also has to stand out: `lead` is how far it is ahead of the best of the others, or behind
it, since two lessons that fit equally well are a sign that neither is meant.

The weights were fitted by `python -m benchmarks.memory_tuning` on one half of the labelled questions, and
docs/benchmarks.md reports the other half. Names of the repository's own count as any words do: whoever breaks the same
function again is to be warned.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from yantra_bot.domain.lessons import Lesson
from yantra_bot.learning.candidates import Candidate
from yantra_bot.learning.common_words import COMMON, FREQUENT, weigh_word
from yantra_bot.retrieval.words import split_words, stem

LONGEST_QUESTION: Final = 8_000
"""Letters of a question that are compared: its first half and its last, where it is longer."""

_TOKEN: Final = re.compile(
    r"[^\W\d]\w*|\d[\w.]*|\"[^\"\n]*\"|'[^'\n]*'|=>|->|:=|::|\?\?|\|\||&&|==|!=|<=|>=|\*\*|[^\w\s]"
)
_NAME, _TEXT, _NUMBER = "x", "S", "N"
_LIGHT: Final = frozenset({_NAME, _TEXT, _NUMBER, *"(),.=;:\"'`"})
"""Tokens that stand in nearly every line of code."""
_CODE: Final = re.compile(r"[()\[\]{}=<>_@$]|::|->|\w\.\w")
_CURES_ENOUGH: Final = 3.0
"""What of a repaired form has to be found for the cure to count in full."""

Form = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it is compared."""

    words: tuple[frozenset[str], ...]
    """Of each paragraph: a lesson is about one thing, and words from all over a long task do not add up to it."""
    forms: frozenset[Form]
    """Two or three neighbouring tokens each, with names that few lessons have as one."""
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class LessonReading:
    """A lesson as it is compared."""

    words: frozenset[str]
    wrong: frozenset[Form]
    cure: frozenset[Form]
    """Forms of the right example that the wrong one has not."""
    cure_names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Traits:
    """What speaks for a lesson and what against it."""

    meaning: float | None
    """Cosine, at least 0; None where there is no sentence model."""
    words: float
    form: float
    cure: float
    """In [0, 1]."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What the traits count, in logits."""

    meaning: float
    words: float
    form: float
    floor: float
    """What the best of the others has at least, in the sum of the three: a lesson alone has to stand out too."""
    fit: float
    lead: float
    bias: float
    """Set so that THRESHOLD is where the fit wants to be cut."""


THRESHOLD: Final = 0.75
"""Similarity from which a model is shown a lesson (SPEC 9): a likelihood of 1 in 4 in the half that was tuned, in
memories of 1 to 75 lessons of which half had none that was meant."""
SURE: Final = 0.93
"""Similarity from which people are told of one or asked about it: a likelihood of 3 in 5."""
WITH_MEANING: Final = Weights(meaning=5.46, words=1.52, form=0.408, floor=3.19, fit=0.043, lead=0.864, bias=-0.0583)
WITHOUT_MEANING: Final = Weights(meaning=0.0, words=1.98, form=0.442, floor=2.47, fit=0.0698, lead=0.735, bias=-0.0537)
CURE: Final = 0.84
"""Share of the similarity that goes where the cure is found in full."""
QUOTED: Final = 0.9
"""Similarity, at least, of a lesson whose wrong example is quoted."""
LONGEST_QUOTE: Final = 80
ALIKE: Final = 0.6
"""Share of words, of those that either has, from which two lessons are no rivals: they may be about one mistake."""


@lru_cache(maxsize=64)
def read_text(text: str) -> Reading:
    """Return a question as it is compared."""
    if len(text) > LONGEST_QUESTION:
        text = f"{text[: LONGEST_QUESTION // 2]}\n{text[-LONGEST_QUESTION // 2 :]}"
    tokens = _TOKEN.findall(text)
    paragraphs = tuple(frozenset(split_words(part)) for part in text.split("\n\n"))
    return Reading(paragraphs, _forms(tokens), _names(tokens))


def read_lesson(lesson: Lesson) -> LessonReading:
    """Return a lesson as it is compared."""
    return _read_lesson("\n".join((lesson.tried, lesson.failed, lesson.worked)), lesson.wrong, lesson.right)


@lru_cache(maxsize=4_096)
def _read_lesson(told: str, wrong: str, right: str) -> LessonReading:
    wrong_tokens, right_tokens = _TOKEN.findall(wrong), _TOKEN.findall(right)
    wrong_forms = _forms(wrong_tokens)
    return LessonReading(
        words=frozenset(split_words(f"{told}\n{wrong}")),
        wrong=wrong_forms,
        cure=_forms(right_tokens) - wrong_forms,
        cure_names=_names(right_tokens) - _names(wrong_tokens),
    )


def compare(question: Reading, candidate: Candidate) -> Traits:
    """Return what speaks for a candidate and what against it."""
    lesson = read_lesson(candidate.lesson)
    shared = max(sum(map(weigh_word, sorted(words & lesson.words))) for words in question.words)
    form = sum(_weigh_form(one) for one in question.forms & lesson.wrong)
    found = len(question.names & lesson.cure_names) + sum(map(_weigh_form, question.forms & lesson.cure)) / 3
    return Traits(
        meaning=None if candidate.meaning is None else max(candidate.meaning, 0.0),
        words=shared,
        form=form,
        cure=min(found / _CURES_ENOUGH, 1.0),
    )


def judge(question: str, candidates: Sequence[Candidate]) -> tuple[float, ...]:
    """Return the similarity of each candidate, in [0, 1]. A higher cosine of one never lowers its own."""
    reading = read_text(question)
    traits = [compare(reading, candidate) for candidate in candidates]
    has_meaning = all(one.meaning is not None for one in traits)
    judged = judge_traits(candidates, traits, WITH_MEANING if has_meaning else WITHOUT_MEANING)
    return tuple(
        max(value, QUOTED) if quotes_mistake(question, candidate.lesson) else value
        for value, candidate in zip(judged, candidates, strict=True)
    )


def quotes_mistake(question: str, lesson: Lesson) -> bool:
    """Say whether a short wrong example stands in a question letter by letter, and the right one does not.

    What people teach is often no more than `datetime.now()`: too few words to stand out by.
    """
    wrong, right = lesson.wrong.strip(), lesson.right.strip()
    if (
        not 5 <= len(wrong) <= LONGEST_QUOTE
        or "\n" in wrong
        or not _CODE.search(wrong)
        or (right and right in question)
    ):
        return False
    return re.search(rf"(?<![\w.]){re.escape(wrong)}(?!\w)", question) is not None


def judge_traits(candidates: Sequence[Candidate], traits: Sequence[Traits], weights: Weights) -> tuple[float, ...]:
    """Return the similarity of each candidate by its traits, in [0, 1]."""
    fits = [measure_fit(one, weights) for one in traits]
    rivals = find_rivals(candidates, fits)
    return tuple(
        _squash(weights.bias + weights.fit * fit + weights.lead * (fit - max(rival, weights.floor)))
        * (1 - CURE * one.cure)
        for one, fit, rival in zip(traits, fits, rivals, strict=True)
    )


def measure_fit(traits: Traits, weights: Weights) -> float:
    """Return how well a lesson fits by itself, at least 0."""
    return weights.meaning * (traits.meaning or 0.0) + weights.words * traits.words + weights.form * traits.form


def find_rivals(candidates: Sequence[Candidate], fits: Sequence[float]) -> tuple[float, ...]:
    """Return for each candidate how well the best of the others fits that is another mistake; 0 where there is none."""
    order = sorted(range(len(fits)), key=lambda place: -fits[place])
    return tuple(
        next(
            (
                fits[other]
                for other in order
                if other != place and not are_alike(candidates[place].lesson, candidates[other].lesson)
            ),
            0.0,
        )
        for place in range(len(fits))
    )


def are_alike(one: Lesson, other: Lesson) -> bool:
    """Say whether two lessons may be about one mistake."""
    return (bool(one.signature) and one.signature == other.signature) or measure_overlap(one, other) >= ALIKE


def measure_overlap(one: Lesson, other: Lesson) -> float:
    """Return the share of the words of two lessons that both have, in [0, 1]."""
    first, second = read_lesson(one).words, read_lesson(other).words
    return len(first & second) / (len(first | second) or 1)


def _squash(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def _forms(tokens: Sequence[str]) -> frozenset[Form]:
    plain = [_plain(token) for token in tokens]
    pairs = pairwise(plain)
    triples = zip(plain, plain[1:], plain[2:], strict=False)
    return frozenset(form for form in (*pairs, *triples) if _weigh_form(form))


def _plain(token: str) -> str:
    if token[0] in "\"'" and len(token) > 1:
        return _TEXT
    if token[0].isdigit():
        return _NUMBER
    if token[0].isalpha() or token[0] == "_":
        return token if _is_known(token) else _NAME
    return token


@lru_cache(maxsize=20_000)
def _is_known(name: str) -> bool:
    low = stem(name.lower())
    return low in COMMON or low in FREQUENT


@lru_cache(maxsize=50_000)
def _weigh_form(form: Form) -> float:
    return float(len(set(form) - _LIGHT))


def _names(tokens: Sequence[str]) -> frozenset[str]:
    return frozenset(token for token in tokens if len(token) > 1 and (token[0].isalpha() or token[0] == "_"))
