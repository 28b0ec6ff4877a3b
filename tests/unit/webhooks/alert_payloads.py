"""Payloads of alerts as their senders make them, for tests."""

from typing import Any

ALERTMANAGER: dict[str, Any] = {
    "receiver": "yantra",
    "status": "firing",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "HighErrorRate", "service": "shop", "severity": "critical", "repo": "victim/other"},
            "annotations": {
                "summary": "5 % of requests fail",
                "description": "Since 12:00",
                "runbook_url": "https://runbooks.example/errors",
            },
            "startsAt": "2026-11-29T01:00:00.123456789Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus:9090/graph?g0.expr=up",
            "fingerprint": "c6eadffa33fcdf37",
        }
    ],
    "groupLabels": {"alertname": "HighErrorRate"},
    "commonLabels": {},
    "commonAnnotations": {},
    "externalURL": "http://alertmanager:9093",
    "version": "4",
    "groupKey": '{}:{alertname="HighErrorRate"}',
    "truncatedAlerts": 0,
}


def frame(filename: str, line: int, function: str | None, **more: Any) -> dict[str, Any]:
    return {"filename": filename, "lineno": line, "function": function, "in_app": True, "context_line": None, **more}


EVENT: dict[str, Any] = {
    "action": "triggered",
    "actor": {"id": "sentry", "name": "Sentry", "type": "application"},
    "data": {
        "event": {
            "event_id": "e4874d664c3540c1a32eab185f12c5ab",
            "culprit": "shop.views in checkout",
            "datetime": "2026-11-29T01:00:00.500000Z",
            "timestamp": 1795914000.5,
            "exception": {
                "values": [
                    {
                        "type": "KeyError",
                        "value": "'sku-1'",
                        "stacktrace": {
                            "frames": [
                                frame("shop/views.py", 41, "checkout", context_line="    total = price(cart)"),
                                frame("shop/cart.py", 12, "price", context_line="    return items[key]"),
                            ]
                        },
                    }
                ]
            },
            "issue_url": "https://sentry.io/api/0/issues/1117540176/",
            "issue_id": "1117540176",
            "level": "fatal",
            "platform": "python",
            "release": "shop@1.2.3",
            "tags": [["environment", "production"], ["service", "shop"], ["level", "fatal"]],
            "title": "KeyError: 'sku-1'",
            "url": "https://sentry.io/api/0/projects/acme/storefront/events/e4874d664c3540c1a32eab185f12c5ab/",
            "web_url": "https://sentry.io/organizations/acme/issues/1117540176/events/e4874d664c3540c1a32eab185f12c5ab/",
        },
        "triggered_rule": "Anything new",
    },
    "installation": {"uuid": "a8e5d37a-696c-4c54-adb5-b3f28d64c7de"},
}
ISSUE: dict[str, Any] = {
    "action": "resolved",
    "data": {
        "issue": {
            "url": "https://sentry.io/api/0/issues/1117540176/",
            "web_url": "https://acme.sentry.io/issues/1117540176/",
            "id": "1117540176",
            "title": "KeyError: 'sku-1'",
            "culprit": "shop.views in checkout",
            "level": "error",
            "status": "resolved",
            "project": {"id": "1", "name": "storefront", "slug": "storefront", "platform": "python"},
            "metadata": {"type": "KeyError", "value": "'sku-1'"},
            "firstSeen": "2026-11-28T20:56:00.679000+00:00",
            "lastSeen": "2026-11-29T01:00:00.738000+00:00",
        }
    },
}
METRIC: dict[str, Any] = {
    "action": "critical",
    "data": {
        "description_text": "1000 events in the last 10 minutes\\nFilter: level:error",
        "description_title": "Critical: Too many errors",
        "metric_alert": {
            "alert_rule": {"id": "7", "name": "Too many errors", "projects": ["storefront"]},
            "date_closed": None,
            "date_detected": "2026-11-29T01:00:00.000000Z",
            "date_started": "2026-11-29T00:59:00.000000Z",
            "id": "4",
            "identifier": "1",
            "organization_id": "5",
            "projects": ["storefront"],
            "title": "Too many errors",
        },
        "web_url": "https://sentry.io/organizations/acme/alerts/1/",
    },
}
