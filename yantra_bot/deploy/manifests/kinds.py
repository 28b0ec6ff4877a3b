"""The kinds of Kubernetes that are applied or read, and in which versions of the API. All else is refused."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of object in a namespace."""

    name: str
    plural: str
    versions: tuple[str, ...]
    """`apiVersion`s that are understood, the best first."""


APPLIED: Final = {
    kind.name: kind
    for kind in (
        Kind("ConfigMap", "configmaps", ("v1",)),
        Kind("NetworkPolicy", "networkpolicies", ("networking.k8s.io/v1",)),
        Kind("Service", "services", ("v1",)),
        Kind("Deployment", "deployments", ("apps/v1",)),
        Kind(
            "HorizontalPodAutoscaler",
            "horizontalpodautoscalers",
            ("autoscaling/v2", "autoscaling/v2beta2", "autoscaling/v1"),
        ),
        Kind("PodDisruptionBudget", "poddisruptionbudgets", ("policy/v1", "policy/v1beta1")),
        Kind("Ingress", "ingresses", ("networking.k8s.io/v1",)),
    )
}
"""What a repository may deploy, in the order in which it is applied: what pods need comes before them."""

READ: Final = {
    kind.name: kind
    for kind in (
        Kind("ReplicaSet", "replicasets", ("apps/v1",)),
        Kind("Pod", "pods", ("v1",)),
        Kind("Event", "events", ("v1",)),
    )
}
"""What is looked at beside."""

KINDS: Final = APPLIED | READ

SOURCE: Final = "yantra.dev/source"
"""Annotation that says, until it is prepared, which file and line an object was read from; never applied."""
COMMIT: Final = "yantra.dev/commit"
"""Annotation of objects and of pods: the commit that was deployed."""
SERVICE: Final = "yantra.dev/service"
"""Label: the service that an object belongs to."""
