"""What people say becomes a lesson: sanitised, known again, and shared without names."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.domain.lessons import Category, Lesson
from yantra_bot.learning.naming import is_meant
from yantra_bot.learning.sharing import NOBODYS, share
from yantra_bot.learning.taught import Occasion, Taught, sign_words, teach

OCCASION = Occasion(key="k1", repository=7, source="https://h/o/r/issues/1#issuecomment-2", at=9.0, people=("annlee",))
USE = Taught("Don't use `requests`, use `httpx`.", "`requests`", "`httpx`", Category.API, "Fetch pages")


def test_what_is_wrong_and_what_is_right_stand_apart() -> None:
    """For every model, as of one person who is not named, and known to work."""
    occurrence = teach(USE, OCCASION)
    lesson = occurrence.lesson
    assert (lesson.tried, lesson.failed, lesson.worked) == ("`requests`", USE.said, "`httpx`")
    assert (lesson.wrong, lesson.right) == ("`requests`", "`httpx`")
    assert (lesson.scope.repository, lesson.scope.family, occurrence.is_fixed) == (7, "", True)
    assert (lesson.first_seen, lesson.last_seen, lesson.source) == (9.0, 9.0, OCCASION.source)


def test_a_sentence_alone_is_what_works() -> None:
    """What it was said about is what was tried."""
    lesson = teach(Taught("All writes go through the outbox", about="Save orders"), OCCASION).lesson
    assert (lesson.tried, lesson.failed, lesson.worked) == ("Save orders", "", "All writes go through the outbox")
    assert (lesson.wrong, lesson.right) == ("", "")


def test_the_same_words_are_the_same_lesson_and_another_occurrence() -> None:
    """However they are written; told twice it is one occurrence, and other code in quotes is another lesson."""
    first, again = teach(USE, OCCASION), teach(USE, OCCASION)
    later = teach(replace(USE, said="use `httpx` instead of `Requests`!"), replace(OCCASION, key="k2", at=10.0))
    other = teach(replace(USE, right="`aiohttp`"), OCCASION)
    assert first == again
    assert (later.lesson.id, later.id == first.id) == (first.lesson.id, False)
    assert other.lesson.id != first.lesson.id
    assert teach(USE, replace(OCCASION, repository=8)).lesson.id != first.lesson.id


@pytest.mark.case("E01")
def test_nothing_private_is_kept() -> None:
    """No secret, no address, nobody's name: in none of the texts."""
    token = "ghp_" + "a1B2" * 9
    said = f"Don't use {token}, use ann@example.org as @annlee said"
    lesson = teach(Taught(said, token, "ann@example.org as @annlee said"), OCCASION).lesson
    kept = " ".join((lesson.tried, lesson.failed, lesson.worked, lesson.wrong, lesson.right))
    assert not [one for one in (token, "ann@", "annlee") if one in kept]


@given(st.text(max_size=300), st.text(max_size=40))
def test_any_words_can_be_taught(said: str, other: str) -> None:
    """The id is 16 hexadecimal digits whatever is said, half characters too."""
    occurrence = teach(Taught(said, other, other), OCCASION)
    assert all(len(one) == 16 and int(one, 16) >= 0 for one in (occurrence.id, occurrence.lesson.id))
    assert len(sign_words(said)) == 16


def test_a_shared_lesson_has_no_name_no_place_and_no_repository() -> None:
    """And what two repositories share of the same mistake is one lesson."""
    taught = Taught("Don't use old_billing, use BillingClient", "old_billing", "BillingClient")
    shared = share(teach(taught, replace(OCCASION, run="r", file="shop/billing.py")))
    lesson = shared.lesson
    assert (lesson.worked, lesson.wrong) == ("name2", "name1")
    assert "illing" not in repr(shared)
    assert (lesson.scope.repository, lesson.source, lesson.is_shared, shared.run, shared.file) == (
        NOBODYS, "", True, "", "",
    )  # fmt: skip
    elsewhere = share(teach(taught, replace(OCCASION, repository=8, key="k3")))
    assert elsewhere.lesson.id == lesson.id
    assert elsewhere.id != shared.id


@pytest.mark.parametrize(
    ("words", "is_it"),
    [
        ("httpx", True),
        ("USE requests", True),
        ("`{id}`", True),
        ("{id}", True),
        ("http", False),
        ("httpx everywhere", False),
        ("", False),
        ("  ", False),
        ("...", False),
    ],
)
def test_a_lesson_is_meant_by_its_id_or_by_all_of_the_words(words: str, is_it: bool) -> None:
    """Whole words, in any order; no words mean nothing."""
    lesson: Lesson = teach(USE, OCCASION).lesson
    assert is_meant(lesson, words.format(id=lesson.id)) is is_it
