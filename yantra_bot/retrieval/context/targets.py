"""What a task is about: the best hits of its search, until they fall off. Pure."""

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
FALLEN_OFF: Final = 0.35
"""Of the best score: a hit below has little to do with the task."""
MOST_FALLEN: Final = 5
"""Hits behind the targets that are named as left out."""
MOST_REASONS: Final = 3


@dataclass(frozen=True, slots=True)
class Target:
    """A hit that is shown. `weight` is its score beside the best one's, 0 to 1."""

    chunk: Chunk
    weight: float
    reason: str

    @property
    def key(self) -> str:
        """The key of its chunk, which the graph's symbol has too."""
        return self.chunk.key


def choose_targets(found: Found, sources: Sources) -> tuple[list[Target], list[LeftOut]]:
    """Return the hits to show, best first, as the files have them now; and what of the hits is not shown."""
    hits = list(_wanted(found))
    best = max((hit.score for hit in hits), default=0.0)
    targets: list[Target] = []
    lost: list[LeftOut] = []
    for place, hit in enumerate(hits, start=1):
        now = find_now(hit.chunk, sources)
        if isinstance(now, str):
            lost.append(LeftOut(PartKind.TARGET, title_of(hit.chunk), now))
        elif not any(_is_inside(now, other.chunk) for other in targets):
            weight = hit.score / best if best > 0 else 1.0
            targets = [other for other in targets if not _is_inside(other.chunk, now)]
            targets.append(Target(now, weight, describe(hit, place)))
    return targets, [*lost, *_fallen(found, best)]


def _fallen(found: Found, best: float) -> Iterator[LeftOut]:
    """Yield the next hits behind those that count."""
    kept = {id(hit) for hit in _wanted(found)}
    behind = [(place, hit) for place, hit in enumerate(found.functions, start=1) if id(hit) not in kept]
    for place, hit in behind[:MOST_FALLEN]:
        if is_instruction(hit.chunk.path):
            continue
        share = f"with {hit.score / best:.0%} of the best score" if best > 0 else "with no score"
        yield LeftOut(PartKind.TARGET, title_of(hit.chunk), f"{ordinal(place)} of the search, {share}")


def _wanted(found: Found) -> Iterator[Hit]:
    functions = [hit for hit in found.functions if not is_instruction(hit.chunk.path)]
    best = functions[0].score if functions else 0.0
    yield from [hit for hit in functions if hit.score >= best * FALLEN_OFF or _is_named(hit)][:MOST_TARGETS]
    others = [hit for hit in found.others if not is_instruction(hit.chunk.path)]
    yield from [hit for hit in others if not functions or _is_named(hit)][:MOST_OTHERS]


def _is_named(hit: Hit) -> bool:
    return any(reason.kind is ReasonKind.NAMED for reason in hit.reasons)


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


def describe(hit: Hit, place: int) -> str:
    """Return why a hit is there."""
    strongest = sorted(hit.reasons, key=lambda reason: (-reason.share, reason.kind))[:MOST_REASONS]
    said = "; ".join(reason.words or str(reason.kind) for reason in strongest)
    return f"{ordinal(place)} of the search{f': {said}' if said else ''}"


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
