"""Check runs."""

from tests.fakes.github import git_repository, payloads, shapes_issue, shapes_reviews
from tests.fakes.github.exchange import Answer, GitHubError, Request, invalid, not_found, paginate
from tests.fakes.github.shapes import Json
from tests.fakes.github.state import CheckRun, Repository
from tests.fakes.github.world import Route, World

MAX_TEXT = 65535
MAX_ANNOTATIONS = 50
LEVELS = ("notice", "warning", "failure")


def create_check_run(world: World, request: Request) -> Answer:
    repository, body = world.repository_for(request), request.json()
    sha = str(body.get("head_sha", ""))
    if len(sha) != 40 or git_repository.find_commit(repository.git_dir, sha) is None:
        raise GitHubError(422, f"No commit found for SHA: {sha}")
    if not body.get("name"):
        raise GitHubError(422, 'Invalid request.\n\n"name" wasn\'t supplied.')
    run = CheckRun(
        id=world.state.new_large_id(), suite_id=suite_of(world, repository, sha), head_sha=sha, name=body["name"],
        external_id="", status="queued", conclusion=None, started_at=world.state.timestamp(), completed_at=None,
        details_url=None, output={},
    )  # fmt: skip
    apply(world, run, body)
    repository.check_runs.append(run)
    emit(world, request, repository, run, "created")
    return Answer(201, shapes_issue.check_run(world.links, repository, run, app=world.app))


def suite_of(world: World, repository: Repository, sha: str) -> int:
    """Return the app's suite at a commit: one for all its runs there."""
    same = (run.suite_id for run in repository.check_runs if run.head_sha == sha and not run.app_slug)
    return next(same, None) or world.state.new_large_id()


def apply(world: World, run: CheckRun, body: Json) -> None:
    """Write the fields of a request into a run, with what follows from a conclusion."""
    check_output(body.get("output"))
    run.name, run.external_id = body.get("name", run.name), body.get("external_id", run.external_id)
    run.details_url, run.status = body.get("details_url", run.details_url), body.get("status", run.status)
    run.started_at = body.get("started_at", run.started_at)
    output = dict(body.get("output") or {})
    run.annotations += output.pop("annotations", [])
    run.output = {**run.output, **output}
    conclusion = body.get("conclusion")
    if run.status == "completed" and conclusion is None and run.conclusion is None:
        raise GitHubError(422, "Invalid request.\n\nMissing required key 'conclusion' for a completed check run.")
    if conclusion is not None:
        run.conclusion, run.status = conclusion, "completed"
        run.completed_at = body.get("completed_at") or world.state.timestamp()
    elif run.status != "completed":
        run.conclusion = run.completed_at = None


def check_output(output: Json | None) -> None:
    if output is None:
        return
    for name in ("summary", "text"):
        if len(output.get(name) or "") > MAX_TEXT:
            message = f"{name} exceeds a maximum of {MAX_TEXT} characters"
            raise invalid("CheckRun", code="custom", field_name=name, message=message)
    annotations = output.get("annotations") or []
    if len(annotations) > MAX_ANNOTATIONS:
        raise GitHubError(422, "Invalid request.\n\nNo more than 50 items are allowed; 51 were supplied.")
    for one in annotations:
        is_right = one.get("annotation_level") in LEVELS and 1 <= one.get("start_line", 0) <= one.get("end_line", 0)
        if not is_right or not one.get("message") or str(one.get("path", "/")).startswith("/"):
            raise GitHubError(422, "Invalid request.\n\nAn annotation is not as it has to be.")


def emit(world: World, request: Request, repository: Repository, run: CheckRun, action: str) -> None:
    payload = payloads.check_run(world.links, repository, run, app=world.app, action=action)
    world.emit("check_run", payload, repository=repository, sender=world.actor(request.caller))


def find_check_run(world: World, request: Request) -> tuple[Repository, CheckRun]:
    repository, number = world.repository_for(request), request.number("check_run_id")
    for run in repository.check_runs:
        if run.id == number:
            return repository, run
    raise not_found()


def get_check_run(world: World, request: Request) -> Answer:
    repository, run = find_check_run(world, request)
    return Answer(json=shapes_issue.check_run(world.links, repository, run, app=world.app))


def update_check_run(world: World, request: Request) -> Answer:
    repository, run = find_check_run(world, request)
    was = run.status
    apply(world, run, request.json())
    if run.status == "completed" != was:
        emit(world, request, repository, run, "completed")
    return Answer(json=shapes_issue.check_run(world.links, repository, run, app=world.app))


def list_check_runs(world: World, request: Request) -> Answer:
    """The runs at a commit, newest first; of one name and suite only the newest, unless `filter` is `all`."""
    repository, name = world.repository_for(request), request.parameters["ref"]
    sha = git_repository.find_commit(repository.git_dir, name)
    if sha is None:
        raise GitHubError(422, f"No commit found for SHA: {name}")
    found = [run for run in reversed(repository.check_runs) if run.head_sha == sha]
    if request.query.get("filter", "latest") == "latest":
        seen = [(run.name, run.suite_id) for run in found]
        found = [run for index, run in enumerate(found) if seen[index] not in seen[:index]]
    for key, value in (("check_name", "name"), ("status", "status")):
        if key in request.query:
            found = [run for run in found if getattr(run, value) == request.query[key]]
    if request.query.get("app_id", str(world.app.id)) != str(world.app.id):
        found = []
    url = f"{world.links.repo(repository)}/commits/{name}/check-runs"
    page, headers = paginate(request, found, url=url)
    runs = [shapes_issue.check_run(world.links, repository, run, app=world.app) for run in page]
    return Answer(json={"total_count": len(found), "check_runs": runs}, headers=headers)


def list_annotations(world: World, request: Request) -> Answer:
    """The annotations of a run, all that its requests have added."""
    repository, run = find_check_run(world, request)
    url = f"{world.links.repo(repository)}/check-runs/{run.id}/annotations"
    page, headers = paginate(request, run.annotations, url=url)
    shown = [shapes_reviews.annotation(world.links, repository, one, sha=run.head_sha) for one in page]
    return Answer(json=shown, headers=headers)


CHECKS = ("checks",)
ROUTES = [
    Route("POST", "/repos/{owner}/{repo}/check-runs", create_check_run, CHECKS, "write"),
    Route("GET", "/repos/{owner}/{repo}/check-runs/{check_run_id}", get_check_run, CHECKS),
    Route("PATCH", "/repos/{owner}/{repo}/check-runs/{check_run_id}", update_check_run, CHECKS, "write"),
    Route("GET", "/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations", list_annotations, CHECKS),
    Route("GET", "/repos/{owner}/{repo}/commits/{ref}/check-runs", list_check_runs, CHECKS),
]
