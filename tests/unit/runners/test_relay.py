"""The relay inside the sandbox."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from runners import read_source, relay

ASK = """
import os, socket, sys
addresses = {os.environ[name] for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")}
(address,) = addresses
host, port = address.removeprefix("http://").split(":")
with socket.create_connection((host, int(port))) as s:
    answer = b""
    try:
        s.sendall(b"ping")
        s.shutdown(socket.SHUT_WR)
        answer = s.makefile("rb").read()
    except OSError: pass
    open(sys.argv[1], "wb").write(answer)
raise SystemExit(5)
"""


async def test_a_command_speaks_with_the_proxy_through_it(tmp_path: Path) -> None:
    """The command finds an HTTP proxy in its variables; bytes go both ways; its exit code is the relay's."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"pong " + await reader.read())
        await writer.drain()
        writer.close()

    async with await asyncio.start_unix_server(echo, tmp_path / "s"):
        code = await relay.run(str(tmp_path / "s"), [sys.executable, "-c", ASK, str(tmp_path / "out")])
    assert code == 5
    assert (tmp_path / "out").read_bytes() == b"pong ping"


async def test_without_a_proxy_connections_are_closed(tmp_path: Path) -> None:
    """A socket that is not there gives the command an empty answer, not a wait."""
    code = await relay.run(str(tmp_path / "none"), [sys.executable, "-c", ASK, str(tmp_path / "out")])
    assert code == 5
    assert (tmp_path / "out").read_bytes() == b""


async def test_the_end_of_the_command_is_told(tmp_path: Path) -> None:
    """A signal is 128 + its number, a missing program 127."""
    killed = [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]
    assert await relay.run(str(tmp_path / "s"), killed) == 128 + 9
    assert await relay.run(str(tmp_path / "s"), ["no-such-program"]) == 127


LEAVE = """
import os, socket
host, port = os.environ["HTTPS_PROXY"].removeprefix("http://").split(":")
s = socket.create_connection((host, int(port)))
assert s.recv(2) == b"hi"
"""


async def test_open_connections_leave_no_word_in_the_output(tmp_path: Path) -> None:
    """The output is the command's alone, even where the proxy's side of a connection is still open at its end."""
    open_ends: list[asyncio.StreamWriter] = []

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_ends.append(writer)
        writer.write(b"hi")

    async with await asyncio.start_unix_server(greet, tmp_path / "s"):
        relayed = await asyncio.create_subprocess_exec(
            *(sys.executable, relay.__file__, str(tmp_path / "s"), sys.executable, "-c", LEAVE),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await relayed.communicate()
        for writer in open_ends:
            writer.close()
    assert (relayed.returncode, said) == (0, b"")


def test_it_runs_as_a_script(tmp_path: Path) -> None:
    """As a script it needs nothing but the standard library."""
    script = tmp_path / "relay.py"
    script.write_bytes(read_source("relay.py"))
    command = [sys.executable, "-I", str(script), str(tmp_path / "s"), sys.executable, "-c", "raise SystemExit(3)"]
    assert subprocess.run(command, env=dict(os.environ), check=False).returncode == 3
