"""What people teach the memory of mistakes: with a command, or by correcting the bot where it works or has worked.

What is taught is kept with the records and told to the memory from there, so that it is never lost and nobody waits.
It is data: nothing that it says changes what the bot may do. Who may teach is asked before, or here where nobody did.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.lessons import Category, Judgement, Lesson, Occurrence, Standing, name_lesson
from yantra_bot.domain.remarks import Remark
from yantra_bot.errors import Permanent, UserError
from yantra_bot.graphdb.languages import language_of
from yantra_bot.learning.naming import find_id, is_meant
from yantra_bot.learning.sharing import NOBODYS, share
from yantra_bot.learning.taught import Occasion, Taught, teach
from yantra_bot.learning_ports import Memory
from yantra_bot.ports import Clock
from yantra_bot.replies import memory as say
from yantra_bot.runs.memory_outbox import NEVER, Told
from yantra_bot.runs.memory_rules import MemoryRules
from yantra_bot.runs.place import Place
from yantra_bot.runs.records import Records
from yantra_bot.runs.review_orders import find_remark, react
from yantra_bot.runs.rules import PATH, parse_rules
from yantra_bot.webhooks.corrections import Correction, find_correction, guess_category

KEPT: Final = "+1"
"""The reaction to a correction that was kept. 👀 says that a run was told, which is something else."""
LONGEST_SUBJECT: Final = 200
MOST_WAITING: Final = 10_000
"""Things that the memory was not told yet, of which forgetting looks through so many."""


class Teaching:
    """Keeps what people teach, and forgets it."""

    def __init__(
        self,
        *,
        records: Records,
        memory: Memory | None,
        clock: Clock,
        handle: str,
        web: str,
        settle: Callable[[], Awaitable[object]],
    ) -> None:
        """`web` is the forge's address for people; `settle` returns when the memory was told what waits for it."""
        self._records, self._memory, self._clock, self._handle = records, memory, clock, handle
        self._web, self._settle = web.rstrip("/"), settle

    async def obey(self, command: Command, place: Place) -> str:
        """Keep or forget what a command says; return the words to answer with."""
        if self._memory is None:
            return say.no_memory()
        if command.verb is Verb.FORGET:
            return await self._forget(command.argument, place, self._memory)
        if find_id(command.argument):
            return await self._confirm(command.argument, place, self._memory)
        return await self._remember(command.argument, place)

    async def _confirm(self, words: str, place: Place, memory: Memory) -> str:
        """Let the lesson of this repository that the words are the id of be shown again."""
        await self._settle()  # it may be one that is being stored now
        found = await memory.named(place.origin.repository.id, words)
        if not found:
            return say.nothing_to_confirm(self._handle)
        (lesson,) = found
        self._records.tell_memory(Judgement(lesson.id, Standing.ACTIVE, self._clock.now()))
        return say.confirmed(lesson, self._handle)

    async def _remember(self, words: str, place: Place) -> str:
        try:
            rules = await read_rules(place)
        except UserError as problem:
            return say.not_kept(str(problem))
        remark = await find_remark(place)
        lesson = self._keep(taught_by_words(words, remark), rules, place, remark)
        if lesson is None:
            return say.no_words()
        if not may_keep(rules, lesson.category):
            return say.switched_off(lesson.category if rules.enabled else None)
        is_changed = (lesson.failed or lesson.worked) != words.strip()
        return say.kept(lesson, self._handle, is_changed=is_changed, is_shared=rules.share)

    async def _forget(self, words: str, place: Place, memory: Memory) -> str:
        """Delete the one lesson of this repository that is meant."""
        repository_id = place.origin.repository.id
        await self._settle()  # what is being stored now would come back
        told = self._waiting()
        of_here = [one for one in told if lesson_of(one).scope.repository == repository_id]
        waiting = [one for one in of_here if is_meant(lesson_of(one), words)]
        stored = await memory.named(repository_id, words)
        by_id = stored if find_id(words) else ()  # the lesson that took over what waits, if any did
        found = {lesson.id: lesson for lesson in by_id or (*map(lesson_of, waiting), *stored)}
        if not found:
            return say.nothing_to_forget(self._handle)
        if len(found) > 1:
            return say.which_to_forget(tuple(found.values()), self._handle)
        (lesson,) = found.values()
        shared = name_lesson(NOBODYS, lesson.signature)
        for one in (*waiting, *(one for one in told if lesson_of(one).id == shared)):
            self._records.memory_heard(one)
        await memory.forget(repository_id, [lesson.id])
        return say.forgotten(lesson)

    def _waiting(self) -> list[Told]:
        """Return what was learnt and could not be stored yet."""
        told = self._records.told_memory(now=NEVER, limit=MOST_WAITING)
        return [one for one in told if isinstance(one.about, Occurrence)]

    async def overhear(self, text: str, place: Place, *, about: str = "") -> str:
        """Keep a correction of who may write, where the bot works or has worked; return a few words for the record.

        `about` is the title of what it was said under. What is refused on the way ends nothing: the comment
        may ask for something, too. Raises Transient alone.
        """
        correction = find_correction(text)
        if correction is None or place.sender.is_bot or self._memory is None:
            return ""
        try:
            return await self._hear(correction, place, about)
        except (UserError, Permanent) as problem:
            return f"a correction is not kept, or not told so: {problem}"

    async def _hear(self, correction: Correction, place: Place, about: str) -> str:
        run = self._records.worker_of_thread(place.origin.repository.id, place.issue_number)
        remark = await find_remark(place)
        if run is None and remark is None:
            return ""
        if not (await place.forge.permission(place.sender.login)).may_write:
            return "a correction is not kept: its author may not write here"
        rules = await read_rules(place)
        taught = taught_by(correction, about, remark)
        if self._keep(taught, rules, place, remark, run=run or "") is None or not may_keep(rules, taught.category):
            return f"a correction is not kept: {PATH} switches that off"
        if place.comment_id is not None:
            await react(place, KEPT)
        return "a correction is kept"

    def _keep(
        self, taught: Taught, rules: MemoryRules, place: Place, remark: Remark | None, *, run: str = ""
    ) -> Lesson | None:
        """Keep it where the rules let it be; return the lesson, None where there are no words in it."""
        occurrence = teach(taught, self._occasion(place, remark, run=run))
        if not re.search(r"\w", occurrence.lesson.failed + occurrence.lesson.worked):
            return None
        if may_keep(rules, occurrence.lesson.category):
            self._records.tell_memory(occurrence, *([share(occurrence)] if rules.share else []))
        return occurrence.lesson

    def _occasion(self, place: Place, remark: Remark | None, *, run: str) -> Occasion:
        path = remark.path if remark else ""
        return Occasion(
            key=place.content_key,
            repository=place.origin.repository.id,
            source=address_of(place, self._web),
            at=place.said_at or self._clock.now(),
            people=(place.sender.login,),
            run=run,
            file=path,
            language=str(language_of(path) or ""),
        )


def lesson_of(told: Told) -> Lesson:
    """Return the lesson of an occurrence that waits to be stored."""
    assert isinstance(told.about, Occurrence)  # noqa: S101 (narrows a type)
    return told.about.lesson


def address_of(place: Place, web: str) -> str:
    """Return where something was said, for people."""
    kind = "pull" if place.is_pull_request else "issues"
    mark = ""
    if place.comment_id is not None:
        mark = f"#discussion_r{place.comment_id}" if place.thread_id else f"#issuecomment-{place.comment_id}"
    return f"{web}/{place.origin.repository.full_name}/{kind}/{place.issue_number}{mark}"


async def read_rules(place: Place) -> MemoryRules:
    """Return what the repository lets be remembered; raise UserError where its rules are wrong."""
    rules = parse_rules(await place.forge.read_file(PATH))
    return rules.memory if rules.enabled else replace(rules.memory, enabled=False)


def may_keep(rules: MemoryRules, category: Category) -> bool:
    """Say whether the repository's rules let a lesson of a category be kept."""
    return rules.enabled and category not in rules.categories_off


def taught_by(correction: Correction, about: str, remark: Remark | None) -> Taught:
    """Return what a correction teaches."""
    subject = _subject(remark) or about
    return Taught(correction.said, correction.wrong, correction.right, correction.category, subject)


def taught_by_words(words: str, remark: Remark | None) -> Taught:
    """Return what somebody wants to be remembered: all of it, and what is wrong and right where both are said."""
    found = find_correction(words)
    subject = _subject(remark)
    if found is None or not (found.wrong and found.right):
        return Taught(words, category=guess_category(words), about=subject)
    return Taught(words, found.wrong, found.right, found.category, subject)


def _subject(remark: Remark | None) -> str:
    return " ".join(remark.body.split())[:LONGEST_SUBJECT] if remark else ""
