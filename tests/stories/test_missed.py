"""Orders that were given while the server was down, or whose answer was lost: each is one run after the next start."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from tests.fakes.github.webhooks import Delivery
from tests.stories.library import SHELL_FILES
from tests.stories.process import serving
from tests.stories.scene import Scene
from yantra_bot.domain.run import Phase

NOBODY = "http://127.0.0.1:9/webhooks/github"
"""Where nobody listens."""


@pytest.fixture(autouse=True)
def looking(scene: Scene) -> None:
    """Let the server look for missed deliveries."""
    scene.values["redeliver_hours"] = 12
    scene.work_in(SHELL_FILES)


async def missed_comment(scene: Scene, text: str, *, at: str = NOBODY, status: int = 0) -> Delivery:
    """Comment while the server is down; return the delivery."""
    scene.github.send_webhooks_to(at)
    await scene.comment(text)
    delivery = scene.github.deliveries[-1]
    assert (delivery.event, delivery.status_code) == ("issue_comment", status)
    return delivery


def sent_again(scene: Scene, delivery: Delivery) -> list[int]:
    """Return how a delivery was answered each time that it was sent again."""
    every = [one for one in scene.github.deliveries if one.is_redelivery]
    return [one.status_code for one in every if one.guid == delivery.guid]


def was_taken(scene: Scene, delivery: Delivery) -> Callable[[], bool]:
    """Return a condition: the delivery was sent again, and taken."""
    return lambda: 202 in sent_again(scene, delivery)


@asynccontextmanager
async def proxy(scene: Scene, *, loses_first: bool = False) -> AsyncIterator[str]:
    """Run what hands deliveries on to the server, as an operator's does: 502 while there is none. Yields its address.

    With `loses_first` the first answer is lost on its way back.
    """
    answers: list[int] = []

    async def forward(request: web.Request) -> web.Response:
        if not scene.home.listening.exists():
            return web.Response(status=502)
        answers.append(await hand_on(request, int(scene.home.listening.read_text())))
        if loses_first and len(answers) == 1 and request.transport is not None:
            request.transport.abort()
        return web.Response(status=answers[-1])

    application = web.Application()
    application.router.add_post("/webhooks/github", forward)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/webhooks/github"
    finally:
        await runner.cleanup()


async def hand_on(request: web.Request, port: int) -> int:
    """Send a delivery to the door on this port; return how it was answered."""
    headers = {name: value for name, value in request.headers.items() if name.startswith(("X-", "Content-Type"))}
    address, body = f"http://127.0.0.1:{port}/webhooks/github", await request.read()
    async with aiohttp.ClientSession() as session, session.post(address, data=body, headers=headers) as answer:
        return answer.status


@pytest.mark.case("L12")
async def test_an_order_given_while_the_server_was_down_is_one_run_after_its_start(scene: Scene) -> None:
    """It is asked for once: a further start asks only for what was missed since then."""
    async with proxy(scene) as address:
        order = await missed_comment(scene, "@yantra implement", at=address, status=502)
        async with serving(scene):
            ending = await scene.ending()
            await scene.github.settle()
        assert ending.phase is Phase.COMPLETE, ending.reason
        assert len(scene.pull_requests()) == 1
        assert sent_again(scene, order) == [202]
        question = await missed_comment(scene, "@yantra status", at=address, status=502)
        async with serving(scene):
            # The older is asked for before the newer: had the order been missed still, it would be sent again by now.
            await scene.reply("The newest run is in phase")
            await scene.github.settle()
    assert (sent_again(scene, order), sent_again(scene, question)) == ([202], [202])
    assert (len(scene.runs()), len(scene.pull_requests())) == (1, 1)


@pytest.mark.case("L12")
async def test_what_the_door_refused_is_not_asked_for_again(scene: Scene) -> None:
    """A delivery that was signed with another secret is refused, and stays refused."""
    deliveries, secret = scene.github.world.deliveries, scene.github.webhook_secret
    async with scene.server():
        deliveries.secret = "another secret, which nobody knows"
        await scene.comment("@yantra implement")
        deliveries.secret = secret
    refused = scene.github.deliveries[-1]
    assert refused.status_code == 401
    question = await missed_comment(scene, "@yantra help")
    async with scene.server():
        await scene.until(was_taken(scene, question))
        await scene.quiet()
        assert scene.runs() == ()
    assert (sent_again(scene, refused), sent_again(scene, question)) == ([], [202])


@pytest.mark.case("L12")
async def test_an_order_that_was_stored_but_whose_answer_was_lost_is_one_run(scene: Scene) -> None:
    """GitHub counts it as missed; what it sends again is the delivery that is there already."""
    async with proxy(scene, loses_first=True) as address, scene.server(redeliver_hours=0):
        scene.github.send_webhooks_to(address)
        await scene.comment("@yantra implement")
        (order, *_) = scene.github.deliveries
        assert (order.event, order.status_code) == ("issue_comment", 0)
        ending = await scene.ending()
        await scene.github.settle()
    assert ending.phase is Phase.COMPLETE, ending.reason
    async with scene.server():
        await scene.until(was_taken(scene, order))
        await scene.quiet()
        assert [run.phase for run in scene.runs()] == [Phase.COMPLETE]
    assert sent_again(scene, order) == [202]
    assert len(scene.pull_requests()) == 1


@pytest.mark.case("L12")
async def test_a_list_that_is_refused_does_not_hinder_the_start(scene: Scene) -> None:
    """The server says what to do, works on what is ordered, and is well."""
    fault = scene.github.faults.answer("GET", "/app/hook/deliveries", 403, message="Not for you", times=100)
    question = await missed_comment(scene, "@yantra help")
    async with serving(scene) as server:
        await scene.until(lambda: b"missed deliveries cannot be looked for" in server.log.read_bytes())
        assert await server.ready() == 200
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert (fault.hits, sent_again(scene, question)) == (1, [])
    (line,) = [one for one in server.log.read_text().splitlines() if "missed deliveries cannot be looked for" in one]
    assert "Not for you" in line
    assert "YANTRA_REDELIVER_HOURS=0" in line
