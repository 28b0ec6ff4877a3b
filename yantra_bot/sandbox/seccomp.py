"""The system calls that a sandbox may not make, as a BPF program. Never narrows what pip, pytest or a compiler need.

Denied calls fail with an error number instead of a kill, so that libraries use their fallbacks.
"""

import errno
import os
from collections.abc import Iterator
from functools import cache

from yantra_bot.sandbox.contract import SandboxUnavailable

ALLOWED_FAMILIES = (1, 2, 10, 16)
"""AF_UNIX, AF_INET, AF_INET6, AF_NETLINK (that one for getifaddrs only). AF_VSOCK is no part of a network namespace."""
_LOW_WORD = 0xFFFF_FFFF
_NEW_NAMESPACES = (
    0x0002_0000,  # mount
    0x0200_0000,  # control group
    0x0400_0000,  # uts
    0x0800_0000,  # ipc
    0x1000_0000,  # user
    0x2000_0000,  # pid
    0x4000_0000,  # network
)
_TERMINAL_INJECTION = (0x5412, 0x541C)
_SMALL_SHARED_SEGMENT = 64 << 10

_ABSENT = """io_uring_setup io_uring_enter io_uring_register clone3 memfd_create memfd_secret userfaultfd bpf
    perf_event_open fanotify_init open_by_handle_at name_to_handle_at lookup_dcookie""".split()  # noqa: SIM905 (a table reads better as text)
"""Reported as not built into the kernel: callers have a fallback. memfd would be memory that no limit sees."""
_FORBIDDEN = """ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd process_madvise
    keyctl add_key request_key unshare setns mount umount2 pivot_root chroot move_mount open_tree fsopen fsconfig
    fsmount fspick mount_setattr kexec_load kexec_file_load init_module finit_module delete_module reboot swapon swapoff
    acct quotactl quotactl_fd nfsservctl syslog settimeofday clock_settime clock_adjtime adjtimex stime
    sethostname setdomainname iopl ioperm vm86 vm86old modify_ldt uselib ustat sysfs _sysctl vhangup
    set_mempolicy mbind migrate_pages move_pages""".split()  # noqa: SIM905 (a table reads better as text)


@cache
def build_filter() -> bytes:
    """Return the program in the form that `bwrap --seccomp` reads. Raises SandboxUnavailable without libseccomp."""
    try:
        import pyseccomp
    except (ImportError, OSError, RuntimeError) as error:
        raise SandboxUnavailable(
            "The sandbox needs the library libseccomp. Cure: sudo apt-get install libseccomp2"
        ) from error
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    rules.set_attr(pyseccomp.Attr.ACT_BADARCH, pyseccomp.ERRNO(errno.ENOSYS))
    for name, code, conditions in _denials():
        if pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name) != -1:
            arguments = [pyseccomp.Arg(index, getattr(pyseccomp, how), *values) for index, how, *values in conditions]
            rules.add_rule(pyseccomp.ERRNO(code), name, *arguments)
    with os.fdopen(os.memfd_create("filter"), "w+b") as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


_Condition = tuple[int, str, int] | tuple[int, str, int, int]


def _denials() -> Iterator[tuple[str, int, tuple[_Condition, ...]]]:
    """Yield (system call, error number, conditions on its arguments that must all hold)."""
    for name in _ABSENT:
        yield name, errno.ENOSYS, ()
    for name in _FORBIDDEN:
        yield name, errno.EPERM, ()
    for name in ("socket", "socketpair"):
        for family in set(range(max(ALLOWED_FAMILIES))) - set(ALLOWED_FAMILIES):
            yield name, errno.EAFNOSUPPORT, ((0, "EQ", family),)
        # Compared over 64 bits: the kernel cuts the argument to 32, and a number with high bits set is no allowed one.
        yield name, errno.EAFNOSUPPORT, ((0, "GT", max(ALLOWED_FAMILIES)),)
        yield name, errno.EPROTONOSUPPORT, ((0, "EQ", 16), (2, "NE", 0))
    for flag in _NEW_NAMESPACES:
        yield "clone", errno.EPERM, ((0, "MASKED_EQ", flag, flag),)
    for request in _TERMINAL_INJECTION:
        yield "ioctl", errno.EPERM, ((1, "MASKED_EQ", _LOW_WORD, request),)
    yield "shmget", errno.ENOSPC, ((1, "GT", _SMALL_SHARED_SEGMENT),)
