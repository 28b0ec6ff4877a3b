"""How the small generator's own changes fared, and from which confidence on it goes first: a file of control's.

The outcomes of another generator count for nothing: a new file begins anew.
"""

import json
import threading
from pathlib import Path
from typing import Any, Final

from yantra_bot.codex.threshold import FIRST, WINDOW, next_threshold

_THRESHOLD: Final = "threshold"


class Outcomes:
    """The file: a generator's version, its threshold, and its last hundred outcomes by run, oldest first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def threshold(self, version: str) -> float:
        """Return the confidence from which on a generator goes first. A file that cannot be read raises ValueError."""
        with self._lock:
            return float(self._read(version)[_THRESHOLD])

    def keep(self, run: str, version: str, passed: bool) -> bool:
        """Note how a run's own code fared, once for a run, and move the threshold; False where it is noted already."""
        with self._lock:
            told = self._read(version)
            if any(one["run"] == run for one in told["outcomes"]):
                return False
            told["outcomes"] = [*told["outcomes"], {"run": run, "passed": passed}][-WINDOW:]
            told[_THRESHOLD] = next_threshold(told[_THRESHOLD], [one["passed"] for one in told["outcomes"]])
            self._path.parent.mkdir(parents=True, exist_ok=True)
            half = self._path.with_suffix(".half")
            half.touch(mode=0o600)
            half.write_text(json.dumps(told))
            half.replace(self._path)
            return True

    def _read(self, version: str) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self._path.read_text()) if self._path.exists() else {}
        return told if told.get("version") == version else {"version": version, _THRESHOLD: FIRST, "outcomes": []}
