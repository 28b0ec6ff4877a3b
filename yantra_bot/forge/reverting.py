"""Takes back what was deployed: everything between the last good and the bad commit, on top of a branch's present head.

All of it happens between objects of the mirror: no work tree, no hook, and no attribute or merge driver of the
repository has a say. Where files were changed again since, nothing is made and the files are named.
"""

from typing import Final

import structlog

from yantra_bot.deploy_ports import Reverted
from yantra_bot.domain.paths import protection
from yantra_bot.errors import Permanent, UserError, YantraError
from yantra_bot.forge.commits import Author, signature
from yantra_bot.forge.conversation import FETCH, Conversation
from yantra_bot.forge.git_failures import explain, trouble_of, words_of
from yantra_bot.forge.mirror import Mirror

GENERATIONS: Final = 300
"""How far back commits are looked for that are taken back with the bad one."""
MAX_LISTED: Final = 50
MAX_LARGE: Final = 50
"""Large files that a revert may bring back."""
MAX_TITLE: Final = 100
ALONE: Final = ("fetch.unpackLimit=1", "remote.origin.promisor=true", "remote.origin.partialclonefilter=tree:0")
"""What git is told in the repository that holds commits alone: that their files are absent is meant."""
_EMPTY_TREE: Final = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
_NO_ATTRIBUTES: Final = {"GIT_ATTR_SOURCE": _EMPTY_TREE}
"""Newer versions of git read attributes from a commit where there is no work tree; ours are nobody's."""
_NOBODY: Final = Author("Yantra", "yantra@localhost")
_CONFLICTS: Final = 1
"""Git's word for a merge that was made and has conflicts."""


async def build_revert(
    mirror: Mirror, *, bad: str, good: str, head: str, author: Author, message: str, at: float
) -> Reverted:
    """Return a commit on `head` that is `head` without the way from `good` to `bad`; the same input, the same id.

    All three have to be in the mirror, and need no past: the merge is one of three trees. Where there is nothing left
    to take back, there is no commit and no conflict. Raises UserError where it would change what no run may change.
    """
    ours, theirs = [await _stand_in(mirror, one, parent=bad) for one in (head, good)]
    words = ("merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", ours, theirs)
    done = await mirror.ask(*words, environment=_NO_ATTRIBUTES)
    if done.code not in (0, _CONFLICTS):
        raise Permanent(f"{bad[:7]} cannot be taken back: {words_of(done)}. Revert it by hand.")
    tree, *files = done.stdout.decode("utf-8", "replace").rstrip("\0").split("\0")
    if done.code == _CONFLICTS:
        return Reverted("", head, tuple(dict.fromkeys(files)))
    changed = await _changed(mirror, head, tree)
    if not changed:
        return Reverted("", head)
    _check_paths(bad, changed)
    text = f"{message.rstrip()}\n\nThis reverts commit {bad}.\n".encode("utf-8", "replace").replace(b"\0", b"")
    made = await mirror.must("commit-tree", tree, "-p", head, stdin=text, environment=signature(author, at))
    return Reverted(made, head)


async def _stand_in(mirror: Mirror, commit: str, *, parent: str = "") -> str:
    """Return a commit with this one's files alone, so that git takes for the past what the merge is to be from."""
    before = ("-p", await _stand_in(mirror, parent)) if parent else ()
    environment = signature(_NOBODY, 0)
    return await mirror.must("commit-tree", f"{commit}^{{tree}}", *before, stdin=b"", environment=environment)


async def _changed(mirror: Mirror, head: str, tree: str) -> list[str]:
    done = await mirror.ask("diff-tree", "-r", "-z", "--no-renames", "--name-only", head, tree)
    if done.code != 0:
        raise Permanent(f"The revert cannot be compared with {head[:7]}: {words_of(done)}. Revert it by hand.")
    return [path.decode("utf-8", "replace") for path in done.stdout.split(b"\0") if path]


def _check_paths(bad: str, changed: list[str]) -> None:
    for path in changed:
        if (reason := protection(path)) is not None:
            raise UserError(
                f"Taking {bad[:7]} back changes {path[:200]}, which is not for a run to change: {reason}. "
                "A person has to revert it."
            )


async def complete(mirror: Mirror, conversation: Conversation, made: Reverted) -> None:
    """Fetch the large files that come back: the mirror leaves these on the server, and a push has to send them."""
    words = ("rev-list", "--objects", "--missing=print", made.commit, f"^{made.base}")
    done = await mirror.ask(*words)
    if done.code != 0:
        raise Permanent(f"The revert cannot be read: {words_of(done)}. Revert it by hand.")
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    missing = [line.removeprefix("?") for line in lines if line.startswith("?")]
    if len(missing) > MAX_LARGE:
        raise UserError(f"The revert brings {len(missing)} large files back, which are too many. Revert it by hand.")
    if missing:
        fetched = await conversation.talk(*FETCH, "--filter=blob:none", "origin", *missing)
        if fetched.code != 0:
            raise explain(trouble_of(fetched), fetched, what="Fetching large files that come back")


async def list_taken_back(log: Mirror, conversation: Conversation, *, bad: str, good: str) -> tuple[str, ...]:
    """Return the commits from `good` (not counted) to `bad`, newest first, as `abc1234 title`; none if nobody can tell.

    `log` is a repository for commits without files. What is more than a list for people is left out, with a line that
    says so.
    """
    try:
        async with log.writing():
            listed = await _list(log, conversation, bad=bad, good=good)
            await log.clean()
            return listed
    except YantraError as problem:
        structlog.get_logger().warning("commits that are taken back are not listed", reason=str(problem))
        return ()


async def _list(log: Mirror, conversation: Conversation, *, bad: str, good: str) -> tuple[str, ...]:
    words = (*FETCH, f"--depth={GENERATIONS}", "--filter=tree:0", "origin", bad, good)
    done = await conversation.talk(*words)
    if done.code != 0:
        raise explain(trouble_of(done), done, what=f"Fetching what led to {bad[:7]}")
    shown = f"--format=%h %<({MAX_TITLE},trunc)%s"
    asked = ("log", "-z", "--abbrev=7", shown, f"--max-count={MAX_LISTED + 1}", bad, f"^{good}")
    done = await log.ask(*asked)
    if done.code != 0:
        raise Permanent(f"What led to {bad[:7]} cannot be read: {words_of(done)}.")
    lines = [" ".join(one.split()) for one in done.stdout.decode("utf-8", "replace").split("\0") if one.strip()]
    return (*lines[:MAX_LISTED], *(("… and commits before these",) if len(lines) > MAX_LISTED else ()))
