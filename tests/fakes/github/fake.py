"""What tests and the demo hold: start a GitHub, fill it, act in it as people do, look at what came in."""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.fakes.github import git_http, git_repository, merging, payloads
from tests.fakes.github.checking import Checking
from tests.fakes.github.exchange import Call
from tests.fakes.github.faults import FaultPlan
from tests.fakes.github.judge import Judge
from tests.fakes.github.server import ENTERPRISE_PREFIX, Server
from tests.fakes.github.shapes import App, Links
from tests.fakes.github.state import Comment, Installation, Issue, Repository, State
from tests.fakes.github.webhooks import Deliveries, Delivery
from tests.fakes.github.world import World

WEBHOOK_SECRET = "webhook-secret-of-the-test-github"


class FakeGitHub(Checking):
    """One running GitHub. Use `start`; `close` raises when anything was not as GitHub's description says."""

    def __init__(self, world: World, server: Server, private_key: str, scratch: Path | None) -> None:
        super().__init__(world)
        self.private_key = private_key
        self._scratch = scratch
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

    async def merge(self, issue: Issue, *, by: str) -> str:
        """Merge a pull request as a person does, close what its text says it fixes; return the new commit."""
        person = self.add_user(by)
        commit = merging.merge(self.world, issue, sender=person, message=f"Merge #{issue.number}")
        await self.settle()
        return commit

    async def push(
        self, repository: Repository, files: Mapping[str, str | bytes | None], *, by: str, branch: str | None = None
    ) -> str:
        """Commit files (None: removed) as a person's push would, deliver its webhook, and return the commit."""
        into = branch or repository.default_branch
        before = git_repository.head_of(repository.git_dir, into) or "0" * 40
        commit = self.commit(repository, files, branch=into)
        await self.announce_push(repository, f"refs/heads/{into}", before=before, after=commit, by=by)
        return commit

    async def announce_push(self, repository: Repository, ref: str, *, before: str, after: str, by: str) -> None:
        """Deliver the webhook of a ref that moved, was made or was deleted."""
        person = self.add_user(by)
        payload = payloads.push(self.world.links, repository, ref=ref, before=before, after=after, pusher=person)
        self.world.emit("push", payload, repository=repository, sender=person)
        git_http.move_pull_requests(self.world, repository, ref=ref, sha=after, sender=person)
        await self.settle()

    async def close_issue(self, issue: Issue, *, by: str) -> None:
        """Close an issue or a pull request."""
        issue.state, issue.closed_at = "closed", self.state.timestamp()
        issue.updated_at = issue.closed_at
        if issue.pull is None:
            self.world.emit_issue(issue, action="closed", sender=self.add_user(by))
        else:
            self.world.emit_pull_request(issue, action="closed", sender=self.add_user(by))
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
        if self._scratch is not None:
            shutil.rmtree(self._scratch)
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
    scratch = Path(tempfile.mkdtemp(prefix="fake-github-")) if folder is None else None
    root = folder or scratch or Path()
    root.mkdir(parents=True, exist_ok=True)
    key = private_key or make_key()
    state = State(root) if now is None else State(root, now)
    app = App.create(state, public_key_of(key))
    deliveries = Deliveries(webhook_secret, app.id, state.new_large_id, state.timestamp)
    world = World(state, app, Links("", ""), deliveries)
    server = Server(world, judge)
    address = f"http://127.0.0.1:{await server.start(port)}"
    world.links = Links(address, address)
    return FakeGitHub(world, server, key, scratch)
