"""`yantra bench swe`: three small tasks made here, a scripted model, and what may never reach it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.stories.library import HEAD, call, turn
from tests.stories.process import environment
from tests.stories.scene import Scene
from tests.stories.test_terminal import yantra
from yantra_bot.app.home import Home
from yantra_bot.runs.records import Records

SECRETS = ("gold_marker", "hidden_marker", "hint_marker", "later_marker")
"""What stands in the gold patch, the hidden tests, the hints, and the history after the base commit."""
CODE = "def {name}(first, second):\n    return first - second\n"
TEST = "from {name} import {name}\n\n\ndef test_nothing():\n    assert {name}(3, 0) == 3\n"
HIDDEN = """\
diff --git a/tests/test_{name}.py b/tests/test_{name}.py
--- a/tests/test_{name}.py
+++ b/tests/test_{name}.py
@@ -3,3 +3,7 @@

 def test_nothing():
     assert {name}(3, 0) == 3
+
+
+def test_hidden_marker():
+    assert {name}(2, 3) == 5
"""


def git(folder: Path, *words: str) -> str:
    """Run git in a folder and return what it says."""
    identity = ("-c", "user.name=a", "-c", "user.email=a@b")
    return subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def make_task(repos: Path, name: str, *, is_bare: bool = False) -> dict[str, Any]:
    """Make a repository with a bug, and a later commit that mends it; return its task."""
    folder = repos / f"octo__{name}"
    (folder / "tests").mkdir(parents=True)
    (folder / f"{name}.py").write_text(CODE.format(name=name))
    (folder / "conftest.py").write_text("")
    (folder / "tests" / f"test_{name}.py").write_text(TEST.format(name=name))
    git(folder, "init", "-q", "-b", "trunk")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "begin")
    base = git(folder, "rev-parse", "HEAD").strip()
    (folder / f"{name}.py").write_text(CODE.format(name=name).replace("-", "+") + "# later_marker\n")
    git(folder, "commit", "-q", "-a", "-m", "later_marker")
    if is_bare:
        git(repos, "clone", "-q", "--bare", folder.name, f"{folder.name}.git")
        subprocess.run(["rm", "-rf", str(folder)], check=True)
    return {
        "instance_id": f"octo__{name}-1",
        "repo": f"octo/{name}",
        "base_commit": base,
        "patch": "gold_marker",
        "test_patch": HIDDEN.format(name=name),
        "problem_statement": f"{name} subtracts\n\nIt should add.",
        "hints_text": "hint_marker",
        "created_at": "2026-01-01T00:00:00Z",
        "version": "1.0",
        "FAIL_TO_PASS": json.dumps([f"tests/test_{name}.py::test_hidden_marker"]),
        "PASS_TO_PASS": [f"tests/test_{name}.py::test_nothing"],
    }


def mend(name: str, replacement: str) -> str:
    """Return the turns that edit one task's file and finish."""
    edit = f'{{path = "{name}.py", search = "first - second", replace = "{replacement}"}}'
    end = f'{{title = "fix: {name}", summary = "Mends it.", confidence = 0.9}}'
    when = f"{{ shown = ['{name} subtracts'] }}"
    return turn(f"fix-{name}", call("edit_file", edit), when=when) + turn(f"end-{name}", call("finish", end), when=when)


@pytest.fixture
def tasks(scene: Scene) -> Path:
    """Three tasks: one that the script does well, one that it does wrongly, and one that it knows nothing of."""
    repos = scene.folder / "repos"
    made = [make_task(repos, "silent"), make_task(repos, "plus"), make_task(repos, "wrong", is_bare=True)]
    scene.play(HEAD + mend("plus", "first + second") + mend("wrong", "max(first, second)"))
    path = scene.folder / "tasks.jsonl"
    path.write_text("".join(f"{json.dumps(one)}\n" for one in made))
    return path


def read(path: Path) -> dict[str, dict[str, Any]]:
    """Return the lines of a file by their task."""
    return {one["instance_id"]: one for one in map(json.loads, path.read_text().splitlines())}


def everything_said(state: Path) -> str:
    """Return all that a folder of runs has recorded: what models were asked, and what tools answered."""
    records = Records.open(Home(state).records, read_only=True)
    steps = [step for run in records.runs(50) for step in records.steps(run.order.run_id)]
    records.close()
    return "\n".join(f"{step.request} {step.envelope}" for step in steps)


@pytest.mark.timeout(600)
async def test_tasks_become_predictions_and_are_judged_here(scene: Scene, tasks: Path) -> None:
    """Predictions in SWE-bench's form, what each took, one table; the model saw nothing of what judges it."""
    out = scene.folder / "predictions.jsonl"
    told = ("bench", "swe", "--tasks", str(tasks), "--out", str(out), "--evaluate", "--at-once", "2")
    said = await yantra(scene, *told)
    assert (said.code, out.exists()) == (1, True), said  # one of them failed
    predictions, lines = read(out), read(out.with_suffix(".runs.jsonl"))
    assert {frozenset(one) for one in predictions.values()} == {
        frozenset({"instance_id", "model_name_or_path", "model_patch"})
    }
    assert {one["model_name_or_path"] for one in predictions.values()} == {"yantra+replay"}
    assert "+    return first + second" in predictions["octo__plus-1"]["model_patch"]
    assert predictions["octo__silent-1"]["model_patch"] == ""
    judged = {name: line["evaluation"]["resolved"] for name, line in lines.items()}
    assert judged == {"octo__plus-1": True, "octo__wrong-1": False, "octo__silent-1": False}
    assert lines["octo__plus-1"]["evaluation"]["fail_to_pass"] == [1, 1]
    assert lines["octo__wrong-1"]["evaluation"]["pass_to_pass"] == [1, 1]
    assert [lines[f"octo__{name}-1"]["ending"] for name in ("plus", "silent")] == ["Complete", "Failed"]
    assert lines["octo__plus-1"]["input_tokens"] > 0
    assert "1 resolved" in said.out
    assert "not the official SWE-bench harness" in said.out
    spoken = everything_said(out.with_suffix(".state"))
    assert "plus subtracts" in spoken
    assert [word for word in SECRETS if word in spoken] == []


@pytest.mark.timeout(600)
async def test_a_killed_benchmark_goes_on(scene: Scene, tasks: Path) -> None:
    """What was done is not done again, what was begun ends once, and what failed is tried once more."""
    out = scene.folder / "predictions.jsonl"
    told = ("bench", "swe", "--tasks", str(tasks), "--out", str(out), "--at-once", "1", "--limit", "2")
    with subprocess.Popen(
        [sys.executable, "-m", "yantra_bot", *told],
        env=environment(scene),
        cwd=scene.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        await scene.until(out.exists)
        os.kill(process.pid, signal.SIGKILL)
    done = read(out)
    assert len(done) == 1
    first = read(out.with_suffix(".runs.jsonl"))["octo__silent-1"]
    refused = await yantra(scene, *told)
    assert refused.code == 1
    assert "--resume" in refused.err
    said = await yantra(scene, *told, "--resume")
    assert set(read(out)) == {"octo__plus-1", "octo__silent-1"}, said
    lines = read(out.with_suffix(".runs.jsonl"))
    assert (first["tries"], lines["octo__silent-1"]["tries"]) == (1, 2)
    again = await yantra(scene, *told, "--resume")
    assert again.code == 1
    assert read(out.with_suffix(".runs.jsonl"))["octo__plus-1"] == lines["octo__plus-1"]


async def test_what_is_missing_is_said_before_anything_is_spent(scene: Scene, tasks: Path) -> None:
    """A clone that is not there comes with the command that gets it, a lost commit with the one that fetches it."""
    out = scene.folder / "other.jsonl"
    nowhere = await yantra(
        scene, "bench", "swe", "--tasks", str(tasks), "--out", str(out), "--repos", str(scene.folder)
    )
    assert (nowhere.code, nowhere.out) == (1, "")
    assert "git clone --bare https://github.com/octo/silent.git" in nowhere.err
    entry = json.loads(tasks.read_text().splitlines()[0]) | {"base_commit": "0" * 39 + "1"}
    tasks.write_text(json.dumps([entry]))
    lost = await yantra(scene, "bench", "swe", "--tasks", str(tasks), "--out", str(out))
    assert lost.code == 1
    assert "fetch --tags" in lost.err
    assert not out.exists()
