"""The scene of a diagnosis: a shop that was deployed twice, the second time broken, and the incident that followed."""

import contextlib
from typing import Final

from tests.fakes.failing_shop import BROKEN, FILES, MAIL, TRACE
from tests.stories.scene import Scene
from yantra_bot.domain.alerts import Alert, AlertSource, Severity
from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.deployments import Deployed
from yantra_bot.domain.environment import Release
from yantra_bot.domain.incidents import Diagnosis, Incident, IncidentState
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.domain.run import Ending, Order, Phase
from yantra_bot.runs.codec import decode
from yantra_bot.runs.diagnosing.orders import DIAGNOSE_STORY, DIAGNOSIS
from yantra_bot.runs.engine import Engine
from yantra_bot.runs.orders import new_run_id
from yantra_bot.runs.records import Records

RULES: Final = """deploy:
  image: registry.example.com/acme/shop
  environments:
    production: {cluster: main, namespace: shop}
monitor:
  production: {owners: [ann]}
"""
OPENED: Final = 1_790_000_000.0
ME: Final = Actor(99, "yantra[bot]", is_bot=True)


class Sickroom:
    """A repository whose newest deployment broke it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        scene.github.install("acme")
        files = {**FILES, ".github/yantra.yml": RULES, "CODEOWNERS": "shop/stock.py @acme/stock\n"}
        self.repository = scene.work_in(files, name="acme/shop")
        self.good = scene.github.commit(self.repository, {"README.md": "A shop.\n"})
        scene.github.commit(self.repository, {"shop/mail.py": MAIL.replace("Dear", "Hello")})
        self.bad = scene.github.commit(self.repository, BROKEN)
        scene.github.commit(self.repository, {"shop/mail.py": MAIL.replace("Dear", "Hi")})
        self.serves = scene.github.commit(self.repository, {"README.md": "A shop: price and total of a cart.\n"})

    def incident(self, *, text: str = TRACE, name: str = "HighErrorRate", number: int = 1) -> Incident:
        alert = Alert(
            AlertSource.ALERTMANAGER,
            f"{number:016x}",
            "shop",
            name,
            is_firing=True,
            severity=Severity.CRITICAL,
            summary="checkout answers 500",
            text=text,
            started_at=OPENED - 30,
        )
        return Incident(
            id=f"{number:024x}",
            repository_id=self.repository.id,
            service="shop",
            environment="production",
            title="checkout answers 500",
            severity=Severity.CRITICAL,
            state=IncidentState.OPEN,
            opened_at=OPENED,
            changed_at=OPENED,
            first=alert,
            cause=f"{name} {text[-40:]}",
        )

    async def fall_ill(self, incident: Incident, *, deployed_before: float = 600.0, knows: bool = True) -> None:
        """Store two deployments and an incident, and order its diagnosis of the server that runs in this process."""
        await self.scene.until(self.scene.home.heartbeat.exists)  # control is at work
        with contextlib.closing(Records.open(self.scene.home.records)) as records:
            if knows:
                self.remember(records, deployed_before=deployed_before)
            records.put_incident(incident)
        engine = Engine._launched
        assert engine is not None
        assert await engine.enqueue(DIAGNOSE_STORY, self.order(incident), partition=f"{self.repository.id}/diagnoses")

    def remember(self, records: Records, *, deployed_before: float = 600.0) -> None:
        """Store the two deployments."""
        self._ship(records, "a" * 24, self.good, OPENED - 90_000)
        self._ship(records, "b" * 24, self.serves, OPENED - deployed_before)

    def _ship(self, records: Records, run_id: str, commit: str, at: float) -> None:
        release = Release(commit, "registry.example.com/acme/shop", "sha256:" + "0" * 64)
        order = Order(run_id, self._repository(), 0, 0, Command(Verb.DEPLOY, "production"), ME, None, at)
        records.start_run(order, at)
        records.end_run(run_id, Ending(Phase.COMPLETE, "It serves."), at + 60)
        begun = Deployed(run_id, "production", "main", "shop", release, "ann", at)
        records.begin_deployment(self.repository.id, begun)
        records.end_deployment(run_id, "production", Verdict.PASS, reason="well", at=at + 60)

    def order(self, incident: Incident) -> Order:
        run_id = new_run_id(self.scene.home.run_key(), f"{incident.id} diagnose 1")
        installation = self.scene.github.world.installation_of(self.repository)
        assert installation is not None
        return Order(
            run_id,
            self._repository(),
            installation.id,
            0,
            Command(Verb.DIAGNOSE),
            ME,
            None,
            OPENED,
            incident=incident.id,
        )

    def _repository(self) -> Repository:
        return Repository(self.repository.id, "acme", "shop")

    async def ending(self) -> Ending:
        """Return how the newest diagnosis ended, once all have."""
        runs = len(self.scene.runs())
        return await self.scene.ending(of=runs)

    def found(self, run: int = 0) -> Diagnosis:
        """Return what a run kept."""
        with contextlib.closing(self.scene.records()) as records:
            note = records.notes(self.scene.runs()[run].order.run_id)[DIAGNOSIS]
        found: Diagnosis = decode(note, Diagnosis)
        return found
