"""Real fixes of a real repository: which functions they repaired, and which commits are none."""

from pathlib import Path

import pytest

from tests.fakes.git_project import Project
from yantra_bot.graphdb.history.fixes import is_fix
from yantra_bot.training.fix_commits import FixLimits, find_fixes

FIRST = '''def low(values):
    """Return the least."""
    best = 0
    for value in values:
        if value > best:
            best = value
    return best


def high(values):
    return max(values)


class Shelf:
    def put(self, book):
        self.books.append(book)

    def take(self):
        return self.books.pop()
'''
MENDED = FIRST.replace("value > best", "value < best")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a repository with one file of code."""
    project = Project(tmp_path / "shop")
    project.commit("Add shelves", {"shelf.py": FIRST})
    return project


def test_a_repaired_function_is_found_beside_an_untouched_one(project: Project) -> None:
    """The function before the fix, in the commit before it, with a function of the same file that was left alone."""
    before = project.run("rev-parse", "HEAD")
    fix = project.commit("Fix the least value", {"shelf.py": MENDED, "README.md": "Shelves."})
    found = find_fixes(project.git)
    assert (found.commits, found.fixes) == (2, 1)
    repaired, alone = found.functions
    assert (repaired.fix, repaired.before, repaired.path) == (fix, before, "shelf.py")
    assert (repaired.line, repaired.end_line, repaired.is_fixed) == (1, 7, True)
    assert FIRST.encode()[repaired.start_byte : repaired.end_byte].startswith(b"def low")
    assert not alone.is_fixed
    assert alone.line in {10, 15, 18}
    assert find_fixes(project.git).functions == found.functions


def test_a_line_put_in_repairs_the_function_around_it(project: Project) -> None:
    """A check that was missing belongs to the innermost function, and a new function beside others to none."""
    guarded = FIRST.replace(
        "        return self.books.pop()",
        "        if not self.books:\n            return None\n" * 1 + "        return self.books.pop()",
    )
    project.commit("fix(shelf): take from an empty shelf", {"shelf.py": guarded})
    project.commit(
        "Fix a missing function", {"shelf.py": guarded.replace("class Shelf", "def new():\n    pass\n\n\nclass Shelf")}
    )
    found = find_fixes(project.git)
    assert [one.line for one in found.functions if one.is_fixed] == [18]
    assert found.left_out["no function's code was changed"] == 1


def test_layout_comments_and_docstrings_repair_nothing(project: Project) -> None:
    """A commit that says it fixes, and changes no code, is left out."""
    text = FIRST.replace("Return the least.", "Return the least of all.").replace(
        "    best = 0", "    best  =  0  # zero"
    )
    project.commit("Fix the wrong words", {"shelf.py": text})
    found = find_fixes(project.git)
    assert not found.functions
    assert found.left_out["no function's code was changed"] == 1


def test_merges_tests_and_new_files_are_left_out(project: Project) -> None:
    """Each is counted by its reason."""
    project.commit("Fix the test", {"tests/test_shelf.py": "def test_low():\n    assert True\n"})
    project.commit("Fix a crash by a new module", {"other.py": "def f():\n    return 1\n"})
    project.run("checkout", "--quiet", "-b", "side")
    project.commit("Fix the least value", {"shelf.py": MENDED})
    project.run("checkout", "--quiet", "main")
    project.commit("Say more", {"README.md": "Shelves."})
    project.run("merge", "--quiet", "--no-ff", "-m", "Fix the conflict of side and main", "side")
    found = find_fixes(project.git)
    assert found.left_out["a merge"] == 1
    assert found.left_out["documents, tests or new files alone"] == 1
    assert found.fixes == 1


def test_the_limits_are_told(project: Project) -> None:
    """What is beyond them is not read, and said so; a wide change is no plain repair."""
    project.commit("Fix the least value", {"shelf.py": MENDED})
    project.commit("Fix low again", {"shelf.py": FIRST})
    found = find_fixes(project.git, limits=FixLimits(fixes=1))
    assert found.fixes == 1
    assert found.left_out["the limit was met: older commits were not read"] == 1
    assert find_fixes(project.git, limits=FixLimits(functions=0)).left_out["too many functions"] == 2
    assert find_fixes(project.git, limits=FixLimits(files=0)).left_out["too many files"] == 2


def test_a_repository_without_commits_has_no_fixes(tmp_path: Path) -> None:
    """Git says why; nothing is raised."""
    found = find_fixes(Project(tmp_path / "empty").git)
    assert not found.functions
    assert any(reason.startswith("git ended") for reason in found.left_out)


def test_other_languages_are_read(tmp_path: Path) -> None:
    """A method of Java and a function of Go are found as Python's are; a renamed file too."""
    project = Project(tmp_path / "shop")
    go = "package a\n\nfunc F(a int) int {\n\treturn a + 1\n}\n\nfunc G() int {\n\treturn 2\n}\n"
    java = "class A {\n  int f(int a) {\n    return a + 1;\n  }\n  int g() {\n    return 2;\n  }\n}\n"
    project.commit("Add", {"a.go": go, "A.java": java})
    project.commit("Fix off by one", {"a.go": None, "b.go": go.replace("a + 1", "a + 2"),
                                      "A.java": java.replace("a + 1", "a")})  # fmt: skip
    repaired = [one for one in find_fixes(project.git).functions if one.is_fixed]
    assert {(one.path, one.line, one.end_line) for one in repaired} == {("a.go", 3, 5), ("A.java", 2, 4)}


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Fix crash on empty list", True),
        ("fix: wrong order", True),
        ("bugfix(core)!: wrong order", True),
        ("Handle empty input\n\nFixes #12", True),
        ("Correct a regression in the parser", True),
        ("Fix typo in README", False),
        ("fix(docs): wrong link", False),
        ("feat: mend what was broken", False),
        ("docs: fix link", False),
        ("Fix flaky test", False),
        ("Merge branch fix-things", False),
        ("Revert the fix of #12", False),
        ("Add a prefix", False),
        ("", False),
    ],
)
def test_a_message_says_whether_it_mends(message: str, said: bool) -> None:
    """By its first line's type or words, or by the issue that it closes."""
    assert is_fix(message) is said
