"""What the routes work on: the state, the app, and the webhooks that changes send out."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fakes.github import payloads
from tests.fakes.github.exchange import Answer, Call, Caller, Request, not_found
from tests.fakes.github.faults import FaultPlan
from tests.fakes.github.shapes import App, Json, Links
from tests.fakes.github.state import Comment, Installation, Issue, Repository, State, User
from tests.fakes.github.webhooks import Deliveries, Delivery


@dataclass
class World:
    """The whole test GitHub, without its server."""

    state: State
    app: App
    links: Links
    deliveries: Deliveries
    faults: FaultPlan = field(default_factory=FaultPlan)
    calls: list[Call] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    """What was not as GitHub's own description says; raised when the fake is closed."""
    requests_used: dict[str, int] = field(default_factory=dict)
    rate_limit: int = 5000
    uploads: dict[str, bytes | str] = field(default_factory=dict)
    """What people uploaded into issues, by its name; a text is an address that it is redirected to."""
    log_place: str = ""
    """Where jobs' logs are said to lie, `{job}` standing for the job; empty: in the storage of this server."""

    def repository_for(self, request: Request) -> Repository:
        """Return the repository that a request's path names; a 404 when there is none."""
        found = self.state.find_repository(request.parameters["owner"], request.parameters["repo"])
        if found is None:
            raise not_found()
        return found

    def actor(self, caller: Caller) -> User:
        """Return the account whose work a request is."""
        if caller.token is not None and caller.token.user is not None:
            return caller.token.user
        return self.app.bot

    def installation_of(self, repository: Repository) -> Installation | None:
        """Return the living installation that covers a repository."""
        living = (one for one in self.state.installations.values() if not one.is_deleted and not one.is_suspended)
        return next((one for one in living if one.covers(repository)), None)

    def emit(self, event: str, payload: Json, *, repository: Repository, sender: User) -> Delivery | None:
        """Send a webhook, if the app is installed there and wants the event; return it."""
        installation = self.installation_of(repository)
        if installation is None or event not in self.app.events:
            return None
        whole = payloads.complete(self.links, payload, repository=repository, sender=sender, installation=installation)
        return self.deliveries.send(event, whole, installation_id=installation.id, repository_id=repository.id)

    def emit_comment(self, issue: Issue, comment: Comment, *, action: str, sender: User) -> Delivery | None:
        payload = payloads.comment(self.links, issue, comment, action=action)
        return self.emit("issue_comment", payload, repository=issue.repository, sender=sender)

    def emit_issue(self, issue: Issue, *, action: str, sender: User, label: str | None = None) -> Delivery | None:
        payload = payloads.issue(self.links, issue, action=action, label=label)
        return self.emit("issues", payload, repository=issue.repository, sender=sender)

    def emit_pull_request(self, issue: Issue, *, action: str, sender: User) -> Delivery | None:
        payload = payloads.pull_request(self.links, issue, action=action)
        return self.emit("pull_request", payload, repository=issue.repository, sender=sender)


Handler = Callable[[World, Request], Answer]


@dataclass(frozen=True)
class Route:
    """One operation. `needs` are the permissions of which any one suffices, at `level`; empty: it checks itself."""

    method: str
    template: str
    handler: Handler
    needs: tuple[str, ...] = ()
    level: str = "read"
