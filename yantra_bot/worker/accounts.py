"""Accounts for workers: user and group numbers that belong to nobody else, each for one live run on this machine.

Two control processes may share a range: a number is held by a lock that all of them see. Only root uses this module.
"""

import fcntl
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from yantra_bot.errors import Transient

LOCKS = Path("/run/yantra-accounts")
_KILL_SECONDS = 10.0


class Account:
    """One user and group number, held by this process."""

    def __init__(self, number: int, lock: int) -> None:
        self.number = number
        self._lock = lock

    def release(self) -> None:
        """Let others have the number. Safe to call twice."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def take_account(first: int, count: int) -> Account:
    """Return a free number of the range, with no process left that has it. Raises Transient when all are in use."""
    for number in range(first, first + count):
        account = try_account(number)
        if account is not None:
            return account
    raise Transient(f"All {count} accounts for workers, {first} and following, are in use.", retry_after=30.0)


def try_account(number: int) -> Account | None:
    """Return the account with this number after ending what is left of it; None when somebody holds it."""
    LOCKS.mkdir(mode=0o700, exist_ok=True)
    lock = os.open(LOCKS / str(number), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    account = Account(number, lock)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        end_processes(number)
    except BlockingIOError:
        account.release()
        return None
    except BaseException:
        account.release()
        raise
    return account


def end_processes(number: int) -> None:
    """Kill every process of an account, and return when none is left. Raises Transient when one does not end."""
    deadline = time.monotonic() + _KILL_SECONDS
    while processes := find_processes(number):
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        if time.monotonic() > deadline:
            raise Transient(f"Processes of a worker that was ended do not end: {processes[:5]}.")
        time.sleep(0.002)


def find_processes(number: int) -> list[int]:
    """Return the processes of an account; those that have ended and only wait to be noticed do not count."""
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with suppress(OSError):
                if _has_account(Path(entry.path, "status").read_bytes(), number):
                    found.append(int(entry.name))
    return found


def _has_account(status: bytes, number: int) -> bool:
    fields = dict(line.split(b":", 1) for line in status.splitlines() if b":" in line)
    is_dead = fields[b"State"].split()[0] in {b"Z", b"X"}
    return not is_dead and str(number).encode() in fields[b"Uid"].split()
