"""What a commit changed, and the tasks that a real history makes."""

from pathlib import Path

import pytest

from benchmarks.localisation_bm25 import PlainSearch, split_words
from benchmarks.localisation_git import Blobs, Checkout, ask, name_repository
from benchmarks.localisation_tasks import Task, make_tasks, read_tasks, spread, write_tasks
from benchmarks.localisation_truth import find_changed, is_source, list_functions, says_the_same
from yantra_bot.graphdb.history.gitlog import Hunk

SOURCE = b"""\
X = 1


class Pager:
    @property
    def width(self):
        def inner():
            return 1

        return inner()


def read():
    return 2
"""


class Place:
    """A repository that a test fills."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str) -> str:
        """Run git as somebody."""
        return ask(self.folder, "-c", "user.name=A", "-c", "user.email=a@example.org", *words)

    def commit(self, message: str, **files: str) -> str:
        """Write Python files and commit them."""
        for name, text in files.items():
            (self.folder / f"{name}.py").write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD").strip()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_functions_have_qualified_names_and_the_outermost_around() -> None:
    """A method has its class's name before its own; a nested function is inside of the outermost one."""
    found = [(span.first, span.last, span.name, span.outer) for span in list_functions("a.py", SOURCE)]
    assert found == [
        (5, 10, "Pager.width", "Pager.width"),
        (7, 8, "Pager.width.inner", "Pager.width"),
        (13, 14, "read", "read"),
    ]
    assert list_functions("a.py", b"def (") == ()


def test_functions_of_other_languages_are_named_alike() -> None:
    """The method of a type has the type's name before its own."""
    source = b"package a\n\ntype T struct{}\n\nfunc (t *T) Read() int {\n\treturn 1\n}\n\nfunc run() {}\n"
    assert [span.name for span in list_functions("a.go", source)] == ["T.Read", "run"]


def test_nested_functions_of_other_languages_know_what_is_around_them() -> None:
    """Whatever the product cuts, the outermost function that holds it is named; Rust's tests are left out."""
    script = b"function outer() {\n  function inner() {\n    return 1;\n  }\n  return inner;\n}\n"
    found = list_functions("a.js", script)
    assert found[0].name == "outer"
    assert {span.outer for span in found} == {"outer"}
    rust = b"fn run() {}\n\n#[cfg(test)]\nmod tests {\n    fn checks() {}\n}\n"
    assert [span.name for span in list_functions("a.rs", rust)] == ["run"]


def test_changed_lines_belong_to_the_innermost_function_before() -> None:
    """A replaced line counts where it stood; module code belongs to none."""
    hunks = [Hunk(1, 1, 1, 1), Hunk(8, 1, 8, 1), Hunk(14, 1, 14, 1)]
    found = find_changed("a.py", SOURCE, SOURCE, hunks)
    assert found == {"Pager.width.inner": "Pager.width", "read": "read"}


def test_added_lines_belong_to_what_holds_them_after() -> None:
    """Lines at a function's end are its own; a new function behind it changes nothing that was there."""
    longer = SOURCE + b"    # said\n    return 3\n"
    assert find_changed("a.py", SOURCE, longer, [Hunk(14, 0, 15, 2)]) == {"read": "read"}
    more = SOURCE + b"\n\ndef write():\n    return 3\n"
    assert find_changed("a.py", SOURCE, more, [Hunk(14, 0, 15, 4)]) == {}


def test_tests_examples_and_scripts_are_no_sources() -> None:
    """Only code of the product is judged."""
    assert is_source("src/app/core.py")
    assert is_source("lib/view.js")
    others = ["tests/a.py", "test_a.py", "docs/conf.py", "setup.py", "README.md", "types/a.d.ts", "testing/a.py"]
    assert not [path for path in others if is_source(path)]


def test_comments_and_docstrings_change_no_code() -> None:
    """A fix of words alone makes no task."""
    assert says_the_same(
        "a.py", b'def f():\n    "Old."\n    return 1\n', b'def f():\n    "New."\n    return 1  # one\n'
    )
    assert not says_the_same("a.py", b"x = 1\n", b"x = 2\n")
    assert not says_the_same("a.py", b"x = (\n", b"x = (\n")
    assert not says_the_same("a.js", b"x", b"x")


def test_a_history_makes_tasks_at_the_parents_of_fixes(place: Place) -> None:
    """The query comes from the message, the truth from the change; what adds, or changes words alone, is left out."""
    place.commit("Begin", core=SOURCE.decode(), test_core="def test(): pass\n")
    before = place.commit("Add a thing", other="def other():\n    return 1\n")
    fix = place.commit(
        "core.py: fix the width of pagers\n\nSigned-off-by: A <a@example.org>",
        core=SOURCE.decode().replace("return 1", "return 4"),
        test_core="def test(): return 1\n",
    )
    place.commit("Fix the words of read", core=SOURCE.decode().replace("return 1", "return 4  # four"))
    tasks = make_tasks(place.folder)
    name = place.folder.name
    inner, outer = "core.py::Pager.width.inner", "core.py::Pager.width"
    assert tasks == [Task(f"{name}-{fix[:10]}", before, "fix the width of pagers", ("core.py",), (inner,), (outer,))]
    write_tasks(place.folder / "tasks.jsonl", tasks)
    assert list(read_tasks(place.folder / "tasks.jsonl")) == tasks


def test_a_fix_of_many_functions_makes_no_task(place: Place) -> None:
    """Such a message says too little of each."""
    place.commit("Begin", a="".join(f"def f{n}():\n    return {n}\n" for n in range(6)))
    place.commit("Fix the crash of everything", a="".join(f"def f{n}():\n    return -{n}\n" for n in range(6)))
    assert make_tasks(place.folder) == []


def test_tasks_are_spread_with_a_slant_to_the_new() -> None:
    """The newest one is taken, more come from the first half than from the second, and none comes twice."""
    tasks = [Task(str(number), "", "", (), (), ()) for number in range(100)]
    chosen = [int(task.id) for task in spread(tasks, 20)]
    assert chosen == sorted(set(chosen))
    assert chosen[0] == 0
    assert sum(number < 50 for number in chosen) > len(chosen) / 2
    assert spread(tasks[:5], 20) == tasks[:5]


def test_a_checkout_follows_commits(place: Place, tmp_path_factory: pytest.TempPathFactory) -> None:
    """It writes what differs, removes what is gone, and lets a file become a folder."""
    first = place.commit("One", a="1", b="2")
    (place.folder / "b.py").unlink()
    (place.folder / "b.py").mkdir()
    (place.folder / "b.py" / "c.py").write_text("3")
    second = place.commit("Two", a="4")
    folder = tmp_path_factory.mktemp("tree")
    with Blobs(place.folder) as blobs:
        checkout = Checkout(blobs, folder)
        assert checkout.move(first) == ["a.py", "b.py"]
        assert checkout.move(second) == ["a.py", "b.py/c.py"]
        assert (folder / "a.py").read_text() == "4"
        assert checkout.move(first) == ["a.py", "b.py"]
        assert (folder / "b.py").read_text() == "2"
        assert blobs.read(first, "none.py") is None
        assert blobs.read(first, "a\nb") is None


def test_plain_search_finds_the_function_with_the_words(place: Place) -> None:
    """Identifiers are found by their words, and files by their best function."""
    sha = place.commit("One", a="def read_pages():\n    return 1\n", b="def write():\n    return 1\n")
    with Blobs(place.folder) as blobs:
        answer = PlainSearch(blobs)(Task("", sha, "the pages are wrong", (), (), ()))
    assert answer.functions == ("a.py::read_pages",)
    assert answer.files == ("a.py",)
    assert list(split_words("maxRetries is HTTPError2")) == [
        "max", "retries", "maxretries", "is", "http", "error", "2", "httperror2",
    ]  # fmt: skip


@pytest.mark.parametrize("folder", ["x/click.git", "x/click/.git", "x/click"])
def test_a_repository_is_called_like_its_folder(folder: str) -> None:
    """Bare or not."""
    assert name_repository(Path(folder)) == "click"
