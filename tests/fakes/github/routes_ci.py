"""What other services report of a commit: combined statuses, its pull requests, and the logs of jobs."""

from collections.abc import Mapping
from typing import Any

from tests.fakes.github import git_repository, shapes, shapes_issue
from tests.fakes.github.exchange import Answer, GitHubError, Request, not_found, paginate
from tests.fakes.github.shapes import Json, Links
from tests.fakes.github.state import Repository
from tests.fakes.github.state_commits import Status
from tests.fakes.github.world import Route, World

STORAGE = "/_storage/logs/"
STATES = ("failure", "error", "pending")


def get_combined_status(world: World, request: Request) -> Answer:
    """The newest status of each context; `failure` wins over `pending` over `success`."""
    repository, ref = world.repository_for(request), request.parameters["ref"]
    sha = git_repository.find_commit(repository.git_dir, ref)
    if sha is None:
        raise not_found()
    newest = {one.context: one for one in repository.statuses if one.sha == sha}
    states = {one.state for one in newest.values()}
    state = (
        "failure" if states & {"failure", "error"} else "pending" if not states or "pending" in states else "success"
    )
    api = f"{world.links.repo(repository)}/commits/{sha}"
    page, headers = paginate(request, list(newest.values()), url=f"{api}/status")
    shape = {
        "state": state, "sha": sha, "total_count": len(newest),
        "repository": shapes.repository(world.links, repository),
        "statuses": [status(world.links, repository, one) for one in page], "commit_url": api, "url": f"{api}/status",
    }  # fmt: skip
    return Answer(json=shape, headers=headers)


def status(links: Links, repository: Repository, one: Status) -> Json:
    """Return GitHub's `simple-commit-status`."""
    return {
        "url": f"{links.repo(repository)}/statuses/{one.sha}", "id": one.id, "state": one.state,
        "node_id": shapes.node_id("StatusContext", one.id), "avatar_url": None, "description": one.description,
        "target_url": None, "context": one.context, "created_at": one.at, "updated_at": one.at,
    }  # fmt: skip


def list_pulls_of_commit(world: World, request: Request) -> Answer:
    """The pull requests whose branch holds a commit that the default branch does not."""
    repository, sha = world.repository_for(request), request.parameters["commit_sha"]
    if git_repository.find_commit(repository.git_dir, sha) is None:
        raise GitHubError(422, f"No commit found for SHA: {sha}")
    found = []
    for issue in repository.issues.values():
        pull = issue.pull
        if pull is None:
            continue
        between = git_repository.ask_git(repository.git_dir, "rev-list", f"{pull.base_sha}..{pull.head_sha}") or ""
        if sha in between.split():
            found.append(shapes_issue.pull_request_simple(world.links, issue, pull))
    page, headers = paginate(request, found, url=f"{world.links.repo(repository)}/commits/{sha}/pulls")
    return Answer(json=page, headers=headers)


def find_log(world: World, job: int) -> str | None:
    runs = (run for repository in world.state.repositories for run in repository.check_runs)
    return next((run.log for run in runs if run.id == job), None)


def get_job_logs(world: World, request: Request) -> Answer:
    """Where the log lies, for a minute."""
    world.repository_for(request)
    job = request.number("job_id")
    if find_log(world, job) is None:
        raise not_found()
    place = world.log_place or f"{world.links.api}{STORAGE}{{job}}?sig=signature"
    return Answer(302, headers={"Location": place.replace("{job}", str(job))})


def serve_log(world: World, path: str, headers: Mapping[str, Any]) -> Answer:
    """Be the storage: it is no part of the API, and nobody's credentials are to come here."""
    if "authorization" in headers:
        world.violations.append(f"GET {path}: credentials were sent to the storage of logs")
    log = find_log(world, int(path.removeprefix(STORAGE)))
    return Answer(404, raw=b"") if log is None else Answer(raw=log.encode(), content_type="text/plain")


CHECKS, STATUSES = ("checks",), ("statuses",)
ROUTES = [
    Route("GET", "/repos/{owner}/{repo}/commits/{ref}/status", get_combined_status, STATUSES),
    Route(
        "GET", "/repos/{owner}/{repo}/commits/{commit_sha}/pulls", list_pulls_of_commit, ("pull_requests", "contents")
    ),
    Route("GET", "/repos/{owner}/{repo}/actions/jobs/{job_id}/logs", get_job_logs, ("actions",)),
]
