"""Git's smart HTTP: `git http-backend` as a CGI process, behind the same tokens and permissions as on GitHub."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass

from tests.fakes.github import access, git_repository, payloads
from tests.fakes.github.exchange import Answer, Caller, GitHubError
from tests.fakes.github.git_repository import git_environment
from tests.fakes.github.payloads import NO_COMMIT
from tests.fakes.github.state import Repository, User
from tests.fakes.github.world import World

PATH = re.compile(r"/([^/]+)/([^/]+?)(?:\.git)?/(info/refs|git-upload-pack|git-receive-pack)")
# Runs inside the push, before a ref moves: what GitHub refuses is refused with GitHub's own words.
UPDATE_HOOK = """#!/bin/sh
case " $FAKE_PROTECTED " in *" $1 "*)
  echo "error: GH006: Protected branch update failed for $1." >&2; exit 1;; esac
test "$FAKE_MAY_WORKFLOWS" = 1 && exit 0
test "$3" = 0000000000000000000000000000000000000000 && exit 0
changed=$(git log --format= --name-only "$3" --not --all -- .github/workflows | head -n 1)
test -z "$changed" && exit 0
echo "refusing to allow a GitHub App to create or update workflow \\`$changed\\` without \\`workflows\\` permission" >&2
exit 1
"""


@dataclass(frozen=True)
class GitRequest:
    """One request of a git client."""

    method: str
    owner: str
    name: str
    service: str
    """`info/refs`, `git-upload-pack` or `git-receive-pack`."""
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_push(self) -> bool:
        return "git-receive-pack" in (self.service, self.query.removeprefix("service="))


def parse(method: str, path: str, query: str, *, headers: Mapping[str, str], body: bytes) -> GitRequest | None:
    """Return a git client's request, None for anything else."""
    match = PATH.fullmatch(path)
    if match is None or path.startswith("/repos/"):
        return None
    owner, name, service = match.groups()
    return GitRequest(method, owner, name, service, query, headers, body)


def authorise(world: World, request: GitRequest) -> tuple[Repository, Caller]:
    """Return the repository and who asks. Raises what GitHub answers to git: 401 with a challenge, 403, 404."""
    challenge = {"WWW-Authenticate": 'Basic realm="GitHub"'}
    try:
        caller = access.identify(world.state, world.app, request.headers)
    except GitHubError as problem:
        raise GitHubError(401, "Invalid username or token.", headers=challenge) from problem
    repository = world.state.find_repository(request.owner, request.name)
    if repository is None or (caller.token is None and (repository.is_private or request.is_push)):
        if caller.token is None:
            raise GitHubError(401, "Authentication required.", headers=challenge)
        raise GitHubError(404, "Repository not found.")
    try:
        level = "write" if request.is_push else "read"
        access.check_repository(caller, repository, needs=("contents",), level=level)
    except GitHubError as problem:
        if problem.status == 403:
            raise GitHubError(403, "Write access to repository not granted.") from problem
        raise GitHubError(404, "Repository not found.") from problem
    return repository, caller


async def serve(world: World, request: GitRequest) -> tuple[Answer, Caller]:
    """Answer a git client. A push moves pull requests along and sends the webhooks that follow from it."""
    repository, caller = authorise(world, request)
    before = git_repository.refs(repository.git_dir)
    answer = await run_backend(repository, request, environment=hook_environment(repository, caller))
    if request.service == "git-receive-pack":
        follow_push(world, repository, before=before, caller=caller)
    return answer, caller


def hook_environment(repository: Repository, caller: Caller) -> dict[str, str]:
    """Write the hook if it is not there, and return what it reads."""
    hook = repository.git_dir / "hooks" / "update"
    if not hook.exists():
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(UPDATE_HOOK)
        hook.chmod(0o755)
    token = caller.token
    may = token is not None and (token.user is not None or token.permissions.get("workflows") == "write")
    protected = " ".join(f"refs/heads/{name}" for name in sorted(repository.protected_branches))
    return {"FAKE_MAY_WORKFLOWS": "1" if may else "0", "FAKE_PROTECTED": protected}


async def run_backend(repository: Repository, request: GitRequest, *, environment: Mapping[str, str]) -> Answer:
    """Run `git http-backend` for one request."""
    variables = git_environment(
        GIT_PROJECT_ROOT=str(repository.git_dir.parent),
        GIT_HTTP_EXPORT_ALL="1",
        PATH_INFO=f"/{repository.git_dir.name}/{request.service}",
        REQUEST_METHOD=request.method,
        QUERY_STRING=request.query,
        CONTENT_TYPE=request.headers.get("content-type", ""),
        CONTENT_LENGTH=str(len(request.body)),
        GIT_PROTOCOL=request.headers.get("git-protocol", ""),
        REMOTE_USER="x-access-token",
        REMOTE_ADDR="127.0.0.1",
        **environment,
    )
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        "git", "http-backend", stdin=pipe, stdout=pipe, stderr=pipe, env=variables
    )
    try:
        out, _ = await process.communicate(request.body)
    except asyncio.CancelledError:
        process.kill()
        await process.communicate()
        raise
    return parse_cgi(out)


def parse_cgi(out: bytes) -> Answer:
    """Read what a CGI program printed."""
    head, _, body = out.partition(b"\r\n\r\n")
    headers = {}
    for line in head.decode("latin-1").split("\r\n"):
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    status = int(headers.pop("status", "200").split()[0]) if head else 500
    content_type = headers.pop("content-type", "text/plain")
    headers.pop("content-length", None)
    return Answer(status, raw=body, content_type=content_type, headers=headers)


def follow_push(world: World, repository: Repository, *, before: Mapping[str, str], caller: Caller) -> None:
    """Do what GitHub does after refs moved."""
    after, sender = git_repository.refs(repository.git_dir), world.actor(caller)
    for ref in sorted(before.keys() | after.keys()):
        old, new = before.get(ref, NO_COMMIT), after.get(ref, NO_COMMIT)
        if old == new or not ref.startswith(("refs/heads/", "refs/tags/")):
            continue
        payload = payloads.push(world.links, repository, ref=ref, before=old, after=new, pusher=sender)
        world.emit("push", payload, repository=repository, sender=sender)
        move_pull_requests(world, repository, ref=ref, sha=new, sender=sender)


def move_pull_requests(world: World, repository: Repository, *, ref: str, sha: str, sender: User) -> None:
    """Let open pull requests of a branch follow it, those to the repository that this one was forked from too."""
    for issue in [one for each in world.state.repositories for one in each.issues.values()]:
        pull = issue.pull
        is_of_it = pull is not None and pull.head_repository is repository and ref == f"refs/heads/{pull.head_ref}"
        if pull is None or not is_of_it or issue.state != "open":
            continue
        if sha == NO_COMMIT:
            issue.state, issue.closed_at = "closed", world.state.timestamp()
            world.emit_pull_request(issue, action="closed", sender=sender)
        else:
            pull.head_sha, issue.updated_at = sha, world.state.timestamp()
            git_dir = issue.repository.git_dir
            git_repository.show_pull_request(git_dir, issue.number, sha, source=repository.git_dir)
            world.emit_pull_request(issue, action="synchronize", sender=sender)
