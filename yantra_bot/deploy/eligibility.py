"""What may be deployed where, by whom and when. Pure: it is told what is true now and decides.

Ask when a deployment is ordered, and again right before the first change: what was true then need not be now. What
could not be read counts against the deployment. Sentences may quote people and commits: text of strangers.
"""

import datetime as dt
import zoneinfo
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from yantra_bot.deploy.freezes import frozen
from yantra_bot.deploy_ports import CommitFacts, CommitStanding
from yantra_bot.domain.deployments import BlockedCommit, Deployed, EnvironmentLock, LockCause
from yantra_bot.domain.environment import Environment, Release
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.repository import Permission, PullRequest

HOTFIX_BRANCHES: Final = "yantra/hotfix"
"""What the branch of a hot-fix begins with."""
HOTFIX_LABELS: Final = frozenset({"hotfix", "hot-fix"})
SHOWN_CHECKS: Final = 5


class Way(StrEnum):
    """What is asked for."""

    DEPLOY = "deploy"
    ROLL_BACK = "roll back"


class RefusalKind(StrEnum):
    """Why not, in one word."""

    PERMISSION = "permission"
    LOCK = "lock"
    UNREADABLE = "unreadable"
    BUSY = "busy"
    FREEZE = "freeze"
    BLOCKED = "blocked"
    REVERTED = "reverted"
    PULL_REQUEST = "pull request"
    BRANCH = "branch"
    CHECKS = "checks"
    ORDER = "order"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: one sentence, and one with the cure."""

    kind: RefusalKind
    text: str
    passes: bool = False
    """Whether waiting alone may help."""


@dataclass(frozen=True, slots=True)
class PullFacts:
    """The pull request whose head is to be deployed, as the forge says now."""

    number: int
    head: str
    is_open: bool
    is_from_fork: bool
    is_hotfix: bool

    @classmethod
    def of(cls, pull: PullRequest, labels: Sequence[str]) -> "PullFacts":
        """Return what counts of a pull request; a hot-fix is one by its label, or by the bot's name for its branch."""
        has_label = not HOTFIX_LABELS.isdisjoint(one.lower() for one in labels)
        is_hotfix = has_label or pull.head_branch.startswith(HOTFIX_BRANCHES)
        return cls(pull.number, pull.head_sha, pull.is_open, pull.is_from_fork, is_hotfix)


@dataclass(frozen=True, slots=True)
class Case:
    """One deployment that is asked for, and everything that decides about it."""

    way: Way
    release: Release
    facts: CommitFacts
    environment: Environment
    permission: Permission
    """Of who asked, read live."""
    locks: tuple[EnvironmentLock, ...] | None
    """Of the environment; None: they could not be read."""
    blocked: tuple[BlockedCommit, ...] | None
    """Commits that are kept from it; None: they could not be read."""
    now: float
    """Unix time in seconds."""
    pull: PullFacts | None = None
    """The pull request whose head it is; None: a commit of a branch."""
    before: tuple[Deployed, ...] = ()
    """What was deployed to the environment that `after` names, newest first."""
    good: tuple[Deployed, ...] = ()
    """What was healthy in this environment, newest first, each release once."""
    history: tuple[Deployed, ...] = ()
    """What was deployed to this environment, newest first; without what this very run began."""
    busy: str = ""
    """Another run that is at work in the same place."""

    @property
    def is_hotfix_outside(self) -> bool:
        """Whether it is a hot-fix's head, going to where no other pull request's goes."""
        return self.pull is not None and self.pull.is_hotfix and not self.environment.takes_pull_requests


def judge(case: Case) -> tuple[Refusal, ...]:
    """Return every reason against it, the weightiest first; none where it may go on. Approvals are judged apart."""
    rules = _ALWAYS + (_DEPLOYING if case.way is Way.DEPLOY else _ROLLING_BACK)
    found = (rule(case) for rule in rules)
    return tuple(one for one in found if one is not None)


def serving(history: Sequence[Deployed]) -> Deployed | None:
    """Return the deployment whose release serves now, by what is known; None where that is nothing certain."""
    for one in history:
        if one.verdict is Verdict.PASS:
            return one
        if one.verdict is not Verdict.FAIL:
            return None
    return None


def rollback_target(good: Sequence[Deployed], history: Sequence[Deployed], *, ref: str = "") -> Deployed | None:
    """Return the release to go back to: the last good one that does not serve now, or the one that `ref` begins.

    None where there is none.
    """
    if ref:
        return next((one for one in good if one.release.commit.startswith(ref.lower())), None)
    now = serving(history)
    return next((one for one in good if now is None or not same_release(one.release, now.release)), None)


def _judge_permission(case: Case) -> Refusal | None:
    if case.permission.may_write:
        return None
    text = "Only people with write access to the repository deploy. Ask one of them."
    return Refusal(RefusalKind.PERMISSION, text)


def _judge_locks(case: Case) -> Refusal | None:
    if case.locks is None or case.blocked is None:
        text = "The locks of environments cannot be read now, so nothing is deployed. Try again in a minute."
        return Refusal(RefusalKind.UNREADABLE, text, passes=True)
    holding = [one for one in case.locks if case.way is Way.DEPLOY or one.cause is LockCause.PERSON]
    if not holding:
        return None
    lock, name = holding[0], case.environment.name
    who = f"by {lock.by}" if lock.cause is LockCause.PERSON else "after a roll-out that failed"
    about = f" ({lock.commit[:7]})" if lock.commit else ""
    text = f"{name} is locked {who} since {_moment(lock.since)}{about}: {lock.reason.rstrip('.')}."
    return Refusal(RefusalKind.LOCK, f"{text} When that is settled, say `unlock {name}`.")


def _judge_busy(case: Case) -> Refusal | None:
    if not case.busy:
        return None
    name = case.environment.name
    text = f"Another deployment is at work in {name} (run {case.busy}). Wait for its end, or stop it."
    return Refusal(RefusalKind.BUSY, text, passes=True)


def _judge_blocked(case: Case) -> Refusal | None:
    blocked = next((one for one in case.blocked or () if one.commit == case.release.commit), None)
    if blocked is None:
        return None
    name, commit = case.environment.name, case.release.commit[:7]
    text = f"{commit} is kept from {name} since {_moment(blocked.since)}: {blocked.reason.rstrip('.')}."
    cure = f"Deploy a commit that mends it, or say `unlock {name} --ref {commit}` to let it in again."
    return Refusal(RefusalKind.BLOCKED, f"{text} {cure}")


def _judge_freeze(case: Case) -> Refusal | None:
    freeze = frozen(case.environment.freezes, case.now)
    if freeze is None:
        return None
    why = f" ({freeze.window.reason})" if freeze.window.reason else ""
    until = _moment(freeze.until, freeze.window.zone)
    text = f"{case.environment.name} is frozen{why} until {until}. Deploy after that; a roll-back is possible now."
    return Refusal(RefusalKind.FREEZE, text, passes=True)


def _judge_reverted(case: Case) -> Refusal | None:
    if not case.facts.reverted_by:
        return None
    text = f"{case.release.commit[:7]} was taken back by {case.facts.reverted_by[:7]}. Deploy a newer commit."
    return Refusal(RefusalKind.REVERTED, text)


def _judge_origin(case: Case) -> Refusal | None:
    """A commit comes from a protected branch, or is the present head of a pull request that may go there."""
    commit, name = case.release.commit[:7], case.environment.name
    if case.pull is None:
        if case.facts.is_on_protected_branch:
            return None
        text = f"{commit} is on no protected branch, so nobody had to review it. Merge it, then deploy the merge."
        return Refusal(RefusalKind.BRANCH, text)
    pull = case.pull
    if pull.is_from_fork:
        text = f"#{pull.number} comes from a fork, whose commits are not deployed. Merge it, then deploy the merge."
    elif not pull.is_open:
        text = f"#{pull.number} is closed. Deploy the branch that it was merged into, or open it again."
    elif pull.head != case.release.commit:
        text = f"{commit} is not the head of #{pull.number} any more. Deploy its present head, {pull.head[:7]}."
    elif not (pull.is_hotfix or case.environment.takes_pull_requests):
        text = (
            f"{name} takes commits of protected branches, not heads of pull requests. Merge #{pull.number} first; "
            f"for a hot-fix, put the label `hotfix` on it, and have it approved."
        )
    else:
        return None
    return Refusal(RefusalKind.PULL_REQUEST, text)


def _judge_checks(case: Case) -> Refusal | None:
    commit, standing = case.release.commit[:7], case.facts.standing
    more = len(case.facts.failing) - SHOWN_CHECKS
    named = ", ".join(case.facts.failing[:SHOWN_CHECKS]) + (f" and {more} more" if more > 0 else "")
    if standing is CommitStanding.GREEN:
        return None
    if standing is CommitStanding.RUNNING:
        text = f"Checks of {commit} still run ({named}). Deploy when they are green."
        return Refusal(RefusalKind.CHECKS, text, passes=True)
    if standing is CommitStanding.RED:
        text = f"Checks of {commit} fail ({named}). Deploy a commit whose checks are green."
    else:
        text = f"{commit} has no checks, so nothing proves it. Have it checked, for example by a workflow on each push."
    return Refusal(RefusalKind.CHECKS, text)


def _judge_order(case: Case) -> Refusal | None:
    """The same image has to be healthy in the environment before; its newest deployment there counts."""
    before, commit = case.environment.after, case.release.commit[:7]
    if not before:
        return None
    there = [one for one in case.before if one.environment == before and one.release.commit == case.release.commit]
    same = [one for one in there if one.release.digest == case.release.digest]
    ended = next((one for one in same if one.verdict is not None), None)
    if ended is not None and ended.verdict is Verdict.PASS:
        return None
    if ended is not None:
        text = f"{commit} was not healthy in {before}. Deploy a commit that mends it there first."
    elif same:
        return Refusal(RefusalKind.ORDER, f"{commit} is on its way to {before}. Wait until it is healthy.", passes=True)
    elif there:
        text = f"{commit} was healthy in {before} with another image: it was built again. Deploy it to {before} anew."
    else:
        text = f"{commit} has not been in {before}, which comes before {case.environment.name}. Deploy it there first."
    return Refusal(RefusalKind.ORDER, text)


def _judge_history(case: Case) -> Refusal | None:
    """Only what was healthy here is gone back to, so that checks and order need not be asked again."""
    if any(same_release(one.release, case.release) for one in case.good):
        return None
    text = f"{case.release.commit[:7]} was never healthy in {case.environment.name}. Deploy it the usual way."
    return Refusal(RefusalKind.HISTORY, text)


_Rule = Callable[[Case], Refusal | None]
_ALWAYS: Final[tuple[_Rule, ...]] = (_judge_permission, _judge_locks, _judge_busy, _judge_blocked)
_DEPLOYING: Final[tuple[_Rule, ...]] = (_judge_reverted, _judge_origin, _judge_checks, _judge_order, _judge_freeze)
_ROLLING_BACK: Final[tuple[_Rule, ...]] = (_judge_history,)


def same_release(one: Release, other: Release) -> bool:
    """Tell whether two are the same commit and image, wherever they came from."""
    return (one.commit, one.image, one.digest) == (other.commit, other.image, other.digest)


def _moment(at: float, zone: str = "UTC") -> str:
    return f"{dt.datetime.fromtimestamp(at, zoneinfo.ZoneInfo(zone)):%a %Y-%m-%d %H:%M} {zone}"
