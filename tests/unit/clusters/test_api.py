"""What the API server's errors mean: none is taken for success, and none shows a token."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.fakes.cluster.fake import FakeCluster
from tests.fakes.cluster.world import SHOP, ClusterWorld, deployment
from tests.fakes.tls_world import TLSServer, make_certificate
from yantra_bot.clusters.api import MOST_BYTES, ApiServer, quoted, segment
from yantra_bot.clusters.kubeconfig import Access
from yantra_bot.clusters.kubernetes_clusters import KubernetesClusters
from yantra_bot.clusters.kubernetes_door import KubernetesNamespace
from yantra_bot.deploy_ports import ChangedByOthers, Gone
from yantra_bot.domain.environment import Environment
from yantra_bot.errors import Permanent, Transient, UserError

IMAGE = "registry.test/shop@sha256:" + "1" * 64


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def door(fake_cluster: ClusterWorld, pauses: list[float]) -> KubernetesNamespace:
    """A namespace of the fake whose pauses are noted, not waited for."""

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    space = fake_cluster.namespace
    words = [f"main={fake_cluster.kubeconfig}"], [f"acme/shop=main/{space}"]
    clusters = KubernetesClusters(*words, fake_cluster.scratch, sleep=sleep)
    return clusters.open(SHOP, Environment("staging", "main", space))


Call = Callable[[KubernetesNamespace], Awaitable[object]]
READ: Call = lambda door: door.read("Deployment", "shop")  # noqa: E731 (one of a table)
APPLY: Call = lambda door: door.apply(deployment(IMAGE), mark="run-1")  # noqa: E731 (one of a table)
SELECT: Call = lambda door: door.select("Pod", {"app": "shop"})  # noqa: E731 (one of a table)


@pytest.mark.case("H18")
@pytest.mark.parametrize("status", [0, 408, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("call", [READ, APPLY, SELECT])
async def test_what_passes_is_asked_again(
    cluster: FakeCluster, door: KubernetesNamespace, pauses: list[float], status: int, call: Call
) -> None:
    """Twice more, with pauses; a broken connection (0) likewise. Then it is told as what passes."""
    await call(door)
    cluster.fail("shop|pods", status, times=2)
    await call(door)
    assert len(pauses) == 2
    cluster.fail("shop|pods", status, times=100)
    with pytest.raises(Transient):
        await call(door)


@pytest.mark.case("H18")
async def test_the_server_says_how_long_to_wait(
    cluster: FakeCluster, door: KubernetesNamespace, pauses: list[float]
) -> None:
    """A little is waited; much is told to the caller."""
    cluster.fail("shop", 429, retry_after="2")
    assert await READ(door) is None
    assert pauses == [2.0]
    cluster.fail("shop", 429, retry_after="60")
    with pytest.raises(Transient) as refused:
        await READ(door)
    assert refused.value.retry_after == 60


@pytest.mark.case("H18")
async def test_a_list_whose_mark_ran_out_is_begun_anew(
    fake_cluster: ClusterWorld, cluster: FakeCluster, door: KubernetesNamespace
) -> None:
    """410 in the middle of pages; what was read before is not taken for the whole."""
    for number in range(260):
        name = f"m-{number:03}"
        cluster.objects.put(
            "configmaps",
            {
                "kind": "ConfigMap",
                "metadata": {"name": name, "namespace": fake_cluster.namespace, "labels": {"a": "b"}},
            },
        )
    assert len(await door.select("ConfigMap", {"a": "b"})) == 260
    cluster.fail("configmaps", 410, times=3)
    assert len(await door.select("ConfigMap", {"a": "b"})) == 260


@pytest.mark.case("H18")
async def test_a_token_that_was_replaced_is_read_anew(tmp_path: Path, cluster: FakeCluster) -> None:
    """Once; a cluster that takes neither is told, with the cure."""
    file = tmp_path / "token"
    file.write_text("old")
    api = ApiServer(Access("main", cluster.url, token_file=file), tmp_path)
    cluster.tokens.add("new")
    file.write_text("new")
    assert (await api.json("GET", "/version"))["major"] == "1"
    cluster.tokens.clear()
    with pytest.raises(Permanent, match="does not take our token") as refused:
        await api.json("GET", "/api/v1/namespaces/x/pods")
    assert "new" not in str(refused.value)


@pytest.mark.case("H18")
@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        (401, Permanent, "does not take our token"),
        (403, Permanent, "does not allow it"),
        (400, UserError, "refuses it"),
        (422, UserError, "refuses it"),
        (409, ChangedByOthers, "meanwhile"),
        (302, Permanent, "answered 302"),
        (405, Permanent, "answered 405"),
    ],
)
async def test_a_refusal_is_told_with_its_meaning(
    cluster: FakeCluster, door: KubernetesNamespace, status: int, kind: type[Exception], said: str
) -> None:
    """Applying raises it; nothing was applied, and nothing is followed elsewhere."""
    cluster.fail("PATCH .*shop", status, times=10)
    with pytest.raises(kind, match=said):
        await APPLY(door)
    assert await READ(door) is None


@pytest.mark.case("H18")
async def test_reading_what_is_forbidden_is_not_nothing(cluster: FakeCluster, door: KubernetesNamespace) -> None:
    """403 is no empty list and no missing object; a log that is forbidden is not empty."""
    cluster.fail("shop|pods", 403, times=10)
    for call in (READ, SELECT, lambda one: one.log("p", "main", lines=5, is_previous=False)):
        with pytest.raises(Permanent, match="does not allow it"):
            await call(door)


@pytest.mark.case("H18")
async def test_a_server_that_does_not_prove_itself_is_shown_no_token(tmp_path: Path) -> None:
    """Its certificate is not of the kubeconfig's authority: nothing is sent, and it does not pass by waiting."""
    (tmp_path / "theirs").mkdir()
    (tmp_path / "ours").mkdir()
    theirs, ours = make_certificate(tmp_path / "theirs", "localhost"), make_certificate(tmp_path / "ours", "localhost")
    async with TLSServer(theirs, {"/version": b"{}"}) as server:
        access = Access("main", f"https://localhost:{server.port}", ca=ours.read_bytes(), token="secret-token")
        with pytest.raises(Permanent, match="does not prove"):
            await ApiServer(access, tmp_path).json("GET", "/version")
        assert server.requests == []


@pytest.mark.case("H18")
async def test_nobody_there_passes(tmp_path: Path, cluster: FakeCluster) -> None:
    """A cluster that is restarted comes back."""
    await cluster.close()

    async def sleep(_: float) -> None:
        return None

    api = ApiServer(Access("main", cluster.url, token="t"), tmp_path, sleep=sleep)
    with pytest.raises(Transient, match="cannot be reached"):
        await api.json("GET", "/version")


async def test_what_a_cluster_says_is_bounded_and_holds_no_token() -> None:
    """One line, cut; a name is one part of a path, whatever is in it."""
    assert quoted("a\n b\tAuthorization: Bearer abc.def x") == "a b Authorization: Bearer … x"
    assert len(quoted("x" * 10_000)) == 600
    assert segment("../../secrets/x") == "..%2F..%2Fsecrets%2Fx"
    assert MOST_BYTES == 16 * 1024 * 1024


async def test_what_is_gone_is_told_where_it_has_to_be_there(door: KubernetesNamespace) -> None:
    """Scaling, routing and restoring need it; removing does not."""
    for call in (door.scale("shop", 1), door.route("shop", {"a": "b"}), door.restore("shop", "shop-1", mark="r")):
        with pytest.raises(Gone):
            await call
    await door.remove("Deployment", "shop")


@pytest.mark.case("H18")
async def test_a_status_that_moves_does_not_stop_a_change(cluster: FakeCluster, door: KubernetesNamespace) -> None:
    """The cluster itself writes all the time: what was read too early is read again, and only then changed."""
    await APPLY(door)
    cluster.fail("PATCH .*deployments/shop", 409, times=3)
    await door.scale("shop", 3)
    live = await READ(door)
    assert isinstance(live, dict)
    assert live["spec"]["replicas"] == 3


@pytest.mark.case("H14")
async def test_a_specification_that_moves_does(
    cluster: FakeCluster, fake_cluster: ClusterWorld, door: KubernetesNamespace
) -> None:
    """Somebody else is at it between our look and our change: it is left, and told."""
    await APPLY(door)
    cluster.fail("PATCH .*deployments/shop", 409, times=100)
    path = f"{fake_cluster.apps}/deployments/shop"

    def meddle() -> None:
        live = cluster.objects.get("deployments", fake_cluster.namespace, "shop")
        changed = {**live, "spec": {**live["spec"], "minReadySeconds": live["spec"].get("minReadySeconds", 0) + 1}}
        cluster.objects.put("deployments", changed)

    cluster.on_request(f"GET {path}", meddle)
    with pytest.raises(ChangedByOthers, match="meanwhile"):
        await door.scale("shop", 3)
    assert sum(asked.startswith("PATCH") and "deployments/shop" in asked for asked in cluster.asked) < 6


@pytest.mark.case("H18")
async def test_an_answer_that_was_lost_is_found_again(cluster: FakeCluster, door: KubernetesNamespace) -> None:
    """The change was made, its answer never came: asked again, it is not taken for somebody else's."""
    await APPLY(door)
    cluster.lose_answers("PATCH .*deployments/shop.*")
    await door.scale("shop", 3)
    live = await READ(door)
    assert isinstance(live, dict)
    assert live["spec"]["replicas"] == 3


@pytest.mark.case("H07")
async def test_nothing_is_ever_watched(cluster: FakeCluster, door: KubernetesNamespace) -> None:
    """Whatever is asked, it is one object or a page of a list."""
    await APPLY(door)
    await SELECT(door)
    await door.scale("shop", 1)
    await door.diff([deployment(IMAGE)])
    assert cluster.asked
    assert not any("watch" in asked for asked in cluster.asked)


async def test_an_answer_that_is_too_long_or_no_json_is_no_answer(tmp_path: Path) -> None:
    """It is not read beyond its limit."""
    certificate = make_certificate(tmp_path, "localhost")
    pages = {"/large": b'{"a": "' + b"a" * (MOST_BYTES + 10) + b'"}', "/list": b"[1]", "/text": b"<html>"}

    async def sleep(_: float) -> None:
        return None

    async with TLSServer(certificate, pages) as server:
        access = Access("main", f"https://localhost:{server.port}", ca=certificate.read_bytes(), token="t")
        api = ApiServer(access, tmp_path, sleep=sleep)
        with pytest.raises(Permanent, match="more than 16 MB"):
            await api.json("GET", "/large")
        for path in ("/list", "/text"):
            with pytest.raises(Transient, match="no JSON object"):
                await api.json("GET", path)
