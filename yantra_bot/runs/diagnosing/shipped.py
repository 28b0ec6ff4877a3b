"""What our records of deployments say of a failure: what serves, what served well before, what may have brought it."""

from collections.abc import Sequence
from typing import Final

from yantra_bot.deploy.eligibility import serving
from yantra_bot.domain.alerts import Alert
from yantra_bot.domain.deployments import Deployed
from yantra_bot.domain.diagnosing import Shipped
from yantra_bot.domain.incidents import Incident
from yantra_bot.domain.proof import Verdict

CAUSE_SECONDS: Final = 3_600.0
"""So long after a deployment a failure may still be its doing."""
SKEW_SECONDS: Final = 120.0
"""By which a sender's clock may be wrong."""
_BELIEVED_SECONDS: Final = 86_400.0
NOT_OURS: Final = "My records know of no deployment to {environment}: what serves there is unknown."
UNSURE: Final = "How the last deployment to {environment} ended is unknown, and so is what serves there."


def find_shipped(
    incident: Incident, alerts: Sequence[Alert], history: Sequence[Deployed], good: Sequence[Deployed]
) -> Shipped:
    """Return what is known. `history` and `good` are the newest deployments and good releases, newest first."""
    now, began = serving(history), began_at(incident, alerts)
    last = next((one for one in history if one.began_at <= began + SKEW_SECONDS), None)
    if last is not None and last.verdict is Verdict.FAIL:
        last = now  # it was gone back from
    serves = now.release.commit if now is not None else ""
    if last is None:
        words = UNSURE if history else NOT_OURS
        return Shipped(serves=serves, problem="" if serves else words.format(environment=incident.environment))
    ended = last.ended_at if last.ended_at is not None else last.began_at
    is_cause = began - SKEW_SECONDS <= max(ended, last.began_at) + CAUSE_SECONDS
    commit = last.release.commit
    before = next(
        (
            one.release.commit
            for one in good
            if one.release.commit != commit and one.run_id != last.run_id and one.began_at < last.began_at
        ),
        "",
    )
    return Shipped(
        serves=serves,
        good=before,
        run_id=last.run_id,
        commit=commit,
        by=last.by,
        began_at=last.began_at,
        is_rollback=last.is_rollback,
        is_cause=is_cause and not last.is_rollback,
        problem="" if serves else UNSURE.format(environment=incident.environment),
    )


def began_at(incident: Incident, alerts: Sequence[Alert]) -> float:
    """Return when the failure began, as far as the senders' clocks are believed; Unix time in seconds.

    What was over and came back began when it fired anew: what was deployed before its first time is not its cause.
    """
    if incident.opened_again:
        anew = [one.started_at for one in alerts if one.is_firing and one.started_at > incident.opened_at]
        newest = max(anew, default=incident.last_fired_at)
        return newest if 0 <= incident.last_fired_at - newest <= _BELIEVED_SECONDS else incident.last_fired_at
    told = [one.started_at for one in alerts if one.started_at]
    first = min(told, default=incident.opened_at)
    return first if 0 <= incident.opened_at - first <= _BELIEVED_SECONDS else incident.opened_at
