"""Checks at a commit with what they say, and the bot's own pull requests. Implements the port FollowUpForge.

What needs a permission that an older installation has not given (commit statuses, logs of jobs) is asked for with a
token of its own: refused, it is told as a gap, and nothing else is lost.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import structlog

from yantra_bot.domain.follow_up import CheckKind, CheckState, FailedCheck, ReviewTalk
from yantra_bot.domain.redaction import redact
from yantra_bot.domain.repository import Actor, PullRequest
from yantra_bot.errors import Permanent, Transient
from yantra_bot.forge.answers import Refused, reading
from yantra_bot.forge.client import Client
from yantra_bot.forge.job_logs import JobLogs
from yantra_bot.forge.markdown import fit_body
from yantra_bot.forge.place import Place
from yantra_bot.forge.pull_requests import read_pull_request
from yantra_bot.forge.review_talk import ReviewTalks

ACTIONS: Final = "github-actions"
"""Slug of the App that reports the jobs of GitHub's own runner; a check run of it has its job's number."""
FAILING: Final = frozenset({"failure", "timed_out", "startup_failure"})
MAX_EXPLAINED: Final = 8
MAX_TEXT: Final = 4_000
MAX_ANNOTATIONS: Final = 30
MAX_ANNOTATION: Final = 1_000
MAX_DIFFERENCE: Final = 30_000
MAX_FILES: Final = 100

_PULLS_OF_COMMIT: Final = "/repos/{owner}/{repo}/commits/{commit_sha}/pulls{?per_page}"
_RUNS: Final = "/repos/{owner}/{repo}/commits/{ref}/check-runs{?filter,per_page}"
_STATUS: Final = "/repos/{owner}/{repo}/commits/{ref}/status{?per_page}"
_ANNOTATIONS: Final = "/repos/{owner}/{repo}/check-runs/{number}/annotations{?per_page}"
_FILES: Final = "/repos/{owner}/{repo}/pulls/{number}/files{?per_page}"
_PULL: Final = "/repos/{owner}/{repo}/pulls/{number}"


class FollowUps:
    """What follow-ups need of one repository."""

    def __init__(
        self, client: Client, place: Place, me: Callable[[], Awaitable[Actor]], *, reading_ci: Client, logs: JobLogs
    ) -> None:
        """`reading_ci` has a token that may read commit statuses, and nothing may be written with."""
        self._client, self._place, self._me = client, place, me
        self._reading_ci, self._logs = reading_ci, logs
        self._talks = ReviewTalks(client, place, me)

    async def own_pull_at(self, commit: str) -> PullRequest | None:
        """Return the bot's open pull request with this head."""
        what, me = f"The pull requests of {commit[:12]}", await self._me()
        asked = {**await self._place.names(), "commit_sha": commit, "per_page": 100}
        try:
            items = await self._client.get_all(_PULLS_OF_COMMIT, asked, what=what)
        except Refused as error:
            if error.status in {404, 409, 422}:  # the commit is gone
                return None
            raise
        with reading(what):
            found = [read_pull_request(item) for item in items]
        own = (one for one in found if one.author is not None and one.author.id == me.id and not one.is_from_fork)
        return next((one for one in own if one.is_open and one.head_sha == commit), None)

    async def own_pull(self, number: int) -> PullRequest | None:
        """Return a pull request if it is the bot's own."""
        what, me = f"Pull request #{number}", await self._me()
        data = await self._client.get(_PULL, {**await self._place.names(), "number": number}, what=what)
        with reading(what):
            found = read_pull_request(data)
        is_own = found.author is not None and found.author.id == me.id and not found.is_from_fork
        return found if is_own else None

    async def review_talk(self, number: int) -> ReviewTalk:
        """Return what was said in the reviews of a pull request."""
        return await self._talks.read(number)

    async def checks(self, commit: str) -> tuple[CheckState, ...]:
        """Return the check runs, then the statuses of a commit."""
        what, me = f"The checks of {commit[:12]}", await self._me()
        asked = {**await self._place.names(), "ref": commit, "filter": "latest", "per_page": 100}
        runs = await self._client.get_all(_RUNS, asked, what=what, key="check_runs")
        with reading(what):
            found = [_read_run(run, me) for run in runs]
        return (*found, *await self._statuses(commit))

    async def explain(self, failed: Sequence[CheckState]) -> tuple[FailedCheck, ...]:
        """Return what can be read of why checks failed."""
        return tuple([await self._explain(check) for check in failed[:MAX_EXPLAINED]])

    async def difference(self, number: int) -> str:
        """Return the patches of a pull request, one file after the other."""
        what = f"The files of #{number}"
        asked = {**await self._place.names(), "number": number, "per_page": 100}
        files = await self._client.get_some(_FILES, asked, what=what, limit=MAX_FILES)
        with reading(what):
            parts = [f"--- {one['filename']} ({one['status']})\n{one.get('patch') or '(not shown)'}" for one in files]
        text = redact("\n".join(parts))
        return text if len(text) <= MAX_DIFFERENCE else f"{text[:MAX_DIFFERENCE]}\n[the rest is left out]"

    async def body(self, number: int) -> str:
        """Return a pull request's text."""
        what = f"Pull request #{number}"
        data = await self._client.get(_PULL, {**await self._place.names(), "number": number}, what=what)
        with reading(what):
            return str(data["body"] or "")

    async def put_body(self, number: int, body: str) -> None:
        """Replace a pull request's text; the same text again is no change."""
        names = {**await self._place.names(), "number": number}
        what = f"The text of #{number}"
        await self._client.write("PATCH", _PULL, names, {"body": fit_body(body)}, what=what, repeatable=True)

    async def _statuses(self, commit: str) -> tuple[CheckState, ...]:
        what = f"The statuses of {commit[:12]}"
        asked = {**await self._place.names(), "ref": commit, "per_page": 100}
        try:
            items = await self._reading_ci.get_all(_STATUS, asked, what=what, key="statuses")
        except Permanent as error:
            structlog.get_logger().info("commit statuses not read", reason=str(error))
            return ()
        with reading(what):
            return tuple(_read_status(item) for item in items)

    async def _explain(self, check: CheckState) -> FailedCheck:
        told = FailedCheck(check.name, check.conclusion, check.title, check.text)
        if check.kind is CheckKind.STATUS:
            return told
        gaps, log = [], ""
        annotations: tuple[str, ...] = ()
        try:
            annotations = await self._annotations(check)
        except Permanent as error:
            gaps.append(str(error))
        if check.app == ACTIONS:
            try:
                log = await self._logs.end_of(check.id)
            except (Permanent, Transient) as error:
                gaps.append(str(error))
        gap = redact(" ".join(gaps))[:MAX_ANNOTATION]
        return FailedCheck(check.name, check.conclusion, check.title, check.text, annotations, log, gap)

    async def _annotations(self, check: CheckState) -> tuple[str, ...]:
        what = f"The annotations of {check.name}"
        asked = {**await self._place.names(), "number": check.id, "per_page": 100}
        items = await self._client.get_some(_ANNOTATIONS, asked, what=what, limit=MAX_ANNOTATIONS)
        with reading(what):
            return tuple(_show_annotation(item) for item in items)


def _read_run(data: Any, me: Actor) -> CheckState:
    output, app = data.get("output") or {}, str((data.get("app") or {}).get("slug") or "")
    conclusion = str(data.get("conclusion") or "")
    text = "\n\n".join(str(output[name]) for name in ("summary", "text") if output.get(name))
    return CheckState(
        CheckKind.RUN,
        int(data["id"]),
        _cut(data["name"], 200),
        app,
        is_own=bool(app) and f"{app}[bot]" == me.login,
        is_done=data["status"] == "completed",
        is_failing=conclusion in FAILING,
        conclusion=conclusion,
        title=_cut(output.get("title") or "", 300),
        text=_cut(text, MAX_TEXT),
    )


def _read_status(data: Any) -> CheckState:
    state = str(data["state"])
    return CheckState(
        CheckKind.STATUS,
        int(data["id"]),
        _cut(data["context"], 200),
        is_done=state != "pending",
        is_failing=state in {"failure", "error"},
        conclusion=state,
        title=_cut(data.get("description") or "", 300),
    )


def _show_annotation(data: Any) -> str:
    line, words = int(data["start_line"]), str(data.get("message") or "")
    title = f"{data['title']}: " if data.get("title") else ""
    return _cut(f"{data['path']}:{line}: {data.get('annotation_level') or 'notice'}: {title}{words}", MAX_ANNOTATION)


def _cut(text: Any, most: int) -> str:
    """Return a text of a stranger's, cut once what looks like a secret was replaced."""
    return redact(str(text))[:most]
