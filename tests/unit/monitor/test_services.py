"""Which service is meant: names of the operator's, and nothing else that an alert says."""

import pytest

from tests.unit.monitor.alerts import make_alert
from yantra_bot.domain.alerts import Service
from yantra_bot.monitor.services import Services

SHOP = Service("shop", "acme/shop", "production")
API = Service("api", "acme/api", "live")
SERVICES = Services.read(["shop=acme/shop/production", "api=acme/api/live"], ["service", "app", "job"])


def test_services_are_read_as_they_are_written() -> None:
    assert SERVICES.all == (SHOP, API)
    assert SERVICES.named("shop") == SHOP
    assert SERVICES.named("other") is None


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        ({"service": "shop"}, SHOP),
        ({"job": "api"}, API),
        ({"service": "unknown", "app": "api"}, API),
        ({"app": "api", "service": "shop"}, SHOP),
        ({"project": "api"}, API),
        ({"project": "api", "job": "shop"}, SHOP),
        ({"namespace": "shop"}, None),
        ({"service": "SHOP"}, None),
        ({}, None),
    ],
)
def test_the_first_label_that_names_a_service_counts(labels: dict[str, str], found: Service | None) -> None:
    assert SERVICES.of(make_alert(labels=tuple(sorted(labels.items())))) == found


@pytest.mark.case("I03")
@pytest.mark.parametrize("label", ["repo", "repository", "github", "environment", "service"])
def test_no_label_chooses_a_repository(label: str) -> None:
    """`victim/other` in an alert is a text like any other."""
    labels = (("app", "shop"), (label, "victim/other"))
    assert SERVICES.of(make_alert(labels=labels)) == SHOP
    alone = make_alert(service="victim/other", labels=((label, "victim/other"),))
    assert SERVICES.of(alone) is None
