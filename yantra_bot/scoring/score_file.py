"""A trained network in a file that the product reads: numbers and what they mean, nothing that could run.

The safetensors format, weights in half precision (less than 20 MB). Its header says for which features the weights are,
how their answers become probabilities, what the plain baseline is, and how well both did on projects that neither was
trained on. The file's SHA-256 is its version.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final

import numpy as np

from yantra_bot.domain.graph import Language
from yantra_bot.errors import UserError
from yantra_bot.safetensors import Tensors, finite_number, whole_number, write_tensors
from yantra_bot.scoring.batch import FEATURES, Floats
from yantra_bot.scoring.network import IMPORTS, Network, Shape
from yantra_bot.scoring.whole import write_whole

FORMAT: Final = 3
CURE: Final = (
    "Cure: run `yantra codex export` anew, or take the file out of YANTRA_SCORE_FILE: runs go on without a score."
)
MAX_BYTES: Final = 64 * 1024 * 1024
PIN: Final = ".sha256"
"""What the name of the file ends in that says which one the score file beside it is."""
_HEAD: Final = "yantra"


@dataclass(frozen=True, slots=True)
class Line:
    """A logistic line: the probability is sigmoid(scale x value + shift)."""

    scale: float = 1.0
    shift: float = 0.0

    def probability(self, value: Floats) -> Floats:
        """Return the probabilities of logits."""
        return np.asarray(1 / (1 + np.exp(-np.clip(self.scale * value + self.shift, -60, 60))), np.float32)


@dataclass(frozen=True, slots=True)
class Baseline:
    """What lines and complexity alone say: a logistic regression over a few of the 978 features."""

    columns: tuple[int, ...] = ()
    weights: tuple[float, ...] = ()
    bias: float = 0.0

    def probability(self, features: Floats) -> Floats:
        """Return the probability for each row, [n, 978]."""
        value = features[:, list(self.columns)] @ np.array(self.weights, np.float32) + np.float32(self.bias)
        return Line().probability(value)


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of its weights."""

    features: int
    """The version of the feature layout that they were trained for."""
    shape: Shape = field(default_factory=Shape)
    languages: tuple[str, ...] = (Language.PYTHON.value,)
    """Of which it has seen code; of others it says nothing."""
    imports: tuple[str, ...] = ()
    """The modules of the imports head, in its order."""
    faulty: Line = field(default_factory=Line)
    passing: Line = field(default_factory=Line)
    has_passing: bool = False
    """Whether the passing head saw outcomes of tests."""
    baseline: Baseline = field(default_factory=Baseline)
    figures: dict[str, float] = field(default_factory=dict)
    """Measured on held-out projects: `auroc`, `baseline_auroc`, …"""
    parent: str = ""
    """The version that it was trained on from."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ScoreFile:
    """A network that is ready, and what its file says of it."""

    about: About
    network: Network
    version: str
    """SHA-256 of the file."""

    @classmethod
    def read(cls, path: Path, *, features: int, digest: str = "") -> "ScoreFile":
        """Return the network of a file for the feature version that this program computes.

        Raises UserError, with the cure, where it cannot be read, is damaged or too large, was changed since its hash
        `digest` was taken, is for other features, or holds a number that is none.
        """
        data = _read(path)  # once: what is hashed is what is parsed, whatever lies there a moment later
        version = hashlib.sha256(data).hexdigest()
        if digest and digest != version:
            raise UserError(
                f"{path} is not the file that was pinned: its SHA-256 is {version}, and not {digest!a}. Cure: restore "
                f"the file, or correct YANTRA_SCORE_SHA256 and {path.name}{PIN}; until then runs go on without a score."
            )
        tensors = Tensors(path, data)
        about = _read_about(path, tensors.about)
        if about.features != features:
            raise UserError(
                f"{path} was trained for version {about.features} of the features, and this program computes "
                f"version {features}. {CURE}"
            )
        arrays = {name: tensors.floats(name, *shape) for name, shape in about.shape.arrays().items()}
        return cls(about, Network(arrays, about.shape), version)


def write_score_file(path: Path, arrays: Mapping[str, Floats], about: About) -> str:
    """Write a file, whole or not at all, and return its version. Weights are kept in half precision."""
    halves = {name: np.asarray(arrays[name], np.float16) for name in about.shape.arrays()}
    write_tensors(path, halves, {_HEAD: json.dumps({"format": FORMAT, **asdict(about)}, sort_keys=True)})
    return hash_file(path)


def pin(path: Path) -> None:
    """Write beside a score file which one it is: one that is changed later is refused."""
    write_whole(path.with_name(path.name + PIN), f"{hash_file(path)}  {path.name}\n".encode(), mode=0o644)


def find_pin(path: Path) -> str:
    """Return the SHA-256 that stands in the file beside a score file, as `sha256sum` writes it; empty without one.

    What stands there and is none is returned as well: no file has it, so that none is read by it.
    """
    try:
        said = path.with_name(path.name + PIN).read_bytes()[:1_000].decode("ascii", "replace")
    except FileNotFoundError:
        return ""
    except OSError:
        return "unreadable"
    return said.partition(" ")[0].strip()[:64] or "nothing"


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a score file. Raises UserError where it cannot be read, or is too large for one."""
    return hashlib.sha256(_read(path)).hexdigest()


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as problem:
        raise UserError(f"The score file {path} cannot be read ({problem.strerror}). {CURE}") from problem
    if len(data) > MAX_BYTES:
        raise UserError(f"{path} is larger than {MAX_BYTES >> 20} MB, which no score file is. {CURE}")
    return data


def _read_about(path: Path, said: Mapping[str, str]) -> About:
    try:
        told: dict[str, Any] = json.loads(said[_HEAD])
        if told.pop("format") != FORMAT:
            raise UserError(f"{path} is of another format than this program reads. {CURE}")
        shape = Shape(**{one.name: whole_number(told["shape"][one.name]) for one in fields(Shape)})
        about = About(
            features=whole_number(told["features"]),
            shape=shape,
            languages=tuple(Language(one).value for one in told["languages"]),
            imports=tuple(str(one)[:80] for one in told["imports"])[:IMPORTS],
            faulty=_line(told["faulty"]),
            passing=_line(told["passing"]),
            has_passing=told["has_passing"] is True,
            baseline=_baseline(told["baseline"]),
            figures={str(name)[:80]: finite_number(value) for name, value in told["figures"].items()},
            parent=str(told["parent"])[:64],
            note=str(told["note"])[:500],
        )
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError, RecursionError) as problem:
        raise UserError(f"{path} is damaged, or no score file: {type(problem).__name__}. {CURE}") from problem
    if not (8 <= shape.width <= 512 and 1 <= shape.channel <= 128 and 1 <= shape.steps <= 12):
        raise UserError(f"{path} asks for a network larger than this program computes. {CURE}")
    return about


def _line(told: Mapping[str, object]) -> Line:
    return Line(finite_number(told["scale"]), finite_number(told["shift"]))


def _baseline(told: Mapping[str, Any]) -> Baseline:
    columns = tuple(whole_number(one) for one in told["columns"])
    weights = tuple(finite_number(one) for one in told["weights"])
    if len(columns) != len(weights) or not all(0 <= one < FEATURES for one in columns):
        raise ValueError("a baseline of columns that are none")
    return Baseline(columns, weights, finite_number(told["bias"]))
