"""Which repository this is: its facts, its name as it is now, and what people may do in it.

Everything below `/repos/OWNER/NAME` goes through `Place.names`, which first makes sure that the name still leads to the
repository with the id that the order was for: a name can be renamed, or taken over.
"""

from typing import Any

from yantra_bot.domain.repository import Permission, Repository, RepositoryFacts
from yantra_bot.errors import Permanent
from yantra_bot.forge.answers import Refused, reading
from yantra_bot.forge.client import Client
from yantra_bot.ports import Clock

LOOK_AGAIN_AFTER = 300.0
"""Seconds for which a name is trusted: another account may take over one that was given up."""
HEAD_REF = "/repos/{owner}/{repo}/git/ref/heads{/branch*}"


class Place:
    """One repository on GitHub, seen with credentials for it alone."""

    def __init__(self, client: Client, repository: Repository, clock: Clock) -> None:
        self._client = client
        self._asked = repository
        self._clock = clock
        self._found: Repository | None = None
        self._looked_at = 0.0

    async def names(self) -> dict[str, str]:
        """Return `owner` and `repo` for URLs."""
        repository = await self.repository()
        return {"owner": repository.owner, "repo": repository.name}

    async def repository(self, *, anew: bool = False) -> Repository:
        """Return the repository under its present name, looked up now (`anew`) or a few minutes ago."""
        if anew or self._found is None or self._clock.now() > self._looked_at + LOOK_AGAIN_AFTER:
            await self._look()
        assert self._found is not None  # noqa: S101 (narrows the type: _look sets it or raises)
        return self._found

    async def facts(self) -> RepositoryFacts:
        """Return the facts as they are now. `size_kb` is GitHub's own estimate, hours old at times."""
        data = await self._look()
        with reading("The repository"):
            branch = str(data["default_branch"] or "")
            return RepositoryFacts(
                repository=await self.repository(),
                default_branch=branch,
                size_kb=int(data["size"]),
                is_private=bool(data["private"]),
                is_archived=bool(data["archived"]) or bool(data.get("disabled")),
                head=await self.branch_head(branch) if branch else None,
            )

    async def branch_head(self, branch: str) -> str | None:
        """Return the commit id of a branch, None when there is no such branch or the repository is empty."""
        variables = {**await self.names(), "branch": branch.split("/")}
        try:
            data = await self._client.get(HEAD_REF, variables, what=f"The branch {branch}")
        except Refused as error:
            if error.status in {404, 409}:
                return None
            raise
        with reading(f"The branch {branch}"):
            return str(data["object"]["sha"])

    async def permission(self, login: str) -> Permission:
        """Return what a person may do now. Maintainers count as write, triagers as read, strangers as none."""
        what = f"The permission of {login}"
        variables = {**await self.names(), "login": login}
        try:
            data = await self._client.get(
                "/repos/{owner}/{repo}/collaborators/{login}/permission", variables, what=what
            )
        except Refused as error:
            if error.status == 404:
                return Permission.NONE
            raise
        with reading(what):
            return _read_permission(data)

    async def _look(self) -> Any:
        what = f"The repository {self._asked.full_name}"
        variables = {"owner": self._asked.owner, "repo": self._asked.name}
        data = await self._client.get("/repos/{owner}/{repo}", variables, what=what)
        with reading(what):
            found = Repository(int(data["id"]), str(data["owner"]["login"]), str(data["name"]))
        if self._asked.id not in {0, found.id}:
            raise Permanent(f"{what} is another one than the order was for. Give the command again where it is now.")
        self._found = found
        self._looked_at = self._clock.now()
        return data


def _read_permission(data: Any) -> Permission:
    """`permission` holds the base role already; a role nobody knows gives nothing away."""
    role = str(data["permission"])
    known = {"maintain": Permission.WRITE, "push": Permission.WRITE, "triage": Permission.READ, "pull": Permission.READ}
    if role in known:
        return known[role]
    return Permission(role) if role in set(Permission) else Permission.NONE
