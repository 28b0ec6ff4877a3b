"""Pages of the web for a model: control gets them, one durable step each, beside what the worker's tools answer."""

import json
from collections.abc import Sequence
from dataclasses import replace

from yantra_bot.agent.loop import Act
from yantra_bot.agent.web_tool import ENOUGH, FETCH_URL, MAX_PAGES, make_tool, read_call, show_page
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.conversation import ToolCall, ToolResult, ToolSpec
from yantra_bot.errors import UserError
from yantra_bot.ports import ToolBatch
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.workshop import Web

FETCH_STEP = "fetch page"


class Fetching:
    """The tool `fetch_url` of one run; there is none where the operator lists no host."""

    def __init__(self, context: RunContext, web: Web | None) -> None:
        self._context, self._web = context, web
        self._asked = 0

    def tools(self) -> tuple[ToolSpec, ...]:
        """Return the tool, or nothing."""
        return () if self._web is None else (make_tool(self._web.hosts).spec,)

    def acting(self, act: Act) -> Act:
        """Return what runs a turn's calls: those for pages here, all others by `act`."""
        web = self._web
        if web is None:
            return act

        async def act_beside(calls: Sequence[ToolCall]) -> ToolBatch:
            others = [call for call in calls if call.name != FETCH_URL]
            got = {call.id: await self._fetch(web, call) for call in calls if call.name == FETCH_URL}
            batch = await act(others)
            given = iter(batch.results)
            return replace(batch, results=tuple(got.get(call.id) or next(given) for call in calls))

        return act_beside

    async def _fetch(self, web: Web, call: ToolCall) -> ToolResult:
        try:
            url = read_call(call)
        except UserError as wrong:
            return ToolResult(call.id, str(wrong), True)
        self._asked += 1
        if self._asked > MAX_PAGES:
            return ToolResult(call.id, ENOUGH, True)

        async def get() -> ToolBatch:
            try:
                got = ToolResult(call.id, show_page(url, await web.read(url)))
            except UserError as problem:
                got = ToolResult(call.id, str(problem), True)
            return ToolBatch((got,), Changeset())

        shown = json.dumps(url, ensure_ascii=False)
        batch = await self._context.step(FETCH_STEP, get, ToolBatch, request=shown, stoppable=True, tries=2)
        return batch.results[0]
