"""`yantra review --model`: a model's remarks join the review, within the budget, and only those that hold."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.fakes.git_project import Project
from yantra_bot.cli.review import review

SCRIPT = """
[recording]
made = "by hand"
by = "the authors"
date = "2026-11-27"
task = "a review"

[[turn]]
name = "remark"
when = { shown = ['scan\\(text', 'Report with the tool'] }
[[turn.call]]
name = "remark"
[[turn.call.arguments.remarks]]
path = "a.py"
line = 2
quote = "    return text[len(text)]"
severity = "error"
message = "`scan` reads past the end of every `text`."
[[turn.call.arguments.remarks]]
path = "a.py"
line = 1
quote = "def scan(nothing):"
severity = "error"
message = "Made up."

[[turn]]
name = "judge"
when = { shown = ['reads past the end'] }
[[turn.call]]
name = "judge"
[[turn.call.arguments.verdicts]]
number = 1
verdict = "holds"
reason = "Line 2 takes the element at its length."
grounding = 1.0
coherence = 1.0
completeness = 0.9
specificity = 1.0
"""


@pytest.fixture
def changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit and a change in its folder, and a scripted model in the settings."""
    project = Project(tmp_path / "project")
    project.commit("begin", {"a.py": "def scan(text):\n    return text[0]\n"})
    project.write("a.py", "def scan(text):\n    return text[len(text)]\n")
    script = tmp_path / "script.toml"
    script.write_text(SCRIPT)
    monkeypatch.setenv("YANTRA_REPLAY_SCRIPT", str(script))
    monkeypatch.setenv("HOME", str(tmp_path))
    return project.folder


def test_remarks_that_hold_join_the_review(changed: Path) -> None:
    """The remark that the second look confirms is a finding; the made-up one is counted; what it cost is told."""
    done = CliRunner().invoke(review, ["--repo", str(changed), "--model", "replay", "--format", "json"])
    found = json.loads(done.stdout)
    assert [(one["rule"], one["path"], one["line"]) for one in found["findings"]] == [("model/remark", "a.py", 2)]
    assert (found["reading"]["posted"], found["reading"]["spent"]["model_calls"]) == (1, 2)
    assert "not one that the change wrote" in found["reading"]["dropped"][0]["why"]
    assert done.exit_code == 0, "a model's word closes no gate"


def test_without_a_model_none_is_asked(changed: Path) -> None:
    """A review is whole without a model, and asks none."""
    done = CliRunner().invoke(review, ["--repo", str(changed), "--format", "json"])
    assert json.loads(done.stdout)["reading"] is None
    assert done.exit_code == 0


def test_money_for_a_model_without_a_price_is_refused(changed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A budget that nobody can hold is refused before anything is asked."""
    monkeypatch.delenv("YANTRA_REPLAY_SCRIPT")
    monkeypatch.setenv("YANTRA_MODEL_BASE_URL", "http://127.0.0.1:9/v1")
    done = CliRunner().invoke(review, ["--repo", str(changed), "--model", "mystery", "--budget", "1"])
    assert done.exit_code == 2
    assert "--budget cannot be held" in done.stderr
