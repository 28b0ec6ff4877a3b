"""The memory of mistakes in a terminal: looked into, carried elsewhere, and deleted."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.fakes.memories import REPOSITORY, make_lesson
from yantra_bot.app.home import Home
from yantra_bot.cli.mistakes import mistakes
from yantra_bot.clock import SystemClock
from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.lessons import Category, Lesson, Occurrence, Showing, Standing
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.domain.run import Order
from yantra_bot.errors import UserError
from yantra_bot.learning.sharing import NOBODYS
from yantra_bot.learning.store.mistakes import Mistakes
from yantra_bot.runs.records import Records

CALC = Repository(REPOSITORY, "octo", "calc")
DATES = replace(make_lesson("parse a date", "ValueError: no date"), wrong="int(text)", right="fromisoformat(text)")
FILES = replace(make_lesson("open old_billing", "OSError: too many"), standing=Standing.RETIRED, last_seen=99.0)
ELSEWHERE = make_lesson("send mail", "SMTPError: \x1b[31mred", repository=8)


class Desk:
    """A state folder with lessons of two repositories, one of which a run was for."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder).lay_out()
        self.store = Mistakes(str(self.home.memory), lambda: None, clock=SystemClock())

    def fill(self) -> None:
        with contextlib.closing(self.records()) as records:
            order = Order("a" * 24, CALC, 2, 7, Command(Verb.IMPLEMENT), Actor(3, "ann", False), 4, 1.0)
            records.start_run(order, 1.0)
        self.store.learn([Occurrence(f"o{number}", one) for number, one in enumerate((DATES, FILES, ELSEWHERE, DATES))])
        self.store.replace([FILES])
        self.store.note([Showing(DATES.id, "r1", True, 5.0), Showing(DATES.id, "r2", False, 6.0)])

    def records(self) -> Records:
        return Records.open(self.home.records)

    def lessons(self) -> dict[str, Lesson]:
        return {one.id: one for one in self.store.lessons()}


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("YANTRA_STATE_FOLDER", str(tmp_path / "state"))
    # Without a sentence model: words alone are searched, which takes no time to load.
    monkeypatch.setenv("YANTRA_EMBEDDING_MODEL_FOLDER", "none")
    desk = Desk(tmp_path / "state")
    yield desk
    desk.store.close()


@pytest.fixture
def desk(empty: Desk) -> Desk:
    empty.fill()
    return empty


def run(*words: str, stdin: str = "") -> Result:
    done = CliRunner().invoke(mistakes, words, input=stdin, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done


def ask(*words: str, stdin: str = "") -> str:
    return run(*words, stdin=stdin).stdout


def test_the_list_tells_whose_lessons_there_are(desk: Desk) -> None:
    """By repository, with how often each was made and helped; what is not shown any more says so."""
    printed = ask("list")
    assert "octo/calc" in printed
    assert "repository 8" in printed
    (line,) = [one for one in printed.splitlines() if one.startswith(DATES.id)]
    assert line.split()[:4] == [DATES.id, "test", "2", "1/2"]
    assert "(retired) OSError: too many" in printed
    assert ask("list", "--repository", "Octo/Calc").count("ValueError") == 1
    assert "octo/calc" not in ask("list", "--repository", "8")
    assert "Nothing is remembered." in ask("list", "--category", "style")
    assert "2 more; see --limit." in ask("list", "--limit", "1")


@pytest.mark.case("D21")
def test_nothing_that_a_lesson_says_reaches_the_terminal_as_it_is(desk: Desk) -> None:
    """Control characters are written out, in tables, in details and as JSON."""
    for words in (("list",), ("show", ELSEWHERE.id), ("search", "SMTPError"), ("list", "--json"), ("export",)):
        assert "\x1b" not in ask(*words)
    assert "\\x1b[31mred" in ask("list")


def test_lists_are_there_for_programs(desk: Desk) -> None:
    """With every field, and the repository's name."""
    (one,) = json.loads(ask("list", "--json", "--repository", "8"))
    assert (one["id"], one["repository_name"], one["failed"]) == (ELSEWHERE.id, "repository 8", ELSEWHERE.failed)
    shown = json.loads(ask("show", DATES.id, "--json"))
    assert len(shown["occurrences"]) == 2
    stats = json.loads(ask("stats", "--json"))
    assert (stats["lessons"], stats["standing"]["retired"], stats["categories"]["test"]["made"]) == (3, 1, 4)
    assert stats["bytes"] > 0


def test_one_lesson_is_shown_whole(desk: Desk) -> None:
    """With what was wrong and right, and when it was made."""
    shown = ask("show", DATES.id)
    for words in ("octo/calc  python by claude", "int(text)", "fromisoformat(text)", "made 2 times, helped 1 of 2"):
        assert words in shown
    with pytest.raises(UserError, match=r"There is no lesson nothing\. `yantra mistakes list` names them"):
        ask("show", "nothing")


def test_a_search_tells_how_alike_each_is(desk: Desk) -> None:
    """As a run would ask; what is not shown any more is not found."""
    hits = json.loads(ask("search", "ValueError: no date", "--json"))["lessons"]
    assert hits[0]["id"] == DATES.id
    assert 1 >= hits[0]["similarity"] >= max(one["similarity"] for one in hits) > 0
    assert FILES.id not in ask("search", "OSError: too many")
    assert DATES.id not in ask("search", "ValueError: no date", "--repository", "8")
    assert "Nothing was found." in ask("search", "...")


def test_kinds_are_counted_with_how_often_showing_helped(desk: Desk) -> None:
    """All kinds stand there, those without a lesson too."""
    printed = ask("stats")
    rows = {line.split()[0]: line.split()[1:] for line in printed.splitlines() if line.split()[:1]}
    assert rows["test"] == ["3", "4", "2", "1", "(50%)"]
    assert all(rows[str(one)] == ["0", "0", "0", "0"] for one in Category if one is not Category.TEST)
    assert "3 lessons: 2 active, 0 doubtful, 0 archived, 1 retired" in printed


def test_without_a_memory_each_command_says_so(empty: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty one is no error; one that is off is."""
    assert "Nothing is remembered." in ask("list")
    assert json.loads(ask("list", "--json")) == []
    assert "0 lessons deleted" in ask("clear", "--yes")
    assert not empty.home.memory.exists()
    monkeypatch.setenv("YANTRA_MEMORY", "false")
    with pytest.raises(UserError, match="YANTRA_MEMORY is off"):
        ask("list")


def test_an_unknown_repository_is_named(desk: Desk) -> None:
    """Nobody is left to think that it had no lessons."""
    with pytest.raises(UserError, match="No run here was for octo/none"):
        ask("list", "--repository", "octo/none")


def test_an_export_of_one_repository_is_imported_as_it_was(desk: Desk, tmp_path: Path) -> None:
    """Into an installation that has nothing yet; told again it changes nothing."""
    before = {key: one for key, one in desk.lessons().items() if one.scope.repository == REPOSITORY}
    out = tmp_path / "lessons.jsonl"
    assert "2 lessons written." in run("export", "--repository", "octo/calc", "--out", str(out)).stderr
    ask("clear", "--yes")
    assert desk.lessons() == {}
    for _ in range(2):
        assert ask("import", str(out)) == "2 lessons imported.\n"
        assert desk.lessons() == before


def test_an_import_does_not_bring_back_what_was_put_aside_here(desk: Desk, tmp_path: Path) -> None:
    """Nor one that was merged into another since."""
    out = tmp_path / "lessons.jsonl"
    run("export", "--repository", "octo/calc", "--out", str(out))
    kept, gone = (one for one in desk.lessons().values() if one.scope.repository == REPOSITORY)
    desk.store.merge(replace(kept, standing=Standing.RETIRED), [gone.id])
    ask("import", str(out))
    (left,) = (one for one in desk.lessons().values() if one.scope.repository == REPOSITORY)
    assert (left.id, left.standing) == (kept.id, Standing.RETIRED)


def test_an_export_of_all_is_anonymised_and_is_taken_as_shared(desk: Desk) -> None:
    """No name of the business, no number of a repository; from a pipe."""
    exported = run("export")
    assert "3 lessons written, anonymised." in exported.stderr
    assert "old_billing" not in exported.stdout
    assert "3 of them anonymised" in ask("import", "-", stdin=exported.stdout)
    shared = [one for one in desk.lessons().values() if one.is_shared]
    assert {one.scope.repository for one in shared} == {NOBODYS}
    assert "shared by others" in ask("list")
    ask("import", "-", "--repository", "octo/calc", stdin=exported.stdout)
    assert len(desk.lessons()) == 7, "two of three are known there already"


def test_one_wrong_line_and_nothing_is_imported(desk: Desk, tmp_path: Path) -> None:
    """Neither those before it nor those after it."""
    ask("export", "--repository", "8", "--out", str(tmp_path / "all"))
    ask("clear", "--yes")
    for wrong in ("{}", "x" * 70_000):
        (tmp_path / "bad").write_text((tmp_path / "all").read_text() + wrong + "\n")
        with pytest.raises(UserError, match=r"Line 3: .* Nothing was imported"):
            ask("import", str(tmp_path / "bad"))
    (tmp_path / "bad").write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match="not UTF-8"):
        ask("import", str(tmp_path / "bad"))
    assert desk.lessons() == {}


def test_examples_to_train_on_are_written(desk: Desk) -> None:
    """Of lessons that still hold and show both; anonymised unless one repository is named."""
    (example,) = ask("export", "--format", "fine-tuning", "--repository", "octo/calc").splitlines()
    assert [one["role"] for one in json.loads(example)["messages"]] == ["system", "user", "assistant"]
    assert "1 example written, anonymised." in run("export", "--format", "fine-tuning").stderr


def test_a_file_that_cannot_be_written_is_named(desk: Desk, tmp_path: Path) -> None:
    """And nothing is left of it."""
    with pytest.raises(UserError, match="cannot be written: No such file"):
        ask("export", "--out", str(tmp_path / "none" / "x"))
    (tmp_path / "folder").mkdir()
    ask("export", "--out", str(tmp_path / "folder" / "x"))
    assert [one.name for one in (tmp_path / "folder").iterdir()] == ["x"]


def test_upkeep_says_what_is_due_and_does_it(desk: Desk) -> None:
    """Made up lessons were last seen in 1970: all that are shown and were not made often are archived, once."""
    due = json.loads(ask("upkeep", "--dry-run", "--json"))
    assert {one["lesson"]: one["standing"] for one in due} == {DATES.id: "archived", ELSEWHERE.id: "archived"}
    assert "2 changes due; nothing was done." in ask("upkeep", "--dry-run")
    assert desk.lessons()[DATES.id].standing is Standing.ACTIVE
    said = ask("upkeep")
    assert f"{DATES.id}  active → archived: " in said
    assert "0 merged, 2 archived, 0 doubtful, 0 retired" in said
    assert desk.lessons()[DATES.id].standing is Standing.ARCHIVED
    assert json.loads(ask("upkeep", "--json")) == []


def test_clearing_asks_and_takes_what_waits_to_be_stored(desk: Desk) -> None:
    """Of one repository the others' are left; a no deletes nothing."""
    with contextlib.closing(desk.records()) as records:
        records.tell_memory(Occurrence("late", DATES), Occurrence("other", ELSEWHERE))
    assert "Delete 2 lessons of octo/calc? [y/N]: n\nNothing was deleted." in ask(
        "clear", "--repository", "octo/calc", stdin="n\n"
    )
    assert len(desk.lessons()) == 3
    said = ask("clear", "--repository", "octo/calc", "--yes")
    assert said == "2 lessons deleted, and 1 lesson that waited to be stored.\n"
    assert list(desk.lessons()) == [ELSEWHERE.id]
    assert "1 lesson of all repositories?" in ask("clear", stdin="y\n")
    assert desk.lessons() == {}
