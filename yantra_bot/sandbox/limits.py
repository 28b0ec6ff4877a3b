"""What a sandboxed command may use up, and the names of the limits that can end it. Holds values only."""

from dataclasses import dataclass
from enum import StrEnum

MIB = 1 << 20
GIB = 1 << 30


class Limit(StrEnum):
    """Which limit ended a command; the value is the word that people read."""

    TIME = "time"
    CPU = "cpu"
    MEMORY = "memory"
    PROCESSES = "processes"
    OUTPUT = "output"
    FILE_SIZE = "file size"
    DISK = "disk"
    BLIND = "lost sight"
    """The watchdog could no longer see the sandbox, which it takes for an attack."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one sandbox, all its processes together unless said. The defaults are those of SPEC 8 for tests."""

    wall_seconds: float = 300.0
    """Five minutes: SPEC 8."""
    cpu_seconds: float = 600.0
    """Summed over all processes; two busy cores for the whole time."""
    memory_bytes: int = 2 * GIB
    """Anonymous and shared memory, and what lies in the temporary folders (they are memory too)."""
    processes: int = 512
    """Processes and threads at one time."""
    file_bytes: int = GIB
    """The largest single file."""
    output_bytes: int = 4 * MIB
    """Output that is passed on; later output is dropped, and ten times as much ends the sandbox."""
    temporary_bytes: int = 512 * MIB
    """Size of /tmp, and again of /dev/shm."""
    workspace_bytes: int = 2 * GIB
    """How much the writable folders may grow."""
    files: int = 200_000
    """How many new files may be made in the temporary and in the writable folders."""


TESTS = Limits()
SNIPPET = Limits(
    wall_seconds=30.0,
    cpu_seconds=30.0,
    memory_bytes=512 * MIB,
    processes=64,
    file_bytes=256 * MIB,
    output_bytes=MIB,
    temporary_bytes=128 * MIB,
    workspace_bytes=512 * MIB,
    files=50_000,
)
BUILD = Limits(wall_seconds=600.0, cpu_seconds=1200.0, file_bytes=4 * GIB, temporary_bytes=GIB, workspace_bytes=8 * GIB)
