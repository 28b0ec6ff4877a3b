"""Repositories: facts, people's permissions, refs, branches, commits and file contents."""

import base64
from typing import Any
from urllib.parse import quote

from tests.fakes.github import git_repository, shapes
from tests.fakes.github.access import check_repository
from tests.fakes.github.exchange import Answer, GitHubError, Request, not_found, paginate
from tests.fakes.github.git_repository import ask_git, run_git
from tests.fakes.github.shapes import Json, node_id
from tests.fakes.github.state import Repository
from tests.fakes.github.world import Route, World

MAX_INLINE_BYTES = 1024 * 1024
COARSE = {"maintain": "write", "triage": "read"}
SYMLINK, SUBMODULE = "120000", "160000"


def get_repository(world: World, request: Request) -> Answer:
    return Answer(json=repository_shape(world, request, world.repository_for(request)))


def get_repository_by_id(world: World, request: Request) -> Answer:
    repository = world.state.find_repository_by_id(request.number("repository_id"))
    if repository is None:
        raise not_found()
    check_repository(request.caller, repository, needs=("metadata",), level="read")
    return Answer(json=repository_shape(world, request, repository))


def repository_shape(world: World, request: Request, repository: Repository) -> Json:
    token = request.caller.token
    if token is not None and token.user is not None:
        permission = repository.permission_of(token.user.login)
    else:
        permission = {"write": "write", "read": "read"}.get(
            token.permissions.get("contents", "") if token else "", "none"
        )
    return shapes.full_repository(world.links, repository, permission=permission)


def get_permission(world: World, request: Request) -> Answer:
    repository, login = world.repository_for(request), request.parameters["username"]
    person = world.state.find_user(login)
    if person is None:
        raise GitHubError(404, f"{login} is not a user")
    word = repository.permission_of(person.login)
    coarse = COARSE.get(word, word)
    return Answer(json={"permission": coarse, "role_name": word, "user": permission_user(world, person.login, word)})


def permission_user(world: World, login: str, word: str) -> Json:
    person = world.state.users[login.lower()]
    return {**shapes.user(world.links, person), "permissions": shapes.rights(word), "role_name": word}


def get_ref(world: World, request: Request) -> Answer:
    repository, name = world.repository_for(request), request.parameters["ref"]
    known = git_repository.refs(repository.git_dir)
    if not known:
        raise GitHubError(409, "Git Repository is empty.")
    if f"refs/{name}" not in known:
        raise not_found()
    return Answer(json=ref_shape(world, repository, f"refs/{name}", known[f"refs/{name}"]))


def list_matching_refs(world: World, request: Request) -> Answer:
    repository, prefix = world.repository_for(request), f"refs/{request.parameters['ref']}"
    known = git_repository.refs(repository.git_dir)
    found = [ref_shape(world, repository, ref, sha) for ref, sha in known.items() if ref.startswith(prefix)]
    return Answer(json=found)


def ref_shape(world: World, repository: Repository, ref: str, sha: str) -> Json:
    api = world.links.repo(repository)
    kind = run_git(repository.git_dir, "cat-file", "-t", sha)
    target = {"type": kind, "sha": sha, "url": f"{api}/git/{kind}s/{sha}"}
    return {"ref": ref, "node_id": node_id("Ref", repository.id), "url": f"{api}/git/{quote(ref)}", "object": target}


def delete_ref(world: World, request: Request) -> Answer:
    repository, ref = world.repository_for(request), f"refs/{request.parameters['ref']}"
    if ref not in git_repository.refs(repository.git_dir):
        raise GitHubError(422, "Reference does not exist")
    run_git(repository.git_dir, "update-ref", "-d", ref)
    return Answer(204)


def get_branch(world: World, request: Request) -> Answer:
    repository, name = world.repository_for(request), request.parameters["branch"]
    sha = git_repository.head_of(repository.git_dir, name)
    if sha is None:
        raise GitHubError(404, "Branch not found")
    api = f"{world.links.repo(repository)}/branches/{quote(name)}"
    return Answer(
        json={
            "name": name,
            "commit": commit_shape(world, repository, sha),
            "protected": name in repository.protected_branches,
            "_links": {"self": api, "html": f"{world.links.page(repository)}/tree/{quote(name)}"},
            "protection": {"enabled": False},
            "protection_url": f"{api}/protection",
        }
    )


def list_branches(world: World, request: Request) -> Answer:
    repository = world.repository_for(request)
    api, heads = world.links.repo(repository), git_repository.refs(repository.git_dir)
    names = {ref.removeprefix("refs/heads/"): sha for ref, sha in heads.items() if ref.startswith("refs/heads/")}
    branches = [
        {
            "name": name,
            "commit": {"sha": sha, "url": f"{api}/commits/{sha}"},
            "protected": name in repository.protected_branches,
        }
        for name, sha in names.items()
    ]
    if "protected" in request.query:
        wanted = request.query["protected"] == "true"
        branches = [one for one in branches if one["protected"] is wanted]
    page, headers = paginate(request, branches, url=f"{api}/branches")
    return Answer(json=page, headers=headers)


def get_commit(world: World, request: Request) -> Answer:
    repository, name = world.repository_for(request), request.parameters["ref"]
    if not git_repository.refs(repository.git_dir):
        raise GitHubError(409, "Git Repository is empty.")
    sha = git_repository.find_commit(repository.git_dir, name)
    if sha is None:
        raise GitHubError(422, f"No commit found for SHA: {name}")
    if request.headers.get("accept", "").endswith("sha"):
        return Answer(raw=sha.encode(), content_type="application/vnd.github.sha; charset=utf-8")
    return Answer(json=commit_shape(world, repository, sha))


def commit_shape(world: World, repository: Repository, sha: str) -> Json:
    """Return GitHub's `commit`. The authors' accounts are left out: a name in a commit proves nothing."""
    format_ = "--format=%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B"
    said = run_git(repository.git_dir, "show", "--no-patch", format_, sha)
    tree, parents, name, email, at, by, by_email, by_at, message = said.split("\0", 8)
    api, page = world.links.repo(repository), world.links.page(repository)
    unsigned = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}
    inner = {
        "author": {"name": name, "email": email, "date": at},
        "committer": {"name": by, "email": by_email, "date": by_at},
        "message": message.strip(), "tree": {"sha": tree, "url": f"{api}/git/trees/{tree}"},
        "url": f"{api}/git/commits/{sha}", "comment_count": 0, "verification": unsigned,
    }  # fmt: skip
    return {
        "url": f"{api}/commits/{sha}", "sha": sha, "node_id": node_id("Commit", repository.id),
        "html_url": f"{page}/commit/{sha}", "comments_url": f"{api}/commits/{sha}/comments", "commit": inner,
        "author": None, "committer": None,
        "parents": [
            {"sha": one, "url": f"{api}/commits/{one}", "html_url": f"{page}/commit/{one}"} for one in parents.split()
        ],
    }  # fmt: skip


def compare(world: World, request: Request) -> Answer:
    """How two commits differ since they parted; 404 where they have no common ancestor, as on GitHub."""
    repository = world.repository_for(request)
    base, dots, head = request.parameters["basehead"].partition("...")
    shas = [git_repository.find_commit(repository.git_dir, name) for name in (base, head)]
    if not dots or None in shas:
        raise not_found()
    old, new = str(shas[0]), str(shas[1])
    parted = ask_git(repository.git_dir, "merge-base", old, new)
    if not parted:
        raise GitHubError(404, f"No common ancestor between {base} and {head}.")
    ahead, behind = (git_repository.count_between(repository.git_dir, *pair) for pair in ((old, new), (new, old)))
    status = "diverged" if ahead and behind else "ahead" if ahead else "behind" if behind else "identical"
    api, page = f"{world.links.repo(repository)}/compare/{base}...{head}", f"{world.links.page(repository)}/compare"
    between = run_git(repository.git_dir, "rev-list", "--reverse", f"{old}..{new}").split()
    shown, headers = paginate(request, between, url=api)
    shape = {
        "url": api, "html_url": f"{page}/{base}...{head}", "permalink_url": f"{page}/{old[:7]}...{new[:7]}",
        "diff_url": f"{page}/{base}...{head}.diff", "patch_url": f"{page}/{base}...{head}.patch",
        "base_commit": commit_shape(world, repository, old), "status": status, "ahead_by": ahead, "behind_by": behind,
        "merge_base_commit": commit_shape(world, repository, parted), "total_commits": ahead,
        "commits": [commit_shape(world, repository, one) for one in shown],
    }  # fmt: skip
    return Answer(json=shape, headers=headers)


def get_contents(world: World, request: Request) -> Answer:
    """A file, as JSON or raw, or a folder's list; of the default branch unless `ref` says another."""
    repository, path = world.repository_for(request), request.parameters.get("path", "").strip("/")
    ref = request.query.get("ref", repository.default_branch)
    sha = git_repository.find_commit(repository.git_dir, ref)
    if sha is None:
        raise GitHubError(
            404, "This repository is empty." if "ref" not in request.query else f"No commit found for the ref {ref}"
        )
    entries = list_tree(repository, sha, path)
    is_folder = path == "" or len(entries) != 1 or entries[0]["path"] != path
    if not entries or any(part in ("", ".", "..") for part in path.split("/") if path):
        raise not_found()
    if is_folder:
        return Answer(json=[entry_shape(world, repository, one, ref) for one in entries])
    return file_answer(world, request, repository, entries[0], ref)


def list_tree(repository: Repository, sha: str, path: str) -> list[dict[str, Any]]:
    """Return the entry of a file, or the entries of a folder."""
    found = ask_git(repository.git_dir, "ls-tree", "-z", "--long", sha, "--", path) if path else None
    if not path or (found is not None and found.split(" ")[1:2] == ["tree"]):
        found = ask_git(repository.git_dir, "ls-tree", "-z", "--long", f"{sha}:{path}")
    entries = []
    for line in filter(None, (found or "").split("\0")):
        facts, _, name = line.partition("\t")
        mode, kind, blob, size = facts.split()
        full = name if name == path or not path else f"{path}/{name}"
        entries.append(
            {"mode": mode, "kind": kind, "sha": blob, "size": int(size) if size.isdecimal() else 0, "path": full}
        )
    return entries


def entry_shape(world: World, repository: Repository, entry: dict[str, Any], ref: str) -> Json:
    """Return what folders' lists and files have in common."""
    api, page, path = world.links.repo(repository), world.links.page(repository), quote(entry["path"])
    kind = {SYMLINK: "symlink", SUBMODULE: "submodule"}.get(entry["mode"], "dir" if entry["kind"] == "tree" else "file")
    url, git = f"{api}/contents/{path}?ref={quote(ref, safe='')}", f"{api}/git/{entry['kind']}s/{entry['sha']}"
    html = f"{page}/blob/{quote(ref)}/{path}"
    return {
        "type": kind, "size": entry["size"], "name": entry["path"].rpartition("/")[2], "path": entry["path"],
        "sha": entry["sha"], "url": url, "git_url": git, "html_url": html,
        "download_url": None if kind in ("dir", "submodule") else f"{page}/raw/{quote(ref)}/{path}",
        "_links": {"self": url, "git": git, "html": html},
    }  # fmt: skip


def file_answer(world: World, request: Request, repository: Repository, entry: dict[str, Any], ref: str) -> Answer:
    content = git_repository.read_blob(repository.git_dir, entry["sha"])
    if "raw" in request.headers.get("accept", ""):
        return Answer(raw=content, content_type="application/vnd.github.raw+json; charset=utf-8")
    shape = entry_shape(world, repository, entry, ref)
    if entry["mode"] == SYMLINK:
        return Answer(json={**shape, "target": content.decode()})
    if len(content) > MAX_INLINE_BYTES:
        return Answer(json={**shape, "encoding": "none", "content": ""})
    return Answer(json={**shape, "encoding": "base64", "content": base64.encodebytes(content).decode()})


CONTENTS, METADATA = ("contents",), ("metadata",)
ROUTES = [
    Route("GET", "/repos/{owner}/{repo}", get_repository, METADATA),
    Route("GET", "/repositories/{repository_id}", get_repository_by_id),
    Route("GET", "/repos/{owner}/{repo}/collaborators/{username}/permission", get_permission, METADATA),
    Route("GET", "/repos/{owner}/{repo}/git/ref/{ref}", get_ref, CONTENTS),
    Route("GET", "/repos/{owner}/{repo}/git/matching-refs/{ref}", list_matching_refs, CONTENTS),
    Route("DELETE", "/repos/{owner}/{repo}/git/refs/{ref}", delete_ref, CONTENTS, "write"),
    Route("GET", "/repos/{owner}/{repo}/branches", list_branches, CONTENTS),
    Route("GET", "/repos/{owner}/{repo}/branches/{branch}", get_branch, CONTENTS),
    Route("GET", "/repos/{owner}/{repo}/commits/{ref}", get_commit, CONTENTS),
    Route("GET", "/repos/{owner}/{repo}/compare/{basehead}", compare, CONTENTS),
    Route("GET", "/repos/{owner}/{repo}/contents/{path}", get_contents, CONTENTS),
]
