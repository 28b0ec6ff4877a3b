"""Keeps the past up to date: nothing is read while the newest commit is the known one, then only what is newer.

All is read anew where the past was rewritten, and where symbols are gone: they may be others now, by another name.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from yantra_bot.domain.graph import Symbol
from yantra_bot.domain.history import Author, Commit, History
from yantra_bot.domain.quiet_git import SEARCHED
from yantra_bot.errors import UserError, YantraError
from yantra_bot.graphdb.history.gitlog import GitRunner, configure
from yantra_bot.graphdb.history.host_git import HostGit
from yantra_bot.graphdb.history.reading import HistoryLimits, read_history
from yantra_bot.graphdb.history.records import TOUCHES, history_records, read_history_records
from yantra_bot.graphdb.readings import PAST, Reading
from yantra_bot.graphdb.store_records import TO, Records

ABSENT = "no git history"
NO_GIT = f"{ABSENT}: the folder is not the top of a repository"
NO_COMMITS = f"{ABSENT}: the repository has no commits"
LIMITS = HistoryLimits(commits=5_000, seconds=4.0, touches=60_000)
"""What a person waits for at a build: seconds, also in a repository of Django's size."""
SHALLOW = "history cut: the repository is shallow, and what is older is not in it"
MAX_CUT = 2_000
"""First commits that a shallow repository may have, so that they fit into a command."""


@dataclass(frozen=True, slots=True)
class Past:
    """What was read of the past, and its tables."""

    reading: Reading
    records: Sequence[Records]


def git_of(root: Path, *, searched: str = SEARCHED) -> GitRunner | None:
    """Return a git for the repository whose top folder this is; None where it is none.

    Where there is no git in `searched`, a PATH, it raises when it is asked.
    """
    if not (root / ".git").exists():
        return None
    try:
        return HostGit(root, seconds=30.0, searched=searched)
    except UserError as missing:
        return _refusing(missing)


def _refusing(reason: UserError) -> GitRunner:
    def refuse(arguments: Sequence[str]) -> Iterator[bytes]:
        raise reason

    return refuse


def refresh_past(
    git: GitRunner | None,
    symbols: Iterable[Symbol],
    known: Reading | None,
    kept: Sequence[Records],
    *,
    revision: str = "HEAD",
    limits: HistoryLimits = LIMITS,
    absence: str = NO_GIT,
) -> Past | None:
    """Return the past of a revision, given what is known and kept of it; None where that is the same still.

    `absence` is what is said where there is no git.
    """
    if git is None:
        return _absent_still(known, absence)
    try:
        head = ask(git, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except YantraError:
        return _absent_still(known, _why_absent(git))
    everything = list(symbols)
    paths = {symbol.key: symbol.path for symbol in everything}
    touched = {key for one in kept if one.table == TOUCHES for key in one.rows[TO].unique().to_pylist()}
    is_whole = known is not None and bool(known.mark) and touched <= paths.keys()
    if known is not None and known.mark == head and is_whole:
        return None
    cut = find_cut(git, head)
    if known is not None and is_whole and touched and _is_before(git, known.mark, head):
        newer = read_history(git, everything, revision=head, since=known.mark, without=cut, limits=limits)
        if newer.commits and not newer.problems:
            return _told(_joined(newer, read_history_records(kept, paths), limits), head, known.problems)
    older = (SHALLOW,) if cut else ()
    return _told(read_history(git, everything, revision=head, without=cut, limits=limits), head, older)


def find_cut(git: GitRunner, head: str) -> tuple[str, ...]:
    """Return the first commits that a shallow repository has of a past; none where it is whole, or cannot be asked."""
    try:
        if ask(git, "rev-parse", "--is-shallow-repository") != "true":
            return ()
        found = ask(git, "rev-list", "--max-parents=0", f"--max-count={MAX_CUT}", "--end-of-options", head)
    except YantraError:
        return ()
    return tuple(found.split())


def _is_before(git: GitRunner, older: str, newer: str) -> bool:
    try:
        ask(git, "merge-base", "--is-ancestor", older, newer)
    except YantraError:
        return False
    return True


def ask(git: GitRunner, *words: str) -> str:
    """Return what a git command says. Raises a YantraError where it fails."""
    return b"".join(git((*configure(), "--no-pager", *words))).decode("utf-8", "replace").strip()


def _joined(newer: History, older: History, limits: HistoryLimits) -> History:
    known = {commit.sha for commit in newer.commits}
    commits = (*newer.commits, *(commit for commit in older.commits if commit.sha not in known))[: limits.commits]
    names = {commit.sha for commit in commits}
    touches = tuple(touch for touch in (*newer.touches, *older.touches) if touch.commit in names)
    people = {author.key: author for author in (*older.authors, *newer.authors)}
    return History(commits, tuple(people[name] for name in sorted(_writers(commits, people))), touches)


def _writers(commits: Iterable[Commit], people: dict[str, Author]) -> set[str]:
    return {name for commit in commits for name in (commit.author, *commit.coauthors) if name in people}


def _told(history: History, head: str, known: Sequence[str] = ()) -> Past:
    if history.absence:
        return _absent(f"{ABSENT}: {history.absence}")
    counts = {"commits": len(history.commits), "authors": len(history.authors), "touches": len(history.touches)}
    problems = tuple(dict.fromkeys([*known, *(f"{one.kind}: {one.detail}" for one in history.problems)]))
    return Past(Reading(PAST, head, counts=counts, problems=problems), history_records(history))


def _why_absent(git: GitRunner) -> str:
    try:
        ask(git, "rev-parse", "--git-dir")
    except YantraError as unreadable:
        return f"{ABSENT}: {str(unreadable).removesuffix('.')}"
    return NO_COMMITS


def _absent_still(known: Reading | None, reason: str) -> Past | None:
    """Return the absence of a past; None where that is known."""
    return None if known is not None and known.absence == reason else _absent(reason)


def _absent(reason: str) -> Past:
    empty = History(absence=reason)
    return Past(replace(Reading(PAST), absence=reason), history_records(empty))
