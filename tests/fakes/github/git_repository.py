"""Bare git repositories behind the test GitHub: made from folders, asked by the API. Only real git, never a token."""

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

COMMIT_ENVIRONMENT = {
    "GIT_AUTHOR_NAME": "Octo Cat",
    "GIT_AUTHOR_EMAIL": "octo@example.com",
    "GIT_COMMITTER_NAME": "Octo Cat",
    "GIT_COMMITTER_EMAIL": "octo@example.com",
    "GIT_AUTHOR_DATE": "1700000000 +0000",
    "GIT_COMMITTER_DATE": "1700000000 +0000",
}


def git_environment(**more: str) -> dict[str, str]:
    """Return the whole environment for a git process: nothing of the user's own configuration."""
    base = {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C",
        "HOME": "/nonexistent",
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    return {**base, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0", **more}


def run_git(git_dir: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """Run git on a bare repository and return what it printed. Raises CalledProcessError."""
    command = ["git", f"--git-dir={git_dir}", *arguments]
    done = subprocess.run(command, env=git_environment(**(environment or {})), capture_output=True, check=True)
    return done.stdout.decode("utf-8", "surrogateescape").strip()


def ask_git(git_dir: Path, *arguments: str) -> str | None:
    """Run git and return what it printed, None when it failed."""
    try:
        return run_git(git_dir, *arguments)
    except subprocess.CalledProcessError:
        return None


def create(git_dir: Path, default_branch: str) -> None:
    """Make an empty bare repository that serves what GitHub serves: partial clones and any reachable commit."""
    command = ["git", "init", "--quiet", "--bare", f"--initial-branch={default_branch}", str(git_dir)]
    subprocess.run(command, env=git_environment(), check=True)
    for setting in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant", "http.receivepack"):
        run_git(git_dir, "config", setting, "true")
    run_git(git_dir, "config", "gc.auto", "0")
    run_git(git_dir, "config", "receive.hideRefs", "refs/pull")
    run_git(git_dir, "config", "receive.denyDeletes", "false")


def commit_folder(git_dir: Path, folder: Path, *, branch: str, message: str) -> str:
    """Commit everything in `folder` onto `branch` and return the commit's id; the same input gives the same id."""
    with tempfile.TemporaryDirectory() as temporary:
        environment = {**COMMIT_ENVIRONMENT, "GIT_INDEX_FILE": f"{temporary}/index"}
        run_git(git_dir, f"--work-tree={folder}", "add", "--all", "--force", ".", environment=environment)
        tree = run_git(git_dir, "write-tree", environment=environment)
        parent = head_of(git_dir, branch)
        parents = ["-p", parent] if parent else []
        commit = run_git(git_dir, "commit-tree", tree, "-m", message, *parents, environment=environment)
        run_git(git_dir, "update-ref", f"refs/heads/{branch}", commit)
    return commit


def commit_files(git_dir: Path, files: Mapping[str, str | bytes | None], *, branch: str, message: str) -> str:
    """Commit changed files (None: removed) onto `branch`, as somebody else's push would, and return the id.

    A file that begins as a script does can be executed.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "tree")
        folder.mkdir()
        if head_of(git_dir, branch):
            index = {"GIT_INDEX_FILE": f"{temporary}/index"}
            run_git(git_dir, "read-tree", f"refs/heads/{branch}", environment=index)
            run_git(git_dir, f"--work-tree={folder}", "checkout-index", "--all", environment=index)
        for name, content in files.items():
            path = folder / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            data = content.encode() if isinstance(content, str) else content
            path.write_bytes(data)
            if data.startswith(b"#!"):
                path.chmod(0o755)
        return commit_folder(git_dir, folder, branch=branch, message=message)


def start_branch(git_dir: Path, branch: str, *, at: str) -> None:
    """Make a branch where another one is, unless it exists or there is nothing to start at."""
    start = head_of(git_dir, at)
    if start is not None and head_of(git_dir, branch) is None:
        run_git(git_dir, "update-ref", f"refs/heads/{branch}", start)


def head_of(git_dir: Path, branch: str) -> str | None:
    """Return the commit id of a branch."""
    return ask_git(git_dir, "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}^{{commit}}")


def branches_at(git_dir: Path, sha: str) -> list[str]:
    """Return the branches whose head is a commit."""
    said = run_git(git_dir, "for-each-ref", f"--points-at={sha}", "--format=%(refname:short)", "refs/heads")
    return said.split()


def find_commit(git_dir: Path, name: str) -> str | None:
    """Return the full id of a commit, given by id, branch or tag."""
    for candidate in (name, f"refs/heads/{name}", f"refs/tags/{name}"):
        if candidate and not candidate.startswith("-"):
            found = ask_git(git_dir, "rev-parse", "--verify", "--quiet", f"{candidate}^{{commit}}")
            if found:
                return found
    return None


def refs(git_dir: Path) -> dict[str, str]:
    """Return every ref with the commit it is at."""
    lines = run_git(git_dir, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    return dict(line.split(" ", 1) for line in lines)


def count_between(git_dir: Path, base: str, head: str) -> int:
    """Return how many commits `head` has beyond `base`."""
    return int(run_git(git_dir, "rev-list", "--count", f"{base}..{head}"))


def change_between(git_dir: Path, base: str, head: str) -> tuple[int, int, int]:
    """Return added lines, removed lines and changed files between the merge base and `head`."""
    added = removed = files = 0
    for line in run_git(git_dir, "diff", "--numstat", f"{base}...{head}").splitlines():
        plus, minus, _ = line.split("\t", 2)
        added, removed, files = added + int(plus.replace("-", "0")), removed + int(minus.replace("-", "0")), files + 1
    return added, removed, files


def size_kb(git_dir: Path) -> int:
    """Return the size on disk."""
    return sum(path.stat().st_size for path in git_dir.rglob("*") if path.is_file()) // 1024


def copy_branch(source: Path, target: Path, *, branch: str) -> None:
    """Bring a branch of one repository into another."""
    run_git(target, "fetch", "--quiet", str(source), f"refs/heads/{branch}:refs/heads/{branch}")


def show_pull_request(git_dir: Path, number: int, sha: str, *, source: Path) -> None:
    """Let `refs/pull/N/head` be at a commit of `source`, which is this repository or a fork of it."""
    ref = f"refs/pull/{number}/head"
    if source != git_dir:
        run_git(git_dir, "fetch", "--quiet", str(source), f"+{sha}:{ref}")
    run_git(git_dir, "update-ref", ref, sha)


def merge(git_dir: Path, *, base: str, head: str, message: str, is_squash: bool = False) -> str:
    """Merge a commit into a branch; return the new commit's id. Raises ValueError where there are conflicts."""
    tip = run_git(git_dir, "rev-parse", f"refs/heads/{base}")
    parents = ["-p", tip] if is_squash else ["-p", tip, "-p", head]
    tree = ask_git(git_dir, "merge-tree", "--write-tree", tip, head)
    if not tree:
        raise ValueError(f"{head} cannot be merged into {base}")
    commit = run_git(git_dir, "commit-tree", tree, *parents, "-m", message, environment=COMMIT_ENVIRONMENT)
    run_git(git_dir, "update-ref", f"refs/heads/{base}", commit, tip)
    return commit


def read_blob(git_dir: Path, sha: str) -> bytes:
    """Return a blob's bytes."""
    command = ["git", f"--git-dir={git_dir}", "cat-file", "blob", sha]
    return subprocess.run(command, env=git_environment(), capture_output=True, check=True).stdout
