"""Sets annotations and resources in the pods' template of what is ours of a Deployment, and nothing else. Pure."""

from typing import Any

from yantra_bot.deploy_ports import Gone
from yantra_bot.domain.rollout import Adjustment, Manifest


def amend_template(ours: dict[str, Any], live: Manifest, adjustment: Adjustment) -> None:
    """Change `ours` in place. Raises Gone for a container that the Deployment does not have (any more)."""
    template = ours.setdefault("spec", {}).setdefault("template", {})
    if adjustment.annotations:
        annotations = template.setdefault("metadata", {}).setdefault("annotations", {})
        annotations.update(adjustment.annotations)
    there = {str(one.get("name")) for one in live["spec"]["template"]["spec"].get("containers") or ()}
    for name, resources in adjustment.resources.items():
        if name not in there:
            raise Gone(f"There is no container {name} in it (any more). Cure: look at what was deployed meanwhile.")
        found = _container(template, name).setdefault("resources", {})
        for part, quantities in resources.items():
            found.setdefault(part, {}).update(quantities)


def _container(template: dict[str, Any], name: str) -> dict[str, Any]:
    """Return our part of a container, made where nothing of it was ours."""
    containers: list[dict[str, Any]] = template.setdefault("spec", {}).setdefault("containers", [])
    for one in containers:
        if one.get("name") == name:
            return one
    containers.append({"name": name})
    return containers[-1]
