"""Pull requests: one open a head branch, looked for before and after writing, read back at the end."""

from dataclasses import replace
from typing import Any

from yantra_bot.domain.repository import PullRequest
from yantra_bot.errors import Permanent
from yantra_bot.forge.answers import Refused, reading
from yantra_bot.forge.client import Client
from yantra_bot.forge.comments import read_actor
from yantra_bot.forge.markdown import fit_body, fit_title
from yantra_bot.forge.once import find_or_create, read_back
from yantra_bot.forge.place import Place
from yantra_bot.ports import Clock, NewPullRequest

_PULLS = "/repos/{owner}/{repo}/pulls{?head,state,per_page}"
_PULL = "/repos/{owner}/{repo}/pulls/{number}"


class PullRequests:
    """Opens and reads pull requests from branches of the repository itself."""

    def __init__(self, client: Client, place: Place, clock: Clock) -> None:
        self._client = client
        self._place = place
        self._clock = clock

    async def open(self, new: NewPullRequest) -> PullRequest:
        """Return the open pull request of this head branch, opening it if there is none.

        Raises Permanent when a person closed or merged the one with this very head, or when GitHub refuses.
        """
        opened = await find_or_create(lambda: self._find(new.head_branch), lambda: self._create(new), self._clock)
        return await read_back(lambda: self.read(opened.number), self._clock)

    async def read(self, number: int) -> PullRequest:
        """Return a pull request as it is now."""
        what = f"Pull request #{number}"
        variables = {**await self._place.names(), "number": number}
        data = await self._client.get(_PULL, variables, what=what)
        with reading(what):
            return read_pull_request(data)

    async def merge_base(self, base: str, head: str) -> str | None:
        """Return where two commits parted, None where they have no common ancestor."""
        what = f"The comparison of {base[:12]} and {head[:12]}"
        names = await self._place.names()
        # The commits in between are many, and none is needed: a page of one.
        asked = {**names, "base": base, "head": head, "per_page": 1}
        try:
            data = await self._client.get("/repos/{owner}/{repo}/compare/{base}...{head}{?per_page}", asked, what=what)
        except Refused as error:
            if error.status == 404 and "ancestor" in error.said.lower():
                return None
            raise
        with reading(what):
            return str(data["merge_base_commit"]["sha"])

    async def _find(self, branch: str) -> PullRequest | None:
        found = await self._of_branch(branch)
        is_open = [each for each in found if each.is_open]
        if is_open or not found:
            return is_open[0] if is_open else None
        head = await self._place.branch_head(branch)
        closed = next((each for each in found if each.head_sha == head), None)
        if closed is not None:
            raise Permanent(
                f"A person closed pull request #{closed.number}, which has this very change. It is not opened again: "
                "reopen it, or ask for another change."
            )
        return None

    async def _of_branch(self, branch: str) -> list[PullRequest]:
        """Return all pull requests ever made from a branch of this repository, newest first."""
        repository = await self._place.repository()
        what = f"The pull requests of {branch}"
        items = await self._client.get_all(
            _PULLS,
            {
                **await self._place.names(),
                "head": f"{repository.owner}:{branch}",
                "state": "all",
                "per_page": 100,
            },
            what=what,
        )
        with reading(what):
            # GitHub ignores a filter that it cannot read, and a fork may have a branch of the same name.
            own = [item for item in items if (item["head"]["repo"] or {}).get("id") == repository.id]
            return [read_pull_request(item) for item in own if item["head"]["ref"] == branch]

    async def _create(self, new: NewPullRequest) -> PullRequest:
        try:
            return await self._post(new)
        except Refused as error:
            said = error.said.lower()
            if error.status != 422:
                raise
            if "already exists" in said:
                return await self._the_existing(new, error)
            if new.is_draft and "draft" in said:
                # Some plans have no drafts: a title that says so is the next best thing.
                return await self._post(replace(new, title=f"[Draft] {new.title}", is_draft=False))
            raise _explain(new, error) from error

    async def _the_existing(self, new: NewPullRequest, error: Refused) -> PullRequest:
        found = next((each for each in await self._of_branch(new.head_branch) if each.is_open), None)
        if found is None:
            raise error
        return found

    async def _post(self, new: NewPullRequest) -> PullRequest:
        what = f"A pull request from {new.head_branch}"
        data = {
            "title": fit_title(new.title),
            "head": new.head_branch,
            "base": new.base_branch,
            "body": fit_body(new.body),
            "draft": new.is_draft,
            "maintainer_can_modify": False,
        }
        answer = await self._client.write("POST", _PULLS, await self._place.names(), data, what=what, repeatable=False)
        with reading(what):
            return read_pull_request(answer)


def read_pull_request(data: Any) -> PullRequest:
    """Return a pull request of GitHub's answer. Raises what `answers.reading` wraps."""
    return PullRequest(
        number=int(data["number"]),
        url=str(data["html_url"]),
        title=str(data["title"]),
        head_branch=str(data["head"]["ref"]),
        head_sha=str(data["head"]["sha"]),
        base_branch=str(data["base"]["ref"]),
        is_draft=bool(data.get("draft")),
        is_open=data["state"] == "open",
        is_from_fork=(data["head"].get("repo") or {}).get("id") != data["base"]["repo"]["id"],
        author=read_actor(data["user"]),
        is_merged=bool(data.get("merged_at")),
    )


def _explain(new: NewPullRequest, error: Refused) -> Permanent:
    said = error.said.lower()
    if "no commits between" in said:
        text = f"{new.head_branch} has nothing that {new.base_branch} has not: there is nothing to propose."
    elif "base" in said and "invalid" in said:
        text = f"The branch {new.base_branch} is gone, so nothing can be proposed for it. Order the change anew."
    elif "head" in said and "invalid" in said:
        text = f"The branch {new.head_branch} is gone. Order the change anew."
    else:
        return error
    return Refused(text, status=422, said=error.said)
