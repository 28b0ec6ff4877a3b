"""What goes back to the version before: its ReplicaSet, and the other objects as they were. Pure.

Where there is nothing to go back to, nothing is guessed: `strategies.dead_ends` names it.
"""

from collections.abc import Sequence
from typing import Final

from yantra_bot.deploy.colours import behind, chosen_by
from yantra_bot.deploy.objects import deployments_of, kind_of, name_of, replicas_of, services_of
from yantra_bot.deploy.rolling import is_scaled
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.rollout import Apply, Before, Change, Manifest, Remove, Restore, Scale, Stage
from yantra_bot.domain.workload import VersionState, WorkloadState

REMOVABLE: Final = frozenset(
    {"ConfigMap", "Service", "Ingress", "HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy"}
)
"""Kinds that hold no data: what of them was not there before is taken away again."""


def serving(workload: WorkloadState | None) -> VersionState | None:
    """Return the version that served: the present one where it has pods, else the newest that has; None without any."""
    if workload is None:
        return None
    versions = [one for one in (workload.new, *workload.old) if one is not None]
    return next((one for one in versions if one.available), workload.new)


def commit_of(before: Before, manifests: Sequence[Manifest]) -> str:
    """Return the commit of the versions that are gone back to, as their pods say.

    Empty where one of them does not say it, where they disagree, and where there is nothing to go back to.
    """
    versions = [serving(_served(one, manifests, before)) for one in deployments_of(manifests)]
    commits = {one.commit for one in versions if one is not None}
    return commits.pop() if len(commits) == 1 else ""


def _served(one: Manifest, manifests: Sequence[Manifest], before: Before) -> WorkloadState | None:
    """Return the Deployment that served where one of the manifests is to serve: of the colour that is chosen."""
    chosen = chosen_by(services_of(one, manifests), before)
    return behind(name_of(one), chosen[0] if len(chosen) == 1 else "", before)


def stage_of(name: str, changes: Sequence[Change], watched: Sequence[str]) -> Stage:
    return Stage(name=name, changes=tuple(changes), watched=tuple(watched), is_undo=True)


def undo_rolling(environment: Environment, manifests: Sequence[Manifest], before: Before) -> tuple[Stage, ...]:
    back = workloads_back(environment, deployments_of(manifests), manifests, before)
    watched = dict.fromkeys(one.name for one in back if isinstance(one, Restore | Scale))
    changes = (*objects_back(manifests, before), *back) if watched else ()
    return (stage_of("back to the version before", changes, tuple(watched)),) if changes else ()


def workloads_back(
    environment: Environment, deployments: Sequence[Manifest], manifests: Sequence[Manifest], before: Before
) -> list[Change]:
    """Return what brings Deployments back to the version that served, and to its number of replicas."""
    changes: list[Change] = []
    for one in deployments:
        name, there = name_of(one), before.of(name_of(one))
        version = serving(there)
        if there is not None and version is not None:
            changes.append(Restore(name, version.name))
            if replicas_of(one) != there.wanted and not is_scaled(one, manifests, before):
                changes.append(Scale(name, there.wanted))
        elif environment.zeroes_first:
            changes.append(Scale(name, 0))
    return changes


def objects_back(manifests: Sequence[Manifest], before: Before) -> list[Change]:
    """Return what brings everything but Deployments back to what it was."""
    was = {(kind_of(one), name_of(one)): one for one in before.objects}
    changes: list[Change] = []
    for one in manifests:
        key = (kind_of(one), name_of(one))
        if key in was:
            changes.append(Apply(was[key]))
        elif key[0] in REMOVABLE:
            changes.append(Remove(*key))
    return changes
