"""How a diagnosis is ordered, and where its result is kept."""

from typing import Final

DIAGNOSE_STORY: Final = "diagnose"
DIAGNOSIS: Final = "diagnosis"
"""The note under which a run keeps its `Diagnosis`."""
