"""The child's side, served in a thread: each order does what it says, and what is wrong is answered."""

import errno
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.mirror import MirrorMaker
from tests.fakes.worker_bench import FILES, make_index
from yantra_bot.agent.syntax import load_grammars
from yantra_bot.domain.changes import Changeset, FileChange
from yantra_bot.domain.conversation import ToolCall
from yantra_bot.ports import TestCommand
from yantra_bot.sandbox.interpreter import find_interpreter
from yantra_bot.sandbox.mirror import Mirror, open_mirror
from yantra_bot.worker import protocol
from yantra_bot.worker.accounts import take_account
from yantra_bot.worker.config import WorkerConfig
from yantra_bot.worker.connection import Connection
from yantra_bot.worker.failures import describe_failure
from yantra_bot.worker.host import Host
from yantra_bot.worker.protocol import Answer, Blob, Failure, Line, ProtocolError, Request, Start, hash_blob
from yantra_bot.worker.tasks import Measure

CAPABILITY = "c" * 32


class Talk:
    """Control's end of a host that runs in a thread."""

    def __init__(self, start: Start, mirror: int) -> None:
        self.socket, theirs = socket.socketpair()
        self.theirs = theirs
        host = Host(Connection(theirs), start, Mirror(mirror, start.folder), load_grammars())
        self.error: BaseException | None = None
        self.thread = threading.Thread(target=self._serve, args=(host,))
        self.thread.start()
        self.number = 0
        self.lines: list[str] = []
        self.blobs: list[bytes] = []

    def _serve(self, host: Host) -> None:
        try:
            host.serve()
        except (ProtocolError, OSError) as error:
            self.error = error
        finally:
            self.theirs.close()

    def send(self, message: Any) -> None:
        self.socket.sendall(protocol.encode_frame(message))

    def ask(self, task: Any) -> Any:
        """Return the value of the answer, or the failure."""
        self.number += 1
        self.send(Request(CAPABILITY, self.number, task))
        while True:
            message = self._receive()
            if isinstance(message, Line):
                self.lines.append(message.text)
            elif isinstance(message, Blob):
                self.blobs.append(message.data)
            else:
                assert message.id == self.number
                return message.value if isinstance(message, Answer) else message

    def _receive(self) -> Any:
        header = self._read(protocol.HEADER_BYTES)
        return protocol.decode_to_control(self._read(protocol.read_length(header)))

    def _read(self, length: int) -> bytes:
        data = b""
        while len(data) < length:
            part = self.socket.recv(length - len(data))
            assert part, "the host ended"
            data += part
        return data

    def end(self) -> BaseException | None:
        """Close, and return what ended the host."""
        self.socket.close()
        self.thread.join(20)
        return self.error


@pytest.fixture
def talk(config: WorkerConfig, maker: MirrorMaker, open_folder: Path) -> Iterator[Talk]:
    folder = open_folder / "folder"
    folder.mkdir(mode=0o755)
    is_root = os.geteuid() == 0
    account = take_account(54_000, 50) if is_root else None
    cache = open_folder / "shelf"
    cache.mkdir(mode=0o755)
    start = Start(
        capability=CAPABILITY,
        config=replace(config, index=make_index(open_folder / "wheels")),
        tests=TestCommand(("python3", "-c", "print('tested'); raise SystemExit(3)"), 60.0),
        mirror=maker.folder,
        folder=folder,
        cache=cache,
        account=account.number if account else None,
        groups=(),
        interpreter=find_interpreter(config.cache_folder, is_for_other_user=is_root),
    )
    mirror = open_mirror(maker.folder)
    talk = Talk(start, mirror)
    yield talk
    talk.end()
    os.close(mirror)
    if account:
        account.release()


def _call(*calls: ToolCall) -> protocol.Call:
    return protocol.Call(calls)


def test_every_order_is_answered(talk: Talk, maker: MirrorMaker) -> None:
    """Open, call, test, diff, measure, outline and close, in the order of a run."""
    commit = maker.commit({**FILES, "odd\x01": b"x"})
    opened = talk.ask(protocol.Open(commit, Changeset()))
    assert opened["files"] == 3
    assert opened["omitted"] == ["odd\\x01: its name is not one that can be used safely"]
    edit = ToolCall("1", "edit_file", {"path": "calc.py", "search": "a - b", "replace": "a + b"})
    run = ToolCall("2", "run_command", {"argv": ["python3", "-c", "print('\x1b[31mred'); raise SystemExit(2)"]})
    batch = talk.ask(_call(edit, run))
    assert batch["changes"]["files"][0]["path"] == "calc.py"
    assert "Exit code 2" in batch["results"][1]["content"]
    assert talk.lines == ["\\x1b[31mred"]
    assert talk.blobs == [b"def add(a, b):\n    return a + b\n"]
    talk.ask(_call(edit))
    assert len(talk.blobs) == 1, "content is sent once"
    report = talk.ask(protocol.Test())
    assert (report["verdict"], report["exit_code"]) == ("fail", 3)
    assert "+    return a + b" in talk.ask(protocol.Diff())
    assert talk.ask(Measure())["files"] == 1
    assert talk.ask(protocol.Outline(1)) == "README.md\n… and 2 more"
    assert "late_imports" in talk.ask(protocol.Close())
    assert talk.end() is None


def test_a_change_needs_its_contents(talk: Talk, maker: MirrorMaker) -> None:
    """A blob that was sent is put on top; one that was not is an error, and the next open starts from nothing."""
    commit = maker.commit(FILES)
    change = Changeset((FileChange("calc.py", hash_blob(b"new\n")),))
    failure = talk.ask(protocol.Open(commit, change))
    assert isinstance(failure, Failure)
    assert "was not sent" in failure.message
    talk.send(Blob(b"new\n"))
    assert talk.ask(protocol.Open(commit, change))["files"] == 3
    assert "+new" in talk.ask(protocol.Diff())
    talk.ask(_call(ToolCall("1", "diff", {})))
    assert talk.blobs == [], "control has it already"


def test_failures_are_told_by_their_class(talk: Talk, maker: MirrorMaker) -> None:
    """What a person, nobody, or we have to mend is told apart."""
    assert talk.ask(protocol.Diff()).policy == "user"
    assert talk.ask(protocol.Open("2" * 40, Changeset())).policy == "permanent"
    assert talk.ask(protocol.Open("x", Changeset())).policy == "user"
    described = describe_failure(1, ValueError("\ud800 boom"))
    assert described.policy == "bug"
    assert "ValueError: ? boom" in described.message
    from yantra_bot.errors import Transient

    assert describe_failure(1, Transient("later")).policy == "transient"
    full = describe_failure(1, OSError(errno.ENOSPC, "No space left on device"))
    assert (full.policy, full.message[:32]) == ("transient", "The disk of the workers is full.")


def test_orders_of_others_end_the_talk(talk: Talk, maker: MirrorMaker) -> None:
    """A wrong capability, a second start, noise and half a frame are not answered."""
    talk.send(Request("d" * 32, 1, protocol.Diff()))
    talk.thread.join(20)
    assert isinstance(talk.error, ProtocolError)


@pytest.mark.parametrize("noise", [b"\0\0\0\x02{}", b"\0\0\0\x09half", b"\xff\xff\xff\xff", b"\0\0"])
def test_noise_ends_the_talk(talk: Talk, noise: bytes) -> None:
    """What is no frame or no message ends the host."""
    talk.socket.sendall(noise)
    assert isinstance(talk.end(), ProtocolError)


def test_long_lines_are_cut_and_mended() -> None:
    """A line for people has an end, and holds nothing that cannot be sent."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        Connection(theirs).send_line(7, "\ud800" + "x" * 10_000)
        frame = ours.recv(20_000)
        line = protocol.decode_to_control(frame[4:])
    assert line == Line(7, "?" + "x" * (protocol.MAX_LINE_CHARACTERS - 1))
