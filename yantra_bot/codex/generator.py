"""A trained generator: a file of numbers, and the steps that it answers a problem with.

The file is of the safetensors format, numbers and a header, nothing that could run. What is wrong with it is told with
the cure; whoever asks goes on without an outline.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from yantra_bot.codex.features import VERSION, features_of
from yantra_bot.codex.network import WIDTHS, Floats, Network, shapes
from yantra_bot.codex.pattern import chances, decode
from yantra_bot.codex.problem import Problem
from yantra_bot.codex.steps import Step
from yantra_bot.errors import UserError
from yantra_bot.safetensors import Tensors, write_tensors
from yantra_bot.scoring.batch import FEATURES

FORMAT: Final = 1
MAX_BYTES: Final = 64 * 1024 * 1024
CURE: Final = "Cure: train and export it anew (`yantra codex train`), or set YANTRA_CODEX=off."
MOST_BESIDE: Final = 8
_HEAD: Final = "yantra generator"


@dataclass(frozen=True, slots=True)
class AboutGenerator:
    """What a file says of its weights."""

    features: int = VERSION
    widths: tuple[int, ...] = WIDTHS
    scale: float = 1.0
    """The confidence is sigmoid(scale x logit + shift), fitted on projects that were not trained on."""
    shift: float = 0.0
    figures: Mapping[str, float] = field(default_factory=dict)
    """Measured on held-out projects."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the generator says of a problem."""

    steps: tuple[Step, ...]
    confidence: float
    """Probability that these are exactly the steps that a person would write, 0 to 1."""
    complexity: int
    """0 to 4: up to 2, 5, 10, 20 steps, or more."""


@dataclass(frozen=True, slots=True)
class Generator:
    """A network that is ready."""

    about: AboutGenerator
    network: Network
    version: str
    """SHA-256 of the file."""

    def answer(self, problem: Problem, beside: Sequence[Problem] = ()) -> Answer:
        """Return the steps for a problem. The same problem gets the same."""
        rows = [features_of(one) for one in beside[:MOST_BESIDE]]
        around = np.stack(rows) if rows else np.zeros((0, FEATURES), dtype=np.float32)
        said = self.network.ask(features_of(problem), around)
        logit = self.about.scale * said.confidence + self.about.shift
        confidence = 1 / (1 + float(np.exp(-np.clip(logit, -60, 60))))
        return Answer(decode(chances(said.pattern)), confidence, int(said.complexity.argmax()))


def read_generator(path: Path) -> Generator:
    """Return the generator of a file.

    Raises UserError, with the cure, where it cannot be read, is damaged or too large, is for other features, or holds
    a number that is none.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UserError(f"{path} is larger than {MAX_BYTES >> 20} MB, which no generator is. {CURE}")
        with path.open("rb") as stream:
            version = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as problem:
        raise UserError(f"The generator {path} cannot be read ({problem.strerror}). {CURE}") from problem
    tensors = Tensors(path)
    about = _read_about(path, tensors.about)
    if about.features != VERSION:
        raise UserError(
            f"{path} was trained for version {about.features} of a problem's features, and this program computes "
            f"version {VERSION}. {CURE}"
        )
    arrays = {name: tensors.floats(name, *shape) for name, shape in shapes(about.widths).items()}
    return Generator(about, Network(arrays, about.widths), version)


def write_generator(path: Path, arrays: Mapping[str, Floats], about: AboutGenerator) -> None:
    """Write a file, whole or not at all. Weights are kept in half precision."""
    halves = {name: np.asarray(arrays[name], np.float16) for name in shapes(about.widths)}
    write_tensors(path, halves, {_HEAD: json.dumps({"format": FORMAT, **asdict(about)}, sort_keys=True)})


def _read_about(path: Path, said: Mapping[str, str]) -> AboutGenerator:
    try:
        told: dict[str, Any] = json.loads(said[_HEAD])
        if told["format"] != FORMAT:
            raise UserError(f"{path} is of another format than this program reads. {CURE}")
        about = AboutGenerator(
            int(told["features"]),
            tuple(int(one) for one in told["widths"]),
            float(told["scale"]),
            float(told["shift"]),
            {str(name)[:80]: float(value) for name, value in told["figures"].items()},
            str(told["note"])[:500],
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as problem:
        raise UserError(f"{path} is damaged, or no generator: {type(problem).__name__}. {CURE}") from problem
    fits = len(about.widths) == len(WIDTHS) and all(1 <= one <= 4_096 for one in about.widths)
    if not fits or not np.isfinite([about.scale, about.shift]).all():
        raise UserError(f"{path} asks for a network that this program does not compute. {CURE}")
    return about
