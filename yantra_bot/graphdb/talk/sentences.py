"""Splits a text into sentences, and says whom its pronouns mean. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from yantra_bot.domain.talk import EntityKind
from yantra_bot.graphdb.talk.spotted import Spotted

MAX_SENTENCES = 2_000
_END = re.compile(
    r"(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bDr)(?<!\bMr)[.!?]+[\"')\]]*(?=\s|$)|\n\s*\n|\n(?=\s{0,8}(?:[-*+>]|\d{1,3}[.)])\s)"
)
_PRONOUN = re.compile(
    r"\b(I|[Mm]e|[Mm]y|[Ww]e|[Uu]s|[Oo]ur|[Hh]e|[Hh]im|[Hh]is|[Ss]he|[Hh]er|[Tt]hey|[Tt]hem|[Tt]heir|[Ii]t|[Ii]ts"
    r"|(?:[Tt]his|[Tt]hat|[Tt]he) (?:issue|bug|ticket|PR|pull request|patch|change|project|repository|repo|function"
    r"|method|class|tool|library|framework|company|person))\b(?!['’](?:s not))"
)
_KINDS = {
    "function": (EntityKind.SYMBOL,),
    "method": (EntityKind.SYMBOL,),
    "class": (EntityKind.SYMBOL,),
    "tool": (EntityKind.TOOL, EntityKind.TECHNOLOGY),
    "library": (EntityKind.TECHNOLOGY, EntityKind.TOOL, EntityKind.PROJECT),
    "framework": (EntityKind.TECHNOLOGY,),
    "company": (EntityKind.ORGANISATION,),
    "person": (EntityKind.PERSON,),
}
_SINGULAR = frozenset({"he", "him", "his", "she", "her"})
_PLURAL = frozenset({"they", "them", "their"})
_THING = frozenset({"it", "its"})
_SELF = frozenset({"i", "me", "my"})
_GROUP = frozenset({"we", "us", "our"})
_THREAD = frozenset({"issue", "bug", "ticket", "pr", "request", "patch", "change"})
_PROJECT = frozenset({"project", "repository", "repo"})
_THINGS = frozenset(EntityKind) - {EntityKind.PERSON, EntityKind.LOCATION, EntityKind.EVENT}
PRONOUN = 0.7
"""How much of the confidence is left when only a pronoun stands there."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Whom `I`, `we` and `this issue` mean in a message; None where that is not known."""

    author: Spotted | None = None
    project: Spotted | None = None
    thread: Spotted | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A part of a text with the entities in it, those that pronouns mean included, in order."""

    start: int
    end: int
    spotted: tuple[Spotted, ...]


def split_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield where sentences, items of lists and paragraphs begin and end."""
    start = 0
    for count, end in enumerate(_END.finditer(text)):
        if text[start : end.end()].strip():
            yield start, end.end()
        start = end.end()
        if count >= MAX_SENTENCES:
            return
    if text[start:].strip():
        yield start, len(text)


def read_sentences(text: str, spotted: Sequence[Spotted], around: Surroundings) -> list[Sentence]:
    """Return the sentences of a text, each with its entities and what its pronouns mean."""
    found: list[Sentence] = []
    history: list[Spotted] = []
    subject: Spotted | None = None
    place = 0
    for start, end in split_sentences(text):
        own: list[Spotted] = []
        while place < len(spotted) and spotted[place].start < end:
            own.append(spotted[place])
            place += 1
        meant: list[Spotted] = []
        for pronoun in _PRONOUN.finditer(text, start, end):
            if not any(one.start < pronoun.end() and pronoun.start() < one.end for one in own):
                earlier = [one for one in own if one.end <= pronoun.start()]
                referent = resolve_pronoun(pronoun[1], history, earlier, around, subject)
                if referent is not None:
                    sure = referent.confidence * PRONOUN
                    meant.append(replace(referent, start=pronoun.start(), end=pronoun.end(), confidence=sure, said=""))
        history = [*history[-20:], *own]
        both = sorted([*own, *meant], key=lambda one: one.start)
        if both and both[0].kind in _THINGS:
            subject = both[0]
        found.append(Sentence(start, end, tuple(both)))
    return found


def resolve_pronoun(
    pronoun: str,
    history: Sequence[Spotted],
    earlier: Sequence[Spotted],
    around: Surroundings,
    subject: Spotted | None = None,
) -> Spotted | None:
    """Return whom a pronoun means, given what was spoken of before this sentence and earlier in it.

    `subject` is what the sentence before began with: what `it` means first.
    """
    word = pronoun.lower().split()[-1]
    if word in _SELF:
        return around.author
    if word in _GROUP or word in _PROJECT:
        return around.project
    if word in _THREAD:
        return around.thread
    before = [*history, *earlier]
    author = around.author.key if around.author else ""
    if word in _SINGULAR:
        return _last(before, {EntityKind.PERSON}, without=author)
    if word in _PLURAL:
        return _last(before, {EntityKind.PERSON, EntityKind.ORGANISATION}, without=author)
    if word in _THING:
        return subject or _last(history, _THINGS) or _last(earlier, _THINGS)
    return _last(before, set(_KINDS.get(word, ())))


def _last(
    spotted: Sequence[Spotted], kinds: set[EntityKind] | frozenset[EntityKind], without: str = ""
) -> Spotted | None:
    return next((one for one in reversed(spotted) if one.kind in kinds and one.key != without), None)
