"""What holds deployments apart and back, and what became of them: claims, locks, blocked commits, approvals, history.

Responsible for each being stored before anybody acts on it, and for a kill leaving it true: a claim is held by a run,
and a run that has ended holds nothing. It decides nothing and never waits; where it cannot be read it raises
StorageUnavailable, and then nothing is deployed.
"""

from typing import Any, Final

from yantra_bot.domain.deployments import Approval, BlockedCommit, Deployed, EnvironmentLock, LockCause, Pin
from yantra_bot.domain.environment import Release
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.repository import Actor
from yantra_bot.runs.codec import decode, encode
from yantra_bot.runs.schema import Database

LOOKED_BACK: Final = 400
"""Newest deployments of an environment among which good ones are looked for."""


class Environments:
    """Part of `records.Records`. Times are Unix time in seconds."""

    _database: Database

    def claim_target(self, cluster: str, namespace: str, run_id: str, *, at: float) -> str:
        """Return the run that may change a namespace: `run_id` when it took the claim or had it already.

        The claim of a run that has ended is taken over. Ask before every stage: a run that was told again after its
        end may have lost it.
        """
        with self._database.write() as connection:
            key = (cluster, namespace)
            connection.execute(self._database.statement("claim target"), (*key, run_id, at))
            return str(connection.execute(self._database.statement("target claim"), key).fetchone()["run_id"])

    def free_target(self, cluster: str, namespace: str, run_id: str) -> bool:
        """Let go of a claim; return whether `run_id` had it. The end of a run lets go of all that it has."""
        return self._database.run("free target", (cluster, namespace, run_id)) > 0

    def target_holder(self, cluster: str, namespace: str) -> str | None:
        """Return the run that is at work in a namespace, None where none is."""
        row = self._database.row("target holder", (cluster, namespace))
        return None if row is None else str(row["run_id"])

    def lock_environment(self, repository_id: int, lock: EnvironmentLock) -> EnvironmentLock:
        """Lock an environment; return the lock that holds, which is an older one where there was one of this cause."""
        values = (lock.environment, lock.cause, lock.by, lock.reason, lock.since, lock.commit, lock.run_id)
        with self._database.write() as connection:
            connection.execute(self._database.statement("lock environment"), (repository_id, *values))
            key = (repository_id, lock.environment, lock.cause)
            return _lock(connection.execute(self._database.statement("environment lock"), key).fetchone())

    def unlock_environment(self, repository_id: int, environment: str, *, at: float) -> tuple[EnvironmentLock, ...]:
        """Drop the locks that were there when it was asked for; return them. One that came later stays."""
        rows = self._database.rows("unlock environment", (repository_id, environment, at))
        return tuple(sorted(map(_lock, rows), key=lambda one: one.since))

    def environment_locks(self, repository_id: int, environment: str | None = None) -> tuple[EnvironmentLock, ...]:
        """Return the locks of an environment, or of all of a repository's, oldest first."""
        return tuple(_lock(row) for row in self._database.rows("environment locks", (repository_id, environment)))

    def block_commit(self, repository_id: int, blocked: BlockedCommit) -> None:
        """Keep a commit from an environment; again changes nothing."""
        values = (blocked.environment, blocked.commit, blocked.reason, blocked.by, blocked.since, blocked.run_id)
        self._database.run("block commit", (repository_id, *values))

    def unblock_commit(self, repository_id: int, environment: str, commit: str, *, at: float) -> bool:
        """Let a commit be deployed again; return whether it was blocked at that moment."""
        return self._database.run("unblock commit", (repository_id, environment, commit, at)) > 0

    def blocked_commits(self, repository_id: int, environment: str) -> tuple[BlockedCommit, ...]:
        """Return the commits that are kept from an environment, oldest first."""
        rows = self._database.rows("blocked commits", (repository_id, environment))
        return tuple(
            BlockedCommit(*(row[name] for name in ("environment", "commit_id", "reason", "by", "since", "run_id")))
            for row in rows
        )

    def approve_deployment(self, run_id: str, approval: Approval) -> bool:
        """Keep that somebody agreed; return False when the same person agreed to the same before."""
        pin, person = approval.pin, approval.person
        values = (person.id, pin.commit, pin.digest, pin.manifests, encode(person, Actor), approval.at)
        return self._database.run("approve deployment", (run_id, *values)) > 0

    def deployment_approvals(self, run_id: str) -> tuple[Approval, ...]:
        """Return who agreed to what in a run, oldest first. Whether it counts is judged elsewhere."""
        return tuple(
            Approval(
                decode(row["person"], Actor), Pin(row["commit_id"], row["digest"], row["manifests"]), float(row["at"])
            )
            for row in self._database.rows("deployment approvals", (run_id,))
        )

    def begin_deployment(self, repository_id: int, begun: Deployed) -> None:
        """Keep that a deployment began; again changes nothing."""
        place = (begun.environment, begun.cluster, begun.namespace)
        values = (encode(begun.release, Release), begun.by, begun.began_at, int(begun.is_rollback))
        self._database.run("begin deployment", (begun.run_id, repository_id, *place, *values))

    def end_deployment(self, run_id: str, environment: str, verdict: Verdict, *, reason: str, at: float) -> bool:
        """Keep how a deployment ended; return False when it had ended before, or never began. The first word counts."""
        return self._database.run("end deployment", (run_id, environment, verdict, reason, at)) > 0

    def deployments(
        self, repository_id: int, environment: str, *, limit: int = 50, without: str = ""
    ) -> tuple[Deployed, ...]:
        """Return the newest deployments to an environment, newest first; `without` is a run to leave out."""
        values = (repository_id, environment, limit, without)
        return tuple(_deployed(row) for row in self._database.rows("deployments", values))

    def deployment(self, run_id: str, environment: str) -> Deployed | None:
        """Return a run's deployment to an environment, None where it began none."""
        row = self._database.row("deployment", (run_id, environment))
        return None if row is None else _deployed(row)

    def good_releases(self, repository_id: int, environment: str, *, limit: int = 20) -> tuple[Deployed, ...]:
        """Return what was healthy in an environment, the newest first: each release once, by its newest deployment.

        The first is the last good release. What served before but is blocked there now is left out, and so is what is
        older than the newest few hundred deployments.
        """
        values = (repository_id, environment, limit, LOOKED_BACK)
        return tuple(_deployed(row) for row in self._database.rows("good releases", values))


def _lock(row: Any) -> EnvironmentLock:
    return EnvironmentLock(
        environment=row["environment"],
        cause=LockCause(row["cause"]),
        by=row["by"],
        reason=row["reason"],
        since=row["since"],
        commit=row["commit_id"],
        run_id=row["run_id"],
    )


def _deployed(row: Any) -> Deployed:
    return Deployed(
        run_id=row["run_id"],
        environment=row["environment"],
        cluster=row["cluster"],
        namespace=row["namespace"],
        release=decode(row["release"], Release),
        by=row["by"],
        began_at=row["began_at"],
        is_rollback=bool(row["is_rollback"]),
        verdict=None if row["verdict"] is None else Verdict(row["verdict"]),
        ended_at=row["ended_at"],
        reason=row["reason"],
    )
