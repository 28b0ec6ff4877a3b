"""Strategies from the order to the end on a cluster: what holds still, what is switched, and what is never reached."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from tests.fakes.answering import answering
from tests.stories.scene import Scene
from tests.stories.shipyard import APP, HEALTH, Shipyard, quick_health
from yantra_bot.domain.run import Ending, Phase

CANARY = "      strategy: {kind: canary, steps: [50], hold_seconds: 1}\n"
PAUSED = "      strategy: {kind: canary, steps: [50], hold_seconds: 1, pause: true}\n"
BLUE_GREEN = "      strategy: {kind: blue-green, hold_seconds: 1}\n"
METRIC = 'metrics: [{name: error rate, query: "errors{pod=~\\"{pods}\\"}", most: 0.05}], '


@dataclass
class FakePrometheus:
    """Answers every query with one number, or with nothing."""

    value: float | None = 0.01
    asked: list[str] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        form = await request.post()
        self.asked.append(str(form.get("query", "")))
        found = [] if self.value is None else [{"metric": {}, "value": [1, str(self.value)]}]
        return web.json_response({"status": "success", "data": {"resultType": "vector", "result": found}})


@pytest.fixture
async def prometheus(scene: Scene) -> AsyncIterator[FakePrometheus]:
    found = FakePrometheus()
    async with answering(found.answer) as port:
        found.url = f"http://127.0.0.1:{port}"
        scene.values["prometheus_url"] = found.url
        yield found


async def lay_out(yard: Shipyard, strategy: str, *, health: str = HEALTH) -> str:
    """Lay out with another strategy for staging than the usual one."""
    usual = "      strategy: {hold_seconds: 1}\n"
    rules = await yard.lay_out(health=health)
    text = yard.read(".github/yantra.yml", rules)
    first, rest = f"{text}\n".split(usual, 1)
    return await yard.release({".github/yantra.yml": f"{first}{strategy}{rest}"})


async def deployed(yard: Shipyard, *, of: int = 1) -> Ending:
    ending = await yard.deploy(of=of)
    assert ending.phase is Phase.COMPLETE, ending.reason
    return ending


async def names(yard: Shipyard) -> dict[str, int]:
    """Return the Deployments of staging, with how many replicas they want."""
    found = await yard.world.admin.json("GET", f"{yard.world.apps}/deployments")
    return {one["metadata"]["name"]: one["spec"]["replicas"] for one in found["items"]}


async def settled(yard: Shipyard) -> None:
    """Wait until the autoscaler has had its say: a real one looks at a new Deployment some seconds later."""
    await yard.world.until(lambda: names(yard), lambda found: found.get(APP) == 2)
    await yard.world.until_whole(APP)


async def chosen(yard: Shipyard) -> str:
    """Return the colour that the Service chooses."""
    found = await yard.world.admin.json("GET", f"/api/v1/namespaces/{yard.world.namespace}/services/{APP}")
    return str(found["spec"]["selector"].get("yantra.dev/colour", ""))


async def generation(yard: Shipyard) -> int:
    """Return how often the template of the stable version's Deployment, or the number of its replicas, changed."""
    found = await yard.world.admin.json("GET", f"{yard.world.apps}/deployments/{APP}")
    return int(found["metadata"]["generation"])


async def test_a_canary_holds_still_until_somebody_promotes_it(scene: Scene, yard: Shipyard) -> None:
    """Both versions serve meanwhile; afterwards the new one alone, and the canary is gone."""
    await lay_out(yard, PAUSED)
    async with scene.server():
        await deployed(yard)
        await settled(yard)
        (before,) = await yard.serving()
        await yard.release()
        await yard.order("@yantra deploy staging")
        await scene.reply("Promote it or abort it")
        assert before in await yard.serving()
        assert set(await names(yard)) == {APP, f"{APP}-canary"}
        await yard.order("@yantra promote staging", by="bob")
        ending = await scene.ending(of=2)
        assert ending.phase is Phase.COMPLETE, ending.reason
        assert set(await names(yard)) == {APP}
        assert before not in await yard.serving()
    assert any("bob promoted it. Every check was good" in text for text in scene.said())


async def test_a_canary_that_crashes_never_touches_what_serves(scene: Scene, yard: Shipyard) -> None:
    """It goes, and the stable version's Deployment was not so much as scaled."""
    await lay_out(yard, CANARY)
    async with scene.server():
        await deployed(yard)
        await settled(yard)
        before, was = await yard.serving(), await generation(yard)
        await yard.release(fate="crash")
        ending = await yard.deploy(of=2)
        assert ending.phase is Phase.ROLLED_BACK, ending.reason
        assert "CrashLoopBackOff" in ending.reason
        assert await names(yard) == {APP: 2}
        assert (await yard.serving(), await generation(yard)) == (before, was)


async def test_blue_and_green_take_turns_and_a_bad_one_is_never_switched_to(scene: Scene, yard: Shipyard) -> None:
    """The second release switches colours; of the third, that is bad, nothing is left."""
    await lay_out(yard, BLUE_GREEN)
    async with scene.server():
        await deployed(yard)
        first, (before,) = await chosen(yard), await yard.serving()
        await yard.release()
        await deployed(yard, of=2)
        second, (now,) = await chosen(yard), await yard.serving()
        assert {first, second} == {"blue", "green"}
        assert now != before
        assert (await names(yard))[f"{APP}-{first}"] == 0
        await yard.release(fate="crash")
        ending = await yard.deploy(of=3)
        assert ending.phase is Phase.ROLLED_BACK, ending.reason
        assert await chosen(yard) == second
        assert await yard.serving() == [now]
        assert await names(yard) == {f"{APP}-{first}": 0, f"{APP}-{second}": 2}


async def test_a_metric_above_its_limit_is_gone_back_from(
    scene: Scene, yard: Shipyard, prometheus: FakePrometheus
) -> None:
    """Its number is quoted; the pods of the new version were asked about."""
    await yard.lay_out(health=quick_health(more=METRIC))
    async with scene.server():
        await deployed(yard)
        before = await yard.serving()
        prometheus.value = 0.4
        await yard.release()
        ending = await yard.deploy(of=2)
        assert ending.phase is Phase.ROLLED_BACK, ending.reason
        assert "error rate" in ending.reason
        assert await yard.serving() == before
    assert any("0.4, allowed are 0.05" in text for text in scene.said())
    assert all(one.startswith(f'errors{{pod=~"{APP}-') for one in prometheus.asked)


async def test_no_data_holds_still_and_an_abort_goes_back(
    scene: Scene, yard: Shipyard, prometheus: FakePrometheus
) -> None:
    """No number is no pass; who ends it is named, and what served serves."""
    await yard.lay_out(health=quick_health(more=METRIC))
    async with scene.server():
        await deployed(yard)
        before = await yard.serving()
        prometheus.value = None
        await yard.release()
        await yard.order("@yantra deploy staging")
        await scene.reply("Promote it or abort it")
        await yard.order("@yantra abort staging", by="bob")
        ending = await scene.ending(of=2)
        assert ending.phase is Phase.ROLLED_BACK, ending.reason
        assert "bob ended it" in ending.reason
        assert await yard.serving() == before


async def test_a_promotion_stands_in_for_what_has_no_data(
    scene: Scene, yard: Shipyard, prometheus: FakePrometheus
) -> None:
    """The run ends well, and says who promoted it and what was not measured."""
    await yard.lay_out(health=quick_health(more=METRIC))
    async with scene.server():
        await deployed(yard)
        prometheus.value = None
        await yard.release()
        await yard.order("@yantra deploy staging")
        await scene.reply("Promote it or abort it")
        await yard.order("@yantra promote staging", by="bob")
        ending = await scene.ending(of=2)
        assert ending.phase is Phase.COMPLETE, ending.reason
    assert any("bob promoted it. error rate could not be measured" in text for text in scene.said())


async def test_a_promotion_of_what_is_at_zero_counts_once_it_runs(
    scene: Scene, yard: Shipyard, prometheus: FakePrometheus
) -> None:
    """The word is kept, and the run goes on when there are pods again; it never calls zero pods a success."""
    await yard.lay_out(health=quick_health(more=METRIC))
    path = f"{yard.world.apps}/deployments/{APP}"
    async with scene.server():
        await deployed(yard)
        prometheus.value = None
        await yard.release()
        await yard.order("@yantra deploy staging")
        await scene.reply("Promote it or abort it")
        await yard.world.change(path, {"spec": {"replicas": 0}})
        await scene.reply("Promoting it counts once it is whole")
        await yard.order("@yantra promote staging", by="bob")
        await scene.reply("`staging` goes on")
        await yard.world.change(path, {"spec": {"replicas": 2}})
        ending = await scene.ending(of=2)
        assert ending.phase is Phase.COMPLETE, ending.reason
        assert len(await yard.serving()) == 1
    told = [text for text in scene.said() if "bob promoted it." in text]
    assert told
    assert not any("bob promoted it. Deployment shop is scaled to 0" in text for text in told)
