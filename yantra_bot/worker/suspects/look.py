"""Looks at the last commits for what may have brought a failure, and ranks them: `look(trees, question)`.

It reads objects of git and parses them; nothing of the repository runs. The answer is an opinion with its reasons.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yantra_bot.domain.diagnosing import MOST_COMMITS, Anchor, Inspection, Question
from yantra_bot.domain.faults import Frame
from yantra_bot.domain.repository import called_name
from yantra_bot.errors import Permanent, UserError
from yantra_bot.monitor.suspects import DEFAULT, Change, Signals, Weights, rank
from yantra_bot.monitor.traces import Places
from yantra_bot.review.graphs import open_whole
from yantra_bot.review.owners import find_owners
from yantra_bot.review.subject import Version
from yantra_bot.review.trees import Trees
from yantra_bot.worker.suspects.nature import alters
from yantra_bot.worker.suspects.past import Commit, Past, Piece
from yantra_bot.worker.suspects.showing import Shown, show
from yantra_bot.worker.suspects.surroundings import Floats, Surroundings
from yantra_bot.worker.suspects.wording import MOST_SOURCE, Words, fits, speaking, weigh

MOST_FRAMES: Final = 16
_OUTER: Final = 0.75
"""What the next frame outwards counts, against the one inside it."""
_SPOKEN: Final = 0.3
"""What functions that speak the words of a failure count beside a trace."""


@dataclass(frozen=True)
class Looked:
    """What was looked at, with every change's signals: more than is told."""

    commits: tuple[Commit, ...]
    pieces: tuple[Piece, ...]
    changes: tuple[Change, ...]
    frames: tuple[Frame, ...]
    starts: dict[int, float]
    """Rows of the failing functions with what they count: those of the trace, else those that speak its words."""
    surroundings: Surroundings
    gaps: tuple[str, ...]
    version: Version


def look(
    trees: Trees, question: Question, *, scratch: Path, store: Path | None = None, weights: Weights = DEFAULT
) -> Inspection:
    """Return the ranked suspects. Raises UserError, Permanent, Transient where the past cannot be read at all."""
    looked = gather(trees, question, scratch=scratch, store=store)
    ranked = rank(looked.changes, weights)
    suspects = show(Shown(looked.commits, looked.surroundings, looked.starts, looked.frames), ranked)
    return Inspection(
        suspects,
        looked.frames,
        _anchors(looked),
        _owners(looked, suspects[0].places if suspects else ()),
        len(looked.commits),
        looked.gaps,
    )


def gather(trees: Trees, question: Question, *, scratch: Path, store: Path | None = None) -> Looked:
    """Return every function that the last commits changed, with what speaks for it."""
    past = Past(trees)
    commits, gaps = past.commits(question.serves, question.good, most=MOST_COMMITS)
    version = open_whole(trees, trees.open(question.serves), scratch=scratch, store=store)
    frames = _own_frames(version, question)
    surroundings = Surroundings(version.view)
    pieces: list[Piece] = []
    for commit in commits:
        try:
            pieces += past.pieces(commit)
        except (UserError, Permanent) as problem:
            gaps.append(f"{commit.id[:12]} could not be compared: {problem}")
    sources = _read_sources(version)
    words = weigh(question.words, question.faults, sources)
    framed = _place_frames(surroundings, frames)
    spoken = speaking(version.view, words, sources, surroundings.functions)
    starts = dict(framed)
    for row, worth in spoken.items():
        starts[row] = max(starts.get(row, 0.0), worth * (_SPOKEN if framed else 1.0))
    judge = _Judge(question, surroundings, commits, framed, starts, words, _blame(past, question.serves, frames))
    return Looked(
        commits,
        tuple(pieces),
        tuple(judge.change(piece) for piece in pieces),
        frames,
        framed or spoken,
        surroundings,
        tuple(gaps),
        version,
    )


class _Judge:
    """Says what speaks for each piece."""

    def __init__(
        self,
        question: Question,
        surroundings: Surroundings,
        commits: Sequence[Commit],
        framed: dict[int, float],
        starts: dict[int, float],
        words: Words,
        blamed: dict[str, float],
    ) -> None:
        self._failure = "\n".join([*(f"{one.error}: {one.message}" for one in question.faults), question.words[:4_000]])
        self._view = surroundings.view
        self._ages = {commit.id: at for at, commit in enumerate(commits)}
        self._framed, self._words, self._blamed = framed, words, blamed
        self._near: Floats = surroundings.nearness(starts)
        self._fed = surroundings.feeds(framed or starts)

    def change(self, piece: Piece) -> Change:
        """Return a piece with its signals."""
        row = self._view.index_of(piece.key) if piece.key else None
        text = f"{piece.name}\n{piece.added}\n{piece.removed}"
        age = self._ages[piece.commit.id]
        is_whole_file = not piece.name
        signals = Signals(
            frame=self._framed.get(row, 0.0) if row is not None else 0.0,
            blamed=self._blamed.get(f"{piece.commit.id} {piece.path}", 0.0) if self._is_framed(row) else 0.0,
            near=float(self._near[row]) if row is not None else 0.0,
            fed=self._fed.get(row, 0.0) if row is not None else 0.0,
            words=self._words.share(text),
            quoted=self._words.quotes(text),
            fits=fits(self._failure, f"{piece.added}\n{piece.removed}"),
            is_code=piece.is_code,
            alters=alters(piece.removed, piece.added, piece.language),
            size=0.0 if is_whole_file else min(1.0, math.log1p(piece.lines) / math.log1p(60)),
            recent=1 - age / max(len(self._ages) - 1, 1),
            is_new=1.0 if piece.commit.is_new else 0.0,
        )
        return Change(piece.commit.id, piece.name, f"{piece.path}:{piece.line}", signals)

    def _is_framed(self, row: int | None) -> bool:
        return row is not None and row in self._framed


def _own_frames(version: Version, question: Question) -> tuple[Frame, ...]:
    places = Places(version.paths)
    found: list[Frame] = []
    for fault in reversed(question.faults):  # what caused the others comes last: it is the innermost
        found += [frame for frame in places.own(fault.frames) if frame not in found]
    return tuple(found[-MOST_FRAMES:])


def _place_frames(surroundings: Surroundings, frames: Sequence[Frame]) -> dict[int, float]:
    """Return the functions of frames, the deepest with 1."""
    found: dict[int, float] = {}
    worth = 1.0
    for frame in reversed(frames):
        row = surroundings.function_at(frame.path, frame.line, frame.function)
        if row is not None and row not in found:
            found[row] = worth
            worth *= _OUTER
    return found


def _blame(past: Past, serves: str, frames: Sequence[Frame]) -> dict[str, float]:
    """Return how deep the frames are whose very line a commit wrote, by `commit path`."""
    found: dict[str, float] = {}
    worth = 1.0
    for frame in reversed(frames[-8:]):
        commit = past.wrote(serves, frame.path, frame.line)
        if commit:
            key = f"{commit} {frame.path}"
            found[key] = max(found.get(key, 0.0), worth)
        worth *= _OUTER
    return found


def _read_sources(version: Version) -> dict[str, bytes]:
    """Return the sources that the graph was made of, as far as they are looked through."""
    found: dict[str, bytes] = {}
    room = MOST_SOURCE
    for path in version.facts:
        data = version.read(path) or b""
        room -= len(data)
        if room < 0:
            break
        found[path] = data
    return found


def _anchors(looked: Looked) -> tuple[Anchor, ...]:
    best = sorted(looked.starts.items(), key=lambda one: -one[1])[:5]
    view, has_frames = looked.surroundings.view, bool(looked.frames)
    symbols = [view.symbol(row) for row, _ in best]
    return tuple(Anchor(one.qualified_name, f"{one.path}:{one.span.line}", is_frame=has_frames) for one in symbols)


def _owners(looked: Looked, places: Sequence[str]) -> tuple[str, ...]:
    deepest = [looked.frames[-1].path] if looked.frames else []
    paths = [*(place.rpartition(":")[0] for place in places[:3]), *deepest]
    owners, _ = find_owners(looked.version.read, paths, ())
    # CODEOWNERS may name e-mail addresses as well: they are nobody whom the forge could call.
    names = [owner.name for owner in owners if owner.name.startswith("@") and called_name(owner.name)]
    return tuple(names[:20])
