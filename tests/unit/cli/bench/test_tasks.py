"""Tasks are read as SWE-bench publishes them, and what is wrong with a file is said with its place."""

import json
from pathlib import Path

import pytest

from yantra_bot.cli.bench.tasks import read_tasks
from yantra_bot.errors import UserError

TASK = {
    "instance_id": "octo__calc-1",
    "repo": "octo/calc",
    "base_commit": "a" * 40,
    "patch": "gold",
    "problem_statement": "add subtracts",
    "hints_text": "a hint",
    "test_patch": "diff",
    "FAIL_TO_PASS": '["tests/a.py::b"]',
    "PASS_TO_PASS": ["tests/a.py::c"],
}


def test_lists_and_lines_are_the_same_tasks(tmp_path: Path) -> None:
    """Names of tests may be a list, or a list within a string; the gold patch and the hints are not kept."""
    other = TASK | {"instance_id": "octo__calc-2", "FAIL_TO_PASS": ["x::y"], "PASS_TO_PASS": ""}
    (tmp_path / "list.json").write_text(json.dumps([TASK, other], indent=1))
    (tmp_path / "lines.jsonl").write_text(f"{json.dumps(TASK)}\n\n{json.dumps(other)}\n")
    tasks = read_tasks(tmp_path / "list.json")
    assert tasks == read_tasks(tmp_path / "lines.jsonl")
    assert tasks[0].judgement.fail_to_pass == ("tests/a.py::b",)
    assert tasks[1].judgement.pass_to_pass == ()
    assert "gold" not in repr(tasks)
    assert "hint" not in repr(tasks)
    assert read_tasks(tmp_path / "list.json", limit=1) == tasks[:1]


WRONG = {
    "no JSON": ("{", "line 1 is no JSON"),
    "a list that is none": ("[1,", "is no JSON"),
    "a number": ("7", "line 1 is no JSON object"),
    "nothing": ("\n", "holds no task"),
    "a path for an id": (json.dumps(TASK | {"instance_id": "../../etc"}), "instance_id"),
    "an option for a repository": (json.dumps(TASK | {"repo": "-x/y"}), "repo"),
    "a branch for a commit": (json.dumps(TASK | {"base_commit": "main"}), "base_commit"),
    "no problem": (json.dumps(TASK | {"problem_statement": " "}), "problem_statement"),
    "no names": (json.dumps(TASK | {"FAIL_TO_PASS": "[1]"}), "FAIL_TO_PASS"),
    "names that are no JSON": (json.dumps(TASK | {"PASS_TO_PASS": "a b"}), "PASS_TO_PASS"),
    "the same twice": (f"{json.dumps(TASK)}\n{json.dumps(TASK)}", "there twice"),
    "a Parquet file": ("PAR1....", "Parquet"),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_wrong_file_is_told_with_its_place(tmp_path: Path, mistake: str) -> None:
    """The sentence names the entry and the field."""
    text, words = WRONG[mistake]
    (tmp_path / "tasks.jsonl").write_text(text)
    with pytest.raises(UserError, match=words):
        read_tasks(tmp_path / "tasks.jsonl")
    with pytest.raises(UserError, match="cannot be read"):
        read_tasks(tmp_path / "absent.jsonl")
