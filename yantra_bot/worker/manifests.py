"""Control's side of manifests: a worker reads them out of the mirror; its answer is checked before it is believed."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from yantra_bot.deploy.manifests.reading import MOST_OBJECTS
from yantra_bot.deploy_ports import Manifests
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.repository import Repository
from yantra_bot.errors import SettingsError, UserError
from yantra_bot.ports import TestCommand
from yantra_bot.worker.client import WorkerFactory
from yantra_bot.worker.employed import finish
from yantra_bot.worker.protocol import ProtocolError
from yantra_bot.worker.tasks import ReadManifests
from yantra_bot.worker.work import Work

_READ: TypeAdapter[tuple[dict[str, Any], ...]] = TypeAdapter(tuple[dict[str, Any], ...])
HELM: Final = (Path("/usr/local/bin/helm"), Path("/usr/bin/helm"))
_RENDERING_SECONDS: Final = 60.0
"""Twice what the sandbox gives Helm."""
GENERATED: Final = "the repository has no manifests for this environment: they are made"


class ManifestWorkers:
    """Implements the port ManifestReader, with workers."""

    def __init__(self, workers: WorkerFactory, *, helm: Path | None = None) -> None:
        """`helm` is the operator's Helm, which workers' sandboxes can see; None: charts are refused."""
        self._workers = workers
        self._helm = helm

    async def __call__(
        self, run_id: str, repository: Repository, mirror: Path, commit: str, environment: Environment
    ) -> Manifests:
        if environment.chart and self._helm is None:
            raise UserError(
                f"The environment {environment.name} names a chart, and there is no Helm here. Cure: have the operator "
                "install it and set YANTRA_HELM, or render it in your build (`helm template`), commit what comes out, "
                "and name that as `manifests`."
            )
        if not environment.manifests and not environment.chart:
            return Manifests((), is_generated=True, notes=(GENERATED,))
        worker = await self._workers.employ(Work(run_id, mirror, TestCommand(), is_guided=False))
        try:
            order = ReadManifests(
                commit,
                environment.manifests,
                environment.chart,
                environment.values,
                release=release_name(repository.name),
                namespace=environment.namespace,
                helm=self._helm if environment.chart else None,
            )
            patience = worker.config.patience.open + (_RENDERING_SECONDS if environment.chart else 0)
            read = await worker.order(order, _READ, patience=patience)
            async with worker.ending_if_wrong():
                check_read(read)
            return Manifests(read, is_generated=False)
        finally:
            await finish(worker.end())


def release_name(name: str) -> str:
    """Return a repository's name as one that a chart can be rendered under."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:53].strip("-") or "release"


def find_helm(named: Path | None, usual: Sequence[Path] = HELM) -> Path | None:
    """Return the operator's Helm; None where there is none. Raises SettingsError for a name that is no program."""
    if named is not None and not (named.is_absolute() and named.is_file() and os.access(named, os.X_OK)):
        raise SettingsError(f"YANTRA_HELM names {named}, which is no program. Cure: correct it or leave it out.")
    found = named or next((one for one in usual if one.is_file()), None)
    return None if found is None else found.resolve()


def check_read(read: tuple[Mapping[str, Any], ...]) -> None:
    """Raise ProtocolError for what no reader of manifests answers; whether they are right is judged later."""
    if not 0 < len(read) <= MOST_OBJECTS:
        raise ProtocolError("It says that it read no objects, or more than there may be.")
    for one in read:
        metadata = one.get("metadata")
        is_object = isinstance(one.get("kind"), str) and isinstance(one.get("apiVersion"), str)
        if not is_object or not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str):
            raise ProtocolError("It says that it read something that is no object.")
        if not all(isinstance(metadata.get(key) or {}, dict) for key in ("labels", "annotations")):
            raise ProtocolError("It says that it read labels or annotations that are none.")
