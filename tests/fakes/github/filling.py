"""Filling the test GitHub: everything here happens without a request and is announced to nobody."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.fakes.github import git_repository
from tests.fakes.github.state import Comment, Installation, Issue, PullRequest, Repository, Token, User
from tests.fakes.github.world import World


class Filling:
    """The part of a GitHub that tests fill and look at."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.state = world.state
        self.app = world.app

    def add_user(self, login: str, kind: str = "User") -> User:
        return self.state.add_user(login, kind)

    def add_repository(
        self, full_name: str, *, folder: Path | None = None, files: Mapping[str, str | bytes | None] | None = None,
        default_branch: str = "main", is_private: bool = True,
    ) -> Repository:  # fmt: skip
        """Add a repository holding what `folder` or `files` hold, or an empty one."""
        login, _, name = full_name.partition("/")
        number = self.state.new_id()
        git_dir = self.state.git_root / f"{number}.git"
        git_repository.create(git_dir, default_branch)
        message = "Initial commit"
        if folder is not None:
            git_repository.commit_folder(git_dir, folder, branch=default_branch, message=message)
        elif files:
            git_repository.commit_files(git_dir, files, branch=default_branch, message=message)
        repository = Repository(number, self.add_user(login), name, git_dir, default_branch, is_private)
        self.state.repositories.append(repository)
        return repository

    def permit(self, repository: Repository, login: str, permission: str) -> User:
        """Give a person admin, maintain, write, triage, read or none on a repository."""
        person = self.add_user(login)
        repository.permissions[person.login] = permission
        return person

    def install(
        self, account: str, *, repositories: Iterable[Repository] | None = None,
        permissions: Mapping[str, str] | None = None,
    ) -> Installation:  # fmt: skip
        """Install the app on an account, for all its repositories or some; nothing is announced."""
        chosen = None if repositories is None else list(repositories)
        granted = dict(self.app.permissions if permissions is None else permissions)
        installation = Installation(self.state.new_id(), self.add_user(account), chosen, granted)
        self.state.installations[installation.id] = installation
        return installation

    def add_issue(self, repository: Repository, *, title: str, body: str = "", by: str = "") -> Issue:
        """Add an issue; nothing is announced."""
        author = self.add_user(by) if by else repository.owner
        return self.state.add_issue(repository, title=title, body=body, user=author)

    def upload(self, name: str, data: bytes | str) -> str:
        """Keep what a person uploads into an issue; return its address. A text is where it is redirected to."""
        self.world.uploads[name] = data
        return f"{self.world.links.web}/user-attachments/assets/{name}"

    def add_comment(self, issue: Issue, body: str, *, by: str) -> Comment:
        """Add a comment; nothing is announced."""
        return self.state.add_comment(issue, user=self.add_user(by), body=body)

    def commit(
        self, repository: Repository, files: Mapping[str, str | bytes | None], *,
        branch: str | None = None, message: str = "Change",
    ) -> str:  # fmt: skip
        """Commit as somebody else would have pushed (None removes a file); nothing is announced.

        A new branch starts at the default branch.
        """
        into = branch or repository.default_branch
        git_repository.start_branch(repository.git_dir, into, at=repository.default_branch)
        return git_repository.commit_files(repository.git_dir, files, branch=into, message=message)

    def token_for(
        self, repository: Repository, *, permissions: Mapping[str, str] | None = None, lifetime: float = 3600
    ) -> Token:
        """Return an installation token for one repository, without asking the API for it."""
        installation = self.world.installation_of(repository)
        assert installation is not None, f"the app is not installed on {repository.full_name}"
        granted = dict(permissions or installation.permissions)
        return self.state.add_token(installation, repositories=[repository], permissions=granted, lifetime=lifetime)

    def user_token(self, login: str) -> Token:
        """Return a personal access token."""
        return self.state.add_user_token(self.add_user(login))

    def rename(self, repository: Repository, full_name: str) -> None:
        """Give a repository another name or owner; the old one redirects."""
        repository.former_names.add(repository.full_name.lower())
        login, _, repository.name = full_name.partition("/")
        repository.owner = self.add_user(login)

    def fork(self, repository: Repository, login: str) -> Repository:
        """Copy a repository to another account."""
        copy = self.add_repository(
            f"{login}/{repository.name}", default_branch=repository.default_branch, is_private=False
        )
        git_repository.copy_branch(repository.git_dir, copy.git_dir, branch=repository.default_branch)
        copy.is_fork = True
        return copy

    def add_pull_request(
        self, repository: Repository, *, head: str, title: str, by: str, body: str = "",
        base: str | None = None, from_fork: Repository | None = None, is_draft: bool = False,
    ) -> Issue:  # fmt: skip
        """Add a pull request from a branch that is there, of this repository or of a fork."""
        source, into = from_fork or repository, base or repository.default_branch
        head_sha, base_sha = (
            git_repository.head_of(source.git_dir, head),
            git_repository.head_of(repository.git_dir, into),
        )
        assert head_sha is not None, f"{source.full_name} has no branch {head}"
        assert base_sha is not None, f"{repository.full_name} has no branch {into}"
        issue = self.add_issue(repository, title=title, body=body, by=by)
        number = self.state.new_large_id()
        issue.pull = PullRequest(number, source.owner, source, head, head_sha, into, base_sha, is_draft)
        git_repository.show_pull_request(repository.git_dir, issue.number, head_sha, source=source.git_dir)
        return issue
