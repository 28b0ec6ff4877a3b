"""Bytes by their SHA-256, as files: what is too large for a row.

Responsible for a blob being whole or absent. It must never hand out bytes that do not match their name.
"""

import errno
import hashlib
import os
import re
import secrets
from pathlib import Path

from yantra_bot.errors import Permanent
from yantra_bot.runs.schema import StorageUnavailable

_DIGEST = re.compile(r"[0-9a-f]{64}")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)


class Blobs:
    """A `ports.BlobStore` in a folder, fanned out by the hash's first two digits. Several processes may share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, data: bytes) -> str:
        """Store durably and return the hash in hexadecimal. Raises StorageUnavailable when the disk refuses."""
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(digest)
        if self._is_intact(path, data):
            return digest
        try:
            path.parent.mkdir(exist_ok=True, mode=0o700)
            self._write(path, data)
        except OSError as problem:
            if problem.errno not in _FULL:
                raise
            raise StorageUnavailable(
                f"The blob store cannot be written ({problem.strerror}). Free space on its disk, then retry."
            ) from problem
        return digest

    def get(self, digest: str) -> bytes:
        """Return the bytes. Raises KeyError when there is no such blob, Permanent when its file is damaged."""
        if not _DIGEST.fullmatch(digest):
            raise KeyError(digest)
        try:
            data = self._path(digest).read_bytes()
        except FileNotFoundError:
            raise KeyError(digest) from None
        if hashlib.sha256(data).hexdigest() != digest:
            raise Permanent(f"The blob {digest[:12]} is damaged on disk. Restore the blob store from a backup.")
        return data

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest[2:]

    @staticmethod
    def _is_intact(path: Path, data: bytes) -> bool:
        try:
            return path.stat().st_size == len(data) and path.read_bytes() == data
        except OSError:
            return False

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        temporary = path.with_name(f".{path.name[:16]}.{secrets.token_hex(8)}")
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        finally:
            temporary.unlink(missing_ok=True)
