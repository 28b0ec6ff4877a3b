"""Versions of a repository as git's objects: their listings, the content of their files, and what they have in common.

Nothing is checked out, and git sees no configuration, attribute, hook or driver of the repository. What is read here is
the same for a bare mirror in the worker and for a person's repository in a terminal.
"""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Final, Self

from yantra_bot.errors import Permanent, YantraError
from yantra_bot.graphdb.history.gitlog import configure
from yantra_bot.graphdb.history.host_git import HostGit
from yantra_bot.sandbox.mirror import Mirror, TreeEntry, check_commit

MAX_ENTRIES: Final = 500_000
MAX_READ: Final = 16 * 1024 * 1024
"""Bytes of a file that anybody here reads."""
SECONDS: Final = 60.0
REGULAR: Final = frozenset({"100644", "100755"})
_KEPT: Final = 64 * 1024 * 1024
"""Bytes of contents that are held, since several parts read the same files."""


class Trees:
    """The objects of one repository. Close it, or use it as a context."""

    def __init__(self, mirror: Mirror, like: str) -> None:
        """`like` is the id of any object of the repository, which tells its kind of hash."""
        self.mirror = mirror
        self._place, self._environment = mirror.place_of_past(check_commit(like))
        self.git = HostGit(self._place, seconds=SECONDS, environment=self._environment, name="the repository")
        self._process: subprocess.Popen[bytes] | None = None
        self._kept: dict[str, bytes] = {}
        self._room = _KEPT

    def open(self, tree: str) -> "Tree":
        """Return the tree of a commit, or a tree. Raises Permanent where there is none."""
        return Tree(self, check_commit(tree))

    def merge_base(self, one: str, other: str) -> str | None:
        """Return the best common ancestor of two commits; None where they have none that is known."""
        asked = (*configure(), "merge-base", check_commit(one), check_commit(other))
        try:
            found = b"".join(self.git(asked)).decode("ascii", "replace").split()
        except YantraError:
            return None
        return found[0] if found else None

    def ask(self, *words: str) -> Iterator[bytes]:
        """Yield what git prints for these words, in parts. Raises UserError, Transient."""
        return self.git((*configure(), *words))

    def read(self, object_id: str) -> bytes | None:
        """Return the content of a blob; None where the repository does not have it."""
        if object_id not in self._kept:
            data = self._read(object_id)
            if data is None:
                return None
            self._keep(object_id, data)
            return data
        return self._kept[object_id]

    def _keep(self, object_id: str, data: bytes) -> None:
        while self._kept and self._room < len(data):
            self._room += len(self._kept.pop(next(iter(self._kept))))
        if len(data) <= self._room:
            self._kept[object_id] = data
            self._room -= len(data)

    def _read(self, object_id: str) -> bytes | None:
        process = self._process = self._process or self._start()
        if process.stdin is None or process.stdout is None:
            raise AssertionError("both were asked for")
        try:
            process.stdin.write(f"{check_commit(object_id)}\n".encode())
            process.stdin.flush()
            header = process.stdout.readline(200).decode("ascii", "replace").split()
            if header[1:] == ["missing"]:
                return None
            data = process.stdout.read(int(header[2]))
            process.stdout.read(1)
        except (OSError, IndexError, ValueError) as broken:
            self.close()
            raise Permanent(f"The object {object_id} cannot be read: git ended. Run git fsck there.") from broken
        return data

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["git", *configure(), "cat-file", "--batch"],
            cwd=self._place,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def close(self) -> None:
        """End git."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(OSError):
                process.kill()
            with suppress(OSError), process:
                process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Tree:
    """One version: every file by path. Names that are no UTF-8 stand in it with their bytes as lone surrogates."""

    def __init__(self, trees: Trees, tree: str) -> None:
        self.id = tree
        self._trees = trees

    @cached_property
    def entries(self) -> Mapping[str, TreeEntry]:
        """Every file, link and submodule. Raises UserError where there are too many, Permanent without the tree."""
        listed = self._trees.mirror.list_tree(self.id, max_entries=MAX_ENTRIES)
        return {entry.path.decode("utf-8", "surrogateescape"): entry for entry in listed}

    def read(self, path: str) -> bytes | None:
        """Return the content of a regular file; None where there is none, or it is too large for anybody here."""
        entry = self.entries.get(path)
        if entry is None or entry.mode not in REGULAR or (entry.size or 0) > MAX_READ:
            return None
        return self._trees.read(entry.object_id)

    def size(self, path: str) -> int | None:
        """Return the bytes of a file; None where that is not known."""
        entry = self.entries.get(path)
        return None if entry is None else entry.size


@contextmanager
def open_trees(folder: int, scratch: Path, like: str, *, also: Path | None = None) -> Iterator[Trees]:
    """Give the trees of a repository by a descriptor of its folder. `scratch` is a private folder for git's own."""
    own = scratch / "git"
    own.mkdir(exist_ok=True)
    with Trees(Mirror(folder, own, also=also), like) as trees:
        yield trees
