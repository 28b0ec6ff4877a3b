"""The real Prometheus and Alertmanager that stories are played on: what fires arrives, and so does its end."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.fakes import alerting

pytestmark = pytest.mark.skipif(bool(alerting.missing()), reason=alerting.missing())


async def test_what_fires_arrives_with_its_token_and_so_does_its_end(tmp_path: Path) -> None:
    """A counter that is scraped makes the alert fire; once it is low again Alertmanager says resolved."""
    heard: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
    value = [1]

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(text=f"shop_bad {value[0]}\n")

    async def hook(request: web.Request) -> web.Response:
        heard.put_nowait((request.headers["Authorization"], await request.json()))
        return web.Response()

    app = web.Application()
    app.router.add_get("/metrics", metrics)
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    try:
        rules = [alerting.rule("Bad", "shop_bad > 0", labels={"service": "shop"}, summary="It is bad.")]
        receiver = f"http://127.0.0.1:{port}/hook"
        async with alerting.start(
            tmp_path, rules=rules, targets={"shop": port}, receiver=receiver, token="t" * 20
        ) as at:
            async with asyncio.timeout(alerting.PATIENCE):
                bearer, first = await heard.get()
                assert await at.firing() == ["Bad"]
                value[0] = 0
                _, last = await heard.get()
    finally:
        await runner.cleanup()
    assert bearer == f"Bearer {'t' * 20}"
    assert (first["version"], first["status"], first["alerts"][0]["labels"]["service"]) == ("4", "firing", "shop")
    assert (last["status"], first["alerts"][0]["fingerprint"]) == ("resolved", last["alerts"][0]["fingerprint"])
