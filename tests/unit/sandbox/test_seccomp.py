"""The system-call filter: what ordinary programs need still works."""

import struct

import pytest

from tests.fakes.sandbox_world import SandboxWorld
from yantra_bot.sandbox.seccomp import build_filter

WORKS = {
    "threads and processes": "import concurrent.futures as f, multiprocessing as m\n"
    "with f.ThreadPoolExecutor(2) as p: print(sum(p.map(int, '123')))\n"
    "c = m.get_context('fork'); q = c.SimpleQueue(); w = c.Process(target=q.put, args=(1,)); w.start(); w.join()",
    "subprocesses": "import subprocess; subprocess.run(['true'], check=True)",
    "sockets": "import socket\ns = socket.create_server(('127.0.0.1', 0)); socket.create_connection(s.getsockname())\n"
    "a, b = socket.socketpair(); socket.if_nameindex(); socket.getaddrinfo('localhost', 80)\n"
    "socket.create_server(('::1', 0), family=socket.AF_INET6)",
    "shared memory": "from multiprocessing import shared_memory as s\nm = s.SharedMemory(create=True, size=100)\n"
    "m.close(); m.unlink()",
    "files": "import mmap, os, tempfile\nf = tempfile.TemporaryFile(); f.write(b'x' * 4096); f.flush()\n"
    "mmap.mmap(f.fileno(), 0); os.sendfile; os.statvfs('/')\nimport fcntl; fcntl.flock(f, fcntl.LOCK_EX)",
    "terminals": "import pty, os; a, b = pty.openpty(); os.write(a, b'x')",
    "asyncio": "import asyncio\nasync def f():\n    p = await asyncio.create_subprocess_exec('true')\n"
    "    await p.wait()\nasyncio.run(f())",
}


def test_the_filter_is_a_bpf_program() -> None:
    """The filter is made of whole instructions, the last of which is a return."""
    program = build_filter()
    assert len(program) % 8 == 0
    code, *_ = struct.unpack("<HBBI", program[-8:])
    assert code == 0x06


@pytest.mark.sandbox
@pytest.mark.parametrize("name", WORKS)
def test_ordinary_programs_work(sandbox_world: SandboxWorld, name: str) -> None:
    """What libraries and test suites do every day is allowed."""
    done = sandbox_world.run(WORKS[name])
    assert done.exit_code == 0, done.output


@pytest.mark.sandbox
def test_a_family_number_with_high_bits_is_refused(sandbox_world: SandboxWorld) -> None:
    """The kernel looks at 32 bits of the family; a number whose other bits are set does not slip through."""
    code = (
        "import ctypes, platform\nnumber = {'x86_64': 41, 'aarch64': 198}[platform.machine()]\n"
        "l = ctypes.CDLL(None, use_errno=True)\n"
        "print([l.syscall(ctypes.c_long(number), ctypes.c_ulong(high << 32 | 40), ctypes.c_long(1), ctypes.c_long(0))"
        " for high in (0, 1, 0xffffffff)])"
    )
    assert sandbox_world.run(code).output == "[-1, -1, -1]"
