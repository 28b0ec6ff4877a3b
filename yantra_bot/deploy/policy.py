"""What a repository's manifests may say, beside their schema: kinds, names, and what each may reach. Pure.

Refusals name the field and why; the cure is to leave it out, or to have somebody else than the bot deploy it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from yantra_bot.deploy.manifests.kinds import APPLIED, COMMIT, SERVICE, SOURCE
from yantra_bot.deploy.policy_pods import Problem, check_pod
from yantra_bot.domain.rollout import Manifest

MOST_REPLICAS: Final = 100
_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?", re.ASCII)
_METADATA: Final = frozenset({"name", "namespace", "labels", "annotations"})
_OURS: Final = "yantra.dev/"
_SYSTEM_DOMAINS: Final = (
    *("kubernetes.io", "k8s.io", "cncf.io", "istio.io", "linkerd.io", "cilium.io", "tigera.io", "projectcalico.org"),
    *("hashicorp.com", "datadoghq.com", "karpenter.sh"),
)
_KNOWN_NOTES: Final = (
    "app.kubernetes.io/*",
    "kubernetes.io/change-cause",
    "kubernetes.io/description",
    "kubectl.kubernetes.io/restartedAt",
    "cluster-autoscaler.kubernetes.io/safe-to-evict",
    "nginx.ingress.kubernetes.io/proxy-body-size",
    "nginx.ingress.kubernetes.io/proxy-read-timeout",
    "nginx.ingress.kubernetes.io/ssl-redirect",
    "nginx.ingress.kubernetes.io/force-ssl-redirect",
)
_OPEN_NOTES: Final = (*_KNOWN_NOTES, "cert-manager.io/issuer", "cert-manager.io/cluster-issuer", "prometheus.io/*")
"""What may be said of a Service or an Ingress: controllers of every maker act on annotations, some by running them."""
_PLAIN_NOTE: Final = re.compile(r"[\w .,:/@+-]{0,256}", re.ASCII)
_PLAIN_PATH: Final = re.compile(r"/[\w.~%/-]{0,512}", re.ASCII)
_SERVICE_TYPES: Final = (None, "", "ClusterIP")


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator allows."""

    registries: tuple[str, ...] = ()
    """`HOST[:PORT]/PATH-PREFIX` that images beside the service's own may come from, by digest."""
    hosts: tuple[str, ...] = ()
    """`CLUSTER/NAMESPACE=HOST` that an Ingress there may name; `*.` at its beginning stands for any subdomain."""

    def hosts_of(self, cluster: str, namespace: str) -> tuple[str, ...]:
        """Return the hosts that a namespace may be reached by."""
        place = f"{cluster}/{namespace}"
        return tuple(host for word in self.hosts for where, _, host in [word.partition("=")] if where == place)


def check_identity(manifest: Manifest, namespace: str) -> Iterator[Problem]:
    """Yield what is wrong with kind, name, namespace, labels and annotations."""
    kind, metadata = str(manifest["kind"]), manifest["metadata"]
    if kind not in APPLIED:
        yield "kind", f"{kind[:80]} is not deployed by the bot; these are: {', '.join(APPLIED)}"
        return
    name = str(metadata["name"])
    if not _NAME.fullmatch(name) or name.startswith(("kube-", "yantra")):
        yield "metadata.name", "it is no name, or one of the cluster's or the bot's own"
    if metadata.get("namespace") not in (None, "", namespace):
        yield "metadata.namespace", f"it is another one than the environment's, which is {namespace}"
    for key in metadata:
        if key not in _METADATA and metadata[key]:
            yield f"metadata.{key}", "only name, namespace, labels and annotations are taken"
    if manifest.get("status"):
        yield "status", "the cluster says it"
    for key in ("labels", "annotations"):
        if not isinstance(metadata.get(key) or {}, dict):
            yield f"metadata.{key}", "it is no mapping"
            return
    yield from _check_notes(metadata, "metadata")
    if kind in ("Service", "Ingress"):
        yield from _check_open_notes(metadata)


def _check_open_notes(metadata: Mapping[str, Any]) -> Iterator[Problem]:
    for key, value in (metadata.get("annotations") or {}).items():
        if "/" not in key or key in (SOURCE, COMMIT):
            continue
        if not any(fnmatchcase(key, one) for one in _OPEN_NOTES) or not _PLAIN_NOTE.fullmatch(str(value)):
            yield f"metadata.annotations.{key}", "what opens the service to others acts on it"


def _check_notes(metadata: Mapping[str, Any], place: str) -> Iterator[Problem]:
    for listed in ("labels", "annotations"):
        for key in metadata.get(listed) or {}:
            domain = key.partition("/")[0] if "/" in key else ""
            is_system = any(domain == one or domain.endswith(f".{one}") for one in _SYSTEM_DOMAINS)
            if key in (SOURCE, COMMIT, SERVICE):
                continue
            if key.startswith(_OURS) or key == "pod-template-hash":
                yield f"{place}.{listed}.{key}", "it is set by the bot, or by the cluster"
            elif is_system and not any(fnmatchcase(key, one) for one in _KNOWN_NOTES):
                yield f"{place}.{listed}.{key}", "the cluster's own parts act on it"


def check_object(manifest: Manifest, *, hosts: Sequence[str], deployments: Sequence[str]) -> Iterator[Problem]:
    """Yield what is wrong with the specification of an object that has its schema's shape.

    `hosts` may be named by an Ingress; `deployments` are the names of the Deployments beside it.
    """
    spec = manifest.get("spec") or {}
    checks: dict[str, Callable[[Mapping[str, Any]], Iterator[Problem]]] = {
        "Deployment": _check_deployment,
        "Service": _check_service,
        "Ingress": lambda found: _check_ingress(found, hosts),
        "HorizontalPodAutoscaler": lambda found: _check_autoscaler(found, deployments),
    }
    check = checks.get(str(manifest["kind"]))
    if check is not None:
        for place, why in check(spec):
            yield f"spec.{place}", why


def _check_deployment(spec: Mapping[str, Any]) -> Iterator[Problem]:
    if spec.get("paused"):
        yield "paused", "nothing would be rolled out"
    if spec.get("revisionHistoryLimit") == 0:
        yield "revisionHistoryLimit", "there would be no version to go back to"
    if (spec.get("replicas") or 0) > MOST_REPLICAS:
        yield "replicas", f"more than {MOST_REPLICAS}"
    template = spec.get("template") or {}
    if not template.get("spec"):
        yield "template.spec", "without it there are no pods"
    for key in template.get("metadata") or {}:
        if key not in ("labels", "annotations", "name", "creationTimestamp"):
            yield f"template.metadata.{key}", "only labels and annotations are taken"
    yield from _check_notes(template.get("metadata") or {}, "template.metadata")
    for place, why in check_pod(template.get("spec") or {}):
        yield f"template.spec.{place}", why


def _check_service(spec: Mapping[str, Any]) -> Iterator[Problem]:
    if spec.get("type") not in _SERVICE_TYPES:
        yield (
            "type",
            "it opens the cluster to the outside, or leads out of it; an Ingress does for a host that is allowed",
        )
    for key in ("externalIPs", "externalName", "loadBalancerIP", "loadBalancerClass", "loadBalancerSourceRanges"):
        if spec.get(key):
            yield key, "it takes what is sent to others, or leads out of the cluster"
    if spec.get("clusterIP") not in (None, "", "None"):
        yield "clusterIP", "the cluster chooses it"
    if any(port.get("nodePort") for port in spec.get("ports") or ()):
        yield "ports.nodePort", "it opens a port of every machine"
    if not spec.get("selector"):
        yield "selector", "without one it leads wherever somebody says"


def _check_ingress(spec: Mapping[str, Any], hosts: Sequence[str]) -> Iterator[Problem]:
    if spec.get("defaultBackend"):
        yield "defaultBackend", "it takes what is meant for others"
    rules, tls = spec.get("rules") or (), spec.get("tls") or ()
    named = [str(rule.get("host") or "") for rule in rules] + [host for one in tls for host in one.get("hosts") or ()]
    for host in named:
        if not any(_covers(allowed, host) for allowed in hosts):
            known = ", ".join(hosts) or "none"
            said = host[:120] or "every host"
            yield "rules.host", f"{said} is none that the operator allows here by YANTRA_DEPLOY_HOSTS ({known})"
    for rule in rules:
        for path in (rule.get("http") or {}).get("paths") or ():
            if (path.get("backend") or {}).get("resource"):
                yield "rules.http.paths.backend.resource", "it leads elsewhere than to a Service"
            if not _PLAIN_PATH.fullmatch(str(path.get("path") or "/")):
                yield "rules.http.paths.path", "it holds signs that a controller may take for its own language"
    if any(str(one.get("secretName") or "").startswith("yantra") for one in tls):
        yield "tls.secretName", "that secret is the bot's own"


def _covers(allowed: str, host: str) -> bool:
    """Whether a host is the allowed one, or under it where that begins with `*.`."""
    if allowed.startswith("*."):
        return host.endswith(allowed[1:]) and len(host) > len(allowed) - 1 and (host[0] != "*" or host == allowed)
    return host == allowed


def _check_autoscaler(spec: Mapping[str, Any], deployments: Sequence[str]) -> Iterator[Problem]:
    target = spec.get("scaleTargetRef") or {}
    if (target.get("kind"), target.get("apiVersion")) != ("Deployment", "apps/v1") or target.get(
        "name"
    ) not in deployments:
        yield "scaleTargetRef", "it scales something else than a Deployment of these manifests (apiVersion: apps/v1)"
    if (spec.get("maxReplicas") or 0) > MOST_REPLICAS:
        yield "maxReplicas", f"more than {MOST_REPLICAS}"
