"""What was changed before is read from real repositories, and of a commit only what led to it."""

import math
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.fakes.git_project import Project
from yantra_bot.graphdb.history.host_git import HostGit
from yantra_bot.retrieval.git_trees import Pasts, read_commits
from yantra_bot.retrieval.past import MAX_TOUCHED, Past, PastCommit, ancestors, rows_to_keys, short
from yantra_bot.retrieval.terms import Counting

BODIES = {
    "a.py": ("def alpha():\n    return {}\n\n\ndef other():\n    pass\n", "alpha"),
    "a.js": ("function alpha(x) {{\n  let y = x;\n  return {};\n}}\n\nfunction other() {{\n}}\n", "alpha"),
    "a.go": ("package a\n\nfunc (s *Shop) Alpha() int {{\n\ty := 0\n\treturn {}\n}}\n\nfunc Other() {{\n}}\n", "Alpha"),
    "a.rs": ("impl Shop {{\n    pub fn alpha() -> i32 {{\n        let y = 0;\n        {}\n    }}\n}}\n", "alpha"),
    "A.java": ("class A {{\n    int alpha() {{\n        int y = 0;\n        return {};\n    }}\n}}\n", "alpha"),
}


def read(project: Project, commit: str = "HEAD", most: int = 100) -> list[PastCommit]:
    """Return the commits that lead to one."""
    return read_commits(project.git, (commit,), max_commits=most)


@pytest.mark.parametrize("path", BODIES)
def test_git_names_the_functions_that_were_changed(project: Project, path: str) -> None:
    """In each language: a commit that changes a body touches the function around it, and nothing else."""
    body, name = BODIES[path]
    project.commit("Begin", {f"src/{path}": body.format(1)})
    project.commit("Change it", {f"src/{path}": body.format(2)})
    assert read(project)[0].touched == ((f"src/{path}", ""), (f"src/{path}", name))


def test_only_what_led_to_a_commit_is_its_past(project: Project) -> None:
    """Neither what came after it nor what was done beside it, though all is read from git at once."""
    first = project.commit("First", {"a.py": "def one(): return 1\n"})
    project.run("checkout", "--quiet", "-b", "beside")
    beside = project.commit("Beside", {"b.py": "def two(): return 1\n"})
    project.run("checkout", "--quiet", "main")
    second = project.commit("Second", {"a.py": "def one(): return 2\n"})
    project.run("merge", "--quiet", "--no-ff", "--message", "Merge beside", "beside")
    merge = project.run("rev-parse", "HEAD")
    pasts = Pasts(project.git, (first, second, beside, merge), Counting(), max_commits=100)
    told = {commit: [one.message for one in pasts.of(commit).commits] for commit in (first, second, beside, merge)}
    assert told[first] == ["First"]
    assert told[second] == ["Second", "First"]
    assert told[beside] == ["Beside", "First"]
    assert sorted(told[merge]) == ["Beside", "First", "Second"]
    assert ancestors(read(project), merge) == {first, second, beside, merge}


def test_a_merge_itself_touches_nothing(project: Project) -> None:
    """What it brings was changed by others."""
    project.commit("First", {"a.py": "x = 1\n"})
    project.run("checkout", "--quiet", "-b", "beside")
    project.commit("Beside", {"b.py": "y = 1\n"})
    project.run("checkout", "--quiet", "main")
    project.run("merge", "--quiet", "--no-ff", "--message", "Merge", "beside")
    assert [one.touched for one in read(project) if len(one.parents) == 2] == [()]


def test_a_past_that_ends_too_early_is_read_for_its_own_commit(project: Project) -> None:
    """Where many commits between two tasks fill what is read for all, the older one still has its own past."""
    old = project.commit("Old fix", {"a.py": "def one(): return 0\n"})
    for number in range(12):
        new = project.commit(f"New {number}", {"a.py": f"def one(): return {number + 1}\n"})
    pasts = Pasts(project.git, (new, old), Counting(), max_commits=3)
    assert [one.message for one in pasts.of(old).commits] == ["Old fix"]
    assert [one.message for one in pasts.of(new).commits] == ["New 11", "New 10", "New 9"]


def test_renamed_and_deleted_files_keep_their_names(project: Project) -> None:
    """A renamed file is told by its new path, a deleted one by the old; a moved folder keeps the end of the path."""
    text = "".join(f"def f{number}():\n    return {number}\n\n\n" for number in range(9))
    project.commit("Begin", {"one/pkg/a.py": text, "one/pkg/b.py": "x = 1\n"})
    project.run("mv", "one", "two")
    project.commit("Move", {"two/pkg/a.py": text.replace("return 3", "return 33")})
    project.commit("Drop", {"two/pkg/b.py": None})
    drop, move, _ = read(project)
    assert drop.touched == (("pkg/b.py", ""),)
    assert ("pkg/a.py", "f3") in move.touched
    assert short("two/pkg/a.py") == short("one/pkg/a.py") == "pkg/a.py"


def test_no_commit_is_no_past(project: Project) -> None:
    """An empty repository, and a revision that git does not know, give nothing and raise nothing."""
    assert read(project) == []
    assert read(project, "0" * 40) == []
    past = Past([], Counting())
    assert len(past) == 0
    assert past.words_of_keys().score({0: 1.0}).shape == (0,)


def test_a_shallow_clone_has_the_past_that_it_has(project: Project, tmp_path: Path) -> None:
    """Its oldest commit seems to have made every file."""
    for number in range(4):
        project.commit(f"Change {number}", {"a.py": f"def one(): return {number}\n"})
    clone = tmp_path / "clone"
    command = ["git", "clone", "--quiet", "--depth", "2", project.folder.as_uri(), str(clone)]
    subprocess.run(command, check=True, capture_output=True)
    git = HostGit(clone)
    assert [one.message for one in read_commits(git, ("HEAD",), max_commits=9)] == ["Change 3", "Change 2"]
    head = project.run("rev-parse", "HEAD")
    assert len(Pasts(git, (head,), Counting(), max_commits=9).of(head)) == 2


def made(number: int, message: str, *touched: tuple[str, str], days: int = 0) -> PastCommit:
    """Return a commit."""
    return PastCommit(f"{number:040x}", (), 1_700_000_000 - 86_400 * days, message, touched)


FUNCTION, FILE, OTHER = ("a.py", "login"), ("a.py", ""), ("b.py", "logout")


def test_functions_of_commits_with_such_messages_are_told() -> None:
    """The message that is most like names its commit; unlike ones lend nothing."""
    counting = Counting()
    past = Past([made(1, "Fix login redirect", FUNCTION, FILE), made(2, "Speed up", OTHER)], counting)
    told = past.tell({counting.words.find(word): 1.0 for word in ("login", "redirect")})
    keys = rows_to_keys(past.keys, [FUNCTION, FILE, OTHER, None, ("c.py", "")])
    assert keys.tolist() == [0, 1, 2, -1, -1]
    assert told.likeness[0] > 0
    assert told.best.tolist()[:2] == [0, 0]
    assert told.likeness[2] == 0
    assert past.words_of_keys().score({counting.words.find("redirect"): 1.0})[2] == 0


def test_activity_fades_with_the_years() -> None:
    """What was changed a year before counts 1/e."""
    past = Past([made(1, "a", FUNCTION), made(2, "b", OTHER, days=365)], Counting())
    assert past.tell({}).activity.tolist() == pytest.approx([1.0, math.exp(-1)])


def test_commits_of_very_many_changes_say_nothing() -> None:
    """Nor do those of none."""
    many = made(1, "Reformat", *((f"{number}.py", "") for number in range(MAX_TOUCHED + 1)))
    assert len(Past([many, made(2, "Empty")], Counting())) == 0


def test_what_was_changed_together_is_known() -> None:
    """From one function to those of the same commits, itself left out."""
    past = Past([made(1, "a", FUNCTION, OTHER), made(2, "b", FUNCTION)], Counting())
    assert past.changed_with({0: 1.0}).tolist() == [0.0, pytest.approx(0.5)]


def test_words_that_all_messages_have_are_common() -> None:
    """And one that none has is as rare as can be."""
    counting = Counting()
    past = Past([made(1, "Fix login", FUNCTION), made(2, "Fix it", OTHER)], counting)
    assert past.commonness(counting.words.find("fix")) == 1
    assert past.commonness(counting.words.number("unseen")) == pytest.approx(1 / 3)


def test_a_query_s_words_lead_to_the_names_that_were_changed_for_them() -> None:
    """Names of commits that spoke so weigh most; no message, no names."""
    counting = Counting()
    past = Past([made(1, "Redirect again", FUNCTION), *(made(n, "Speed", OTHER) for n in range(2, 9))], counting)
    meant = past.translate({counting.words.find("redirect"): 1.0})
    assert max(meant, key=lambda word: meant[word]) == counting.words.find("login")
    assert past.translate({counting.words.number("unseen"): 1.0}) == {}
    assert np.isfinite(list(meant.values())).all()
