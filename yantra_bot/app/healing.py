"""Opens what healing needs, out of the operator's settings. A part of the composition root."""

from yantra_bot.app.shipping import open_prometheus
from yantra_bot.clusters.alert_queries import PrometheusAlerts
from yantra_bot.clusters.service_metrics import ServiceMetrics
from yantra_bot.ports import Clock
from yantra_bot.runs.deploying.kit import ShippingKit
from yantra_bot.runs.healing.kit import HealingKit
from yantra_bot.settings import Settings


def open_healing(settings: Settings, clock: Clock, shipping: ShippingKit) -> HealingKit:
    """Return what heals, in the clusters that are deployed to."""
    door = open_prometheus(settings)
    return HealingKit(shipping.clusters, PrometheusAlerts(door, clock), ServiceMetrics(door))
