"""`yantra review --run`: tests run in a real sandbox, on both versions, only where it was asked for and may be."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from demo.servers import wheel_folder
from tests.fakes.git_project import Project
from tests.fakes.worker_bench import open_folder
from yantra_bot.app.scanning import Scanning
from yantra_bot.cli.review import CLEAN, CLOSED, COULD_NOT, UNPROVEN, review
from yantra_bot.cli.review_run import is_proven, refuse_to_run
from yantra_bot.domain.proof import Failures, TestReport, Verdict
from yantra_bot.domain.review import (
    Review,
    SelectedTest,
    TestSelection,
)
from yantra_bot.errors import UserError
from yantra_bot.runs.rules import RepositoryRules

__all__ = ["open_folder"]

LIBRARY = "def area(width, height):\n    return width * height\n"
SUITE = """from shapes import area


def test_area():
    assert area(1, 2) == 2


def test_wrong():
    assert area(1, 2) == 7
"""
BROKEN = LIBRARY.replace("*", "+")
PARTS = ("--only", "tests")
WRONG = "import shapes, sys; sys.exit(shapes.area(1, 2) != 2)"


@pytest.fixture
def project(tmp_path: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("YANTRA_STATE_FOLDER", str(tmp_path / "state"))
    monkeypatch.setenv("YANTRA_PACKAGE_INDEX_URL", "none")
    monkeypatch.setenv("YANTRA_PACKAGE_FOLDERS", str(wheel_folder(open_folder)))
    made = Project(tmp_path / "project")
    made.commit("first", {"shapes.py": LIBRARY, "test_shapes.py": SUITE, "requirements.txt": "pytest\n"})
    return made


def run(project: Project, *words: str) -> Result:
    return CliRunner().invoke(review, ["--repo", str(project.folder), *words], catch_exceptions=False)


def set_command(project: Project, *command: str) -> None:
    project.commit("rules", {".github/yantra.yml": f"tests:\n  command: {json.dumps(command)}\n"})


@pytest.mark.sandbox
def test_what_newly_fails_closes_the_gate_and_what_failed_before_does_not(project: Project) -> None:
    """Uncommitted changes are run as they are; the folder itself is left alone."""
    project.write("shapes.py", BROKEN)
    done = run(project, *PARTS, "--run", "--format", "json")
    told = json.loads(done.stdout)
    assert told["failures"]["new"] == ["test_shapes.py::test_area"]
    assert told["failures"]["before"] == ["test_shapes.py::test_wrong"]
    assert [one["rule"] for one in told["findings"]] == ["tests/newly-failing"]
    assert done.exit_code == CLOSED
    assert sorted(path.name for path in project.folder.iterdir()) == [
        ".git",
        "requirements.txt",
        "shapes.py",
        "test_shapes.py",
    ]
    project.write("shapes.py", LIBRARY.replace("return", "return 1 *"))
    assert run(project, *PARTS, "--run").exit_code == CLEAN


def test_without_the_option_nothing_runs(project: Project) -> None:
    """The tests are named, and no report is there."""
    project.write("shapes.py", BROKEN)
    done = run(project, *PARTS, "--format", "json")
    told = json.loads(done.stdout)
    assert [one["id"] for one in told["tests"]["tests"]] == ["test_shapes.py::test_area", "test_shapes.py::test_wrong"]
    assert (told["test_report"], told["failures"], done.exit_code) == (None, None, CLEAN)


@pytest.mark.sandbox
def test_a_configured_command_is_run_on_both_versions(project: Project) -> None:
    """It names no test, so that the finding stands at the change; where the base fails as well there is none."""
    set_command(project, "python3", "-c", WRONG)
    project.write("shapes.py", BROKEN)
    done = run(project, *PARTS, "--run", "--format", "json")
    assert [(one["rule"], one["path"]) for one in json.loads(done.stdout)["findings"]] == [
        ("tests/newly-failing", "shapes.py")
    ]
    assert done.exit_code == CLOSED
    set_command(project, "false")
    project.write("shapes.py", LIBRARY.replace("*", "-"))
    assert run(project, *PARTS, "--run").exit_code == CLEAN


@pytest.mark.sandbox
def test_a_run_that_proves_nothing_is_no_pass(project: Project) -> None:
    """It has a status of its own, and the review says why."""
    set_command(project, "no-such-program")
    project.write("shapes.py", BROKEN)
    done = run(project, *PARTS, "--run")
    assert done.exit_code == UNPROVEN
    assert "cannot be run (exit code 127)" in done.stdout


@pytest.mark.parametrize(
    ("rules", "words", "said"),
    [
        ("review:\n  run-tests: false\n", (), "has reviews run no tests"),
        ("enabled: false\n", (), "has reviews run no tests"),
        ("review: {}\n", ("--without", "tests"), "--run needs these parts: tests, run"),
    ],
)
def test_what_may_not_be_run_is_refused(project: Project, rules: str, words: tuple[str, ...], said: str) -> None:
    """By the base's rules, whatever the change says of them; and where nobody would choose tests."""
    project.commit("rules", {".github/yantra.yml": rules})
    project.write("shapes.py", BROKEN)
    project.write(".github/yantra.yml", "review:\n  run-tests: true\n")
    done = run(project, "--run", *words)
    assert (done.exit_code, done.stdout) == (COULD_NOT, "")
    assert said in done.stderr


def test_without_a_sandbox_it_is_refused() -> None:
    """With the cure that the sandbox names."""
    with pytest.raises(UserError, match="Allow user namespaces"):
        refuse_to_run(Scanning(no_sandbox="Allow user namespaces."), RepositoryRules())


CHOSEN = TestSelection(is_all=False, tests=(SelectedTest("a", "b"),))
PASSED = TestReport(Verdict.PASS, ("pytest",), 0, 1.0)
FAILED = TestReport(Verdict.FAIL, ("pytest",), 1, 1.0)


@pytest.mark.parametrize(
    ("made", "proven"),
    [
        (Review("a", "b"), True),
        (Review("a", "b", tests=TestSelection(is_all=False)), True),
        (Review("a", "b", tests=CHOSEN), False),
        (Review("a", "b", tests=TestSelection(is_all=True)), False),
        (Review("a", "b", tests=CHOSEN, test_report=PASSED), True),
        (Review("a", "b", tests=CHOSEN, test_report=TestReport(Verdict.INCONCLUSIVE, (), 5, 1.0)), False),
        (Review("a", "b", tests=CHOSEN, test_report=FAILED, failures=Failures(before=("a",))), True),
        (Review("a", "b", tests=CHOSEN, test_report=FAILED, failures=Failures(unknown=("a",), reason="?")), False),
    ],
)
def test_when_a_run_has_proved_something(made: Review, proven: bool) -> None:
    """Where nothing is called for, nothing is owed; where the base is unknown, nothing is proven."""
    assert is_proven(made) is proven
