"""The safetensors format with numpy: named arrays that stay in the file until they are used, and the writing of it.

A file is a length (8 bytes), a JSON header of that length, and the arrays' bytes. Nothing in it is trusted: every
number is checked against the file before it is used, and this module never runs or unpickles anything.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yantra_bot.errors import UserError

MAX_HEADER_BYTES = 16 * 1024 * 1024
CURE = "Cure: delete the file and fetch the model again."
TYPES = {"F32": "<f4", "F16": "<f2", "BF16": "<u2", "F64": "<f8", "I64": "<i8", "I32": "<i4"}


class Tensors(Mapping[str, NDArray[Any]]):
    """The arrays of one file, read-only views of it. Raises UserError when the file is not what it says."""

    def __init__(self, path: Path, data: bytes | None = None) -> None:
        """`data` are its bytes, where they were read already: opened again, it may be another file."""
        self.path = path
        try:
            # A file without a byte cannot be mapped: that is an error like any other damage.
            whole = np.memmap(path, dtype=np.uint8, mode="r") if data is None else np.frombuffer(data, np.uint8)
            start = int.from_bytes(whole[:8].tobytes(), "little")
            if not 2 <= start <= min(MAX_HEADER_BYTES, len(whole) - 8):
                raise UserError(f"{path} is damaged: its header does not fit into it. {CURE}")
            header = json.loads(whole[8 : 8 + start].tobytes())
            self._bytes = whole[8 + start :]
        except (OSError, ValueError, RecursionError) as problem:
            raise UserError(f"The model's weights {path} cannot be read ({problem}). {CURE}") from problem
        if not isinstance(header, dict):
            raise UserError(f"{path} is damaged: its header lists no arrays. {CURE}")
        about = header.pop("__metadata__", {})
        self.about: dict[str, str] = about if isinstance(about, dict) else {}
        """What the file says of itself, as it stands there: nothing of it is checked."""
        self._entries = {name: self._entry(name, said) for name, said in header.items()}

    def _entry(self, name: str, said: object) -> tuple[str, tuple[int, ...], int, int]:
        """Return type, shape, first byte and end of an array, all held against the file."""
        match said:
            case {"dtype": str(kind), "shape": [*shape], "data_offsets": [int(first), int(end)]} if (
                kind in TYPES and len(shape) <= 8 and all(type(one) is int and one >= 0 for one in shape)
            ):
                wanted = math.prod(shape) * np.dtype(TYPES[kind]).itemsize
                if 0 <= first <= end <= len(self._bytes) and end - first == wanted:
                    return kind, tuple(shape), first, end
        raise UserError(f"{self.path} is damaged or of an unknown kind: the array {name[:80]!r} does not fit. {CURE}")

    def __getitem__(self, name: str) -> NDArray[Any]:
        kind, shape, first, end = self._entries[name]
        raw = self._bytes[first:end]
        if raw.ctypes.data % 8:  # arrays may start anywhere in a file; numpy computes faster on aligned ones
            raw = raw.copy()
        values: NDArray[Any] = raw.view(TYPES[kind]).reshape(shape)
        return (values.astype(np.uint32) << 16).view(np.float32) if kind == "BF16" else values

    def __iter__(self) -> Any:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def floats(self, name: str, *shape: int) -> NDArray[np.float32]:
        """Return an array as float32. Raises UserError when it is absent, of another shape, or holds no numbers."""
        if name not in self._entries:
            raise UserError(f"{self.path} has no array {name}: it is no such model as its config.json says. {CURE}")
        values = self[name]
        if values.shape != shape:
            raise UserError(
                f"The array {name} of {self.path} has the shape {values.shape}, but by config.json it should have "
                f"{shape}. Cure: weights and config.json must be of one model; fetch it again."
            )
        numbers = np.asarray(values, dtype=np.float32)
        # A sum is NaN or infinite as soon as one of its terms is.
        with np.errstate(over="ignore", invalid="ignore"):
            total = numbers.sum()
        if not np.isfinite(total):
            raise UserError(f"The array {name} of {self.path} holds values that are no numbers. {CURE}")
        return numbers


def whole_number(value: object) -> int:
    """Return a number of a header. Raises TypeError where it is no whole one: a truth, a fraction, a text."""
    if type(value) is not int:
        raise TypeError("no whole number")
    return value


def finite_number(value: Any) -> float:
    """Return a number of a header. Raises TypeError, ValueError or OverflowError where it is no finite one."""
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("no finite number")
    return number


def write_tensors(path: Path, arrays: Mapping[str, NDArray[Any]], about: Mapping[str, str]) -> None:
    """Write arrays (float32, float16, int32, int64, float64) whole or not at all, with what the file says of itself."""
    names = {np.dtype(kind): name for name, kind in TYPES.items() if name != "BF16"}
    header: dict[str, object] = {"__metadata__": dict(about)}
    at = 0
    for name, values in arrays.items():
        end = at + values.nbytes
        header[name] = {"dtype": names[values.dtype], "shape": list(values.shape), "data_offsets": [at, end]}
        at = end
    head = json.dumps(header, separators=(",", ":"), sort_keys=True).encode()
    head += b" " * (-len(head) % 8)
    half = path.with_name(f"{path.name}.half")
    with half.open("wb") as stream:
        stream.write(len(head).to_bytes(8, "little") + head)
        for values in arrays.values():
            stream.write(np.ascontiguousarray(values).tobytes())
    half.replace(path)
