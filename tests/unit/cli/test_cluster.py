"""`yantra cluster` prints what lets the bot in."""

from pathlib import Path

import yaml
from click.testing import CliRunner

from yantra_bot.cli.cluster import cluster
from yantra_bot.clusters.rights import make_rights

ROOT = Path(__file__).parents[3]


def test_the_rights_are_printed_as_they_lie_in_the_repository() -> None:
    """Regenerate it with: yantra cluster rbac --namespace shop > infra/kubernetes/rbac.yaml"""
    printed = CliRunner().invoke(cluster, ["rbac", "--namespace", "shop"], catch_exceptions=False).output
    assert (ROOT / "infra" / "kubernetes" / "rbac.yaml").read_text() == printed
    assert tuple(yaml.safe_load_all(printed)) == make_rights("shop")


def test_nothing_is_watched_and_no_secret_is_read() -> None:
    """The rights name no wildcard, no secret, no command in a pod, and no verb beyond five."""
    (role,) = [one for one in make_rights("shop") if one["kind"] == "Role"]
    verbs = {verb for rule in role["rules"] for verb in rule["verbs"]}
    resources = {resource for rule in role["rules"] for resource in rule["resources"]}
    assert verbs == {"get", "list", "create", "patch", "delete"}
    assert resources.isdisjoint({"*", "secrets", "pods/exec", "serviceaccounts", "roles", "rolebindings"})
