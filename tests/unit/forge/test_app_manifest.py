"""The manifest that GitHub registers the App from, held against the code and GitHub's own description."""

import json
import re
from pathlib import Path

import pytest
import yaml

from yantra_bot import artefacts
from yantra_bot.forge.app_auth import CODE_SCANNING, DEPLOYMENTS, PERMISSIONS, READING_CI
from yantra_bot.webhooks import github_events

ROOT = Path(__file__).parents[3]
MANIFEST = yaml.safe_load((ROOT / "app.yaml").read_text())

SENT_UNASKED = {"installation", "installation_repositories"}
# What each endpoint needs, by the beginning of its path below /repos/{owner}/{repo}, from GitHub's documentation.
NEEDS = {
    "": "metadata",
    "/git/ref": "contents",
    "/contents": "contents",
    "/compare": "contents",
    "/collaborators": "metadata",
    "/issues": "issues",
    "/branches": "contents",
    "/commits": "contents",
    "/commits/{ref}/check-runs": "checks",
    "/commits/{ref}/check-suites": "checks",
    "/deployments": "deployments",
    "/check-runs": "checks",
    "/commits/{ref}/status": "statuses",
    "/commits/{commit_sha}/pulls": "pull_requests",
    "/actions/jobs": "actions",
    "/pulls": "pull_requests",
    "/code-scanning": "security_events",
}
OPTIONAL = set(CODE_SCANNING) - set(PERMISSIONS)
"""What only repositories need that ask for it; the manifest tells of it in a comment."""
WITHOUT_REPOSITORY = {
    *("/app", "/app/hook/deliveries", "/app/hook/deliveries/{delivery_id}/attempts"),
    *("/user", "/users/{login}", "/app/installations/{installation_id}/access_tokens"),
    *("/app/installations", "/user/{account_id}", "/installation/repositories"),
}


def templates() -> set[str]:
    """Return every URL template that the forge's code holds, its query left out."""
    pattern = re.compile(r'"((?:/repos/\{owner\}|/app|/installation|/users?)(?:[/{][^"]*)?)"')
    found = set()
    for path in (ROOT / "yantra_bot" / "forge").glob("*.py"):
        for match in pattern.finditer(path.read_text()):
            found.add(re.sub(r"\{\?[^}]*\}", "", match[1]))
    return found


def test_the_events_are_those_that_the_door_reads() -> None:
    """What is asked for is read, and what is read is asked for."""
    assert set(MANIFEST["default_events"]) | SENT_UNASKED == github_events.HANDLED_EVENTS


def test_the_permissions_are_those_of_a_token() -> None:
    """An installation grants what runs ask for, what is read of continuous integration, deployments, and no more."""
    assert MANIFEST["default_permissions"] == PERMISSIONS | READING_CI | DEPLOYMENTS


def test_every_endpoint_is_covered_by_a_permission_and_every_permission_is_used() -> None:
    """No call fails for a missing permission, and none is asked for without a call."""
    used = {"metadata"}
    for template in templates() - WITHOUT_REPOSITORY:
        rest = template.removeprefix("/repos/{owner}/{repo}")
        assert rest != template, f"{template} names no repository: say above what it needs"
        prefixes = [prefix for prefix in NEEDS if rest == prefix or (prefix and rest.startswith(prefix))]
        assert prefixes, f"{template} needs a permission: say above which"
        used.add(NEEDS[max(prefixes, key=len)])
    assert used == set(PERMISSIONS) | set(READING_CI) | set(DEPLOYMENTS) | OPTIONAL
    assert all(f"# {name}: write" in (ROOT / "app.yaml").read_text() for name in OPTIONAL)


def test_every_endpoint_is_one_of_githubs() -> None:
    """Each template is an operation of GitHub's own description."""
    if not artefacts.available("github-openapi"):
        pytest.skip("GitHub's API description was not fetched here")
    description = json.loads((artefacts.path("github-openapi") / "api.github.com.json").read_text())
    known = {shape_of(path) for path in description["paths"]}
    assert {template for template in templates() if shape_of(template) not in known} == set()


def shape_of(path: str) -> str:
    """Return a path with its parameters unnamed; a branch or file path counts as one."""
    path = re.sub(r"/heads\{/\w+\*\}", "/{}", path.replace("{base}...{head}", "{basehead}"))
    return re.sub(r"\{/?\w+\*?\}", "{}", re.sub(r"\{/(\w+)\*\}", r"/{}", path))


def test_the_app_is_private_and_described() -> None:
    """Nobody else installs it, and people are told what it is."""
    assert MANIFEST["public"] is False
    assert MANIFEST["hook_attributes"]["url"].endswith("/webhooks/github")
    assert MANIFEST["hook_attributes"]["active"] is True
    assert {"name", "url", "description"} <= set(MANIFEST)


def test_no_token_may_touch_workflows_or_administration() -> None:
    """A stolen token changes neither what runs with secrets nor who may do what."""
    assert not {"workflows", "administration", "secrets", "actions", "members"} & set(PERMISSIONS)
    assert set(READING_CI.values()) == {"read"}
