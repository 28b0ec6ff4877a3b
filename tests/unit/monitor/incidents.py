"""An incident that tests begin from."""

from yantra_bot.domain.alerts import Alert, AlertSource, Severity
from yantra_bot.domain.incidents import Diagnosis, Incident, IncidentState, Suspect

NOW = 1_000_000.0
ALERT = Alert(AlertSource.ALERTMANAGER, "f" * 16, "shop", "HighErrorRate", True, Severity.ERROR, "5 % fail")
INCIDENT = Incident(
    id="a" * 24,
    repository_id=1,
    service="shop",
    environment="production",
    title="HighErrorRate",
    severity=Severity.ERROR,
    state=IncidentState.OPEN,
    opened_at=NOW - 10,
    changed_at=NOW - 10,
    last_fired_at=NOW - 10,
    first=ALERT,
)
SUSPECT = Suspect("c" * 40, "Count differently", "ann", 0.9, ("cart.total",), ("cart.py:3",))
DIAGNOSIS = Diagnosis("cart.total throws", (SUSPECT,), error="KeyError in cart.py:3", trace="Traceback …")
