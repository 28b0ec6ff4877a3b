"""The only door to ONNX Runtime: one file of a transformer, asked with padded token numbers.

ONNX Runtime is an extra. Where it is not installed, who needs it is told so; nothing here falls back by itself.
"""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yantra_bot.errors import UserError

Floats = NDArray[np.float32]

TOKENS, MASK, TYPES = "input_ids", "attention_mask", "token_type_ids"
CURE = "Cure: put an ONNX export of a BERT model there, made for these inputs."


def is_installed() -> bool:
    """Say whether ONNX Runtime can be had, without loading it."""
    return find_spec("onnxruntime") is not None


class OnnxModel:
    """A model in memory. Thread-safe. Raises UserError, saying the cure, when it cannot be loaded or asked.

    `threads` bounds the processor's threads a question takes, 0 for all.
    """

    def __init__(self, path: Path, *, threads: int = 0) -> None:
        if not is_installed():
            raise UserError(f"{path} needs ONNX Runtime. Cure: `pip install yantra-bot[onnx]`.")
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 4  # its own lines on standard error; what matters is raised
        self._path = path
        try:
            self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        except Exception as problem:  # the vendor's errors have no class in common
            raise UserError(f"The model {path} cannot be loaded: {_shorten(problem)} {CURE}") from problem
        self._inputs = {one.name for one in self._session.get_inputs()}
        if TOKENS not in self._inputs or not self._inputs <= {TOKENS, MASK, TYPES}:
            raise UserError(f"The model {path} wants the inputs {', '.join(sorted(self._inputs))}. {CURE}")

    def ask(self, sequences: Sequence[Sequence[int]], *, padding: int, types: Sequence[Sequence[int]] = ()) -> Floats:
        """Return the model's first output, float32 [sequences, …], for token numbers padded to the longest.

        `types` says which of two texts each token belongs to; all 0 when it is left out.
        """
        length = max(map(len, sequences))
        shape = len(sequences), length
        given = {
            TOKENS: np.full(shape, padding, np.int64),
            MASK: np.zeros(shape, np.int64),
            TYPES: np.zeros(shape, np.int64),
        }
        for row, one in enumerate(sequences):
            given[TOKENS][row, : len(one)] = one
            given[MASK][row, : len(one)] = 1
        for row, one in enumerate(types):
            given[TYPES][row, : len(one)] = one
        try:
            answers: list[Any] = self._session.run(None, {name: given[name] for name in self._inputs})
        except Exception as problem:  # the vendor's errors have no class in common
            raise UserError(f"The model {self._path} cannot be asked: {_shorten(problem)} {CURE}") from problem
        found: Floats = np.asarray(answers[0], np.float32)
        if found.shape[:1] != shape[:1] or not np.isfinite(found).all():
            raise UserError(f"The model {self._path} answers {shape[0]} texts with {found.shape} or no numbers. {CURE}")
        return found


def _shorten(problem: Exception) -> str:
    return " ".join(str(problem).split())[:300]
