"""Makes the stages of a strategy: what is changed together, and what is watched before the next change.

`remember` reads what served before; the way back is made of it. A stage takes no capacity away before what replaces it
was watched and is well, but for the way back: there the bad pods go at once.
"""

from collections.abc import Callable, Sequence
from typing import Final

from yantra_bot.deploy import blue_green, canary, colours, rolling, undoing
from yantra_bot.deploy.objects import as_it_was, deployments_of, kind_of, name_of, scaler_of
from yantra_bot.deploy.observing import observe
from yantra_bot.deploy_ports import Cluster
from yantra_bot.domain.environment import Environment, Strategy, StrategyKind
from yantra_bot.domain.rollout import Before, Manifest, Stage
from yantra_bot.errors import UserError

_PLANS: Final[dict[StrategyKind, Callable[[Strategy, Sequence[Manifest], Before], tuple[Stage, ...]]]] = {
    StrategyKind.ROLLING: rolling.plan,
    StrategyKind.CANARY: canary.plan,
    StrategyKind.BLUE_GREEN: blue_green.plan,
}


async def remember(cluster: Cluster, environment: Environment, manifests: Sequence[Manifest], *, at: float) -> Before:
    """Return what the namespace holds now of what the manifests name, so that it can be gone back to."""
    names = [name for one in deployments_of(manifests) for name in names_beside(environment, name_of(one))]
    workloads = [await observe(cluster, name, at=at) for name in names]
    others = [one for one in manifests if kind_of(one) != "Deployment"]
    found = [(one, await cluster.read(kind_of(one), name_of(one))) for one in others]
    there = [(one, {"apiVersion": one.get("apiVersion"), "kind": kind_of(one), **live}) for one, live in found if live]
    objects = tuple(as_it_was(live, one) for one, live in there)
    services = [live for one, live in there if kind_of(one) == "Service"]
    return Before(
        workloads=tuple(one for one in workloads if one is not None),
        selectors={name_of(one): dict((one.get("spec") or {}).get("selector") or {}) for one in services},
        objects=objects,
        autoscaled=tuple(name for name in names if scaler_of(name, [live for _, live in there]) is not None),
    )


def names_beside(environment: Environment, name: str) -> tuple[str, ...]:
    """Return the names of the Deployments that a strategy may make of one, its own first."""
    kind = environment.strategy.kind
    if kind is StrategyKind.CANARY:
        return name, canary.name_beside(name)
    return (name, *colours.names_of(name)) if kind is StrategyKind.BLUE_GREEN else (name,)


def stages(environment: Environment, manifests: Sequence[Manifest], before: Before) -> tuple[Stage, ...]:
    """Return the stages of a deployment, in order. Raises UserError where the strategy cannot be followed."""
    deployments = deployments_of(manifests)
    if not deployments:
        raise UserError("The manifests hold no Deployment: there is nothing whose health could be watched. Add one.")
    for one in deployments:
        if (one.get("spec") or {}).get("revisionHistoryLimit") == 0:
            raise UserError(
                f"Deployment {name_of(one)} keeps no earlier version (revisionHistoryLimit: 0): a bad one could not be "
                "gone back from. Set it to 2 or more, or leave it out."
            )
    return _PLANS[environment.strategy.kind](environment.strategy, manifests, before)


def undo(environment: Environment, manifests: Sequence[Manifest], before: Before, reached: int) -> tuple[Stage, ...]:
    """Return the stages that go back to what served before; they are watched like any other.

    `reached` is the index of the last stage that was begun; below 0 nothing was changed. What cannot be gone back to
    is left as it is, or scaled to zero where the environment says so: `dead_ends` names it.
    """
    if reached < 0:
        return ()
    if environment.strategy.kind is StrategyKind.CANARY:
        return canary.undo(environment, manifests, before, reached)
    if environment.strategy.kind is StrategyKind.BLUE_GREEN:
        return blue_green.undo(environment, manifests, before, reached)
    return undoing.undo_rolling(environment, manifests, before)


def dead_ends(environment: Environment, manifests: Sequence[Manifest], before: Before) -> tuple[str, ...]:
    """Return a sentence for each Deployment that has no earlier version to go back to."""
    return tuple(
        f"{name_of(one)} has no earlier version in the cluster that could serve again."
        for one in deployments_of(manifests)
        if all(undoing.serving(before.of(name)) is None for name in names_beside(environment, name_of(one)))
    )
