"""Packages come from the operator's index, through the proxy, and from nowhere else."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.environment_place import Place
from tests.fakes.sandbox_world import SandboxWorld
from tests.fakes.tls_world import TLSServer, make_certificate
from tests.fakes.wheel_world import SAMPLE
from yantra_bot.sandbox.egress import Tunnel
from yantra_bot.sandbox.egress_proxy import EgressProxy
from yantra_bot.sandbox.environment import Environment, prepare
from yantra_bot.sandbox.package_index import PackageIndex, find_destinations

pytestmark = pytest.mark.sandbox


@pytest.fixture
def place(sandbox_world: SandboxWorld) -> Place:
    return Place(sandbox_world)


async def test_an_index_behind_the_proxy_is_used(place: Place, tmp_path: Path) -> None:
    """With an https index, packages come through the proxy and from nowhere else."""
    certificate, tunnels = make_certificate(tmp_path), list[Tunnel]()
    shared = place.world.folder / f"{place.cache.name}-ca.pem"
    shared.write_bytes(certificate.read_bytes())
    shared.chmod(0o644)
    pages = {"/simple/pip/": b"<html></html>"}
    for name in ("pytest", "coverage", "needed", "helper"):
        wheel = f"{name}-1.0-py3-none-any.whl"
        pages[f"/simple/{name}/"] = f'<html><a href="/files/{wheel}">{wheel}</a></html>'.encode()
        pages[f"/files/{wheel}"] = (place.wheels / wheel).read_bytes()
    async with TLSServer(certificate, pages) as server:
        index = PackageIndex(url=f"https://localhost:{server.port}/simple", ca_file=shared)
        destinations = await find_destinations(index)
        async with EgressProxy(destinations, parent=place.world.folder, on_tunnel=tunnels.append) as folder:

            def build() -> Environment:
                return prepare(
                    place.world.make_tree(SAMPLE),
                    sandbox=place.world.sandbox,
                    cache=place.cache,
                    index=index,
                    egress=folder,
                )

            environment = await asyncio.to_thread(build)
    assert environment.report.problem is None, environment.report.output_tail
    assert {tunnel.verdict for tunnel in tunnels} == {"ok"}
    assert "/files/needed-1.0-py3-none-any.whl" in server.requests


def find_configured_index() -> str | None:
    """Return the index that pip uses on this machine, None where pip cannot tell."""
    code = (
        "from pip._internal.configuration import Configuration as C\n"
        "from pip._internal.models.index import PyPI\nc = C(isolated=False); c.load()\n"
        "print(dict(c.items()).get('global.index-url', PyPI.simple_url))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


async def test_pip_installs_from_its_own_index_through_the_proxy(place: Place) -> None:
    """On a machine with a package registry a real package comes through the proxy; the registry alone is reached."""
    url, bundle = find_configured_index(), Path("/etc/ssl/certs/ca-certificates.crt")
    if url is None or not url.startswith("https://") or not bundle.exists():
        pytest.skip("NO PACKAGE REGISTRY: pip's configuration names no https index")
    index = PackageIndex(url=url, ca_file=bundle)
    destinations = await find_destinations(index)
    if len(destinations) < 2:
        pytest.skip("NO PACKAGE REGISTRY: the index that pip uses does not answer")
    tunnels = list[Tunnel]()
    tree = place.world.make_tree({"requirements.txt": "iniconfig\n", "app.py": ""})
    async with EgressProxy(destinations, parent=place.world.folder, on_tunnel=tunnels.append) as folder:

        def build() -> Environment:
            return prepare(tree, sandbox=place.world.sandbox, cache=place.cache, index=index, egress=folder)

        environment = await asyncio.to_thread(build)
    assert environment.report.problem is None, environment.report.output_tail
    assert {tunnel.verdict for tunnel in tunnels} == {"ok"}
    assert {tunnel.target for tunnel in tunnels} <= {one.name for one in destinations}
    done = place.run(environment, tree, "import iniconfig, pytest; print(iniconfig.__file__)")
    assert done.output.startswith("/environment/lib/")
