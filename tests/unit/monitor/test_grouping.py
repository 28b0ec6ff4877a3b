"""One incident a cause: what belongs together, what does not, and what hearing it makes of an incident."""

from dataclasses import replace

import pytest

from tests.unit.monitor.alerts import NOW, OTHER_TRACE, TRACE, make_alert
from yantra_bot.domain.alerts import Alert, AlertSource, Service, Severity
from yantra_bot.domain.incidents import Incident, IncidentState
from yantra_bot.monitor.bounds import bound
from yantra_bot.monitor.grouping import (
    GROUPED_SECONDS,
    TOGETHER_SECONDS,
    Case,
    cause_of,
    find_case,
    hear,
    open_incident,
)

SHOP = Service("shop", "acme/shop", "production")
OLD = NOW - 7_200


def opened(alert: Alert, *, at: float = OLD, **changed: object) -> Incident:
    incident = hear(open_incident(alert, SHOP, 1, now=at), [alert], now=at)
    return replace(incident, **changed)  # type: ignore[arg-type]


def case(alert: Alert, *, at: float = OLD, **changed: object) -> Case:
    return Case(opened(alert, at=at, **changed), (alert,), frozenset())


def found(alert: Alert, *cases: Case) -> int | None:
    """Return which of the cases an alert belongs to."""
    one = find_case(alert, cases, now=NOW)
    return None if one is None else cases.index(one)


def logs(text: str, summary: str = "") -> Alert:
    return make_alert(
        source=AlertSource.LOGS, name="LogErrors", fingerprint=summary[:8] or "l", text=text, summary=summary
    )


def test_the_same_alert_belongs_to_its_incident() -> None:
    """However long ago it began."""
    known = Case(opened(make_alert(name="Other")), (), frozenset({make_alert(5).fingerprint}))
    assert found(make_alert(5), known) == 0
    assert found(make_alert(6), known) is None


@pytest.mark.case("I04")
def test_alerts_of_one_rule_are_one_cause() -> None:
    """Five hundred pods that say the same have one thing wrong."""
    first = case(make_alert(1))
    assert {found(make_alert(number, summary=f"pod-{number} fails"), first) for number in range(2, 502)} == {0}
    assert found(make_alert(2, name="DiskFull", summary="no room"), first) is None


def test_the_same_error_is_one_cause_whatever_its_numbers() -> None:
    """Lines move, keys differ, the framework around it is another version."""
    again = TRACE.replace("line 12", "line 19").replace("sku-4711", "sku-1").replace("1511", "2213")
    assert cause_of(logs(TRACE)) == cause_of(logs(again))
    sentry = make_alert(9, source=AlertSource.SENTRY, name="KeyError", text=again)
    assert found(sentry, case(logs(TRACE))) == 0


def test_two_errors_are_two_causes_even_at_once() -> None:
    """Frames of a framework that both have make them no more alike."""
    assert found(logs(OTHER_TRACE), case(logs(TRACE), at=NOW - 5)) is None
    other_place = TRACE.replace("cart.py", "tax.py").replace("in price", "in vat")
    assert cause_of(logs(other_place)) != cause_of(logs(TRACE))


def test_an_error_one_call_deeper_is_still_the_same() -> None:
    """Most of the innermost frames are shared, and the error is of the same name."""
    deeper = TRACE.replace("KeyError", '  File "/app/shop/cart.py", line 30, in get\n    raise\nKeyError')
    assert cause_of(logs(deeper)) != cause_of(logs(TRACE))
    assert found(logs(deeper), case(logs(TRACE))) == 0


def test_texts_that_say_nearly_the_same_are_one_cause() -> None:
    """Without a trace, words are compared, and numbers and addresses are none."""
    said = "connection to database primary refused after {} attempts while saving order {}"
    one, other = (logs(said.format(a, b), said.format(a, b)) for a, b in ((3, "7fa81c9901aa"), (5, "00ab77ff0912")))
    assert found(other, case(one)) == 0
    assert found(logs("disk full", "disk full"), case(one)) is None
    assert found(logs("no room is left on the volume of the uploads folder", "no room"), case(one)) is None


def test_what_begins_together_is_one_cause() -> None:
    """Latency, errors and an exception within minutes are signs of one thing; two hours later they are not."""
    slow = make_alert(2, name="HighLatency", summary="slow")
    assert found(slow, case(make_alert(1), at=NOW - TOGETHER_SECONDS)) == 0
    assert found(slow, case(make_alert(1), at=NOW - TOGETHER_SECONDS - 1)) is None
    assert found(logs(TRACE), case(make_alert(1), at=NOW - 10)) == 0
    assert found(make_alert(1), case(logs(TRACE), at=NOW - 10)) == 0


def test_a_group_of_its_sender_holds_while_it_is_lively() -> None:
    """Some group by namespace alone: what comes a day later in the same group is something else."""
    first, second = make_alert(1, group="{}:{}"), make_alert(2, name="HighLatency", summary="slow", group="{}:{}")
    assert found(second, case(first, last_fired_at=NOW - GROUPED_SECONDS)) == 0
    assert found(second, case(first, last_fired_at=NOW - GROUPED_SECONDS - 1)) is None


def test_what_is_over_is_meant_by_the_same_alone() -> None:
    """An open incident comes first; what only comes together with one that is over is new."""
    over = case(make_alert(1), at=NOW - 10, state=IncidentState.RESOLVED)
    assert found(make_alert(3), over) == 0
    assert found(make_alert(3, name="HighLatency", summary="slow"), over) is None
    still = case(make_alert(2))
    assert found(make_alert(3), over, still) == 1


def test_an_incident_begins_with_its_first_alert() -> None:
    alert = bound(make_alert(text=TRACE), now=NOW)
    incident = open_incident(alert, SHOP, 7, now=NOW)
    assert (incident.repository_id, incident.service, incident.environment) == (7, "shop", "production")
    assert (incident.title, incident.severity, incident.state) == ("5 % of requests fail", "error", IncidentState.OPEN)
    assert incident.cause == cause_of(alert)
    assert incident.first == alert
    assert len(incident.id) == 24
    assert incident.id != open_incident(alert, SHOP, 7, now=NOW + 1).id


def test_the_worst_of_its_alerts_is_how_bad_it_is() -> None:
    """What is resolved makes it neither worse nor better."""
    incident = opened(make_alert())
    worse = hear(incident, [make_alert(2, severity=Severity.CRITICAL), make_alert(3, severity=Severity.INFO)], now=NOW)
    assert (worse.severity, worse.heard, worse.last_fired_at) == (Severity.CRITICAL, 3, NOW)
    milder = hear(worse, [make_alert(2, severity=Severity.CRITICAL, is_firing=False)], now=NOW + 1)
    assert (milder.severity, milder.heard, milder.last_fired_at) == (Severity.CRITICAL, 4, NOW)


@pytest.mark.case("I07")
def test_what_comes_and_goes_is_counted() -> None:
    """Each firing after an end is a flap."""
    incident = opened(make_alert())
    for times in range(3):
        assert incident.flaps == times
        incident = hear(replace(incident, ended_at=NOW, is_firing=False), [make_alert()], now=NOW)
        assert incident.ended_at is None
    assert incident.flaps == 3


@pytest.mark.case("I07")
def test_what_fires_again_within_the_cooldown_is_opened_again() -> None:
    """It is the same incident, and what was proposed before counts no more."""
    over = opened(make_alert(), state=IncidentState.RESOLVED, ended_at=NOW - 60, is_told=True, issue=4, agreed_by="ann")
    again = hear(over, [make_alert()], now=NOW)
    assert (again.state, again.opened_again, again.flaps, again.issue) == (IncidentState.OPEN, 1, 1, 4)
    assert (again.proposal, again.agreed_by, again.is_told) == (None, "", False)
    assert again.news[-1][0] == NOW


def test_the_end_of_what_is_over_changes_no_time_of_it() -> None:
    """Or a cooldown would never pass."""
    over = opened(make_alert(), state=IncidentState.RESOLVED, changed_at=OLD)
    heard = hear(over, [make_alert(is_firing=False)], now=NOW)
    assert (heard.state, heard.changed_at, heard.heard) == (IncidentState.RESOLVED, OLD, 2)
