"""Whether a healing action may be done now: by policy, by whoever agreed, by what was done before. Pure.

Every reason against it is told at once. What cannot be read never counts as a yes: who calls this has read it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.deployments import EnvironmentLock, LockCause
from yantra_bot.domain.healing import Healed
from yantra_bot.domain.incidents import HealingKind, Incident, Policy, Silence
from yantra_bot.domain.monitoring import Watch
from yantra_bot.monitor.proposing import FLAPPING

HOUR: Final = 3_600.0


@dataclass(frozen=True, slots=True)
class Standing:
    """What an action is judged by, read live."""

    watch: Watch
    incident: Incident
    history: Sequence[Healed]
    """Of the service in this environment, this run's own left out."""
    locks: Sequence[EnvironmentLock] = ()
    silences: Sequence[Silence] = ()
    """Those that last."""
    agreed_by: str = ""
    """Who agreed; empty: nobody."""
    may_agree: bool = False
    """Whether that person may write to the repository now."""
    is_paused: bool = False
    """Whether the operator holds the bot back here."""


def refusals(kind: HealingKind, target: str, standing: Standing, *, now: float) -> tuple[str, ...]:
    """Return why an action may not be done, each a sentence; nothing where it may."""
    incident, watch = standing.incident, standing.watch
    found: list[str] = []
    if standing.is_paused:
        found.append("The operator paused the bot here.")
    if incident.state.is_over or not incident.is_firing:
        found.append("Nothing fires any more: there is nothing to be healed.")
    found += _by_policy(kind, standing)
    found += [f"{one.by} silenced {one.service}." for one in standing.silences if one.service == incident.service]
    for lock in standing.locks:
        if lock.cause is LockCause.PERSON:
            found.append(f"{lock.by} locked {watch.environment}. Cure: unlock it first.")
    found += _by_history(kind, target, standing, now)
    return tuple(found)


def _by_policy(kind: HealingKind, standing: Standing) -> list[str]:
    watch, incident = standing.watch, standing.incident
    if standing.agreed_by:
        if standing.may_agree:
            return []
        return [f"{standing.agreed_by} agreed, and may not write to the repository (any more)."]
    if watch.policy(kind) is not Policy.AUTOMATIC:
        return [f"The rules of {watch.environment} let nobody {kind} unasked, and nobody agreed. Cure: approve it."]
    if incident.flaps >= FLAPPING:
        return [
            f"It comes and goes ({incident.flaps} times): nothing is done unasked. Cure: approve it, or mend the alert."
        ]
    return []


def _by_history(kind: HealingKind, target: str, standing: Standing, now: float) -> list[str]:
    """Limits hold for everybody: what did not help three times in an hour helps no fourth time."""
    watch, service = standing.watch, standing.incident.service
    lately = [one for one in standing.history if one.at > now - HOUR]
    if len(lately) >= watch.actions_an_hour:
        limit = f"`actions_an_hour` is {watch.actions_an_hour}"
        return [f"{len(lately)} actions were done to {service} within the hour, and {limit}. A person has to look."]
    since = now - watch.cooldown_minutes * 60
    again = next((one for one in standing.history if (one.kind, one.target) == (kind, target) and one.at > since), None)
    if again is not None:
        minutes = f"{watch.cooldown_minutes:g} minutes"
        return [f"To {kind} {target} was done less than {minutes} ago (`cooldown_minutes`): it is not repeated."]
    return []
