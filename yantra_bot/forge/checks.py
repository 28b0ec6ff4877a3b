"""Check runs: one at a commit for each external id, updated in place, with annotations that are never there twice."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from yantra_bot.domain.remarks import Annotation
from yantra_bot.forge.answers import EffectUnknown, reading
from yantra_bot.forge.client import Client
from yantra_bot.forge.markdown import MAX_CHECK_SUMMARY, fit_body, fit_title
from yantra_bot.forge.once import find_or_create
from yantra_bot.forge.place import Place
from yantra_bot.ports import CheckRun, Clock

ANNOTATIONS_A_REQUEST: Final = 50
"""GitHub's limit. Each further request adds to what is there."""
_MAX_ANNOTATION: Final = 60_000
"""Bytes of a message or of details; GitHub takes 64 kB."""
_MAX_ANNOTATION_TITLE: Final = 255
_TRIES: Final = 3


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
        await self._annotate(number, check, is_new=number in created)
        return number

    async def _annotate(self, number: int, check: CheckRun, *, is_new: bool) -> None:
        """Add the annotations that are not there yet; one whose adding nobody knows of is looked for first."""
        failures = 0
        missing = list(check.annotations[ANNOTATIONS_A_REQUEST:] if is_new else check.annotations)
        if missing and not is_new:
            missing = await self._missing(number, check)
        while missing:
            batch, rest = missing[:ANNOTATIONS_A_REQUEST], missing[ANNOTATIONS_A_REQUEST:]
            try:
                await self._update(number, check, batch)
            except EffectUnknown:
                failures += 1
                if failures >= _TRIES:
                    raise
                missing = await self._missing(number, check)
            else:
                missing = rest

    async def _missing(self, number: int, check: CheckRun) -> list[Annotation]:
        what = f"The annotations of {check.name}"
        items = await self._client.get_all(
            "/repos/{owner}/{repo}/check-runs/{number}/annotations{?per_page}",
            {**await self._place.names(), "number": number, "per_page": 100},
            what=what,
        )
        with reading(what):
            there = Counter(tuple(item[name] for name in _KEYS) for item in items)
        missing = []
        for annotation in check.annotations:
            shown = _show(annotation)
            key = tuple(shown[name] for name in _KEYS)
            if there[key] > 0:
                there[key] -= 1
            else:
                missing.append(annotation)
        return missing

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
        described = _describe(check, check.annotations[:ANNOTATIONS_A_REQUEST])
        data = {"head_sha": check.head_sha, "external_id": check.external_id, **described}
        answer = await self._client.write(
            "POST", "/repos/{owner}/{repo}/check-runs", await self._place.names(), data, what=what, repeatable=False
        )
        with reading(what):
            return int(answer["id"])

    async def _update(self, number: int, check: CheckRun, annotations: Sequence[Annotation] = ()) -> None:
        await self._client.write(
            "PATCH",
            "/repos/{owner}/{repo}/check-runs/{number}",
            {**await self._place.names(), "number": number},
            _describe(check, annotations),
            what=f"The check {check.name}",
            repeatable=not annotations,
        )


_KEYS: Final = ("path", "start_line", "end_line", "annotation_level", "title", "message")
"""By what an annotation is found again."""


def _show(one: Annotation) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "path": one.path,
        "start_line": one.start_line,
        "end_line": max(one.start_line, one.end_line),
        "annotation_level": one.level.value,
        "title": fit_title(one.title, _MAX_ANNOTATION_TITLE),
        "message": _fit_bytes(one.message),
    }
    return {**shown, "raw_details": _fit_bytes(one.details)} if one.details else shown


def _fit_bytes(text: str) -> str:
    clean = text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace")
    return clean[:_MAX_ANNOTATION].decode("utf-8", "ignore") or "-"


def _describe(check: CheckRun, annotations: Sequence[Annotation]) -> dict[str, Any]:
    state = {"status": "in_progress"}
    if check.conclusion is not None:
        state = {"status": "completed", "conclusion": check.conclusion}
    details = {} if check.details_url is None else {"details_url": check.details_url}
    output: dict[str, Any] = {
        "title": fit_title(check.title),
        "summary": fit_body(check.summary, MAX_CHECK_SUMMARY),
    }
    if annotations:
        output["annotations"] = [_show(one) for one in annotations]
    return {"name": check.name, **state, **details, "output": output}
