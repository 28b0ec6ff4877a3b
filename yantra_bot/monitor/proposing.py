"""What the bot would do about an incident, by what was found out and by policy: the safest thing first. Pure.

Going back is proposed before anything else where our own deployment is the likely cause; then what a rule says helps;
then a hot-fix, where the code that fails is known. Nothing is proposed twice for one incident.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Final, TypeGuard

from yantra_bot.domain.alerts import Alert, AlertSource
from yantra_bot.domain.incidents import Diagnosis, HealingKind, Incident, Policy, Proposal
from yantra_bot.domain.monitoring import Watch, WatchRule

HEAL, ROLL_BACK, FIX = "heal", "roll back", "fix"
"""Names of runs that are begun for an incident."""
FLAPPING: Final = 3
"""So many times it fired again after it was resolved: from then on a person is asked before anything is done."""


@dataclass(frozen=True, slots=True)
class Chances:
    """What decides beside the incident itself."""

    watch: Watch
    rules: Sequence[WatchRule]
    target: str
    """Name of the service's Deployment."""
    fixes_today: int
    """Hot-fixes begun for the service by the bot within a day."""
    is_after_own_fix: bool = False
    """Whether what serves is a hot-fix that the bot shipped by itself: then none follows it."""
    serves: str = ""
    """The commit that serves for certain; empty: unknown."""
    is_moving: bool = False
    """Whether a deployment is under way there, so that what serves is not decided yet."""


def propose(incident: Incident, diagnosis: Diagnosis, chances: Chances) -> Proposal | str | None:
    """Return what to do; why nothing can be done, in one sentence, where that is so; None where it is to be waited."""
    back = _propose_back(incident, diagnosis, chances)
    heal = _propose_heal(incident, chances)
    fix = _propose_fix(incident, diagnosis, chances)
    if back is not None and back.policy is Policy.SUGGEST:
        # A suggestion alone helps nobody tonight: what may be done is done meanwhile, and what to say is said.
        said = f"Going back is suggested: {back.why}"
        if _may(heal):
            heal, back = replace(heal, why=f"{heal.why} {said}"), None
        elif _may(fix):
            fix, back = replace(fix, why=f"{fix.why} {said}"), None
    found = back or heal or fix
    if isinstance(found, str):
        return found
    # What is under way there may go back by itself, or another version take over.
    return None if found is back and chances.is_moving else _temper(incident, found, chances.watch)


def _may(found: Proposal | str | None) -> TypeGuard[Proposal]:
    """Tell whether something is possible, and more than a suggestion."""
    return isinstance(found, Proposal) and found.policy is not Policy.SUGGEST


def helping(alert: Alert, rules: Sequence[WatchRule]) -> WatchRule | None:
    """Return the rule that says what helps: the one of ours that fired, else the first that names the alert."""
    if alert.source is AlertSource.RULE:
        return next((one for one in rules if one.name == alert.name), None)
    return next((one for one in rules if any(fnmatchcase(alert.name, name) for name in one.alerts)), None)


def _propose_back(incident: Incident, diagnosis: Diagnosis, chances: Chances) -> Proposal | None:
    serves_still = chances.serves == diagnosis.deploy_commit or (not chances.serves and chances.is_moving)
    if not diagnosis.deploy_run or not serves_still or incident.run_of(ROLL_BACK) or incident.was_begun("undo"):
        return None
    why = f"It began after commit {diagnosis.deploy_commit[:12]} was deployed to {incident.environment}."
    return Proposal(HealingKind.ROLL_BACK, chances.watch.roll_back, why)


def _propose_heal(incident: Incident, chances: Chances) -> Proposal | None:
    rule = helping(incident.first, chances.rules) if incident.first is not None else None
    kinds = (HealingKind.SCALE_UP, HealingKind.SCALE_OUT, HealingKind.RESTART)
    if rule is None or rule.action not in kinds or incident.was_begun(HEAL):
        return None
    why = f"The rule `{rule.name}` says that this helps."
    return Proposal(rule.action, chances.watch.policy(rule.action), why, chances.target)


def _propose_fix(incident: Incident, diagnosis: Diagnosis, chances: Chances) -> Proposal | str:
    if incident.was_begun(FIX):
        return "A hot-fix was tried already."
    if chances.is_after_own_fix or incident.was_begun("undo"):
        return "What serves is a hot-fix of mine, so that I write no further one: a person has to look."
    if not diagnosis.trace and not any(one.functions for one in diagnosis.suspects):
        return "Nothing shows which code fails, and no rule says what would help."
    if chances.fixes_today >= chances.watch.hot_fixes_a_day:
        return f"{chances.fixes_today} hot-fixes were begun for {incident.service} today, which is the limit."
    return Proposal(None, chances.watch.hot_fix, _why_fix(diagnosis))


def _why_fix(diagnosis: Diagnosis) -> str:
    if diagnosis.error:
        return f"{diagnosis.error}."
    return f"{diagnosis.suspects[0].functions[0]} is the likeliest place."


def _temper(incident: Incident, proposal: Proposal, watch: Watch) -> Proposal:
    """Return a proposal as it may be carried out: what comes and goes is nothing to be acted on unasked."""
    if incident.flaps >= FLAPPING and proposal.policy is Policy.AUTOMATIC:
        why = f"{proposal.why} It comes and goes ({incident.flaps} times), so that I ask first."
        proposal = replace(proposal, policy=Policy.APPROVE, why=why)
    return replace(proposal, is_dry=watch.is_dry)
