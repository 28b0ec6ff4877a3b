"""What the pods of a repository may be: named field by field, so that what nobody thought of is refused. Pure.

Whoever writes a manifest may be anybody who can push a branch: it must not reach the node, the cluster's own API, other
namespaces, or the keys of the bot.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

Problem = tuple[str, str]
"""Where, as `containers[main].securityContext.privileged`, and why not."""

MOST_GRACE_SECONDS: Final = 600
_NODE: Final = "it reaches into the machine that the pod runs on"
_API: Final = "it gives pods rights in the cluster"
_PLACE: Final = "it says which machine the pod runs on"
_POD: Final = frozenset(
    {
        *("activeDeadlineSeconds", "affinity", "automountServiceAccountToken", "containers", "dnsPolicy"),
        *("enableServiceLinks", "hostIPC", "hostNetwork", "hostPID", "hostUsers", "imagePullSecrets", "initContainers"),
        *("nodeSelector", "os", "restartPolicy", "securityContext", "serviceAccountName", "serviceAccount"),
        *("setHostnameAsFQDN", "shareProcessNamespace", "terminationGracePeriodSeconds", "tolerations"),
        *("topologySpreadConstraints", "volumes"),
    }
)
_CONTAINER: Final = frozenset(
    {
        *("args", "command", "env", "envFrom", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "name"),
        *("ports", "readinessProbe", "resizePolicy", "resources", "restartPolicy", "securityContext", "startupProbe"),
        *("terminationMessagePath", "terminationMessagePolicy", "volumeMounts", "workingDir"),
    }
)
_CONTEXT: Final = frozenset(
    {
        *("allowPrivilegeEscalation", "appArmorProfile", "capabilities", "fsGroup", "fsGroupChangePolicy"),
        *("privileged", "procMount", "readOnlyRootFilesystem", "runAsGroup", "runAsNonRoot", "runAsUser"),
        *("seccompProfile", "supplementalGroups", "supplementalGroupsPolicy"),
    }
)
_VOLUMES: Final = frozenset(
    {"name", "configMap", "downwardAPI", "emptyDir", "persistentVolumeClaim", "projected", "secret"}
)
_SOURCES: Final = frozenset({"configMap", "downwardAPI", "secret"})
_PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")
_SYSTEM_PATHS: Final = (
    "/proc",
    "/sys",
    "/dev",
    "/var/run/secrets",
    "/run/secrets",
    "/var/lib/kubelet",
    "/etc/kubernetes",
)
_WHY: Final = {
    "ephemeralContainers": "containers are not added to running pods",
    "nodeName": _PLACE,
    "schedulerName": _PLACE,
    "runtimeClassName": _NODE,
    "priorityClassName": "it has other people's pods ended",
    "priority": "it has other people's pods ended",
    "hostAliases": "it changes what names mean",
    "dnsConfig": "it changes what names mean",
    "volumeDevices": _NODE,
    "sysctls": _NODE,
    "seLinuxOptions": _NODE,
    "windowsOptions": _NODE,
    "resourceClaims": _NODE,
    "hostPath": _NODE,
    "csi": _NODE,
    "serviceAccountToken": _API,
    "clusterTrustBundle": _API,
    "podCertificate": _API,
}
_UNKNOWN: Final = "nothing that is deployed by the bot needs it"


def check_pod(spec: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with the specification of a pod that has the schema's shape."""
    yield from _beyond(spec, _POD, "")
    yield from _check_rights(spec)
    yield from _check_context(spec.get("securityContext"), "securityContext")
    yield from _check_place(spec)
    yield from _check_secret_names((one.get("name") for one in spec.get("imagePullSecrets") or ()), "imagePullSecrets")
    kinds = {}
    for volume in spec.get("volumes") or ():
        kinds[volume.get("name")] = next((key for key in volume if key != "name"), "")
        yield from _check_volume(volume, f"volumes[{volume.get('name')}]")
    for listed in ("initContainers", "containers"):
        for container in spec.get(listed) or ():
            yield from _check_container(container, f"{listed}[{container.get('name')}]", kinds)


def _check_rights(spec: Mapping[str, Any]) -> Iterator[Problem]:
    for key in ("hostNetwork", "hostPID", "hostIPC", "hostUsers"):
        if spec.get(key):
            yield key, _NODE
    for key in ("serviceAccountName", "serviceAccount"):
        if spec.get(key) not in (None, "", "default"):
            yield key, _API
    if spec.get("automountServiceAccountToken"):
        yield "automountServiceAccountToken", _API
    if (spec.get("terminationGracePeriodSeconds") or 0) > MOST_GRACE_SECONDS:
        yield "terminationGracePeriodSeconds", f"more than {MOST_GRACE_SECONDS}: pods would stay after a roll-back"
    if spec.get("dnsPolicy") not in (None, "ClusterFirst"):
        yield "dnsPolicy", "it changes what names mean"


def _check_container(container: Mapping[str, Any], place: str, volumes: Mapping[Any, str]) -> Iterator[Problem]:
    yield from _beyond(container, _CONTAINER, f"{place}.")
    yield from _check_context(container.get("securityContext"), f"{place}.securityContext")
    for port in container.get("ports") or ():
        if port.get("hostPort") or port.get("hostIP"):
            yield f"{place}.ports.hostPort", _NODE
    for key in _PROBES:
        yield from _check_handler(container.get(key), f"{place}.{key}")
    for key, handler in (container.get("lifecycle") or {}).items():
        if isinstance(handler, dict):
            yield from _check_handler(handler, f"{place}.lifecycle.{key}")
    for mount in container.get("volumeMounts") or ():
        yield from _check_mount(mount, f"{place}.volumeMounts[{mount.get('mountPath')}]", volumes)
    named = [((one.get("valueFrom") or {}).get("secretKeyRef") or {}).get("name") for one in container.get("env") or ()]
    named += [(one.get("secretRef") or {}).get("name") for one in container.get("envFrom") or ()]
    yield from _check_secret_names(named, f"{place}.env")
    for one in container.get("env") or ():
        if "fileKeyRef" in (one.get("valueFrom") or {}):
            yield f"{place}.env[{one.get('name')}].valueFrom.fileKeyRef", _UNKNOWN


def _check_context(context: Mapping[str, Any] | None, place: str) -> Iterator[Problem]:
    context = context or {}
    yield from _beyond(context, _CONTEXT, f"{place}.")
    for key in ("privileged", "allowPrivilegeEscalation"):
        if context.get(key):
            yield f"{place}.{key}", "it gives the pod more rights than its image was given"
    for key in ("runAsUser", "runAsGroup", "fsGroup", "supplementalGroups"):
        said = context.get(key)
        if 0 in (said if isinstance(said, list) else [said]):
            yield f"{place}.{key}", "the pod would be root"
    if context.get("runAsNonRoot") is False:
        yield f"{place}.runAsNonRoot", "the pod may not ask to be root"
    if (context.get("capabilities") or {}).get("add"):
        yield f"{place}.capabilities.add", "it gives the pod more rights than its image was given"
    if context.get("procMount") not in (None, "Default"):
        yield f"{place}.procMount", _NODE
    for key in ("seccompProfile", "appArmorProfile"):
        if (context.get(key) or {}).get("type", "RuntimeDefault") != "RuntimeDefault":
            yield f"{place}.{key}", "only RuntimeDefault is taken"


def _check_place(spec: Mapping[str, Any]) -> Iterator[Problem]:
    for key in spec.get("nodeSelector") or {}:
        if _is_reserved_node_label(key):
            yield f"nodeSelector.{key}", _PLACE
    for toleration in spec.get("tolerations") or ():
        key = str(toleration.get("key") or "")
        if not key or "node-role.kubernetes.io" in key or key.startswith("node.cloudprovider.kubernetes.io"):
            yield f"tolerations[{key or 'all'}]", "machines of the control plane run nothing of a repository's"
    terms = _find(spec.get("affinity"), "matchExpressions") + _find(spec.get("affinity"), "matchFields")
    for term in terms:
        if _is_reserved_node_label(str(term.get("key") or "")):
            yield f"affinity[{term.get('key')}]", _PLACE
    for key in ("namespaces", "namespaceSelector"):
        if _find(spec.get("affinity"), key):
            yield f"affinity.{key}", "it looks at other namespaces"


def _is_reserved_node_label(key: str) -> bool:
    return "node-role" in key or key in ("kubernetes.io/hostname", "metadata.name")


def _check_volume(volume: Mapping[str, Any], place: str) -> Iterator[Problem]:
    yield from _beyond(volume, _VOLUMES, f"{place}.")
    yield from _check_secret_names([(volume.get("secret") or {}).get("secretName")], f"{place}.secret")
    for source in (volume.get("projected") or {}).get("sources") or ():
        yield from _beyond(source, _SOURCES, f"{place}.projected.")
        yield from _check_secret_names([(source.get("secret") or {}).get("name")], f"{place}.projected.secret")


def _check_mount(mount: Mapping[str, Any], place: str, volumes: Mapping[Any, str]) -> Iterator[Problem]:
    path = "/" + "/".join(part for part in str(mount.get("mountPath") or "").split("/") if part)
    if (
        ".." in path.split("/")
        or path == "/"
        or any(path == one or path.startswith(f"{one}/") for one in _SYSTEM_PATHS)
    ):
        yield f"{place}.mountPath", _NODE
    if mount.get("mountPropagation") not in (None, "None"):
        yield f"{place}.mountPropagation", _NODE
    if mount.get("subPathExpr"):
        yield f"{place}.subPathExpr", "what a pod can name by its environment may lead out of the volume"
    inner = str(mount.get("subPath") or "")
    if inner and (volumes.get(mount.get("name")) not in (*_SOURCES, "projected") or ".." in inner or inner[0] == "/"):
        yield f"{place}.subPath", "in a volume that pods write to it may lead out of the volume"


def _check_handler(handler: Mapping[str, Any] | None, place: str) -> Iterator[Problem]:
    for key in ("httpGet", "tcpSocket"):
        if ((handler or {}).get(key) or {}).get("host"):
            yield f"{place}.{key}.host", "the machine would ask somebody else than the pod"


def _check_secret_names(names: Any, place: str) -> Iterator[Problem]:
    for name in names:
        if isinstance(name, str) and name.startswith("yantra"):
            yield place, f"the secret {name!r} is the bot's own"


def _beyond(found: Mapping[str, Any], known: frozenset[str], place: str) -> Iterator[Problem]:
    for key, value in found.items():
        if key not in known and value not in (None, [], {}, ""):
            yield f"{place}{key}", _WHY.get(key, _UNKNOWN)


def _find(value: Any, key: str) -> list[Any]:
    """Return all that lies under a key, at any depth; lists are taken apart."""
    if isinstance(value, list):
        return [found for item in value for found in _find(item, key)]
    if not isinstance(value, dict):
        return []
    own = value.get(key)
    here = own if isinstance(own, list) else [own] if own is not None else []
    return here + [found for name, item in value.items() if name != key for found in _find(item, key)]
