"""The process that workers are forked from holds nothing of control's, leaves nothing behind, and is not missed."""

import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.worker_bench import FILES, Crew
from yantra_bot import artefacts
from yantra_bot.errors import Transient, UserError
from yantra_bot.worker import preload
from yantra_bot.worker.guide_process import find_tokenizers
from yantra_bot.worker.launch import ForkServer, find_fork_server

BROKEN = """
import sys
sys.modules["tree_sitter"] = None
from yantra_bot.worker.fork_server import main
main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
"""


@pytest.fixture
def server() -> Iterator[ForkServer]:
    """A fork server of this test's own, so that it can be ended."""
    made = ForkServer.start()
    yield made
    made.end()


def _children(process: int) -> list[str]:
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()


def test_it_holds_one_descriptor_no_environment_and_one_thread(
    server: ForkServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing that control has open or in its environment gets there, nor to what is forked from it."""
    server.load(artefacts.path("token-ranks"))
    proc = Path(f"/proc/{server.process_id}")
    assert (proc / "environ").read_bytes() == b""
    links = sorted(str(entry.readlink()) for entry in (proc / "fd").iterdir())
    assert links[:3] == ["/dev/null"] * 3
    assert [link.partition(":")[0] for link in links[3:]] == ["socket"]
    assert len(list((proc / "task").iterdir())) == 1
    assert "yantra-fork" in (proc / "comm").read_text()
    assert not server._scratch.exists()


def test_workers_run_where_they_are_told_and_their_ends_are_collected(server: ForkServer, tmp_path: Path) -> None:
    """A session, a folder and a socket of their own; afterwards not even a number is left."""
    launched = [server.fork(tmp_path) for _ in range(3)]
    folders = {Path(f"/proc/{one.pid}/cwd").readlink() for one in launched}
    assert len({one.pid for one in launched}) == 3
    assert folders <= {tmp_path, Path("/")}, "it goes there in its first lines"
    launched[0].kill()
    launched[0].kill()
    assert launched[0].wait() == launched[0].wait() == -signal.SIGKILL
    launched[1].socket.close()
    assert launched[1].wait() == 0, "control has closed the talk"
    assert launched[2].wait(0.0) == -signal.SIGKILL, "patience had an end"
    launched[2].kill()
    assert _children(server.process_id) == []
    for one in launched:
        one.socket.close()


def test_workers_end_with_it_and_so_does_what_it_is_asked(server: ForkServer, tmp_path: Path) -> None:
    """A kill of it ends its workers; their ends are told all the same, and it is asked nothing any more."""
    launched = server.fork(tmp_path)
    os.kill(server.process_id, signal.SIGKILL)
    assert launched.wait(20) == -signal.SIGKILL
    launched.socket.close()
    with pytest.raises(Transient, match="has ended"):
        server.fork(tmp_path)
    assert not server.lives


TRACING = """
import ctypes, os, sys, time
pid = int(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long] * 4
print(libc.ptrace(0x4206, pid, 0, 0), flush=True)
sys.stdin.read()
"""


def test_a_worker_that_cannot_be_collected_stops_nobody(server: ForkServer, tmp_path: Path) -> None:
    """What a debugger holds is not waited for: other workers are forked meanwhile, and it is collected later."""
    held = server.fork(tmp_path)
    command = [sys.executable, "-c", TRACING, str(held.pid)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as tracer:
        assert tracer.stdin is not None
        assert tracer.stdout is not None
        if tracer.stdout.readline().strip() != "0":
            pytest.skip("NO TRACING: this system lets nobody look into another process")
        held.kill()
        assert held.wait(20) == -signal.SIGKILL
        other = server.fork(tmp_path)
        other.kill()
        assert other.wait(20) == -signal.SIGKILL
        assert _children(server.process_id) == [str(held.pid)]
        tracer.stdin.close()
        tracer.wait(20)
    server.load()
    assert _children(server.process_id) == []
    for one in (held, other):
        one.socket.close()


def test_to_kill_never_waits(server: ForkServer, tmp_path: Path) -> None:
    """While one's end is being collected from a server that hangs, control's loop may kill it all the same."""
    launched = server.fork(tmp_path)
    launched.kill()
    assert launched._is_over(20)
    server._socket.settimeout(20)
    os.kill(server.process_id, signal.SIGSTOP)
    waiting = threading.Thread(target=launched.wait)
    waiting.start()
    while not launched._collecting.locked():
        time.sleep(0.001)
    launched.kill()
    assert waiting.is_alive()
    server._process.kill()
    waiting.join()
    assert launched.wait() == -signal.SIGKILL
    launched.socket.close()


def test_a_question_that_fails_ends_nobody(server: ForkServer, tmp_path: Path) -> None:
    """It is told in its own words, and workers live on."""
    launched = server.fork(tmp_path)
    with pytest.raises(Transient, match="asked such a thing"):
        server._ask({"nonsense": 1})
    assert not launched._is_over(0)
    assert server.collect(1) == -signal.SIGKILL, "a process that is none of its own"
    launched.socket.close()
    assert launched.wait(20) == 0


def test_one_that_hangs_is_ended(server: ForkServer, tmp_path: Path) -> None:
    """Control does not wait for ever."""
    server.load()
    server._socket.settimeout(0.2)
    os.kill(server.process_id, signal.SIGSTOP)
    with pytest.raises(Transient, match="did not answer"):
        server.fork(tmp_path)
    assert not server.lives


def test_what_cannot_be_loaded_is_told_in_its_own_words(tmp_path: Path) -> None:
    """A broken installation says what is missing, at the start of the server."""
    ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
    with theirs:
        arguments = [sys.executable, "-c", BROKEN, str(theirs.fileno()), str(os.getpid()), str(tmp_path)]
        process = subprocess.Popen(arguments, pass_fds=(theirs.fileno(),))
    server = ForkServer(process, ours, tmp_path)
    with pytest.raises(UserError, match=r"cannot be loaded[\s\S]*install[\s\S]*tree_sitter"):
        server.load()
    assert process.wait(20) == 0
    server.end()


def test_everything_that_is_loaded_can_be(tmp_path: Path) -> None:
    """Loading leaves its folder as it was, and the token ranks are there afterwards; missing ones are told later."""
    preload.load_all(tmp_path)
    assert list(tmp_path.iterdir()) == []
    ranks = artefacts.path("token-ranks")
    preload.load_ranks(ranks)
    assert find_tokenizers(ranks).of("gpt-6-sol")._encoding is not None
    preload.load_ranks(tmp_path)


@pytest.mark.case("L02")
async def test_the_next_worker_gets_a_new_one(crew: Crew) -> None:
    """Where it was killed, by the kernel for want of memory perhaps, runs are told to try again and can."""
    workspace = await crew.open(FILES)
    first = find_fork_server()
    assert workspace.process_id is not None
    worker = os.pidfd_open(workspace.process_id)
    os.kill(first.process_id, signal.SIGKILL)
    assert select.select([worker], [], [], 60)[0], "it lives on without what it was forked from"
    os.close(worker)
    with pytest.raises(Transient, match="The worker ended"):
        await workspace.diff()
    again = await crew.open(FILES)
    assert await again.outline(9)
    assert find_fork_server().process_id != first.process_id
