"""Reads files of any commit of a repository through one git process, for making and judging tasks; lays out trees."""

import shutil
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType


class Blobs(AbstractContextManager["Blobs"]):
    """Files by commit and path."""

    def __init__(self, repository: Path) -> None:
        self.repository = repository
        self._process = subprocess.Popen(
            ["git", "-c", "safe.directory=*", "cat-file", "--batch"],
            cwd=repository, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def read(self, sha: str, path: str) -> bytes | None:
        """Return the bytes of a file at a commit; None where there is none."""
        return None if "\n" in path else self.read_object(f"{sha}:{path}")

    def read_object(self, name: str) -> bytes | None:
        """Return the bytes of an object by its name."""
        given, told = self._process.stdin, self._process.stdout
        if given is None or told is None:
            raise AssertionError("both were asked for")
        given.write(name.encode() + b"\n")
        given.flush()
        head = told.readline().split()
        if not head or not head[-1].isdigit():
            return None
        data = told.read(int(head[-1]))
        told.read(1)
        return data if head[-2] == b"blob" else None

    def list_tree(self, sha: str) -> dict[str, str]:
        """Return the object's name of every regular file of a commit by its path."""
        found = {}
        for line in ask(self.repository, "ls-tree", "-r", "-z", sha).split("\0"):
            if line.startswith("100"):
                kind, _, path = line.partition("\t")
                found[path] = kind.split()[2]
        return found


def ask(repository: Path, *words: str) -> str:
    """Return what a git command prints. Raises CalledProcessError."""
    command = ["git", "-c", "safe.directory=*", *words]
    done = subprocess.run(command, cwd=repository, capture_output=True, check=True)
    return done.stdout.decode("utf-8", "replace")


def name_repository(repository: Path) -> str:
    """Return a repository's name by its folder: `click` of `click.git`, `click/.git` and `click`."""
    path = repository.parent if repository.name == ".git" else repository
    return path.name.removesuffix(".git")


class Checkout:
    """A folder with the files of one commit; moving to another writes what differs, so that caches by time hold."""

    def __init__(self, blobs: Blobs, folder: Path) -> None:
        self._blobs = blobs
        self.folder = folder
        self._held: dict[str, str] = {}

    def move(self, sha: str) -> list[str]:
        """Make the folder hold a commit's regular files, and return their paths."""
        wanted = self._blobs.list_tree(sha)
        for path in self._held.keys() - wanted.keys():
            (self.folder / path).unlink()
            del self._held[path]
        for path, blob in wanted.items():
            if self._held.get(path) != blob:
                self._write(path, self._blobs.read_object(blob) or b"")
                self._held[path] = blob
        return sorted(wanted)

    def _write(self, path: str, data: bytes) -> None:
        place = self.folder / path
        for parent in reversed(place.relative_to(self.folder).parents):
            if (self.folder / parent).is_file():
                (self.folder / parent).unlink()
        if place.is_dir():
            shutil.rmtree(place)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
