"""What lies in a person's folder now, as a tree object: uncommitted changes, and files that git does not ignore.

Nothing is written into the repository: objects and the index go to a folder of ours. Git reads the folder with a
configuration of ours, so that no filter, hook or file system monitor of the repository runs; contents are read here.
"""

import os
import stat
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yantra_bot.domain.quiet_git import QUIET_GIT
from yantra_bot.errors import UserError
from yantra_bot.graphdb.history.gitlog import configure
from yantra_bot.review.trees import MAX_ENTRIES
from yantra_bot.sandbox.mirror import hash_object

MAX_FILE: Final = 64 * 1024 * 1024
"""A larger file that differs is left out, and named."""
MAX_NEW: Final = 20_000
"""Files that differ, or that git does not know."""
_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class WorkingTree:
    """The tree, the folder with its objects (the others are the repository's), and what was left out."""

    tree: str
    objects: Path
    left_out: tuple[str, ...] = ()
    """Files that are too large or cannot be read."""
    inner: tuple[str, ...] = ()
    """Repositories inside of it that it does not know as submodules."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """Where a checkout's things are. `index` need not be there."""

    top: Path
    git: Path
    """The folder of this work tree's own state."""
    common: Path
    is_sha256: bool = False


def write_working_tree(checkout: Checkout, scratch: Path) -> WorkingTree:
    """Write what is in the folder as a tree into `scratch`, a private folder. Raises UserError."""
    return _Writer(checkout, scratch).write()


class _Writer:
    def __init__(self, checkout: Checkout, scratch: Path) -> None:
        self._checkout = checkout
        self._objects = scratch / "objects"
        self._own = scratch / "own"
        self._left_out: list[str] = []
        self._inner: list[str] = []
        self._make_own()

    def _make_own(self) -> None:
        for folder in (self._objects, self._own / "objects", self._own / "refs", self._own / "info"):
            folder.mkdir(parents=True)
        (self._own / "HEAD").write_text("ref: refs/heads/none\n")
        hashing = "[extensions]\n objectformat = sha256\n" if self._checkout.is_sha256 else ""
        version = 1 if self._checkout.is_sha256 else 0
        (self._own / "config").write_text(f"[core]\n repositoryformatversion = {version}\n bare = false\n{hashing}")
        for name in ("exclude", "sparse-checkout"):
            with suppress(OSError):
                (self._own / "info" / name).write_bytes((self._checkout.common / "info" / name).read_bytes())
        for shared in self._checkout.git.glob("sharedindex.*"):
            with suppress(OSError):
                (self._own / shared.name).write_bytes(shared.read_bytes())

    def write(self) -> WorkingTree:
        entries = self._list_index()
        differing = [*self._list_changed(), *self._list_new()]
        if len(differing) > MAX_NEW:
            raise UserError(
                f"More than {MAX_NEW} files are changed or not known to git. Commit them, or ignore what is not yours."
            )
        for path in dict.fromkeys(differing):
            self._take(path, entries)
        fed = b"".join(b"%s %s 0\t%s\0" % (mode, one, path) for path, (mode, one) in entries.items())
        index = self._own / "index"
        self._git("update-index", "-z", "--index-info", index=index, data=fed)
        tree = self._git("write-tree", "--missing-ok", index=index).decode("ascii").strip()
        return WorkingTree(tree, self._objects, tuple(self._left_out), tuple(self._inner))

    def _list_index(self) -> dict[bytes, tuple[bytes, bytes]]:
        """Return mode and object of every path of the index; of a conflict, our side, which is replaced anyway."""
        found: dict[bytes, tuple[bytes, bytes]] = {}
        for line in _split(self._git("ls-files", "-z", "--stage")):
            head, _, path = line.partition(b"\t")
            mode, one, _ = head.split(b" ")
            found[path] = (mode, one)
            if len(found) > MAX_ENTRIES:
                raise UserError(f"The repository has more than {MAX_ENTRIES} files, which is too many for a review.")
        return found

    def _list_changed(self) -> list[bytes]:
        """Return what is not as in the index. Submodules are left as their commit stands there."""
        return list(_split(self._git("diff-files", "-z", "--name-only", "--ignore-submodules=all", "--no-ext-diff")))

    def _list_new(self) -> list[bytes]:
        told = list(_split(self._git("ls-files", "-z", "--others", "--exclude-standard")))
        self._inner = [_printable(path) for path in told if path.endswith(b"/")]
        return [path for path in told if not path.endswith(b"/")]

    def _take(self, path: bytes, entries: dict[bytes, tuple[bytes, bytes]]) -> None:
        """Take one file as it is now."""
        known = entries.get(path)
        place = os.path.join(os.fsencode(self._checkout.top), path)  # noqa: PTH118 (a name may be no text)
        try:
            status = os.lstat(place)
        except (FileNotFoundError, NotADirectoryError):
            entries.pop(path, None)
            return
        except OSError:
            self._leave_out(path)
            return
        data = self._read(place, status)
        if data is None:
            self._leave_out(path)
            return
        like = "0" * 64 if self._checkout.is_sha256 else "0" * 40
        found = hash_object(data, like)
        plain = data.replace(b"\r\n", b"\n")
        if known is not None and plain != data and hash_object(plain, like).encode() == known[1]:
            return  # only the ends of its lines differ, as git itself wrote them out
        self._store(data, found)
        entries[path] = (_mode(status), found.encode())

    def _leave_out(self, path: bytes) -> None:
        self._left_out.append(_printable(path))

    def _read(self, place: bytes, status: os.stat_result) -> bytes | None:
        """Return a regular file's bytes, or where a link points to; a link is never followed."""
        try:
            if stat.S_ISLNK(status.st_mode):
                return os.readlink(place)  # noqa: PTH115 (a name may be no text)
            if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_FILE:
                return None
            descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(descriptor, "rb") as file:
                return file.read(MAX_FILE)
        except OSError:
            return None

    def _store(self, data: bytes, name: str) -> None:
        target = self._objects / name[:2] / name[2:]
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(zlib.compress(b"blob %d\0" % len(data) + data, 1))

    def _git(self, *words: str, index: Path | None = None, data: bytes = b"") -> bytes:
        environment = {
            **QUIET_GIT,
            "GIT_DIR": str(self._own),
            "GIT_WORK_TREE": str(self._checkout.top),
            "GIT_OBJECT_DIRECTORY": str(self._objects),
            "GIT_INDEX_FILE": str(index or self._checkout.git / "index"),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": f'"{self._checkout.common / "objects"}"',
        }
        command = ["git", *configure(f"core.excludesFile={_own_excludes()}"), *words]
        try:
            done = subprocess.run(
                command,
                cwd=self._checkout.top,
                env=environment,
                input=data,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise UserError(
                f"git took over {_SECONDS:.0f} s to look at the folder. Review commits, with --head."
            ) from late
        if done.returncode:
            said = ascii(done.stderr.decode("utf-8", "replace").strip()[:300])[1:-1]
            raise UserError(f"git cannot tell what is in {self._checkout.top}: {said}. Review a commit, with --head.")
        return done.stdout


def _split(told: bytes) -> Iterator[bytes]:
    return (part for part in told.split(b"\0") if part)


def _printable(path: bytes) -> str:
    return path.decode("utf-8", "backslashreplace")


def _mode(status: os.stat_result) -> bytes:
    if stat.S_ISLNK(status.st_mode):
        return b"120000"
    return b"100755" if status.st_mode & stat.S_IXUSR else b"100644"


def _own_excludes() -> str:
    """Return the person's own list of what git ignores everywhere, where it is by default."""
    settings = os.environ.get("XDG_CONFIG_HOME", "")
    return str((Path(settings) if settings else Path("~/.config").expanduser()) / "git" / "ignore")
