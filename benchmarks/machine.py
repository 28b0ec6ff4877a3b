"""Where and when a figure was measured: every table says it."""

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path


def describe_machine(command: str) -> str:
    """Return a line with date, machine, load and the command that prints the table below it."""
    found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    name = found.group(1).strip() if found else platform.machine()
    date = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    load = os.getloadavg()[0]
    return (
        f"{date}, {os.cpu_count()} cores of {name}, Linux {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}, load before {load:.1f}. `{command}`\n"
    )
