"""No manifest, however odd, gets past the judges with something that the policy names, or makes them stumble."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.cluster.manifests import IMAGE, merged, prepare
from tests.fakes.cluster.world import deployment
from yantra_bot.domain.rollout import Manifest
from yantra_bot.errors import UserError

POD = "spec.template.spec"
DANGEROUS = {
    "hostNetwork",
    "hostPID",
    "hostIPC",
    "hostPath",
    "privileged",
    "serviceAccountName",
    "nodeName",
    "hostPort",
    "procMount",
    "sysctls",
    "ephemeralContainers",
}
FIELDS = sorted(
    DANGEROUS
    | {"containers", "initContainers", "volumes", "securityContext", "name", "image", "env", "ports", "metadata"}
)
SCALARS = (
    st.none() | st.booleans() | st.integers(-1, 70_000) | st.sampled_from(["", "x", "default", "None", "/", IMAGE])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4)
)
PLACES = st.sampled_from(
    [
        *("metadata.labels", "metadata.annotations", "spec", "spec.template", "spec.template.metadata", POD),
        *(f"{POD}.containers", f"{POD}.initContainers", f"{POD}.volumes", f"{POD}.securityContext"),
        *(f"{POD}.containers.0.{name}" for name in FIELDS),
        *(f"{POD}.{name}" for name in FIELDS),
    ]
)


def truthy(value: Any, keys: set[str]) -> set[str]:
    """Return which of the keys have a value that says something, anywhere."""
    if isinstance(value, list):
        return {found for one in value for found in truthy(one, keys)}
    if not isinstance(value, dict):
        return set()
    here = {key for key, one in value.items() if key in keys and one not in (None, False, "", "default", [], {}, 0)}
    return here | {found for one in value.values() for found in truthy(one, keys)}


@pytest.mark.case("H01")
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.dictionaries(PLACES, VALUES, min_size=1, max_size=3))
def test_whatever_is_written_it_is_refused_in_words_or_harmless(changes: dict[str, Any]) -> None:
    """A refusal, or objects with nothing in them that reaches beyond the pod."""
    try:
        written: Manifest = merged(deployment(IMAGE), changes)
    except (IndexError, TypeError, ValueError, AttributeError, KeyError):
        return  # changes that cannot be made beside each other
    try:
        found = prepare(written)
    except UserError:
        return
    (one,) = found
    pod = one["spec"]["template"]["spec"]
    assert truthy(pod, DANGEROUS) == set()
    assert pod["automountServiceAccountToken"] is False
    for container in [*pod["containers"], *(pod.get("initContainers") or ())]:
        assert "@sha256:" in container["image"]
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
