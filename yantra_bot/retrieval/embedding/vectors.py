"""Vectors kept on disk by what was embedded, so that a commit costs only the chunks it changed.

One file a model: a header, then records of one size, only ever appended. A record carries its own checksum: one that
was torn by a kill or a full disk is not there, and its text is embedded again. Nothing here is the only copy of
anything, so a file that cannot be used is begun anew. Vectors of two models never meet in one file.
"""

import fcntl
import hashlib
import os
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import numpy as np
import structlog
from numpy.typing import NDArray

Floats = NDArray[np.float32]

MAGIC = b"YVECTOR1"
HEADER = struct.Struct("<8sI32s20x")  # magic, dimension, the model's key: 64 bytes
KEY_BYTES = 16
SALT = np.uint32(0x59A17C0D)
"""Added to every checksum: bytes that were never written, all zero, are no record."""
MAX_FILE_BYTES = 1024**3
"""A larger file loses its older half; 1 GiB is 1.3 million vectors of 384 dimensions."""


class VectorCache:
    """The kept vectors of one model. Thread-safe; any number of processes may read and write.

    `model` names everything that decides a vector: the model's digest, how a text is made of a chunk and how much of it
    is read. Another `model` or dimension is another file. Reading never fails; writing that fails is logged and lost.
    """

    def __init__(self, folder: Path, model: str, dimension: int, *, max_bytes: int = MAX_FILE_BYTES) -> None:
        self.dimension = dimension
        self._model = hashlib.sha256(f"{model}\0{dimension}".encode()).digest()
        self.path = folder / f"{self._model.hex()[:24]}.vectors"
        self._max_bytes = max_bytes
        self._log = structlog.get_logger().bind(file=str(self.path))
        self._type = np.dtype([("key", "V16"), ("vector", "<f2", (dimension,)), ("check", "<u4")])
        self._records: NDArray[np.void] = np.empty(0, self._type)
        self._rows: dict[bytes, int] = {}
        self._identity: tuple[int, int] | None = None
        self._lock = threading.Lock()
        self.refresh()

    def __len__(self) -> int:
        return len(self._rows)

    def refresh(self) -> None:
        """Look at what was written since, by this process or another."""
        with self._lock:
            try:
                with self.path.open("rb") as stream:
                    self._read(stream)
            except FileNotFoundError:
                self._forget()
            except (OSError, ValueError) as problem:
                self._log.warning("vectors_unreadable", problem=str(problem))
                self._forget()

    def find(self, keys: Sequence[str]) -> tuple[NDArray[np.bool_], Floats]:
        """Return which digests (hexadecimal) have a vector, and float32 [keys, dimension], zero where there is none."""
        vectors = np.zeros((len(keys), self.dimension), np.float32)
        with self._lock:
            places = np.fromiter((self._rows.get(pack(key), -1) for key in keys), np.int64, len(keys))
            known = places >= 0
            vectors[known] = self._records["vector"][places[known]]
        return known, vectors

    def add(self, keys: Sequence[str], vectors: Floats) -> None:
        """Keep vectors, [keys, dimension], and find them from now on. A kill meanwhile leaves the first of them."""
        records = np.zeros(len(keys), self._type)
        records["key"] = [np.void(pack(key)) for key in keys]
        records["vector"] = vectors
        records["check"] = checksums(records)
        try:
            with self._locked() as stream:
                self._append(stream, records.tobytes())
        except OSError as problem:
            self._log.warning("vectors_not_kept", problem=str(problem), count=len(keys))
        self.refresh()

    def _append(self, stream: IO[bytes], data: bytes) -> None:
        end = stream.seek(0, os.SEEK_END)
        torn = (end - HEADER.size) % self._type.itemsize
        if torn:
            stream.truncate(end - torn)
            stream.seek(end - torn)
        stream.write(data)

    @contextmanager
    def _locked(self) -> Iterator[IO[bytes]]:
        """Give the file to append to, with a sound header and below its greatest size, while nobody else writes."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with suppress(FileNotFoundError), self.path.open("rb") as stream:
                if not self._is_ours(stream):
                    self._log.warning("vectors_begun_anew", reason="the file's header is damaged")
                    self._replace(b"")
                elif os.fstat(stream.fileno()).st_size > self._max_bytes:
                    self._replace(self._newer_half(stream))
            if not self.path.exists():
                self._replace(b"")
            with self.path.open("r+b", buffering=0) as stream:
                yield stream

    def _is_ours(self, stream: IO[bytes]) -> bool:
        stream.seek(0)
        return stream.read(HEADER.size) == self._header()

    def _header(self) -> bytes:
        return HEADER.pack(MAGIC, self.dimension, self._model)

    def _newer_half(self, stream: IO[bytes]) -> bytes:
        count = (os.fstat(stream.fileno()).st_size - HEADER.size) // self._type.itemsize
        stream.seek(HEADER.size + count // 2 * self._type.itemsize)
        return stream.read((count - count // 2) * self._type.itemsize)

    def _replace(self, records: bytes) -> None:
        """Put a new file in the place of the old one; who reads the old one goes on with it."""
        fresh = self.path.with_suffix(f".{os.getpid()}.new")
        try:
            fresh.write_bytes(self._header() + records)
            fresh.replace(self.path)
        finally:
            fresh.unlink(missing_ok=True)

    def _read(self, stream: IO[bytes]) -> None:
        status = os.fstat(stream.fileno())
        if not self._is_ours(stream):
            return self._forget()
        count = max(0, status.st_size - HEADER.size) // self._type.itemsize
        if (status.st_dev, status.st_ino) != self._identity or count < len(self._records):
            self._forget()
        if count > len(self._records):
            self._learn(np.memmap(stream, self._type, "r", HEADER.size, (count,)))
        self._identity = (status.st_dev, status.st_ino)
        return None

    def _learn(self, records: NDArray[np.void]) -> None:
        """Take the records that are new; those whose checksum is wrong are passed over."""
        start = len(self._records)
        new = records[start:]
        sound = checksums(new) == new["check"]
        found = zip(new["key"].tolist(), range(start, len(records)), sound.tolist(), strict=True)
        self._records = records
        self._rows.update((key, row) for key, row, is_sound in found if is_sound)

    def _forget(self) -> None:
        self._records, self._rows, self._identity = np.empty(0, self._type), {}, None


def pack(key: str) -> bytes:
    """Return a digest's 16 bytes. Raises ValueError when it is none."""
    data = bytes.fromhex(key)
    if len(data) != KEY_BYTES:
        raise ValueError(f"{key!r} is no digest of {KEY_BYTES} bytes")
    return data


def checksums(records: NDArray[np.void]) -> NDArray[np.uint32]:
    """Return the checksum of each record, over all that stands before it: its words' sum, each by its place."""
    if not len(records):
        return np.empty(0, np.uint32)
    size = records.dtype.itemsize - 4
    words = np.ascontiguousarray(records).view(np.uint8).reshape(len(records), -1)[:, :size]
    weights = np.arange(1, size + 1, dtype=np.uint32) * np.uint32(2_654_435_761) | np.uint32(1)
    found = np.empty(len(records), np.uint32)
    for start in range(0, len(records), 4_096):
        found[start : start + 4_096] = (words[start : start + 4_096] * weights).sum(axis=1, dtype=np.uint32) + SALT
    return found
