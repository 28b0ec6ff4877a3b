"""A change to a tree, as bytes: what a run's state consists of besides its base commit and its transcript."""

from dataclasses import dataclass
from enum import StrEnum


class FileMode(StrEnum):
    """Git's modes for the files a run may write."""

    REGULAR = "100644"
    EXECUTABLE = "100755"


@dataclass(frozen=True, slots=True)
class FileChange:
    """The content of one path after the change.

    `blob` is the SHA-256 of its bytes in the blob store; None deletes the path.
    """

    path: str
    """Relative to the root of the repository, with forward slashes, NFC."""
    blob: str | None
    mode: FileMode = FileMode.REGULAR


@dataclass(frozen=True, slots=True)
class Changeset:
    """All paths that differ from the base commit, sorted by path."""

    files: tuple[FileChange, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(change.path for change in self.files)
