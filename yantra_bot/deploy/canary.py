"""The canary strategy: a second Deployment with some of the pods, then more, then everything. Pure.

Traffic is weighted by the number of pods, since a Service spreads it over all that it chooses. The old Deployment
gives pods up only after the new ones were watched. One that an autoscaler scales gives none up: there the canary comes
on top.
"""

from collections.abc import Sequence
from typing import Final

from yantra_bot.deploy import rolling, undoing
from yantra_bot.deploy.objects import deployments_of, kind_of, name_of, renamed, replicas_of
from yantra_bot.domain.environment import Environment, Strategy
from yantra_bot.domain.rollout import Apply, Before, Change, Manifest, Remove, Restore, Scale, Stage

TRACK: Final = {"yantra.dev/track": "canary"}
LONGEST_NAME: Final = 63


def name_beside(name: str) -> str:
    return f"{name[: LONGEST_NAME - 7]}-canary"


def plan(strategy: Strategy, manifests: Sequence[Manifest], before: Before) -> tuple[Stage, ...]:
    if not (beside := _with_predecessor(manifests, before)):
        return rolling.plan(strategy, manifests, before)
    found: list[Stage] = []
    shares: dict[str, tuple[int, int]] = {}
    for percent in strategy.steps:
        wanted = {name_of(one): _share(one, percent, manifests, before) for one in beside}
        if wanted != shares:
            found += _step(strategy, percent, beside, manifests, before, shares, wanted)
        shares = wanted
    return (*found, *_rest(strategy, beside, manifests, before))


def undo(environment: Environment, manifests: Sequence[Manifest], before: Before, reached: int) -> tuple[Stage, ...]:
    """Return the way back: the canary goes at once, the others return to what they were."""
    beside = _with_predecessor(manifests, before)
    if not beside:
        return undoing.undo_rolling(environment, manifests, before)
    done = plan(environment.strategy, manifests, before)
    is_promoted = reached >= len(done) - 2
    scaled = {one.name for stage in done[: reached + 1] for one in stage.changes if isinstance(one, Scale)}
    gone: list[Change] = [Remove("Deployment", name_beside(name_of(one))) for one in beside]
    changes: list[Change] = []
    made: list[str] = []
    if is_promoted:
        changes += undoing.workloads_back(deployments_of(manifests), manifests, before)
        made = [one.name for one in changes if isinstance(one, Remove)]
    for one in beside:
        there = before.of(name_of(one))
        if there is not None and name_of(one) in scaled and Scale(there.name, there.wanted) not in changes:
            changes.append(Scale(there.name, there.wanted))
    watched = dict.fromkeys(map(name_of, beside))
    watched |= dict.fromkeys(one.name for one in changes if isinstance(one, Restore | Scale))
    changes = [*gone, *undoing.around(changes, manifests, before)]
    return (undoing.stage_of(undoing.title_of(made), changes, tuple(watched)),)


def _step(
    strategy: Strategy,
    percent: int,
    beside: Sequence[Manifest],
    manifests: Sequence[Manifest],
    before: Before,
    present: dict[str, tuple[int, int]],
    wanted: dict[str, tuple[int, int]],
) -> list[Stage]:
    """Return the stages of one step: more new pods, then fewer old ones."""
    canaries = tuple(name_beside(name_of(one)) for one in beside)
    new: list[Change] = []
    if not present:
        new += [Apply(one) for one in manifests if kind_of(one) not in ("Deployment", "HorizontalPodAutoscaler")]
        new += [Apply(renamed(one, name_beside(name_of(one)), TRACK, wanted[name_of(one)][0])) for one in beside]
    else:
        new += [Scale(name_beside(name), pods) for name, (pods, _) in wanted.items() if present[name][0] != pods]
    fewer = []
    for name, (_, kept) in wanted.items():
        there = before.of(name)
        if there is not None and kept < (present[name][1] if present else there.wanted):
            fewer.append(Scale(name, kept))
    title = f"canary {percent} %"
    found = [Stage(title, tuple(new), canaries, strategy.hold_seconds, strategy.is_paused_between, is_shared=True)]
    if fewer:
        found = [
            Stage(f"{title}: new pods", tuple(new), canaries, is_shared=True),
            Stage(title, tuple(fewer), canaries, strategy.hold_seconds, strategy.is_paused_between, is_shared=True),
        ]
    return found


def _rest(
    strategy: Strategy, beside: Sequence[Manifest], manifests: Sequence[Manifest], before: Before
) -> tuple[Stage, Stage]:
    kept = rolling.in_order(rolling.keeping_replicas(manifests, before))
    everything = [one for one in kept if kind_of(one) in ("Deployment", "HorizontalPodAutoscaler")]
    names = tuple(map(name_of, deployments_of(manifests)))
    return (
        Stage("everything", tuple(map(Apply, everything)), names, strategy.hold_seconds),
        Stage("canary removed", tuple(Remove("Deployment", name_beside(name_of(one))) for one in beside), ()),
    )


def _share(deployment: Manifest, percent: int, manifests: Sequence[Manifest], before: Before) -> tuple[int, int]:
    """Return how many pods are new and old at a share; at least one of each."""
    there = before.of(name_of(deployment))
    present = there.wanted if there else 1
    if rolling.is_scaled(deployment, manifests, before):
        return max(1, round(present * percent / max(1, 100 - percent))), present
    whole = replicas_of(deployment) or present
    new = min(max(1, round(whole * percent / 100)), max(1, whole - 1))
    return new, max(1, min(present, whole - new))


def _with_predecessor(manifests: Sequence[Manifest], before: Before) -> tuple[Manifest, ...]:
    """Return the Deployments that serve already: only beside these a canary says anything."""
    found = []
    for one in deployments_of(manifests):
        there = before.of(name_of(one))
        if there is not None and there.wanted and undoing.serving(there) is not None:
            found.append(one)
    return tuple(found)
