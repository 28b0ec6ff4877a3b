"""What a task is about: the best hits of its search, until they fall off. Pure."""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from yantra_bot.retrieval.chunks import Chunk, ChunkKind
from yantra_bot.retrieval.context.conventions import is_instruction
from yantra_bot.retrieval.context.parts import LeftOut, PartKind
from yantra_bot.retrieval.context.source import Sources
from yantra_bot.retrieval.hits import Found, Hit, ReasonKind

MOST_TARGETS: Final = 10
MOST_OTHERS: Final = 3
"""Classes, sections and settings beside functions; only such as the text names."""
FALLEN_OFF: Final = 0.2
"""How likely a hit is beside the best one: below, on tasks with known answers, one of twenty is right."""
OTHER_WEIGHT: Final = 0.5
"""Of what is no function: its score cannot be compared with theirs."""
MOST_FALLEN: Final = 5
"""Hits behind the targets that are named as left out."""
LEAST_SAID: Final = 0.01
MOST_REASONS: Final = 3


@dataclass(frozen=True, slots=True)
class Target:
    """A hit that is shown. `weight` says how likely it is beside the best one, 0 to 1."""

    chunk: Chunk
    weight: float
    reason: str

    @property
    def key(self) -> str:
        """The key of its chunk, which the graph's symbol has too."""
        return self.chunk.key


def choose_targets(found: Found, sources: Sources, task: str = "") -> tuple[list[Target], list[LeftOut]]:
    """Return the hits to show, best first, as the files have them now; and what of the hits is not shown."""
    hits = list(_wanted(found, task))
    targets: list[Target] = []
    lost: list[LeftOut] = []
    for hit, weight, reason in hits:
        now = find_now(hit.chunk, sources)
        if isinstance(now, str):
            lost.append(LeftOut(PartKind.TARGET, title_of(hit.chunk), now))
        elif not any(_is_inside(now, other.chunk) for other in targets):
            targets = [other for other in targets if not _is_inside(other.chunk, now)]
            targets.append(Target(now, weight, reason))
    return targets, [*lost, *_fallen(found, {hit.chunk.key for hit, _, _ in hits})]


def _wanted(found: Found, task: str) -> Iterator[tuple[Hit, float, str]]:
    """Yield the hits that count with weight and reason: functions first, then what else the task names."""
    best = max((hits[0].score for hits in (found.functions, found.definitions) if hits), default=0.0)
    counted = _count(found.functions, best, "the search")[:MOST_TARGETS]
    counted += _count(found.definitions, best, "the classes and tables that were found")[:MOST_OTHERS]
    yield from sorted(counted, key=lambda one: -one[1])
    others = [(place, hit) for place, hit in enumerate(found.others, start=1) if _is_shown(hit)]
    named = [(place, hit) for place, hit in others if not counted or _is_class_of(hit.chunk, task)]
    for place, hit in named[:MOST_OTHERS]:
        yield hit, OTHER_WEIGHT if counted else 1.0, describe(hit, place, "what else was found")


def _count(hits: Iterable[Hit], best: float, among: str) -> list[tuple[Hit, float, str]]:
    """Return those of some hits that count, with weight and reason; the scores of all code can be compared."""
    shown = [(place, hit, weigh_score(hit.score, best)) for place, hit in enumerate(hits, start=1) if _is_shown(hit)]
    counted = [one for one in shown if one[2] >= FALLEN_OFF or _is_named(one[1])]
    return [(hit, weight, describe(hit, place, among)) for place, hit, weight in counted]


def _is_shown(hit: Hit) -> bool:
    return not is_instruction(hit.chunk.path)


def weigh_score(score: float, best: float) -> float:
    """Return how likely a hit is beside the best one, 0 to 1: the scores of functions are logarithms of odds."""
    return math.exp(min(score - best, 0.0))


def _is_named(hit: Hit) -> bool:
    return any(reason.kind is ReasonKind.NAMED for reason in hit.reasons)


def _is_class_of(chunk: Chunk, task: str) -> bool:
    """Tell whether the task writes the name of a class, which is no word of plain English."""
    name = chunk.name.rpartition(".")[2]
    is_written = chunk.kind is ChunkKind.CLASS and bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", task))
    return is_written and not name.islower()


def _fallen(found: Found, kept: set[str]) -> Iterator[LeftOut]:
    """Yield the next hits behind those that count."""
    best = found.functions[0].score if found.functions else 0.0
    behind = [(place, hit) for place, hit in enumerate(found.functions, start=1) if hit.chunk.key not in kept]
    for place, hit in behind[:MOST_FALLEN]:
        if _is_shown(hit):
            weight = weigh_score(hit.score, best)
            likely = f"{weight:.0%}" if weight >= LEAST_SAID else f"under {LEAST_SAID:.0%}"
            reason = f"{ordinal(place)} of the search, {likely} as likely as the 1st"
            yield LeftOut(PartKind.TARGET, title_of(hit.chunk), reason)


def _is_inside(one: Chunk, other: Chunk) -> bool:
    if one.path != other.path or not other.first <= one.first <= one.last <= other.last:
        return False
    return other.kind not in {ChunkKind.CLASS, ChunkKind.MODULE} or one.key == other.key


def find_now(chunk: Chunk, sources: Sources) -> Chunk | str:
    """Return a chunk with the lines that it has in the file now; why it cannot be shown, where it is gone."""
    lines = sources.lines(chunk.path)
    if lines is None:
        return "the file has vanished since the search, or is no text"
    if chunk.kind not in {ChunkKind.CLASS, ChunkKind.MODULE}:
        text = "\n".join(line.removesuffix("\r") for line in chunk.text.removeprefix("\ufeff").split("\n"))
        if "\n".join(lines[chunk.first - 1 : chunk.last]) == text:
            return chunk
    same = next((one for one in sources.chunks(chunk.path) if one.name == chunk.name and one.kind is chunk.kind), None)
    if same is None:
        return "the file has changed since the search, and does not have it any more"
    return replace(same, around=same.around or chunk.around)


def describe(hit: Hit, place: int, among: str = "the search") -> str:
    """Return why a hit is there."""
    strongest = sorted(hit.reasons, key=lambda reason: (-reason.share, reason.kind))[:MOST_REASONS]
    said = "; ".join(reason.words or str(reason.kind) for reason in strongest)
    return f"{ordinal(place)} of {among}{f': {said}' if said else ''}"


def ordinal(number: int) -> str:
    """Return a place as it is said: `1st`, `2nd`, `3rd`, `4th`."""
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def title_of(chunk: Chunk) -> str:
    """Return the place and the name of a chunk."""
    return f"{chunk.path}:{chunk.first}-{chunk.last}{f' {chunk.name}' if chunk.name else ''}"


def touched_paths(targets: Iterable[Target], found: Found) -> list[str]:
    """Return the files that the task is likely to change, best first: those of the targets, else those found."""
    paths = dict.fromkeys(target.chunk.path for target in targets)
    return list(paths) or [hit.path for hit in found.files[:MOST_OTHERS]]
