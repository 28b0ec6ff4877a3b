"""The fake cluster is a process, too: what the demo deploys to."""

import asyncio
import sys
from pathlib import Path

from tests.fakes.cluster.world import ClusterWorld, deployment

ROOT = Path(__file__).parents[2]
IMAGE = "registry.test/shop@sha256:" + "1" * 64


async def test_the_fake_runs_as_a_process_until_its_input_ends(tmp_path: Path) -> None:
    """It says where its kubeconfig lies; the namespaces that were named are there, and pods are made."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.fakes.cluster", str(tmp_path / "cluster"), "shop-staging"),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        place = (await process.stdout.readline()).decode().strip()
        world = ClusterWorld(Path(place), tmp_path / "scratch")
        world.namespace = "shop-staging"
        await world.open().apply(deployment(IMAGE), mark="run-1")
        await world.until_whole("shop")
    finally:
        assert process.stdin is not None
        process.stdin.close()
    assert await process.wait() == 0
