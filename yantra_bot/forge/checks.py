"""Check runs: one at a commit for each external id, updated in place."""

from typing import Any

from yantra_bot.forge.answers import reading
from yantra_bot.forge.client import Client
from yantra_bot.forge.markdown import MAX_CHECK_SUMMARY, fit_body, fit_title
from yantra_bot.forge.once import find_or_create
from yantra_bot.forge.place import Place
from yantra_bot.ports import CheckRun, Clock


class Checks:
    """Writes check runs."""

    def __init__(self, client: Client, place: Place, clock: Clock) -> None:
        self._client = client
        self._place = place
        self._clock = clock

    async def put(self, check: CheckRun) -> int:
        """Create or update the check run with this external id; return its number."""
        created: list[int] = []

        async def create() -> int:
            created.append(await self._create(check))
            return created[-1]

        number = await find_or_create(lambda: self._find(check), create, self._clock)
        if number not in created:
            await self._update(number, check)
        return number

    async def _find(self, check: CheckRun) -> int | None:
        what = f"The checks of {check.head_sha[:12]}"
        variables = {**await self._place.names(), "ref": check.head_sha, "check_name": check.name}
        runs = await self._client.get_all(
            "/repos/{owner}/{repo}/commits/{ref}/check-runs{?check_name,filter,per_page}",
            {**variables, "filter": "all", "per_page": 100},
            what=what,
            key="check_runs",
        )
        with reading(what):
            return next((int(run["id"]) for run in runs if run.get("external_id") == check.external_id), None)

    async def _create(self, check: CheckRun) -> int:
        what = f"The check {check.name}"
        data = {"head_sha": check.head_sha, "external_id": check.external_id, **_describe(check)}
        answer = await self._client.write(
            "POST", "/repos/{owner}/{repo}/check-runs", await self._place.names(), data, what=what, repeatable=False
        )
        with reading(what):
            return int(answer["id"])

    async def _update(self, number: int, check: CheckRun) -> None:
        await self._client.write(
            "PATCH",
            "/repos/{owner}/{repo}/check-runs/{number}",
            {**await self._place.names(), "number": number},
            _describe(check),
            what=f"The check {check.name}",
            repeatable=True,
        )


def _describe(check: CheckRun) -> dict[str, Any]:
    state = {"status": "in_progress"}
    if check.conclusion is not None:
        state = {"status": "completed", "conclusion": check.conclusion}
    details = {} if check.details_url is None else {"details_url": check.details_url}
    output = {"title": fit_title(check.title), "summary": fit_body(check.summary, MAX_CHECK_SUMMARY)}
    return {"name": check.name, **state, **details, "output": output}
