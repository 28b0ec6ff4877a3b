"""Control's talk with one live worker process: orders out, answers in, and its end. Knows nothing of what they mean.

Whatever breaks a rule, comes too late or is stopped ends the process. It is never left half alive.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import structlog
from pydantic import TypeAdapter

from yantra_bot.domain.scores import ScoreModel
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.worker import protocol
from yantra_bot.worker.config import WorkerConfig
from yantra_bot.worker.launch import Launched, find_fork_server
from yantra_bot.worker.protocol import Answer, Blob, Failure, Line, ProtocolError, Ready, Request, Start
from yantra_bot.worker.slots import Slot

MAX_LINES = 20_000
"""Lines of output of one order that are passed on; what follows is dropped."""

_LAST_SECONDS = 5.0
OnLine = Callable[[str], None] | None
T = TypeVar("T")
_POLICIES: dict[str, type[Exception]] = {"user": UserError, "permanent": Permanent, "transient": Transient}


class WorkerBug(Exception):
    """The worker met an error that nobody expected. Its trace is in the message; the run fails with it kept."""


class Employed:
    """One live worker process and the talk with it. Whatever goes wrong in an order ends it."""

    def __init__(
        self,
        slot: Slot,
        launched: Launched,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        capability: str,
        config: WorkerConfig,
    ) -> None:
        self.config = config
        self.blobs: dict[str, bytes] = {}
        self._slot = slot
        self._launched = launched
        self._reader = reader
        self._writer = writer
        self._capability = capability
        self._orders = 0
        self._lock = asyncio.Lock()
        self.has_left_network = False
        self._ending: asyncio.Task[None] | None = None

    @property
    def process_id(self) -> int:
        return self._launched.pid

    @property
    def folder(self) -> Path:
        """The worker's own. What lies there is the worker's word."""
        return self._slot.folder

    @property
    def account(self) -> int | None:
        return self._slot.account

    async def begin(self, start: Start) -> None:
        """Say what it is for, and wait until it has given up its rights."""
        ready = await self._talk([start], 0, TypeAdapter(Ready), self.config.patience.start, None)
        self.has_left_network = ready.has_left_network
        if not ready.has_left_network:
            structlog.get_logger().warning(
                "worker_keeps_network",
                cure="allow unprivileged user namespaces (kernel.unprivileged_userns_clone, user.max_user_namespaces)",
            )

    async def order(
        self,
        task: Any,
        answer: TypeAdapter[T],
        *,
        patience: float,
        blobs: Sequence[bytes] = (),
        on_line: OnLine = None,
    ) -> T:
        """Have something done. The content that the worker sends with its answer is in `blobs`, by hash, afterwards."""
        async with self._lock:
            self._orders += 1
            request = Request(self._capability, self._orders, task)
            messages = [*(Blob(data) for data in blobs), request]
            return await self._talk(messages, request.id, answer, patience, on_line)

    async def end(self) -> None:
        """Kill it, wait until nothing of it is left, and give its place back. Safe to call twice."""
        self._launched.kill()
        if self._ending is None:
            self._ending = asyncio.create_task(self._clean_up())
        # A second cancellation must not leave half of it.
        await asyncio.shield(self._ending)

    @asynccontextmanager
    async def ending_if_wrong(self) -> AsyncIterator[None]:
        """Kill the worker when what it said breaks a rule, and raise Permanent."""
        try:
            yield
        except ProtocolError as error:
            self._launched.kill()
            raise Permanent(f"The worker broke the rules of the talk and was ended. {error}") from error

    async def _clean_up(self) -> None:
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()
        await run_in_own_thread(self._launched.wait)
        await run_in_own_thread(give_up, self._slot)

    async def _talk(
        self, messages: Sequence[Any], number: int, answer: TypeAdapter[T], patience: float, on_line: OnLine
    ) -> T:
        try:
            async with self.ending_if_wrong(), asyncio.timeout(patience):
                for message in messages:
                    self._writer.write(protocol.encode_frame(message))
                    await self._writer.drain()
                return protocol.decode_value(answer, await self._listen(number, on_line))
        except TimeoutError as error:
            self._launched.kill()
            raise Transient(f"The worker did not answer within {patience:.0f} s and was ended.") from error
        except (OSError, asyncio.IncompleteReadError) as error:
            raise Transient(f"The worker ended ({await self._tell_end()}).") from error
        except asyncio.CancelledError:
            self._launched.kill()
            raise

    async def _listen(self, number: int, on_line: OnLine) -> Any:
        self.blobs.clear()
        lines = received = 0
        while True:
            message = await self._receive()
            if isinstance(message, Blob):
                received += len(message.data)
                self._check_size(received)
                self.blobs[protocol.hash_blob(message.data)] = message.data
                continue
            if message.id != number:
                raise ProtocolError("The worker answered what it was not asked.")
            if isinstance(message, Answer):
                return message.value
            if isinstance(message, Failure):
                raise _POLICIES.get(message.policy, WorkerBug)(message.message)
            lines += 1
            if on_line is not None and lines <= MAX_LINES:
                on_line(message.text)

    def _check_size(self, received: int) -> None:
        if received > 2 * self.config.checkout.max_change_bytes:
            raise ProtocolError("The worker sent more content than a change may have.")

    async def _receive(self) -> Blob | Line | Answer | Failure:
        length = protocol.read_length(await self._reader.readexactly(protocol.HEADER_BYTES))
        return protocol.decode_to_control(await self._reader.readexactly(length))

    async def _tell_end(self) -> str:
        """Return how it ended by itself; one that closed the talk and lives on is killed."""
        code = await asyncio.to_thread(self._launched.wait, _LAST_SECONDS)
        return f"signal {-code}" if code < 0 else f"exit code {code}"


def give_up(slot: Slot) -> None:
    try:
        slot.clear()
    finally:
        slot.release()


async def launch(
    folder: Path, ranks: Path | None, score: ScoreModel | None = None
) -> tuple[Launched, asyncio.StreamReader, asyncio.StreamWriter]:
    """Return a worker's process that runs in `folder`, with token ranks for its guide. Raises Transient, OSError."""
    # Found here, not in a helper thread: the kernel ends it together with the thread that started it.
    server = find_fork_server()
    launched = await take(lambda: server.fork(folder, ranks, score), end_launched)
    try:
        return launched, *await asyncio.open_connection(sock=launched.socket, limit=1 << 20)
    except BaseException:
        await run_in_own_thread(end_launched, launched)
        raise


async def warm_up(ranks: Path | None, score: ScoreModel | None = None) -> None:
    """Wait until what workers are forked from has loaded everything. Raises UserError, Transient."""
    server = find_fork_server()
    try:
        await run_in_own_thread(server.load, ranks, score)
    except asyncio.CancelledError:
        server.end()  # else the thread waits for it, and whoever leaves waits for the thread
        raise


def end_launched(launched: Launched) -> None:
    launched.socket.close()
    launched.kill()
    launched.wait()


async def take(taking: Callable[[], T], give_back: Callable[[T], None]) -> T:
    """Return what a thread takes. Who gives up waiting leaves nothing taken: it is given back once it is there."""
    work = asyncio.ensure_future(run_in_own_thread(taking))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        # The thread goes on, and a second cancellation must not leave what it takes.
        await asyncio.shield(asyncio.create_task(_give_back(work, give_back)))
        raise


async def _give_back(work: asyncio.Future[T], give_back: Callable[[T], None]) -> None:
    await asyncio.wait([work])
    if not work.cancelled() and work.exception() is None:
        await run_in_own_thread(give_back, work.result())


async def finish(work: Coroutine[Any, Any, T]) -> T:
    """Return what `work` does; a cancellation is heard only once it is done, so that nothing is left half-way."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


async def run_in_own_thread(work: Callable[..., T], *arguments: Any) -> T:
    """Return what `work` returns. Not by the loop's threads: the engine ends those before the last worker is gone."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="worker-end")
    try:
        return await asyncio.get_running_loop().run_in_executor(pool, work, *arguments)
    finally:
        pool.shutdown(wait=False)
