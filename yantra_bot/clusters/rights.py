"""The rights that the bot needs in a namespace, as objects of the cluster: what `kubernetes_door` asks, no more. Pure.

Nothing here watches, reads secrets, runs something in a pod, or reaches another namespace.
"""

from collections.abc import Sequence
from typing import Any, Final

from yantra_bot.deploy.manifests.kinds import APPLIED, READ

ACCOUNT: Final = "yantra-bot"
_APPLYING: Final = ("create", "delete", "get", "patch")
_LISTED: Final = frozenset({"HorizontalPodAutoscaler"})
"""Of what is applied: who sets a Deployment's number of replicas is asked before it is healed by more pods."""
_READING: Final = ("get", "list")


def make_rights(namespace: str, *, home: str = "") -> tuple[dict[str, Any], ...]:
    """Return the account, its role and the binding, for the namespace of one environment.

    `home` is the namespace that the account itself lives in; empty: the same. One account may be let into several.
    """
    home = home or namespace
    metadata = {"name": ACCOUNT, "namespace": namespace, "labels": {"app.kubernetes.io/name": ACCOUNT}}
    account = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {**metadata, "namespace": home},
        "automountServiceAccountToken": False,
    }
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": metadata,
        "rules": [*_rules(), _rule("", ["pods/log"], ("get",))],
    }
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": metadata,
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": ACCOUNT},
        "subjects": [{"kind": "ServiceAccount", "name": ACCOUNT, "namespace": home}],
    }
    return account, role, binding


def _rules() -> Sequence[dict[str, Any]]:
    """Return a rule for each group of the API and set of verbs."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for kinds, verbs in ((APPLIED, _APPLYING), (READ, _READING)):
        for kind in kinds.values():
            version = kind.versions[0]
            group = version.partition("/")[0] if "/" in version else ""
            listed = ("list",) if kind.name in _LISTED else ()
            found.setdefault((group, tuple(sorted((*verbs, *listed)))), []).append(kind.plural)
    return [_rule(group, sorted(plurals), verbs) for (group, verbs), plurals in sorted(found.items())]


def _rule(group: str, resources: Sequence[str], verbs: Sequence[str]) -> dict[str, Any]:
    return {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)}
