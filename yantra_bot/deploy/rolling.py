"""The rolling strategy: everything at once, replaced pod by pod by the cluster itself. Pure."""

from collections.abc import Sequence

from yantra_bot.deploy.objects import deployments_of, kind_of, name_of, replicas_of, scaler_of, with_replicas
from yantra_bot.domain.environment import Strategy
from yantra_bot.domain.rollout import Apply, Before, Manifest, Stage

_ORDER = {"Deployment": 1, "HorizontalPodAutoscaler": 2}


def plan(strategy: Strategy, manifests: Sequence[Manifest], before: Before) -> tuple[Stage, ...]:
    return (
        Stage(
            name="rolling" if before.workloads else "first deployment",
            changes=tuple(map(Apply, in_order(keeping_replicas(manifests, before)))),
            watched=tuple(map(name_of, deployments_of(manifests))),
            hold_seconds=strategy.hold_seconds,
        ),
    )


def keeping_replicas(manifests: Sequence[Manifest], before: Before) -> list[Manifest]:
    """Return manifests in which a Deployment that an autoscaler scales, or nobody does, keeps its present number.

    Left out, a number that we applied once would fall back to one.
    """
    kept = []
    for one in manifests:
        there = before.of(name_of(one)) if kind_of(one) == "Deployment" else None
        if there is not None and there.wanted and (is_scaled(one, manifests, before) or replicas_of(one) is None):
            kept.append(with_replicas(one, there.wanted))
        else:
            kept.append(one)
    return kept


def is_scaled(deployment: Manifest, manifests: Sequence[Manifest], before: Before) -> bool:
    """Tell whether an autoscaler sets the number of a Deployment's replicas, now or with these manifests."""
    name = name_of(deployment)
    return name in before.autoscaled or scaler_of(name, manifests) is not None


def in_order(manifests: Sequence[Manifest]) -> list[Manifest]:
    """Return what pods need first, then Deployments, then what needs Deployments."""
    return sorted(manifests, key=lambda one: _ORDER.get(kind_of(one), 0))
