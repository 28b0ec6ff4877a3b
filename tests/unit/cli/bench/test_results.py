"""What a benchmark leaves is one model's, and can be gone on with."""

from pathlib import Path

import pytest

from yantra_bot.cli.bench.evaluation import judge
from yantra_bot.cli.bench.results import Evaluation, Prediction, Results, RunLine
from yantra_bot.cli.bench.tasks import Judgement, Task
from yantra_bot.domain.proof import TestOutcome, TestReport, TestStatus, Verdict
from yantra_bot.errors import UserError

LINE = RunLine("a-1", "r", "Complete", "", 1.0, 0.5, 0, 10, 5, 2, 3)
TASK = Task("a-1", "o/r", "a" * 40, "x", Judgement("", ("t.py::fixed",), ("t.py::kept",)))


def test_what_was_kept_is_read_back(tmp_path: Path) -> None:
    """Both files come back as they were, judgement included."""
    results = Results(tmp_path / "out.jsonl", resumes=False)
    judged = RunLine(*[getattr(LINE, name) for name in LINE.__slots__][:-1], Evaluation(True, "", (1, 1), (2, 2)))
    results.keep(Prediction("a-1", "m", "diff\n"), judged)
    again = Results(tmp_path / "out.jsonl", resumes=True)
    assert again.lines == {"a-1": judged}
    assert again.predictions == {"a-1": Prediction("a-1", "m", "diff\n")}
    assert again.state == tmp_path / "out.state"


def test_one_file_is_one_models(tmp_path: Path) -> None:
    """Another model, a file that is there, and one that cannot be read are refused with the cure."""
    path = tmp_path / "out.jsonl"
    Results(path, resumes=False).keep(Prediction("a-1", "m", ""), LINE)
    with pytest.raises(UserError, match="--resume"):
        Results(path, resumes=False)
    with pytest.raises(UserError, match="one file is one model's"):
        Results(path, resumes=True).check_model("other")
    path.write_text("{")
    with pytest.raises(UserError, match="cannot be gone on with"):
        Results(path, resumes=True)


def test_resolved_is_where_every_named_test_passes() -> None:
    """A test that is missing does not pass, and where none was run nobody can tell."""

    def report(**statuses: TestStatus) -> TestReport:
        outcomes = tuple(TestOutcome(f"t.py::{name}", status) for name, status in statuses.items())
        return TestReport(Verdict.PASS, (), 0, 1.0, outcomes, reason="nothing was collected")

    good = judge(TASK, report(fixed=TestStatus.PASSED, kept=TestStatus.PASSED, other=TestStatus.FAILED))
    assert (good.resolved, good.fail_to_pass) == (True, (1, 1))
    lost = judge(TASK, report(fixed=TestStatus.PASSED))
    assert (lost.resolved, lost.pass_to_pass) == (False, (0, 1))
    assert "t.py::kept" in lost.reason
    assert judge(TASK, report()).resolved is None
