"""`make demo`, as a newcomer sees it in a pipe."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNSHARE = ("unshare", "--mount", "--propagation", "private")
MOVE_IN = """
mkdir "$1/checkout" "$1/python"
mount --bind "$2" "$1/checkout"
mount --bind "$3" "$1/python"
cd "$1/checkout"
PYTHONPATH=$1/checkout exec "$1/python/bin/python" -m demo
"""


def demo_in(closed: Path) -> list[str]:
    """Return the demo's command, as from a clone in somebody's closed home where this is root: nothing of it opens up.

    There workers run as accounts of their own, which reach neither the checkout nor the environment that it runs in.
    """
    if os.geteuid() != 0 or subprocess.run([*UNSHARE, "true"], capture_output=True, check=False).returncode != 0:
        return [sys.executable, "-m", "demo"]
    closed.mkdir(mode=0o700)
    return [*UNSHARE, "sh", "-ec", MOVE_IN, "sh", str(closed), str(ROOT), sys.prefix]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives workers accounts of their own")
def test_a_closed_temporary_folder_is_told_at_once(tmp_path: Path) -> None:
    """Nothing could work in it; the words say how to start the demo instead, and nothing is left there."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8", "TMPDIR": str(closed)}
    done = subprocess.run(
        [sys.executable, "-m", "demo"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Workers run as accounts of their own, to which /")
    assert done.stderr.endswith(" is closed. Cure: TMPDIR=/tmp make demo\n")
    assert list(closed.iterdir()) == []


@pytest.mark.timeout(1_200)  # two runs, two reviews and their replays, on a machine that may be busy
def test_the_demo_plays_a_bug_and_a_planned_feature(tmp_path: Path) -> None:
    """It says who answers, asks the graph, shows a failed attempt, has a plan approved and ticked, and tells all again.

    In a pipe there are no colours. Played once more, the first act is warned by what went wrong before.
    """
    done = play(tmp_path, demo_in(tmp_path / "closed"))
    lines = done.stdout.splitlines()
    assert lines[0].startswith("No model is asked: a recording answers")
    find_in_order(done.stdout, FIRST)
    told = [line for line in lines if line.startswith("    context: Level 1, code in full: ")]
    assert told, f"the context is missing in:\n{done.stdout}"
    assert any("parse.py:" in line and " tokens, because 1st of the search: " in line for line in lines)
    assert "GitHub's API description objects" not in done.stdout
    assert "\x1b" not in done.stdout
    again = play(tmp_path, [sys.executable, "-m", "demo"])
    find_in_order(again.stdout, AGAIN)
    assert "FixingIssues" not in again.stdout
    assert "test fail: " not in again.stdout.partition("A feature, planned first")[0]


def play(folder: Path, command: list[str]) -> "subprocess.CompletedProcess[str]":
    """Play the demonstration; what it remembers lies in the folder."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}
    environment |= {"YANTRA_MEMORY_URL": str(folder / "memory")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done


def find_in_order(said: str, words: Sequence[str]) -> None:
    """Hold that lines have these words, one after the other."""
    lines = said.splitlines()
    position = 0
    for word in words:
        found = next((number for number in range(position, len(lines)) if word in lines[number]), None)
        assert found is not None, f"{word!r} is missing in:\n{said}"
        position = found + 1


FIRST = (
    "alice comments: @yantra implement",
    "ContextAssembly",
    "The code graph of what was fetched: 8 files, ",
    "parse.py:310 is in parse.dt_format_to_regex. A change of it may affect ",
    "uses dt_format_to_regex  parse.py:738 ",
    " tests reach it, such as",
    "test base pass: 92 passed, 0 failed",
    "The search text is not there",
    "test fail: 97 passed, 1 failed",
    "FixingIssues",
    "test pass: 98 passed, 0 failed",
    "PullRequest",
    "Complete",
    "Pull request: fix: match %f fractions of one to six digits",
    "Confidence 0.9",
    "Tests: 98 passed, 0 failed",
    '+    "%f": "[0-9]{1,6}",',
    "Cost: 7 model calls",
    "The whole run: http://127.0.0.1:",
    "Remembered: the mistake of the first attempt, and what repaired it.",
    "Its webhook arrives, and the pull request is reviewed. No model takes part.",
    "Reviewing",
    "review 2 files, ",
    "Posting",
    "What it reaches",
    "~ dt_format_to_regex: ",
    "On GitHub: 1 comment that sums it up, ",
    "A feature, planned first",
    "alice comments: @yantra implement --plan",
    "Planning",
    "post plan",
    "AwaitingApproval",
    "On #3 stands: A plan, which waits for approval",
    "☐ 1. Write tests that fail: ",
    "☐ 4. Run the whole suite: ",
    "alice comments: @yantra approve",
    "approval `alice` approved it.",
    "step_done step: 1 ",
    r"edit_file path: parse.py search: {\w*(?:\.\w+|\[[^]]+])*",
    "step_done step: 4 ",
    "test pass: 95 passed, 0 failed",
    "prove on base fail: 47 passed, 2 failed",
    "Pull request: feat: take hyphens in names of fields",
    "Tests: 95 passed, 0 failed",
    "+    r = parse.parse(",
    "Cost: 6 model calls",
    "On #3 stands: The plan that is followed",
    "☑ 1. Write tests that fail: ",
    "☑ 4. Run the whole suite: ",
    "Its webhook arrives, and the pull request is reviewed. No model takes part.",
    "Looked at 3 files and 5 changed symbols, found nothing.",
    "On GitHub: 1 comment that sums it up, 0 remarks at lines, checks Yantra: success, Yantra review: success.",
    "A deployment, and the way back",
    "alice comments: @yantra deploy staging",
    "RollingOut",
    "serves in staging: every new pod is there and well.",
    "its container will not start",
    "RollingBack",
    "RolledBack",
    "CrashLoopBackOff",
    "serves again, as was checked.",
    "RuntimeError: giving up",
    "is blocked in staging",
    "A revert is open: http://127.0.0.1:",
    "The same runs, told again from their records: ",
    *["Identical: "] * 4,
)
AGAIN = (
    "recall 1 mistake of before, the closest ",
    "test pass: 98 passed, 0 failed",
    "Pull request: fix: match %f fractions of one to six digits",
    "Cost: 4 model calls",
    "Reminded of a mistake that an earlier run made:",
    "ValueError: unconverted data remains: 7 (100% alike). It was heeded, and not made again.",
    "A feature, planned first",
    "Cost: 6 model calls",
    "Identical: ",
    "Identical: ",
)
"""The second time: the run is warned by what went wrong the first time."""
