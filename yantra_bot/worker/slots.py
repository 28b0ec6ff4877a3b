"""Places for workers: for each a folder and, where control is root, an account that no other live run has.

A place is held by a file lock, so that it is free again when its holder died, however it died; who takes it next kills
what is left of the account and removes what is left in the folder. Nothing here looks into what a worker wrote.
"""

import fcntl
import hashlib
import os
import stat
import tempfile
from pathlib import Path

from yantra_bot.errors import SettingsError, Transient
from yantra_bot.sandbox.removal import remove_folder
from yantra_bot.worker.accounts import Account, end_processes, take_account, try_account

ACCOUNT_LOCKS = Path("/run/yantra-accounts")
"""Accounts belong to the machine, so their locks do too: two servers of one machine never share one."""


class Slot:
    """One place, held by this process. Where control is no root there is no account: the worker runs as we do."""

    def __init__(self, folder: Path, lock: int) -> None:
        self.folder = folder
        self._lock = lock
        self._account: Account | None = None

    @property
    def account(self) -> int | None:
        """User and group number of the worker."""
        return self._account.number if self._account else None

    def furnish(self, account: Account | None) -> None:
        """Make the folder anew, for the account alone."""
        self._account = account
        remove_folder(self.folder)
        self.folder.mkdir(mode=0o700)
        if account is not None:
            os.chown(self.folder, account.number, account.number)

    def clear(self) -> None:
        """Kill what is left of the worker and remove the folder. May take long; raises OSError if something stays."""
        if self._account is not None:
            end_processes(self._account.number)
        remove_folder(self.folder)

    def release(self) -> None:
        """Let others have the place. Safe to call twice."""
        if self._account is not None:
            self._account.release()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


class SlotPool:
    """The places below `work_folder`, `count` of them. `accounts` is the range of numbers: the first, and how many."""

    def __init__(self, work_folder: Path, *, accounts: tuple[int, int], count: int) -> None:
        self._folder = work_folder
        self._has_accounts = os.geteuid() == 0
        self._accounts = accounts
        self._count = count
        if self._has_accounts and accounts[0] <= 0:
            raise SettingsError(
                "Workers cannot run as root. Cure: give the first number of a range of unused accounts."
            )
        make_open_folder(work_folder)
        (work_folder / "locks").mkdir(mode=0o700, exist_ok=True)
        closed = find_closed(work_folder) if self._has_accounts else None
        if closed is not None:
            raise SettingsError(
                f"The workers' accounts cannot reach {work_folder}: {closed} is closed to others. "
                "Cure: set YANTRA_STATE_FOLDER to a folder such as /var/lib/yantra, or TMPDIR to an open one."
            )

    def take(self) -> Slot:
        """Return a free place with its folder made. Raises Transient when all are in use."""
        for number in range(self._count):
            slot = self._try(number)
            if slot is None:
                continue
            try:
                slot.furnish(take_account(*self._accounts) if self._has_accounts else None)
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
                    self._end_owner(folder)
                    slot.clear()
                    count += 1
                finally:
                    slot.release()
        return count

    def _try(self, number: int) -> Slot | None:
        lock = os.open(self._folder / "locks" / f"{number}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        return Slot(self._folder / f"run-{number}", lock)

    def _end_owner(self, folder: Path) -> None:
        """End what is left of the account that owns a folder, unless another run has it by now."""
        owner = folder.lstat().st_uid
        first, count = self._accounts
        if self._has_accounts and first <= owner < first + count:
            account = try_account(owner)
            if account is not None:
                account.release()


def make_open_folder(folder: Path) -> None:
    """Make a folder that others may pass through and not list; refuse one that is not ours."""
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise SettingsError(f"{folder} belongs to somebody else, or others may write to it. Cure: remove it.")
    folder.chmod(0o711)


def find_closed(folder: Path) -> Path | None:
    """Return the topmost of `folder` and those above it that not every account may pass through; None: all may."""
    return next((one for one in (*reversed(folder.parents), folder) if not one.stat().st_mode & 0o001), None)


def choose_work_folder(state_folder: Path) -> Path:
    """Return a folder for workers: in the state folder, or, where accounts cannot get there, a fixed temporary one."""
    inside = state_folder / "work"
    make_open_folder(state_folder)
    if os.geteuid() != 0 or find_closed(state_folder) is None:
        return inside
    name = hashlib.sha256(os.fsencode(state_folder)).hexdigest()[:16]
    beside = Path(tempfile.gettempdir(), f"yantra-{name}")
    make_open_folder(beside)
    return beside / "work"
