"""How the generator's own code fared: counted once for a run, for one generator, a hundred at most."""

import json
from pathlib import Path

import pytest

from yantra_bot.runs.generator_outcomes import Outcomes


def test_its_own_outcomes_move_the_threshold(tmp_path: Path) -> None:
    """Twenty successes lower it; failures raise it again; more than a hundred are not kept."""
    outcomes = Outcomes(tmp_path / "control" / "generator.json")
    assert outcomes.threshold("v1") == 0.7
    assert [outcomes.keep(f"good{number}", "v1", True) for number in range(20)] == [True] * 20
    assert Outcomes(tmp_path / "control" / "generator.json").threshold("v1") == 0.65
    for number in range(120):
        outcomes.keep(f"bad{number}", "v1", False)
    assert outcomes.threshold("v1") == 0.9
    assert len(json.loads((tmp_path / "control" / "generator.json").read_text())["outcomes"]) == 100


def test_a_run_counts_once_and_another_generator_begins_anew(tmp_path: Path) -> None:
    """A step that is made again after a kill changes nothing; a new file owes nothing to the old one."""
    outcomes = Outcomes(tmp_path / "generator.json")
    for number in range(20):
        outcomes.keep(f"good{number}", "v1", True)
    before = (tmp_path / "generator.json").read_bytes()
    assert not outcomes.keep("good3", "v1", True)
    assert (tmp_path / "generator.json").read_bytes() == before
    assert outcomes.threshold("v2") == 0.7
    assert outcomes.keep("good3", "v2", False)
    assert [one["passed"] for one in json.loads((tmp_path / "generator.json").read_text())["outcomes"]] == [False]


@pytest.mark.parametrize(
    "damaged",
    [
        b'{"version": "v1", "thresh',
        b"\xff",
        b"[]",
        b"3",
        b'{"version": "v1"}',
        b'{"version": "v1", "threshold": 7, "outcomes": []}',
        b'{"version": "v1", "threshold": NaN, "outcomes": []}',
        b'{"version": "v1", "threshold": 0.7, "outcomes": [3]}',
    ],
)
def test_a_damaged_file_is_begun_anew(tmp_path: Path, damaged: bytes) -> None:
    """Half a file, and numbers that are no threshold: the first one holds, and the next outcome is counted."""
    path = tmp_path / "generator.json"
    path.write_bytes(damaged)
    outcomes = Outcomes(path)
    assert outcomes.threshold("v1") == 0.7
    assert outcomes.keep("r1", "v1", True)
    assert json.loads(path.read_text())["outcomes"] == [{"run": "r1", "passed": True}]
