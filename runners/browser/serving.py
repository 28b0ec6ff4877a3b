"""In a sandbox: starts the site that is to be looked at, and waits until it answers. Never asked for by the host."""

import asyncio
import http.client
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

PATIENCE_SECONDS = 40.0
"""Until the site answers for the first time."""
_LOG = Path("/tmp/site.log")  # noqa: S108 (inside the sandbox, where it is private)
_TAIL = 1_500
_FILES = """
import http.server, sys
class Files(http.server.SimpleHTTPRequestHandler):
    def list_directory(self, path):
        self.send_error(404)
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Files).serve_forever()
"""
"""Python's server of files; a folder without an index page is no page."""


class NotServed(Exception):
    """The site does not answer; the text says what its command printed last."""


class Site:
    """The running site. Ending the context ends its first process; the sandbox ends the rest."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._order = order
        self._log = Path(order.get("log", _LOG))
        self._patience = float(order.get("patience", PATIENCE_SECONDS))
        self._process: subprocess.Popen[bytes] | None = None

    async def __aenter__(self) -> Self:
        self._start()
        try:
            await self._wait()
        except BaseException:
            self.end()
            raise
        return self

    def _start(self) -> None:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command(),
                cwd=self._order["folder"],
                env={**os.environ, **self._order["environment"]},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    async def __aexit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Kill the site's first process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _command(self) -> list[str]:
        if self._order["serve"]:
            return list(self._order["serve"])
        port = str(urlsplit(self._order["url"]).port)
        return [sys.executable, "-I", "-c", _FILES, port]

    async def _wait(self) -> None:
        deadline = time.monotonic() + self._patience
        while not await asyncio.to_thread(_answers, self._order["url"]):
            code = self._process.poll() if self._process else None
            if code is not None:
                raise NotServed(f"its command ended with {code}: {self._tail()}")
            if time.monotonic() > deadline:
                raise NotServed(f"nothing answered at {self._order['url']} in {self._patience:g} s: {self._tail()}")
            await asyncio.sleep(0.1)

    def _tail(self) -> str:
        return self._log.read_bytes()[-_TAIL:].decode("utf-8", "replace").strip() or "it printed nothing"


def _answers(url: str) -> bool:
    """Say whether there is any answer of a web server."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port or 80, timeout=10)
    try:
        connection.request("GET", parts.path or "/")
        connection.getresponse().read(1)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
