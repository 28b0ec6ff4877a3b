"""The arrays of one project on disk: plain numpy files in a folder, mapped into memory when they are read."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from yantra_bot.scoring.batch import InnerGraph

LAYOUT: Final = 5
"""Of these files; another number is built anew."""
SOUND: Final = -1
UNKNOWN: Final = -1
"""Outcome of a sample that no test was run on; else 1 where the tests passed and 0 where they did not."""

ARRAYS: Final = {
    "features": "[n, 978] half precision: every symbol that can be drawn around a sample, sound",
    "rows": "[n] of these symbols in the view that they were taken from, rising",
    "edges": "[2, m] from, to: which symbols are neighbours",
    "paths": "[n] number of the file of each symbol, -1 outside of the project",
    "spans": "[2, n] where each begins and ends in its file",
    "symbols": "[s] the symbol of each sample",
    "files": "[s] number of the file that it stands in, among those of the project",
    "own": "[s, 978] half precision: that symbol's features as it is in the sample",
    "calls": "[C] the symbols that it points at as it is in the sample",
    "call_starts": "[s + 1]",
    "bugs": "[s] place of the class in BugClass, -1 for a sound one",
    "outcomes": "[s] 1 the tests pass, 0 they do not, -1 unknown",
    "lines": "[s] how many lines the function has",
    "kinds": "[N] inner nodes, sample after sample",
    "node_starts": "[s + 1]",
    "words": "[W]",
    "word_starts": "[N + 1]",
    "places": "[N, 2]",
    "inner_edges": "[3, M] counted from 0 in each sample",
    "edge_starts": "[s + 1]",
    "faults": "[F] inner nodes at the fault, counted from 0 in their sample",
    "fault_starts": "[s + 1]",
    "imports": "[I] places in the names of `about.json`",
    "import_starts": "[s + 1]",
}


@dataclass(frozen=True, slots=True)
class Stored:
    """One project's samples. The arrays are those of `ARRAYS`."""

    about: dict[str, Any]
    """Name, version, part, the hash that the project was built from, `digests` of the functions, names of imports; of
    how many functions tests told (`tried`), and how many of these are not there as they were tried (`not_tried`)."""
    arrays: dict[str, npt.NDArray[Any]]

    def __len__(self) -> int:
        """Return how many samples it has."""
        return len(self.arrays["bugs"])

    def inner(self, sample: int) -> InnerGraph:
        """Return the inner graph of a sample."""
        arrays = self.arrays
        low, high = (int(one) for one in arrays["node_starts"][sample : sample + 2])
        first, last = (int(one) for one in arrays["edge_starts"][sample : sample + 2])
        starts = np.asarray(arrays["word_starts"][low : high + 1])
        return InnerGraph(
            kinds=np.asarray(arrays["kinds"][low:high]),
            words=np.asarray(arrays["words"][int(starts[0]) : int(starts[-1])]),
            word_starts=(starts - starts[0]).astype(np.int32),
            places=np.asarray(arrays["places"][low:high]),
            edges=np.asarray(arrays["inner_edges"][:, first:last]),
        )

    def group(self, name: str, sample: int) -> npt.NDArray[np.int32]:
        """Return the `faults`, `imports` or `calls` of a sample."""
        starts = self.arrays[f"{name[:-1]}_starts"]
        found: npt.NDArray[np.int32] = np.asarray(self.arrays[name][int(starts[sample]) : int(starts[sample + 1])])
        return found


def write_project(folder: Path, about: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> None:
    """Write a project whole: `about.json`, which says that it is there, comes last."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.joinpath("about.json").unlink(missing_ok=True)
    for name in ARRAYS:
        np.save(folder / f"{name}.npy", arrays[name], allow_pickle=False)
    half = folder / "about.half"
    half.write_text(json.dumps(about, sort_keys=True), encoding="utf-8")
    half.replace(folder / "about.json")


def read_project(folder: Path) -> Stored:
    """Map a project's arrays. Raises OSError or ValueError where it is not there or damaged."""
    about = json.loads(folder.joinpath("about.json").read_text(encoding="utf-8"))
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in ARRAYS}
    return Stored(about, arrays)


def is_current(folder: Path, built_from: str) -> bool:
    """Tell whether a project is there, built from the same things."""
    try:
        about = json.loads(folder.joinpath("about.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(about, dict) and about.get("built_from") == built_from


def starts_of(parts: Sequence[Sequence[int] | npt.NDArray[Any]]) -> npt.NDArray[np.int32]:
    """Return where each part begins when they lie one behind the other, and where the last ends."""
    return np.concatenate(([0], np.cumsum([len(part) for part in parts]))).astype(np.int32)
