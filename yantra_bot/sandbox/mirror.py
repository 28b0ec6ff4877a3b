"""Reads commits out of a bare mirror with two plumbing commands of git, and nothing else of git.

Git never learns of a work tree here, and of the mirror it sees only the objects: its own folder is an empty one of
ours, so that neither the mirror's configuration, nor a hook, a driver, a remote or a promise to fetch what is
missing exists for it. This module never writes to the mirror and never reaches a network.
"""

import hashlib
import os
import re
import resource
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from yantra_bot.domain.quiet_git import QUIET_GIT
from yantra_bot.errors import Permanent, UserError

_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_PART = 1024 * 1024
_MEMORY = 4 * 1024**3
_MAX_SHALLOW = 1024 * 1024
_OPTIONS = (
    *("-c", "safe.directory=*"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.packedGitLimit=1g"),
)


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One line of a commit's listing. `size` is in bytes; None when the mirror does not have the content."""

    mode: str
    object_id: str
    size: int | None
    path: bytes


class Mirror:
    """The objects of a bare repository, reached through a descriptor of its folder.

    The descriptor may have been opened by an account that could get there: no folder above it needs to be open to us.
    `scratch` is a private folder of ours; `also` is another folder of objects, which are seen as well.
    """

    def __init__(self, folder: int, scratch: Path, *, also: Path | None = None) -> None:
        self._folder = folder
        self._scratch = scratch
        self._also = {} if also is None else {"GIT_ALTERNATE_OBJECT_DIRECTORIES": f'"{also}"'}

    def list_tree(self, commit: str, *, max_entries: int) -> tuple[TreeEntry, ...]:
        """Return every file, link and submodule of `commit`, in git's order.

        Raises UserError when there are more than `max_entries`, Permanent when the mirror does not have the commit.
        """
        entries = []
        with self._run(commit, "ls-tree", "-r", "-z", "--long", "--full-tree", check_commit(commit)) as output:
            for line in _split(output):
                entries.append(_parse_entry(line))
                if len(entries) > max_entries:
                    raise UserError(
                        f"The repository has more than {max_entries} files, which is the limit for a checkout. "
                        "Ask the operator to raise it."
                    )
        return tuple(entries)

    def read_objects(self, commit: str, object_ids: Sequence[str]) -> Iterator[tuple[int, Iterator[bytes]] | None]:
        """Yield, for each object in order, its size and its content in parts; None when it is missing.

        Read the parts before the next object is asked for. `commit` only tells the kind of hash.
        """
        with tempfile.TemporaryFile(dir=self._scratch) as wanted:
            wanted.write("".join(f"{object_id}\n" for object_id in object_ids).encode())
            wanted.seek(0)
            with self._run(commit, "cat-file", "--batch", "--buffer", stdin=wanted) as output:
                for object_id in object_ids:
                    yield _read_object(output, object_id)

    def read_blob(self, commit: str, object_id: str) -> bytes:
        """Return one blob; raise Permanent when the mirror does not have it."""
        for found in self.read_objects(commit, [object_id]):
            if found is not None:
                return b"".join(found[1])
        raise Permanent(
            f"The mirror does not have the object {object_id}. Ask the operator to delete it: it is made anew."
        )

    def place_of_past(self, commit: str) -> tuple[Path, dict[str, str]]:
        """Return where git can be asked for what led to a commit, and with which environment.

        Git is told there which commits are the first ones that the repository has, if it has not all of them.
        """
        own = self._own_folder(_kind_of(commit))
        with suppress(FileNotFoundError):
            descriptor = os.open("shallow", os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=self._folder)
            with os.fdopen(descriptor, "rb") as listed:
                (own / "shallow").write_bytes(listed.read(_MAX_SHALLOW))
        return Path(f"/proc/self/fd/{self._folder}"), self._environment(commit)

    @contextmanager
    def _run(self, commit: str, *arguments: str, stdin: IO[bytes] | None = None) -> Iterator[IO[bytes]]:
        process = subprocess.Popen(
            ["git", *_OPTIONS, *arguments],
            # By way of the descriptor: the folders above the mirror are closed to us.
            cwd=f"/proc/self/fd/{self._folder}",
            env=self._environment(commit),
            stdin=stdin or subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        with suppress(ProcessLookupError, PermissionError):
            resource.prlimit(process.pid, resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        with process:
            if process.stdout is None or process.stderr is None:
                raise AssertionError("both were asked for")
            try:
                yield process.stdout
                process.stdout.read()
                problem = process.stderr.read(2000)
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            # What git says quotes names of the repository: escaped.
            said = ascii(problem.decode(errors="replace").strip())
            raise Permanent(f"The commit {commit[:12]} cannot be read from the mirror: {said[1:-1]}")

    def _environment(self, commit: str) -> dict[str, str]:
        own = self._own_folder(_kind_of(commit))
        return {**QUIET_GIT, "GIT_DIR": str(own), "GIT_OBJECT_DIRECTORY": "./objects", **self._also}

    def _own_folder(self, hash_kind: str) -> Path:
        folder = self._scratch / f"git-{hash_kind}"
        if not folder.exists():
            (folder / "objects").mkdir(parents=True)
            (folder / "refs").mkdir()
            (folder / "HEAD").write_text("ref: refs/heads/none\n")
            version = "repositoryformatversion = 1\n" if hash_kind == "sha256" else "repositoryformatversion = 0\n"
            extension = "[extensions]\n objectformat = sha256\n" if hash_kind == "sha256" else ""
            (folder / "config").write_text(f"[core]\n bare = true\n {version}{extension}")
        return folder


def _kind_of(commit: str) -> str:
    return "sha256" if len(commit) == 64 else "sha1"


def open_mirror(folder: Path) -> int:
    """Return a descriptor of a mirror's folder, for a Mirror; raise Permanent when there is none."""
    try:
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise Permanent(f"The mirror of the repository cannot be opened: {os.strerror(error.errno or 0)}.") from error


def find_past(mirror: Path) -> Path | None:
    """Return the repository beside a mirror that has what led to its commits; None where no push has fetched one."""
    past = mirror.with_name(f"{mirror.stem}-past{mirror.suffix}")
    return past if past.is_dir() else None


def check_commit(commit: str) -> str:
    """Return a full commit id; raise UserError for anything else, so that no name is ever taken for an option."""
    if _COMMIT.fullmatch(commit) is None:
        raise UserError(f"{commit[:80]!a} is no full commit id. Give its 40 hexadecimal digits.")
    return commit


def hash_object(data: bytes, like: str) -> str:
    """Return git's id of a blob, with the hash that the id `like` was made with."""
    algorithm = hashlib.sha256() if len(like) == 64 else hashlib.sha1(usedforsecurity=False)
    algorithm.update(b"blob %d\0" % len(data) + data)
    return algorithm.hexdigest()


def _split(output: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while part := output.read(_PART):
        *lines, rest = (rest + part).split(b"\0")
        yield from lines


def _parse_entry(line: bytes) -> TreeEntry:
    head, _, path = line.partition(b"\t")
    mode, _, object_id, size = head.decode("ascii").split()
    return TreeEntry(mode, object_id, int(size) if size.isdigit() else None, path)


def _read_object(output: IO[bytes], object_id: str) -> tuple[int, Iterator[bytes]] | None:
    header = output.readline(200).decode("ascii", "replace").split()
    if header == [object_id, "missing"]:
        return None
    if len(header) != 3 or header[0] != object_id:
        raise Permanent(f"The object {object_id} cannot be read from the mirror. Ask the operator to look at it.")
    return int(header[2]), _read_parts(output, int(header[2]))


def _read_parts(output: IO[bytes], size: int) -> Iterator[bytes]:
    while size:
        part = output.read(min(size, _PART))
        if not part:
            raise Permanent("The mirror ended in the middle of a file. Ask the operator to look at it.")
        size -= len(part)
        yield part
    output.read(1)
