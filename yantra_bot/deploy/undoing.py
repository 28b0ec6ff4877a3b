"""What goes back to the version before: its ReplicaSet, and the other objects as they were. Pure.

Where there is nothing to go back to, nothing is guessed: `strategies.dead_ends` names it.
"""

from collections.abc import Sequence
from typing import Final

from yantra_bot.deploy.colours import behind, chosen_by
from yantra_bot.deploy.objects import deployments_of, kind_of, name_of, replicas_of, services_of
from yantra_bot.deploy.rolling import is_scaled
from yantra_bot.domain.environment import Environment, Release
from yantra_bot.domain.rollout import Apply, Before, Change, Manifest, Remove, Restore, Scale, Stage
from yantra_bot.domain.workload import VersionState, WorkloadState
from yantra_bot.errors import UserError

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


def versions_of(
    states: Sequence[WorkloadState], environment: Environment, *, now: Release, to: Release
) -> tuple[Restore, ...]:
    """Return what has Deployments that run one release run another, by its image.

    `states` are all Deployments that the strategy may have made; those without replicas stay as they are. Raises
    UserError where one that runs the release keeps no such version: two releases would serve side by side.
    """
    found: list[Restore] = []
    missing: list[str] = []
    for one in states:
        if not one.wanted or one.new is None:
            continue
        fitting = [version for version in (one.new, *one.old) if to.reference in version.images]
        fitting.sort(key=lambda version: version.commit != to.commit)
        found += [Restore(one.name, version.name) for version in fitting[:1]]
        if not fitting and now.reference in one.new.images:
            missing.append(one.name)
    if missing:
        lacking, commit = " and ".join(missing), to.commit[:12]
        raise UserError(
            f"The cluster keeps no version of {commit} of {lacking} any more, and the rest alone is not gone back to: "
            f"two versions would serve. Deploy it: `deploy {environment.name} --ref {commit}`."
        )
    return tuple(found)


def stage_of(name: str, changes: Sequence[Change], watched: Sequence[str]) -> Stage:
    return Stage(name=name, changes=tuple(changes), watched=tuple(watched), is_undo=True)


def undo_rolling(environment: Environment, manifests: Sequence[Manifest], before: Before) -> tuple[Stage, ...]:
    deployments = deployments_of(manifests)
    made = [name_of(one) for one in deployments if before.of(name_of(one)) is None]
    if all(serving(before.of(name_of(one))) is None for one in deployments):
        back: list[Change] = [Scale(name_of(one), 0) for one in deployments] if environment.zeroes_first else []
        made = []
    else:
        back = workloads_back(deployments, manifests, before)
    watched = dict.fromkeys(one.name for one in back if isinstance(one, Restore | Scale))
    changes = around(back, manifests, before) if watched else []
    return (stage_of(title_of(made), changes, tuple(watched)),) if changes else ()


def title_of(made: Sequence[str]) -> str:
    """Return a way back's name for people: with the Deployments that the bad version brought, since they go."""
    return f"back to the version before{', without ' if made else ''}{' and '.join(made)}"


def workloads_back(deployments: Sequence[Manifest], manifests: Sequence[Manifest], before: Before) -> list[Change]:
    """Return what brings Deployments back to the version that served, and to its number of replicas.

    For where another serves again: one that was not there is removed, not left at zero, since the namespace is to be as
    it was and its configuration goes, too; one that was there and served nothing has no pods afterwards.
    """
    changes: list[Change] = []
    for one in deployments:
        name, there = name_of(one), before.of(name_of(one))
        version = serving(there)
        if there is None:
            changes.append(Remove("Deployment", name))
        elif version is None:
            changes.append(Scale(name, 0))
        else:
            changes.append(Restore(name, version.name))
            if not there.wanted or (replicas_of(one) != there.wanted and not is_scaled(one, manifests, before)):
                changes.append(Scale(name, there.wanted))
    return changes


def around(workloads: Sequence[Change], manifests: Sequence[Manifest], before: Before) -> list[Change]:
    """Return what goes back in its order: what pods need before them, and what was not there before after them.

    A new autoscaler goes first: it would fight for the number of replicas.
    """
    was = {(kind_of(one), name_of(one)): one for one in before.objects}
    others = [(kind_of(one), name_of(one)) for one in manifests if kind_of(one) != "Deployment"]
    new = [Remove(*key) for key in others if key not in was and key[0] in REMOVABLE]
    scalers = [one for one in new if one.kind == "HorizontalPodAutoscaler"]
    again = [Apply(was[key]) for key in others if key in was]
    return [*scalers, *again, *workloads, *(one for one in new if one not in scalers)]
