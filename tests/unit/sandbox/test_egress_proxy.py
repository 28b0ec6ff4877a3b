"""The proxy as a process of its own, as control starts it."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.sandbox_world import SMALL, SandboxWorld, find_processes
from tests.fakes.tls_world import TLSServer, make_certificate
from yantra_bot.errors import SettingsError, Transient
from yantra_bot.sandbox.contract import Job
from yantra_bot.sandbox.destinations import Destination
from yantra_bot.sandbox.egress import Tunnel, TunnelLimits
from yantra_bot.sandbox.egress_proxy import EgressProxy
from yantra_bot.sandbox.package_index import PackageIndex, find_destinations

FETCH = """
import ssl, sys, urllib.request
context = ssl.create_default_context(cafile='/run/ca.pem')
for address in sys.argv[1:]:
    try: print(urllib.request.urlopen(address, context=context, timeout=20).read().decode())
    except OSError as error: print(error)
"""


@pytest.mark.sandbox
async def test_a_sandbox_reaches_the_index_and_nothing_else(sandbox_world: SandboxWorld, tmp_path: Path) -> None:
    """A program that knows only HTTPS_PROXY reaches the operator's index on loopback; other servers it does not."""
    certificate, tunnels = make_certificate(tmp_path), list[Tunnel]()
    async with (
        TLSServer(certificate, {"/a": b"from the index"}) as index,
        TLSServer(certificate, {"/a": b"x"}) as other,
    ):
        destinations = await find_destinations(
            PackageIndex(url=f"https://localhost:{index.port}/", ca_file=certificate)
        )
        async with EgressProxy(destinations, parent=sandbox_world.folder, on_tunnel=tunnels.append) as folder:
            addresses = [f"https://localhost:{port}/a" for port in (index.port, other.port)]
            job = Job(
                argv=(sandbox_world.interpreter.executable, "-c", FETCH, *addresses),
                limits=SMALL,
                egress=folder,
                files={"/run/ca.pem": certificate.read_bytes()},
            )
            done = await asyncio.to_thread(sandbox_world.sandbox.run, job)
        assert done.output.splitlines() == [
            "from the index",
            "<urlopen error Tunnel connection failed: 403 Not allowed>",
        ]
        assert other.requests == []
    assert sorted(tunnel.verdict for tunnel in tunnels) == ["not allowed", "ok"]


async def test_it_knows_nothing_of_this_process(tmp_path: Path) -> None:
    """The proxy has an empty environment, is no root, and leaves with its folder."""
    proxy = EgressProxy((Destination("index.test", 443),), parent=tmp_path)
    folder = await proxy.start()
    assert (folder / "proxy.sock").stat().st_mode & 0o777 == 0o666
    (process,) = [pid for pid in find_processes("yantra_bot.sandbox.egress") if _has_parent(pid, os.getpid())]
    assert os.getsid(int(process)) == int(process), "a Ctrl-C at our terminal would be sent to it"
    if os.geteuid() != 0:
        assert Path(f"/proc/{process}/environ").read_bytes() in (b"", b"LC_CTYPE=C.UTF-8\0")
    else:
        assert Path(f"/proc/{process}/environ").read_bytes() == b""
        assert "Uid:\t65534\t65534\t65534\t65534" in Path(f"/proc/{process}/status").read_text()
    await proxy.stop()
    await proxy.stop()
    assert not folder.exists()
    assert not Path(f"/proc/{process}").exists()


async def test_a_proxy_that_cannot_start_is_told(tmp_path: Path) -> None:
    """A configuration that ends the proxy is a passing error; a path too long for a socket is a wrong setting."""
    broken = TunnelLimits(connections=-1)
    with pytest.raises(Transient, match="did not start"):
        await EgressProxy((), parent=tmp_path, limits=broken).start()
    deep = tmp_path / ("x" * 120)
    deep.mkdir()
    with pytest.raises(SettingsError, match="Cure"):
        await EgressProxy((), parent=deep).start()
    assert list(tmp_path.iterdir()) == [deep]
    assert list(deep.iterdir()) == []


async def test_an_open_tunnel_is_cut_without_a_word(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """At the end what is open is closed and told as cut; nothing is printed into control's log."""
    tunnels: list[Tunnel] = []
    async with EgressProxy((), parent=tmp_path, on_tunnel=tunnels.append) as folder:
        _, waiting = await asyncio.open_unix_connection(folder / "proxy.sock")
        reader, writer = await asyncio.open_unix_connection(folder / "proxy.sock")
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        await reader.read()  # connections are taken in order: the first one is served by now
    for one in (waiting, writer):
        one.close()
    assert [tunnel.verdict for tunnel in tunnels] == ["no CONNECT", "cut"]
    assert capfd.readouterr().err == ""


START = """
import asyncio, sys
from pathlib import Path
from yantra_bot.sandbox.egress_proxy import EgressProxy
async def main():
    print(await EgressProxy((), parent=Path(sys.argv[1])).start(), flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


def test_a_killed_control_takes_its_proxy_along(tmp_path: Path) -> None:
    """kill -9 of the process that started the proxy ends the proxy."""
    starter = subprocess.Popen([sys.executable, "-c", START, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    with starter:
        assert starter.stdout is not None
        assert starter.stdout.readline().startswith(str(tmp_path))
        (proxy,) = [pid for pid in find_processes("yantra_bot.sandbox.egress") if _has_parent(pid, starter.pid)]
        handle = os.pidfd_open(proxy)
        starter.send_signal(signal.SIGKILL)
    assert _ends(handle)


def _has_parent(pid: int, parent: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1] == str(parent)
    except OSError:
        return False


def _ends(handle: int) -> bool:
    import select

    ready, _, _ = select.select([handle], [], [], 20)
    os.close(handle)
    return bool(ready)
