"""What makes a lesson's mistake the one that a question is about."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.learning.lessons import QUOTES, SLEEP, find
from yantra_bot.learning.similarity import (
    THRESHOLD,
    WITH_MEANING,
    are_alike,
    compare,
    find_rivals,
    judge,
    judge_traits,
    quotes_mistake,
    read_text,
)

TASK = "Poll the device with a back-off. I have: async def poll(dev):\n    while not await dev.ready(): time.sleep(5)"
texts = st.text(max_size=300)
meanings = st.one_of(st.none(), st.floats(-1, 1))


def test_the_lesson_whose_mistake_is_being_made_is_over_the_threshold_and_another_is_not() -> None:
    """The same form in other names, with what a sentence model says of it."""
    sleep, gather = judge(TASK, [find(SLEEP, 0.55), find(QUOTES, 0.3)])
    assert sleep >= THRESHOLD > gather


def test_words_from_all_over_a_long_task_do_not_add_up() -> None:
    """A lesson is about one thing: what a paragraph says of it counts, not what a page has in all."""
    lesson, words = find(SLEEP, 0.3), TASK.replace("\n", " ").split(" ")
    together, apart = " ".join(words), "\n\n".join(words)
    (near,), (far,) = judge(together, [lesson]), judge(apart, [lesson])
    assert near > far
    (among,) = judge(f"Something else.\n\n{together}\n\nAnd more.", [lesson])
    assert among == pytest.approx(near, abs=1e-9)


def test_it_works_without_a_sentence_model() -> None:
    """By words and form alone, and the order is the same."""
    sleep, gather = judge(TASK, [find(SLEEP, None), find(QUOTES, None)])
    assert sleep > gather


def test_a_question_that_has_the_cure_already_is_less_similar() -> None:
    """Who awaits asyncio.sleep() does not block the loop."""
    cured = TASK.replace("time.sleep(5)", "await asyncio.sleep(5)")
    assert compare(read_text(cured), find(SLEEP)).cure > compare(read_text(TASK), find(SLEEP)).cure == 0
    assert judge(cured, [find(SLEEP)])[0] < judge(TASK, [find(SLEEP)])[0]


def test_a_lesson_that_does_not_stand_out_is_less_similar() -> None:
    """Two lessons that fit equally are a sign that neither is meant, unless they are about one mistake."""
    other = replace(SLEEP, id="c" * 16, signature="3" * 16, tried="Something else entirely, of billing and invoices.")
    alone = judge(TASK, [find(SLEEP)])[0]
    assert not are_alike(SLEEP, replace(QUOTES, signature="4" * 16))
    rival = find(QUOTES, 0.99)
    assert judge(TASK, [find(SLEEP), rival])[0] < alone
    twin = replace(other, tried=SLEEP.tried)
    assert are_alike(SLEEP, twin)
    assert judge(TASK, [find(SLEEP), find(twin)])[0] == alone


def test_the_best_of_the_others_is_the_rival() -> None:
    """Of the first it is the second, of all others it is the first."""
    three = [
        find(QUOTES),
        find(SLEEP),
        find(QUOTES, id="d" * 16, signature="9", tried="x", failed="y", worked="z", wrong="w"),
    ]
    assert find_rivals(three, [3.0, 2.0, 1.0]) == (2.0, 3.0, 3.0)
    assert find_rivals(three[:1], [3.0]) == (0.0,)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(question=texts, tried=texts, wrong=texts, right=texts, cosines=st.tuples(meanings, meanings))
def test_any_texts_have_a_similarity_between_0_and_1(
    question: str, tried: str, wrong: str, right: str, cosines: tuple[float | None, float | None]
) -> None:
    """Whatever they say."""
    lesson = replace(SLEEP, tried=tried, wrong=wrong, right=right)
    for value in judge(question, [find(lesson, cosines[0]), find(QUOTES, cosines[1])]):
        assert 0 <= value <= 1


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    cosines=st.lists(st.floats(-1, 1), min_size=2, max_size=6),
    place=st.integers(0, 5),
    more=st.floats(0, 1),
)
def test_a_higher_cosine_never_lowers_a_lesson_s_own_similarity(cosines: list[float], place: int, more: float) -> None:
    """Nor does it raise another's."""
    place %= len(cosines)
    lessons = [QUOTES, SLEEP, *(replace(QUOTES, id=str(one), signature=str(one), tried="w" * one) for one in range(4))]
    before = judge(TASK, [find(one, cosine) for one, cosine in zip(lessons, cosines, strict=False)])
    cosines[place] = min(1.0, cosines[place] + more)
    after = judge(TASK, [find(one, cosine) for one, cosine in zip(lessons, cosines, strict=False)])
    assert after[place] >= before[place]
    assert all(after[one] <= before[one] for one in range(len(cosines)) if one != place)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(order=st.permutations(range(4)))
def test_the_order_of_candidates_does_not_matter(order: list[int]) -> None:
    """Each has the similarity that it has."""
    candidates = [
        find(one, 0.1 * place)
        for place, one in enumerate(
            [QUOTES, SLEEP, replace(SLEEP, id="e", signature="5"), replace(QUOTES, id="f", signature="6")]
        )
    ]
    judged = judge(TASK, candidates)
    assert judge(TASK, [candidates[place] for place in order]) == tuple(judged[place] for place in order)


@pytest.mark.parametrize(
    ("question", "is_quoted"),
    [
        ("Add created_at = datetime.now() to the audit entries", True),
        ("Add created_at = datetime.now(UTC) to the audit entries", False),
        ("Use clock.now() for created_at, as datetime.now() is local", False),
        ("Add created_at = mydatetime.now() to the audit entries", False),
        ("Add created_at = self.datetime.now() to the audit entries", False),
    ],
)
def test_a_short_wrong_example_that_is_quoted_settles_it(question: str, is_quoted: bool) -> None:
    """People teach in a few words; where the right example is there as well, nothing is settled."""
    taught = replace(
        SLEEP, tried="datetime.now()", failed="", worked="clock.now()", wrong="datetime.now()", right="clock.now()"
    )
    assert (judge(question, [find(taught, 0.0)])[0] >= THRESHOLD) is is_quoted


def test_plain_words_and_long_examples_are_no_quotes() -> None:
    """`requests` is what people send as well, and a page of code is weighed by its traits."""
    for wrong in ("requests", "use floats, as ever", "f(" + "x" * 80, "a = b\nc = d", ""):
        assert not quotes_mistake(f"Send {wrong} here", replace(SLEEP, wrong=wrong, right=""))


def test_traits_without_anything_are_far_below_the_threshold() -> None:
    """A lesson that shares nothing is not shown because it is the only one."""
    nothing = compare(read_text("Привет"), find(SLEEP, 0.0))
    assert judge_traits([find(SLEEP, 0.0)], [nothing], WITH_MEANING)[0] < 0.1
