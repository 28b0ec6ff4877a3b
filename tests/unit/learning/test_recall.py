"""From candidates to what a run is shown."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.learning.lessons import DAY, NOW, QUOTES, SLEEP, ask, find
from yantra_bot.domain.lessons import Lesson, Moment, Recalled, Reminder, Scope, Severity, Standing
from yantra_bot.learning.candidates import Found
from yantra_bot.learning.recall import OLDEST_WEIGHT, decay, measure_use, rank, recall
from yantra_bot.learning.similarity import SURE, THRESHOLD

TASK = "Poll the device with a back-off. I have: async def poll(dev):\n    while not await dev.ready(): time.sleep(5)"
VAGUE = "Poll the device again and again with a back-off, in the async function poll()"
WORDS = ("charge", "parse", "render", "unlink", "upload", "retry", "merge", "token")


def many(count: int) -> list[Lesson]:
    """Return lessons that say different things."""
    return [
        replace(
            QUOTES,
            id=f"{one:016x}",
            signature=f"{one:016x}",
            tried=WORDS[one % 8] * 3 + str(one),
            wrong=f"{WORDS[one % 8]}({one})",
        )
        for one in range(count)
    ]


def test_what_fits_is_shown_and_the_rest_is_not() -> None:
    """The lesson of the mistake, with how similar the closest is."""
    recalled = recall(Found((find(SLEEP, 0.55), find(QUOTES, 0.2))), ask(TASK))
    assert [one.lesson.id for one in recalled.reminders] == [SLEEP.id]
    assert recalled.nearest == recalled.reminders[0].similarity >= THRESHOLD


def test_the_closest_is_told_though_it_is_not_shown() -> None:
    """The confidence of a run looks at it."""
    recalled = recall(Found((find(QUOTES, 0.1),)), ask(TASK))
    assert recalled.reminders == ()
    assert recalled.nearest is not None
    assert 0 < recalled.nearest < THRESHOLD


def test_an_empty_memory_has_nothing_near_and_one_that_cannot_be_read_says_why() -> None:
    """No data is not a pass."""
    assert recall(Found(), ask(TASK)) == Recalled(nearest=None)
    assert recall(Found(problem="It is locked."), ask(TASK)) == Recalled(nearest=None, problem="It is locked.")
    assert recall(Found((find(SLEEP),), "Without meaning."), ask(TASK)).problem == "Without meaning."


def test_the_same_error_is_known_by_its_signature() -> None:
    """Whatever the words are."""
    recalled = recall(
        Found((find(SLEEP, 0.0),)), ask("ASYNC251 at another place", moment=Moment.FAILURE, signature=SLEEP.signature)
    )
    assert recalled.reminders == (Reminder(SLEEP, 1.0),)


def test_a_doubtful_lesson_is_kept_apart() -> None:
    """A person says first whether it still holds."""
    recalled = recall(Found((find(SLEEP, 0.55, standing=Standing.DOUBTFUL),)), ask(TASK))
    assert recalled.reminders == ()
    assert [one.lesson.id for one in recalled.doubtful] == [SLEEP.id]


def test_people_are_told_of_what_is_surer() -> None:
    """What a model is only reminded of is not yet said on a review, nor asked about."""
    between = next(
        one / 100
        for one in range(100)
        if THRESHOLD <= rank(Found((find(SLEEP, one / 100),)), ask(VAGUE))[0].similarity < SURE
    )
    active, doubtful = find(SLEEP, between), find(SLEEP, between, standing=Standing.DOUBTFUL)
    assert recall(Found((active,)), ask(VAGUE)).reminders
    assert recall(Found((active,)), ask(VAGUE, moment=Moment.REVIEW)).reminders == ()
    assert recall(Found((doubtful,)), ask(VAGUE)).doubtful == ()


def test_what_helped_is_fresh_and_of_the_same_models_comes_first() -> None:
    """Each alone makes a lesson more useful than one of the same similarity."""
    usual = Reminder(replace(SLEEP, shown=4, helped=2), 0.8)
    for better, worse in (
        ({"helped": 4}, {"helped": 0}),
        ({"last_seen": NOW}, {"last_seen": NOW - 400 * DAY}),
        ({"scope": Scope(1, "python", "claude")}, {"scope": Scope(1, "python", "gpt")}),
        ({"severity": Severity.CRITICAL}, {"severity": Severity.MINOR}),
    ):
        uses = [measure_use(replace(usual, lesson=replace(usual.lesson, **one)), ask(TASK)) for one in (better, worse)]
        assert uses[0] > uses[1]


def test_age_halves_what_is_left_to_lose_every_six_months() -> None:
    """And never all of it; a clock that goes wrong makes nothing weigh more."""
    ages = (-DAY, 0, 180 * DAY, 360 * DAY, 40_000 * DAY)
    found = [round(decay(replace(SLEEP, last_seen=NOW - age), NOW), 4) for age in ages]
    assert found == [1, 1, 0.625, 0.4375, OLDEST_WEIGHT]


def test_one_of_each_signature_is_shown_and_what_says_the_same_comes_last() -> None:
    """Five reminders of one mistake say no more than one."""
    twin = replace(SLEEP, id="c" * 16)
    echo = replace(SLEEP, id="d" * 16, signature="8" * 16, right="")
    other = replace(QUOTES, id="e" * 16, signature="9" * 16)
    found = Found(tuple(find(one, 0.9) for one in (SLEEP, twin, echo, other)))
    both = f"{TASK}\nawait asyncio.gather(*sends, return_exceptions=True), and nobody looked at the results"
    shown = [one.lesson.id for one in recall(found, ask(both), threshold=0.0).reminders]
    assert len({SLEEP.id, twin.id} & set(shown)) == 1
    assert shown[-1] in {echo.id, SLEEP.id, twin.id}
    assert shown[1] == other.id


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    meanings=st.lists(st.floats(-1, 1), max_size=12),
    most=st.integers(0, 6),
    threshold=st.floats(0, 1),
    ages=st.integers(0, 3_000),
    helped=st.integers(0, 9),
)
def test_never_more_than_asked_never_under_the_threshold_never_twice(
    meanings: list[float], most: int, threshold: float, ages: int, helped: int
) -> None:
    """Neither age nor usefulness lifts anything over the threshold, or drops it below."""
    aged = [replace(one, last_seen=NOW - ages * DAY, shown=9, helped=helped) for one in many(len(meanings))]
    found = Found(tuple(find(one, meaning) for one, meaning in zip(aged, meanings, strict=True)))
    question = ask(TASK, most=most)
    shown = recall(found, question, threshold=threshold).reminders
    fitting = [one for one in rank(found, question) if one.similarity >= threshold]
    assert len(shown) == min(most, len(fitting))
    assert {one.lesson.id for one in shown} <= {one.lesson.id for one in fitting}
    assert len({one.lesson.id for one in shown}) == len(shown)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(order=st.permutations(range(6)))
def test_the_order_of_the_search_does_not_matter(order: list[int]) -> None:
    """The store may answer in any."""
    candidates = [find(one, 0.1 * place) for place, one in enumerate(many(6))]
    mixed = Found(tuple(candidates[place] for place in order))
    assert recall(mixed, ask(TASK), threshold=0.0) == recall(Found(tuple(candidates)), ask(TASK), threshold=0.0)
