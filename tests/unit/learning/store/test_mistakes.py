"""The store of mistakes over a real LanceDB: what is told once or twice, found, written by hand and taken away."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.memories import WordModel, ask, make_lesson, make_occurrence
from yantra_bot.clock import SystemClock
from yantra_bot.domain.lessons import Category, Scope, Showing, Standing
from yantra_bot.learning.store.mistakes import Mistakes

RETRY = "retry the request without a pause"
PAGES = "count the pages of the list from zero"


@pytest.fixture
def store(tmp_path: Path) -> Mistakes:
    model = WordModel()
    return Mistakes(str(tmp_path / "memory"), lambda: model, clock=SystemClock())


def test_what_happened_is_found_at_once(store: Mistakes) -> None:
    """A lesson that was just learnt answers a question about it, by its meaning and by its words."""
    store.learn([make_occurrence("one", RETRY), make_occurrence("two", PAGES)])
    found = store.find(ask("a pause before the next request"))
    assert found.problem == ""
    first = max(found.candidates, key=lambda one: one.words)
    assert first.lesson.tried == RETRY
    assert first.meaning is not None
    assert first.meaning > 0.3
    assert first.words > 0


def test_the_same_mistake_is_one_lesson_told_twice_it_counts_once(store: Mistakes) -> None:
    """Occurrences of one signature are joined; one that is told again changes nothing."""
    store.learn([make_occurrence("one", RETRY, at=10), make_occurrence("two", RETRY, at=30)])
    for _ in range(2):
        store.learn([make_occurrence("two", RETRY, at=30), make_occurrence("three", RETRY, at=20)])
    (lesson,) = store.lessons()
    assert (lesson.frequency, lesson.first_seen, lesson.last_seen) == (3, 10, 30)
    assert [one.id for one in store.occurrences(lesson.id)] == ["two", "three", "one"]
    assert store.occurrences(lesson.id)[0] == make_occurrence("two", RETRY, at=30)


def test_the_newest_texts_stand_unless_less_is_known_of_the_cure(store: Mistakes) -> None:
    """A lesson says what worked last; a later time without a cure does not take it away."""
    store.learn([make_occurrence("one", RETRY, at=10, worked="sleep between", is_fixed=False)])
    store.learn([make_occurrence("two", RETRY, at=5, worked="wait longer each time")])
    store.learn([make_occurrence("three", RETRY, at=20, worked="", is_fixed=False)])
    (lesson,) = store.lessons()
    assert lesson.worked == "wait longer each time"
    store.learn([make_occurrence("four", RETRY, at=30, worked="use the client's own retries")])
    (lesson,) = store.lessons()
    assert lesson.worked == "use the client's own retries"


def test_a_showing_counts_once_for_each_run(store: Mistakes) -> None:
    """How often a lesson was shown and helped is counted by run; a lesson that is gone is passed over."""
    store.learn([make_occurrence("one", RETRY)])
    (lesson,) = store.lessons()
    told = [Showing(lesson.id, "a", has_helped=True, at=1), Showing(lesson.id, "b", has_helped=False, at=2)]
    store.note([*told, *told])
    store.note([*told, Showing("gone", "a", has_helped=True, at=3)])
    found = store.lesson(lesson.id)
    assert found is not None
    assert (found.shown, found.helped) == (2, 1)
    assert store.stats().showings == 2


def test_a_question_is_answered_from_its_own_scope(store: Mistakes) -> None:
    """Other repositories, other languages, switched-off categories and what is archived or retired stay away."""
    store.replace(
        [
            make_lesson(f"{RETRY} here"),
            make_lesson(f"{RETRY} for all", scope=Scope(7, "", "gpt")),
            make_lesson(f"{RETRY} in go", scope=Scope(7, "go", "claude")),
            make_lesson(f"{RETRY} doubtful", standing=Standing.DOUBTFUL),
            make_lesson(f"{RETRY} archived", standing=Standing.ARCHIVED),
            make_lesson(f"{RETRY} retired", standing=Standing.RETIRED),
            make_lesson(f"{RETRY} elsewhere", repository=8),
            make_lesson(f"{RETRY} shared", repository=9, is_shared=True),
            make_lesson(f"{RETRY} security", category=Category.SECURITY),
        ]
    )

    def found(**more: object) -> set[str]:
        candidates = store.find(ask(RETRY, **more)).candidates
        return {one.lesson.tried.removeprefix(RETRY).strip() for one in candidates}

    own = {"here", "for all", "in go", "doubtful", "security"}
    assert found() == own
    assert found(languages=("python",)) == own - {"in go"}
    assert found(languages=("rust", "x' or 'a' = 'a")) == {"for all"}
    assert found(takes_shared=True) == own | {"shared"}
    assert found(categories_off=frozenset({Category.SECURITY, Category.API})) == own - {"security"}
    assert found(repository=8) == {"elsewhere"}
    assert found(repository=10) == set()


def test_the_very_same_error_is_found_whatever_its_words(store: Mistakes) -> None:
    """A question with a signature is answered with its lesson too, even where neither words nor meaning are near."""
    store.learn([make_occurrence(f"other {letter}", f"{PAGES} {letter}") for letter in "abcdefghijkl"])
    store.learn([make_occurrence("one", RETRY)])
    signature = make_lesson(RETRY).signature
    plain = store.find(ask(PAGES), most=5).candidates
    signed = store.find(ask(PAGES, signature=signature), most=5).candidates
    assert RETRY not in {one.lesson.tried for one in plain}
    assert RETRY in {one.lesson.tried for one in signed}


def test_what_a_person_writes_never_loses_what_was_counted(store: Mistakes) -> None:
    """A lesson that is written by hand keeps its occurrences; an import counts beside them, twice as once."""
    store.learn([make_occurrence("one", RETRY, at=10), make_occurrence("two", RETRY, at=20)])
    stale = make_lesson(RETRY, frequency=1, last_seen=10.0, standing=Standing.DOUBTFUL)
    store.replace([stale])
    (lesson,) = store.lessons()
    assert (lesson.frequency, lesson.last_seen, lesson.standing) == (2, 20, Standing.DOUBTFUL)
    for _ in range(2):
        store.replace([make_lesson(RETRY, frequency=9, shown=4, helped=3)])
    store.learn([make_occurrence("three", RETRY, at=30)])
    (lesson,) = store.lessons()
    assert (lesson.frequency, lesson.shown, lesson.helped) == (10, 4, 3)


def test_an_archived_lesson_comes_back_when_it_happens_again(store: Mistakes) -> None:
    """What was not seen for long is shown again as soon as it is; what a person retired stays so."""
    store.replace([make_lesson(RETRY, standing=Standing.ARCHIVED), make_lesson(PAGES, standing=Standing.RETIRED)])
    store.learn([make_occurrence("one", RETRY, at=500), make_occurrence("two", PAGES, at=500)])
    assert {one.tried: one.standing for one in store.lessons()} == {RETRY: Standing.ACTIVE, PAGES: Standing.RETIRED}


def test_a_merged_lesson_takes_over_what_the_other_was(store: Mistakes) -> None:
    """Counts, occurrences, showings and the id of the one go to the other, and so does what still comes of it."""
    store.learn([make_occurrence("one", RETRY, at=10), make_occurrence("two", PAGES, at=20)])
    kept, gone = make_lesson(RETRY, worked="both"), make_lesson(PAGES)
    store.note([Showing(gone.id, "a", has_helped=True, at=1)])
    for _ in range(2):
        store.merge(kept, [gone.id])
    store.learn([make_occurrence("three", PAGES, at=130, worked="newest")])
    store.note([Showing(gone.id, "b", has_helped=False, at=2)])
    (lesson,) = store.lessons()
    assert (lesson.id, lesson.signature, lesson.worked) == (kept.id, kept.signature, "newest")
    assert (lesson.frequency, lesson.shown, lesson.helped) == (3, 2, 1)
    assert store.lesson(gone.id) == lesson
    assert len(store.occurrences(gone.id)) == 3


def test_what_is_deleted_leaves_nothing_behind(store: Mistakes) -> None:
    """Neither rows nor files keep a lesson that was deleted, its occurrences or its showings."""
    store.learn([make_occurrence("one", f"{RETRY} qvxjz"), make_occurrence("two", PAGES)])
    gone = make_lesson(f"{RETRY} qvxjz")
    store.note([Showing(gone.id, "a", has_helped=True, at=1)])
    assert store.delete([gone.id, "unknown"]) == 1
    assert [one.tried for one in store.lessons()] == [PAGES]
    assert (store.lesson(gone.id), store.occurrences(gone.id)) == (None, ())
    assert store.find(ask("qvxjz")).candidates[0].lesson.tried == PAGES
    assert [path for path in Path(store.place).rglob("*") if path.is_file() and b"qvxjz" in path.read_bytes()] == []


def test_broken_text_is_stored_as_far_as_it_is_text(store: Mistakes) -> None:
    """Half characters, quotes and zeros in what was said or in a name break nothing and are found again."""
    odd = make_occurrence("it's \ud800", f"{RETRY} \ud83d it's \0 %_", failed="\udfff'); drop table mistakes; --")
    for _ in range(2):
        store.learn([odd])
    (lesson,) = store.lessons()
    assert (lesson.frequency, lesson.tried) == (1, f"{RETRY} ? it's \0 %_")
    question = ask("a pause before \udc00 requests; it's '", languages=("python\ud800", "python"))
    assert [one.lesson.id for one in store.find(question).candidates] == [lesson.id]


def test_one_repository_is_cleared_or_all(store: Mistakes) -> None:
    """Clearing says how many lessons it took, and leaves those of others."""
    store.learn([make_occurrence("one", RETRY), make_occurrence("two", PAGES, repository=8)])
    assert store.clear(8) == 1
    assert [one.tried for one in store.lessons()] == [RETRY]
    assert (store.clear(), store.clear(), list(store.lessons())) == (1, 0, [])


def test_lessons_that_are_alike_are_told_in_pairs(store: Mistakes) -> None:
    """Every two of one repository that are near enough come once; those of different repositories never."""
    store.learn(
        [make_occurrence("one", RETRY), make_occurrence("two", f"{RETRY} again"), make_occurrence("three", PAGES)]
    )
    store.learn([make_occurrence("four", RETRY, repository=8)])
    ((one, other, cosine),) = store.alike(0.8)
    assert {one, other} == {make_lesson(RETRY).id, make_lesson(f"{RETRY} again").id}
    assert 0.8 <= cosine <= 1.001


def test_nothing_heavy_is_loaded_before_there_is_something_to_remember(tmp_path: Path) -> None:
    """A store that was never written to answers without LanceDB, and leaves no folder behind."""
    program = (
        "import sys; from yantra_bot.clock import SystemClock; from yantra_bot.learning.memory import StoredMemory\n"
        "from yantra_bot.learning.store.mistakes import Mistakes; from tests.fakes.memories import ask\n"
        "import yantra_bot.app.memory\n"
        "store = Mistakes(sys.argv[1], lambda: None, clock=SystemClock())\n"
        "assert store.find(ask('x')).candidates == () and list(store.lessons()) == [] and store.clear() == 0\n"
        "store.note([]); store.optimise(); assert store.stats().lessons == 0\n"
        "print([name for name in ('lancedb', 'pyarrow') if name in sys.modules])"
    )
    place = tmp_path / "memory"
    done = subprocess.run([sys.executable, "-c", program, str(place)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")
    assert not place.exists()
