"""What tests of manifests start from: a release, an environment, and the judge of manifests with the real schemas."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from yantra_bot import artefacts
from yantra_bot.deploy.manifests.prepare import Preparation
from yantra_bot.deploy.manifests.schemas import Schemas
from yantra_bot.deploy.policy import Policy
from yantra_bot.deploy_ports import Manifests
from yantra_bot.domain.environment import Environment, Release
from yantra_bot.domain.rollout import Manifest

IMAGE: Final = "registry.test/acme/shop"
RELEASE: Final = Release("c" * 40, IMAGE, "sha256:" + "a" * 64)
STAGING: Final = Environment("staging", "main", "shop-staging", manifests="deploy/staging")
POLICY: Final = Policy(("registry.test/acme", "proxy.test:5000"), ("main/shop-staging=shop.example.com",))


def open_preparation(policy: Policy = POLICY) -> Preparation:
    if not artefacts.available("kubernetes-schemas"):
        pytest.skip("NO SCHEMAS: the artefact kubernetes-schemas is missing. Cure: make setup")
    return Preparation(_read_schemas(artefacts.path("kubernetes-schemas")), policy)


@cache
def _read_schemas(folder: Path) -> Schemas:
    return Schemas(folder)


def prepare(*objects: Manifest, policy: Policy = POLICY) -> tuple[Manifest, ...]:
    """Return what is applied of these objects to staging. Raises UserError."""
    return open_preparation(policy)(Manifests(objects, is_generated=False), RELEASE, STAGING, service="shop")


def generate_for(environment: Environment) -> tuple[Manifest, ...]:
    """Return what is applied where a repository has no manifests."""
    return open_preparation()(Manifests((), is_generated=True), RELEASE, environment, service="shop")


def merged(into: Any, changes: Mapping[str, Any]) -> Any:
    """Return an object with fields changed, each named by its path: `spec.template.spec.containers.0.image`."""
    from copy import deepcopy

    found = deepcopy(into)
    for path, value in changes.items():
        at: Any = found
        *way, last = path.split(".")
        for part in way:
            at = at[int(part)] if isinstance(at, list) else at.setdefault(part, {})
        if isinstance(at, list):
            at[int(last)] = value
        else:
            at[last.replace("~", ".")] = value
    return found
