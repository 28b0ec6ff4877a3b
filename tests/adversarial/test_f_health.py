"""F: addresses of health checks. What a repository names is reached only where anybody, or the operator, allows it."""

import asyncio
import gzip

import pytest
from aiohttp import web

from tests.fakes.answering import Handler, answering
from yantra_bot.clock import SystemClock
from yantra_bot.clusters.probes import MAX_BODY, Probes
from yantra_bot.clusters.reach import Reach
from yantra_bot.domain.environment import HttpCheck, UrlCheck
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.rollout import Sample
from yantra_bot.domain.workload import PodState, WorkloadState
from yantra_bot.errors import UserError

COMMIT = "c0ffee" + "0" * 34
STRICT = Reach.read((), ())


def pod(ip: str, *, name: str = "shop-1", phase: str = "Running", port: int = 80, is_leaving: bool = False) -> PodState:
    return PodState(name, ip, phase, True, is_leaving, 0, 0.0, (("http", port),))


def workload(*pods: PodState) -> WorkloadState:
    return WorkloadState("shop", 1, 1, "", False, 1, 1, 1, 1, 0, 1, None, None, (), pods)


async def ask_url(check: UrlCheck, handler: Handler, *, allowed: bool = True) -> tuple[Sample, int]:
    """Ask for an address whose `PORT` is the handler's; return the sample and how often the handler was reached."""
    reached = 0

    async def counted(request: web.Request) -> web.StreamResponse:
        nonlocal reached
        reached += 1
        return await handler(request)

    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async with answering(counted) as port:
        reach = Reach.read((), (f"shop.test:{port}",) if allowed else ())
        probes = Probes(reach, SystemClock(), resolve=resolve)
        moved = UrlCheck(
            check.url.replace("PORT", str(port)),
            check.status,
            check.body,
            check.version_header,
            timeout_seconds=check.timeout_seconds,
        )
        return await probes.ask_url(moved, commit=COMMIT), reached


async def ok(_: web.Request) -> web.StreamResponse:
    return web.Response(text="fine")


@pytest.mark.case("F01")
@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/",
        "http://127.0.0.1:6379/",
        "http://[::1]/",
        "http://0/",
        "http://0.0.0.0/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://[::ffff:169.254.169.254]/",
        "http://[64:ff9b::7f00:1]/",
        "http://10.0.0.1/",
    ],
)
async def test_addresses_of_the_inside_are_refused(url: str) -> None:
    """In every spelling, before anything is connected to."""
    with pytest.raises(UserError):
        STRICT.read_url(url)
    sample = await Probes(STRICT, SystemClock()).ask_url(UrlCheck(url), commit=COMMIT)
    assert sample.verdict is Verdict.ERROR


@pytest.mark.case("F01")
async def test_a_name_that_leads_inside_is_not_connected_to() -> None:
    """What counts is where a name leads; the operator can list it."""
    sample, reached = await ask_url(UrlCheck("http://shop.test:PORT/"), ok, allowed=False)
    assert (sample.verdict, reached) == (Verdict.ERROR, 0)
    assert "YANTRA_HEALTH_HOSTS" in sample.detail
    sample, reached = await ask_url(UrlCheck("http://shop.test:PORT/"), ok)
    assert (sample.verdict, reached) == (Verdict.PASS, 1)


@pytest.mark.case("F01")
async def test_listing_a_host_does_not_open_the_metadata_of_a_cloud() -> None:
    """A listed name that leads to a link-local address is still not reached."""

    async def resolve(host: str, port: int) -> list[str]:
        return ["169.254.169.254"]

    probes = Probes(Reach.read((), ("shop.test",)), SystemClock(), resolve=resolve)
    sample = await probes.ask_url(UrlCheck("http://shop.test/"), commit=COMMIT)
    assert sample.verdict is Verdict.ERROR


@pytest.mark.case("F02")
async def test_the_address_that_was_judged_is_connected_to() -> None:
    """A name is looked up once: a second answer, meant for the connection, is never asked for."""
    asked = 0

    async def resolve(host: str, port: int) -> list[str]:
        nonlocal asked
        asked += 1
        return ["192.0.2.1"] if asked == 1 else ["127.0.0.1"]

    async with answering(ok) as port:
        probes = Probes(STRICT, SystemClock(), resolve=resolve)
        check = UrlCheck(f"http://rebind.test:{port}/", timeout_seconds=1.0)
        sample = await probes.ask_url(check, commit=COMMIT)
    assert asked == 1
    assert sample.verdict is Verdict.ERROR


@pytest.mark.case("F02")
async def test_one_bad_address_among_good_ones_is_enough() -> None:
    """No choice is left to who answers the look-up."""

    async def resolve(host: str, port: int) -> list[str]:
        return ["8.8.8.8", "127.0.0.1"]

    sample = await Probes(STRICT, SystemClock(), resolve=resolve).ask_url(UrlCheck("http://two.test/"), commit=COMMIT)
    assert sample.verdict is Verdict.ERROR


@pytest.mark.case("F03")
@pytest.mark.parametrize("to", ["http://169.254.169.254/", "file:///etc/passwd", "gopher://127.0.0.1/", "/elsewhere"])
async def test_redirects_are_not_followed(to: str) -> None:
    """An answer that leads on is an answer with the wrong status."""

    async def moved(_: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"location": to})

    sample, reached = await ask_url(UrlCheck("http://shop.test:PORT/"), moved)
    assert (sample.verdict, reached) == (Verdict.FAIL, 1)
    assert "302" in sample.detail


@pytest.mark.case("F04")
@pytest.mark.parametrize(
    "url",
    [
        "http://user:word@shop.test/",
        "https://github.com@evil.example/",
        "https://github.com\\@evil.example/",
        "https://gіthub.com/",
        "https://xn--gthub-nua.com/",
        "http://shop.test/\ta",
        "http://shop.test/\nhost: x",
        "http:// shop.test/",
        "file:///etc/passwd",
        "ftp://shop.test/",
        "http://%31%32%37.0.0.1/",
        "http://shop.test:0/",
        "//shop.test/",
    ],
)
async def test_odd_addresses_are_refused_when_they_are_read(url: str) -> None:
    """Users in addresses, look-alikes, other schemes, control signs."""
    with pytest.raises(UserError):
        STRICT.read_url(url)


@pytest.mark.case("F05")
async def test_an_answer_without_end_is_cut() -> None:
    """As much is read as is looked at, within the time that the check has."""

    async def endless(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        while True:
            await answer.write(b"x" * 65_536)

    sample, _ = await ask_url(UrlCheck("http://shop.test:PORT/", body="fine", timeout_seconds=30), endless)
    assert (sample.verdict, str(MAX_BODY >> 10) in sample.detail) == (Verdict.FAIL, True)
    sample, _ = await ask_url(UrlCheck("http://shop.test:PORT/", timeout_seconds=30), endless)
    assert sample.verdict is Verdict.PASS


@pytest.mark.case("F05")
async def test_an_answer_that_never_comes_is_a_failure_in_time() -> None:
    """A server that takes the request and says nothing is not well."""

    async def silent(_: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    sample, _ = await ask_url(UrlCheck("http://shop.test:PORT/", timeout_seconds=0.5), silent)
    assert sample.verdict is Verdict.FAIL
    assert "within 0.5 s" in sample.detail


@pytest.mark.case("F05")
async def test_a_bomb_is_not_unpacked() -> None:
    """Packed answers are not asked for, and say nothing."""

    async def bomb(_: web.Request) -> web.StreamResponse:
        return web.Response(body=gzip.compress(b"fine" * 1_000_000), headers={"content-encoding": "gzip"})

    sample, _ = await ask_url(UrlCheck("http://shop.test:PORT/", body="fine"), bomb)
    assert sample.verdict is Verdict.INCONCLUSIVE


@pytest.mark.case("F05")
async def test_an_error_behind_a_good_status_is_seen_where_the_rule_asks_for_a_text() -> None:
    """The text that is asked for has to be there."""

    async def wrong(_: web.Request) -> web.StreamResponse:
        return web.Response(text='{"status": "error"}')

    sample, _ = await ask_url(UrlCheck("http://shop.test:PORT/", body='"status": "ok"'), wrong)
    assert sample.verdict is Verdict.FAIL


@pytest.mark.case("F01")
@pytest.mark.parametrize("ip", ["127.0.0.1", "169.254.169.254", "8.8.8.8", "::1", "fe80::1", "::ffff:10.0.0.1", "x"])
async def test_pods_are_asked_in_the_operators_networks_alone(ip: str) -> None:
    """Whatever the cluster says a pod's address is."""
    (sample,) = await Probes(STRICT, SystemClock()).ask_pods(HttpCheck(), workload(pod(ip)), commit=COMMIT)
    assert sample.verdict is Verdict.ERROR
    assert ("no address" if ip == "x" else "YANTRA_POD_NETWORKS") in sample.detail


@pytest.mark.case("H11")
async def test_old_pods_and_caches_never_pass() -> None:
    """A wrong version in a new pod is a failure; behind an address, and from a cache, it is no data."""
    headers = {"X-Version": "b" * 40}

    async def old(_: web.Request) -> web.StreamResponse:
        return web.Response(headers=headers)

    check = UrlCheck("http://shop.test:PORT/", version_header="X-Version")
    assert (await ask_url(check, old))[0].verdict is Verdict.INCONCLUSIVE
    headers["X-Version"] = COMMIT[:12]
    assert (await ask_url(check, old))[0].verdict is Verdict.PASS
    headers["Age"] = "30"
    assert (await ask_url(check, old))[0].verdict is Verdict.INCONCLUSIVE
    headers.clear()
    assert (await ask_url(check, old))[0].verdict is Verdict.INCONCLUSIVE
    headers["X-Version"] = "b" * 40
    async with answering(old) as port:
        probes = Probes(Reach.read(("127.0.0.0/8",), ()), SystemClock())
        state = workload(pod("127.0.0.1", port=port))
        (sample,) = await probes.ask_pods(HttpCheck(version_header="X-Version"), state, commit=COMMIT)
    assert sample.verdict is Verdict.FAIL
    assert COMMIT[:12] in sample.detail
