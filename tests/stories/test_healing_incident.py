"""An alert becomes a healing action by itself, and its incident ends where that helped: through the whole server."""

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.fakes.prometheus_api import prometheus_api
from tests.stories.scene import Scene
from tests.stories.shipyard import Shipyard
from tests.stories.siren import Siren
from tests.stories.test_replay import CODE
from tests.stories.test_terminal import yantra
from tests.stories.ward import NAME, Ward, at
from yantra_bot.domain.commands import Verb
from yantra_bot.domain.incidents import IncidentState
from yantra_bot.domain.run import Phase
from yantra_bot.runs.steps import Moment

RULE = f"rules: [{{name: Unwell, metric: cpu, above: 0.9, action: scale out, alerts: ['{NAME}*']}}]"


def told() -> dict[str, Any]:
    """Return an alert that began long before anything was deployed: no deployment is to be gone back from."""
    return {"name": NAME, "text": "It is unwell.", "started_at": time.time() - 5_000}


@pytest.fixture
async def ward(scene: Scene, yard: Shipyard) -> AsyncIterator[Ward]:
    async with prometheus_api() as prometheus:
        yield Ward(scene, yard, prometheus)


async def test_an_alert_is_healed_and_its_incident_ends(ward: Ward, siren: Siren) -> None:
    """More pods, by the rule that names the alert; the run can be looked at and told again."""
    scene = ward.scene
    await ward.lay_out(f"scale: automatic, {RULE}")
    scene.values["services"] = ("shop=acme/shop/staging",)
    async with siren.server(probe=at("apply healing", Moment.AFTER_WORK, ward.is_well)):
        assert await siren.ring(**told()) == 202
        incident = await siren.incident(IncidentState.WATCHING, IncidentState.ESCALATED)
        await siren.ring("resolved", **told())
        incident = await siren.incident(IncidentState.RESOLVED)
    assert await ward.replicas() == 3
    assert "scale out shop (2 → 3 replicas)" in " ".join(said for _, said in incident.news)
    healed = next(run for run in scene.runs() if run.order.command.verb is Verb.HEAL)
    assert (healed.order.run_id, healed.order.incident) == (incident.run_of("heal"), incident.id)
    assert healed.ending is not None
    assert healed.ending.phase is Phase.COMPLETE
    said = await yantra(scene, "runs", "replay", healed.order.run_id, PYTHONPATH=str(CODE))
    assert said.code == 0, said.out + said.err


async def test_an_alert_that_nothing_helped_against_is_left_to_people(ward: Ward, siren: Siren) -> None:
    """The action is undone, and not repeated; the incident says what was tried."""
    await ward.lay_out(f"scale: automatic, {RULE}")
    ward.scene.values["services"] = ("shop=acme/shop/staging",)
    async with siren.server():
        await siren.ring(**told())
        incident = await siren.incident(IncidentState.ESCALATED)
    assert await ward.replicas() == 2
    assert "It was undone." in " ".join(said for _, said in incident.news)
    assert [run.order.command.verb for run in ward.scene.runs()].count(Verb.HEAL) == 1
