"""A worker that was broken into can end its own run, and nothing more."""

import asyncio
import json
import socket
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import TypeAdapter

from tests.fakes.worker_bench import Crew, DictBlobs
from yantra_bot.domain.changes import Changeset, FileChange
from yantra_bot.domain.conversation import ToolCall, ToolResult
from yantra_bot.errors import Permanent, Transient
from yantra_bot.ports import ToolBatch
from yantra_bot.worker import protocol
from yantra_bot.worker.client import WorkerWorkspace
from yantra_bot.worker.employed import Employed, WorkerBug
from yantra_bot.worker.launch import Launched
from yantra_bot.worker.protocol import Answer, Blob, Failure, Line, encode_frame, hash_blob
from yantra_bot.worker.slots import SlotPool

CALL = ToolCall("1", "diff", {})
OK = (ToolResult("1", "ok"),)


async def _possess(crew: Crew, reply: bytes, *, ends: bool = False) -> WorkerWorkspace:
    """Return a workspace whose worker answers `reply` to whatever it is asked, and is a bare process otherwise."""
    workspace = await crew.hire()
    await workspace.close()
    ours, theirs = socket.socketpair()
    process = subprocess.Popen(["/usr/bin/env", "sleep", "600"], start_new_session=True)
    reader, writer = await asyncio.open_connection(sock=ours)
    slot = SlotPool(crew.config.work_folder, accounts=(55_000, 50), count=9).take()
    launched = Launched(process.pid, ours, lambda _: process.wait())
    workspace._worker = Employed(slot, launched, reader, writer, "cap", crew.config)
    theirs.sendall(reply)
    if ends:
        theirs.shutdown(socket.SHUT_WR)
    crew.hired[-1].accomplice = theirs  # type: ignore[attr-defined]
    return workspace


@pytest.fixture
async def possessed(crew: Crew) -> Any:
    made: list[WorkerWorkspace] = []

    async def possess(reply: bytes, **options: bool) -> WorkerWorkspace:
        made.append(await _possess(crew, reply, **options))
        return made[-1]

    yield possess
    for workspace in made:
        await workspace.close()
        workspace.accomplice.close()  # type: ignore[attr-defined]


Possess = Callable[..., Any]


def _frame(value: object) -> bytes:
    return encode_frame(Answer(1, value))


@pytest.mark.parametrize(
    "reply",
    [
        b"\xff\xff\xff\xff", b"\0\0\0\0", b"\0\0\0\x02{}", b"\0\0\0\x05hello",
        encode_frame(Answer(2, "an answer to another order")),
        _frame({"results": "many"}), _frame(None), _frame(ToolBatch((), Changeset())),
        _frame(ToolBatch(OK, Changeset((FileChange("../x", None),)))),
        _frame(ToolBatch(OK, Changeset((FileChange(".git/config", None),)))),
        _frame(ToolBatch(OK, Changeset((FileChange(".github/workflows/x.yml", None),)))),
        _frame(ToolBatch(OK, Changeset((FileChange("a", "0" * 64),)))),
    ],
)  # fmt: skip
async def test_what_breaks_the_rules_ends_the_worker(possessed: Possess, crew: Crew, reply: bytes) -> None:
    """Nothing of such an answer is kept, and the worker's process is gone."""
    workspace = await possessed(reply)
    launched = workspace._worker._launched
    with pytest.raises(Permanent, match="broke the rules"):
        await workspace.call([CALL])
    assert launched.wait(20) == -9
    assert crew.blobs.stored == {}


async def test_content_is_named_by_its_own_hash(possessed: Possess, crew: Crew) -> None:
    """A worker cannot store content under another's name: the name is made here."""
    claimed = hash_blob(b"harmless")
    workspace = await possessed(
        encode_frame(Blob(b"evil")) + _frame(ToolBatch(OK, Changeset((FileChange("a", claimed),))))
    )
    with pytest.raises(Permanent, match="content that was not sent"):
        await workspace.call([CALL])
    assert crew.blobs.stored == {}
    honest = await possessed(
        encode_frame(Blob(b"evil")) + _frame(ToolBatch(OK, Changeset((FileChange("a", hash_blob(b"evil")),))))
    )
    assert (await honest.call([CALL])).changes.paths == ("a",)
    assert crew.blobs.stored == {hash_blob(b"evil"): b"evil"}


async def test_a_talk_that_ends_early_is_transient(possessed: Possess) -> None:
    """Half a frame, or none, is a worker that ended; one that closed the talk and lives on is killed."""
    for reply in (b"", b"\0\0\0\x09half"):
        workspace = await possessed(reply, ends=True)
        workspace._worker._launched.kill()
        with pytest.raises(Transient, match=r"signal 9"):
            await workspace.diff()


async def test_floods_have_an_end(possessed: Possess, crew: Crew) -> None:
    """Of endless lines only the first are passed on, and endless content ends the worker."""
    lines: list[str] = []
    flood = encode_frame(Line(1, "x")) * 20_500
    workspace = await possessed(b"")
    sending = asyncio.create_task(
        asyncio.to_thread(workspace.accomplice.sendall, flood + _frame(ToolBatch(OK, Changeset())))
    )
    await workspace.call([CALL], on_line=lines.append)
    await sending
    assert len(lines) == 20_000
    worker = workspace._worker
    with pytest.raises(protocol.ProtocolError, match="more content"):
        worker._check_size(crew.config.checkout.max_change_bytes * 2 + 1)


async def test_failures_keep_their_words_and_bugs_their_trace(possessed: Possess) -> None:
    """An error that nobody expected in a worker is one here too, with its trace for the record."""
    workspace = await possessed(encode_frame(Failure(1, "bug", "Traceback: boom")))
    with pytest.raises(WorkerBug, match="boom"):
        await workspace.diff()
    workspace = await possessed(encode_frame(Failure(1, "transient", "later")))
    with pytest.raises(Transient, match="later"):
        await workspace.diff()


async def test_an_endless_text_ends_the_worker(possessed: Possess) -> None:
    """A diff or an outline that is longer than any can be is not passed on."""
    workspace = await possessed(b"")
    text = _frame("x" * (9 * 1024 * 1024))
    sending = asyncio.create_task(asyncio.to_thread(workspace.accomplice.sendall, text))
    with pytest.raises(Permanent, match="too long"):
        await workspace.diff()
    await sending


async def test_nothing_of_control_goes_to_a_worker_but_orders(possessed: Possess) -> None:
    """What control writes is the order, and nothing else."""
    workspace = await possessed(_frame("text"))
    assert await workspace.diff() == "text"
    body = workspace.accomplice.recv(10_000)[4:]
    assert json.loads(body) == {"capability": "cap", "id": 1, "task": {"kind": "diff"}, "kind": "request"}


def test_answers_are_typed() -> None:
    """A value is taken as what the order asks for, or not at all."""
    with pytest.raises(protocol.ProtocolError):
        protocol.decode_value(TypeAdapter(str), 5)
    assert DictBlobs().put(b"") == hash_blob(b"")
