"""Runs every benchmark and writes docs/benchmarks.md: `python -m benchmarks`, on a machine that does nothing else.

Each runs in a process of its own, one after the other. A benchmark that fails is named in the page, not left out.
"""

import subprocess
import sys
from pathlib import Path

from benchmarks.machine import describe_machine

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Figures of the parts and of the whole, each with date, machine and the command that prints it. `python -m benchmarks`
runs all of them and writes this page; nothing here is asserted in a test. The machine is small and shared: compare
figures only within one table. One aim is missed: the door is slower than a bare Probot, which stores nothing.
"""
PARTS = {
    "webhook": "Webhooks: accepted and durably stored, beside a bare Probot",
    "engine": "The engine: resuming after a kill, steps, saves, lookups",
    "worker": "The worker: starting, tool calls, checkout",
    "sandbox": "The sandbox: what a command costs more",
    "tools": "The model's tools and the proof",
    "run": "A whole run, without model time",
}


def measure(name: str) -> str:
    """Return what a benchmark prints, or how it failed."""
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}"], capture_output=True, text=True, check=False, timeout=1_800
    )
    if done.returncode:
        return f"Failed with {done.returncode}:\n\n```\n{done.stderr[-2000:]}\n```\n"
    command = f"python -m benchmarks.{name}"
    own = done.stdout.strip() + "\n"
    return own if command in own else f"{describe_machine(command)}\n{own}"


def main() -> None:
    """Run those that are named, or all, and write the page."""
    chosen = sys.argv[1:] or list(PARTS)
    found = {name: measure(name) for name in chosen}
    sections = [f"## {PARTS[name]}\n\n{text}" for name, text in found.items()]
    if set(chosen) == set(PARTS):
        PAGE.write_text(HEAD + "\n" + "\n".join(sections))
    sys.stdout.write("\n".join(sections))


if __name__ == "__main__":
    main()
