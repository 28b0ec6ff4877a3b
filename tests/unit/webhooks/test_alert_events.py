"""What senders of alerts say, read without believing it."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.webhooks.alert_payloads import ALERTMANAGER, EVENT, ISSUE, METRIC, frame
from yantra_bot.domain.alert_events import AlertsHeard
from yantra_bot.domain.alerts import Alert, AlertSource, Severity
from yantra_bot.domain.events import Ignored
from yantra_bot.errors import UserError
from yantra_bot.monitor.traces import find_traces
from yantra_bot.webhooks.alert_events import parse
from yantra_bot.webhooks.alert_parts import MOST_ALERTS, severity, time_of

AT = 1_795_914_000.0
"""2026-11-29 01:00:00 UTC."""


def read(kind: str, payload: Any) -> tuple[Alert, ...]:
    said = parse(kind, json.dumps(payload).encode())
    assert isinstance(said, AlertsHeard), said
    return said.alerts


def changed(payload: dict[str, Any], change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    other = copy.deepcopy(payload)
    change(other)
    return other


def test_an_alert_of_alertmanager_is_read() -> None:
    """Its labels name no repository: that they say one is a label like any other."""
    (alert,) = read("alertmanager", ALERTMANAGER)
    assert (alert.source, alert.service, alert.name) == (AlertSource.ALERTMANAGER, "", "HighErrorRate")
    assert (alert.fingerprint, alert.severity, alert.count) == ("c6eadffa33fcdf37", Severity.CRITICAL, 1)
    assert (alert.is_firing, alert.ended_at) == (True, None)
    assert alert.started_at == pytest.approx(AT + 0.123456)
    assert alert.summary == "5 % of requests fail"
    assert alert.text == "Since 12:00\nrunbook_url: https://runbooks.example/errors"
    assert alert.label("service") == "shop"
    assert alert.url == "http://prometheus:9090/graph?g0.expr=up"
    assert alert.group == '{}:{alertname="HighErrorRate"}'


@pytest.mark.case("I08")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("version", "5"),
        ("version", None),
        ("startsAt", "2999-01-01T00:00:00Z"),
        ("startsAt", "yesterday"),
        ("startsAt", "0001-01-01T00:00:00Z"),
        ("endsAt", "0001-01-01T00:00:00Z"),
        ("endsAt", None),
    ],
)
def test_odd_times_and_versions_are_read_as_far_as_they_go(field: str, value: Any) -> None:
    """An alert is heard, whatever its clock and its version."""
    place = (lambda one: one.update({field: value})) if field == "version" else None
    payload = changed(
        ALERTMANAGER, place or (lambda one: one["alerts"][0].update({field: value, "status": "resolved"}))
    )
    (alert,) = read("alertmanager", payload)
    assert alert.name == "HighErrorRate"
    assert alert.started_at >= 0
    assert alert.ended_at is None


def test_grafanas_alerts_are_read_as_alertmanagers() -> None:
    """It sends the same payload, under a version of its own and with more in it."""
    more = {"version": "1", "orgId": 1, "title": "[FIRING:1]", "state": "alerting", "message": "**Firing**"}
    own = {"valueString": "[ var='A' value=14.1 ]", "values": {"A": 14.1}, "silenceURL": "x", "dashboardURL": ""}
    payload = {**ALERTMANAGER, **more, "alerts": [{**ALERTMANAGER["alerts"][0], **own}]}
    assert read("alertmanager", payload) == read("alertmanager", ALERTMANAGER)


@pytest.mark.case("I04")
def test_alerts_that_were_cut_off_are_counted() -> None:
    """Alertmanager's `truncatedAlerts`, and what is more than we look at."""
    payload = {**ALERTMANAGER, "alerts": ALERTMANAGER["alerts"] * (MOST_ALERTS + 3), "truncatedAlerts": 40}
    alerts = read("alertmanager", payload)
    assert len(alerts) == MOST_ALERTS
    assert [one.count for one in alerts[:2]] == [44, 1]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("alertmanager", b"{"),
        ("alertmanager", b"[]"),
        ("alertmanager", b'{"alerts": 1}'),
        ("alertmanager", b'{"alerts": ["x"]}'),
        ("alertmanager", b'{"alerts": [{"status": "maybe"}]}'),
        ("alertmanager", b'{"alerts": [NaN]}'),
        ("alertmanager", b"\xff\xfe"),
        ("alertmanager", b"[" * 5_000),
        ("alerts", b'{"alerts": {}}'),
        ("alerts", b'{"status": "firing"}'),
        ("alerts", b'{"name": "x", "status": "odd"}'),
        ("alerts", b'{"name": "x", "count": 0}'),
        ("alerts", b'{"name": "x", "repository": "victim/other"}'),
        ("sentry/event_alert", b'{"action": "triggered"}'),
        ("sentry/event_alert", b'{"action": "triggered", "data": {}}'),
        ("sentry/event_alert", b'{"action": "triggered", "data": {"event": {}}}'),
        ("sentry/issue", b'{"action": "created", "data": {"issue": []}}'),
        ("sentry/metric_alert", b'{"action": "critical", "data": {}}'),
    ],
)
def test_what_no_sender_sends_is_refused(kind: str, body: bytes) -> None:
    with pytest.raises(UserError):
        parse(kind, body)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("alertmanager", {"alerts": []}),
        ("sentry/installation", {"action": "created", "data": {}}),
        ("sentry/issue", {"action": "assigned", "data": {}}),
        ("sentry/", {"action": "created", "data": {}}),
        ("pigeon", {}),
    ],
)
def test_what_is_of_no_use_is_ignored(kind: str, payload: Any) -> None:
    assert isinstance(parse(kind, json.dumps(payload).encode()), Ignored)


def test_an_alert_of_any_sender_is_read() -> None:
    """One, or a list; what it is known again by is its own id, or its name and labels."""
    said = {
        "id": "backup-7", "name": "BackupFailed", "service": "shop", "severity": "high", "summary": "no backup",
        "text": "rsync: connection refused", "labels": {"host": "db1", "bad": [1]}, "started_at": AT,
        "group": "backups", "url": "https://backups.example/7", "count": 3, "revision": "abc",
    }  # fmt: skip
    (alert,) = read("alerts", said)
    assert (alert.source, alert.service, alert.name, alert.severity) == (
        AlertSource.GENERIC, "shop", "BackupFailed", Severity.ERROR,
    )  # fmt: skip
    assert (alert.labels, alert.started_at, alert.group, alert.count) == ((("host", "db1"),), AT, "backups", 3)
    ended, other = read("alerts", {"alerts": [{**said, "status": "resolved", "summary": ""}, {"name": "Other"}]})
    assert (ended.fingerprint, ended.is_firing) == (alert.fingerprint, False)
    assert other.fingerprint != alert.fingerprint
    assert other.fingerprint == read("alerts", {"name": "Other", "text": "again"})[0].fingerprint


def test_an_issue_alert_of_sentry_is_read() -> None:
    """Its exception becomes the trace that its language prints, which is read as any other."""
    (alert,) = read("sentry/event_alert", EVENT)
    assert (alert.source, alert.name, alert.severity) == (AlertSource.SENTRY, "KeyError", Severity.CRITICAL)
    assert (alert.summary, alert.revision, alert.started_at) == ("KeyError: 'sku-1'", "shop@1.2.3", AT + 0.5)
    assert alert.label("service") == "shop"
    assert alert.label("project") == "storefront"
    (fault,) = find_traces(alert.text)
    assert (fault.error, fault.message) == ("KeyError", "'sku-1'")
    assert [(one.path, one.line, one.function) for one in fault.frames] == [
        ("shop/views.py", 41, "checkout"),
        ("shop/cart.py", 12, "price"),
    ]


@pytest.mark.parametrize("platform", ["javascript", "node", "java", "go", "rust"])
def test_traces_of_other_languages_are_read_too(platform: str) -> None:
    """Newest first, where a language prints them so."""
    names = {"java": "Cart.java", "go": "shop/cart.go", "rust": "src/cart.rs"}
    file = names.get(platform, "shop/cart.js")
    frames = [
        frame(file, 41, "checkout", module="com.acme.Shop"),
        frame(file, 12, "price", module="com.acme.Cart", colno=7),
    ]
    trace = {"type": "TypeError", "module": "com.acme", "value": "no items", "stacktrace": {"frames": frames}}

    def change(one: dict[str, Any]) -> None:
        one["data"]["event"].update(platform=platform, exception={"values": [trace]})

    (alert,) = read("sentry/event_alert", changed(EVENT, change))
    (fault,) = find_traces(alert.text)
    assert [one.line for one in fault.frames][-1] == 12, alert.text
    assert fault.frames[-1].path.endswith(file)


def test_an_event_without_a_trace_says_what_it_can() -> None:
    def change(one: dict[str, Any]) -> None:
        one["data"]["event"].update(exception=None, tags=None, release=None, url="https://[bad", title="Late: 9 s")

    (alert,) = read("sentry/event_alert", changed(EVENT, change))
    assert (alert.name, alert.summary, alert.labels) == ("Late", "Late: 9 s", ())
    assert alert.text == "in shop.views in checkout\nrule: Anything new"


def test_an_issue_ends_what_its_events_began() -> None:
    """Both are known by the issue's number, and the end is later than what was seen."""
    (event,) = read("sentry/event_alert", EVENT)
    (issue,) = read("sentry/issue", ISSUE)
    assert (issue.fingerprint, issue.is_firing, issue.label("project")) == (event.fingerprint, False, "storefront")
    assert issue.started_at > event.started_at
    (again,) = read("sentry/issue", {**ISSUE, "action": "unresolved"})
    assert (again.fingerprint, again.is_firing) == (event.fingerprint, True)


def test_issues_of_two_sentries_are_two() -> None:
    def change(one: dict[str, Any]) -> None:
        one["data"]["event"]["issue_url"] = "https://sentry.acme.example/api/0/issues/1117540176/"

    (event,) = read("sentry/event_alert", EVENT)
    (other,) = read("sentry/event_alert", changed(EVENT, change))
    assert event.fingerprint != other.fingerprint


def test_a_metric_alert_of_sentry_begins_and_ends() -> None:
    """It is one alert a rule."""
    (alert,) = read("sentry/metric_alert", METRIC)
    assert (alert.name, alert.severity, alert.is_firing) == ("Too many errors", Severity.CRITICAL, True)
    assert alert.text == "1000 events in the last 10 minutes\nFilter: level:error"
    assert alert.label("project") == "storefront"
    (end,) = read("sentry/metric_alert", {**METRIC, "action": "resolved"})
    assert (end.fingerprint, end.is_firing, end.started_at) == (alert.fingerprint, False, alert.started_at)


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2026-11-29T01:00:00Z", AT),
        ("2026-11-29T02:00:00.5+01:00", AT + 0.5),
        ("2026-11-29T01:00:00", 0.0),
        ("0001-01-01T00:00:00Z", 0.0),
        ("9999-12-31T23:59:59Z", 253402300799.0),
        (AT, AT),
        (-1, 0.0),
        (1e300, 0.0),
        (True, 0.0),
        (None, 0.0),
        ("", 0.0),
        ("x" * 10_000, 0.0),
    ],
)
def test_times_are_read_in_the_forms_that_senders_use(said: Any, at: float) -> None:
    assert time_of(said) == at


def test_how_bad_it_is_is_read_in_the_words_that_senders_use() -> None:
    assert [severity(word) for word in ("page", " Error ", "warn", "none", "odd", "")] == [
        Severity.CRITICAL, Severity.ERROR, Severity.WARNING, Severity.INFO, Severity.WARNING, Severity.WARNING,
    ]  # fmt: skip
