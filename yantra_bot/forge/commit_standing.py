"""Whether a commit may be deployed, as the forge says: where it stands, what its checks say, whether it was taken back.

What cannot be read counts against the commit: nothing here guesses. Titles, names of checks and authors are text of
strangers.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, Final

from yantra_bot.deploy_ports import CommitFacts, CommitStanding
from yantra_bot.domain.redaction import redact
from yantra_bot.domain.repository import Actor
from yantra_bot.domain.reverts import find_reverted
from yantra_bot.errors import UserError
from yantra_bot.forge.answers import Refused, reading
from yantra_bot.forge.client import Client
from yantra_bot.forge.place import Place

GOOD: Final = "success"
NEITHER: Final = frozenset({"neutral", "skipped"})
"""They speak neither for a commit nor against it; what nobody knows speaks against it."""
ACTIONS: Final = "github-actions"
MAX_BRANCHES: Final = 20
"""Protected branches that are looked at beside the default branch."""
MAX_PAGES: Final = 3
MAX_NAMES: Final = 50
_COMMIT: Final = "/repos/{owner}/{repo}/commits{/ref*}"
_RUNS: Final = "/repos/{owner}/{repo}/commits/{ref}/check-runs{?filter,per_page}"
_SUITES: Final = "/repos/{owner}/{repo}/commits/{ref}/check-suites{?per_page}"
_STATUS: Final = "/repos/{owner}/{repo}/commits/{ref}/status{?per_page}"
_BRANCHES: Final = "/repos/{owner}/{repo}/branches{?protected,per_page}"
_COMPARE: Final = "/repos/{owner}/{repo}/compare/{base}...{head}{?per_page,page}"
_PAGE: Final = 100
_REF: Final = re.compile(r"(?!-|/|.*(?:\.\.|//|@\{|/$))[!-~]{1,200}")
_ABBREVIATED: Final = re.compile(r"[0-9a-f]{7,40}")


class Standings:
    """Reads commits of one repository."""

    def __init__(self, client: Client, place: Place, me: Callable[[], Awaitable[Actor]], *, reading_ci: Client) -> None:
        """`reading_ci` has a token that may read commit statuses."""
        self._client, self._place, self._me, self._reading_ci = client, place, me, reading_ci

    async def resolve(self, ref: str) -> str:
        """Return the commit of a branch, a tag, a commit id or the beginning of one. Raises UserError."""
        shown = ref[:80]
        if not _REF.fullmatch(ref):
            raise UserError(f"{shown!a} is no branch, no tag and no commit.")
        what = f"The commit of {shown}"
        try:
            data = await self._client.get(_COMMIT, {**await self._place.names(), "ref": ref.split("/")}, what=what)
        except Refused as error:
            if error.status in {404, 409, 422}:
                raise UserError(f"There is no branch, tag or commit {shown} here. Name one that was pushed.") from error
            raise
        with reading(what):
            commit = str(data["sha"])
        if _ABBREVIATED.fullmatch(ref.lower()) and not commit.startswith(ref.lower()):
            raise UserError(f"{shown} is a branch or a tag that looks like a commit. Name the commit by its full id.")
        return commit

    async def facts(self, commit: str) -> CommitFacts:
        """Return what decides about a commit, as it is now."""
        what = f"The commit {commit[:12]}"
        data = await self._client.get(_COMMIT, {**await self._place.names(), "ref": [commit]}, what=what)
        with reading(what):
            title = _clean(str(data["commit"]["message"]).partition("\n")[0], 200)
            author = _clean(str((data["commit"]["author"] or {}).get("name") or ""), 100)
        branch, reverted_by = await self._find_branch(commit)
        standing, failing = await self._stand(commit)
        return CommitFacts(commit, standing, failing, bool(branch), branch, title, author, reverted_by)

    async def _stand(self, commit: str) -> tuple[CommitStanding, tuple[str, ...]]:
        """Return what all checks say together, with the names of those that fail, or else of those that run."""
        found = [one async for one in self._runs(commit)] + [one async for one in self._statuses(commit)]
        running = [name for name, word in found if word == ""] + [one async for one in self._suites(commit)]
        failing = [name for name, word in found if word and word != GOOD and word not in NEITHER]
        if failing:
            return CommitStanding.RED, _names(failing)
        if running:
            return CommitStanding.RUNNING, _names(running)
        return (CommitStanding.GREEN if any(word == GOOD for _, word in found) else CommitStanding.NONE), ()

    async def _runs(self, commit: str) -> AsyncIterator[tuple[str, str]]:
        """Yield the name and the conclusion of each check run but our own; of one that runs, no conclusion."""
        what, me = f"The checks of {commit[:12]}", await self._me()
        asked = {**await self._place.names(), "ref": commit, "filter": "latest", "per_page": _PAGE}
        for run in await self._client.get_all(_RUNS, asked, what=what, key="check_runs"):
            with reading(what):
                if _app(run) and f"{_app(run)}[bot]" == me.login:
                    continue
                is_done = run["status"] == "completed"
                yield str(run["name"]), str(run["conclusion"] or "unknown") if is_done else ""

    async def _suites(self, commit: str) -> AsyncIterator[str]:
        """Yield the suites that have work left: between two jobs of a workflow, every run there is has ended.

        Apps that never report anything leave an empty suite behind on each commit, which says nothing.
        """
        what, me = f"The suites of checks of {commit[:12]}", await self._me()
        asked = {**await self._place.names(), "ref": commit, "per_page": _PAGE}
        for suite in await self._client.get_all(_SUITES, asked, what=what, key="check_suites"):
            with reading(what):
                app = _app(suite)
                is_ours = bool(app) and f"{app}[bot]" == me.login
                says_something = app == ACTIONS or int(suite["latest_check_runs_count"]) > 0
                if suite["status"] != "completed" and says_something and not is_ours:
                    yield app or "checks"

    async def _statuses(self, commit: str) -> AsyncIterator[tuple[str, str]]:
        """Yield the context and the state of each commit status. An App that may not read them cannot judge."""
        what = f"The statuses of {commit[:12]}"
        asked = {**await self._place.names(), "ref": commit, "per_page": _PAGE}
        for one in await self._reading_ci.get_all(_STATUS, asked, what=what, key="statuses"):
            with reading(what):
                state = str(one["state"])
                yield str(one["context"]), "" if state == "pending" else state

    async def _find_branch(self, commit: str) -> tuple[str, str]:
        """Return the protected branch that holds a commit, and the commit there that takes it back."""
        facts = await self._place.facts()
        if facts.head and (reverted_by := await self._compare(commit, facts.head)) is not None:
            return facts.default_branch, reverted_by
        for name, head in await self._protected():
            if name != facts.default_branch and (reverted_by := await self._compare(commit, head)) is not None:
                return name, reverted_by
        return "", ""

    async def _protected(self) -> list[tuple[str, str]]:
        what = "The protected branches"
        asked = {**await self._place.names(), "protected": "true", "per_page": _PAGE}
        items = await self._client.get_some(_BRANCHES, asked, what=what, limit=MAX_BRANCHES)
        with reading(what):
            # A filter that the forge does not know is ignored by it.
            return [(str(one["name"]), str(one["commit"]["sha"])) for one in items if one["protected"] is True]

    async def _compare(self, commit: str, head: str) -> str | None:
        """Return the commit between that takes `commit` back, empty where none does; None where `head` lacks it.

        Looked at are the first few hundred commits after it.
        """
        what = f"The comparison of {commit[:12]} and {head[:12]}"
        since: list[tuple[str, str]] = []
        for page in range(1, MAX_PAGES + 1):
            asked = {**await self._place.names(), "base": commit, "head": head, "per_page": _PAGE, "page": page}
            try:
                data = await self._client.get(_COMPARE, asked, what=what)
            except Refused as error:
                if error.status == 404:
                    return None
                raise
            with reading(what):
                if data["status"] not in ("ahead", "identical"):
                    return None
                since += [(str(one["sha"]), str(one["commit"]["message"])) for one in data["commits"]]
                if len(since) >= int(data["total_commits"]) or not data["commits"]:
                    break
        return find_revert(commit, since)


def find_revert(commit: str, since: Iterable[tuple[str, str]]) -> str:
    """Return which of the commits after it (id, message; oldest first) takes a commit back; empty: none that stands.

    A revert that was taken back itself takes nothing back.
    """
    undone: set[str] = set()
    for sha, message in reversed(list(since)):
        if sha in undone:
            continue
        for target in find_reverted(message):
            if target == commit:
                return sha
            undone.add(target)
    return ""


def _app(data: Any) -> str:
    return str((data.get("app") or {}).get("slug") or "")


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_clean(one, 100) for one in names))[:MAX_NAMES]


def _clean(text: str, most: int) -> str:
    return redact("".join(letter if letter.isprintable() else " " for letter in text))[:most]
