"""A ward: a service that runs in a cluster, an incident of it, and the engine that heals, with nobody who attends."""

import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Final

from pydantic import SecretStr

from tests.fakes.prometheus_api import PrometheusApi
from tests.stories.scene import Scene
from tests.stories.shipyard import APP, Shipyard
from yantra_bot.app.control import open_engine
from yantra_bot.app.shipping import open_shipping
from yantra_bot.app.workshop import open_materials, open_workshop
from yantra_bot.clock import SystemClock
from yantra_bot.domain.alerts import Alert, AlertSource, Severity
from yantra_bot.domain.commands import Options
from yantra_bot.domain.healing import Healing
from yantra_bot.domain.incidents import HealingKind, Incident, IncidentState
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.domain.run import Ending, Order, Phase
from yantra_bot.forge.app_auth import AppClaims
from yantra_bot.forge.github import GitHub
from yantra_bot.forge.remotes import GitHubRemotes
from yantra_bot.forge.transport import HttpTransport
from yantra_bot.runs.codec import decode
from yantra_bot.runs.engine import Engine
from yantra_bot.runs.healing.orders import HEAL_STORY, HEALING, heal_command
from yantra_bot.runs.records import Records
from yantra_bot.runs.steps import Moment, Probe
from yantra_bot.settings import Settings

NAME: Final = "ShopIsUnwell"
QUERY: Final = "illness > 1"
LABELS: Final = {"job": "shop"}
INCIDENT: Final = "a1" * 12
SHORT: Final = 0.05
"""How long actions are watched, in minutes."""
BOT: Final = Actor(900, "yantra[bot]", is_bot=True)


class Ward:
    """One service that is unwell."""

    def __init__(self, scene: Scene, yard: Shipyard, prometheus: PrometheusApi) -> None:
        self.scene, self.yard, self.prometheus = scene, yard, prometheus
        scene.values["prometheus_url"] = prometheus.url
        prometheus.add_rule(NAME, QUERY)
        self.is_unwell()

    def is_unwell(self) -> None:
        self.prometheus.series = {"illness": [(LABELS, 2.0)], QUERY: [(LABELS, 2.0)]}

    def is_well(self) -> None:
        self.prometheus.series = {"illness": [(LABELS, 0.5)]}

    def says_nothing(self) -> None:
        self.prometheus.series = {}

    async def admit(self, watch: str, *, is_autoscaled: bool = False, minutes: float = SHORT, **incident: Any) -> None:
        """Deploy the service to staging, watched like this, and keep an incident of it that fires."""
        await self.lay_out(watch, is_autoscaled=is_autoscaled, minutes=minutes)
        self.change(replace(self.incident(), **incident))

    async def lay_out(self, watch: str, *, is_autoscaled: bool = False, minutes: float = SHORT) -> None:
        """Deploy the service to staging, watched like this."""
        await self.yard.lay_out(staging="" if is_autoscaled else "      manifests: deploy\n")
        rules = self.yard.read(".github/yantra.yml", "HEAD")
        rules = f"{rules}\nmonitor:\n  staging: {{watch_minutes: {minutes}, {watch}}}\n"
        await self.yard.release({".github/yantra.yml": rules, "deploy/shop.yaml": manifest(self.yard.image)})
        async with self.scene.server():
            ending = await self.yard.deploy()
            assert ending.phase is Phase.COMPLETE, ending.reason

    def incident(self) -> Incident:
        """Return an incident that fires, as it stands when an action is begun."""
        now = SystemClock().now()
        labels = tuple(sorted({"alertname": NAME, **LABELS}.items()))
        alert = Alert(AlertSource.ALERTMANAGER, "f" * 16, "shop", NAME, True, Severity.ERROR, labels=labels)
        return Incident(
            id=INCIDENT,
            repository_id=self.yard.repository.id,
            service="shop",
            environment="staging",
            title=NAME,
            severity=Severity.ERROR,
            state=IncidentState.HEALING,
            opened_at=now,
            changed_at=now,
            last_fired_at=now,
            first=alert,
        )

    def change(self, incident: Incident) -> None:
        """Store an incident while no server runs."""
        with contextlib.closing(Records.open(self.scene.home.records)) as records:
            assert records.put_incident(incident) is not None

    def order(self, kind: HealingKind, *, number: int = 1, by: Actor = BOT, **more: Any) -> Order:
        """Return the order of an action."""
        command = replace(heal_command(kind, more.pop("target", APP)), options=Options(dry_run=more.pop("dry", False)))
        repository = self.yard.repository
        owner, name = repository.full_name.split("/")
        return Order(
            run_id=f"{number:024x}",
            repository=Repository(repository.id, owner, name),
            installation_id=self.scene.github.world.installation_of(repository).id,
            issue_number=0,
            command=command,
            requested_by=by,
            comment_id=None,
            accepted_at=SystemClock().now(),
            incident=INCIDENT,
        )

    async def heal(self, order: Order, *, probe: Probe | None = None) -> Ending:
        """Do an action; return how it ended."""
        async with self.engine(probe) as engine:
            await engine.enqueue(HEAL_STORY, order)
            return await engine.wait(order.run_id)

    @asynccontextmanager
    async def engine(self, probe: Probe | None = None) -> AsyncIterator[Engine]:
        """Run the engine with every story, and nothing that gives it orders."""
        settings, github = Settings(**self.scene.values), self.scene.github
        key = SecretStr(github.private_key)
        async with open_materials(settings) as materials:
            transport = HttpTransport(ca_file=settings.ca_file)
            claims = AppClaims(settings.github_app_id, key, materials.clock)
            forge = GitHub(transport, materials.clock, base_url=settings.github_url, identity=claims)
            remotes = GitHubRemotes(
                forge, materials.mirrors, materials.records.blobs, materials.clock, base_url=settings.github_git_url
            )
            try:
                async with open_workshop(settings, materials, forge=forge, remote=remotes) as workshop:
                    kit = open_shipping(settings, workshop, None)
                    async with open_engine(settings, materials, workshop, kit=kit, probe=probe) as engine:
                        yield engine
            finally:
                await transport.close()

    def kept(self, order: Order) -> Healing:
        """Return what was kept of an action."""
        with contextlib.closing(self.scene.records()) as records:
            found: Healing = decode(records.notes(order.run_id)[HEALING], Healing)
            return found

    def remembered(self) -> list[tuple[HealingKind, Verdict | None, bool]]:
        """Return the actions that are counted, oldest first."""
        with contextlib.closing(self.scene.records()) as records:
            found = records.healings(self.yard.repository.id, "shop", "staging", since=0.0)
            return [(one.kind, one.verdict, one.is_undone) for one in reversed(found)]

    async def live(self) -> dict[str, Any]:
        """Return the Deployment as it is."""
        found: dict[str, Any] = await self.yard.world.admin.json("GET", f"{self.yard.world.apps}/deployments/{APP}")
        return found

    async def replicas(self) -> int:
        return int((await self.live())["spec"]["replicas"])


def manifest(image: str) -> str:
    """Return a Deployment that no autoscaler scales."""
    limits = {"limits": {"memory": "512Mi", "cpu": "1"}, "requests": {"memory": "256Mi", "cpu": "500m"}}
    port = {"name": "http", "containerPort": 8080}
    security = {"capabilities": {"drop": ["ALL"]}, "allowPrivilegeEscalation": False}
    container = {"name": APP, "image": image, "ports": [port], "resources": limits, "securityContext": security}
    pod = {"securityContext": {"runAsNonRoot": True}, "containers": [container]}
    labels = {"app": APP}
    template = {"metadata": {"labels": labels}, "spec": pod}
    spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}
    return json.dumps({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": APP}, "spec": spec})


def at(step: str, moment: Moment, act: Callable[[], object]) -> Probe:
    """Return a probe that does something each time a step comes to a moment: nothing depends on how long it takes."""

    def probe(run_id: str, name: str, now: Moment) -> None:
        if now is moment and name.startswith(f"{step}#"):
            act()

    return probe
