"""How the generator's own code fared: counted once for a run, for one generator, a hundred at most."""

import json
from pathlib import Path

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
