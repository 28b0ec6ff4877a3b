"""What becomes of lessons with time."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.memories import WordModel, make_occurrence
from tests.unit.learning.lessons import DAY, NOW, QUOTES, SLEEP
from yantra_bot.clock import SystemClock
from yantra_bot.domain.lessons import Lesson, Scope, Severity, Standing
from yantra_bot.learning.store.mistakes import Mistakes
from yantra_bot.learning.upkeep import Done, Merge, Stand, apply, decide, tend

OLD = NOW - 200 * DAY


def change(lesson: Lesson, **changes: object) -> Lesson:
    """Return a lesson with something else."""
    return replace(lesson, **changes)  # type: ignore[arg-type] (any field)


def standings(*lessons: Lesson, alike: tuple[tuple[str, str, float], ...] = ()) -> dict[str, Standing]:
    """Return which lessons get which standing."""
    return {one.lesson: one.standing for one in decide(lessons, alike, NOW) if isinstance(one, Stand)}


@pytest.mark.parametrize(
    ("lesson", "becomes"),
    [
        (change(SLEEP, last_seen=OLD, frequency=2), Standing.ARCHIVED),
        (change(SLEEP, last_seen=OLD, frequency=3), None),
        (change(SLEEP, last_seen=NOW - 182 * DAY), None),
        (change(SLEEP, last_seen=NOW + 900 * DAY), None),
        (change(SLEEP, last_seen=OLD, standing=Standing.DOUBTFUL), Standing.ARCHIVED),
        (change(SLEEP, last_seen=OLD, standing=Standing.RETIRED), None),
        (change(SLEEP, shown=8, helped=2), Standing.RETIRED),
        (change(SLEEP, shown=8, helped=3), None),
        (change(SLEEP, shown=7, helped=0), None),
        (change(SLEEP, shown=8, helped=0, last_seen=OLD), Standing.RETIRED),
    ],
)
def test_what_is_old_and_rare_is_archived_and_what_does_not_help_is_retired(
    lesson: Lesson, becomes: Standing | None
) -> None:
    """At the bounds that SPEC 9 and the module name."""
    assert standings(lesson).get(lesson.id) is becomes


def test_lessons_that_say_the_same_become_one() -> None:
    """The one that was made more often keeps its texts, with the counts of all and the gravest severity."""
    twin = change(SLEEP, id="c" * 16, frequency=4, severity=Severity.CRITICAL, shown=3, helped=2, first_seen=OLD)
    (merge,) = decide([SLEEP, twin], [(SLEEP.id, twin.id, 0.96)], NOW)
    assert isinstance(merge, Merge)
    assert (merge.kept.id, merge.dropped) == (twin.id, (SLEEP.id,))
    assert (merge.kept.frequency, merge.kept.first_seen, merge.kept.severity) == (5, OLD, Severity.CRITICAL)


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": Scope(2, "python", "claude")},
        {"scope": Scope(1, "go", "claude")},
        {"is_shared": True},
        {"standing": Standing.DOUBTFUL},
        {"standing": Standing.ARCHIVED},
    ],
)
def test_lessons_of_others_or_of_another_standing_stay_apart(changes: dict[str, object]) -> None:
    """However alike they are."""
    other = change(SLEEP, id="c" * 16, **changes)
    assert decide([SLEEP, other], [(SLEEP.id, other.id, 1.0)], NOW) == ()
    assert decide([SLEEP], [(SLEEP.id, other.id, 1.0)], NOW) == ()


def test_what_is_a_little_less_alike_stays_apart() -> None:
    """0.95 is asked for."""
    other = change(SLEEP, id="c" * 16)
    assert decide([SLEEP, other], [(SLEEP.id, other.id, 0.949)], NOW) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"wrong": SLEEP.right, "right": SLEEP.wrong},
        {"wrong": SLEEP.right.replace("\n", "\n\n"), "right": ""},
        {"tried": SLEEP.worked, "wrong": "", "right": ""},
        {"worked": SLEEP.tried},
    ],
)
def test_lessons_that_contradict_each_other_are_both_doubtful(changes: dict[str, object]) -> None:
    """And never merged; once both are, nothing more is done."""
    other = change(SLEEP, id="c" * 16, **changes)
    pair = ((SLEEP.id, other.id, 0.97),)
    assert standings(SLEEP, other, alike=pair) == dict.fromkeys((SLEEP.id, other.id), Standing.DOUBTFUL)
    both = [change(one, standing=Standing.DOUBTFUL) for one in (SLEEP, other)]
    assert decide(both, pair, NOW) == ()
    for aside in (Standing.RETIRED, Standing.DOUBTFUL):
        assert decide([change(SLEEP, standing=aside), other], pair, NOW) == ()


def test_who_says_that_something_is_not_to_be_done_agrees_with_who_failed_with_it() -> None:
    """`Used X` contradicts who failed with X; `did not use X` does not."""
    failed = change(SLEEP, id="c" * 16, tried="Used the blocking client in the handler", wrong="", right="")
    worked = change(SLEEP, id="d" * 16, tried="y", worked="Did not use the blocking client in the handler", wrong="")
    pair = ((failed.id, worked.id, 0.9),)
    assert standings(failed, worked, alike=pair) == {}
    done = change(worked, worked="Used the blocking client in the handler")
    assert len(standings(failed, done, alike=pair)) == 2


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    count=st.integers(2, 7),
    pairs=st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=12),
    ages=st.lists(st.integers(0, 400), min_size=7, max_size=7),
    times=st.lists(st.integers(1, 4), min_size=7, max_size=7),
    shown=st.lists(st.integers(0, 9), min_size=7, max_size=7),
)
def test_nothing_is_left_to_do_after_it_was_done(
    count: int, pairs: set[tuple[int, int]], ages: list[int], times: list[int], shown: list[int]
) -> None:
    """Whatever is alike with what; no lesson is taken over twice, or by one that is gone."""
    lessons = [
        change(SLEEP, id=str(one), last_seen=NOW - ages[one] * DAY, frequency=times[one], shown=shown[one])
        for one in range(count)
    ]
    alike = [(str(one), str(other), 0.96) for one, other in pairs if one < other < count]
    store = Shelf(lessons, alike)
    before = sum(one.frequency for one in lessons)
    done = tend(store, NOW)
    assert tend(store, NOW) == Done(0, 0, 0, 0)
    assert sum(one.frequency for one in store.lessons()) == before
    assert done.merged == count - len(list(store.lessons()))


class Shelf:
    """Lessons in a dict, merged as the store does."""

    def __init__(self, lessons: list[Lesson], alike: list[tuple[str, str, float]]) -> None:
        self._lessons, self._alike = {one.id: one for one in lessons}, alike

    def lessons(self) -> Iterator[Lesson]:
        return iter(list(self._lessons.values()))

    def lesson(self, lesson: str) -> Lesson | None:
        return self._lessons.get(lesson)

    def alike(self, least: float) -> Iterator[tuple[str, str, float]]:
        return ((*pair, cosine) for *pair, cosine in self._alike if cosine >= least and set(pair) <= set(self._lessons))

    def merge(self, kept: Lesson, dropped: list[str]) -> None:
        for one in dropped:
            del self._lessons[one]
        self._lessons[kept.id] = kept

    def replace(self, lessons: list[Lesson]) -> None:
        self._lessons |= {one.id: one for one in lessons}

    def optimise(self) -> None:
        pass


def test_a_real_store_is_tended(tmp_path: Path) -> None:
    """Twins become one with the occurrences of both, what is old is archived, and a second time changes nothing."""
    model = WordModel()
    store = Mistakes(str(tmp_path), lambda: model, clock=SystemClock())
    store.learn([make_occurrence("one", "retry the request without a pause", at=NOW)])
    store.learn([make_occurrence("two", "retry the request without a pause", failed="AssertionError:", at=NOW)])
    store.learn([make_occurrence("three", "count the pages of the list from zero", at=OLD)])
    assert tend(store, NOW) == Done(merged=1, archived=1)
    assert tend(store, NOW) == Done()
    kept, old = sorted(store.lessons(), key=lambda one: -one.last_seen)
    assert (kept.frequency, kept.standing, old.standing) == (2, Standing.ACTIVE, Standing.ARCHIVED)
    assert {one.id for one in store.occurrences(kept.id)} == {"one", "two"}
    store.close()


def test_what_somebody_changed_meanwhile_is_left_alone() -> None:
    """A person's word counts for more than a decision of a minute ago; what is gone is gone."""
    decided = decide([change(SLEEP, last_seen=OLD), change(QUOTES, last_seen=OLD)], [], NOW)
    store = Shelf([change(SLEEP, last_seen=OLD, standing=Standing.RETIRED)], [])
    assert apply(store, decided) == Done()
    assert [one.standing for one in store.lessons()] == [Standing.RETIRED]
    merge = Merge(QUOTES, (SLEEP.id,))
    assert apply(store, [merge]) == Done()
