"""What a repository's manifests may not say: each refusal names the field, before any cluster is asked."""

import pytest

from tests.fakes.cluster.manifests import IMAGE, POLICY, merged, prepare
from tests.fakes.cluster.world import deployment, service
from yantra_bot.domain.rollout import Manifest
from yantra_bot.errors import UserError

POD, MAIN = "spec.template.spec", "spec.template.spec.containers.0"
SHOP = deployment(IMAGE)
OTHER = {"name": "other", "image": IMAGE}


def refusal(*objects: Manifest) -> str:
    with pytest.raises(UserError) as refused:
        prepare(*objects)
    return str(refused.value)


POD_ATTACKS = [
    (f"{MAIN}.securityContext", {"privileged": True}, "containers[main].securityContext.privileged"),
    (f"{MAIN}.securityContext", {"allowPrivilegeEscalation": True}, "allowPrivilegeEscalation"),
    (f"{MAIN}.securityContext", {"capabilities": {"add": ["NET_BIND_SERVICE"]}}, "capabilities.add"),
    (f"{MAIN}.securityContext", {"runAsUser": 0}, "securityContext.runAsUser"),
    (f"{MAIN}.securityContext", {"runAsNonRoot": False}, "securityContext.runAsNonRoot"),
    (f"{MAIN}.securityContext", {"procMount": "Unmasked"}, "securityContext.procMount"),
    (f"{MAIN}.securityContext", {"seccompProfile": {"type": "Unconfined"}}, "seccompProfile"),
    (f"{MAIN}.securityContext", {"seccompProfile": {"type": "Localhost", "localhostProfile": "x"}}, "seccompProfile"),
    (f"{MAIN}.securityContext", {"appArmorProfile": {"type": "Unconfined"}}, "appArmorProfile"),
    (f"{MAIN}.securityContext", {"seLinuxOptions": {"type": "spc_t"}}, "seLinuxOptions"),
    (f"{POD}.securityContext", {"runAsUser": 0}, "template.spec.securityContext.runAsUser"),
    (f"{POD}.securityContext", {"fsGroup": 0}, "securityContext.fsGroup"),
    (f"{POD}.securityContext", {"supplementalGroups": [5, 0]}, "supplementalGroups"),
    (f"{POD}.securityContext", {"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}, "securityContext.sysctls"),
    (f"{POD}.securityContext", {"windowsOptions": {"hostProcess": True}}, "windowsOptions"),
    (f"{POD}.hostPID", True, "hostPID"),
    (f"{POD}.hostIPC", True, "hostIPC"),
    (f"{POD}.hostNetwork", True, "hostNetwork"),
    (f"{POD}.hostUsers", True, "hostUsers"),
    (f"{POD}.hostAliases", [{"ip": "10.0.0.1", "hostnames": ["db"]}], "hostAliases"),
    (f"{POD}.dnsPolicy", "Default", "dnsPolicy"),
    (f"{POD}.serviceAccountName", "admin", "serviceAccountName"),
    (f"{POD}.serviceAccount", "admin", "serviceAccount"),
    (f"{POD}.automountServiceAccountToken", True, "automountServiceAccountToken"),
    (f"{POD}.nodeName", "node-0", "nodeName"),
    (f"{POD}.schedulerName", "mine", "schedulerName"),
    (f"{POD}.runtimeClassName", "runc", "runtimeClassName"),
    (f"{POD}.priorityClassName", "system-node-critical", "priorityClassName"),
    (f"{POD}.nodeSelector", {"node-role.kubernetes.io/control-plane": ""}, "nodeSelector"),
    (f"{POD}.nodeSelector", {"kubernetes.io/hostname": "node-0"}, "nodeSelector"),
    (f"{POD}.tolerations", [{"operator": "Exists"}], "tolerations[all]"),
    (f"{POD}.tolerations", [{"key": "node-role.kubernetes.io/master", "operator": "Exists"}], "tolerations"),
    (f"{POD}.ephemeralContainers", [OTHER], "ephemeralContainers"),
    (f"{POD}.initContainers", [{**OTHER, "securityContext": {"privileged": True}}], "initContainers[other]"),
    (f"{POD}.volumes", [{"name": "host", "hostPath": {"path": "/"}}], "volumes[host].hostPath"),
    (f"{POD}.volumes", [{"name": "d", "csi": {"driver": "x"}}], "volumes[d].csi"),
    (f"{POD}.volumes", [{"name": "n", "nfs": {"server": "10.0.0.1", "path": "/"}}], "volumes[n].nfs"),
    (f"{POD}.volumes", [{"name": "s", "secret": {"secretName": "yantra-token"}}], "the bot's own"),
    (
        f"{POD}.volumes",
        [{"name": "t", "projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}}],
        "serviceAccountToken",
    ),
    (f"{MAIN}.volumeDevices", [{"name": "d", "devicePath": "/dev/sda"}], "volumeDevices"),
    (f"{MAIN}.ports", [{"containerPort": 80, "hostPort": 80}], "hostPort"),
    (f"{MAIN}.livenessProbe", {"httpGet": {"host": "169.254.169.254", "port": 80}}, "livenessProbe.httpGet.host"),
    (f"{MAIN}.lifecycle", {"preStop": {"tcpSocket": {"host": "10.0.0.1", "port": 1}}}, "lifecycle.preStop"),
    (f"{MAIN}.volumeMounts", [{"name": "d", "mountPath": "/proc/sys"}], "mountPath"),
    (f"{MAIN}.volumeMounts", [{"name": "d", "mountPath": "/d", "subPathExpr": "$(A)"}], "subPathExpr"),
    (f"{MAIN}.volumeMounts", [{"name": "d", "mountPath": "/d", "subPath": "x"}], "subPath"),
    (f"{MAIN}.volumeMounts", [{"name": "d", "mountPath": "/d", "mountPropagation": "Bidirectional"}], "Propagation"),
    (f"{MAIN}.env", [{"name": "T", "valueFrom": {"secretKeyRef": {"name": "yantra-token", "key": "t"}}}], "bot's own"),
    (f"{MAIN}.envFrom", [{"secretRef": {"name": "yantra-token"}}], "the bot's own"),
    (
        "spec.template.metadata.annotations",
        {"container.apparmor.security.beta.kubernetes.io/main": "unconfined"},
        "apparmor",
    ),
    ("spec.template.metadata.annotations", {"k8s.v1.cni.cncf.io/networks": "host"}, "cncf.io"),
    (
        f"{POD}.affinity",
        {
            "podAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": [
                    {"topologyKey": "a", "namespaces": ["kube-system"], "labelSelector": {}}
                ]
            }
        },
        "affinity.namespaces",
    ),
    (f"{POD}.terminationGracePeriodSeconds", 86_400, "terminationGracePeriodSeconds"),
    (f"{POD}.hostname", "db", "template.spec.hostname"),
    ("spec.template.metadata.annotations", {"vault.hashicorp.com/agent-inject": "true"}, "hashicorp"),
    ("spec.template.metadata.annotations", {"ad.datadoghq.com/main.checks": "{}"}, "datadoghq"),
    ("spec.paused", True, "spec.paused"),
    ("spec.revisionHistoryLimit", 0, "revisionHistoryLimit"),
    ("spec.replicas", 5000, "spec.replicas"),
]


@pytest.mark.case("H01")
@pytest.mark.parametrize(("path", "value", "said"), POD_ATTACKS, ids=[said for _, _, said in POD_ATTACKS])
def test_a_pod_reaches_nothing_but_itself(path: str, value: object, said: str) -> None:
    """Whatever would lead to the machine, the cluster's API, root, or others is refused, and nothing else is said."""
    found = refusal(merged(SHOP, {path: value}))
    assert said in found
    assert "Deployment shop" in found


@pytest.mark.case("H01")
def test_what_is_harmless_is_taken() -> None:
    """An ordinary manifest with volumes, probes and a security context of its own."""
    context = {"runAsNonRoot": True, "runAsUser": 1000, "capabilities": {"drop": ["ALL"]}, "privileged": False}
    ordinary = merged(
        SHOP,
        {
            f"{MAIN}.securityContext": context,
            f"{MAIN}.env": [{"name": "T", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}],
            f"{MAIN}.volumeMounts": [
                {"name": "c", "mountPath": "/etc/app.toml", "subPath": "app.toml"},
                {"name": "t", "mountPath": "/tmp"},
            ],
            f"{MAIN}.readinessProbe": {"httpGet": {"path": "/health", "port": "http"}},
            f"{POD}.volumes": [{"name": "c", "configMap": {"name": "app"}}, {"name": "t", "emptyDir": {}}],
            f"{POD}.tolerations": [{"key": "gpu", "operator": "Exists"}],
            f"{POD}.nodeSelector": {"disk": "ssd"},
            f"{POD}.hostNetwork": False,
        },
    )
    (found,) = prepare(ordinary)
    assert found["spec"]["template"]["spec"]["containers"][0]["securityContext"] == {
        **context,
        "allowPrivilegeEscalation": False,
    }


def extra(kind: str, version: str = "v1", **more: object) -> Manifest:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "extra"}, **more}


@pytest.mark.case("H02")
@pytest.mark.parametrize(
    "found",
    [
        extra("ClusterRoleBinding", "rbac.authorization.k8s.io/v1"),
        extra("RoleBinding", "rbac.authorization.k8s.io/v1"),
        extra("MutatingWebhookConfiguration", "admissionregistration.k8s.io/v1"),
        extra("CustomResourceDefinition", "apiextensions.k8s.io/v1"),
        extra("Secret", data={}),
        extra("Pod"),
        extra("ServiceAccount"),
        extra("Namespace"),
        extra("Job", "batch/v1"),
        extra("DaemonSet", "apps/v1"),
        extra("Endpoints"),
    ],
    ids=lambda found: found["kind"],
)
def test_other_kinds_are_not_deployed(found: Manifest) -> None:
    """Beside a Deployment or alone."""
    assert f"{found['kind']} is not deployed by the bot" in refusal(SHOP, found)


@pytest.mark.case("H02")
@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("metadata.namespace", "kube-system", "metadata.namespace"),
        ("metadata.name", "kube-root-ca.crt", "metadata.name"),
        ("metadata.name", "../x", "metadata.name"),
        ("metadata.name", "yantra-bot", "metadata.name"),
        ("metadata.ownerReferences", [{"kind": "Node", "name": "n"}], "ownerReferences"),
        ("metadata.finalizers", ["a/b"], "finalizers"),
        ("metadata.generateName", "shop-", "generateName"),
        ("metadata.labels", {"pod-template-hash": "x"}, "pod-template-hash"),
        ("metadata.annotations", {"yantra.dev/run": "x"}, "yantra.dev/run"),
        ("status", {"replicas": 9}, "status"),
    ],
)
def test_names_and_places_are_those_of_the_environment(path: str, value: object, said: str) -> None:
    """Nothing leaves the namespace, and nothing pretends to be the bot's or the cluster's."""
    assert said in refusal(merged(SHOP, {path: value}))


@pytest.mark.case("H02")
def test_one_object_twice_is_refused() -> None:
    """The second would go before the first."""
    assert "it is there twice" in refusal(SHOP, SHOP)


@pytest.mark.case("H04")
@pytest.mark.parametrize(
    ("image", "said"),
    [
        ("evil/web:latest", "no registry that the operator allows"),
        ("registry.test/acme-evil/web@sha256:" + "1" * 64, "no registry"),
        ("registry.test/acme/sidecar:1.2", "is not named by digest"),
        (f"{IMAGE}@sha256:{'1' * 64}:evil", "is no name of an image"),
        (f"{IMAGE}@sha256:{'1' * 64}", "names another digest than the commit's build"),
        ("registry.test/acme/../evil@sha256:" + "1" * 64, "is no name of an image"),
        ("", "is no name of an image"),
    ],
)
def test_images_are_the_commits_own_or_of_allowed_registries_by_digest(image: str, said: str) -> None:
    """Also of init containers."""
    assert said in refusal(merged(SHOP, {f"{POD}.initContainers": [{"name": "init", "image": image}]}))


@pytest.mark.case("H04")
def test_the_services_image_is_set_to_the_digest_of_the_commits_build() -> None:
    """Whatever tag the manifest names; others stay as they are."""
    sidecar = {"name": "proxy", "image": "proxy.test:5000/envoy@sha256:" + "b" * 64}
    (found,) = prepare(merged(deployment(f"{IMAGE}:latest"), {f"{POD}.initContainers": [sidecar]}))
    pod = found["spec"]["template"]["spec"]
    assert pod["containers"][0]["image"] == f"{IMAGE}@sha256:{'a' * 64}"
    assert pod["initContainers"][0]["image"] == sidecar["image"]
    assert "no container has the image" in refusal(deployment(sidecar["image"]))


def ingress(**spec: object) -> Manifest:
    return extra("Ingress", "networking.k8s.io/v1", spec=spec)


def rule(host: str | None) -> dict[str, object]:
    backend = {"service": {"name": "shop", "port": {"name": "http"}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    return {**({} if host is None else {"host": host}), "http": {"paths": [path]}}


@pytest.mark.case("H02")
@pytest.mark.parametrize(
    ("found", "said"),
    [
        (merged(service(), {"spec.type": "LoadBalancer"}), "spec.type"),
        (merged(service(), {"spec.type": "NodePort"}), "spec.type"),
        (merged(service(), {"spec": {"type": "ExternalName", "externalName": "evil.test"}}), "externalName"),
        (merged(service(), {"spec.externalIPs": ["10.0.0.1"]}), "externalIPs"),
        (merged(service(), {"spec.clusterIP": "10.0.0.10"}), "clusterIP"),
        (merged(service(), {"spec.selector": None}), "spec.selector"),
        (ingress(rules=[rule("admin.example.com")]), "admin.example.com is none"),
        (ingress(rules=[rule(None)]), "every host is none"),
        (ingress(rules=[rule("*.example.com")]), "is none"),
        (ingress(defaultBackend={"service": {"name": "shop", "port": {"number": 80}}}), "defaultBackend"),
        (ingress(tls=[{"hosts": ["bank.example.com"], "secretName": "x"}]), "bank.example.com"),
        (
            merged(
                ingress(rules=[rule("shop.example.com")]),
                {"metadata.annotations": {"nginx.ingress.kubernetes.io/configuration-snippet": "x"}},
            ),
            "configuration-snippet",
        ),
        (merged(service(), {"metadata.annotations": {"haproxy.org/backend-config-snippet": "x"}}), "haproxy"),
        (
            merged(
                ingress(rules=[rule("shop.example.com")]),
                {"metadata.annotations": {"nginx.ingress.kubernetes.io/proxy-body-size": "1m;}\nevil"}},
            ),
            "proxy-body-size",
        ),
        (
            merged(ingress(rules=[rule("shop.example.com")]), {"spec.rules.0.http.paths.0.path": "/x;}location /y{"}),
            "paths.path",
        ),
        (
            extra(
                "HorizontalPodAutoscaler",
                "autoscaling/v2",
                spec={"maxReplicas": 5, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"}},
            ),
            "scaleTargetRef",
        ),
    ],
)
def test_nothing_takes_what_is_meant_for_others(found: Manifest, said: str) -> None:
    """Services, hosts and autoscalers reach this service alone."""
    assert said in refusal(SHOP, found)


@pytest.mark.case("H02")
def test_refusals_are_short_and_one_line_each() -> None:
    """Whatever a manifest holds, nobody's comment is flooded or broken."""
    flood = {f"yantra.dev/{n}\n# {'x' * 10_000}": "x" for n in range(100)}
    lines = refusal(merged(SHOP, {"metadata.labels": flood})).splitlines()
    assert len(lines) == 22
    assert all(len(line) < 700 for line in lines)
    assert lines[-1] == "- and 80 more"


def test_a_host_that_the_operator_allows_is_taken() -> None:
    """By its name, or under a wildcard."""
    prepare(SHOP, ingress(rules=[rule("shop.example.com")]))
    wild = type(POLICY)(hosts=("main/shop-staging=*.shop.example.com",))
    prepare(SHOP, ingress(rules=[rule("a.shop.example.com")]), policy=wild)
    for host in ("shop.example.com", "evilshop.example.com"):
        with pytest.raises(UserError, match="is none that"):
            prepare(SHOP, ingress(rules=[rule(host)]), policy=wild)
