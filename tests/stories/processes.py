"""Which processes there are below one, whoever of its threads started them."""

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

Process = tuple[int, str]
"""A process's number and when it started: numbers are used again."""


def family(pid: int | None = None) -> set[Process]:
    """Return all living processes below one, this one by default."""
    found: set[Process] = set()
    with suppress(OSError):
        for children in Path(f"/proc/{pid or os.getpid()}/task").glob("*/children"):
            with suppress(OSError):
                for child in map(int, children.read_text().split()):
                    started = start_of(child)
                    if started is not None:
                        found |= {(child, started)} | family(child)
    return found


def start_of(pid: int) -> str | None:
    """Return when a process started, in the kernel's ticks; None when it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]


def command_of(pid: int) -> str:
    """Return a process's command line, for people."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:200]
    return "?"


def remaining(processes: Iterable[Process], *, patience: float = 10.0) -> list[str]:
    """Return those that still live after `patience` seconds; returns at once when none does."""
    until = time.monotonic() + patience
    while left := [process for process in processes if start_of(process[0]) == process[1]]:
        if time.monotonic() > until:
            return [f"{pid} {command_of(pid)}" for pid, _ in left]
        time.sleep(0.02)
    return []
