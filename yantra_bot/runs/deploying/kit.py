"""What the story of a deployment works with besides the workshop: clusters, registries, checks, manifests, a chat."""

from dataclasses import dataclass

from yantra_bot.chat_ports import Chat
from yantra_bot.deploy_ports import Clusters, HealthChecks, ManifestReader, Prepare, Registry


@dataclass(frozen=True, slots=True)
class ShippingKit:
    """The adapters of shipping; the composition root builds them."""

    clusters: Clusters
    registry: Registry
    checks: HealthChecks
    manifests: ManifestReader
    prepare: Prepare
    chat: Chat | None = None
    """The chat, where one is connected."""
    approval_seconds: float = 86_400.0
    """How long an approval is waited for."""
    hold_seconds: float = 1_800.0
    """How long a roll-out that holds still waits for a person; then it goes back."""
    alert_channel: str = ""
    """Channel of the chat that hears of a roll-back that failed."""
