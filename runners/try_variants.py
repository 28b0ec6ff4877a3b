"""Runs a project's tests on variants of its files inside a sandbox, each in a process of its own with pytest loaded.

Called as `python try_variants.py ORDERS OPTION…` in the project's root; the options are pytest's. ORDERS is a file of
JSON: `cpu_seconds` and `seconds` that one variant may take, and `variants`, each with `path`, `source` and `tests`; one
without a path is the project as it is. Prints for each a line of JSON: `variant` (its number), `code` (pytest's exit
code, null where a limit ended it), `seconds` (processor time). A file is as it was when its variant has been tried.
"""

import json
import os
import resource
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

BROKEN = 70
"""Exit code of a variant under which pytest itself could not be run to its end."""
_TEMPORARY = Path("/tmp/tries")  # noqa: S108 (inside the sandbox, where it is private)
_PAUSE = 0.01


def main(orders: Path, options: list[str]) -> None:
    """Try every variant and print what came of it."""
    import pytest  # also for the processes that are forked: to load it takes longer than most tests

    told = json.loads(orders.read_text("utf-8"))
    for number, variant in enumerate(told["variants"]):
        place = Path(variant["path"]) if variant["path"] else None
        before = place.read_bytes() if place else b""
        try:
            if place:
                place.write_bytes(variant["source"].encode())
            code, seconds = try_one(pytest, [*options, *variant["tests"]], told)
        finally:
            if place:
                place.write_bytes(before)
        sys.stdout.write(json.dumps({"variant": number, "code": code, "seconds": round(seconds, 2)}) + "\n")
        sys.stdout.flush()


def try_one(pytest: Any, arguments: list[str], limits: dict[str, Any]) -> tuple[int | None, float]:
    """Run pytest in a process of its own; return its exit code, None where a limit ended it, and its processor time."""
    _TEMPORARY.mkdir()
    end = time.monotonic() + limits["seconds"]
    child = os.fork()
    if not child:
        run_tests(pytest, arguments, limits["cpu_seconds"])
    done = 0
    while not done:
        done, status, usage = os.wait4(child, os.WNOHANG)
        if not done and time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            done, status, usage = os.wait4(child, 0)
        elif not done:
            time.sleep(_PAUSE)
    end_rest(child)
    shutil.rmtree(_TEMPORARY, ignore_errors=True)
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else None, usage.ru_utime + usage.ru_stime


def run_tests(pytest: Any, arguments: list[str], cpu_seconds: float) -> None:
    """Run pytest as the leader of a session of its own, and end with its exit code. Never returns."""
    code = BROKEN
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (1, 2):
            os.dup2(nothing, stream)
        limit = max(1, round(cpu_seconds))
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        os.environ["TMPDIR"] = str(_TEMPORARY)
        sys.path[0] = os.getcwd()  # noqa: PTH109 (as `python -m pytest` has it)
        arguments = [f"--basetemp={_TEMPORARY}/pytest", *arguments]
        sys.argv[:] = ["pytest", *arguments]
        code = int(pytest.main(arguments))
    finally:
        os._exit(code)


def end_rest(session: int) -> None:
    """End what a variant has started and not waited for."""
    try:
        os.killpg(session, signal.SIGKILL)
    except ProcessLookupError:
        return


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
