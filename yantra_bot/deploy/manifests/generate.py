"""Manifests for a service whose repository has none: Deployment, Service, autoscaler, budget, network policy. Pure.

They fit the profile `restricted` of Kubernetes; requests and limits are those of SPEC 11.
"""

from typing import Any, Final

from yantra_bot.domain.environment import Environment, HttpCheck, Release
from yantra_bot.domain.rollout import Manifest

NAME: Final = "app.kubernetes.io/name"
CONTAINER: Final = "main"
_RESOURCES: Final = {
    "requests": {"memory": "256Mi", "cpu": "500m"},
    "limits": {"memory": "512Mi", "cpu": "1"},
}
_BUSY_PERCENT: Final = 80
_MOST_REPLICAS: Final = 100


def generate(release: Release, environment: Environment, *, service: str) -> tuple[Manifest, ...]:
    """Return the objects; their image is the release's repository, which is given its digest later."""
    return (
        _deployment(release, environment, service),
        _object("v1", "Service", service, {"selector": {NAME: service}, "ports": [_port(environment)]}),
        _object("autoscaling/v2", "HorizontalPodAutoscaler", service, _scaling(environment, service)),
        # At most one pod at a time is taken away by people who empty a machine.
        _object("policy/v1", "PodDisruptionBudget", service, {"maxUnavailable": 1, "selector": _selector(service)}),
        _object("networking.k8s.io/v1", "NetworkPolicy", service, _network(environment, service)),
    )


def _object(version: str, kind: str, name: str, spec: dict[str, Any]) -> Manifest:
    metadata = {"name": name, "labels": {NAME: name}}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


def _selector(service: str) -> dict[str, Any]:
    return {"matchLabels": {NAME: service}}


def _port(environment: Environment) -> dict[str, Any]:
    return {"name": "http", "port": 80, "targetPort": environment.port, "protocol": "TCP"}


def _deployment(release: Release, environment: Environment, service: str) -> Manifest:
    spread = {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": _selector(service),
    }
    pod = {
        "automountServiceAccountToken": False,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "topologySpreadConstraints": [spread],
        "containers": [_container(release, environment)],
    }
    spec = {
        "replicas": environment.replicas,
        "revisionHistoryLimit": 10,
        "progressDeadlineSeconds": max(60, int(environment.health.deadline_seconds)),
        "selector": _selector(service),
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
        "template": {"metadata": {"labels": {NAME: service}}, "spec": pod},
    }
    return _object("apps/v1", "Deployment", service, spec)


def _container(release: Release, environment: Environment) -> dict[str, Any]:
    check = next(iter(environment.health.http), None)
    return {
        "name": CONTAINER,
        "image": release.image,
        "ports": [{"name": "http", "containerPort": environment.port, "protocol": "TCP"}],
        "env": [{"name": name, "value": value} for name, value in sorted(environment.variables.items())],
        "resources": _RESOURCES,
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "readinessProbe": {**_ask(check, environment), "periodSeconds": 5, "failureThreshold": 3},
        # Slower and more patient: a pod that is busy is taken out of the Service, not restarted.
        "livenessProbe": {**_ask(check, environment), "periodSeconds": 10, "failureThreshold": 6, "timeoutSeconds": 5},
        "startupProbe": {**_ask(check, environment), "periodSeconds": 5, "failureThreshold": 30},
    }


def _ask(check: HttpCheck | None, environment: Environment) -> dict[str, Any]:
    if check is None:
        return {"tcpSocket": {"port": environment.port}}
    port = check.port or environment.port
    return {"httpGet": {"path": check.path, "port": port, "scheme": check.scheme.upper()}}


def _scaling(environment: Environment, service: str) -> dict[str, Any]:
    goal = {"type": "Utilization", "averageUtilization": _BUSY_PERCENT}
    return {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": service},
        "minReplicas": environment.replicas,
        "maxReplicas": min(_MOST_REPLICAS, max(environment.replicas * 3, 2)),
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": goal}}],
    }


def _network(environment: Environment, service: str) -> dict[str, Any]:
    """Let everybody reach the service's port, and nobody any other."""
    ports = [{"port": environment.port, "protocol": "TCP"}]
    return {"podSelector": _selector(service), "policyTypes": ["Ingress"], "ingress": [{"ports": ports}]}
