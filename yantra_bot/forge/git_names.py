"""Names that git is given: branches, commits, runs. Pure; what is odd is refused before git sees it."""

import hashlib
import re
import unicodedata

from yantra_bot.errors import UserError

MAX_BRANCH_BYTES = 200
"""A ref is a file name on some servers; git needs room beside it for `.lock`."""

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_ODD_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})


def check_branch(name: str) -> str:
    """Return `name` if git allows it for a branch and it cannot be taken for something else; raise UserError."""
    problem = _problem_of(name)
    if problem is not None:
        raise UserError(f"The branch name {name[:80]!a} {problem}. Use an ordinary branch name, such as main.")
    return name


def _problem_of(name: str) -> str | None:
    if not name or name in {"@", "HEAD"} or name.startswith("-"):
        return "is not a branch's own name"
    if len(name.encode("utf-8", "surrogatepass")) > MAX_BRANCH_BYTES:
        return f"is longer than {MAX_BRANCH_BYTES} bytes"
    if _FORBIDDEN.search(name) or any(unicodedata.category(letter) in _ODD_CATEGORIES for letter in name):
        return "has characters that git does not allow or that cannot be seen"
    parts = name.split("/")
    if any(not part or part.startswith(".") or part.endswith((".", ".lock")) for part in parts):
        return "has a part that is empty, starts or ends with a dot, or ends with .lock"
    if parts[0] == "refs" or _COMMIT.fullmatch(name):
        return "could be taken for a full ref or a commit"
    return None


def check_commit(commit: str) -> str:
    """Return `commit` if it is a full commit id; raise UserError."""
    if not _COMMIT.fullmatch(commit):
        raise UserError(f"{commit[:80]!a} is no full commit id. Give all 40 hexadecimal digits.")
    return commit


RUN_REFS = "refs/yantra/runs"


def run_ref(run_id: str) -> str:
    """Return the ref under which a run's base is kept."""
    return f"{RUN_REFS}/{run_id if _PLAIN.fullmatch(run_id) else _digest(run_id)}"


def picture_ref(run_id: str) -> str:
    """Return the ref, on the forge, of a run's pictures: none that a clone fetches or a workflow hears of."""
    return f"refs/yantra/pictures/{run_id if _PLAIN.fullmatch(run_id) else _digest(run_id)}"


def head_ref(branch: str) -> str:
    """Return the ref under which the mirror keeps a branch's head: hashed, since `a` may become `a/b` meanwhile."""
    return f"refs/yantra/heads/{_digest(branch)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]
