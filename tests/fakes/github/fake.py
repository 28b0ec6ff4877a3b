"""What tests and the demo hold: start a GitHub, fill it, act in it as people do, look at what came in."""

import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.fakes.github import git_repository, payloads
from tests.fakes.github.exchange import Call
from tests.fakes.github.faults import FaultPlan
from tests.fakes.github.judge import Judge
from tests.fakes.github.server import ENTERPRISE_PREFIX, Server
from tests.fakes.github.shapes import App, Links
from tests.fakes.github.state import Comment, Installation, Issue, Repository, State, Token, User
from tests.fakes.github.webhooks import Deliveries, Delivery
from tests.fakes.github.world import World

WEBHOOK_SECRET = "webhook-secret-of-the-test-github"


class FakeGitHub:
    """One running GitHub. Use `start`; `close` raises when anything was not as GitHub's description says."""

    def __init__(self, world: World, server: Server, private_key: str, folder: Path) -> None:
        self.world = world
        self.state = world.state
        self.app = world.app
        self.private_key = private_key
        self.folder = folder
        self._server = server

    @property
    def api_url(self) -> str:
        return self.world.links.api

    @property
    def enterprise_url(self) -> str:
        """The same API where GitHub Enterprise has it."""
        return self.world.links.web + ENTERPRISE_PREFIX

    @property
    def git_url(self) -> str:
        return self.world.links.web

    @property
    def webhook_secret(self) -> str:
        return self.world.deliveries.secret

    @property
    def faults(self) -> FaultPlan:
        return self.world.faults

    @property
    def calls(self) -> list[Call]:
        return self.world.calls

    @property
    def deliveries(self) -> list[Delivery]:
        return self.world.deliveries.sent

    @property
    def violations(self) -> list[str]:
        return self.world.violations

    def send_webhooks_to(self, url: str | None) -> None:
        """Set the webhook URL; None: events are only recorded, as not delivered."""
        self.world.deliveries.url = url

    def writes(self, path_part: str = "") -> list[Call]:
        """Return the recorded changing requests to the API whose path contains `path_part`."""
        return [one for one in self.calls if one.is_write and path_part in one.path and "/git-" not in one.path]

    # Filling it

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

    # Acting in it, as people do

    async def post_comment(self, issue: Issue, body: str, *, by: str) -> Comment:
        """Post a comment, deliver its webhook, and return when that was answered."""
        comment = self.add_comment(issue, body, by=by)
        self.world.emit_comment(issue, comment, action="created", sender=comment.user)
        await self.settle()
        return comment

    async def edit_comment(self, issue: Issue, comment: Comment, body: str, *, by: str) -> None:
        """Change a comment's text, as anybody with write permission may."""
        comment.body, comment.updated_at = body, self.state.timestamp()
        self.world.emit_comment(issue, comment, action="edited", sender=self.add_user(by))
        await self.settle()

    async def open_issue(self, repository: Repository, *, title: str, body: str = "", by: str) -> Issue:
        """Open an issue and deliver its webhook."""
        issue = self.add_issue(repository, title=title, body=body, by=by)
        self.world.emit_issue(issue, action="opened", sender=issue.user)
        await self.settle()
        return issue

    async def label_issue(self, issue: Issue, name: str, *, by: str) -> None:
        """Put a label on an issue and deliver its webhook."""
        issue.labels.append(self.state.label_of(issue.repository, name))
        self.world.emit_issue(issue, action="labeled", sender=self.add_user(by), label=name)
        await self.settle()

    async def announce_installation(self, installation: Installation, action: str = "created") -> Delivery:
        """Deliver an `installation` event: created, deleted, suspend or unsuspend, and make it so."""
        installation.is_deleted = action == "deleted"
        installation.is_suspended = action == "suspend"
        covered = [one for one in self.state.repositories if installation.covers(one)]
        payload = payloads.installation(self.world.links, installation, covered, app=self.app, action=action)
        delivery = self.world.deliveries.send(
            "installation", payload, installation_id=installation.id, repository_id=None
        )
        await self.settle()
        return delivery

    async def redeliver(self, delivery: Delivery) -> Delivery:
        """Send the same bytes under the same GUID again."""
        again = self.world.deliveries.redeliver(delivery)
        await self.settle()
        return again

    async def settle(self) -> None:
        """Return when every webhook that was sent is answered."""
        await self.world.deliveries.wait()

    async def close(self) -> None:
        """Stop. Raises AssertionError with every violation of GitHub's description."""
        await self._server.close()
        await self.settle()
        if self.violations:
            raise AssertionError("Not as GitHub's API description says:\n" + "\n".join(self.violations))


def make_key() -> str:
    """Return a new private key of an app, PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    encoding, no_password = serialization.Encoding.PEM, serialization.NoEncryption()
    return key.private_bytes(encoding, serialization.PrivateFormat.TraditionalOpenSSL, no_password).decode()


def public_key_of(private_key: str) -> str:
    key = serialization.load_pem_private_key(private_key.encode(), password=None)
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(encoding, form).decode()


async def start(
    folder: Path | None = None, *, port: int = 0, private_key: str | None = None,
    webhook_secret: str = WEBHOOK_SECRET, judge: Judge | None = None, now: Callable[[], float] | None = None,
) -> FakeGitHub:  # fmt: skip
    """Start a GitHub on 127.0.0.1. Repositories are kept in `folder`, a temporary one if none is given."""
    root = Path(tempfile.mkdtemp(prefix="fake-github-")) if folder is None else folder
    root.mkdir(parents=True, exist_ok=True)
    key = private_key or make_key()
    state = State(root) if now is None else State(root, now)
    app = App.create(state, public_key_of(key))
    deliveries = Deliveries(webhook_secret, app.id, state.new_large_id, state.timestamp)
    world = World(state, app, Links("", ""), deliveries)
    server = Server(world, judge)
    address = f"http://127.0.0.1:{await server.start(port)}"
    world.links = Links(address, address)
    return FakeGitHub(world, server, key, root)
