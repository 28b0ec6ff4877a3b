"""`yantra review` as a person runs it: on real repositories, with its exit statuses and its formats."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from tests.fakes.git_project import Project
from yantra_bot.cli import cli
from yantra_bot.cli.review import CLEAN, CLOSED, COULD_NOT, review

LIBRARY = "def area(width, height):\n    return width * height\n"
USER = "from shapes import area\n\n\ndef main():\n    return area(1, 2)\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("YANTRA_STATE_FOLDER", str(tmp_path / "state"))
    made = Project(tmp_path / "project")
    made.commit("first", {"shapes.py": LIBRARY, "app.py": USER})
    return made


def run(project: Project, *words: str) -> Result:
    return CliRunner().invoke(review, ["--repo", str(project.folder), *words], catch_exceptions=False)


def branch(project: Project) -> None:
    """Put a change that breaks a caller on a branch of its own."""
    project.run("switch", "--quiet", "--create", "change")
    project.commit("deeper", {"shapes.py": LIBRARY.replace("height)", "height, depth)")})


def test_a_branch_is_reviewed_from_where_it_left_the_base(project: Project) -> None:
    """What came to the base since then is none of the change."""
    branch(project)
    project.run("switch", "--quiet", "main")
    project.commit("later", {"later.py": "later = 1\n"})
    done = run(project, "--base", "main", "--head", "change", "--format", "json")
    told = json.loads(done.stdout)
    assert [file["path"] for file in told["files"]] == ["shapes.py"]
    assert [one["rule"] for one in told["findings"]] == ["graph/breaks-callers"]
    assert done.exit_code == CLOSED


def test_without_a_head_it_is_what_lies_in_the_folder(project: Project) -> None:
    """Uncommitted and new files are reviewed, and it says so."""
    project.write("shapes.py", LIBRARY.replace("height)", "height, depth)"))
    project.write("new.py", "x = 1\n")
    done = run(project, "--format", "json")
    told = json.loads(done.stdout)
    assert (told["head"], [file["path"] for file in told["files"]]) == ("working tree", ["new.py", "shapes.py"])
    assert "uncommitted" in done.stderr
    assert done.exit_code == CLOSED


def test_nothing_to_review_is_clean(project: Project) -> None:
    """No difference, no finding, status 0."""
    done = run(project)
    assert done.exit_code == CLEAN


def test_the_gate_is_chosen(project: Project) -> None:
    """`--fail-on never` reports and lets pass."""
    branch(project)
    assert run(project, "--base", "main", "--fail-on", "never").exit_code == CLEAN
    assert run(project, "--base", "main", "--fail-on", "critical").exit_code == CLEAN
    assert run(project, "--base", "main", "--without", "breaks").exit_code == CLEAN
    assert run(project, "--base", "main", "--only", "breaks").exit_code == CLOSED


def test_the_rules_are_those_of_the_base(project: Project) -> None:
    """What the change itself writes into the rules decides nothing about it."""
    project.commit("rules", {".github/yantra.yml": "review:\n  fail-on: critical\n  exclude: [docs/**]\n"})
    branch(project)
    project.commit("lenient", {".github/yantra.yml": "review:\n  exclude: ['**']\n", "docs/x.py": "x = 1\n"})
    done = run(project, "--base", "main", "--head", "change", "--format", "json")
    told = json.loads(done.stdout)
    assert [file["path"] for file in told["files"]] == [".github/yantra.yml", "shapes.py"]
    assert "files that the rules leave out" in [gap["what"] for gap in told["gaps"]]
    assert (len(told["findings"]), done.exit_code) == (1, CLEAN)


def test_rules_that_are_wrong_are_said_with_their_line(project: Project) -> None:
    """A review by rules that nobody can read would be another one than the maintainers asked for."""
    project.commit("rules", {".github/yantra.yml": "review:\n  fail-on: loudly\n"})
    done = run(project, "--base", "main")
    assert done.exit_code == COULD_NOT
    assert ".github/yantra.yml" in done.stderr


@pytest.mark.parametrize("shape", ["text", "markdown", "sarif", "json"])
def test_every_format_goes_to_a_file_as_well(project: Project, tmp_path: Path, shape: str) -> None:
    """`--out` writes what would be printed, without colours."""
    branch(project)
    out = tmp_path / "out"
    assert run(project, "--base", "main", "--format", shape, "--out", str(out)).stdout == ""
    assert "graph/breaks-callers" in out.read_text()
    assert "\x1b" not in out.read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--base", "nowhere"), "There is no revision 'nowhere'"),
        (("--base", "main", "--head", "--upload-pack=x"), "There is no revision"),
        (("--only", "magic"), "There is no part 'magic'"),
        (("--out", "/nowhere/at/all"), "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_with_status_two(project: Project, words: tuple[str, ...], said: str) -> None:
    """A review that there is not is no clean one."""
    done = run(project, *words)
    assert done.exit_code == COULD_NOT
    assert said in done.stderr


def test_a_folder_without_a_repository_or_without_a_commit_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each with what to do about it."""
    monkeypatch.setenv("YANTRA_STATE_FOLDER", str(tmp_path / "state"))
    done = CliRunner().invoke(review, ["--repo", str(tmp_path)])
    assert (done.exit_code, "no git repository" in done.stderr) == (COULD_NOT, True)
    project = Project(tmp_path / "project")
    done = run(project)
    assert (done.exit_code, "no commit" in done.stderr) == (COULD_NOT, True)


def test_a_shallow_clone_without_the_base_says_what_to_fetch(project: Project, tmp_path: Path) -> None:
    """As a CI meets it."""
    branch(project)
    clone = tmp_path / "clone"
    project.run("clone", "--quiet", "--depth", "1", f"file://{project.folder}", str(clone))
    done = CliRunner().invoke(review, ["--repo", str(clone), "--base", "origin/main"])
    assert done.exit_code == COULD_NOT
    assert "git fetch origin BRANCH" in done.stderr


def test_without_a_common_ancestor_both_are_compared_and_it_says_so(project: Project) -> None:
    """What is compared is told where it is not what one would expect."""
    project.run("switch", "--quiet", "--orphan", "other")
    project.commit("apart", {"other.py": "x = 1\n"})
    told = json.loads(run(project, "--base", "main", "--head", "other", "--format", "json").stdout)
    assert "merge base" in [gap["what"] for gap in told["gaps"]]
    assert {file["path"]: file["status"] for file in told["files"]}["other.py"] == "added"


def test_a_bare_repository_is_reviewed_at_its_head(project: Project, tmp_path: Path) -> None:
    """There is no folder to look into."""
    branch(project)
    bare = tmp_path / "bare.git"
    project.run("clone", "--quiet", "--bare", str(project.folder), str(bare))
    done = CliRunner().invoke(review, ["--repo", str(bare), "--base", "main", "--format", "json"])
    assert [file["path"] for file in json.loads(done.stdout)["files"]] == ["shapes.py"]


def test_a_review_loads_nothing_of_other_commands() -> None:
    """No server, no model, no page: a review is waited for by a person."""
    words = "import sys, click; from yantra_bot.cli import cli; cli.get_command(click.Context(cli), 'review'); "
    words += "print([one for one in ('aiohttp', 'jinja2', 'yantra_bot.agent', 'yantra_bot.dashboard', "
    words += "'yantra_bot.forge') if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_every_command_is_there_and_no_other() -> None:
    """They are loaded by their names."""
    context = click.Context(cli)
    assert {name: getattr(cli.get_command(context, name), "name", "") for name in cli.list_commands(context)} == {
        name: name for name in cli.list_commands(context)
    }
    assert cli.get_command(context, "console") is None
