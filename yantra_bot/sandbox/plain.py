"""Runs a job with no sandbox, for operators who switched it off. Keeps the kernel's limits and the time, no more.

Whatever runs here has this user's rights: files, network, processes.
"""

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from yantra_bot.sandbox.arguments import build_command, build_environment, collect_mounts
from yantra_bot.sandbox.contract import RUNNERS_FOLDER, WORKSPACE, Finished, Job
from yantra_bot.sandbox.interpreter import Interpreter
from yantra_bot.sandbox.output import Output
from yantra_bot.sandbox.processes import follow
from yantra_bot.sandbox.usage import Growth


def run(job: Job, *, interpreter: Interpreter, user: int, output: Output) -> Finished:
    """Run the job's command in its real folders; paths of the sandbox in arguments and variables are translated."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="yantra-plain-") as temporary:
        places = _find_places(job, interpreter, Path(temporary))
        process = _start(job, interpreter, user, places)
        growth = Growth(tuple(mount.source for mount in collect_mounts(job) if mount.writable), job.limits)

        def kill() -> None:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return

        with process:
            limit = follow(process, output=output, limits=job.limits, check=growth.find_exceeded, kill=kill)
    code = process.returncode if process.returncode >= 0 else 128 - process.returncode
    seconds = time.monotonic() - started
    return Finished(exit_code=None if limit else code, seconds=seconds, output=output.finish(), limit=limit)


def _start(job: Job, interpreter: Interpreter, user: int, places: dict[str, str]) -> subprocess.Popen[bytes]:
    environment = _translate_all(build_environment(job, interpreter), places)
    environment |= {"HOME": places["/tmp"], "TMPDIR": places["/tmp"]}  # noqa: S108 (a path of the sandbox)
    # A copied interpreter finds its standard library by itself, but its shared library only at the original's place.
    environment["LD_LIBRARY_PATH"] = str(Path(translate(interpreter.prefix, places)) / "lib")
    command = build_command(
        replace(job, argv=tuple(translate(word, places) for word in job.argv), egress=None), interpreter
    )
    is_other_user = os.geteuid() == 0 and user != 0
    return subprocess.Popen(
        command,
        env=environment,
        cwd=translate(job.directory, places),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        umask=0o022,
        start_new_session=True,
        user=user if is_other_user else None,
        group=user if is_other_user else None,
        extra_groups=[] if is_other_user else None,
    )


def _find_places(job: Job, interpreter: Interpreter, temporary: Path) -> dict[str, str]:
    """Return where the paths of the sandbox lie here."""
    temporary.chmod(0o777)
    places = {mount.target: str(mount.source.absolute()) for mount in collect_mounts(job)}
    if interpreter.source is not None:
        places[interpreter.prefix] = str(interpreter.source)
    places["/tmp"] = str(temporary)  # noqa: S108 (a path of the sandbox)
    if job.workspace is None:
        places[WORKSPACE] = str(temporary)
    places[RUNNERS_FOLDER] = str(temporary / "files")
    for path, data in job.files.items():
        copy = Path(translate(path, places))
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(data)
    return places


def _translate_all(environment: Mapping[str, str], places: dict[str, str]) -> dict[str, str]:
    """Translate paths in variables, where they stand alone, in lists, or in file addresses."""
    return {
        name: re.sub(r"(^|[: ]|file://)(/[^: ]+)", lambda match: match[1] + translate(match[2], places), value)
        for name, value in environment.items()
    }


def translate(word: str, places: dict[str, str]) -> str:
    """Replace a path of the sandbox at the start of `word` by the real one."""
    for target in sorted(places, key=len, reverse=True):
        if word == target or word.startswith(f"{target}/"):
            return places[target] + word[len(target) :]
    return word
