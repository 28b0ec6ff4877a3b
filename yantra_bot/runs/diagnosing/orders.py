"""How a diagnosis is begun, and where its result is found."""

from typing import Final

DIAGNOSE_STORY: Final = "diagnose"
DIAGNOSIS: Final = "diagnosis"
"""Name of the run's note that has the result: a `domain.incidents.Diagnosis`, encoded."""
