"""Makes real bare mirrors: ordinary ones from files, and hostile ones from hand-made tree objects."""

import hashlib
import os
import subprocess
import zlib
from collections.abc import Mapping
from pathlib import Path

GIT_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.com",
    "GIT_AUTHOR_DATE": "1700000000 +0000",
    "GIT_COMMITTER_DATE": "1700000000 +0000",
}


def run_git(folder: Path, *arguments: str, data: bytes | None = None) -> bytes:
    """Return what git prints when it is run in `folder`."""
    return subprocess.run(
        ["git", *arguments], cwd=folder, env=GIT_ENVIRONMENT, input=data, check=True, capture_output=True
    ).stdout


class MirrorMaker:
    """A bare repository in `folder` that commits are put into, object by object."""

    def __init__(self, folder: Path, *, hash_kind: str = "sha1") -> None:
        self.folder = folder
        self.hash_kind = hash_kind
        folder.mkdir(parents=True)
        run_git(folder, "init", "-q", "--bare", f"--object-format={hash_kind}", ".")

    def blob(self, data: bytes) -> str:
        return self._write("blob", data)

    def tree(self, *entries: tuple[str, bytes, str]) -> str:
        """Write a tree of (mode, name, object id) as it is, whatever a well-behaved git would say of it."""
        return self._write(
            "tree",
            b"".join(
                mode.encode() + b" " + name + b"\0" + bytes.fromhex(object_id) for mode, name, object_id in entries
            ),
        )

    def commit_tree(self, tree: str) -> str:
        person = "A <a@example.com> 1700000000 +0000"
        return self._write("commit", f"tree {tree}\nauthor {person}\ncommitter {person}\n\nx\n".encode())

    def child(self, commit: str, parent: str, message: str) -> str:
        """Commit what another commit holds, after `parent`."""
        words = ("commit-tree", f"{commit}^{{tree}}", "-p", parent, "-m", message)
        return run_git(self.folder, *words).decode().strip()

    def _write(self, kind: str, body: bytes) -> str:
        """Write a loose object by hand: git would refuse some, and start a process for each."""
        data = f"{kind} {len(body)}\0".encode() + body
        object_id = hashlib.new(self.hash_kind, data, usedforsecurity=False).hexdigest()
        file = self.folder / "objects" / object_id[:2] / object_id[2:]
        file.parent.mkdir(exist_ok=True)
        if not file.exists():
            file.write_bytes(zlib.compress(data))
        return object_id

    def commit(self, files: Mapping[str, bytes | tuple[str, bytes]]) -> str:
        """Commit files by path; a pair is (mode, content), so that ("120000", b"target") is a symbolic link."""
        lines = []
        for path, content in files.items():
            mode, data = content if isinstance(content, tuple) else ("100644", content)
            object_id = data.decode() if mode == "160000" else self.blob(data)
            lines.append(f"{mode} {object_id}\t{path}\0".encode())
        index = {**GIT_ENVIRONMENT, "GIT_INDEX_FILE": str(self.folder / "index.tmp")}
        for arguments, given in ((["update-index", "-z", "--index-info"], b"".join(lines)), (["write-tree"], b"")):
            done = subprocess.run(
                ["git", *arguments], cwd=self.folder, env=index, input=given, check=True, capture_output=True
            )
        (self.folder / "index.tmp").unlink()
        return self.commit_tree(done.stdout.decode().strip())

    def open(self) -> int:
        return os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
