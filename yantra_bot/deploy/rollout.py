"""What to do next in a stage: a function of what was seen of the cluster, what the samples say, and the time. Pure.

`advance` keeps what has to be remembered from one look to the next; `reconcile` decides. Nothing goes on without being
whole and healthy, everything ends by its deadline, and what could not be read is neither good nor bad. `Available` is
not looked at: it stays true while a roll-out fails.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from yantra_bot.deploy.objects import deployments_of, name_of
from yantra_bot.deploy.observing import images_of
from yantra_bot.domain.environment import HealthRule
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.rollout import Act, Action, Apply, Judgement, Manifest, Restore, Stage
from yantra_bot.domain.workload import PodState, Trouble, TroubleKind, WorkloadState

UNREADABLE_SECONDS: Final = 60.0
"""How long a cluster may not be readable before a person is asked."""
LOSSES: Final = 4
"""How often a version that was whole may cease to be: a drained node does it once, what flaps again and again."""
STALLED_SECONDS: Final = 5.0
"""How long it has to be said that nothing progresses: right after a change the cluster may still say it of the last."""
BLIND_SECONDS: Final = 10.0
"""How long nothing may be read before a version has to be whole anew: meanwhile it may have come and gone."""
RESTARTS: Final = 2
"""Restarts of containers, after the version was whole, that condemn."""
PATIENCE: Final[Mapping[TroubleKind, float]] = {TroubleKind.BAD_CONFIG: 10.0, TroubleKind.UNSCHEDULABLE: 60.0}
"""Seconds after which trouble that may pass counts as final; else as long as the rule gives a start."""
NEVER_FINAL: Final = frozenset({TroubleKind.EVICTED})
"""Pods stay evicted while another takes their place."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What was seen of a stage. Times are Unix time in seconds."""

    began: float
    """When the first of its changes was made."""
    seen: Mapping[str, WorkloadState | None] = field(default_factory=dict)
    """The last of each watched Deployment; None for one that is not there."""
    first: Mapping[str, WorkloadState] = field(default_factory=dict)
    """What each has to go on being, but for what the controller and an autoscaler change."""
    whole_since: float | None = None
    first_whole: float | None = None
    losses: int = 0
    """How often it was whole and ceased to be, but for changes of its number of replicas."""
    late_losses: int = 0
    """Those of them after the time that a start may take."""
    restarts: int = 0
    """Of containers, since the version was whole first."""
    troubles: Mapping[tuple[str, TroubleKind], float] = field(default_factory=dict)
    """Since when each pod has what trouble."""
    stalled: Mapping[str, float] = field(default_factory=dict)
    """Since when each Deployment is said not to progress."""
    unread_since: float | None = None
    problem: str = ""
    """Why the last look showed nothing; empty when it did."""


def advance(
    progress: Progress, stage: Stage, rule: HealthRule, seen: Mapping[str, WorkloadState | None], now: float
) -> Progress:
    """Return what is known after one more look at all of the stage's Deployments."""
    found = {name: state for name, state in seen.items() if state is not None}
    is_whole = len(found) == len(stage.watched) and all(is_whole_in(stage, state) for state in found.values())
    since = (now if progress.whole_since is None else progress.whole_since) if is_whole else None
    is_lost = progress.whole_since is not None and not is_whole and not _is_scaled(progress.seen, found)
    first = now if progress.first_whole is None and is_whole else progress.first_whole
    is_late = first is not None and now - first >= rule.start_seconds
    fresh = _restarts(progress.seen, found) if progress.first_whole is not None else 0
    return replace(
        progress,
        seen=dict(seen),
        first={**found, **progress.first},
        whole_since=now if since is not None and fresh else since,
        first_whole=first,
        losses=progress.losses + is_lost,
        late_losses=progress.late_losses + (is_lost and is_late),
        restarts=progress.restarts + fresh,
        troubles={key: progress.troubles.get(key, now) for key in _troubled(found.values())},
        stalled={one.name: progress.stalled.get(one.name, now) for one in found.values() if _is_stalled(one)},
        unread_since=None,
        problem="",
    )


def miss(progress: Progress, problem: str, now: float) -> Progress:
    """Return what is known after a look that showed nothing."""
    since = now if progress.unread_since is None else progress.unread_since
    whole_since = progress.whole_since if now - since < BLIND_SECONDS else None
    return replace(progress, unread_since=since, problem=problem, whole_since=whole_since)


def is_whole_in(stage: Stage, state: WorkloadState) -> bool:
    """Tell whether a Deployment is what the stage wants it to be; one that nobody emptied has to have pods."""
    if state.name in stage.emptied:
        return state.is_seen and not state.existing
    return state.is_whole and state.wanted > 0


def changed_by(stage: Stage) -> frozenset[str]:
    """Return the names of the Deployments that a stage gives another specification."""
    restored = (one.name for one in stage.changes if isinstance(one, Restore))
    return frozenset((*map(name_of, _applied(stage)), *restored))


def _applied(stage: Stage) -> tuple[Manifest, ...]:
    return deployments_of([one.manifest for one in stage.changes if isinstance(one, Apply)])


def reconcile(
    stage: Stage, rule: HealthRule, progress: Progress, judgement: Judgement | None, *, mark: str, now: float
) -> Action:
    """Return what to do next. `judgement` is what the samples say, None while they do not say enough."""
    if progress.problem:
        return _unread(rule, progress, now)
    states = [state for state in progress.seen.values() if state is not None]
    return (
        _changed_by_others(stage, progress, mark)
        or _held(stage, states)
        or _broken(stage, rule, progress, states, now)
        or _judged(stage, rule, progress, judgement, now)
        or _late(stage, rule, progress, judgement, now)
        or Action(
            Act.WAIT,
            waiting_for(stage, progress, rule, judgement, now),
            is_promotable=progress.whole_since is not None,
        )
    )


def waiting_for(stage: Stage, progress: Progress, rule: HealthRule, judgement: Judgement | None, now: float) -> str:
    """Return one sentence about what a stage waits for."""
    for state in progress.seen.values():
        if state is None or not state.is_seen:
            return "The cluster has not looked at the change yet."
        if not is_whole_in(stage, state):
            return f"{state.name}: {state.updated} of {state.wanted} are new, {state.available} are available."
    if judgement is not None and judgement.verdict is Verdict.PASS and progress.whole_since is not None:
        return f"It is well, and has to stay so for {_steady_seconds(stage, rule, progress):.0f} s."
    return f"It is whole, and is watched until every check was good {rule.healthy_samples} times in a row."


def _unread(rule: HealthRule, progress: Progress, now: float) -> Action:
    since = progress.unread_since if progress.unread_since is not None else now
    is_late = now >= progress.began + rule.deadline_seconds and now - since >= BLIND_SECONDS
    if is_late or now - since >= UNREADABLE_SECONDS:
        reason = f"The cluster could not be read for {now - since:.0f} s, so nobody can tell how it is."
        return Action(Act.ASK, reason, (progress.problem,))
    return Action(Act.WAIT, f"The cluster could not be read just now: {progress.problem}")


def _changed_by_others(stage: Stage, progress: Progress, mark: str) -> Action | None:
    images = {name_of(one): images_of(one) for one in _applied(stage)}
    ours = changed_by(stage)
    for name, state in progress.seen.items():
        if state is None:
            return Action(Act.LEAVE, f"Deployment {name} is gone: somebody else deleted it.")
        first = progress.first[name]
        said = ""
        if name in ours and state.mark != mark:
            said = f"it was applied by {state.mark or 'somebody else'} since"
        elif state.digest != first.digest:
            said = f"its specification changed since (generation {first.generation} → {state.generation})"
        elif state.new is not None and images.get(name, state.new.images) != state.new.images:
            said = f"it runs other images: {', '.join(state.new.images)}"
        if said:
            return Action(Act.LEAVE, f"Somebody else changed Deployment {name} meanwhile: {said}. It is left as it is.")
    return None


def _held(stage: Stage, states: Sequence[WorkloadState]) -> Action | None:
    for state in states:
        if state.is_paused:
            reason = f"Deployment {state.name} is paused: the cluster rolls nothing out until somebody resumes it."
            return Action(Act.ASK, reason)
        if state.is_seen and not state.wanted and state.name not in stage.emptied:
            return Action(Act.ASK, f"Deployment {state.name} is scaled to 0: nothing runs, so nothing can be measured.")
    return None


def _broken(
    stage: Stage, rule: HealthRule, progress: Progress, states: Sequence[WorkloadState], now: float
) -> Action | None:
    """Return what the cluster itself says against the version."""
    for state in states:
        if state.name in stage.emptied:
            continue
        for pod in state.pods:
            if pod.trouble is not None and _is_final(pod, pod.trouble, rule, progress, now):
                return Action(
                    Act.ROLL_BACK, f"{pod.trouble.reason}: pod {pod.name} does not get on.", (_quote(pod.trouble),)
                )
        if now - progress.stalled.get(state.name, now) >= STALLED_SECONDS and state.progressing is not None:
            reason = f"Deployment {state.name} does not progress: {state.progressing.reason}."
            return Action(Act.ROLL_BACK, reason, (state.progressing.message,))
    if progress.restarts >= RESTARTS:
        return Action(Act.ROLL_BACK, f"Its containers were restarted {progress.restarts} times after it was whole.")
    if progress.late_losses >= LOSSES:
        return Action(Act.ROLL_BACK, f"It comes and goes: it was whole and ceased to be {progress.losses} times.")
    return None


def _is_final(pod: PodState, trouble: Trouble, rule: HealthRule, progress: Progress, now: float) -> bool:
    if trouble.is_final:
        return True
    if trouble.kind in NEVER_FINAL:
        return False
    since = progress.troubles.get((pod.name, trouble.kind), now)
    return now - since >= max(
        PATIENCE.get(trouble.kind, 0.0), rule.start_seconds if trouble.kind not in PATIENCE else 0
    )


def _judged(
    stage: Stage, rule: HealthRule, progress: Progress, judgement: Judgement | None, now: float
) -> Action | None:
    """Return what the samples decide: never to go on while it is not whole."""
    if judgement is None:
        return None
    if judgement.verdict is Verdict.FAIL:
        return Action(Act.ROLL_BACK, judgement.reason, judgement.evidence)
    if progress.whole_since is None:
        return None
    if judgement.verdict is not Verdict.PASS:
        return Action(Act.ASK, judgement.reason, judgement.evidence, is_promotable=True)
    if now - max(progress.whole_since, judgement.since) < _steady_seconds(stage, rule, progress):
        return None
    return Action(Act.ASK if stage.asks else Act.GO_ON, judgement.reason, judgement.evidence, is_promotable=stage.asks)


def _steady_seconds(stage: Stage, rule: HealthRule, progress: Progress) -> float:
    """Return how long it has to stay whole: at least as long as a start may take, where it ceased to be before."""
    return max(stage.hold_seconds, rule.start_seconds) if progress.losses else stage.hold_seconds


def _late(stage: Stage, rule: HealthRule, progress: Progress, judgement: Judgement | None, now: float) -> Action | None:
    """Return how a stage ends whose time is over."""
    limit = (
        progress.began
        + rule.deadline_seconds
        + (0.0 if progress.first_whole is None else _steady_seconds(stage, rule, progress))
    )
    if now < limit:
        return None
    if progress.whole_since is None:
        reason = (
            f"It was not whole within {limit - progress.began:.0f} s: {waiting_for(stage, progress, rule, None, now)}"
        )
        return Action(Act.ROLL_BACK, reason, tuple(_quote(one) for one in _present_troubles(progress)))
    reason = f"It was whole, but not well for long enough within {limit - progress.began:.0f} s."
    if progress.losses or progress.restarts:
        return Action(Act.ROLL_BACK, reason)
    return Action(Act.ASK, reason, judgement.evidence if judgement else (), is_promotable=True)


def _present_troubles(progress: Progress) -> list[Trouble]:
    pods = [pod for state in progress.seen.values() if state is not None for pod in state.pods]
    return [pod.trouble for pod in pods if pod.trouble is not None]


def _is_stalled(state: WorkloadState) -> bool:
    return state.is_seen and state.progressing is not None and state.progressing.status == "False"


def _troubled(states: Iterable[WorkloadState]) -> list[tuple[str, TroubleKind]]:
    return [(pod.name, pod.trouble.kind) for state in states for pod in state.pods if pod.trouble is not None]


def _is_scaled(before: Mapping[str, WorkloadState | None], after: Mapping[str, WorkloadState]) -> bool:
    return any((old := before.get(name)) is not None and old.wanted != one.wanted for name, one in after.items())


def _restarts(before: Mapping[str, WorkloadState | None], after: Mapping[str, WorkloadState]) -> int:
    known = {pod.name: pod.restarts for state in before.values() if state is not None for pod in state.pods}
    pods = [pod for state in after.values() for pod in state.pods]
    return sum(max(0, pod.restarts - known[pod.name]) for pod in pods if pod.name in known)


def _quote(trouble: Trouble) -> str:
    where = f" (container {trouble.container})" if trouble.container else ""
    return f"{trouble.reason}{where}: {trouble.message}"
