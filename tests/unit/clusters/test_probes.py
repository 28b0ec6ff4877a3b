"""Health checks over HTTP: which pods are asked, on which port, and what their answers mean."""

import pytest
from aiohttp import web

from tests.adversarial.test_f_health import pod, workload
from tests.fakes.answering import answering
from yantra_bot.clock import SystemClock
from yantra_bot.clusters.checks import Checks
from yantra_bot.clusters.probes import Probes, port_of
from yantra_bot.clusters.prometheus import Prometheus
from yantra_bot.clusters.prometheus_door import PrometheusDoor
from yantra_bot.clusters.reach import Reach
from yantra_bot.domain.environment import Environment, HealthRule, HttpCheck, MetricCheck, UrlCheck
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.rollout import Before
from yantra_bot.errors import SettingsError

LOCAL = Reach.read(("127.0.0.0/8",), ())


async def test_each_running_new_pod_is_asked_for_itself() -> None:
    """Those that start or leave are not; a closed port is a failure."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=200 if request.path == "/health" else 404)

    async with answering(answer) as port:
        state = workload(
            pod("127.0.0.1", port=port),
            pod("127.0.0.1", name="closed", port=1),
            pod("127.0.0.1", name="starting", phase="Pending", port=port),
            pod("127.0.0.1", name="leaving", is_leaving=True, port=port),
        )
        samples = await Probes(LOCAL, SystemClock()).ask_pods(HttpCheck(), state, commit="")
        assert [(one.pod, one.verdict) for one in samples] == [("shop-1", Verdict.PASS), ("closed", Verdict.FAIL)]
        (wrong,) = await Probes(LOCAL, SystemClock()).ask_pods(
            HttpCheck("/other"), workload(pod("127.0.0.1", port=port)), commit=""
        )
        assert wrong.detail == "HTTP 404, expected is 200"


async def test_nobody_to_ask_is_no_data() -> None:
    """Neither before the first pod runs, nor where none has the port."""
    probes = Probes(LOCAL, SystemClock())
    (none,) = await probes.ask_pods(HttpCheck(), workload(), commit="")
    (other,) = await probes.ask_pods(HttpCheck(port="metrics"), workload(pod("127.0.0.1")), commit="")
    assert [none.verdict, other.verdict] == [Verdict.INCONCLUSIVE] * 2
    assert "metrics" in other.detail


def test_a_port_is_found_by_name_by_number_or_as_the_first() -> None:
    """A number that nobody names is taken as it is; one that others name is theirs."""
    web_pod, bare = pod("10.0.0.1", port=8080), pod("10.0.0.2", name="worker")
    assert port_of(web_pod, 0, [web_pod]) == port_of(web_pod, "http", [web_pod]) == 8080
    assert port_of(web_pod, "grpc", [web_pod]) is None
    assert port_of(bare, 9999, [web_pod, bare]) == 9999
    assert port_of(bare, 8080, [web_pod, bare]) is None


@pytest.mark.parametrize("host", ["", "http://x", "a b", "user@x", "x/path", "2130706433", "x:99999"])
def test_a_wrong_host_stops_the_start(host: str) -> None:
    """With the cure."""
    with pytest.raises(SettingsError, match="Cure"):
        Reach.read((), (host,))


def test_a_wrong_network_stops_the_start() -> None:
    """With the cure."""
    with pytest.raises(SettingsError, match="Cure"):
        Reach.read(("10.0.0.1/8",), ())


async def test_all_checks_of_a_rule_give_a_sample_each() -> None:
    """Also those that cannot be made."""
    checks = Checks(Probes(LOCAL, SystemClock()), Prometheus(PrometheusDoor(""), SystemClock()))
    rule = HealthRule(
        http=(HttpCheck(),),
        urls=(UrlCheck("http://127.0.0.1/"),),
        metrics=(MetricCheck("errors", "x", most=1.0),),
    )
    environment = Environment("staging", "main", "shop")
    samples = await checks.sample(rule, workload(), environment=environment, commit="", before=Before())
    assert [(one.check, one.verdict) for one in samples] == [
        ("http /health", Verdict.INCONCLUSIVE),
        ("url http://127.0.0.1/", Verdict.ERROR),
        ("errors", Verdict.ERROR),
    ]
