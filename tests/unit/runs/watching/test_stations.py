"""Whether a service answers, by what was reached before."""

import pytest

from tests.adversarial.test_f_health import pod, workload
from yantra_bot.domain.alerts import Service
from yantra_bot.domain.environment import Environment, HttpCheck, UrlCheck
from yantra_bot.domain.monitoring import Watch
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.repository import Repository
from yantra_bot.domain.rollout import Sample
from yantra_bot.monitor_ports import Probed
from yantra_bot.runs.watching.stations import Station
from yantra_bot.runs.watching.watched import Watched

URL, HTTP = "url https://shop.test/", "http /health"


@pytest.fixture
def station() -> Station:
    watch = Watch("production", probes=(HttpCheck(),), urls=(UrlCheck("https://shop.test/"),))
    service = Service("shop", "acme/shop", "production")
    return Station(Watched(service, Repository(1, "acme", "shop"), Environment("production", "m", "s"), watch, "shop"))


def seen(url: Verdict, pods: Verdict | None = None, problem: str = "") -> Probed:
    samples = (Sample(URL, url, "", 1.0), *([Sample(HTTP, pods, "", 1.0, pod="shop-1")] if pods else []))
    return Probed(samples, workload(pod("10.0.0.1")) if pods else None, problem)


def test_an_address_that_is_not_reached_any_more_is_down(station: Station) -> None:
    """Refused, no route, no name, no time: whichever. One that never was reached says nothing."""
    assert station.record(seen(Verdict.ERROR, Verdict.PASS), 1.0) == 1
    assert station.record(seen(Verdict.PASS, Verdict.PASS), 2.0) == 1
    assert station.record(seen(Verdict.ERROR, Verdict.PASS), 3.0) == 0


def test_pods_that_hang_at_connect_are_down(station: Station) -> None:
    """When they did answer before."""
    assert station.record(seen(Verdict.PASS, Verdict.PASS), 1.0) == 1
    assert station.record(seen(Verdict.PASS, Verdict.ERROR), 2.0) == 0


def test_a_deployment_that_is_gone_is_down(station: Station) -> None:
    """One that never was there is not."""
    assert station.record(seen(Verdict.PASS), 1.0) == 1
    assert station.record(seen(Verdict.PASS, Verdict.PASS), 2.0) == 1
    assert station.record(seen(Verdict.PASS), 3.0) == 0


def test_a_cluster_that_cannot_be_asked_hides_no_address(station: Station) -> None:
    """An address that fails is down; one that answers says nothing of the pods."""
    assert station.record(seen(Verdict.PASS, Verdict.PASS), 1.0) == 1
    assert station.record(seen(Verdict.PASS, problem="away"), 2.0) is None
    assert station.record(seen(Verdict.FAIL, problem="away"), 3.0) == 0
