"""The first act: a bug becomes a tested pull request, while its code graph is asked about the place."""

import asyncio
import time

from demo.graph import show_graph
from demo.lessons import show_lessons
from demo.review import show_review
from demo.servers import ISSUE_TITLE
from demo.stage import Stage
from yantra_bot.cli.display import Display
from yantra_bot.domain.commands import Verb
from yantra_bot.domain.run import Phase

COMMENT = "@yantra implement"


async def play_bug(stage: Stage) -> bool:
    """Comment, show the run and the review of what came out; return whether all went well."""
    issue = int(stage.github.facts["issue"])
    stage.introduce(issue, ISSUE_TITLE, COMMENT)
    began = time.monotonic()
    await stage.github.comment(issue, COMMENT)
    records = await stage.open_records()
    try:
        run_id = await stage.find_run(records, issue, Verb.IMPLEMENT)
        graph = asyncio.create_task(show_graph(stage.console, records, run_id, stage.home.mirrors))
        ending = await stage.follow(Display(stage.console, records, run_id), records, run_id)
        await graph
        stage.console.print(f"From comment to ending: {time.monotonic() - began:.1f} s.", highlight=False)
        await show_lessons(stage, records, run_id)
        if ending.phase is not Phase.COMPLETE or ending.pull_request is None:
            return False
        return await show_review(stage, records, ending.pull_request.number)
    finally:
        records.close()
