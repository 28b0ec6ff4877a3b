"""A trained generator: a file of numbers, and the steps that it answers a problem with.

There are two kinds: one that recalls bodies that people wrote (`recall`), and the network of `network`. What trains by
default is the one that agrees better with the bodies of projects that it was not trained on.

The file is of the safetensors format, numbers and a header, nothing that could run. What is wrong with it is told with
the cure; whoever asks goes on without an outline.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import numpy as np

from yantra_bot.codex.features import VERSION, features_of
from yantra_bot.codex.network import WIDTHS, Floats, Network, shapes
from yantra_bot.codex.pattern import chances, decode
from yantra_bot.codex.problem import Problem
from yantra_bot.codex.recall import MOST_BODIES, MOST_KNOWN, Recall, Size
from yantra_bot.codex.recall import shapes as recall_shapes
from yantra_bot.codex.steps import Step, complexity_of
from yantra_bot.errors import UserError
from yantra_bot.safetensors import Tensors, finite_number, whole_number, write_tensors
from yantra_bot.scoring.batch import FEATURES

FORMAT: Final = 2
MAX_BYTES: Final = 64 * 1024 * 1024
CURE: Final = "Cure: train and export it anew (`yantra codex train`), or set YANTRA_CODEX=off."
MOST_BESIDE: Final = 8
_HEAD: Final = "yantra generator"


class Kind(StrEnum):
    """What a file holds."""

    RECALL = "recall"
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class AboutGenerator:
    """What a file says of its numbers."""

    features: int = VERSION
    kind: Kind = Kind.RECALL
    widths: tuple[int, ...] = WIDTHS
    """Of a network."""
    size: Size = field(default_factory=Size)
    """Of what recalls."""
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
    """What a file holds, ready to be asked."""

    about: AboutGenerator
    holds: Recall | Network
    version: str
    """SHA-256 of the file."""

    def answer(self, problem: Problem, beside: Sequence[Problem] = ()) -> Answer:
        """Return the steps for a problem. The same problem gets the same."""
        if isinstance(self.holds, Recall):
            recalled = self.holds.ask(features_of(problem))
            return Answer(recalled.steps, self._confidence(recalled.worth), complexity_of(recalled.steps))
        rows = [features_of(one) for one in beside[:MOST_BESIDE]]
        around = np.stack(rows) if rows else np.zeros((0, FEATURES), dtype=np.float32)
        said = self.holds.ask(features_of(problem), around)
        return Answer(decode(chances(said.pattern)), self._confidence(said.confidence), int(said.complexity.argmax()))

    def _confidence(self, value: float) -> float:
        logit = self.about.scale * value + self.about.shift
        # Finite weights may still be so large that their sum is no number: that is no reason to be sure.
        return 1 / (1 + float(np.exp(-np.clip(logit, -60, 60)))) if np.isfinite(logit) else 0.0


def holds_generator(path: Path) -> bool:
    """Tell whether a file says that it is a generator. Raises UserError where it is no file of numbers at all."""
    return _HEAD in Tensors(path).about


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
    arrays = {name: tensors.floats(name, *shape) for name, shape in _shapes(about).items()}
    try:
        holds = Recall(arrays) if about.kind is Kind.RECALL else Network(arrays, about.widths)
    except ValueError as problem:
        raise UserError(f"{path} is damaged: {problem}. {CURE}") from problem
    return Generator(about, holds, version)


def _shapes(about: AboutGenerator) -> dict[str, tuple[int, ...]]:
    return recall_shapes(about.size) if about.kind is Kind.RECALL else shapes(about.widths)


def write_generator(path: Path, arrays: Mapping[str, Floats], about: AboutGenerator) -> None:
    """Write a file, whole or not at all. Numbers are kept in half precision, which holds steps and counts exactly."""
    halves = {name: np.asarray(arrays[name], np.float16) for name in _shapes(about)}
    write_tensors(path, halves, {_HEAD: json.dumps({"format": FORMAT, **asdict(about)}, sort_keys=True)})


def _read_about(path: Path, said: Mapping[str, str]) -> AboutGenerator:
    try:
        told: dict[str, Any] = json.loads(said[_HEAD])
        if told["format"] != FORMAT:
            raise UserError(f"{path} is of another format than this program reads. {CURE}")
        about = AboutGenerator(
            whole_number(told["features"]),
            Kind(told["kind"]),
            tuple(whole_number(one) for one in told["widths"]),
            Size(*(whole_number(told["size"][one]) for one in ("bodies", "known", "axes"))),
            finite_number(told["scale"]),
            finite_number(told["shift"]),
            {str(name)[:80]: finite_number(value) for name, value in told["figures"].items()},
            str(told["note"])[:500],
        )
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError, RecursionError) as problem:
        raise UserError(f"{path} is damaged, or no generator: {type(problem).__name__}. {CURE}") from problem
    size = about.size
    fits = len(about.widths) == len(WIDTHS) and all(1 <= one <= 4_096 for one in about.widths)
    if about.kind is Kind.RECALL:
        fits = 1 <= size.bodies <= MOST_BODIES and 1 <= size.known <= MOST_KNOWN and 1 <= size.axes <= FEATURES
    if not fits:
        raise UserError(f"{path} asks for a network that this program does not compute. {CURE}")
    return about
