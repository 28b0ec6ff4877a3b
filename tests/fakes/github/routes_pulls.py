"""Pull requests."""

from tests.fakes.github import git_repository, shapes_issue
from tests.fakes.github.exchange import Answer, GitHubError, Request, invalid, not_found, paginate
from tests.fakes.github.shapes import Json
from tests.fakes.github.state import Issue, PullRequest, Repository, User
from tests.fakes.github.world import Route, World


def list_pulls(world: World, request: Request) -> Answer:
    """Newest first. A `head` without an owner filters nothing, as on GitHub."""
    repository, query = world.repository_for(request), request.query
    state, head, base = query.get("state", "open"), query.get("head", ""), query.get("base")
    found = []
    for issue in sorted(repository.issues.values(), key=lambda one: -one.number):
        pull = issue.pull
        if pull is None or state not in ("all", issue.state):
            continue
        if ":" in head and head.lower() != f"{pull.head_owner.login}:{pull.head_ref}".lower():
            continue
        if base is None or base == pull.base_ref:
            found.append((issue, pull))
    page, headers = paginate(request, found, url=f"{world.links.repo(repository)}/pulls")
    return Answer(json=[shapes_issue.pull_request_simple(world.links, *one) for one in page], headers=headers)


def create_pull(world: World, request: Request) -> Answer:
    repository, body = world.repository_for(request), request.json()
    owner, head, base = *split_head(world, repository, str(body.get("head", ""))), str(body.get("base", ""))
    if not body.get("title"):
        raise invalid("PullRequest", code="missing_field", field_name="title")
    if body.get("draft") and not repository.allows_drafts:
        raise GitHubError(422, "Draft pull requests are not supported in this repository.", errors=[])
    issue = open_pull(world, repository, owner, head=head, base=base, body=body, user=world.actor(request.caller))
    return answer(world, issue, status=201)


def open_pull(
    world: World, repository: Repository, owner: User, *, head: str, base: str, body: Json, user: User
) -> Issue:
    """Make a pull request. Raises GitHub's 422 for a wrong branch, nothing to merge, or one that is open already."""
    shas = {name: git_repository.head_of(repository.git_dir, name) for name in (head, base) if name}
    for field_name, name in (("head", head), ("base", base)):
        if shas.get(name) is None:
            raise invalid("PullRequest", code="invalid", field_name=field_name)
    head_sha, base_sha = str(shas[head]), str(shas[base])
    if open_pull_of(repository, owner, head=head, base=base) is not None:
        message = f"A pull request already exists for {owner.login}:{head}."
        raise invalid("PullRequest", code="custom", message=message)
    if git_repository.count_between(repository.git_dir, base_sha, head_sha) == 0:
        raise invalid("PullRequest", code="custom", message=f"No commits between {base} and {head}")
    issue = world.state.add_issue(repository, title=body["title"], body=body.get("body") or "", user=user)
    issue.pull = PullRequest(
        id=world.state.new_large_id(), head_owner=owner, head_repository=repository, head_ref=head, head_sha=head_sha,
        base_ref=base, base_sha=base_sha, is_draft=bool(body.get("draft", False)),
    )  # fmt: skip
    git_repository.show_pull_request(repository.git_dir, issue.number, head_sha, source=repository.git_dir)
    world.emit_pull_request(issue, action="opened", sender=user)
    return issue


def split_head(world: World, repository: Repository, head: str) -> tuple[User, str]:
    """Return owner and branch of `owner:branch` or `branch`."""
    login, colon, branch = head.rpartition(":")
    if not colon:
        return repository.owner, head
    owner = world.state.find_user(login)
    if owner is not repository.owner or owner is None:
        raise invalid("PullRequest", code="invalid", field_name="head")
    return owner, branch


def open_pull_of(repository: Repository, owner: User, *, head: str, base: str) -> Issue | None:
    for issue in repository.issues.values():
        pull = issue.pull
        if (
            pull is not None
            and issue.state == "open"
            and pull.head_owner is owner
            and pull.head_repository is repository
            and (pull.head_ref, pull.base_ref) == (head, base)
        ):
            return issue
    return None


def find_pull(world: World, request: Request) -> Issue:
    issue = world.repository_for(request).issues.get(request.number("pull_number"))
    if issue is None or issue.pull is None:
        raise not_found()
    return issue


def get_pull(world: World, request: Request) -> Answer:
    return answer(world, find_pull(world, request))


def answer(world: World, issue: Issue, *, status: int = 200) -> Answer:
    assert issue.pull is not None
    shape = shapes_issue.pull_request(world.links, issue, issue.pull)
    return Answer(status, shape, headers={"Location": shape["url"]} if status == 201 else {})


def update_pull(world: World, request: Request) -> Answer:
    """Title, body, base and state. A draft stays one: only GraphQL makes it ready, as on GitHub."""
    issue, body = find_pull(world, request), request.json()
    assert issue.pull is not None
    issue.title, issue.body = body.get("title", issue.title), body.get("body", issue.body) or ""
    issue.pull.base_ref = body.get("base", issue.pull.base_ref)
    issue.updated_at = world.state.timestamp()
    if body.get("state", issue.state) != issue.state:
        change_state(world, request, issue, str(body["state"]))
    return answer(world, issue)


def change_state(world: World, request: Request, issue: Issue, state: str) -> None:
    assert issue.pull is not None
    if issue.pull.merged_at is not None or state not in ("open", "closed"):
        raise invalid("PullRequest", code="invalid", field_name="state")
    issue.state, issue.closed_at = state, world.state.timestamp() if state == "closed" else None
    action = "closed" if state == "closed" else "reopened"
    world.emit_pull_request(issue, action=action, sender=world.actor(request.caller))


def list_files(world: World, request: Request) -> Answer:
    """The files that a pull request changes, with added and removed lines."""
    issue = find_pull(world, request)
    assert issue.pull is not None
    repository, pull = issue.repository, issue.pull
    said = git_repository.run_git(
        repository.git_dir,
        "diff",
        "--raw",
        "--numstat",
        "-z",
        "--no-abbrev",
        "--no-renames",
        f"{pull.base_sha}...{pull.head_sha}",
    )
    files = parse_files(said, url=world.links.repo(repository), page=world.links.page(repository), sha=pull.head_sha)
    for file in files:
        file["patch"] = patch_of(repository, pull, file["filename"])
    shown, headers = paginate(request, files, url=f"{world.links.repo(repository)}/pulls/{issue.number}/files")
    return Answer(json=shown, headers=headers)


def patch_of(repository: Repository, pull: PullRequest, path: str) -> str:
    """Return the hunks of one file, as GitHub shows them."""
    said = git_repository.run_git(
        repository.git_dir, "diff", "--no-renames", f"{pull.base_sha}...{pull.head_sha}", "--", path
    )
    return said[said.find("@@") :] if "@@" in said else ""


def parse_files(said: str, *, url: str, page: str, sha: str) -> list[Json]:
    """Read `git diff --raw --numstat -z`."""
    statuses, counts, parts = {}, {}, said.split("\0")
    while parts:
        part = parts.pop(0)
        if part.startswith(":"):
            _, _, _, blob, letter = part.split()
            statuses[parts.pop(0)] = (blob, {"A": "added", "D": "removed"}.get(letter, "modified"))
        elif part:
            plus, minus, name = part.split("\t")
            counts[name] = (int(plus.replace("-", "0")), int(minus.replace("-", "0")))
    return [
        {
            "sha": blob,
            "filename": name,
            "status": status,
            "additions": counts[name][0],
            "deletions": counts[name][1],
            "changes": sum(counts[name]),
            "blob_url": f"{page}/blob/{sha}/{name}",
            "raw_url": f"{page}/raw/{sha}/{name}",
            "contents_url": f"{url}/contents/{name}?ref={sha}",
        }
        for name, (blob, status) in statuses.items()
    ]


PULLS = ("pull_requests",)
ROUTES = [
    Route("GET", "/repos/{owner}/{repo}/pulls", list_pulls, PULLS),
    Route("POST", "/repos/{owner}/{repo}/pulls", create_pull, PULLS, "write"),
    Route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}", get_pull, PULLS),
    Route("PATCH", "/repos/{owner}/{repo}/pulls/{pull_number}", update_pull, PULLS, "write"),
    Route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/files", list_files, PULLS),
]
