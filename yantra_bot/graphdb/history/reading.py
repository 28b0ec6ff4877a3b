"""Reads the past of a repository: commits, authors, and what each touched of today's symbols. It starts no process.

Whoever runs git is passed in. Where there is no past, the answer is empty and says why.
"""

import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from yantra_bot.domain.graph import Problem, Symbol
from yantra_bot.domain.history import Author, Commit, History, Touch
from yantra_bot.errors import YantraError
from yantra_bot.graphdb.history.gitlog import GitRunner, RawCommit, log_arguments, parse_log
from yantra_bot.graphdb.history.identities import Identities, read_coauthors
from yantra_bot.graphdb.history.touches import Toucher
from yantra_bot.graphdb.talk.mentions import MentionKind, find_mentions
from yantra_bot.graphdb.talk.privacy import mask

MAX_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class HistoryLimits:
    """How much of the past is read. What is beyond is told as a problem."""

    commits: int = 5_000
    bytes: int = 256 * 1024 * 1024
    seconds: float = 30.0
    touches: int = 500_000


DEFAULT_LIMITS = HistoryLimits()


class _Cut(Exception):
    """A limit is reached; what was read before it counts."""


def read_history(
    git: GitRunner,
    symbols: Iterable[Symbol],
    *,
    revision: str = "HEAD",
    since: str = "",
    without: Sequence[str] = (),
    limits: HistoryLimits = DEFAULT_LIMITS,
    repository: str = "",
    salt: bytes = b"",
    clock: Callable[[], float] = time.monotonic,
) -> History:
    """Return the past of `revision`, whose symbols are given; with `since` (a commit) only what that has not.

    `without` are the first commits of a repository that is shallow: they would seem to have made everything.

    `repository` (owner/name) is what `#12` in a message belongs to; `salt` makes the hashes of addresses this
    repository's own. Never raises for what the past contains: problems are told, absence has a reason.
    """
    identities, toucher = Identities(salt), Toucher(symbols)
    commits: list[Commit] = []
    touches: list[Touch] = []
    problems: list[Problem] = []
    reason = "the repository is one commit deep" if without else "the repository has no commits"
    try:
        asked = log_arguments(revision, max_commits=limits.commits, since=since, without=without)
        parts = _bounded(git(asked), limits, clock)
        with closing(parts):
            for raw in parse_log(parts):
                commits.append(_commit(raw, identities, repository))
                touches += toucher.take(raw)
                if len(touches) > limits.touches:
                    raise _Cut(f"more than {limits.touches} touches")
    except (_Cut, YantraError, OSError) as error:
        reason = str(error)
        problems.append(Problem("", "history cut", reason))
    if len(commits) == limits.commits:
        problems.append(Problem("", "history cut", f"only the newest {limits.commits} commits were read"))
    if not commits:
        return History(problems=tuple(problems), absence=reason)
    named, people = _name_authors(commits, identities)
    return History(named, people, tuple(touches), tuple(problems))


def _bounded(parts: Iterable[bytes], limits: HistoryLimits, clock: Callable[[], float]) -> Generator[bytes, None, None]:
    """Yield git's output up to the limits; raise _Cut beyond them."""
    end, size = clock() + limits.seconds, 0
    for part in parts:
        size += len(part)
        if size > limits.bytes:
            raise _Cut(f"git printed more than {limits.bytes} bytes")
        if clock() > end:
            raise _Cut(f"reading took more than {limits.seconds:.0f} s")
        yield part


def _commit(raw: RawCommit, identities: Identities, repository: str) -> Commit:
    """Return a commit whose authors are identities still."""
    message = mask(raw.message)
    mentions = [
        one
        for one in find_mentions(message, repository)
        if one.kind in {MentionKind.ISSUE, MentionKind.PULL_REQUEST, MentionKind.ISSUE_OR_PULL}
    ]
    coauthors = [identities.see(name, mail) for name, mail in read_coauthors(raw.message)]
    subject = " ".join(message.split("\n", 1)[0].split())[:MAX_SUBJECT]
    return Commit(
        sha=raw.sha,
        author=identities.see(raw.name, raw.mail),
        time=raw.time,
        subject="".join(letter if letter.isprintable() else " " for letter in subject),
        parents=raw.parents,
        coauthors=tuple(dict.fromkeys(coauthors)),
        references=tuple(dict.fromkeys(one.name for one in mentions)),
        fixes=tuple(dict.fromkeys(one.name for one in mentions if one.closes)),
        files=len(raw.files),
        added=sum(file.added for file in raw.files),
        removed=sum(file.removed for file in raw.files),
    )


def _name_authors(commits: list[Commit], identities: Identities) -> tuple[tuple[Commit, ...], tuple[Author, ...]]:
    people = identities.authors()
    named = []
    for commit in commits:
        author = people[commit.author].key
        others = tuple(dict.fromkeys(people[one].key for one in commit.coauthors if people[one].key != author))
        named.append(replace(commit, author=author, coauthors=others))
    unique = {person.key: person for person in people.values()}
    return tuple(named), tuple(sorted(unique.values(), key=lambda one: one.key))
