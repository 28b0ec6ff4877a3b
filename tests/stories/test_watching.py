"""What the server sees of production by itself: a service that is down, and errors in its log, become incidents."""

from tests.stories.scene import Scene
from tests.stories.shipyard import Shipyard
from yantra_bot.domain.alerts import AlertSource
from yantra_bot.domain.incidents import Incident
from yantra_bot.domain.monitoring import MetricName
from yantra_bot.monitor.exports import ServiceReport, read_json

SETTINGS = {"services": ("shop=acme/shop/production",), "probe_seconds": 1.0, "log_polling_seconds": 1.0}
MONITOR = "monitor:\n  production: {logs: {threshold: 2}}\n"


def incidents(scene: Scene, source: AlertSource) -> list[Incident]:
    """Return the incidents that began with an alert of this source."""
    records = scene.records()
    try:
        return [one for one in records.incidents() if one.source is source]
    finally:
        records.close()


def report(scene: Scene) -> ServiceReport | None:
    """Return what was measured of the service last."""
    page = scene.home.services
    return next(iter(read_json(page.read_text())), None) if page.exists() else None


async def test_a_service_that_goes_down_is_an_incident_until_it_answers(scene: Scene, yard: Shipyard) -> None:
    """Nobody tells of it: its pods answer with errors, the server sees it, opens one incident, and sees its end."""
    scene.leaves_runs = True
    await yard.lay_out(monitor=MONITOR)
    async with scene.server(**SETTINGS):
        await yard.deploy_everywhere()
        await scene.until(lambda: (found := report(scene)) and found.values.get(MetricName.UP) == 1)
        assert incidents(scene, AlertSource.PROBE) == []
        await yard.redecree("ready status=500", every=True)
        (incident,) = await scene.until(lambda: incidents(scene, AlertSource.PROBE))
        assert (incident.title, incident.service) == ("The service does not answer.", "shop")
        await scene.until(lambda: incidents(scene, AlertSource.PROBE)[0].issue)
        await yard.redecree("ready", every=True)
        await scene.until(lambda: not incidents(scene, AlertSource.PROBE)[0].is_firing)
    assert len(incidents(scene, AlertSource.PROBE)) == 1
    issue = yard.repository.issues[incidents(scene, AlertSource.PROBE)[0].issue]
    assert "does not answer" in issue.title
