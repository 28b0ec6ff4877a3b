"""Control's side of manifests: a worker reads them out of the mirror; its answer is checked before it is believed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from yantra_bot.deploy.manifests.reading import MOST_OBJECTS
from yantra_bot.deploy_ports import Manifests
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.repository import Repository
from yantra_bot.errors import UserError
from yantra_bot.ports import TestCommand
from yantra_bot.worker.client import Work, WorkerFactory
from yantra_bot.worker.employed import finish
from yantra_bot.worker.protocol import ProtocolError
from yantra_bot.worker.tasks import ReadManifests

_READ: TypeAdapter[tuple[dict[str, Any], ...]] = TypeAdapter(tuple[dict[str, Any], ...])
GENERATED: Final = "the repository has no manifests for this environment: they are made"


class ManifestWorkers:
    """Implements the port ManifestReader, with workers."""

    def __init__(self, workers: WorkerFactory) -> None:
        self._workers = workers

    async def __call__(
        self, run_id: str, repository: Repository, mirror: Path, commit: str, environment: Environment
    ) -> Manifests:
        if environment.chart or environment.values:
            raise UserError(
                f"The environment {environment.name} names a chart, and Helm is not run here. Cure: render it in your "
                "build (`helm template`), commit what comes out, and name that as `manifests`."
            )
        if not environment.manifests:
            return Manifests((), is_generated=True, notes=(GENERATED,))
        worker = await self._workers.employ(Work(run_id, mirror, TestCommand(), is_guided=False))
        try:
            order = ReadManifests(commit, environment.manifests)
            read = await worker.order(order, _READ, patience=worker.config.patience.open)
            async with worker.ending_if_wrong():
                check_read(read)
            return Manifests(read, is_generated=False)
        finally:
            await finish(worker.end())


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
