"""Lessons and candidates for the tests of recall."""

from dataclasses import replace
from typing import Any

from yantra_bot.domain.lessons import Category, Lesson, Moment, Question, Scope, Severity
from yantra_bot.learning.candidates import Candidate

NOW = 1_795_000_000.0
DAY = 86_400.0
QUOTES = Lesson(
    id="a" * 16,
    scope=Scope(1, "python", "claude"),
    category=Category.ASYNC,
    severity=Severity.MAJOR,
    tried="Gathered the uploads and never looked at the results.",
    failed="FAILED test_reports_failure - Failed: DID NOT RAISE <class 'UploadError'>",
    worked="Went through the results and raised the first exception.",
    wrong="await asyncio.gather(*jobs, return_exceptions=True)",
    right="results = await asyncio.gather(*jobs, return_exceptions=True)\nfor res in results:\n    raise_first(res)",
    signature="1" * 16,
    source="https://github.com/acme/shop/pull/7",
    first_seen=NOW - DAY,
    last_seen=NOW - DAY,
)
SLEEP = replace(
    QUOTES,
    id="b" * 16,
    tried="Used time.sleep() as back-off within async poll_status().",
    failed="ASYNC251 Async functions should not call `time.sleep`",
    worked="Used await asyncio.sleep(), which gives control back to the event loop.",
    wrong="async def poll_status(job):\n    while not await job.done():\n        time.sleep(2)",
    right="async def poll_status(job):\n    while not await job.done():\n        await asyncio.sleep(2)",
    signature="2" * 16,
)


def ask(text: str, **changes: Any) -> Question:
    """Return a question about Python in the lessons' repository."""
    changes = {"family": "claude", "languages": ("python",), **changes}
    return Question(text=text, moment=changes.pop("moment", Moment.TASK), repository=1, now=NOW, **changes)


def find(lesson: Lesson, meaning: float | None = 0.5, **changes: Any) -> Candidate:
    """Return a candidate."""
    return Candidate(replace(lesson, **changes), meaning, 0.0)
