"""What people teach: kept as data, by who may, where the repository's rules let it be, and forgotten when told so."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.door import ManualClock
from tests.fakes.lessons import KeptLessons
from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.events import Origin
from yantra_bot.domain.lessons import Category, Judgement, Lesson, Occurrence, Standing
from yantra_bot.domain.remarks import Remark
from yantra_bot.domain.repository import Actor, Permission, Repository
from yantra_bot.domain.run import Order
from yantra_bot.errors import Permanent, Transient
from yantra_bot.learning.sharing import NOBODYS
from yantra_bot.runs.memory_keeper import MemoryKeeper
from yantra_bot.runs.memory_outbox import NEVER
from yantra_bot.runs.place import Place
from yantra_bot.runs.records import Records
from yantra_bot.runs.teaching import Teaching

REPOSITORY = Repository(7, "octo", "calc")
ANN = Actor(5, "annlee", False)
USE = "Don't use `requests`, use `httpx`."


@dataclass
class Remarks:
    """The reviews of a forge: one remark, and what is reacted to."""

    reactions: list[tuple[int, str]] = field(default_factory=list)

    async def remarks(self, number: int) -> list[Remark]:
        return [Remark("f" * 16, 40, path="shop/cart.py", body="`total` may be None here.\nMore.")]

    async def react(self, comment_id: int, reaction: str) -> None:
        self.reactions.append((comment_id, reaction))


@dataclass
class Forge:
    """Knows who may write, and the repository's rules."""

    rules: bytes | None = None
    permission_now: Permission = Permission.WRITE
    refuses: str = ""
    reviews: Remarks = field(default_factory=Remarks)
    reactions: list[tuple[int, str]] = field(default_factory=list)

    async def permission(self, login: str) -> Permission:
        return self.permission_now

    async def read_file(self, path: str, *, branch: str = "") -> bytes | None:
        if self.refuses == "read":
            raise Permanent("403")
        return self.rules

    async def react(self, comment_id: int, reaction: str) -> None:
        if self.refuses == "react":
            raise Permanent("404")
        self.reactions.append((comment_id, reaction))


class Desk:
    """Teaching with real records, beside a forge and a memory."""

    def __init__(self, folder: Path) -> None:
        self.records = Records.open(folder / "records.sqlite")
        self.clock, self.memory, self.forge = ManualClock(), KeptLessons(), Forge()
        self.keeper = MemoryKeeper(self.records, self.memory, self.clock, look_seconds=1.0)
        self.teaching = self.open(self.memory)

    def open(self, memory: KeptLessons | None) -> Teaching:
        return Teaching(
            records=self.records,
            memory=memory,
            clock=self.clock,
            handle="yantra",
            web="https://forge.example/",
            settle=self.keeper.tell,
        )

    def place(self, *, issue: int = 1, comment: int | None = 30, **other: Any) -> Place:
        key = f"{issue}/{comment}"
        return Place(Origin(1, REPOSITORY), issue, comment, other.pop("by", ANN), key, self.forge, **other)  # type: ignore[arg-type]  # a part of a forge

    async def say(self, verb: Verb, words: str, **where: Any) -> str:
        return await self.teaching.obey(Command(verb, words), self.place(**where))

    def work_on(self, issue: int) -> None:
        """Let a run have worked on an issue."""
        order = Order("r" * 24, REPOSITORY, 1, issue, Command(Verb.IMPLEMENT), ANN, None, 1.0)
        self.records.start_run(order, 1.0)

    @property
    def told(self) -> list[Occurrence]:
        """What the memory is still to be told."""
        found = [one.about for one in self.records.told_memory(now=NEVER, limit=100)]
        return [one for one in found if isinstance(one, Occurrence)]

    @property
    def lesson(self) -> Lesson:
        (one,) = self.told
        return one.lesson


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.records.close()


async def test_what_is_to_be_remembered_is_kept_and_shown_as_it_was_kept(desk: Desk) -> None:
    """Sanitised, with its id, the link to what was said, and the command that undoes it."""
    answer = await desk.say(Verb.REMEMBER, f"{USE} Ask annlee or write to ann@example.org.")
    assert desk.lesson.source == "https://forge.example/octo/calc/issues/1#issuecomment-30"
    assert (desk.lesson.wrong, desk.lesson.right) == ("`requests`", "`httpx`")
    assert f"Kept as `{desk.lesson.id}`" in answer
    assert f"`@yantra forget {desk.lesson.id}` deletes it" in answer
    assert "> Don't use `requests`, use `httpx`. Ask [name] or write to [e-mail]." in answer
    assert "was left out" in answer
    assert "annlee" not in repr(desk.told)
    assert "was left out" not in await desk.say(Verb.REMEMBER, USE)


async def test_a_reply_to_a_remark_is_linked_to_it(desk: Desk) -> None:
    """With the file, its language, and what the remark says as what was tried."""
    await desk.say(Verb.REMEMBER, "Totals are never None", comment=41, thread_id=40, is_pull_request=True)
    (occurrence,) = desk.told
    assert occurrence.file == "shop/cart.py"
    assert (occurrence.lesson.scope.language, occurrence.lesson.tried) == ("python", "`total` may be None here. More.")
    assert occurrence.lesson.source == "https://forge.example/octo/calc/pull/1#discussion_r41"


async def test_the_same_delivery_twice_is_kept_once(desk: Desk) -> None:
    """And answered with the same words."""
    assert await desk.say(Verb.REMEMBER, USE) == await desk.say(Verb.REMEMBER, USE)
    assert len(desk.told) == 1


@pytest.mark.parametrize(
    ("rules", "answer"),
    [
        (b"memory: {enabled: false}", "switches the memory of mistakes off"),
        (b"enabled: false", "switches the memory of mistakes off"),
        (b"memory: {categories_off: [api]}", "switches lessons about api off"),
        (b"memory: {enabled: maybe}", "memory.enabled has to be true or false"),
    ],
)
async def test_the_repositorys_rules_are_heeded(desk: Desk, rules: bytes, answer: str) -> None:
    """Nothing is kept where they say so, or nobody knows what they say; that is answered, and heard for corrections."""
    desk.forge.rules = rules
    desk.work_on(1)
    assert answer in await desk.say(Verb.REMEMBER, USE)
    assert "not kept" in await desk.teaching.overhear(USE, desk.place())
    assert (desk.told, desk.forge.reactions) == ([], [])


async def test_only_words_are_kept(desk: Desk) -> None:
    """What consists of signs alone is no lesson."""
    assert "Nothing was kept" in await desk.say(Verb.REMEMBER, "... !")
    assert desk.told == []


async def test_without_a_memory_nothing_is_done(desk: Desk) -> None:
    """And said."""
    teaching = desk.open(None)
    for verb in (Verb.REMEMBER, Verb.FORGET):
        assert "keeps no memory" in await teaching.obey(Command(verb, USE), desk.place())
    desk.work_on(1)
    assert await teaching.overhear(USE, desk.place()) == ""
    assert desk.told == []


async def test_a_shared_lesson_goes_abroad_without_names_and_comes_back_when_it_is_forgotten(desk: Desk) -> None:
    """Only where the repository shares; what was shared goes, whatever the rules say by then, stored or not."""
    desk.forge.rules = b"memory: {share: true}"
    assert "may be used in other repositories" in await desk.say(Verb.REMEMBER, "use BillingClient, not old_billing")
    own, shared = desk.told
    assert (own.lesson.scope.repository, shared.lesson.scope.repository) == (7, NOBODYS)
    assert "illing" not in repr(shared)
    desk.memory.is_away = True
    await desk.keeper.tell()
    desk.memory.is_away = False
    desk.forge.rules = None
    await desk.say(Verb.FORGET, own.lesson.id)
    assert (desk.told, desk.memory.lessons) == ([], {})


async def test_a_correction_is_kept_where_the_bot_has_worked(desk: Desk) -> None:
    """With a thumb, the run it is about, and the title as what was tried."""
    desk.work_on(1)
    assert await desk.teaching.overhear(USE, desk.place(), about="Fetch pages") == "a correction is kept"
    said = "No, that's wrong: all writes go through the outbox."
    await desk.teaching.overhear(said, desk.place(comment=31), about="Save orders")
    first, second = desk.told
    assert (first.run, first.lesson.category, first.lesson.tried) == ("r" * 24, Category.API, "`requests`")
    assert (second.lesson.tried, second.lesson.worked) == ("Save orders", said)
    assert desk.forge.reactions == [(30, "+1"), (31, "+1")]


async def test_in_the_thread_of_a_remark_too(desk: Desk) -> None:
    """Wherever that pull request comes from."""
    where = desk.place(comment=41, thread_id=40, is_pull_request=True)
    assert await desk.teaching.overhear(USE, where) == "a correction is kept"
    assert desk.forge.reviews.reactions == [(41, "+1")]


async def test_elsewhere_nothing_is_heard(desk: Desk) -> None:
    """Among people, of a bot, or without a correction: nothing is even asked."""
    assert await desk.teaching.overhear(USE, desk.place()) == ""
    assert await desk.teaching.overhear(USE, desk.place(thread_id=39)) == ""
    desk.work_on(1)
    assert await desk.teaching.overhear("Looks good to me.", desk.place()) == ""
    assert await desk.teaching.overhear(USE, desk.place(by=Actor(6, "ci", True))) == ""
    assert desk.told == []


async def test_who_may_not_write_teaches_nothing(desk: Desk) -> None:
    """Whatever is said."""
    desk.work_on(1)
    desk.forge.permission_now = Permission.READ
    assert "its author may not write here" in await desk.teaching.overhear(USE, desk.place())
    assert (desk.told, desk.forge.reactions) == ([], [])


@pytest.mark.parametrize(("refuses", "kept"), [("read", 0), ("react", 1)])
async def test_what_the_forge_refuses_stands_in_nobodys_way(desk: Desk, refuses: str, kept: int) -> None:
    """The comment may be an order, which is obeyed all the same."""
    desk.work_on(1)
    desk.forge.refuses = refuses
    assert "not kept, or not told so" in await desk.teaching.overhear(USE, desk.place())
    assert len(desk.told) == kept


async def test_what_is_forgotten_is_told(desk: Desk) -> None:
    """By its id or by words, stored or not told to the memory yet; a second time there is nothing."""
    await desk.say(Verb.REMEMBER, USE)
    assert "Forgotten" in (answer := await desk.say(Verb.FORGET, "httpx requests"))
    assert "> Don't use `requests`, use `httpx`." in answer
    assert (desk.told, desk.memory.lessons) == ([], {})
    assert "There is no lesson" in await desk.say(Verb.FORGET, "httpx requests")


async def test_an_id_is_confirmed_and_never_kept_as_words(desk: Desk) -> None:
    """One that is being stored still, too; one that is nobody's is answered, and nothing is kept."""
    await desk.say(Verb.REMEMBER, USE)
    lesson = desk.lesson.id
    assert "are reminded of" in await desk.say(Verb.REMEMBER, f" {lesson} ")
    (told,) = [one.about for one in desk.records.told_memory(now=NEVER, limit=100)]
    assert told == Judgement(lesson, Standing.ACTIVE, desk.clock.now())
    assert "no lesson of this repository" in await desk.say(Verb.REMEMBER, "0" * 16)
    assert (desk.told, list(desk.memory.lessons)) == ([], [lesson])


async def test_what_could_not_be_stored_is_forgotten_too(desk: Desk) -> None:
    """It would be told again later otherwise; while the memory is away, nothing is claimed."""
    await desk.say(Verb.REMEMBER, USE)
    desk.memory.is_away = True
    await desk.keeper.tell()
    with pytest.raises(Transient):
        await desk.say(Verb.FORGET, "httpx")
    assert len(desk.told) == 1
    desk.memory.is_away = False
    assert "Forgotten" in await desk.say(Verb.FORGET, "httpx")
    assert desk.told == []


async def test_several_are_named_and_none_is_deleted(desk: Desk) -> None:
    """Words that fit more than one are a question; those of another repository are nobody's here."""
    await desk.say(Verb.REMEMBER, USE, comment=30)
    await desk.say(Verb.REMEMBER, "Use httpx with a timeout, always", comment=31)
    answer = await desk.say(Verb.FORGET, "HTTPX")
    first, second = desk.memory.lessons
    assert f"- `{first}`: Don't use" in answer
    assert f"- `{second}`: Use httpx with a timeout" in answer
    assert len(desk.memory.lessons) == 2
