"""What is applied: schema and policy hold, our names are on it, and what the repository lacks is made."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.cluster.manifests import IMAGE, POLICY, RELEASE, STAGING, merged, open_preparation, prepare
from tests.fakes.cluster.world import deployment, service
from yantra_bot.deploy.manifests.kinds import SOURCE
from yantra_bot.deploy.manifests.prepare import Preparation
from yantra_bot.deploy.manifests.schemas import Schemas
from yantra_bot.deploy.manifests.versions import translate
from yantra_bot.deploy_ports import Manifests
from yantra_bot.domain.environment import HealthRule, HttpCheck
from yantra_bot.domain.rollout import Manifest
from yantra_bot.errors import UserError

MAIN = "spec.template.spec.containers.0"


@pytest.mark.case("H05")
@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (f"{MAIN}.imagePullPolcy", "Always", "'imagePullPolcy' was unexpected"),
        ("spec.replica", 2, "'replica' was unexpected"),
        ("spec.replicas", "2", "spec.replicas: '2' is not of type 'integer'"),
        (f"{MAIN}.env", [{"name": "DEBUG", "value": True}], "value: True is not of type 'string'"),
        (f"{MAIN}.securityContext", {"privileged": "true"}, "privileged: 'true' is not of type 'boolean'"),
        ("apiVersion", "extensions/v1beta1", "has no Deployment in extensions/v1beta1; write it in apps/v1"),
    ],
)
def test_unknown_fields_and_wrong_types_are_refused_with_file_and_line(path: str, value: object, said: str) -> None:
    """A typo is no setting that is silently off."""
    placed = merged(deployment(IMAGE), {path: value, "metadata.annotations": {SOURCE: "deploy/app.yaml:12"}})
    with pytest.raises(UserError) as refused:
        prepare(placed)
    assert "deploy/app.yaml:12 (Deployment shop)" in str(refused.value)
    assert said in str(refused.value)


def test_the_bots_names_are_on_everything_and_the_place_on_nothing() -> None:
    """Labels say whose it is, annotations which commit; configuration comes before what needs it."""
    placed = merged(deployment(IMAGE), {"metadata.annotations": {SOURCE: "deploy/app.yaml:12"}})
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "app"}, "data": {"a": "b"}}
    found = prepare(placed, service(), config)
    assert [one["kind"] for one in found] == ["ConfigMap", "Service", "Deployment"]
    for one in found:
        assert one["metadata"]["namespace"] == "shop-staging"
        assert one["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "yantra"
        assert one["metadata"]["labels"]["yantra.dev/service"] == "shop"
        assert one["metadata"]["annotations"] == {"yantra.dev/commit": RELEASE.commit}
    template = found[2]["spec"]["template"]
    assert template["metadata"]["annotations"] == {"yantra.dev/commit": RELEASE.commit}
    assert template["spec"]["automountServiceAccountToken"] is False
    assert template["spec"]["securityContext"] == {"seccompProfile": {"type": "RuntimeDefault"}}


def test_an_autoscaled_deployment_says_no_number() -> None:
    """The autoscaler's number is not set back by each deployment."""
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "shop"}
    scaler = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "shop"},
        "spec": {"maxReplicas": 4, "scaleTargetRef": target},
    }
    found = prepare(deployment(IMAGE), scaler)
    assert "replicas" not in found[0]["spec"]
    assert prepare(deployment(IMAGE))[0]["spec"]["replicas"] == 2


def test_without_a_deployment_nothing_would_run() -> None:
    """It is said."""
    with pytest.raises(UserError, match="There is no Deployment in deploy/staging"):
        prepare(service())


@pytest.mark.parametrize("name", ["Shop", "a_b", "-a", "a" * 64, ""])
def test_a_services_name_is_one_in_kubernetes(name: str) -> None:
    """Else generated objects could not be named."""
    with pytest.raises(UserError, match=r"deploy\.service"):
        open_preparation()(Manifests((), is_generated=True), RELEASE, STAGING, service=name)


def generated(**changes: object) -> dict[str, Manifest]:
    environment = replace(STAGING, manifests="", **changes)  # type: ignore[arg-type] # (fields of it)
    found = open_preparation()(Manifests((), is_generated=True), RELEASE, environment, service="shop")
    return {str(one["kind"]): one for one in found}


def test_what_is_generated_passes_the_same_judges_and_is_restricted() -> None:
    """Numbers of SPEC 11, health by the environment's rule, pods spread and without rights."""
    health = HealthRule(http=(HttpCheck("/healthz"),), deadline_seconds=240)
    found = generated(health=health, replicas=3, port=9000, variables={"MODE": "staging"})
    assert set(found) == {"NetworkPolicy", "Service", "Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget"}
    spec = found["Deployment"]["spec"]
    pod = spec["template"]["spec"]
    (main,) = pod["containers"]
    assert main["resources"] == {
        "requests": {"memory": "256Mi", "cpu": "500m"},
        "limits": {"memory": "512Mi", "cpu": "1"},
    }
    for probe in ("readinessProbe", "livenessProbe", "startupProbe"):
        assert main[probe]["httpGet"] == {"path": "/healthz", "port": 9000, "scheme": "HTTP"}
    assert (spec["progressDeadlineSeconds"], main["env"]) == (240, [{"name": "MODE", "value": "staging"}])
    assert pod["securityContext"] == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    assert main["securityContext"] == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    assert pod["automountServiceAccountToken"] is False
    assert pod["topologySpreadConstraints"][0]["topologyKey"] == "kubernetes.io/hostname"
    assert main["image"] == RELEASE.reference
    scaling = found["HorizontalPodAutoscaler"]["spec"]
    assert (scaling["minReplicas"], scaling["maxReplicas"]) == (3, 9)
    assert found["NetworkPolicy"]["spec"]["ingress"] == [{"ports": [{"port": 9000, "protocol": "TCP"}]}]


def test_without_a_health_rule_the_port_itself_is_probed() -> None:
    """Nothing is assumed of paths."""
    (main,) = generated()["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert main["readinessProbe"]["tcpSocket"] == {"port": 8080}


def test_without_schemas_nothing_is_deployed() -> None:
    """It fails closed, and tells the cure."""
    unchecked = Preparation(Schemas(None), POLICY)
    with pytest.raises(UserError, match="make setup"):
        unchecked(Manifests((deployment(IMAGE),), is_generated=False), RELEASE, STAGING, service="shop")


def test_schemas_are_the_newest_and_the_servers(tmp_path: Path) -> None:
    """Where the server's is not here, the nearest that is."""
    for minor in (34, 35, 37):
        place = tmp_path / f"v1.{minor}.0-local-strict"
        place.mkdir()
        (place / "_definitions.json").write_text("{}")
    schemas = Schemas(tmp_path)
    assert schemas.choose("") == ("1.37",)
    assert schemas.choose("1.35") == ("1.37", "1.35")
    assert schemas.choose("1.20") == ("1.37", "1.34")


AUTOSCALER = {
    "apiVersion": "autoscaling/v2",
    "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "shop"},
    "spec": {
        "maxReplicas": 4,
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "shop"},
        "metrics": [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
            }
        ],
    },
}
BUDGET = {
    "apiVersion": "policy/v1",
    "kind": "PodDisruptionBudget",
    "metadata": {"name": "shop"},
    "spec": {"maxUnavailable": 1, "selector": {"matchLabels": {"app": "shop"}}},
}


def test_a_version_that_the_cluster_has_not_is_translated_where_nothing_is_lost() -> None:
    """A renamed one as it is; an autoscaler with one goal for the processor into the plain form."""
    assert translate(BUDGET, {"policy/v1"}) == BUDGET
    assert translate(BUDGET, {"policy/v1beta1"}) == {**BUDGET, "apiVersion": "policy/v1beta1"}
    assert translate(AUTOSCALER, {"autoscaling/v1", "autoscaling/v2beta2"})["apiVersion"] == "autoscaling/v2beta2"
    plain = translate(AUTOSCALER, {"autoscaling/v1"})
    assert plain["spec"]["targetCPUUtilizationPercentage"] == 70
    assert "metrics" not in plain["spec"]


@pytest.mark.parametrize(
    ("manifest", "served", "lost"),
    [
        (merged(AUTOSCALER, {"spec.behavior": {"scaleDown": {}}}), "autoscaling/v1", "behavior"),
        (merged(AUTOSCALER, {"spec.metrics.0.resource.name": "memory"}), "autoscaling/v1", "one goal"),
        (merged(AUTOSCALER, {"spec.metrics.0.type": "ContainerResource"}), "autoscaling/v2beta2", "ContainerResource"),
        (merged(BUDGET, {"spec.selector": {}}), "policy/v1beta1", "an empty selector"),
        (merged(BUDGET, {"spec.unhealthyPodEvictionPolicy": "AlwaysAllow"}), "policy/v1beta1", "unhealthyPod"),
    ],
)
def test_where_something_would_be_lost_it_is_refused_with_the_cure(manifest: Manifest, served: str, lost: str) -> None:
    """What cannot be said there is named."""
    with pytest.raises(UserError, match=lost) as refused:
        translate(manifest, {served})
    assert "Cure" in str(refused.value)


def test_a_kind_that_the_cluster_has_not_at_all_is_refused() -> None:
    """An old or a small cluster."""
    with pytest.raises(UserError, match="knows no PodDisruptionBudget"):
        translate(BUDGET, set())
