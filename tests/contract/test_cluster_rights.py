"""What the bot's account may do in a real cluster: all that it needs, and nothing else."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.cluster.manifests import STAGING, generate_for
from tests.fakes.cluster.world import ClusterWorld, deployment, service
from yantra_bot.clusters.api import ApiServer
from yantra_bot.clusters.kubeconfig import read_access
from yantra_bot.clusters.rights import ACCOUNT, make_rights
from yantra_bot.domain.rollout import Adjustment
from yantra_bot.errors import Permanent

pytestmark = pytest.mark.cluster
IMAGE = "registry.test/shop@sha256:" + "1" * 64
RBAC = "/apis/rbac.authorization.k8s.io/v1"


@dataclass
class Bot:
    """The bot's account in a namespace, by a token of its own."""

    world: ClusterWorld
    kubeconfig: Path
    api: ApiServer


async def let_in(world: ClusterWorld, rights: tuple[dict[str, Any], ...]) -> Bot:
    """Make the account with these rights; return what it reaches the cluster by."""
    home = rights[0]["metadata"]["namespace"]
    paths = {
        "ServiceAccount": f"/api/v1/namespaces/{home}/serviceaccounts",
        "Role": f"{RBAC}/namespaces/{world.namespace}/roles",
        "RoleBinding": f"{RBAC}/namespaces/{world.namespace}/rolebindings",
    }
    for one in rights:
        await world.create(paths[one["kind"]], one)
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 3600}}
    said = await world.create(f"{paths['ServiceAccount']}/{ACCOUNT}/token", body)
    raw = json.loads(world.kubeconfig.read_text())
    raw["users"] = [{"name": "bot", "user": {"token": said["status"]["token"]}}]
    raw["contexts"][0]["context"]["user"] = "bot"
    authority = Path(raw["clusters"][0]["cluster"].pop("certificate-authority"))
    world.scratch.mkdir(exist_ok=True)
    (world.scratch / "ca.crt").write_bytes(authority.read_bytes())
    raw["clusters"][0]["cluster"]["certificate-authority"] = "ca.crt"
    file = world.scratch / "bot.yaml"
    file.touch(mode=0o600)
    file.write_text(json.dumps(raw))
    return Bot(world, file, ApiServer(read_access("main", str(file)), world.scratch))


@pytest.fixture
async def bot(real_cluster: ClusterWorld) -> Bot:
    return await let_in(real_cluster, make_rights(real_cluster.namespace))


@pytest.mark.case("H06")
async def test_the_account_may_all_that_a_deployment_takes(bot: Bot) -> None:
    """Every kind is applied, compared, read and removed; versions are rolled out, logged and restored."""
    world, cluster = bot.world, bot.world.open(kubeconfig=bot.kubeconfig)
    for manifest in generate_for(STAGING):
        assert await cluster.diff([manifest])
        await cluster.apply(manifest, mark="run-1")
        await cluster.remove(str(manifest["kind"]), str(manifest["metadata"]["name"]))
    await cluster.apply(service(), mark="run-1")
    await cluster.apply(deployment(IMAGE), mark="run-1")
    await world.until_whole("shop")
    (before,) = await cluster.select("ReplicaSet", {"app": "shop"})
    pods = await cluster.select("Pod", {"app": "shop"})
    assert "listening" in await cluster.log(pods[0]["metadata"]["name"], "main", lines=5, is_previous=False)
    await cluster.apply(deployment(IMAGE.replace("1", "2")), mark="run-2")
    await cluster.restore("shop", before["metadata"]["name"], mark="run-2")
    await cluster.scale("shop", 1)
    await cluster.adjust("shop", Adjustment({"yantra.dev/restarted": "run-3"}), mark="run-3")
    assert await cluster.select("HorizontalPodAutoscaler", {}) == ()
    await cluster.route("shop", {"app": "other"})
    await world.until_whole("shop", 1)


DENIED = [
    ("GET", "{core}/secrets"),
    ("GET", "{core}/secrets/db"),
    ("GET", "{core}/serviceaccounts"),
    ("POST", "{core}/serviceaccounts/yantra-bot/token"),
    ("POST", "{core}/pods"),
    ("POST", "{core}/pods/shop/exec"),
    ("GET", "{core}/pods/shop/exec"),
    ("GET", "{core}/pods/shop/portforward"),
    ("GET", "{core}/configmaps"),
    ("POST", "{core}/events"),
    ("PATCH", "{core}/pods/shop"),
    ("DELETE", "{core}/pods/shop"),
    ("DELETE", "{apps}/deployments"),
    ("DELETE", "{apps}/replicasets/shop-1"),
    ("GET", "{apps}/deployments?watch=true"),
    ("GET", "{apps}/daemonsets"),
    ("POST", "/apis/batch/v1/namespaces/{space}/jobs"),
    ("POST", RBAC + "/namespaces/{space}/roles"),
    ("PATCH", RBAC + "/namespaces/{space}/roles/yantra-bot"),
    ("POST", RBAC + "/namespaces/{space}/rolebindings"),
    ("POST", RBAC + "/clusterrolebindings"),
    ("GET", "/api/v1/namespaces/default/pods"),
    ("GET", "/apis/apps/v1/namespaces/kube-system/deployments/x"),
    ("GET", "/api/v1/namespaces"),
    ("GET", "/api/v1/nodes"),
    ("POST", "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"),
]


@pytest.mark.case("H06")
async def test_the_account_may_nothing_else(bot: Bot) -> None:
    """Secrets, commands in pods, rights, other namespaces, the cluster itself: each is forbidden, by the cluster."""
    names = {"core": bot.world.core, "apps": bot.world.apps, "space": bot.world.namespace}
    for method, place in DENIED:
        path, _, query = place.format(**names).partition("?")
        asked = dict([query.split("=")]) if query else None
        with pytest.raises(Permanent, match="does not allow it"):
            await bot.api.json(method, path, query=asked, body=None if method == "GET" else {})


@pytest.mark.case("H06")
async def test_an_account_may_live_where_nobody_deploys_to(real_cluster: ClusterWorld, tmp_path: Path) -> None:
    """It is let into a namespace, and has no rights in its own: what pods there could mount of it lies elsewhere."""
    home = await ClusterWorld(real_cluster.kubeconfig, tmp_path / "home").make()
    try:
        bot = await let_in(real_cluster, make_rights(real_cluster.namespace, home=home.namespace))
        cluster = real_cluster.open(kubeconfig=bot.kubeconfig)
        await cluster.apply(deployment(IMAGE), mark="run-1")
        assert await cluster.read("Deployment", "shop") is not None
        with pytest.raises(Permanent, match="does not allow it"):
            await bot.api.json("GET", f"{home.core}/pods")
    finally:
        await home.discard()


@pytest.mark.case("H07")
async def test_a_role_that_names_its_objects_is_enough_for_polls(real_cluster: ClusterWorld) -> None:
    """Such a role may neither list nor watch Deployments: what is asked is one object, again and again."""
    await real_cluster.open().apply(deployment(IMAGE), mark="run-1")
    account, role, binding = make_rights(real_cluster.namespace)
    for rule in role["rules"]:
        if rule["apiGroups"] == ["apps"] and "deployments" in rule["resources"]:
            rule.update(verbs=["get", "patch", "delete"], resourceNames=["shop"])
    bot = await let_in(real_cluster, (account, role, binding))
    cluster = real_cluster.open(kubeconfig=bot.kubeconfig)
    live = await real_cluster.until(
        lambda: cluster.read("Deployment", "shop"),
        lambda found: ((found or {}).get("status") or {}).get("availableReplicas") == 2,
    )
    assert live is not None
    await cluster.scale("shop", 1)
    await real_cluster.until_whole("shop", 1)
    for forbidden in (cluster.read("Deployment", "other"), cluster.select("Deployment", {"app": "shop"})):
        with pytest.raises(Permanent, match="does not allow it"):
            await forbidden
