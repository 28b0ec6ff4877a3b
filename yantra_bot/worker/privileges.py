"""How a worker's process gives up what it does not need, for good. Runs apart from control, before its first order.

Nothing here can be undone by the process itself, and that is checked; what cannot be given up ends the process.
"""

import ctypes
import os
import resource
import signal
import struct
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NAME = 15
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_PR_GET_NO_NEW_PRIVS = 39
_CLONE_NEWUSER = 0x1000_0000
_CLONE_NEWNET = 0x4000_0000
_CAPABILITY_VERSION = 0x2008_0522
_CAPABILITIES = 64
_MEMORY = 4 * 1024**3
_OPEN_FILES = 4096

_LIBC = ctypes.CDLL(None, use_errno=True)


class CannotConfine(Exception):
    """The process could not give up a right. It must end."""


def tie_to_parent(parent: int) -> None:
    """Have the kernel kill this process when the thread that started it ends; end now if it has ended already."""
    _control(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise CannotConfine("control has ended")


def name_process(name: str) -> None:
    """Let lists of processes show what this one is, in 15 letters at most."""
    _LIBC.prctl(_PR_SET_NAME, name.encode(), 0, 0, 0)


def count_threads() -> int:
    """Return how many threads this process has, those of libraries included."""
    return len(list(Path("/proc/self/task").iterdir()))


def close_all_but(*kept: int | None) -> None:
    """Close every descriptor but for the standard ones and those that are kept."""
    numbers = [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]
    for number in numbers:
        if number > 2 and number not in kept:
            with suppress(OSError):  # the one that has read the folder is closed already
                os.close(number)


def confine(*, account: int | None, groups: tuple[int, ...], parent: int) -> bool:
    """Give up network, account, groups, capabilities and the way back to them; return whether the network is gone.

    `account` None keeps the account: control is no root. `groups` are all it keeps of its groups. The network stays
    where the kernel does not let us leave it; sandboxes never have one in any case.
    """
    if count_threads() != 1:
        raise CannotConfine("a library has started a thread, which would keep what this one gives up")
    has_left_network = _leave_network() if account is not None else _leave_to_own_namespace()
    if account is not None:
        for capability in range(_CAPABILITIES):
            _LIBC.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
        os.setgroups(groups)
        os.setresgid(account, account, account)
        os.setresuid(account, account, account)
    _control(_PR_SET_NO_NEW_PRIVS, 1)
    # Nobody of the same account may look into this process.
    _control(_PR_SET_DUMPABLE, 0)
    # Our folder is closed as a whole; what goes to the repository's cache has to be readable for its next run.
    os.umask(0o022)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _lower(resource.RLIMIT_DATA, _MEMORY)
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _check(account, groups)
    # The change of account has cleared it.
    tie_to_parent(parent)
    return has_left_network


def _leave_network() -> bool:
    return bool(_LIBC.unshare(_CLONE_NEWNET) == 0)


def _leave_to_own_namespace() -> bool:
    """Leave the network as an ordinary user: that takes a user namespace, which hides control's memory too."""
    user, group = os.getuid(), os.getgid()
    if _LIBC.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    # A new namespace comes with every capability in it.
    for capability in range(_CAPABILITIES):
        _LIBC.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    if _LIBC.capset(struct.pack("=Ii", _CAPABILITY_VERSION, 0), bytes(24)) != 0:
        raise CannotConfine("capabilities of the new namespace could not be given up")
    return True


def _lower(kind: int, value: int) -> None:
    """Lower the soft limit only: a sandbox has limits of its own, which may be higher."""
    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _check(account: int | None, groups: tuple[int, ...]) -> None:
    if _LIBC.prctl(_PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1:
        raise CannotConfine("new privileges could be gained")
    status = Path("/proc/self/status").read_text()
    sets = dict(line.split(":\t") for line in status.splitlines() if line.startswith("Cap"))
    if any(int(sets[name], 16) for name in ("CapPrm", "CapEff", "CapAmb")):
        raise CannotConfine("a capability is left")
    if account is None:
        return
    if int(sets["CapBnd"], 16):
        raise CannotConfine("a capability could be gained")
    if os.getresuid() != (account,) * 3 or os.getresgid() != (account,) * 3 or tuple(os.getgroups()) != groups:
        raise CannotConfine("the account was not changed")
    try:
        os.setresuid(0, 0, 0)
    except PermissionError:
        return
    raise CannotConfine("the way back to root is open")


def _control(option: int, value: int) -> None:
    if _LIBC.prctl(option, value, 0, 0, 0) != 0:
        raise CannotConfine(f"prctl {option}: {os.strerror(ctypes.get_errno())}")
