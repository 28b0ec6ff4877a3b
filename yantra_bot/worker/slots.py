"""Places for workers: for each a folder and, where control is root, an account that no other live run has.

A place is held by a file lock, so that it is free again when its holder died, however it died; who takes it next kills
what is left of the account and removes what is left in the folder. Nothing here looks into what a worker wrote.
"""

import fcntl
import hashlib
import os
import signal
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from yantra_bot.errors import SettingsError, Transient
from yantra_bot.sandbox.removal import remove_folder

_KILL_SECONDS = 10.0
ACCOUNT_LOCKS = Path("/run/yantra-accounts")
"""Accounts belong to the machine, so their locks do too: two servers of one machine never share one."""


class Slot:
    """One place, held by this process. `account` is a user and group number; None: the worker runs as we do."""

    def __init__(self, folder: Path, account: int | None, lock: int) -> None:
        self.folder = folder
        self.account = account
        self._lock = lock

    def clear(self) -> None:
        """Kill what is left of the account and remove the folder. May take long; raises OSError if something stays."""
        if self.account is not None:
            end_account(self.account)
        remove_folder(self.folder)

    def make_folder(self) -> None:
        """Make the folder, for the account alone."""
        self.folder.mkdir(mode=0o700)
        if self.account is not None:
            os.chown(self.folder, self.account, self.account)

    def release(self) -> None:
        """Let others have the place. Safe to call twice."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


class SlotPool:
    """The places below `work_folder`, `count` of them; accounts start at `first_account`."""

    def __init__(self, work_folder: Path, *, first_account: int, count: int) -> None:
        self._folder = work_folder
        self._has_accounts = os.geteuid() == 0
        self._first = first_account
        self._count = count
        if self._has_accounts and first_account <= 0:
            raise SettingsError(
                "Workers cannot run as root. Cure: give the first number of a range of unused accounts."
            )
        make_open_folder(work_folder)
        self._locks = ACCOUNT_LOCKS if self._has_accounts else work_folder / "locks"
        make_private_folder(self._locks)
        if self._has_accounts and not is_reachable(work_folder):
            raise SettingsError(
                f"The workers' accounts cannot reach {work_folder}: a folder above it is closed to others. "
                "Cure: set YANTRA_STATE_FOLDER to a folder such as /var/lib/yantra."
            )

    def take(self) -> Slot:
        """Return a free place, cleared, with its folder made. Raises Transient when all are in use."""
        for number in range(self._count):
            slot = self._try(number)
            if slot is None:
                continue
            try:
                slot.clear()
                slot.make_folder()
            except BaseException:
                slot.release()
                raise
            return slot
        raise Transient(f"All {self._count} places for workers are in use.", retry_after=30.0)

    def sweep(self) -> int:
        """Clear the places whose holders have died; return how many there were."""
        count = 0
        for folder in self._folder.glob("run-*"):
            slot = self._try(int(folder.name.removeprefix("run-")))
            if slot is not None:
                try:
                    slot.clear()
                    count += 1
                finally:
                    slot.release()
        return count

    def _try(self, number: int) -> Slot | None:
        name = str(self._first + number if self._has_accounts else number)
        lock = os.open(self._locks / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        account = self._first + number if self._has_accounts else None
        return Slot(self._folder / f"run-{number}", account, lock)


def make_private_folder(folder: Path) -> None:
    """Make a folder for ourselves alone; refuse one that somebody else made."""
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise SettingsError(f"{folder} belongs to somebody else, or others may write to it. Cure: remove it.")


def make_open_folder(folder: Path) -> None:
    """Make a folder that others may pass through and not list; refuse one that is not ours."""
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise SettingsError(f"{folder} belongs to somebody else, or others may write to it. Cure: remove it.")
    folder.chmod(0o711)


def is_reachable(folder: Path) -> bool:
    """Tell whether every account may pass through `folder` and all folders above it."""
    return all(above.stat().st_mode & 0o001 for above in (folder, *folder.parents))


def choose_work_folder(state_folder: Path) -> Path:
    """Return a folder for workers: in the state folder, or, where accounts cannot get there, a fixed temporary one."""
    inside = state_folder / "work"
    make_open_folder(state_folder)
    if os.geteuid() != 0 or is_reachable(state_folder):
        return inside
    name = hashlib.sha256(os.fsencode(state_folder)).hexdigest()[:16]
    beside = Path(tempfile.gettempdir(), f"yantra-{name}")
    make_open_folder(beside)
    return beside / "work"


def end_account(account: int) -> None:
    """Kill every process of an account, and return when none is left. Raises Transient when one does not end."""
    deadline = time.monotonic() + _KILL_SECONDS
    while processes := _find_processes(account):
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        if time.monotonic() > deadline:
            raise Transient(f"Processes of a worker that was ended do not end: {processes[:5]}.")
        time.sleep(0.002)


def _find_processes(account: int) -> list[int]:
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with suppress(OSError):
                status = Path(entry.path, "status").read_bytes()
                if _has_account(status, account):
                    found.append(int(entry.name))
    return found


def _has_account(status: bytes, account: int) -> bool:
    fields = dict(line.split(b":", 1) for line in status.splitlines() if b":" in line)
    is_dead = fields[b"State"].split()[0] in {b"Z", b"X"}
    return not is_dead and str(account).encode() in fields[b"Uid"].split()
