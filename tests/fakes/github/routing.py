"""The table of all operations, and finding the one that a request means."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from tests.fakes.github import (
    graphql,
    merging,
    routes_apps,
    routes_checks,
    routes_ci,
    routes_deployments,
    routes_issues,
    routes_pulls,
    routes_repos,
    routes_reviews,
    routes_users,
)
from tests.fakes.github.world import Route

# Parameters that may hold slashes, which GitHub's description does not know.
WITH_SLASHES = frozenset({"ref", "path", "branch"})


@dataclass(frozen=True)
class Match:
    """An operation with its path parameters, percent-decoded."""

    route: Route
    parameters: Mapping[str, str]


def compile_template(template: str) -> re.Pattern[str]:
    """Return the pattern of a template such as /repos/{owner}/{repo}."""

    def group(match: re.Match[str]) -> str:
        name = match.group(1)
        return f"(?P<{name}>.+)" if name in WITH_SLASHES else f"(?P<{name}>[^/]+)"

    return re.compile(re.sub(r"\{(\w+)\}", group, template))


ALL = [
    *routes_apps.ROUTES,
    *routes_checks.ROUTES,
    *routes_ci.ROUTES,
    *routes_deployments.ROUTES,
    *routes_repos.ROUTES,
    *routes_issues.ROUTES,
    *routes_pulls.ROUTES,
    *merging.ROUTES,
    *routes_reviews.ROUTES,
    *graphql.ROUTES,
    *routes_users.ROUTES,
]
TABLE = [(route, compile_template(route.template)) for route in ALL]


def words_of(route: Route) -> int:
    """Return how many letters of a template are no parameter's."""
    return len(re.sub(r"\{\w+\}", "", route.template))


def find(method: str, raw_path: str) -> Match | None:
    """Return the operation of a still percent-encoded path; the template with the most words of its own wins."""
    best: Match | None = None
    for route, pattern in TABLE:
        if route.method != method or (best is not None and words_of(best.route) >= words_of(route)):
            continue
        match = pattern.fullmatch(raw_path)
        if match is not None:
            best = Match(route, {name: unquote(value) for name, value in match.groupdict().items()})
    return best
