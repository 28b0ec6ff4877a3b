"""Webhook payloads of suites, workflows and statuses as GitHub writes them. Reads state, changes none."""

from tests.fakes.github import git_repository, payloads, shapes
from tests.fakes.github.shapes import App, Json, Links, node_id
from tests.fakes.github.state import CheckRun, Repository, User
from tests.fakes.github.state_commits import Status


def head_commit(links: Links, repository: Repository, sha: str) -> Json:
    """Return a commit as suites and workflows carry it."""
    whole = payloads.pushed_commit(links, repository, sha)
    return {key: whole[key] for key in ("id", "tree_id", "message", "timestamp", "author", "committer")}


def check_suite(links: Links, repository: Repository, run: CheckRun, *, app: App) -> Json:
    """Return `check_suite` of the suite that a run belongs to."""
    suite = payloads.check_run(links, repository, run, app=app, action="completed")["check_run"]["check_suite"]
    more = {
        "status": "completed", "conclusion": run.conclusion, "check_runs_url": f"{suite['url']}/check-runs",
        "latest_check_runs_count": 1, "head_commit": head_commit(links, repository, run.head_sha),
    }  # fmt: skip
    return {"action": "completed", "check_suite": {**suite, **more}}


def workflow_run(links: Links, repository: Repository, run: CheckRun, *, actor: User) -> Json:
    """Return `workflow_run` of the workflow that a job belongs to; it names no App."""
    api, number, who = links.repo(repository), run.suite_id, shapes.user(links, actor)
    url, at = f"{api}/actions/runs/{number}", run.completed_at
    place = shapes.repository(links, repository)
    branch = next(iter(git_repository.branches_at(repository.git_dir, run.head_sha)), None)
    workflow: Json = {
        "id": 1, "node_id": node_id("Workflow", 1), "name": "CI", "path": ".github/workflows/ci.yml",
        "state": "active", "created_at": at, "updated_at": at, "url": f"{api}/actions/workflows/1",
        "html_url": f"{links.page(repository)}/actions/ci.yml", "badge_url": f"{links.page(repository)}/badge.svg",
    }  # fmt: skip
    shape = {
        "id": number, "node_id": node_id("WorkflowRun", number), "name": "CI", "display_title": "CI",
        "path": workflow["path"], "head_branch": branch, "head_sha": run.head_sha, "run_number": 1, "run_attempt": 1,
        "event": "push", "status": "completed", "conclusion": run.conclusion, "workflow_id": 1,
        "check_suite_id": number, "check_suite_node_id": node_id("CheckSuite", number), "url": url,
        "html_url": f"{links.page(repository)}/actions/runs/{number}", "pull_requests": [], "created_at": at,
        "updated_at": at, "run_started_at": at, "actor": who, "triggering_actor": who, "previous_attempt_url": None,
        "jobs_url": f"{url}/jobs", "logs_url": f"{url}/logs", "artifacts_url": f"{url}/artifacts",
        "cancel_url": f"{url}/cancel", "rerun_url": f"{url}/rerun", "workflow_url": workflow["url"],
        "check_suite_url": f"{api}/check-suites/{number}", "repository": place, "head_repository": place,
        "head_commit": head_commit(links, repository, run.head_sha),
    }  # fmt: skip
    return {"action": "completed", "workflow_run": shape, "workflow": workflow}


def status(links: Links, repository: Repository, one: Status, *, commit: Json) -> Json:
    """Return `status`; it has no action."""
    url = f"{links.repo(repository)}/commits/{one.sha}"
    branches = [
        {"name": name, "commit": {"sha": one.sha, "url": url}, "protected": False}
        for name in git_repository.branches_at(repository.git_dir, one.sha)
    ]
    return {
        "id": one.id, "sha": one.sha, "name": repository.full_name, "target_url": None, "context": one.context,
        "description": one.description or None, "state": one.state, "branches": branches, "created_at": one.at,
        "updated_at": one.at, "commit": commit,
    }  # fmt: skip
