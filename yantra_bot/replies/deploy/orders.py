"""What is answered to commands about deployments. Pure."""

import datetime as dt
from collections.abc import Sequence

from yantra_bot.domain.deployments import Deployed, EnvironmentLock, LockCause
from yantra_bot.replies.text import inline, one_line


def not_connected() -> str:
    """Say that the operator named no cluster."""
    return "I am connected to no cluster. The operator names them: see docs/kubernetes.md."


def no_environment(name: str, known: tuple[str, ...], path: str) -> str:
    """Say which environments there are."""
    if not known:
        return f"{path} of the default branch names no environments, so there is nowhere to deploy to."
    listed = ", ".join(inline(one) for one in known)
    if not name:
        return f"Which environment? {path} of the default branch names {listed}."
    return f"There is no environment {inline(name[:60])}. {path} of the default branch names {listed}."


def too_many_words(rest: str, handle: str) -> str:
    """Say that a deployment takes no words after the environment."""
    return (
        f"I do not know what {inline(rest[:60])} means here. A commit is named so: `@{handle} deploy ENV --ref NAME`."
    )


def said_long_ago(verb: str, environment: str, handle: str) -> str:
    """Ask to say it again: it was heard long after it was said."""
    return (
        f"I hear of this only now, long after it was said, so that I did nothing. Is it still wanted? Then say "
        f"`@{handle} {verb} {environment}` again."
    )


def busy(environment: str, run_url: str, handle: str) -> str:
    """Say that another deployment is at work there."""
    return (
        f"[Another deployment]({run_url}) to {inline(environment)} is at work or waits for its approval, so this "
        f"one was not begun. `@{handle} abort {environment}` ends it."
    )


def which_deployment(at_work: tuple[str, ...], handle: str) -> str:
    """Ask which deployment is meant, or say that there is none."""
    if not at_work:
        return "No deployment is at work or waits there."
    return f"Which one? Name the environment: {', '.join(inline(one) for one in at_work)}."


def promoted(environment: str) -> str:
    """Say that the roll-out goes on."""
    return f"The roll-out to {inline(environment)} goes on."


def nothing_to_promote(environment: str) -> str:
    """Say that no roll-out holds still."""
    return f"The roll-out to {inline(environment)} does not hold still now, or somebody promoted it already."


def ended_before(environment: str) -> str:
    """Say that it ends, and that its roll-out had not begun."""
    return f"The deployment to {inline(environment)} is ended before anything was changed."


def serves_no_more(environment: str, handle: str) -> str:
    """Say that a button is of a version that does not serve any more."""
    return (
        f"That version is not what serves in {inline(environment)} now, so nothing was taken back. "
        f"`@{handle} rollback {environment}` goes back from what does."
    )


def rolled_back_already(environment: str, run_url: str, handle: str) -> str:
    """Say that the way back of a button was gone, or tried, before."""
    return (
        f"[It was asked for already]({run_url}), and that run has ended. "
        f"`@{handle} rollback {environment}` goes back from what serves in {inline(environment)} now."
    )


def short_commit(ref: str, environment: str, handle: str) -> str:
    """Say that a commit is not named well enough to be let in again."""
    return (
        f"{inline(ref[:60])} names no commit: give at least 7 signs of it, of 0-9 and a-f. Nothing was unlocked. "
        f"`@{handle} lock {environment} --info` shows what holds it."
    )


def aborting(environment: str) -> str:
    """Say that it goes back."""
    return f"The roll-out to {inline(environment)} is ended: it goes back to what served before."


def aborting_already(environment: str) -> str:
    """Say that it goes back already."""
    return f"The roll-out to {inline(environment)} is being ended already."


def approved(environment: str, have: int, needed: int) -> str:
    """Say that an approval counts."""
    if have < needed:
        return f"Noted: {have} of {needed} approvals for {inline(environment)}."
    return f"Approved: {inline(environment)} is deployed to now."


def may_not_approve(reason: str) -> str:
    """Say why an approval does not count."""
    return f"That does not count as an approval: {one_line(reason, 300)}"


def rejected(environment: str) -> str:
    """Say that nothing is deployed."""
    return f"Rejected: nothing is deployed to {inline(environment)}."


def nothing_waits(handle: str) -> str:
    """Say that no deployment waits for an approval."""
    return f"No deployment waits for an approval here. `@{handle} deploy ENV` begins one."


def standing(environment: str, now: Deployed | None, locks: Sequence[EnvironmentLock], *, at_work: str) -> str:
    """Say what serves in an environment, since when and by whom, and what holds it."""
    if now is None:
        told = "what serves there was not deployed by me, or is not certain"
    else:
        since = f"{dt.datetime.fromtimestamp(now.ended_at or now.began_at, dt.UTC):%Y-%m-%d %H:%M} UTC"
        pull = f" (head of #{now.release.pull_request})" if now.release.pull_request else ""
        told = f"{inline(now.release.commit[:12])}{pull} since {since}, by {inline(now.by)}"
    work = f" [A deployment]({at_work}) is at work." if at_work else ""
    return f"- {inline(environment)}: {told}.{work} {' '.join(_lock(one) for one in locks)}".rstrip()


def why_lock(environment: str, handle: str) -> str:
    """Ask for the reason of a lock."""
    return f"Say why, so that others know: `@{handle} lock {environment} REASON`."


def locked(lock: EnvironmentLock, handle: str) -> str:
    """Say that an environment is locked, by whom and why."""
    return f"{_lock(lock)} Nothing is deployed there until somebody says `@{handle} unlock {lock.environment}`."


def locks(environment: str, found: Sequence[EnvironmentLock]) -> str:
    """Tell the locks of an environment."""
    return " ".join(_lock(one) for one in found) or f"{inline(environment)} is not locked."


def unlocked(
    environment: str, dropped: Sequence[EnvironmentLock], let_in: Sequence[str], blocked: Sequence[str]
) -> str:
    """Say what was unlocked, and which commits stay blocked."""
    told = [f"{inline(environment)} is unlocked." if dropped else f"{inline(environment)} was not locked."]
    if let_in:
        told.append(f"Let in again: {', '.join(inline(one[:12]) for one in let_in)}.")
    if blocked:
        told.append(f"Still kept from it: {', '.join(inline(one[:12]) for one in blocked[-5:])}.")
    return " ".join(told)


def _lock(lock: EnvironmentLock) -> str:
    since = f"{dt.datetime.fromtimestamp(lock.since, dt.UTC):%Y-%m-%d %H:%M} UTC"
    who = "after a roll-out that failed" if lock.cause is LockCause.ROLL_OUT else f"by {inline(lock.by)}"
    reason = one_line(lock.reason, 300).rstrip(".")
    return f"{inline(lock.environment)} is locked {who} since {since}{f': {reason}' if reason else ''}."
