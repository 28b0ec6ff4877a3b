"""What a healing action means for one Deployment, from what it is now. Pure.

Each action is bounded, is computed once from what was read, and is refused where it could not help, where somebody else
holds what it would change, or where it could not be told from a change of somebody else's.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from yantra_bot.domain.healing import HealingPlan
from yantra_bot.domain.incidents import HealingKind
from yantra_bot.domain.monitoring import Watch
from yantra_bot.domain.rollout import Manifest
from yantra_bot.errors import UserError
from yantra_bot.monitor.quantities import read_quantity, write_cores, write_memory

RESTARTED: Final = "yantra.dev/restarted"
"""Annotation of pods: the run that had them restarted. Each run writes its own id, so that again changes nothing."""
HEALABLE: Final = (HealingKind.SCALE_OUT, HealingKind.SCALE_UP, HealingKind.RESTART)
MORE: Final = Decimal("1.5")


def plan_healing(
    kind: HealingKind, deployment: Manifest, *, scalers: Sequence[Manifest], watch: Watch, run_id: str
) -> HealingPlan:
    """Return what is changed. Raises UserError, with the cure, where nothing may be or nothing would help.

    `scalers` are the autoscalers of the namespace.
    """
    name = str(deployment["metadata"]["name"])
    spec: Mapping[str, Any] = deployment.get("spec") or {}
    replicas = _replicas(spec)
    if replicas == 0:
        raise UserError(f"Deployment {name} has 0 replicas on purpose: that is left so. Cure: scale it, if it is not.")
    if kind is HealingKind.SCALE_OUT:
        return _scale_out(name, replicas, scalers, watch)
    if kind not in HEALABLE:
        raise UserError(f"{kind} is nothing that is done to a Deployment by itself.")
    if spec.get("paused"):
        raise UserError(f"Deployment {name} is paused: its pods would not be replaced. Cure: have it resumed.")
    if kind is HealingKind.RESTART:
        said = "its one pod is replaced" if replicas == 1 else f"its {replicas} pods are replaced"
        return HealingPlan(kind, name, said, annotations={RESTARTED: run_id})
    return _scale_up(name, spec, watch)


def is_done(plan: HealingPlan, deployment: Manifest) -> bool:
    """Tell whether a Deployment is as the plan wants it."""
    return _is(plan, deployment, is_after=True)


def is_as_before(plan: HealingPlan, deployment: Manifest) -> bool:
    """Tell whether a Deployment is as it was when the plan was made, as far as the plan changes it."""
    return _is(plan, deployment, is_after=False)


def _is(plan: HealingPlan, deployment: Manifest, *, is_after: bool) -> bool:
    spec: Mapping[str, Any] = deployment.get("spec") or {}
    template: Mapping[str, Any] = spec.get("template") or {}
    if plan.replicas is not None:
        return _replicas(spec) == plan.replicas[1 if is_after else 0]
    if plan.annotations:
        annotations = (template.get("metadata") or {}).get("annotations") or {}
        return is_after == all(annotations.get(key) == value for key, value in plan.annotations.items())
    wanted = plan.resources if is_after else plan.resources_before
    there = {str(one.get("name")): one.get("resources") or {} for one in _containers(spec)}
    return all(
        read_quantity((there.get(name, {}).get(part) or {}).get(key)) == read_quantity(value)
        for name, parts in wanted.items()
        for part, quantities in parts.items()
        for key, value in quantities.items()
    )


def _replicas(spec: Mapping[str, Any]) -> int:
    found = spec.get("replicas", 1)
    return found if isinstance(found, int) else 1


def _containers(spec: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return ((spec.get("template") or {}).get("spec") or {}).get("containers") or ()


def _scale_out(name: str, replicas: int, scalers: Sequence[Manifest], watch: Watch) -> HealingPlan:
    for one in scalers:
        target = (one.get("spec") or {}).get("scaleTargetRef") or {}
        if target.get("kind") == "Deployment" and target.get("name") == name:
            scaler = one["metadata"]["name"]
            raise UserError(
                f"The autoscaler {scaler} sets how many replicas {name} has. Cure: raise its `maxReplicas`, where that "
                "is what holds it."
            )
    if replicas >= watch.most_replicas:
        raise UserError(
            f"Deployment {name} has {replicas} replicas, and `most_replicas` is {watch.most_replicas}. Cure: raise it "
            f"in `monitor: {{{watch.environment}: …}}`."
        )
    # Half as many again, rounded up.
    after = min(replicas + (replicas + 1) // 2, watch.most_replicas)
    return HealingPlan(HealingKind.SCALE_OUT, name, f"{replicas} → {after} replicas", replicas=(replicas, after))


def _scale_up(name: str, spec: Mapping[str, Any], watch: Watch) -> HealingPlan:
    most = read_quantity(watch.most_memory)
    assert most is not None, "the rules are parsed"  # noqa: S101 (narrows a type)
    before: dict[str, dict[str, dict[str, str]]] = {}
    after: dict[str, dict[str, dict[str, str]]] = {}
    said: list[str] = []
    for one in _containers(spec):
        resources: Mapping[str, Any] = one.get("resources") or {}
        limit = read_quantity((resources.get("limits") or {}).get("memory"))
        if limit is None or limit >= most or limit <= 0:
            continue
        factor = min(MORE, most / limit)
        container = str(one.get("name"))
        after[container], before[container] = _raised(resources, factor)
        was, now = before[container]["limits"]["memory"], after[container]["limits"]["memory"]
        said.append(f"{container}: {was} → {now} of memory")
    if not after:
        raise UserError(
            f"No container of {name} has a limit of memory below {watch.most_memory}: more would change nothing, or "
            "pass what is allowed. Cure: set limits, or raise `most_memory` in "
            f"`monitor: {{{watch.environment}: …}}`."
        )
    return HealingPlan(HealingKind.SCALE_UP, name, ", ".join(said), resources_before=before, resources=after)


def _raised(
    resources: Mapping[str, Any], factor: Decimal
) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    """Return limits and requests times `factor`, and as they are: memory, and computing time in proportion to it."""
    after: dict[str, dict[str, str]] = {}
    before: dict[str, dict[str, str]] = {}
    for part in ("limits", "requests"):
        for key, write in (("memory", write_memory), ("cpu", write_cores)):
            was = (resources.get(part) or {}).get(key)
            number = read_quantity(was)
            if number:
                before.setdefault(part, {})[key] = str(was)
                after.setdefault(part, {})[key] = write(number * factor)
    return after, before
