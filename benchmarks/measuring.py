"""Measuring on a machine that others use too: work in processes of their own, processor time beside wall time.

Wall time on a busy machine says what happened there; processor time (user and system, children included) is steadier.
Memory is the kernel's account: the highest resident size of the process, and of the process and its children together
the largest sum of proportional sizes seen, where shared pages count once.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

POLL = 0.5


@dataclass(slots=True)
class Took:
    """Seconds."""

    wall: float
    cpu: float
    """Of this process and its children that have ended."""


def time_it(do: Callable[[], Any]) -> tuple[Any, Took]:
    """Do it and return what it gives, and how long it took."""
    wall, cpu = time.perf_counter(), _cpu()
    result = do()
    return result, Took(time.perf_counter() - wall, _cpu() - cpu)


def _cpu() -> float:
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in both)


def resident(name: str = "VmRSS") -> float:
    """Return a line of the kernel's account of this process, in MB: `VmRSS` now, `VmHWM` at its highest."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(name))) / 1024


def give(**figures: Any) -> None:
    """Hand figures from a process of `run_apart` to who started it."""
    found = {name: asdict(one) if isinstance(one, Took) else one for name, one in figures.items()}
    print(json.dumps(found), flush=True)


def run_apart(module: str, *words: str | Path) -> dict[str, Any]:
    """Run a module in a process of its own; return what it gave, with `peak`: MB with its children, 0 without any."""
    command = [sys.executable, "-m", module, *map(str, words)]
    peak = 0.0
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(command, stdout=out)
        while process.poll() is None:
            children = descendants(process.pid)
            if children:  # alone it keeps its own account; asking for it would slow it down
                peak = max(peak, sum(map(proportional, [process.pid, *children])))
            with suppress(subprocess.TimeoutExpired):
                process.wait(POLL)
        out.seek(0)
        printed = out.read().strip()
    if process.returncode:
        raise SystemExit(f"{' '.join(command[1:])} failed with {process.returncode}")
    figures: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return figures | {"peak": peak}


def descendants(pid: int) -> list[int]:
    """Return the living children of a process, and theirs."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [one for child in map(int, children) for one in (child, *descendants(child))]


def proportional(pid: int) -> float:
    """Return the proportional resident size of a process in MB; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that so large a share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def median(values: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(values)
