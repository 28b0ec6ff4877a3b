"""The truth of our own Python programs is what really happens when they run, not what the analyser says."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.graph_programs import FOLDER, Case, Pair, read_cases

# A program without main.py is run by a test runner, which no recorder of ours stands in for.
CASES = [case for case in read_cases() if case.language == "python" and (case.folder / "main.py").exists()]
TRACING = FOLDER / "tracing.py"


@pytest.fixture(scope="module")
def recorded() -> dict[str, dict[str, Any]]:
    """Return what a recorder saw of each program, by folder."""
    folders = [str(case.folder) for case in CASES]
    command = [sys.executable, "-B", str(TRACING), "programs", *folders]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = map(json.loads, done.stdout.splitlines())
    return dict(zip(folders, lines, strict=True))


def read_unrun(case: Case) -> set[Pair]:
    """Return the calls that stand in code which the program does not reach."""
    content = json.loads((case.folder / "truth.json").read_text())
    return {(source, target) for source, targets in content.get("unrun", {}).items() for target in targets}


def is_inside(case: Case, name: str) -> bool:
    """Say whether a name is of a module of the program."""
    parts = name.split(".")
    paths = ("/".join(parts[:length]) for length in range(1, len(parts) + 1))
    return any((case.folder / f"{path}.py").exists() or (case.folder / path / "__init__.py").exists() for path in paths)


@pytest.mark.parametrize("case", CASES, ids=[f"{case.feature}-{case.name}" for case in CASES])
def test_the_truth_is_what_happens(case: Case, recorded: dict[str, dict[str, Any]]) -> None:
    """What runs is in the truth, and what is in the truth runs, but for code that is named as not reached."""
    seen = recorded[str(case.folder)]
    edges, resumed, outside = ({(a, b) for a, b in seen[name]} for name in ("edges", "resumed", "outside"))
    truth = case.truth["calls"]
    if seen["exact"]:
        assert edges | resumed | outside <= truth
        unseen = {pair for pair in truth - (edges | resumed | outside) if pair[1] not in seen["unseen"]}
        assert unseen == read_unrun(case)
        return
    # Before Python 3.12 a generator or coroutine is seen where it is resumed, and nothing is seen of the outside.
    assert edges <= truth
    assert {callee for _, callee in resumed} <= {callee for _, callee in truth}
    late = {callee for _, callee in resumed}
    unseen = {pair for pair in truth - edges if is_inside(case, pair[1]) and pair[1] not in late}
    assert unseen <= read_unrun(case)
