"""Whatever is heard in whatever order: what fires is known, of which incident, and an end stays an end."""

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.monitor.alerts import NOW, OTHER_TRACE, TRACE, make_alert
from tests.unit.runs.watching.street import Street
from yantra_bot.domain.alerts import Alert
from yantra_bot.domain.incidents import Incident, IncidentState
from yantra_bot.runs.records import Records
from yantra_bot.runs.watching.hearing import LATE_SECONDS

NAMES = ("HighErrorRate", "HighLatency", "DiskFull")
TEXTS = ("", TRACE, OTHER_TRACE)


@dataclass(frozen=True)
class Said:
    """One thing that happens: an alert, after so many seconds; or the keeper looks, and ends what fires no more."""

    number: int
    is_firing: bool
    started: int
    after: float
    is_keeper: bool


SAID = st.builds(
    Said,
    st.integers(0, 5),
    st.booleans(),
    st.integers(1, 4),
    st.sampled_from((0.0, 20.0, 400.0, 3_000.0)),
    st.booleans(),
)


def alert_of(said: Said) -> Alert:
    """Return the alert of a number: its name and text are always the same, its firings have beginnings."""
    alert = make_alert(said.number, name=NAMES[said.number % 3], text=TEXTS[said.number % 3], summary=f"{said.number}")
    return replace(alert, is_firing=said.is_firing, started_at=NOW - 10_000 + said.started)


class Model:
    """What has to be true: which alerts fire, by what was said of each."""

    def __init__(self) -> None:
        self.firing: set[str] = set()
        self.ended: dict[str, tuple[float, float]] = {}
        """The newest beginning that is over, and when an end was heard last."""

    def hear(self, alert: Alert, *, now: float) -> None:
        over, heard_at = self.ended.get(alert.fingerprint, (0.0, float("-inf")))
        if not alert.is_firing:
            self.firing.discard(alert.fingerprint)
            self.ended[alert.fingerprint] = max(over, alert.started_at), now
        elif alert.started_at > over or now - heard_at >= LATE_SECONDS:
            self.firing.add(alert.fingerprint)


def check(records: Records, model: Model) -> None:
    """Hold what is stored against the model."""
    firing: list[str] = []
    for incident in records.incidents():
        kept = [one.alert for one in records.incident_alerts(incident.id)]
        fires = [one.fingerprint for one in kept if one.is_firing]
        assert incident.is_firing is bool(fires)
        assert (incident.ended_at is None) is bool(fires)
        assert incident.alerts == len(kept)
        assert not (incident.state.is_over and fires)
        firing += fires
    assert sorted(firing) == sorted(model.firing)


def end_quiet(street: Street, incidents: Sequence[Incident]) -> None:
    for incident in incidents:
        if not incident.is_firing and incident.state is not IncidentState.RESOLVED:
            street.end(incident)


async def live(said: Sequence[Said], folder: Path) -> None:
    records, model = Records.open(folder / "records.sqlite"), Model()
    street = Street(records)
    try:
        for one in said:
            if one.is_keeper:
                end_quiet(street, records.incidents())
                continue
            alert = alert_of(one)
            await street.hear(alert, after=one.after)
            model.hear(alert, now=street.clock.now())
            check(records, model)
    finally:
        records.close()


@settings(max_examples=40, deadline=None)
@given(st.lists(SAID, max_size=25))
def test_what_fires_is_known_whatever_is_said(said: list[Said]) -> None:
    """By what each sender said last, with ends before beginnings, repetitions, cooldowns and a keeper in between."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(said, Path(folder)))


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(12)), st.integers(1, 12))
def test_a_storm_is_one_incident_in_any_order_and_any_pieces(order: list[int], size: int) -> None:
    """One cause is one incident, however its alerts are cut into deliveries."""

    async def rage(folder: Path) -> None:
        records = Records.open(folder / "records.sqlite")
        street = Street(records)
        alerts = [make_alert(number, summary=f"pod {number}") for number in order]
        for start in range(0, len(alerts), size):
            await street.hear(*alerts[start : start + size], after=100.0)
        assert (street.only.alerts, street.only.heard, street.only.flaps) == (12, 12, 0)
        records.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(rage(Path(folder)))
