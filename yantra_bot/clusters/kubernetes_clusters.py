"""The clusters that the operator configured, and which repository may deploy where in them."""

import asyncio
import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from yantra_bot.clusters.api import ApiServer, Sleep
from yantra_bot.clusters.kubeconfig import read_access
from yantra_bot.clusters.kubernetes_door import KubernetesNamespace
from yantra_bot.clusters.served_versions import ServedVersions
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.repository import Repository
from yantra_bot.errors import SettingsError, UserError

_LABEL: Final = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


class KubernetesClusters:
    """Implements the port Clusters."""

    def __init__(
        self, clusters: Sequence[str], targets: Sequence[str], scratch: Path, *, sleep: Sleep = asyncio.sleep
    ) -> None:
        """`clusters` and `targets` are the words of the settings of these names. Raises SettingsError."""
        self._servers: dict[str, tuple[ApiServer, ServedVersions]] = {}
        for word in clusters:
            name, _, where = word.partition("=")
            if not _NAME.fullmatch(name) or not where or name in self._servers:
                raise SettingsError(
                    f"YANTRA_CLUSTERS has {word!r}. Cure: write NAME=KUBECONFIG_FILE[#CONTEXT], each name once."
                )
            api = ApiServer(read_access(name, where), scratch, sleep=sleep)
            self._servers[name] = (api, ServedVersions(api))
        self._targets = tuple(self._read_target(word) for word in targets)

    def names(self) -> tuple[str, ...]:
        return tuple(self._servers)

    def open(self, repository: Repository, environment: Environment) -> KubernetesNamespace:
        name, namespace = environment.cluster, environment.namespace
        if name not in self._servers:
            known = ", ".join(self._servers) or "none"
            raise UserError(
                f"The environment {environment.name} names the cluster {name!r}, which this bot does not know "
                f"(it knows: {known}). Cure: correct it, or have the operator add it to YANTRA_CLUSTERS."
            )
        if not self._may(repository.full_name, name, namespace):
            raise UserError(
                f"{repository.full_name} may not deploy to {name}/{namespace}. Cure: have the operator add "
                f"{repository.full_name}={name}/{namespace} to YANTRA_DEPLOY_TARGETS."
            )
        api, served = self._servers[name]
        return KubernetesNamespace(name, namespace, api, served, takes_over=environment.takes_over)

    def _may(self, full_name: str, cluster: str, namespace: str) -> bool:
        # Names of repositories are the same in capitals and small letters; those of namespaces have no capitals.
        return any(
            (cluster, namespace) == place and fnmatchcase(full_name.lower(), pattern)
            for pattern, place in self._targets
        )

    def _read_target(self, word: str) -> tuple[str, tuple[str, str]]:
        pattern, _, place = word.partition("=")
        cluster, _, namespace = place.partition("/")
        if "/" not in pattern or not _LABEL.fullmatch(namespace):
            raise SettingsError(
                f"YANTRA_DEPLOY_TARGETS has {word!r}. Cure: write OWNER/REPO=CLUSTER/NAMESPACE; * stands in OWNER/REPO "
                "alone."
            )
        if cluster not in self._servers:
            raise SettingsError(
                f"YANTRA_DEPLOY_TARGETS has {word!r}, whose cluster is not in YANTRA_CLUSTERS. Cure: add it there."
            )
        if namespace.startswith("kube-"):
            raise SettingsError(
                f"YANTRA_DEPLOY_TARGETS has {word!r}: namespaces of the cluster itself are never deployed to. "
                "Cure: make one for the service."
            )
        return pattern.lower(), (cluster, namespace)
