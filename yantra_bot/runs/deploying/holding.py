"""What people hold an environment with: it is locked, unlocked, a commit let in again, or what holds it is told.

What counts is when it was said, however late or often it is handled: an unlock opens no lock that came after it.
"""

import re
from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.deployments import EnvironmentLock, LockCause
from yantra_bot.replies.deploy import orders as say
from yantra_bot.runs.records import Records

_COMMIT: Final = re.compile(r"[0-9a-f]{7,64}", re.ASCII)
"""As much of a commit's name as tells it from others."""


@dataclass(frozen=True, slots=True)
class Said:
    """About which repository somebody said something, when (Unix time in seconds), and what the bot is called there."""

    repository_id: int
    by: str
    at: float
    handle: str


def hold(records: Records, command: Command, environment: str, reason: str, said: Said) -> str:
    """Lock or unlock an environment, or show what holds it; return the words to answer with."""
    if command.options.info:
        return say.locks(environment, records.environment_locks(said.repository_id, environment))
    if command.verb is Verb.UNLOCK:
        return _unlock(records, environment, command.options.ref.lower(), said)
    if not reason:
        return say.why_lock(environment, said.handle)
    lock = EnvironmentLock(environment, LockCause.PERSON, said.by, reason, said.at)
    return say.locked(records.lock_environment(said.repository_id, lock), said.handle)


def _unlock(records: Records, environment: str, ref: str, said: Said) -> str:
    if ref and not _COMMIT.fullmatch(ref):
        return say.short_commit(ref, environment, said.handle)
    key, let_in = (said.repository_id, environment), list[str]()
    dropped = records.unlock_environment(*key, at=said.at)
    for commit in [one.commit for one in records.blocked_commits(*key)]:
        if ref and commit.startswith(ref) and records.unblock_commit(*key, commit, at=said.at):
            let_in.append(commit)
    blocked = tuple(one.commit for one in records.blocked_commits(*key))
    return say.unlocked(environment, dropped, let_in, blocked)
