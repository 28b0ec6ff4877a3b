"""Opens what deployments need, out of the operator's settings. A part of the composition root."""

from yantra_bot import artefacts
from yantra_bot.chat_ports import Chat
from yantra_bot.clusters.checks import Checks
from yantra_bot.clusters.kubernetes_clusters import KubernetesClusters
from yantra_bot.clusters.probes import Probes
from yantra_bot.clusters.prometheus import Prometheus
from yantra_bot.clusters.prometheus_door import PrometheusDoor
from yantra_bot.clusters.reach import Reach
from yantra_bot.clusters.registry import ImageRegistry
from yantra_bot.deploy.manifests.prepare import Preparation
from yantra_bot.deploy.manifests.schemas import Schemas
from yantra_bot.deploy.policy import Policy
from yantra_bot.deploy_ports import HealthChecks
from yantra_bot.ports import Clock
from yantra_bot.runs.deploying.kit import ShippingKit
from yantra_bot.runs.workshop import Workshop
from yantra_bot.settings import Settings

SCHEMAS = "kubernetes-schemas"


def open_shipping(settings: Settings, workshop: Workshop, talk: Chat | None) -> ShippingKit:
    """Return what the settings name. Raises SettingsError for what is wrong in them; nothing is connected to yet."""
    assert workshop.manifests is not None, "the server's workshop has them"  # noqa: S101 (narrows a type)
    return ShippingKit(
        clusters=open_clusters(settings),
        registry=open_registry(settings),
        checks=open_checks(settings, workshop.clock),
        manifests=workshop.manifests,
        prepare=open_preparation(settings),
        chat=talk,
        alert_channel=settings.slack_alert_channel,
        approval_seconds=settings.deploy_approval_hours * 3600,
        hold_seconds=settings.deploy_hold_minutes * 60,
    )


def open_clusters(settings: Settings) -> KubernetesClusters:
    """Return the clusters that the operator configured."""
    return KubernetesClusters(settings.clusters, settings.deploy_targets, settings.home / "clusters")


def open_registry(settings: Settings) -> ImageRegistry:
    """Return what finds images, in the registries that the operator allows."""
    return ImageRegistry(
        settings.image_registries,
        config=settings.registry_config,
        token_hosts=settings.registry_token_hosts,
        ca_file=settings.ca_file,
    )


def open_preparation(settings: Settings) -> Preparation:
    """Return what judges manifests; without the schemas it refuses all of them, saying the cure."""
    schemas = artefacts.path(SCHEMAS) if artefacts.available(SCHEMAS) else None
    return Preparation(Schemas(schemas), Policy(registries=settings.image_registries, hosts=settings.deploy_hosts))


def open_checks(settings: Settings, clock: Clock) -> HealthChecks:
    """Return what asks a version whether it is well, as far as the operator lets it reach."""
    return Checks(open_probes(settings, clock), Prometheus(open_prometheus(settings), clock))


def open_probes(settings: Settings, clock: Clock) -> Probes:
    """Return what asks over HTTP, as far as the operator lets it reach."""
    reach = Reach.read(settings.pod_networks, settings.health_hosts)
    return Probes(reach, clock, ca_file=settings.ca_file)


def open_prometheus(settings: Settings) -> PrometheusDoor:
    """Return the door to the operator's Prometheus; without one, it says so when it is asked."""
    return PrometheusDoor(settings.prometheus_url, token=settings.prometheus_token.get_secret_value())
