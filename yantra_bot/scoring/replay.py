"""What was seen in use and how it ended, to learn from: the last thousand, on disk, numbers alone.

Each is a file of arrays that is read without pickle. Each is written whole or not at all; a damaged one is left
out.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

import numpy as np

from yantra_bot.errors import UserError
from yantra_bot.scoring.batch import Batch, InnerGraph, SymbolGraph
from yantra_bot.scoring.numbers import is_one_symbol
from yantra_bot.scoring.whole import write_whole

MOST: Final = 1_000
SOUND: Final = 0.9
"""Code is learned from as sound where more than this share of its tests passed."""
MAX_BYTES: Final = 8 * 1024 * 1024
_INNER: Final = tuple(one.name for one in fields(InnerGraph))
_UNKNOWN: Final = -1


@dataclass(frozen=True, slots=True)
class Experience:
    """One symbol that was scored, with what came of it."""

    batch: Batch
    """With one scored symbol."""
    pass_share: float
    """Of the tests that ran on it."""
    is_faulty: bool | None = None
    """Whether it held a fault; None where nobody knows."""
    number: int = 0
    """Counts up in a buffer; given by it."""

    @property
    def is_passing(self) -> bool:
        """Whether the tests passed."""
        return self.pass_share >= 1.0

    @property
    def is_sound(self) -> bool:
        """Whether it may be learned from as code without a fault."""
        return self.pass_share > SOUND and self.is_faulty is not True


class ReplayBuffer:
    """A folder of experiences. One process writes; any may read."""

    def __init__(self, folder: Path, *, most: int = MOST) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder, self._most = folder, most

    def put(self, one: Experience) -> int:
        """Keep an experience and forget the oldest beyond the bound; return its number.

        Raises UserError for one that is not of one symbol or holds what is no number, OSError where there is no room.
        """
        _check(one)
        paths = self._paths()
        number = int(paths[-1].stem) + 1 if paths else 1
        write_whole(self._folder / f"{number:012}.npz", _to_bytes(one))
        for path in paths[: max(0, len(paths) + 1 - self._most)]:
            path.unlink(missing_ok=True)
        return number

    def read(self, *, after: int = 0) -> list[Experience]:
        """Return the experiences with higher numbers, the oldest first; damaged ones are left out."""
        found = (_read(path) for path in self._paths() if int(path.stem) > after)
        return [one for one in found if one is not None]

    def _paths(self) -> list[Path]:
        return sorted(path for path in self._folder.glob("*.npz") if path.stem.isdigit())


def join(experiences: Sequence[Experience]) -> Batch:
    """Return several experiences as one batch, their symbols in the same order."""
    graphs = [one.batch.symbols for one in experiences]
    starts = np.cumsum([0, *(len(graph.features) for graph in graphs)])[:-1]
    symbols = SymbolGraph(
        np.concatenate([graph.features for graph in graphs]),
        np.concatenate(
            [graph.edges + start for graph, start in zip(graphs, starts, strict=True)], axis=1, dtype=np.int32
        ),
        np.concatenate([graph.scored + start for graph, start in zip(graphs, starts, strict=True)], dtype=np.int32),
    )
    return Batch(symbols, tuple(inner for one in experiences for inner in one.batch.inner))


def _check(one: Experience) -> None:
    if not is_one_symbol(one.batch) or not 0 <= one.pass_share <= 1:
        raise UserError("This is no experience of one symbol. Cure: none; it is not learned from.")


def _to_bytes(one: Experience) -> bytes:
    symbols, inner = one.batch.symbols, one.batch.inner[0]
    known = _UNKNOWN if one.is_faulty is None else int(one.is_faulty)
    arrays = {f"inner_{name}": getattr(inner, name) for name in _INNER}
    arrays |= {"features": symbols.features, "edges": symbols.edges, "scored": symbols.scored}
    arrays |= {"outcome": np.array([one.pass_share, known], np.float64)}
    held = io.BytesIO()
    np.savez_compressed(held, allow_pickle=False, **arrays)
    return held.getvalue()


def _read(path: Path) -> Experience | None:
    try:
        if path.stat().st_size > MAX_BYTES:
            return None
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            inner = InnerGraph(**{name: held[f"inner_{name}"] for name in _INNER})
            symbols = SymbolGraph(held["features"], held["edges"], held["scored"])
            share, known = (float(value) for value in held["outcome"])
        is_faulty = None if known == _UNKNOWN else known == 1
        one = Experience(Batch(symbols, (inner,)), share, is_faulty, int(path.stem))
        _check(one)
    except Exception:  # noqa: BLE001 (damaged bytes lead the loader to errors of many kinds: zlib's, tokenize's, its own)
        return None
    return one
