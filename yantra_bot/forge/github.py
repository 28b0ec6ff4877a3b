"""GitHub as the story sees it: the ports Forge and ForgeFactory, put together out of the parts beside this file."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping

from yantra_bot import review_ports
from yantra_bot.deploy_ports import Shipping
from yantra_bot.domain.events import Origin
from yantra_bot.domain.repository import Actor, Issue, Permission, PullRequest, Reaction, Repository, RepositoryFacts
from yantra_bot.domain.talk import Reach, Thread
from yantra_bot.errors import Permanent
from yantra_bot.follow_up_ports import FollowUpForge
from yantra_bot.forge.answers import Refused, reading
from yantra_bot.forge.app_auth import (
    CODE_SCANNING,
    DEPLOYMENTS,
    LISTING,
    PERMISSIONS,
    READING_CI,
    AppClaims,
    Credentials,
    InstallationToken,
    PlainToken,
)
from yantra_bot.forge.checks import Checks
from yantra_bot.forge.client import Client
from yantra_bot.forge.comments import Comments, read_actor
from yantra_bot.forge.commit_standing import Standings
from yantra_bot.forge.contents import Contents
from yantra_bot.forge.deliveries import Deliveries
from yantra_bot.forge.deployments import Deployments
from yantra_bot.forge.directory import AppDirectory
from yantra_bot.forge.follow_ups import FollowUps
from yantra_bot.forge.incidents import Incidents
from yantra_bot.forge.issue_pictures import IssuePictures
from yantra_bot.forge.job_logs import JobLogs
from yantra_bot.forge.pause import Pause
from yantra_bot.forge.place import Place
from yantra_bot.forge.pull_requests import PullRequests
from yantra_bot.forge.reviews import Reviews
from yantra_bot.forge.threads import Threads
from yantra_bot.forge.transport import Transport
from yantra_bot.forge.unheard import Unheard
from yantra_bot.monitor_ports import IncidentForge
from yantra_bot.ports import CheckRun, Clock, NewPullRequest

OPEN_REPOSITORIES = 256
"""Repositories whose caches are kept at the same time."""


class GitHubRepository:
    """One repository on GitHub: implements the port Forge."""

    def __init__(
        self,
        client: Client,
        repository: Repository,
        me: Callable[[], Awaitable[Actor]],
        clock: Clock,
        *,
        scanning: Client,
        reading_ci: Client,
        deploying: Client,
        logs: Callable[[Client, Place], JobLogs],
        pictures: IssuePictures,
    ) -> None:
        """`scanning` is a client whose token may hand findings to code scanning, and nothing else.

        `reading_ci` is one whose token may read commit statuses and logs of jobs, `deploying` may write deployments.
        """
        self._place = Place(client, repository, clock)
        self._pictures = pictures
        self._contents = Contents(client, self._place)
        self._comments = Comments(client, self._place, me, clock)
        self._checks = Checks(client, self._place, clock)
        self._pull_requests = PullRequests(client, self._place, clock)
        self._threads = Threads(client, self._place)
        self.follow_ups: FollowUpForge | None = FollowUps(
            client, self._place, me, reading_ci=reading_ci, logs=logs(reading_ci, self._place)
        )
        self.incidents: IncidentForge | None = Incidents(client, self._place, me, clock)
        self.unheard = Unheard(client, self._place)
        standings = Standings(client, self._place, me, reading_ci=reading_ci)
        self.shipping: Shipping | None = Deployments(deploying, self._place, me, clock, standings=standings)
        self.reviews: review_ports.Reviews | None = Reviews(client, self._place, me, clock, scanning=scanning)

    async def facts(self) -> RepositoryFacts:
        return await self._place.facts()

    async def repository(self, *, anew: bool = False) -> Repository:
        """Return the repository under its present name, made sure to be the one with the ordered id."""
        return await self._place.repository(anew=anew)

    async def permission(self, login: str) -> Permission:
        return await self._place.permission(login)

    async def issue(self, number: int) -> Issue:
        return await self._comments.issue(number)

    async def read_file(self, path: str, *, branch: str = "") -> bytes | None:
        return await self._contents.read_file(path, branch=branch)

    async def picture(self, address: str) -> bytes:
        return await self._pictures.fetch(address)

    async def put_comment(self, issue_number: int, *, tag: str, body: str) -> int:
        return await self._comments.put(issue_number, tag=tag, body=body)

    async def react(self, comment_id: int, reaction: str) -> None:
        await self._comments.react(comment_id, reaction)

    async def reactions(self, comment_id: int) -> tuple[Reaction, ...]:
        return await self._comments.reactions(comment_id)

    async def react_to_issue(self, issue_number: int, reaction: str) -> None:
        await self._comments.react_to_issue(issue_number, reaction)

    async def put_check(self, check: CheckRun) -> int:
        return await self._checks.put(check)

    async def branch_head(self, branch: str) -> str | None:
        return await self._place.branch_head(branch)

    async def open_pull_request(self, new: NewPullRequest) -> PullRequest:
        return await self._pull_requests.open(new)

    async def pull_request(self, number: int) -> PullRequest:
        return await self._pull_requests.read(number)

    async def merge_base(self, base: str, head: str) -> str | None:
        return await self._pull_requests.merge_base(base, head)

    async def list_threads(self, *, limit: int, reach: Reach) -> tuple[Thread, ...]:
        return await self._threads.newest(limit=limit, reach=reach)


class GitHub:
    """GitHub as one identity, an App or a person: implements the port ForgeFactory."""

    def __init__(
        self,
        transport: Transport,
        clock: Clock,
        *,
        base_url: str,
        identity: AppClaims | PlainToken,
        downloads: Transport | None = None,
    ) -> None:
        """`base_url` such as https://api.github.com or https://HOST/api/v3. The transports are the caller's to close.

        `downloads` reaches hosts of the public network alone; without it logs and pictures there are not read.
        """
        self._downloads = downloads
        self._pictures = IssuePictures(transport, downloads, base_url=base_url)
        self._transport = transport
        self._clock = clock
        self._base_url = base_url
        self._identity = identity
        self._own = self._client(identity, Pause())
        self._pauses: dict[int, Pause] = {}
        self._tokens: dict[tuple[int, int], Credentials] = {}
        self._repositories: OrderedDict[tuple[int, Repository], tuple[Client, GitHubRepository]] = OrderedDict()
        self._me: Actor | None = None
        self._asking_me = asyncio.Lock()

    def __call__(self, repository: Repository, installation_id: int) -> GitHubRepository:
        """Return the repository with credentials for it alone; the same object while it is in use."""
        return self._open(repository, installation_id)[1]

    @property
    def deliveries(self) -> Deliveries | None:
        """What was sent to the App; None for a person, to whom nothing is sent."""
        return None if isinstance(self._identity, PlainToken) else Deliveries(self._own)

    @property
    def directory(self) -> AppDirectory:
        """What the App is installed on; for an App alone."""

        def of_installation(installation_id: int) -> Client:
            token = self._token(None, installation_id, LISTING)
            return self._client(token, self._pauses.setdefault(installation_id, Pause()))

        def of_origin(origin: Origin) -> Client:
            return self._open(origin.repository, origin.installation_id)[0]

        return AppDirectory(self._own, of_installation, of_origin, self._clock)

    def credentials(self, repository: Repository, installation_id: int) -> Credentials:
        """Return what git needs to fetch from and push to this repository, and to no other."""
        if isinstance(self._identity, PlainToken):
            return self._identity
        if repository.id == 0:
            raise Permanent(f"{repository.full_name} is named without its number, which a token for it alone needs.")
        key = (installation_id, repository.id)
        if key not in self._tokens:
            self._tokens[key] = self._token(repository, installation_id, PERMISSIONS)
        return self._tokens[key]

    def _token(
        self, repository: Repository | None, installation_id: int, permissions: Mapping[str, str]
    ) -> InstallationToken:
        return InstallationToken(
            self._mint,
            self._clock,
            installation_id=installation_id,
            repository=repository,
            permissions=permissions,
        )

    async def me(self, repository: Repository, installation_id: int) -> Actor:
        """Return who writes the bot's comments; asked once, through any repository it is installed on."""
        async with self._asking_me:
            if self._me is None:
                self._me = await self._ask_me(self._open(repository, installation_id)[0])
            return self._me

    def _open(self, repository: Repository, installation_id: int) -> tuple[Client, GitHubRepository]:
        key = (installation_id, repository)
        if key not in self._repositories:
            credentials = self.credentials(repository, installation_id)
            pause = self._pauses.setdefault(installation_id, Pause())
            client = self._client(credentials, pause, repository_id=repository.id)

            def limited(permissions: Mapping[str, str]) -> Client:
                if isinstance(self._identity, PlainToken):
                    return client
                token = self._token(repository, installation_id, permissions)
                return self._client(token, pause, repository_id=repository.id)

            forge = GitHubRepository(
                client,
                repository,
                lambda: self.me(repository, installation_id),
                self._clock,
                scanning=limited(CODE_SCANNING),
                reading_ci=limited(READING_CI),
                deploying=limited(DEPLOYMENTS),
                logs=self._logs,
                pictures=self._pictures,
            )
            self._repositories[key] = (client, forge)
            while len(self._repositories) > OPEN_REPOSITORIES:
                self._repositories.popitem(last=False)
        self._repositories.move_to_end(key)
        return self._repositories[key]

    def _logs(self, client: Client, place: Place) -> JobLogs:
        return JobLogs(client, place, own=self._transport, elsewhere=self._downloads, base_url=self._base_url)

    def _client(self, credentials: Credentials, pause: Pause, *, repository_id: int = 0) -> Client:
        return Client(
            self._transport,
            credentials,
            self._clock,
            base_url=self._base_url,
            repository_id=repository_id,
            pause=pause,
        )

    async def _ask_me(self, client: Client) -> Actor:
        what = "The bot's own account"
        if isinstance(self._identity, PlainToken):
            data = await client.get("/user", {}, what=what)
        else:
            app = await self._own.get("/app", {}, what="The App")
            with reading("The App"):
                login = f"{app['slug']}[bot]"
            data = await client.get("/users/{login}", {"login": login}, what=what)
        with reading(what):
            return read_actor(data)

    async def _mint(self, installation_id: int, asked: dict[str, object]) -> object:
        what = f"A token of installation {installation_id}"
        template = "/app/installations/{installation_id}/access_tokens"
        variables = {"installation_id": installation_id}
        try:
            return await self._own.write("POST", template, variables, asked, what=what, repeatable=True)
        except Refused as error:
            raise _explain(installation_id, error) from error


def _explain(installation_id: int, error: Refused) -> Permanent:
    if error.status == 404:
        text = f"Installation {installation_id} is gone: the App was removed. Install it again on the repository."
    elif error.status == 403 and "suspend" in error.said.lower():
        text = f"Installation {installation_id} is suspended. Unsuspend it in the account's settings."
    elif error.status == 422:
        text = (
            f"The App is not installed on this repository, or its permissions are not accepted yet "
            f"(installation {installation_id}): let an owner do either."
        )
    else:
        return error
    return Refused(text, status=error.status, said=error.said)
