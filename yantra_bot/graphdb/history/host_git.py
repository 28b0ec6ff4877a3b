"""Runs the host's git on a person's own repository, for reading only, and nothing that its configuration would run.

In the worker it is given a bare repository and an environment that shows git its objects alone. Whatever git prints
goes to the caller in parts; a caller that stops reading ends the process, and so does the time limit.
"""

import os
import resource
import select
import shutil
import subprocess
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from yantra_bot.domain.quiet_git import QUIET_GIT, SEARCHED
from yantra_bot.errors import Transient, UserError

PART = 256 * 1024
MEMORY = 4 * 1024**3
"""Bytes that git may use."""


class HostGit:
    """Git on one repository. `seconds` bounds each command; `searched` is a PATH."""

    def __init__(
        self,
        repository: Path,
        *,
        seconds: float = 60.0,
        searched: str = SEARCHED,
        environment: Mapping[str, str] = QUIET_GIT,
        name: str = "",
    ) -> None:
        """Raise UserError where there is no git, which says how to get it. `name` is what messages call it."""
        found = shutil.which("git", path=searched)
        if found is None:
            raise UserError(f"There is no git in {searched}. Install it, for example: apt-get install git")
        self._git = found
        self._repository = repository
        self._seconds = seconds
        self._environment = {**environment, "PATH": searched, "GIT_PAGER": "cat"}
        self._name = name or str(repository)

    def __call__(self, arguments: Sequence[str]) -> Iterator[bytes]:
        """Yield the output of `git ARGUMENTS`. Raises UserError when it fails, Transient when its time is over."""
        process = subprocess.Popen(
            [self._git, *arguments],
            cwd=self._repository,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        if process.stdout is None or process.stderr is None:
            raise AssertionError("both were asked for")
        with suppress(ProcessLookupError, PermissionError):
            resource.prlimit(process.pid, resource.RLIMIT_AS, (MEMORY, MEMORY))
        with process:
            try:
                errors = yield from self._read(process.stdout, process.stderr)
                process.wait(self._seconds)
            except BaseException:
                process.kill()
                raise
        if process.returncode > 0:
            words = ascii(errors.decode("utf-8", "replace").strip()[:300])[1:-1]
            raise UserError(f"git cannot tell the past of {self._name}: {words}")

    def _read(self, output: IO[bytes], errors: IO[bytes]) -> Generator[bytes, None, bytes]:
        """Yield what git prints until it ends or its time is over; return what it said on its standard error."""
        deadline = time.monotonic() + self._seconds
        said = bytearray()
        streams = [output, errors]
        while streams:
            ready, _, _ = select.select(streams, [], [], max(deadline - time.monotonic(), 0))
            if not ready:
                raise Transient(f"git was ended after {self._seconds:.0f} s. Read fewer commits.")
            for stream in ready:
                part = os.read(stream.fileno(), PART)
                if not part:
                    streams.remove(stream)
                elif stream is output:
                    yield part
                elif len(said) < PART:
                    said += part
        return bytes(said)
