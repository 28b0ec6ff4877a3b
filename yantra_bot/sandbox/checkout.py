"""A run's tree: the base commit laid out, what was changed on top of it, and what of that belongs to the change.

A path belongs to the change when the base has it or an editing tool wrote it. What commands and tests leave behind is
named and stays out. What a commit of ours cannot hold (a link, a file that is too large, a protected path) is put back
as it was. Git is never run on this tree; base content comes from the mirror, and all access goes through `Tree`.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from yantra_bot.domain.changes import Changeset, FileChange, FileMode
from yantra_bot.domain.paths import protection
from yantra_bot.errors import UserError
from yantra_bot.sandbox.differ import Version, show_change
from yantra_bot.sandbox.layout import SYMLINK, BaseFile, CheckoutLimits, Layout, lay_out
from yantra_bot.sandbox.mirror import Mirror, hash_object
from yantra_bot.sandbox.removal import remove_entry
from yantra_bot.sandbox.run_tree import RunTree
from yantra_bot.sandbox.scan import Scan, Signature, scan_folder, sign
from yantra_bot.sandbox.tree import Tree

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Survey:
    """The change as it is now. `put_back` and `created` name paths, escaped, for people."""

    changes: Changeset
    put_back: tuple[str, ...] = ()
    created: tuple[str, ...] = ()
    created_count: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """A state of the tree that `undo_since` goes back to."""

    changes: Changeset
    names: frozenset[str]
    folders: frozenset[str]


class Checkout:
    """One commit, laid out in the new, empty folder `root`, and what has become of it."""

    def __init__(self, mirror: Mirror, commit: str, root: Path, limits: CheckoutLimits) -> None:
        self.tree = RunTree(root)
        self._mirror = mirror
        self._commit = commit
        self._limits = limits
        self.layout: Layout = lay_out(mirror, commit, root, limits)
        self._last = self._scan()
        self._is_stale = False
        names = self._last.names
        self._same = {path: names[path] for path in self._base if path in names}
        self._judged: dict[str, tuple[Signature, FileChange | str | None]] = {}
        self._contents: dict[str, bytes] = {}
        self._pinned: frozenset[str] = frozenset()

    @property
    def _base(self) -> dict[str, BaseFile]:
        return self.layout.files

    def apply(self, changes: Changeset, read_blob: Callable[[str], bytes]) -> None:
        """Put a change on top. Raises UserError when a path cannot be written, KeyError when a blob is missing."""
        self._is_stale = True
        for change in changes.files:
            if change.blob is not None:
                self._write(change.path, read_blob(change.blob), change.mode)
            elif self.tree.kind(change.path) is not None:
                self._clear_way(change.path)

    def expect_anything(self) -> None:
        """Say that something other than the tools is about to write to the tree: the next look is at all of it."""
        self._is_stale = True

    def survey(self) -> Survey:
        """Return what differs from the base, after putting back what cannot be part of a change."""
        scan = self._look()
        changes, put_back = [], []
        for path in sorted(self._base.keys() | self.tree.written):
            verdict = self._judge(path, scan)
            if isinstance(verdict, FileChange):
                changes.append(verdict)
            elif verdict is not None:
                self._put_back(path)
                put_back.append(f"{path}: {verdict}")
        self._keep(change.blob for change in changes)
        created = sorted(scan.names.keys() - self._base.keys() - self.tree.written)
        shown = tuple(ascii(path[:200])[1:-1] for path in created[:_SHOWN])
        return Survey(Changeset(tuple(changes)), tuple(put_back), shown, len(created))

    def paths(self) -> tuple[str, ...]:
        """Return, sorted, the files of the tree that are known to the base or to the tools."""
        names = self._look().names
        known = (self._base.keys() | self.tree.written) & names.keys()
        return tuple(sorted(path for path in known if names[path].is_file))

    def content(self, blob: str) -> bytes:
        """Return the bytes of a blob that a survey has named; KeyError for another."""
        return self._contents[blob]

    def mark(self) -> Mark:
        """Return the state of now, before something is run."""
        self.expect_anything()
        changes = self.survey().changes
        self._pinned = frozenset(change.blob for change in changes.files if change.blob)
        scan = self._look()
        return Mark(changes, frozenset(scan.names), scan.folders)

    def undo_since(self, mark: Mark) -> tuple[str, ...]:
        """Bring the tree back to a state; return, escaped, the paths known to us that had to be restored."""
        restored = self.go_back(mark.changes, self._contents.__getitem__)
        self._remove_created(mark)
        self._pinned = frozenset()
        return tuple(ascii(path)[1:-1] for path in restored)

    def go_back(self, changes: Changeset, read_blob: Callable[[str], bytes]) -> list[str]:
        """Make the change to the base another one; return its paths that were otherwise. KeyError as `apply`."""
        self.expect_anything()
        wanted = {change.path: change for change in changes.files}
        now = {change.path: change for change in self.survey().changes.files}
        restored = [path for path in sorted(wanted.keys() | now.keys()) if wanted.get(path) != now.get(path)]
        contents = {change.blob: read_blob(change.blob) for change in changes.files if change.blob}
        for path in restored:
            change = wanted.get(path)
            if change is None:
                self._put_back(path)
            else:
                self.apply(Changeset((change,)), contents.__getitem__)
        return restored

    def versions(self) -> dict[str, tuple[bytes | None, bytes | None]]:
        """Return the content of each path of the change, before and after; None where there is no such file."""
        changes = self.survey().changes.files
        return {
            change.path: (old.data if old else None, self._contents[change.blob] if change.blob else None)
            for change, old in zip(changes, self._versions(changes), strict=True)
        }

    def diff(self) -> str:
        """Return the change as a unified diff."""
        changes = self.survey().changes.files
        return "".join(self._show(change, old) for change, old in zip(changes, self._versions(changes), strict=True))

    def _look(self) -> Scan:
        """Return what is in the tree: all of it anew, or what the tools touched where nothing else wrote."""
        if self._is_stale:
            self._last = self._scan()
            self._is_stale = False
        else:
            for path in self.tree.touched:
                self._look_at(path)
        self.tree.touched.clear()
        return self._last

    def _look_at(self, path: str) -> None:
        folder, _, name = path.rpartition("/")
        try:
            with self.tree.open_folder(folder) as fd:
                self._last.names[path] = sign(os.lstat(name, dir_fd=fd))
        except (UserError, FileNotFoundError):
            self._last.names.pop(path, None)

    def _scan(self) -> Scan:
        return scan_folder(self.tree.root, max_names=self._limits.max_names)

    def _keep(self, blobs: Iterable[str | None]) -> None:
        """Forget the contents that are no part of the change any more."""
        wanted = {blob for blob in blobs if blob} | self._pinned
        self._contents = {blob: data for blob, data in self._contents.items() if blob in wanted}
        if sum(map(len, self._contents.values())) > self._limits.max_change_bytes:
            raise UserError(f"The change has more than {self._limits.max_change_bytes} bytes. Make a smaller one.")

    def _judge(self, path: str, scan: Scan) -> FileChange | str | None:
        """Return what became of a path: its change, None for none, or why it has to be put back."""
        signature, base = scan.names.get(path), self._base.get(path)
        if signature is None:
            reason = protection(path) if base else None
            return reason or (FileChange(path, None) if base else None)
        if signature == self._same.get(path):
            return None
        known = self._judged.get(path)
        if known is None or known[0] != signature:
            known = self._judged[path] = (signature, self._read(path, signature, base))
        return known[1]

    def _read(self, path: str, signature: Signature, base: BaseFile | None) -> FileChange | str | None:
        if signature.is_link and base and base.mode == SYMLINK:
            return None if self._link_id(path) == base.object_id else "it is a symbolic link"
        if not signature.is_file:
            return "it is no regular file any more"
        if signature.size > self._limits.max_file_bytes:
            return f"it has more than {self._limits.max_file_bytes} bytes"
        data = self._read_bytes(path)
        mode = FileMode.EXECUTABLE if signature.is_executable else FileMode.REGULAR
        if base and base.mode == mode and hash_object(data, base.object_id) == base.object_id:
            return None
        if reason := protection(path):
            return reason
        blob = hashlib.sha256(data).hexdigest()
        self._contents[blob] = data
        return FileChange(path, blob, mode)

    def _read_bytes(self, path: str) -> bytes:
        try:
            return self.tree.read_bytes(path, limit=self._limits.max_file_bytes)
        except UserError:
            folder, _, name = path.rpartition("/")
            with self.tree.open_folder(folder) as fd:
                # Locked against its own owner: a link would have been judged before.
                os.chmod(name, 0o644, dir_fd=fd)
            return self.tree.read_bytes(path, limit=self._limits.max_file_bytes)

    def _link_id(self, path: str) -> str:
        folder, _, name = path.rpartition("/")
        with self.tree.open_folder(folder) as fd:
            target = os.fsencode(os.readlink(name, dir_fd=fd))
        return hash_object(target, self._base[path].object_id)

    def _write(self, path: str, data: bytes, mode: str) -> None:
        if not self.tree.exists(path):
            self._clear_way(path)
        self.tree.write_bytes(path, data, is_executable=mode == FileMode.EXECUTABLE)
        self._contents[hashlib.sha256(data).hexdigest()] = data

    def _put_back(self, path: str) -> None:
        """Make a path what it is in the base, nothing when the base does not have it."""
        self._is_stale = True
        base = self._base.get(path)
        if base is None or base.mode == SYMLINK or not self.tree.exists(path):
            self._clear_way(path)
        if base is None:
            return
        data = self._mirror.read_blob(self._commit, base.object_id)
        # Not an edit: the path is known by the base, or it is none of the change.
        Tree(self.tree.root).write_bytes(path, data, is_executable=base.mode == FileMode.EXECUTABLE)
        if base.mode == SYMLINK:
            folder, _, name = path.rpartition("/")
            with self.tree.open_folder(folder) as fd:
                os.unlink(name, dir_fd=fd)
                os.symlink(data, name.encode(), dir_fd=fd)

    def _clear_way(self, path: str) -> None:
        """Remove what stands at `path`, or in the place of a folder above it; links are removed, not followed."""
        above = ""
        *folders, last = path.split("/")
        for name in folders:
            with self.tree.open_folder(above) as fd:
                with suppress(NotADirectoryError, FileNotFoundError):
                    os.close(os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=fd))
                    above = f"{above}/{name}" if above else name
                    continue
                with suppress(FileNotFoundError):
                    remove_entry(name, above=fd)
                return
        with self.tree.open_folder(above) as fd, suppress(FileNotFoundError):
            remove_entry(last, above=fd)

    def _remove_created(self, mark: Mark) -> None:
        scan = self._scan()
        known = mark.names | self._base.keys() | self.tree.written
        for path in scan.names.keys() - known:
            self._remove(path)
        for path in sorted(scan.folders - mark.folders, key=len, reverse=True):
            self._remove(path, only_empty=True)

    def _remove(self, path: str, *, only_empty: bool = False) -> None:
        # By path: such names may be none that `Tree` accepts, and no process of the run is left to plant a link.
        full = os.fsencode(self.tree.root / path)
        with suppress(OSError):
            if only_empty:
                os.rmdir(full)  # noqa: PTH106 (bytes)
            else:
                os.unlink(full)  # noqa: PTH108 (bytes)

    def _versions(self, changes: Sequence[FileChange]) -> list[Version | None]:
        """Return what the base has for each change; what is too large to read stands as binary."""
        bases = [self._base.get(change.path) for change in changes]
        wanted = [base.object_id for base in bases if base and base.size <= self._limits.max_file_bytes]
        found = (b"".join(item[1]) if item else b"\0" for item in self._mirror.read_objects(self._commit, wanted))
        versions: list[Version | None] = []
        for base in bases:
            if base is None:
                versions.append(None)
            else:
                versions.append(Version(next(found) if base.size <= self._limits.max_file_bytes else b"\0", base.mode))
        return versions

    def _show(self, change: FileChange, old: Version | None) -> str:
        new = Version(self._contents[change.blob], change.mode) if change.blob is not None else None
        if old and new and old.mode == SYMLINK:
            return show_change(change.path, old, None) + show_change(change.path, None, new)
        return show_change(change.path, old, new)
