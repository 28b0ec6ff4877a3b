"""The memory of mistakes as runs know it: asked and told without holding anything up, and never able to end a run.

The store works in threads of its own: what it loads and reads never stands in the event loop's way.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Final, TypeVar

import structlog

from yantra_bot.domain.lessons import Judgement, Lesson, Moment, Occurrence, Question, Recalled, Showing, Standing
from yantra_bot.errors import Transient, UserError, YantraError, tell_operator
from yantra_bot.learning.naming import find_id, is_meant
from yantra_bot.learning.recall import recall
from yantra_bot.learning.sharing import share
from yantra_bot.learning.store.mistakes import Mistakes
from yantra_bot.learning.texts import embedded_text
from yantra_bot.learning.upkeep import are_comparable, contradict, tend

Got = TypeVar("Got")
_log = structlog.get_logger()
READERS: Final = 3
ANSWER_SECONDS: Final = 30.0
"""The first time, LanceDB and the sentence model are loaded: seconds on a busy machine. A disk that hangs ends here."""
KEEP_UP_AGAIN_SECONDS: Final = 300.0


class StoredMemory:
    """Implements `learning_ports.Memory`. Writes take turns, so that those who ask always have a thread."""

    def __init__(
        self,
        store: Mistakes,
        *,
        answers_within: float = ANSWER_SECONDS,
        keeps_up_again: float = KEEP_UP_AGAIN_SECONDS,
    ) -> None:
        """Seconds that who asks waits at most, and from a failure to keep up until it is tried again."""
        self.store = store
        self._answers_within, self._keeps_up_again = answers_within, keeps_up_again
        self._keeps_up_from = 0.0
        self._threads = ThreadPoolExecutor(READERS + 1, thread_name_prefix="memory")
        self._turn = asyncio.Lock()
        self._keeping_up: asyncio.Future[None] | None = None
        self._stopping = threading.Event()

    def get_ready(self) -> None:
        asyncio.get_running_loop().run_in_executor(self._threads, self._load)

    def _load(self) -> None:
        with suppress(Exception):  # who recalls is told what is wrong
            self.store.find(Question("", Moment.TASK, 0, now=0.0))

    async def recall(self, question: Question) -> Recalled:
        try:
            async with asyncio.timeout(self._answers_within):
                recalled = await self._do(lambda: recall(self.store.find(question), question))
        except TimeoutError:
            return Recalled(problem=f"The memory of mistakes did not answer within {self._answers_within:.0f} s.")
        except YantraError as problem:
            _log.warning("the memory of mistakes cannot be asked", problem=tell_operator(problem))
            return Recalled(problem=str(problem))
        except Exception as problem:  # noqa: BLE001 (a run goes on without a memory, whatever is wrong with it)
            return Recalled(problem=f"The memory of mistakes failed: {type(problem).__name__}.")
        self._keep_up()
        return recalled

    async def learn(self, occurrences: Sequence[Occurrence]) -> None:
        await self._tell(lambda: self.store.learn(occurrences))

    async def note(self, showings: Sequence[Showing]) -> None:
        await self._tell(lambda: self.store.note(showings))

    async def judge(self, judgement: Judgement) -> None:
        await self._tell(lambda: judge(self.store, judgement))

    async def tend(self, now: float) -> str:
        async with self._turn:
            done = await self._do(lambda: tend(self.store, now))
        return f"{done.merged} merged, {done.archived} archived, {done.doubted} doubted, {done.retired} retired"

    async def named(self, repository: int, words: str) -> Sequence[Lesson]:
        with self._telling_delay():
            async with asyncio.timeout(self._answers_within):
                return await self._do(lambda: name_lessons(self.store, repository, words))

    async def forget(self, repository: int, ids: Sequence[str]) -> int:
        with self._telling_delay():
            async with asyncio.timeout(self._answers_within), self._turn:
                return await self._do(lambda: forget(self.store, repository, ids))

    async def close(self) -> None:
        """Wait for what is being written, then drop what is held."""
        self._stopping.set()
        await asyncio.to_thread(self._threads.shutdown, cancel_futures=True)
        self.store.close()

    @property
    def is_keeping_up(self) -> bool:
        """Whether it is doing now what later searches would wait for."""
        return self._keeping_up is not None

    def _keep_up(self) -> None:
        """Do what later searches would wait for, beside everything else; what fails is tried again some time later."""
        loop = asyncio.get_running_loop()
        if self._keeping_up is None and self.store.is_behind and loop.time() >= self._keeps_up_from:
            self._keeping_up = loop.run_in_executor(self._threads, self.store.keep_up, self._stopping)
            self._keeping_up.add_done_callback(self._told_kept_up)

    def _told_kept_up(self, done: asyncio.Future[None]) -> None:
        self._keeping_up = None
        problem = None if done.cancelled() else done.exception()
        if problem is not None:
            self._keeps_up_from = done.get_loop().time() + self._keeps_up_again
            _log.warning("the memory could not keep up", problem=str(problem), cure="none needed: it is tried again")

    @contextmanager
    def _telling_delay(self) -> Iterator[None]:
        """Let who waited too long know how to go on; the work may end later all the same."""
        try:
            yield
        except TimeoutError as late:
            raise Transient(
                f"The memory of mistakes did not answer within {self._answers_within:.0f} s. Cure: ask again; where "
                "that does not help, look whether its disk, or its object storage, still answers."
            ) from late

    async def _tell(self, write: Callable[[], None]) -> None:
        async with self._turn:
            try:
                await self._do(write)
            except UserError as problem:
                # A newer or a damaged store is the operator's to cure; what was learnt meanwhile is wanted then.
                raise Transient(str(problem)) from problem
        self._keep_up()

    async def _do(self, work: Callable[[], Got]) -> Got:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def judge(store: Mistakes, judgement: Judgement) -> None:
    """Write what a lesson's standing is from now on. What was retired is not so much as doubted.

    Whoever says that one holds has decided: what contradicts it is retired.
    """
    lesson = store.lesson(judgement.lesson)
    if lesson is None or (judgement.standing is Standing.DOUBTFUL and lesson.standing is not Standing.ACTIVE):
        return
    judged = replace(lesson, standing=judgement.standing, nodes=judgement.nodes or lesson.nodes)
    if judgement.standing is not Standing.ACTIVE:
        store.replace([judged])
        return
    store.confirm(judged, judgement.at)
    store.replace([replace(one, standing=Standing.RETIRED) for one in find_contradicting(store, judged, judgement.at)])


def find_contradicting(store: Mistakes, lesson: Lesson, now: float) -> list[Lesson]:
    """Return what is shown or doubted, is for the same readers and says the contrary, of the lessons next to one."""
    languages = (lesson.scope.language,) if lesson.scope.language else ()
    question = Question(embedded_text(lesson), Moment.REVIEW, lesson.scope.repository, now, languages=languages)
    near = (one.lesson for one in store.find(question).candidates)
    return [one for one in near if one.id != lesson.id and are_comparable(one, lesson) and contradict(one, lesson)]


def name_lessons(store: Mistakes, repository: int, words: str) -> tuple[Lesson, ...]:
    """Return the lessons of a repository that are meant by an id or by words, the newest first.

    An id that was told before a merge names the lesson that took it over.
    """
    if named := find_id(words):
        lesson = store.lesson(named)
        return (lesson,) if lesson is not None and lesson.scope.repository == repository else ()
    lessons = [one for one in store.lessons(repository=repository) if is_meant(one, words)]
    return tuple(sorted(lessons, key=lambda one: (-one.last_seen, one.id)))


def forget(store: Mistakes, repository: int, ids: Sequence[str]) -> int:
    """Delete lessons that are of a repository, and what was shared of them; return how many there were of its own."""
    found = {one.id for one in store.known(ids).values() if one.scope.repository == repository}
    # The copies first: they are found by what their lessons were learnt from.
    store.delete([copy for one in sorted(found) for copy in find_copies(store, one)])
    return store.delete(sorted(found))


def find_copies(store: Mistakes, lesson: str) -> list[str]:
    """Return the shared lessons that come of this one alone, whatever is shared now; others' are theirs."""
    copies = [share(one) for one in store.occurrences(lesson)]
    ours = {one.id for one in copies}
    found = []
    for copy in store.known([one.lesson.id for one in copies]).values():
        times = {one.id for one in store.occurrences(copy.id)}
        if copy.id != lesson and times <= ours and copy.frequency <= len(times):
            found.append(copy.id)
    return sorted(set(found))
