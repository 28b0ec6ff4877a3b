"""What of a review is to be done, and which suggestions can be applied exactly."""

from dataclasses import dataclass, field, replace

from yantra_bot.domain.follow_up import ReviewSummary, ReviewTalk, ReviewThread, Said, Suggestion
from yantra_bot.domain.repository import Actor, Permission
from yantra_bot.runs.follow_up_review import Asked, AskedThread, find_asked, find_suggestions

ANN, EVE = Actor(1, "ann", False), Actor(2, "eve", False)
BOT, OTHER = Actor(3, "yantra[bot]", True), Actor(4, "x[bot]", True)


@dataclass
class Forge:
    """A forge that knows who may write, and what was said."""

    talk: ReviewTalk
    asked: list[str] = field(default_factory=list)

    async def permission(self, login: str) -> Permission:
        self.asked.append(login)
        return Permission.WRITE if login == "ann" else Permission.READ

    async def review_talk(self, number: int) -> ReviewTalk:
        return self.talk


def said(number: int, who: Actor, body: str) -> Said:
    return Said(number, who, body, is_own=who is BOT)


def thread(number: int, *words: Said, **changed: object) -> ReviewThread:
    return replace(ReviewThread(number, "a.py", words, line=3), **changed)


async def find(*threads: ReviewThread, summaries: tuple[ReviewSummary, ...] = ()) -> Asked:
    forge = Forge(ReviewTalk(threads, summaries))
    found = await find_asked(forge, forge, 7, handle="yantra")  # type: ignore[arg-type]  # as much as is used
    assert len(forge.asked) == len(set(forge.asked))
    return found


async def test_only_unanswered_requests_of_writers_in_open_threads_are_to_be_done() -> None:
    """Not what was answered, resolved, thanked, asked, said by strangers or bots; commands are heard by themselves."""
    found = await find(
        thread(1, said(1, ANN, "Rename it.")),
        thread(2, said(2, ANN, "Rename it."), said(3, BOT, "Done.")),
        thread(4, said(4, ANN, "Rename it."), said(5, BOT, "Done."), said(6, ANN, "Not so."), said(7, EVE, "Delete.")),
        thread(8, said(8, ANN, "Rename it."), is_resolved=True),
        thread(9, said(9, ANN, "Thanks!"), said(10, ANN, "Why so?"), said(11, ANN, "@yantra ignore")),
        thread(12, said(12, EVE, "Rename it."), said(13, OTHER, "Rename it.")),
    )
    assert [(one.thread.id, [word.id for word in one.said]) for one in found.threads] == [(1, [1]), (4, [6])]
    assert (found.by, found.paths, found.is_empty) == (ANN, ("a.py",), False)
    assert (await find()).is_empty


async def test_a_summary_asks_for_something_by_its_words_or_by_its_state() -> None:
    """A question above a review that asks for changes is a request."""
    asks = ReviewSummary(1, ANN, "Rename all of it.")
    question = ReviewSummary(2, ANN, "Is this all?")
    found = await find(
        summaries=(asks, question, replace(question, id=3, asks_for_changes=True), replace(asks, id=4, author=EVE))
    )
    assert [one.id for one in found.summaries] == [1, 3]
    assert found.by == ANN


def test_a_suggestion_is_exact_where_it_is_the_only_one_at_lines_of_the_head() -> None:
    """The last lines of a file come first, so that the numbers of the others hold."""
    block = "So:\r\n```suggestion\r\nx = 1\r\n\r\n```\r\n"

    def asked(number: int, body: str, **changed: object) -> AskedThread:
        words = (said(number, ANN, body),)
        return AskedThread(thread(number, *words, **changed), words)

    found = find_suggestions(
        Asked(
            (
                asked(1, block),
                asked(2, block, line=9, start_line=7),
                asked(3, block, line=0),
                asked(4, block, is_of_base=True),
                asked(5, block + block),
                asked(6, "no block"),
                asked(7, "````suggestion\n```\n````", path="b.py"),
                asked(8, "~~~suggestion\n~~~", line=1),
            )
        )
    )
    assert found == (
        Suggestion(7, "b.py", 3, 3, "```\n"),
        Suggestion(2, "a.py", 7, 9, "x = 1\n\n"),
        Suggestion(1, "a.py", 3, 3, "x = 1\n\n"),
        Suggestion(8, "a.py", 1, 1, ""),
    )
