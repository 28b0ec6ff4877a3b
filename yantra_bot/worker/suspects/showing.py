"""Ranked changes as suspects: whose functions, on which path from the failing one, and why, in one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.faults import Frame
from yantra_bot.domain.incidents import MOST_SUSPECTS, Suspect
from yantra_bot.graphdb.view import Direction
from yantra_bot.graphdb.walks import walk
from yantra_bot.monitor.suspects import MOST_FUNCTIONS, Change, Ranked, Signals, squash
from yantra_bot.worker.suspects.past import Commit
from yantra_bot.worker.suspects.surroundings import LINKS, Surroundings

_DEPTH: Final = 4
_LEAST_COMMIT: Final = 0.15
"""A commit that has less of the first one's score than this is no suspect."""
_LEAST: Final = 0.2
"""A function that has less of a commit's best score than this is not named."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a ranking is shown with."""

    commits: Sequence[Commit]
    surroundings: Surroundings
    starts: dict[int, float]
    frames: Sequence[Frame]


def show(shown: Shown, ranked: Sequence[Ranked]) -> tuple[Suspect, ...]:
    """Return the first suspects."""
    known = {commit.id: commit for commit in shown.commits}
    least = _LEAST_COMMIT * ranked[0].score if ranked else 0.0
    chosen = [one for one in ranked[:MOST_SUSPECTS] if one.score > 0 and one.score >= least]
    return tuple(_suspect(shown, known[one.commit], one) for one in chosen)


def _suspect(shown: Shown, commit: Commit, ranked: Ranked) -> Suspect:
    top = ranked.changes[0][1]
    named = [(change, value) for change, value in ranked.changes if change.function and value >= _LEAST * top]
    chosen = [change for change, _ in named[:MOST_FUNCTIONS]]
    first = ranked.changes[0][0]
    return Suspect(
        commit.id,
        commit.title,
        commit.author,
        round(squash(ranked.score), 4),
        tuple(change.function for change in chosen),
        tuple(change.place for change in chosen),
        path_to(shown, first),
        why(first, has_trace=bool(shown.frames)),
        commit.pull_request,
    )


def path_to(shown: Shown, change: Change) -> tuple[str, ...]:
    """Return the functions from the failing one to the change, each `name path:line`; none where none leads there."""
    view, surroundings = shown.surroundings.view, shown.surroundings
    path, _, line = change.place.rpartition(":")
    target = next((row for row in view.find(change.function) if view.symbol(row).path == path), None)
    if target is None:
        target = surroundings.function_at(path, int(line))
    if target is None or not shown.starts:
        return ()
    best = sorted(shown.starts, key=lambda row: -shown.starts[row])[:8]
    if target in best:
        return (_name(shown, target),)
    for direction in (Direction.OUT, Direction.IN):
        edges = walk(view, best, direction, kinds=LINKS, depth=_DEPTH).path_to(view, target)
        if edges:
            keys = [edges[0].source, *(edge.target for edge in edges)]
            if direction is Direction.IN:
                keys = [edges[0].target, *(edge.source for edge in edges)]
            rows = [row for key in keys if (row := view.index_of(key)) is not None]
            return tuple(_name(shown, row) for row in rows)
    return ()


def _name(shown: Shown, row: int) -> str:
    symbol = shown.surroundings.view.symbol(row)
    return f"{symbol.qualified_name} {symbol.path}:{symbol.span.line}"


def why(change: Change, *, has_trace: bool) -> str:
    """Return in one sentence what speaks for a change most."""
    signals, place = change.signals, change.place
    named = change.function or place
    if signals.blamed >= 1:
        return f"It wrote the line that throws, in {named}."
    if signals.frame >= 1:
        return f"It changed {named}, which throws."
    if signals.frame > 0:
        return f"It changed {named}, which is in the trace."
    if signals.fed > 0:
        return f"It changed {named}, {_fed(signals, has_trace=has_trace)}."
    if signals.quoted:
        return f"It changed {named}, in lines that hold a name which the error quotes."
    if signals.words > 0.2:
        return f"It changed {named}, in lines that speak of what is seen."
    return f"It changed {named}, and little speaks for or against it."


def _fed(signals: Signals, *, has_trace: bool) -> str:
    what = "what throws" if has_trace else "what the alert speaks of"
    return f"which {what} calls or reads from" if signals.fed > 0.3 else f"which {what} reaches in some steps"
