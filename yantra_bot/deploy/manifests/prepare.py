"""Makes of the manifests of a commit what is applied: judged by schema and policy, with the image by digest. Pure.

Nothing is applied that this has not returned.
"""

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any, Final

from yantra_bot.deploy.images import is_allowed, parse_image
from yantra_bot.deploy.manifests.generate import generate
from yantra_bot.deploy.manifests.kinds import APPLIED, COMMIT, SERVICE, SOURCE
from yantra_bot.deploy.manifests.schemas import Schemas
from yantra_bot.deploy.policy import Policy, check_identity, check_object
from yantra_bot.deploy_ports import Manifests
from yantra_bot.domain.environment import Environment, Release
from yantra_bot.domain.rollout import Manifest
from yantra_bot.errors import UserError

MANAGED_BY: Final = "app.kubernetes.io/managed-by"
_MOST_PROBLEMS: Final = 20
_MOST_PLACE: Final = 200
_MOST_LINE: Final = 600
_LABEL: Final = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", re.ASCII)


class Preparation:
    """Implements the port Prepare."""

    def __init__(self, schemas: Schemas, policy: Policy) -> None:
        self._schemas = schemas
        self._policy = policy

    def __call__(
        self, manifests: Manifests, release: Release, environment: Environment, *, service: str, server: str = ""
    ) -> tuple[Manifest, ...]:
        """Return what is applied, in that order. `server` is its version, `1.37`, where it is known."""
        if not _LABEL.fullmatch(service):
            raise UserError(
                f"The service's name, {service[:80]!r}, cannot be one in Kubernetes. Cure: make `deploy.service` small "
                "letters, digits and dashes, at most 63."
            )
        read = generate(release, environment, service=service) if manifests.is_generated else manifests.objects
        objects = [_Read(one) for one in read]
        _refuse(
            problem for one in objects for problem in one.explain(check_identity(one.object, environment.namespace))
        )
        _refuse(_find_doubles(objects))
        _refuse(
            f"{one.place}: {where}: an item that is nothing" for one in objects for where in _find_nothing(one.object)
        )
        _refuse(
            f"{one.place}: {said}" for one in objects for said in self._schemas.find_problems(one.object, server=server)
        )
        hosts = self._policy.hosts_of(environment.cluster, environment.namespace)
        deployments = [str(one.object["metadata"]["name"]) for one in objects if one.kind == "Deployment"]
        _refuse(
            problem
            for one in objects
            for problem in one.explain(check_object(one.object, hosts=hosts, deployments=deployments))
        )
        if not deployments:
            raise UserError(f"There is no Deployment in {environment.manifests}: nothing would run. Cure: add one.")
        _refuse(self._place_images(objects, release))
        scaled = {
            one.object["spec"]["scaleTargetRef"]["name"] for one in objects if one.kind == "HorizontalPodAutoscaler"
        }
        order = list(APPLIED)
        objects.sort(key=lambda one: (order.index(one.kind), one.object["metadata"]["name"]))
        return tuple(_finish(one.object, release, environment, service, scaled) for one in objects)

    def _place_images(self, objects: Sequence["_Read"], release: Release) -> Iterator[str]:
        """Set the service's image to the release's digest; yield what is wrong with the others."""
        is_used = False
        for one in objects:
            for container in _containers(one.object):
                said = str(container.get("image") or "")
                image = parse_image(said)
                where = f"{one.place}: the image of {container['name']}, {said[:120]!r},"
                if image is None:
                    yield f"{where} is no name of an image"
                elif image.repository == release.image:
                    is_used = True
                    if image.digest not in ("", release.digest):
                        yield f"{where} names another digest than the commit's build; leave the digest out"
                    container["image"] = release.reference
                elif not is_allowed(image.repository, self._policy.registries):
                    yield f"{where} is from no registry that the operator allows by YANTRA_IMAGE_REGISTRIES"
                elif not image.digest:
                    yield f"{where} is not named by digest (@sha256:…)"
        if not is_used:
            yield f"no container has the image {release.image}, which is built of the commit; name it without a tag"


class _Read:
    """An object as it was read, without its place, which is kept beside it."""

    def __init__(self, manifest: Manifest) -> None:
        self.object: dict[str, Any] = _without_nothing(deepcopy(dict(manifest)))
        notes = self.object["metadata"].get("annotations") or {}
        source = str(notes.pop(SOURCE, "") if isinstance(notes, dict) else "")[:_MOST_PLACE]
        self.kind = str(self.object["kind"])
        name = f"{self.kind} {self.object['metadata']['name']}"[:_MOST_PLACE]
        self.place = f"{source} ({name})" if source else name

    def explain(self, problems: Iterator[tuple[str, str]]) -> Iterator[str]:
        return (f"{self.place}: {where}: {why}" for where, why in problems)


def _refuse(problems: Iterator[str]) -> None:
    found = list(problems)
    if found:
        more = len(found) - _MOST_PROBLEMS
        lines = found[:_MOST_PROBLEMS] + ([f"and {more} more"] if more > 0 else [])
        listed = "\n".join(f"- {_cut(line)}" for line in lines)
        raise UserError(
            f"The manifests cannot be deployed as they are. Cure: correct these, then deploy again.\n{listed}"
        )


def _cut(line: str) -> str:
    plain = " ".join(line.split())
    return plain if len(plain) <= _MOST_LINE else f"{plain[: _MOST_LINE - 1]}…"


def _find_doubles(objects: Sequence[_Read]) -> Iterator[str]:
    seen = set[tuple[str, str]]()
    for one in objects:
        key = (one.kind, str(one.object["metadata"]["name"]))
        if key in seen:
            yield f"{one.place}: it is there twice"
        seen.add(key)


def _containers(manifest: Manifest) -> list[dict[str, Any]]:
    if manifest["kind"] != "Deployment":
        return []
    pod = manifest["spec"]["template"]["spec"]
    return [*(pod.get("initContainers") or ()), *pod["containers"]]


def _without_nothing(value: Any) -> Any:
    """Leave out names without a value: they say the same as none, and an apply would own them."""
    if isinstance(value, dict):
        return {key: _without_nothing(one) for key, one in value.items() if one is not None}
    return [_without_nothing(one) for one in value] if isinstance(value, list) else value


def _find_nothing(value: Any, place: str = "") -> Iterator[str]:
    """Yield where a list has items without a value, which schemas let through."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _find_nothing(one, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            if one is None:
                yield f"{place}.{number}"
            yield from _find_nothing(one, f"{place}.{number}")


def _finish(
    manifest: dict[str, Any], release: Release, environment: Environment, service: str, scaled: set[str]
) -> Manifest:
    """Put our names on an object, and what makes pods harmless where a manifest says nothing of it."""
    metadata = manifest["metadata"]
    metadata["namespace"] = environment.namespace
    metadata["labels"] = {**(metadata.get("labels") or {}), MANAGED_BY: "yantra", SERVICE: service}
    metadata["annotations"] = {**(metadata.get("annotations") or {}), COMMIT: release.commit}
    if manifest["kind"] == "Deployment":
        spec = manifest["spec"]
        if metadata["name"] in scaled:
            spec.pop("replicas", None)  # the autoscaler's
        template = spec["template"].setdefault("metadata", {})
        template["annotations"] = {**(template.get("annotations") or {}), COMMIT: release.commit}
        pod = spec["template"]["spec"]
        pod["automountServiceAccountToken"] = False
        pod.setdefault("securityContext", {}).setdefault("seccompProfile", {"type": "RuntimeDefault"})
        for container in _containers(manifest):
            container.setdefault("securityContext", {})["allowPrivilegeEscalation"] = False
    return manifest
