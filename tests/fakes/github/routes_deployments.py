"""Deployments and their statuses, and the suites of a commit's checks."""

from tests.fakes.github import git_repository, payloads_ci, shapes
from tests.fakes.github.exchange import Answer, GitHubError, Request, invalid, not_found, paginate
from tests.fakes.github.shapes import App, Json, Links, node_id
from tests.fakes.github.state import Repository
from tests.fakes.github.state_commits import Deployment, DeploymentStatus
from tests.fakes.github.world import Route, World

STATES = frozenset({"error", "failure", "inactive", "in_progress", "queued", "pending", "success"})
MAX_DESCRIPTION = 140


def create_deployment(world: World, request: Request) -> Answer:
    """Like GitHub: merges the default branch in and wants all checks green, unless it is told not to."""
    repository, body = world.repository_for(request), request.json()
    sha = git_repository.find_commit(repository.git_dir, str(body.get("ref", "")))
    if sha is None:
        raise GitHubError(422, f"No ref found for: {body.get('ref')}")
    if body.get("auto_merge", True) or body.get("required_contexts") is None:
        raise GitHubError(409, "Conflict: the test GitHub merges nothing and judges no contexts.")
    description = check_description(body.get("description"))
    environment = body.get("environment", "production")
    at, who = world.state.timestamp(), world.actor(request.caller)
    made = Deployment(
        world.state.new_large_id(), sha, body["ref"], body.get("task", "deploy"), environment, description,
        body.get("payload", {}), who, at, bool(body.get("transient_environment")),
        bool(body.get("production_environment", environment == "production")),
    )  # fmt: skip
    repository.deployments.append(made)
    return Answer(201, deployment(world.links, repository, made, app=world.app))


def check_description(text: str | None) -> str:
    if len(text or "") > MAX_DESCRIPTION:
        message = f"description is too long (maximum is {MAX_DESCRIPTION} characters)"
        raise invalid("Deployment", code="custom", field_name="description", message=message)
    return text or ""


def list_deployments(world: World, request: Request) -> Answer:
    """The newest first; filters narrow."""
    repository = world.repository_for(request)
    found = list(reversed(repository.deployments))
    for name in ("sha", "ref", "task", "environment"):
        if name in request.query:
            found = [one for one in found if getattr(one, name) == request.query[name]]
    page, headers = paginate(request, found, url=f"{world.links.repo(repository)}/deployments")
    return Answer(json=[deployment(world.links, repository, one, app=world.app) for one in page], headers=headers)


def find_deployment(world: World, request: Request) -> tuple[Repository, Deployment]:
    repository, number = world.repository_for(request), request.number("deployment_id")
    for one in repository.deployments:
        if one.id == number:
            return repository, one
    raise not_found()


def get_deployment(world: World, request: Request) -> Answer:
    repository, one = find_deployment(world, request)
    return Answer(json=deployment(world.links, repository, one, app=world.app))


def create_status(world: World, request: Request) -> Answer:
    """A success makes those before it inactive, where the environment is neither transient nor production."""
    (repository, one), body = find_deployment(world, request), request.json()
    state, description = body.get("state"), check_description(body.get("description"))
    if state not in STATES:
        raise invalid(
            "DeploymentStatus", code="custom", field_name="state", message="state is not included in the list"
        )
    at, who = world.state.timestamp(), world.actor(request.caller)
    made = DeploymentStatus(world.state.new_large_id(), state, description, body.get("log_url", ""), who, at)
    if state == "success" and body.get("auto_inactive", True):
        for other in repository.deployments:
            is_prior = other is not one and other.environment == one.environment and other.state == "success"
            if is_prior and not (other.is_transient or other.is_production):
                ended = DeploymentStatus(world.state.new_large_id(), "inactive", "", "", who, at)
                other.statuses.append(ended)
    one.statuses.append(made)
    return Answer(201, deployment_status(world.links, repository, one, made))


def list_statuses(world: World, request: Request) -> Answer:
    """The newest first."""
    repository, one = find_deployment(world, request)
    url = f"{world.links.repo(repository)}/deployments/{one.id}/statuses"
    page, headers = paginate(request, list(reversed(one.statuses)), url=url)
    return Answer(json=[deployment_status(world.links, repository, one, each) for each in page], headers=headers)


def deployment(links: Links, repository: Repository, one: Deployment, *, app: App) -> Json:
    """Return GitHub's `deployment`."""
    url = f"{links.repo(repository)}/deployments/{one.id}"
    return {
        "url": url, "id": one.id, "node_id": node_id("Deployment", one.id), "sha": one.sha, "ref": one.ref,
        "task": one.task, "payload": one.payload, "original_environment": one.environment,
        "environment": one.environment, "description": one.description, "creator": shapes.user(links, one.creator),
        "created_at": one.at, "updated_at": one.at, "statuses_url": f"{url}/statuses",
        "repository_url": links.repo(repository), "transient_environment": one.is_transient,
        "production_environment": one.is_production, "performed_via_github_app": shapes.app(links, app),
    }  # fmt: skip


def deployment_status(links: Links, repository: Repository, one: Deployment, status: DeploymentStatus) -> Json:
    """Return GitHub's `deployment-status`."""
    url = f"{links.repo(repository)}/deployments/{one.id}"
    return {
        "url": f"{url}/statuses/{status.id}", "id": status.id, "node_id": node_id("DeploymentStatus", status.id),
        "state": status.state, "creator": shapes.user(links, status.creator), "description": status.description,
        "environment": one.environment, "target_url": status.log_url, "created_at": status.at, "updated_at": status.at,
        "deployment_url": url, "repository_url": links.repo(repository), "environment_url": "",
        "log_url": status.log_url,
    }  # fmt: skip


def list_check_suites(world: World, request: Request) -> Answer:
    """One an App that reported, completed when all its runs are; and those that a test left waiting."""
    repository, name = world.repository_for(request), request.parameters["ref"]
    sha = git_repository.find_commit(repository.git_dir, name)
    if sha is None:
        raise GitHubError(422, f"No commit found for SHA: {name}")
    suites: dict[int, list[str]] = {}
    slugs: dict[int, str] = {}
    for run in repository.check_runs:
        if run.head_sha == sha:
            suites.setdefault(run.suite_id, []).append(run.status)
            slugs[run.suite_id] = run.app_slug
    for number, (at, slug) in repository.waiting_suites.items():
        if at == sha:
            suites.setdefault(number, []).append("queued")
            slugs[number] = slug
    real = {run.suite_id for run in repository.check_runs}
    shown = [
        suite(
            world, repository, number, sha, slug=slugs[number], states=states, runs=len(states) if number in real else 0
        )
        for number, states in suites.items()
    ]
    page, headers = paginate(request, shown, url=f"{world.links.repo(repository)}/commits/{name}/check-suites")
    return Answer(json={"total_count": len(shown), "check_suites": page}, headers=headers)


def suite(
    world: World, repository: Repository, number: int, sha: str, *, slug: str, states: list[str], runs: int
) -> Json:
    """Return GitHub's `check-suite`."""
    links, at = world.links, world.state.timestamp()
    is_done = set(states) == {"completed"}
    url = f"{links.repo(repository)}/check-suites/{number}"
    return {
        "id": number, "node_id": node_id("CheckSuite", number), "head_branch": None, "head_sha": sha,
        "status": "completed" if is_done else "queued", "conclusion": "neutral" if is_done else None, "url": url,
        "before": None, "after": None, "pull_requests": [], "created_at": at, "updated_at": at,
        "app": shapes.app(links, world.app.other(slug) if slug else world.app),
        "repository": shapes.repository(links, repository), "latest_check_runs_count": runs,
        "head_commit": payloads_ci.head_commit(links, repository, sha), "check_runs_url": f"{url}/check-runs",
    }  # fmt: skip


DEPLOYMENTS, CHECKS = ("deployments",), ("checks",)
ROUTES = [
    Route("GET", "/repos/{owner}/{repo}/deployments", list_deployments, DEPLOYMENTS),
    Route("POST", "/repos/{owner}/{repo}/deployments", create_deployment, DEPLOYMENTS, "write"),
    Route("GET", "/repos/{owner}/{repo}/deployments/{deployment_id}", get_deployment, DEPLOYMENTS),
    Route("GET", "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses", list_statuses, DEPLOYMENTS),
    Route("POST", "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses", create_status, DEPLOYMENTS, "write"),
    Route("GET", "/repos/{owner}/{repo}/commits/{ref}/check-suites", list_check_suites, CHECKS),
]
