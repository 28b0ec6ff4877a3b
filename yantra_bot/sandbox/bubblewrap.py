"""Runs one command in a bubblewrap sandbox and leaves nothing behind. Runs no shell, hands no environment on.

What holds: own user, process, network, mount, host-name and message namespaces; no capability; no new user namespace; a
read-only root of which the workspace alone is writable; memory, processor, process, file, output and time limits; a
system-call filter. bubblewrap itself gets an empty environment, since /proc/1/environ shows it inside.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace

import structlog

from runners import read_source
from yantra_bot.sandbox import plain
from yantra_bot.sandbox.arguments import Parcel, build_command, build_options, collect_mounts
from yantra_bot.sandbox.contract import RUNNERS_FOLDER, Finished, Job, SandboxUnavailable
from yantra_bot.sandbox.interpreter import Interpreter
from yantra_bot.sandbox.limits import SNIPPET, Limit
from yantra_bot.sandbox.output import Output
from yantra_bot.sandbox.processes import follow
from yantra_bot.sandbox.running import Running
from yantra_bot.sandbox.seccomp import build_filter
from yantra_bot.sandbox.usage import Growth

PROGRAMS = "/usr/local/bin:/usr/bin:/bin"
"""Where bubblewrap is looked for; never a folder that untrusted code can write to."""
_SIGNAL_LIMITS = {128 + signal.SIGXCPU: Limit.CPU, 128 + signal.SIGXFSZ: Limit.FILE_SIZE}
_NOBODY = 65534
_NAMESPACE_WORDS = ("namespace", "uid map", "permissions", "not permitted", "loopback")
_CROWD = "for _ in 1 2 3 4 5 6 7 8; do sleep 9 & done; wait"
_NAMESPACES_CURE = (
    "Cure: allow unprivileged user namespaces: on Ubuntu 24.04 and later `sudo sysctl -w "
    "kernel.apparmor_restrict_unprivileged_userns=0`, on older Debian `sudo sysctl -w "
    "kernel.unprivileged_userns_clone=1`, in a container start it with `--security-opt seccomp=unconfined "
    "--security-opt systempaths=unconfined`."
)


def find_bubblewrap(programs: str = PROGRAMS) -> str:
    """Return the path of bwrap. Raises SandboxUnavailable."""
    path = shutil.which("bwrap", path=programs)
    if path is None:
        raise SandboxUnavailable(
            "bubblewrap is not installed, and nothing runs outside a sandbox. Cure: sudo apt-get install bubblewrap"
        )
    return path


def probe(programs: str = PROGRAMS) -> str | None:
    """Really start a sandbox; return why that fails here and the cure, None when it works.

    The trial starts more processes than it may, so that it also shows whether limits are noticed.
    """
    nothing = Interpreter(executable="/usr/bin/true", prefix="/usr", version="", source=None)
    try:
        sandbox = Sandbox(interpreter=nothing, user=_NOBODY if os.geteuid() == 0 else None, programs=programs)
        limits = replace(SNIPPET, processes=4, wall_seconds=10.0)
        done = sandbox.run(Job(argv=("/bin/sh", "-c", _CROWD), limits=limits))
    except SandboxUnavailable as error:
        return str(error)
    if done.limit == Limit.PROCESSES:
        return None
    return f"A trial sandbox did not meet its limit ({done.limit or done.output}), so that it cannot be watched here."


class Sandbox:
    """Starts sandboxes. Safe to use from several threads; every `run` is a sandbox of its own.

    `user` is the number of the unprivileged user that sandboxes run as, which should differ between runs; root has to
    name one, and nobody else may name another than himself. `insecure` is the operator's switch to run without sandbox.
    """

    def __init__(
        self,
        *,
        interpreter: Interpreter,
        user: int | None = None,
        insecure: bool = False,
        programs: str = PROGRAMS,
    ) -> None:
        self.interpreter = interpreter
        self.is_insecure = insecure
        is_root = os.geteuid() == 0
        if is_root and not user and not insecure:
            raise SandboxUnavailable("A sandbox does not run as root. Cure: pass the number of an unprivileged user.")
        if user is not None and not is_root and user != os.geteuid():
            raise SandboxUnavailable(f"Only root can start a sandbox as user {user}. Cure: leave the user out.")
        self.user = os.geteuid() if user is None else user
        """The user that owns what a sandbox writes."""
        self._drop_to = self.user if is_root else None
        if insecure:
            structlog.get_logger().warning("sandbox_is_off", meaning="untrusted code runs with this user's own rights")
            return
        self._bubblewrap = find_bubblewrap(programs)
        self._filter = build_filter()
        self._relay = read_source("relay.py")
        options = _ask_for_help(self._bubblewrap)
        if "--size" not in options:
            raise SandboxUnavailable("This bubblewrap is too old. Cure: install version 0.5 or later.")
        self._forbids_namespaces = "--disable-userns" in options

    def run(self, job: Job, *, on_line: Callable[[str], None] | None = None) -> Finished:
        """Run `job` to its end. When this returns or raises, no process of it is left.

        `on_line` gets each line of output, escaped, while the command runs. Raises SandboxUnavailable when the sandbox
        itself could not be set up.
        """
        output = Output(job.limits.output_bytes, on_line)
        if self.is_insecure:
            return plain.run(job, interpreter=self.interpreter, user=self.user, output=output)
        started = time.monotonic()
        with self._start(job) as running:
            limit = follow(
                running.process, output=output, limits=job.limits, check=running.find_exceeded, kill=running.kill
            )
            has_run = running.has_run()
            code = running.process.returncode
            if limit is None and code and running.has_full_disk():
                limit = Limit.DISK
        if limit is None and not has_run:
            raise SandboxUnavailable(_explain(output.finish()[-500:]))
        limit = limit or _SIGNAL_LIMITS.get(code)
        seconds = time.monotonic() - started
        return Finished(exit_code=None if limit else code, seconds=seconds, output=output.finish(), limit=limit)

    def _start(self, job: Job) -> Running:
        """Start bubblewrap. It reports on a pipe of its own."""
        if job.egress is not None:
            job = replace(job, files={**job.files, f"{RUNNERS_FOLDER}/relay.py": self._relay})
        growth = Growth(tuple(mount.source for mount in collect_mounts(job) if mount.writable), job.limits)
        status, report = os.pipe()
        try:
            with Parcel() as parcel:
                options = build_options(job, self.interpreter, parcel)
                options += ["--disable-userns"] if self._forbids_namespaces else []
                options += ["--seccomp", parcel.add(self._filter), "--json-status-fd", str(report)]
                arguments = parcel.add("\0".join((*options, "")).encode("utf-8", "surrogateescape"))
                process = subprocess.Popen(
                    [self._bubblewrap, "--args", arguments, "--", *build_command(job, self.interpreter)],
                    env={},
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    pass_fds=(report, *parcel.numbers),
                    umask=0o022,
                    start_new_session=True,
                    user=self._drop_to,
                    group=self._drop_to,
                    extra_groups=None if self._drop_to is None else [],
                )
        except BaseException:
            os.close(status)
            raise
        finally:
            os.close(report)
        return Running(process, status, job, growth)


def _explain(said: str) -> str:
    """Return what bubblewrap said, and the cure where it was refused its namespaces."""
    is_refusal = any(word in said for word in _NAMESPACE_WORDS)
    return f"The sandbox could not be set up: {said} {_NAMESPACES_CURE if is_refusal else ''}".strip()


def _ask_for_help(bubblewrap: str) -> str:
    return subprocess.run([bubblewrap, "--help"], env={}, capture_output=True, text=True, check=False).stdout
