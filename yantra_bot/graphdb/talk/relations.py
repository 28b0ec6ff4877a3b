"""Reads relations out of sentences: what stands between two entities says how they hang together. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from yantra_bot.domain.talk import EntityKind, RelationKind
from yantra_bot.graphdb.talk.rules import ACTORS, EVENTS, PLACES, RULES, THINGS, WORK
from yantra_bot.graphdb.talk.sentences import Sentence
from yantra_bot.graphdb.talk.spotted import Spotted

MAX_BETWEEN = 80
MAX_TOGETHER = 5
"""Entities of a sentence that are taken to relate because they stand together; a longer list says nothing."""
TOGETHER = 0.3
QUESTION = 0.4
PERHAPS = 0.7

_WITHOUT_SUBJECT = frozenset(
    {RelationKind.DEPENDS_ON, RelationKind.RELATES_TO, RelationKind.PART_OF, RelationKind.TOUCHES}
)
_NOT = re.compile(
    r"\b(?:not|never|no longer|without|instead of|rather than|cannot|stopped|removed?)\b|n['’]t\b", re.IGNORECASE
)
_PERHAPS = re.compile(
    r"\b(?:may|might|could|should|would|plan(?:s|ned)? to|want(?:s|ed)? to|maybe|perhaps|if|consider)\b", re.IGNORECASE
)
_LIST = re.compile(r"\s*(?:,|/|&|\band\b|\bor\b|,\s*and\b)\s*(?:the\s|a\s|an\s)?[\s\"'`*_]*", re.IGNORECASE)
_GOES_ON = re.compile(r"\s*,?\s*(?:and|but|,)\s+\w", re.IGNORECASE)
"""As in "it uses this and depends on that": the subject stays."""
_MARKER = re.compile(r"\s*(?:[-*+>]|\d{1,3}[.)])?\s*")


@dataclass(frozen=True, slots=True)
class Said:
    """A relation as one sentence says it."""

    source: Spotted
    target: Spotted
    kind: RelationKind
    confidence: float


def read_relations(text: str, sentence: Sentence, thread: Spotted | None) -> Iterator[Said]:
    """Yield what a sentence says; `thread` is the subject of a sentence that has none, as in "Depends on #3"."""
    sure = QUESTION if text[sentence.start : sentence.end].rstrip().endswith("?") else 1.0
    related: set[tuple[str, str]] = set()
    for said in _by_rules(text, sentence, thread):
        related |= {(said.source.key, said.target.key), (said.target.key, said.source.key)}
        yield Said(said.source, said.target, said.kind, said.confidence * sure)
    yield from _together(sentence.spotted, related)


def _by_rules(text: str, sentence: Sentence, thread: Spotted | None) -> Iterator[Said]:
    runs = _lists(text, sentence.spotted)
    if runs and thread is not None:
        lead = _MARKER.sub("", text[sentence.start : runs[0][0].start], count=1)
        for target in runs[0]:
            said = _match(thread, runs[0][0], f" {lead}")
            if said is not None and said.kind in _WITHOUT_SUBJECT and target.key != thread.key:
                yield Said(thread, target, said.kind, said.confidence)
    subjects: list[Spotted] = []
    for before, targets in pairwise(runs):
        between = text[before[-1].end : targets[0].start]
        sources = subjects if subjects and _GOES_ON.match(between) else before
        said = _match(sources[-1], targets[0], between)
        if said is None:
            continue
        subjects = sources
        is_passive = said.source is targets[0]
        for source in sources:
            for target in targets:
                first, second = (target, source) if is_passive else (source, target)
                if first.key != second.key:
                    yield Said(first, second, said.kind, said.confidence)


def _lists(text: str, spotted: Sequence[Spotted]) -> list[list[Spotted]]:
    """Return the entities of a sentence, those together that a list of like ones holds."""
    runs: list[list[Spotted]] = []
    for one in spotted:
        last = runs[-1][-1] if runs else None
        is_next = last is not None and one.said and last.said and one.kind in _similar(last.kind)
        if last is not None and (one.start == last.start or (is_next and _LIST.fullmatch(text, last.end, one.start))):
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _match(source: Spotted, target: Spotted, between: str) -> Said | None:
    """Return the first relation that the words between say."""
    if len(between) > MAX_BETWEEN or _NOT.search(between) or source.key == target.key or "\n\n" in between:
        return None
    for rule in RULES:
        if source.kind in rule.sources and target.kind in rule.targets and rule.words.fullmatch(between):
            sure = (
                rule.confidence * source.confidence * target.confidence * (PERHAPS if _PERHAPS.search(between) else 1)
            )
            return Said(target, source, rule.kind, sure) if rule.is_passive else Said(source, target, rule.kind, sure)
    return None


def _similar(kind: EntityKind) -> frozenset[EntityKind]:
    """Return the kinds that may go on a list that an entity of this kind begins."""
    groups = (ACTORS, WORK, PLACES, EVENTS)
    return next((group for group in groups if kind in group), THINGS - WORK)


def _together(found: Sequence[Spotted], related: set[tuple[str, str]]) -> Iterator[Said]:
    """Yield the guess that things in one short sentence relate."""
    away = {EntityKind.PERSON, EntityKind.LOCATION}
    things = list({one.key: one for one in found if one.said and one.kind not in away}.values())
    if not 2 <= len(things) <= MAX_TOGETHER:
        return
    for place, one in enumerate(things):
        for other in things[place + 1 :]:
            if (one.key, other.key) not in related:
                yield Said(one, other, RelationKind.RELATES_TO, TOGETHER * one.confidence * other.confidence)
