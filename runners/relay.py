"""In a sandbox with no network: offers the proxy's socket as an ordinary HTTP proxy, and runs a command with it.

Usage: relay.py SOCKET COMMAND... Nothing is decided here: whatever the command does, it meets the proxy or nothing.
"""

import asyncio
import contextlib
import os
import signal
import sys

CHUNK_BYTES = 1 << 16
_NAMES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy until one side ends; then end the other side's input."""
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK_BYTES):
            writer.write(data)
            await writer.drain()
        writer.write_eof()


async def serve(socket_path: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Join one connection to the proxy's socket. Without a proxy the connection is closed."""
    try:
        with contextlib.suppress(OSError):
            out_reader, out_writer = await asyncio.open_unix_connection(socket_path)
            try:
                await asyncio.gather(pump(reader, out_writer), pump(out_reader, writer))
            finally:
                out_writer.close()
    finally:
        writer.close()


async def run(socket_path: str, command: list[str]) -> int:
    """Return the command's exit code, 128 + signal when a signal ended it, 127 when there is no such program."""
    server = await asyncio.start_server(lambda *ends: serve(socket_path, *ends), "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        process = await asyncio.create_subprocess_exec(*command, env={**os.environ, **dict.fromkeys(_NAMES, address)})
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        return 127
    else:
        code = await process.wait()
        return code if code >= 0 else 128 - code
    finally:
        server.close()


def main(arguments: list[str]) -> None:
    """Run, and leave at once: open connections do not keep a finished command waiting."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    socket_path, *command = arguments
    # Not asyncio.run: it would cancel what serves them, and Python 3.11 prints a trace for each into the output.
    os._exit(asyncio.Runner().run(run(socket_path, command)))


if __name__ == "__main__":
    main(sys.argv[1:])
