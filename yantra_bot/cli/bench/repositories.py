"""The repository that one task is worked on in: the clone's history up to the base commit, and nothing after it.

The clone itself is only read. What came after the base commit can be reached by no name and is fetched by nobody.
"""

import shutil
from pathlib import Path
from typing import Final

from yantra_bot.cli.bench.tasks import Task
from yantra_bot.errors import UserError
from yantra_bot.forge.git_process import Git
from yantra_bot.forge.local import LocalFolder

BRANCH: Final = "main"


class Clones:
    """A folder of clones, one a repository: bare or not, as `owner__name`, `owner/name` or `name`, `.git` or not."""

    def __init__(self, folder: Path, git: Git, state: Path) -> None:
        self._folder, self._git, self._state = folder, git, state

    async def find(self, task: Task) -> Path:
        """Return the git folder of a task's clone, which has its base commit. Raises UserError with the cure."""
        path = find_clone(self._folder, task.repo)
        clone = LocalFolder(path, self._git, self._state)
        git_dir = await clone.git_dir()
        if (await clone.ask("config", "--get-regexp", r"^remote\..*\.promisor$")).code == 0:
            raise UserError(f"{path} is a partial clone, and files of it are missing. Clone {task.repo} whole.")
        there = await clone.ask("cat-file", "-e", f"{task.base_commit}^{{commit}}")
        if there.code != 0:
            raise UserError(
                f"{path} has no commit {task.base_commit}, where {task.instance_id} begins. Bring it up to date: "
                f"git -C {path} fetch --tags origin '+refs/heads/*:refs/remotes/origin/*'"
            )
        return git_dir

    async def lay_out(self, task: Task, target: Path) -> LocalFolder:
        """Make the repository of a task at `target`, if it is not there; its one branch ends at the base commit."""
        if not target.is_dir():
            source = await self.find(task)
            draft = target.with_name(f"{target.name}.new")
            shutil.rmtree(draft, ignore_errors=True)
            _write(draft, source, task.base_commit)
            draft.replace(target)
        return LocalFolder(target, self._git, self._state)


def find_clone(folder: Path, repo: str) -> Path:
    """Return where a repository lies in a folder of clones. Raises UserError with the command that puts it there."""
    owner, _, name = repo.partition("/")
    for candidate in (f"{owner}__{name}", f"{owner}/{name}", name):
        for path in (folder / f"{candidate}.git", folder / candidate):
            if path.is_dir():
                return path
    raise UserError(
        f"There is no clone of {repo} in {folder}. Get it: "
        f"git clone --bare https://github.com/{repo}.git {folder / f'{owner}__{name}.git'}"
    )


def _write(target: Path, source: Path, commit: str) -> None:
    """Write a bare repository that borrows the objects of another one."""
    for folder in ("objects/info", "refs/heads"):
        (target / folder).mkdir(parents=True)
    (target / "HEAD").write_text(f"ref: refs/heads/{BRANCH}\n")
    (target / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
    (target / "objects" / "info" / "alternates").write_text(f"{source / 'objects'}\n")
    (target / "refs" / "heads" / BRANCH).write_text(f"{commit}\n")
    if (source / "shallow").is_file():
        shutil.copyfile(source / "shallow", target / "shallow")
