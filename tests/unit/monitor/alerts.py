"""Alerts for tests."""

from typing import Any

from yantra_bot.domain.alerts import Alert, AlertSource, Severity

NOW = 1_795_000_000.0

TRACE = """Traceback (most recent call last):
  File "/usr/lib/python3/dist-packages/flask/app.py", line 1511, in wsgi_app
    response = self.full_dispatch_request()
  File "/app/shop/views.py", line 41, in checkout
    total = price(cart)
  File "/app/shop/cart.py", line 12, in price
    return sum(items[key] for key in order)
KeyError: 'sku-4711'
"""
OTHER_TRACE = TRACE.replace("cart.py", "stock.py").replace("in price", "in reserve").replace("KeyError", "ValueError")


def make_alert(number: int = 1, **changed: Any) -> Alert:
    """Return an alert of Alertmanager's, firing since a minute."""
    values: dict[str, Any] = {
        "source": AlertSource.ALERTMANAGER,
        "fingerprint": f"{number:016x}",
        "service": "",
        "name": "HighErrorRate",
        "is_firing": True,
        "severity": Severity.ERROR,
        "summary": "5 % of requests fail",
        "labels": (("alertname", "HighErrorRate"), ("service", "shop")),
        "started_at": NOW - 60,
    }
    return Alert(**{**values, **changed})
