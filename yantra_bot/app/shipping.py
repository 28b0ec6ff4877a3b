"""Opens what deployments need, out of the operator's settings. A part of the composition root."""

from dataclasses import dataclass

from yantra_bot.clusters.kubernetes_clusters import KubernetesClusters
from yantra_bot.deploy_ports import Clusters
from yantra_bot.settings import Settings


@dataclass(frozen=True, slots=True)
class ShippingParts:
    """The adapters of shipping; each is opened once and lives as long as the server."""

    clusters: Clusters


def open_shipping(settings: Settings) -> ShippingParts:
    """Return what the settings name. Raises SettingsError for what is wrong in them; nothing is connected to yet."""
    scratch = settings.home / "clusters"
    return ShippingParts(KubernetesClusters(settings.clusters, settings.deploy_targets, scratch))
