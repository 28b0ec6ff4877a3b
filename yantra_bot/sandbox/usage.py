"""Measures what a running sandbox uses, from /proc. Never signals anything: who measures does not kill."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from yantra_bot.sandbox.limits import Limit, Limits

_TICKS = os.sysconf("SC_CLK_TCK")
_STATUS_BYTES = 4096
_CLOCK_SECONDS = 0.02
"""File systems take their times from a clock that runs behind by some milliseconds."""
_WALK_SHARE = 20
"""Walking takes at most a twentieth of the watchdog's time."""
CONFIRMED_DROP = 4
"""A file system that shrank by this many times the limit is believed without counting the files."""


@dataclass(frozen=True, slots=True)
class Usage:
    """One look at a sandbox. `processes` counts threads too."""

    memory_bytes: int = 0
    processes: int = 0
    cpu_seconds: float = 0.0
    temporary_files: int = 0


def find_exceeded(usage: Usage, limits: Limits) -> Limit | None:
    """Return the first limit that is exceeded."""
    if usage.memory_bytes > limits.memory_bytes:
        return Limit.MEMORY
    if usage.processes > limits.processes:
        return Limit.PROCESSES
    if usage.cpu_seconds > limits.cpu_seconds:
        return Limit.CPU
    return Limit.DISK if usage.temporary_files > limits.files else None


class View:
    """A sandbox seen through its own /proc, which lists its processes and no others.

    The folders are opened once, when the sandbox has been set up: later nothing inside can hide them.
    """

    def __init__(self, folders: tuple[int, ...]) -> None:
        self._proc, *self._temporary = folders

    @classmethod
    def open(cls, init: int, temporary: tuple[str, ...]) -> "View | None":
        """Open the view of the process namespace whose first process is `init`; None while it is being set up.

        `temporary` are the sandbox's memory file systems, as absolute paths inside.
        """
        opened: list[int] = []
        try:
            for path in ("/proc", *temporary):
                folder = os.open(f"/proc/{init}/root{path}", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
                opened.append(folder)
            devices = [os.fstat(folder).st_dev for folder in opened]
            if devices[0] != Path("/proc").stat().st_dev and len(set(devices)) == len(devices):
                return cls(tuple(opened))
        except OSError:
            pass
        for folder in opened:
            os.close(folder)
        return None

    def close(self) -> None:
        for folder in (self._proc, *self._temporary):
            os.close(folder)

    def measure(self, *, is_exact: bool = False) -> Usage:
        """Return the sums over all processes that live now. Raises OSError when the sandbox cannot be seen.

        `is_exact` counts memory that processes share once, which takes much longer.
        """
        anonymous = shared = threads = 0
        seconds = 0.0
        for name in os.listdir(self._proc):  # noqa: PTH208 (a folder held open, not a path)
            if name.isdigit():
                fields = self._read_status(name) | (self._read_shares(name) if is_exact else {})
                anonymous += fields.get("RssAnon", 0)
                shared += fields.get("RssShmem", 0)
                threads += fields.get("Threads", 0)
                seconds += self._read_cpu_seconds(name)
        sizes = [os.fstatvfs(folder) for folder in self._temporary]
        temporary = sum((size.f_blocks - size.f_bfree) * size.f_frsize for size in sizes)
        return Usage(
            # A mapped file of /dev/shm is in both numbers; memory shared between processes is in only one of them.
            memory_bytes=anonymous * 1024 + max(shared * 1024, temporary),
            processes=threads,
            cpu_seconds=seconds,
            temporary_files=sum(size.f_files - size.f_ffree for size in sizes),
        )

    def has_full_disk(self) -> bool:
        return any(os.fstatvfs(folder).f_bfree == 0 for folder in self._temporary)

    def _read_status(self, name: str) -> dict[str, int]:
        """Return the numeric fields of a process's status, sizes in kB; nothing when it has ended."""
        pairs = (line.partition(":") for line in self._read(f"{name}/status").splitlines())
        return {
            key: int(value.split()[0])
            for key, _, value in pairs
            if key in ("RssAnon", "RssShmem", "Threads") and value.strip()
        }

    def _read_shares(self, name: str) -> dict[str, int]:
        """Return a process's share of the memory it uses, in kB, by the names of its status."""
        names = {"Pss_Anon": "RssAnon", "Pss_Shmem": "RssShmem"}
        pairs = (line.partition(":") for line in self._read(f"{name}/smaps_rollup").splitlines())
        return {names[key]: int(value.split()[0]) for key, _, value in pairs if key in names}

    def _read_cpu_seconds(self, name: str) -> float:
        """Return the time a process and the children it has waited for have used."""
        fields = self._read(f"{name}/stat").rpartition(")")[2].split()
        return sum(int(ticks) for ticks in fields[11:15]) / _TICKS

    def _read(self, name: str) -> str:
        try:
            file = os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._proc)
        except OSError:
            return ""
        try:
            return os.read(file, _STATUS_BYTES).decode("utf-8", "replace")
        except OSError:
            return ""
        finally:
            os.close(file)


class Growth:
    """What was written to the writable folders since this was made.

    The file system's own counters are asked, which is cheap, but others write there too: when they moved by more than
    the limit, and every now and then, the folders are walked. What counts is when an entry was changed, which no
    program can set.
    """

    def __init__(self, folders: tuple[Path, ...], limits: Limits, *, period: float = 3.0) -> None:
        self._limits = limits
        self._folders = folders
        self._started = time.time() - _CLOCK_SECONDS
        self._free = [_measure_free(folder) for folder in folders]
        self._period = period
        self._next_walk = time.monotonic() + period

    def find_exceeded(self) -> Limit | None:
        """Return DISK when more was written than may be."""
        lost_bytes = lost_files = 0
        for folder, (free_bytes, free_files) in zip(self._folders, self._free, strict=True):
            now_bytes, now_files = _measure_free(folder)
            lost_bytes = max(lost_bytes, free_bytes - now_bytes)
            lost_files = max(lost_files, free_files - now_files)
        share = max(lost_bytes / self._limits.workspace_bytes, lost_files / self._limits.files)
        if share > CONFIRMED_DROP:
            return Limit.DISK
        if share <= 1 and time.monotonic() < self._next_walk:
            return None
        return Limit.DISK if self._holds_too_much() else None

    def _holds_too_much(self) -> bool:
        """Walk the folders; a long walk is not repeated soon."""
        started = time.monotonic()
        size = count = 0
        for folder in self._folders:
            for entry in _walk(folder):
                if entry.st_ctime >= self._started:
                    size, count = size + entry.st_blocks * 512, count + 1
                if size > self._limits.workspace_bytes or count > self._limits.files:
                    return True
        ended = time.monotonic()
        self._next_walk = ended + max(self._period, _WALK_SHARE * (ended - started))
        return False


def _measure_free(folder: Path) -> tuple[int, int]:
    size = os.statvfs(folder)
    return size.f_bfree * size.f_frsize, size.f_ffree


def _walk(folder: Path) -> Iterator[os.stat_result]:
    """Yield the facts of every entry below, following no link. A folder that cannot be read counts as nothing."""
    pending = [os.fspath(folder)]
    while pending:
        try:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    yield entry.stat(follow_symlinks=False)
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
        except OSError:
            continue
