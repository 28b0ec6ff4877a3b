"""A production that is watched: real records and a real listener, a cluster, at a time that is set."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.cluster.world import ClusterWorld
from tests.fakes.door import ManualClock
from yantra_bot.clock import SystemClock
from yantra_bot.clusters.kubernetes_clusters import KubernetesClusters
from yantra_bot.clusters.probes import Probes
from yantra_bot.clusters.reach import Reach
from yantra_bot.clusters.service_probes import ServiceProber
from yantra_bot.domain.alerts import Alert
from yantra_bot.domain.events import Origin
from yantra_bot.domain.incidents import Incident
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.errors import Transient
from yantra_bot.monitor.services import Services
from yantra_bot.runs.records import Records
from yantra_bot.runs.watching.hearing import AlertListener
from yantra_bot.runs.watching.places import Places
from yantra_bot.runs.watching.watched import WatchedServices

SHOP = Repository(1, "acme", "shop")
RULES = """
deploy:
  image: registry.test/shop
  environments:
    production:
      cluster: main
      namespace: {namespace}
      health: {{http: [{{path: /health, port: http}}]}}
monitor:
  production:
{monitor}
"""


@dataclass
class WatchWorld:
    """One service, `shop`, in production."""

    records: Records
    cluster: ClusterWorld | None = None
    monitor: str = "    logs: {threshold: 2}"
    clock: ManualClock = field(default_factory=ManualClock)
    is_forge_down: bool = False
    is_deaf: bool = False
    """Whether alerts cannot be stored now."""
    heard: list[Alert] = field(default_factory=list)
    reads: int = 0

    def __post_init__(self) -> None:
        self.services = Services.read(["shop=acme/shop/production"], ["service"])
        self.places = Places(self)
        self.listener = AlertListener(
            services=self.services, places=self.places, records=self.records, clock=self.clock
        )
        self.watched = self.look_again()

    def look_again(self) -> WatchedServices:
        """Return the watched services as a server that starts anew sees them."""
        return WatchedServices(self.services, self.places, lambda *_: self, self.clock)  # type: ignore[arg-type]  # as much as is used

    @property
    def namespace(self) -> str:
        return self.cluster.namespace if self.cluster is not None else "shop"

    async def find(self, name: str) -> Sequence[Origin]:
        if self.is_forge_down:
            raise Transient("GitHub cannot be reached")
        return [Origin(11, SHOP)] if name == SHOP.full_name else []

    async def account(self, account_id: int, origin: Origin) -> Actor | None:
        return None

    async def read_file(self, path: str, *, branch: str = "") -> bytes | None:
        if self.is_forge_down:
            raise Transient("GitHub cannot be reached")
        assert path == ".github/yantra.yml"
        self.reads += 1
        return RULES.format(namespace=self.namespace, monitor=self.monitor).encode()

    async def hear(self, alerts: Sequence[Alert]) -> str:
        if self.is_deaf:
            raise Transient("The records cannot be written now.")
        self.heard += alerts
        return await self.listener.hear_alerts(alerts)

    def incidents(self) -> list[Incident]:
        return list(self.records.incidents())

    def clusters(self) -> KubernetesClusters:
        assert self.cluster is not None
        targets = [f"acme/shop=main/{self.namespace}"]
        return KubernetesClusters([f"main={self.cluster.kubeconfig}"], targets, self.cluster.scratch)

    def prober(self) -> ServiceProber:
        probes = Probes(Reach.read(("127.0.0.0/8",), ()), SystemClock())
        return ServiceProber(self.clusters(), probes, SystemClock())

    def common(self, **more: Any) -> dict[str, Any]:
        """What every loop is made with."""
        return {"watched": self.watched, "hear": self.hear, "clock": self.clock} | more
