"""Commits built out of blobs, in a clean object store: no work tree, no filter, no hook, no index of anybody's."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from yantra_bot.domain.changes import Changeset, FileChange
from yantra_bot.domain.paths import check_path, protection
from yantra_bot.errors import Permanent, UserError
from yantra_bot.forge.git_failures import words_of
from yantra_bot.forge.mirror import Mirror
from yantra_bot.ports import BlobStore

NOBODY = "0" * 40


@dataclass(frozen=True, slots=True)
class Author:
    """Whose name a commit carries; it proves nothing about who ordered it."""

    name: str
    email: str


def check_changes(changes: Changeset) -> None:
    """Judge every path again, right before it is written; raise UserError for one that a run may not change."""
    if not changes.files:
        raise UserError("There is no change to commit.")
    seen: set[str] = set()
    for change in changes.files:
        path = check_path(change.path)
        if path != change.path:
            raise UserError(f"{change.path[:80]!a} is not spelled as git stores it. Use {path[:80]!a}.")
        reason = protection(path)
        if reason is not None:
            raise UserError(f"{path} is not for a run to change: {reason}. A person has to do it.")
        if path in seen:
            raise UserError(f"{path} is in the change twice.")
        seen.add(path)


async def build_commit(
    mirror: Mirror, blobs: BlobStore, base: str, changes: Changeset, *, author: Author, message: str, at: float
) -> str:
    """Return the id of a commit on `base` with `changes`; the same input gives the same id. `at` is Unix seconds.

    Raises UserError for a path that may not be changed or that collides with another, Permanent for a lost blob.
    """
    check_changes(changes)
    lines = [await _index_line(mirror, blobs, change) for change in changes.files]
    with tempfile.TemporaryDirectory(prefix="yantra-index-") as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        await mirror.must("read-tree", base, environment=index)
        # Removals come first, so that a file may become a folder and a folder a file.
        lines.sort(key=_adds)
        await mirror.must("update-index", "-z", "--index-info", stdin=b"".join(lines), environment=index)
        # The mirror is a partial clone: large files of the base may be absent, and need not be here.
        tree = await mirror.must("write-tree", "--missing-ok", environment=index)
    await _check_difference(mirror, base, tree, changes)
    text = message.encode("utf-8", "replace").replace(b"\x00", b"")
    return await mirror.must("commit-tree", tree, "-p", base, stdin=text, environment=signature(author, at))


def _adds(line: bytes) -> bool:
    return not line.startswith(b"0 ")


async def _check_difference(mirror: Mirror, base: str, tree: str, changes: Changeset) -> None:
    """Make sure that exactly named paths differ: git silently replaces a folder by a file, and a link by a folder."""
    done = await mirror.ask("diff-tree", "-r", "-z", "--no-renames", "--name-only", base, tree)
    if done.code != 0:
        raise Permanent(f"The commit cannot be compared with its base: {words_of(done)}. Ask for a new run.")
    differing = {path for path in done.stdout.split(b"\0") if path}
    if not differing:
        raise UserError("The change leaves every file as it was, so there is nothing to commit.")
    silent = differing - {path.encode() for path in changes.paths}
    if silent:
        shown = ascii(min(silent).decode("utf-8", "replace")[:80])
        raise UserError(f"The change collides with {shown}, which it does not name. Remove or rename one of them.")


async def _index_line(mirror: Mirror, blobs: BlobStore, change: FileChange) -> bytes:
    path = change.path.encode()
    if change.blob is None:
        return b"0 " + NOBODY.encode() + b"\t" + path + b"\0"
    try:
        content = blobs.get(change.blob)
    except KeyError:
        raise Permanent(f"The new content of {change.path} is not in the blob store. Ask for a new run.") from None
    digest = await mirror.must("hash-object", "-w", "--stdin", "--no-filters", stdin=content)
    return f"{change.mode.value} {digest}\t".encode() + path + b"\0"


def signature(author: Author, at: float) -> dict[str, str]:
    """Return git's environment for a commit of this author. `at` is Unix seconds."""
    when = f"@{int(at)} +0000"  # the sign keeps git from guessing what a small number means
    return {
        "GIT_AUTHOR_NAME": author.name,
        "GIT_AUTHOR_EMAIL": author.email,
        "GIT_AUTHOR_DATE": when,
        "GIT_COMMITTER_NAME": author.name,
        "GIT_COMMITTER_EMAIL": author.email,
        "GIT_COMMITTER_DATE": when,
    }
