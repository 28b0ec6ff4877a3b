"""What a sandbox costs: the same command plain and sandboxed, in pairs. Prints a Markdown table.

Usage: .venv/bin/python -m benchmarks.sandbox [--pairs N]
"""

import argparse
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from benchmarks.aims import at_most, print_aims
from benchmarks.machine import describe_machine
from tests.fakes.sandbox_world import SandboxWorld
from yantra_bot.sandbox.bubblewrap import probe
from yantra_bot.sandbox.contract import Job
from yantra_bot.sandbox.interpreter import Interpreter

PAIRS = 60
WARM_UP = 5


def measure(action: Callable[[], object]) -> float:
    """Return how long `action` took, in milliseconds."""
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


def compare(world: SandboxWorld, argv: tuple[str, ...], pairs: int) -> list[tuple[float, float]]:
    """Return (plain, sandboxed) milliseconds of each pair; which of the two goes first alternates."""
    workspace = world.make_folder()

    def run_plainly() -> None:
        subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env={})

    def run_sandboxed() -> None:
        done = world.sandbox.run(Job(argv=argv, workspace=workspace))
        if done.exit_code != 0:
            raise SystemExit(f"the sandboxed command failed: {done.output}")

    results = []
    for number in range(WARM_UP + pairs):
        first, second = (run_plainly, run_sandboxed) if number % 2 else (run_sandboxed, run_plainly)
        times = {first: measure(first), second: measure(second)}
        results.append((times[run_plainly], times[run_sandboxed]))
    return results[WARM_UP:]


def describe(name: str, results: Sequence[tuple[float, float]]) -> str:
    """Return a row of the table."""
    overheads = [sandboxed - plain for plain, sandboxed in results]
    columns = [[plain for plain, _ in results], [sandboxed for _, sandboxed in results], overheads]
    cells = [f"{statistics.median(column):.1f} / {find_percentile(column, 0.95):.1f}" for column in columns]
    return f"| {name} | {' | '.join(cells)} | {len(results)} |"


def find_percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, math.ceil(share * len(values)) - 1)]


def commands(interpreter: Interpreter) -> dict[str, tuple[str, ...]]:
    flood = "for i in range(20000): print('line', i)"
    return {
        "/bin/true": ("/bin/true",),
        "python -I -S -c pass": (interpreter.executable, "-I", "-S", "-c", "pass"),
        "python, 20 000 lines of output": (interpreter.executable, "-I", "-S", "-c", flood),
    }


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=PAIRS)
    pairs = parser.parse_args(arguments).pairs
    problem = probe()
    if problem is not None:
        raise SystemExit(problem)
    world = SandboxWorld()
    try:
        print(describe_machine("python -m benchmarks.sandbox"))
        print("| command | plain ms, median / p95 | sandboxed ms | overhead ms | pairs |")
        print("|---|---|---|---|---|")
        aims = []
        for name, argv in commands(world.interpreter).items():
            results = compare(world, argv, pairs)
            print(describe(name, results), flush=True)
            overhead = statistics.median([sandboxed - plain for plain, sandboxed in results])
            aims.append(at_most(f"overhead of {name}, median", overhead, 25, "ms"))
        print_aims(aims)
    finally:
        world.close()


if __name__ == "__main__":
    main(sys.argv[1:])
