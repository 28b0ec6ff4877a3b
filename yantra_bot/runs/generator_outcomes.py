"""How the small generator's own changes fared, and from which confidence on it goes first: a file of control's.

The outcomes of another generator count for nothing: a new file begins anew.
"""

import json
from pathlib import Path
from typing import Any, Final

import structlog

from yantra_bot.codex.threshold import FIRST, HIGHEST, LOWEST, WINDOW, next_threshold
from yantra_bot.runs.kept_files import held
from yantra_bot.scoring.whole import write_whole

_THRESHOLD: Final = "threshold"


class Outcomes:
    """The file: a generator's version, its threshold, and its last hundred outcomes by run, oldest first."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def threshold(self, version: str) -> float:
        """Return the confidence from which on a generator goes first."""
        return float(self._read(version)[_THRESHOLD])

    def keep(self, run: str, version: str, passed: bool) -> bool:
        """Note how a run's own code fared, once for a run, and move the threshold; False where it is noted already."""
        with held(self._path):
            told = self._read(version)
            if any(one["run"] == run for one in told["outcomes"]):
                return False
            told["outcomes"] = [*told["outcomes"], {"run": run, "passed": passed}][-WINDOW:]
            told[_THRESHOLD] = next_threshold(told[_THRESHOLD], [one["passed"] for one in told["outcomes"]])
            write_whole(self._path, json.dumps(told).encode())
            return True

    def _read(self, version: str) -> dict[str, Any]:
        """Return what is kept of a generator; what is damaged is told in the log, and counting begins anew."""
        begun: dict[str, Any] = {"version": version, _THRESHOLD: FIRST, "outcomes": []}
        try:
            told = json.loads(self._path.read_bytes())
            if told["version"] != version:
                return begun
            outcomes = [{"run": str(one["run"]), "passed": one["passed"] is True} for one in told["outcomes"]]
            threshold = float(told[_THRESHOLD])
            if not LOWEST <= threshold <= HIGHEST:
                raise ValueError("no threshold")
        except FileNotFoundError:
            return begun
        except (ValueError, TypeError, KeyError, RecursionError) as problem:
            structlog.get_logger().warning("outcomes of the generator are lost", problem=f"{self._path}: {problem!r}")
            return begun
        return {"version": version, _THRESHOLD: threshold, "outcomes": outcomes}
