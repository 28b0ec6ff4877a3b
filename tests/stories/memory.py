"""What can be read of a process from outside, as root: memory, environment, arguments, open files."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

MAX_REGION = 1 << 30
PIECE = 1 << 24
_REGION = re.compile(r"([0-9a-f]+)-([0-9a-f]+) r")


def look_into(pid: int) -> Iterator[tuple[str, bytes]]:
    """Yield everything that a process holds, piece by piece, each with a name."""
    for name in ("environ", "cmdline"):
        with suppress(OSError):
            yield name, Path(f"/proc/{pid}/{name}").read_bytes()
    with suppress(OSError):
        yield "open files", "\n".join(str(one.readlink()) for one in Path(f"/proc/{pid}/fd").iterdir()).encode()
    yield from dump(pid)


def dump(pid: int) -> Iterator[tuple[str, bytes]]:
    """Yield the readable memory; pieces overlap, so that nothing is missed between two."""
    with suppress(OSError), Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        maps = Path(f"/proc/{pid}/maps").read_text()
        for line in maps.splitlines():
            region = _REGION.match(line)
            if region is None or line.endswith(("[vvar]", "[vsyscall]", "[vvar_vclock]")):
                continue
            start, end = int(region[1], 16), int(region[2], 16)
            for at in range(start, min(end, start + MAX_REGION), PIECE):
                with suppress(OSError, ValueError, OverflowError):
                    memory.seek(at)
                    yield f"memory at {line}", memory.read(min(PIECE + 512, end - at))
