"""What git's complaints mean: who has to do what. Pure; git speaks English here (LC_ALL=C)."""

import re
from enum import Enum

from yantra_bot.errors import Permanent, Transient, YantraError
from yantra_bot.forge.git_process import Done


class Trouble(Enum):
    """Kinds of failure, each with its own way out."""

    CREDENTIALS = "credentials"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not found"
    NO_BRANCH = "no branch"
    MOVED = "moved"
    REJECTED = "rejected"
    TOO_LARGE = "too large"
    MALFORMED = "malformed"
    NETWORK = "network"
    TIMEOUT = "timeout"
    LOCAL = "local"
    """Everything else: most likely our own copy is damaged."""


_SIGNS = {
    Trouble.TOO_LARGE: (
        r"signal 2[45]|File too large|exceeds maximum allowed size|[Oo]ut of memory|unable to mmap",
        r"Cannot allocate memory|No space left",
    ),
    Trouble.MALFORMED: (
        r"fsck error|in \.gitmodules|error in object|did not receive expected object",
        r"repository corruption on the remote side",
    ),
    Trouble.CREDENTIALS: (r"Authentication failed|could not read (?:Username|Password)|returned error: 401",),
    Trouble.FORBIDDEN: (r"returned error: (?:403|451)|Permission to \S+ denied|access denied",),
    Trouble.NOT_FOUND: (
        r"returned error: (?:404|410|30\d)|repository '.*' not found|does not appear to be a git repository",
        r"unable to update url base from redirection",
    ),
    Trouble.NO_BRANCH: (r"couldn't find remote ref|not our ref|no such remote ref",),
    Trouble.MOVED: (r"stale info|\(fetch first\)|non-fast-forward|cannot lock ref|reference already exists",),
    Trouble.REJECTED: (r"\[remote rejected\]|protected branch|pre-receive hook declined|\[rejected\]",),
    Trouble.NETWORK: (
        r"Could not resolve host|Failed to connect|Connection (?:refused|reset|timed out)|RPC failed|early EOF",
        r"Operation too slow|returned error: (?:5\d\d|429)|Empty reply|unexpected disconnect|hung up unexpectedly",
        r"Recv failure|SSL|GnuTLS|transfer closed|Proxy CONNECT aborted",
    ),
}
_COMPILED = {trouble: re.compile("|".join(signs)) for trouble, signs in _SIGNS.items()}
_KILLED = "fatal: fetch-pack: invalid index-pack output"
"""What git says, and nothing else, where the process that takes a pack in was ended by a limit."""
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def trouble_of(done: Done) -> Trouble:
    """Return what kind of failure this is."""
    if done.code is None:
        return Trouble.TIMEOUT
    if done.code in {-24, -25, 128 + 24, 128 + 25}:
        return Trouble.TOO_LARGE
    text = f"{done.stderr}\n{done.text}"
    if words_of(done) == _KILLED:
        return Trouble.TOO_LARGE
    return next((trouble for trouble, signs in _COMPILED.items() if signs.search(text)), Trouble.LOCAL)


def explain(trouble: Trouble, done: Done, *, what: str) -> YantraError:
    """Return what to raise; `what` starts the sentence, such as "Fetching main of octo/demo"."""
    if trouble is Trouble.NETWORK:
        return Transient(f"{what} failed on the way: {words_of(done)}. It is tried again.")
    if trouble is Trouble.TIMEOUT:
        return Transient(f"{what} took too long and was ended. It is tried again.")
    return Permanent(f"{what} failed: {_CURES[trouble]} ({words_of(done)})")


_CURES = {
    Trouble.CREDENTIALS: "the credentials were refused; check the App's installation.",
    Trouble.FORBIDDEN: "the App may not do this; let an owner accept its permissions.",
    Trouble.NOT_FOUND: "the repository is not there any more, or the App is not installed on it.",
    Trouble.NO_BRANCH: "there is no such branch or commit; push it, or name another.",
    Trouble.MOVED: "somebody else changed the branch meanwhile; their commits are left alone. Ask for a new run.",
    Trouble.REJECTED: "a rule of the repository refused it; let the App pass the rule, or change the rule.",
    Trouble.TOO_LARGE: "it is larger than this bot takes; raise the limit, or make the repository smaller.",
    Trouble.MALFORMED: "git's own check refused what is in it; repair the repository's history.",
    Trouble.LOCAL: "git failed in a way that has no known cure; see the words it said.",
}


def words_of(done: Done) -> str:
    """Return the lines in which git or the server says why, on one line, at most 300 characters."""
    lines = [_CONTROL.sub("", line).strip() for line in f"{done.stderr}\n{done.text}".splitlines()]
    telling = [line for line in lines if line.startswith(("fatal:", "error:", "remote:", "!"))]
    return "; ".join(dict.fromkeys(telling or lines[-2:]))[:300] or "git said nothing"
