"""A review in a terminal tells the learned score where that has earned it in the repository; else, in a line, why."""

import contextlib
import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.crash.harness import make_order
from tests.fakes.git_project import Project
from tests.unit.scoring.score_files import write_model
from yantra_bot.app.home import Home
from yantra_bot.cli.review import review
from yantra_bot.domain.graph import Language
from yantra_bot.domain.scores import ChangeScore, ChangeSize, SymbolScore
from yantra_bot.runs.records import Records

HERE = 7
NO_OUTCOME = "No outcome of a scored change is known here yet; at least 60 are needed, 10 of them bad and 10 good."


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = write_model(tmp_path / "model.safetensors")
    monkeypatch.setenv("YANTRA_STATE_FOLDER", str(tmp_path / "state"))
    monkeypatch.setenv("YANTRA_SCORE_FILE", str(file))
    return file


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "project")
    made.commit("first", {"shapes.py": "def area(width, height):\n    return width * height\n"})
    made.write("shapes.py", "def area(width, height):\n    return width + height\n")
    return made


def tell(project: Project, shape: str = "text") -> str:
    words = ["--repo", str(project.folder), "--format", shape, "--fail-on", "never", "--only", "score"]
    return CliRunner().invoke(review, words, catch_exceptions=False).stdout


def earn(home: Home, model: Path, number: int) -> None:
    """Have the score be right of eighty changes of a repository that runs call octo/demo and its number."""
    version = hashlib.sha256(model.read_bytes()).hexdigest()[:12]
    home.lay_out()
    with contextlib.closing(Records.open(home.records)) as records:
        order = make_order("0" * 24, repository=number)
        records.start_run(order, 1.0)
        for at in range(1, 81):
            is_bad = at % 3 == 0
            one = SymbolScore("a.py::f", "f", "a.py", 1, 2, Language.PYTHON, (0.9 if is_bad else 0.1) + at / 1e4, 0.5)
            score = ChangeScore(version, (one,), size=ChangeSize(added=at % 11))
            records.put_score(order.run_id, at, score, is_bad, place=(number, f"change {at}"), at=at)


@pytest.mark.parametrize("clone", ["https://github.com/Octo/demo7.git", "git@github.com:octo/demo7", ""])
def test_it_is_told_where_it_has_earned_it(tmp_path: Path, model: Path, project: Project, clone: str) -> None:
    """By what came of changes of the repository that the folder was cloned from; of another's nothing is known."""
    earn(Home(tmp_path / "state"), model, HERE)
    if clone:
        project.run("remote", "add", "origin", clone)
    said = tell(project)
    assert ("of changes that were scored like this one went wrong here" in said) is bool(clone)
    assert ("area at shapes.py:1" in said) is bool(clone)
    assert (f"Learned score, not shown: {NO_OUTCOME}" in said) is not clone
    told = json.loads(tell(project, "json"))
    assert (told["learned"] is not None) is bool(clone)
    assert told["learned_note"] == ("" if clone else NO_OUTCOME)


def test_without_any_record_it_is_said_why_it_is_not_told(model: Path, project: Project) -> None:
    """One line, the sentence of the run's page; no number of the model's, in no format; nothing is written."""
    said = tell(project)
    assert said.count("earned score") == 1
    assert f"Learned score, not shown: {NO_OUTCOME}" in said
    assert json.loads(tell(project, "json"))["learned"] is None
    assert "earned score" not in tell(project, "markdown")
    assert not model.parent.joinpath("state", "control").exists()


def test_a_score_file_that_is_none_is_said_with_its_cure(model: Path, project: Project) -> None:
    """The review is made all the same; what a path says acts on no terminal."""
    model.write_bytes(b"none")
    said = tell(project)
    assert "Learned score, not shown: There is no learned score: " in said
    assert "Cure: " in said


def test_without_a_score_file_nothing_is_said(model: Path, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody asked for one."""
    monkeypatch.delenv("YANTRA_SCORE_FILE")
    assert "earned score" not in tell(project)
