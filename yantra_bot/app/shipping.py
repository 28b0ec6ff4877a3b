"""Opens what deployments need, out of the operator's settings. A part of the composition root."""

from dataclasses import dataclass

from yantra_bot import artefacts
from yantra_bot.clusters.kubernetes_clusters import KubernetesClusters
from yantra_bot.deploy.manifests.prepare import Preparation
from yantra_bot.deploy.manifests.schemas import Schemas
from yantra_bot.deploy.policy import Policy
from yantra_bot.deploy_ports import Clusters, ManifestReader, Prepare
from yantra_bot.settings import Settings
from yantra_bot.worker.client import WorkerFactory
from yantra_bot.worker.manifests import ManifestWorkers

SCHEMAS = "kubernetes-schemas"


@dataclass(frozen=True, slots=True)
class ShippingParts:
    """The adapters of shipping; each is opened once and lives as long as the server."""

    clusters: Clusters
    read_manifests: ManifestReader
    prepare: Prepare


def open_shipping(settings: Settings, workers: WorkerFactory) -> ShippingParts:
    """Return what the settings name. Raises SettingsError for what is wrong in them; nothing is connected to yet."""
    scratch = settings.home / "clusters"
    return ShippingParts(
        clusters=KubernetesClusters(settings.clusters, settings.deploy_targets, scratch),
        read_manifests=ManifestWorkers(workers),
        prepare=open_preparation(settings),
    )


def open_preparation(settings: Settings) -> Preparation:
    """Return what judges manifests; without the schemas it refuses all of them, saying the cure."""
    schemas = artefacts.path(SCHEMAS) if artefacts.available(SCHEMAS) else None
    return Preparation(Schemas(schemas), Policy(hosts=settings.deploy_hosts))
