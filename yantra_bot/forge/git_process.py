"""Runs the host's git on our own bare repositories, hardened: no configuration, hook, helper or prompt of anybody's.

It never runs git on a work tree, never passes a secret in arguments, environment or files, and ends every process that
it started.
"""

import asyncio
import contextlib
import os
import select
import shutil
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from yantra_bot.domain.quiet_git import QUIET_GIT, SEARCHED
from yantra_bot.errors import SettingsError
from yantra_bot.forge.git_config import CONFIG, HARMLESS

STDERR_TAIL_BYTES = 16 * 1024

ASKPASS = """#!/bin/sh
# Answers git's two questions; the password comes through a pipe that only this process tree holds.
case "$1" in
Username*) echo x-access-token ;;
*) IFS= read -r password <"/dev/fd/$YANTRA_ASKPASS_FD" && printf '%s\\n' "$password" ;;
esac
"""

# $1: size of a file in blocks of 512 bytes; $2: address space in kB; $3: CPU seconds. A lower limit stays in force.
# $4: the life line, a descriptor whose other end we hold: when we are gone, a companion ends the whole group.
_LIMITED = (
    'umask 022; ulimit -c 0; ulimit -f "$1" 2>/dev/null; ulimit -v "$2" 2>/dev/null; ulimit -t "$3" 2>/dev/null; '
    '{ read -r _ <"/dev/fd/$4"; kill -9 0; } >/dev/null 2>&1 & shift 4; exec "$@"'
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one git process may use. A pack is one file, so that `file_bytes` bounds what a server can send."""

    seconds: float = 600.0
    cpu_seconds: int = 900
    file_bytes: int = 4 * 1024**3
    memory_bytes: int = 4 * 1024**3
    output_bytes: int = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Job:
    """One git command on one bare repository. `keep_fds` are handed on, so that a lock lasts as long as its writer."""

    arguments: Sequence[str]
    git_dir: Path | None
    """None only to find out where a repository is."""
    stdin: bytes = b""
    config: Sequence[str] = ()
    environment: dict[str, str] = field(default_factory=dict)
    protocol: str = ""
    """The only protocol that git may speak; none by default."""
    secret: SecretStr | None = None
    keep_fds: tuple[int, ...] = ()
    on_output: Callable[[bytes], bool] | None = None
    """Takes standard output in pieces instead of keeping it; False ends the process."""


@dataclass(frozen=True, slots=True)
class Done:
    """How it ended. `code` is None when it was ended by us: for its time, or its output."""

    code: int | None
    stdout: bytes
    stderr: str

    @property
    def text(self) -> str:
        return self.stdout.decode("utf-8", "surrogateescape").strip()


class Git:
    """The host's git, with a folder for the helper that answers its questions."""

    def __init__(
        self,
        folder: Path,
        *,
        limits: Limits | None = None,
        ca_file: Path | None = None,
        proxy: str | None = None,
        searched: str = SEARCHED,
    ) -> None:
        """`folder` must allow execution; `searched` is a PATH. Raises SettingsError when there is no git."""
        found = shutil.which("git", path=searched)
        if found is None:
            raise SettingsError(f"There is no git in {searched}. Install it, for example: apt-get install git")
        self._git = found
        self._askpass = folder / "askpass"
        self.limits = limits or Limits()
        self._ca_file = ca_file
        self._proxy = proxy

    async def run(self, job: Job) -> Done:
        """Run to the end; a cancelled caller ends the process first. Never raises for a command that failed."""
        life, held = os.pipe()
        with os.fdopen(held, "wb"):
            starting = asyncio.ensure_future(self._start(job, life))
            try:
                return await _attend(await asyncio.shield(starting), job, self.limits)
            finally:
                # Cancelled while it starts, the library would end the first process alone and wait for all others.
                await asyncio.wait([starting])
                if not starting.cancelled() and starting.exception() is None:
                    await _end(starting.result(), held)

    async def _start(self, job: Job, life: int) -> asyncio.subprocess.Process:
        read_fd = None if job.secret is None else _pipe_of(job.secret)
        kept = (*job.keep_fds, life, *(() if read_fd is None else (read_fd,)))
        try:
            return await asyncio.create_subprocess_exec(
                "/bin/sh",
                *("-c", _LIMITED, "sh", *self._limit_words(), str(life), *self._command(job)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=self._environment(job, read_fd),
                cwd="/",
                pass_fds=kept,
                start_new_session=True,
            )
        finally:
            for descriptor in kept[len(job.keep_fds) :]:
                os.close(descriptor)

    def _limit_words(self) -> tuple[str, str, str]:
        limits = self.limits
        return str(limits.file_bytes // 512), str(limits.memory_bytes // 1024), str(limits.cpu_seconds)

    def _command(self, job: Job) -> list[str]:
        if job.secret is not None:
            self._write_askpass()
        harmless = [f"fetch.fsck.{name}=ignore" for name in HARMLESS]
        proxy = [f"http.proxy={self._proxy}"] if self._proxy else []
        settings = (*CONFIG, *harmless, *proxy, *job.config)
        return [self._git, *(word for setting in settings for word in ("-c", setting)), *job.arguments]

    def _environment(self, job: Job, read_fd: int | None) -> dict[str, str]:
        environment = {
            **QUIET_GIT,
            "GIT_ALLOW_PROTOCOL": job.protocol,
            "GIT_PROTOCOL_FROM_USER": "0",
            "GIT_ASKPASS": "/bin/false",
            **job.environment,
        }
        if job.git_dir is not None:
            environment["GIT_DIR"] = str(job.git_dir)
        if self._ca_file is not None:
            environment["GIT_SSL_CAINFO"] = str(self._ca_file)
        if read_fd is not None:
            environment |= {"GIT_ASKPASS": str(self._askpass), "YANTRA_ASKPASS_FD": str(read_fd)}
        return environment

    def _write_askpass(self) -> None:
        if self._askpass.is_file():
            return
        self._askpass.parent.mkdir(parents=True, exist_ok=True)
        draft = self._askpass.with_name(f".askpass-{os.getpid()}")
        draft.write_text(ASKPASS)
        draft.chmod(0o755)
        draft.replace(self._askpass)


def _pipe_of(secret: SecretStr) -> int:
    """Return the end of a pipe to read the secret from, once; it fits into the pipe's buffer."""
    read_fd, write_fd = os.pipe()
    try:
        os.write(write_fd, secret.get_secret_value().encode() + b"\n")
    finally:
        os.close(write_fd)
    return read_fd


async def _attend(process: asyncio.subprocess.Process, job: Job, limits: Limits) -> Done:
    output, errors = bytearray(), bytearray()
    taking = asyncio.ensure_future(_take_output(process, job.on_output or _keep_in(output, limits.output_bytes)))
    beside = asyncio.gather(_keep_tail(process, errors), _feed(process, job.stdin))
    try:
        async with asyncio.timeout(limits.seconds):
            kept, _ = await asyncio.gather(taking, beside)
            code = await process.wait() if kept else None
    except TimeoutError:
        code = None
        errors += f"\nended after {limits.seconds:.0f} s".encode()
    finally:
        taking.cancel()
        beside.cancel()
        await asyncio.wait((taking, beside))
    return Done(code, bytes(output), errors.decode("utf-8", "replace").strip())


def _keep_in(output: bytearray, limit: int) -> Callable[[bytes], bool]:
    def keep(piece: bytes) -> bool:
        output.extend(piece)
        return len(output) <= limit

    return keep


async def _take_output(process: asyncio.subprocess.Process, take: Callable[[bytes], bool]) -> bool:
    """Read all output; False when it was enough, after the process was ended."""
    assert process.stdout is not None  # noqa: S101 (narrows the type: it was asked for)
    while piece := await process.stdout.read(65536):
        if not take(piece):
            _kill(process)
            return False
    return True


async def _keep_tail(process: asyncio.subprocess.Process, errors: bytearray) -> None:
    assert process.stderr is not None  # noqa: S101 (narrows the type: it was asked for)
    while piece := await process.stderr.read(65536):
        errors += piece
        del errors[:-STDERR_TAIL_BYTES]


async def _feed(process: asyncio.subprocess.Process, data: bytes) -> None:
    assert process.stdin is not None  # noqa: S101 (as above)
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(data)
        await process.stdin.drain()
    process.stdin.close()


def _kill(process: asyncio.subprocess.Process) -> None:
    """End the process and its children: each git command leads a session of its own."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


async def _end(process: asyncio.subprocess.Process, held: int) -> None:
    """End what is left of the group, at least its companion; return when its pipes and the life line are closed."""
    _kill(process)
    await process.wait()
    line = select.poll()
    line.register(held, 0)
    while not line.poll(0):  # noqa: ASYNC110 (an error when its last reader is gone, which is no event of ours)
        await asyncio.sleep(0.001)
    await _close(process)


async def _close(process: asyncio.subprocess.Process) -> None:
    """Read the pipes to their ends: a transport that the loop outlives complains, wherever it is collected."""
    assert process.stdin is not None  # noqa: S101 (as above)
    process.stdin.close()
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        await process.stdin.wait_closed()
    for stream in (process.stdout, process.stderr):
        while stream is not None and await stream.read(65536):
            pass
