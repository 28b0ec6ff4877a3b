"""A model's part of a review: what held is added, what was not read is a gap, the rest of it stays as it was."""

from collections.abc import Sequence

from yantra_bot.agent.batch import Tried, ask_many
from yantra_bot.agent.budget import Budget
from yantra_bot.agent.loop import Answered, Conversation
from yantra_bot.agent.purse import Purse
from yantra_bot.domain.conversation import ModelAnswer, ModelRequest, StopReason, ToolCall, Usage
from yantra_bot.domain.findings import Finding, Severity
from yantra_bot.domain.observations import HunkBrief
from yantra_bot.domain.review import Review, ReviewRules
from yantra_bot.runs.remarks import add_remarks

BRIEF = HunkBrief("a.py", 1, 1, "    1 + value = items[len(items)]", (1,))
KNOWN = Finding("names/undefined", Severity.WARNING, 0.9, "`items` is defined nowhere.", "b.py", 3)
REMARK = {
    "path": "a.py",
    "line": 1,
    "quote": "value = items[len(items)]",
    "severity": "error",
    "message": "Past its end.",
}
HOLDS = {"number": 1, "verdict": "holds", "reason": "An index of its length.", "grounding": 1, "coherence": 1,
         "completeness": 1, "specificity": 1}  # fmt: skip


class Ruler:
    """Knows no prices, and a window that is never full."""

    def tokens(self, request: ModelRequest) -> int:
        return 10

    def usd(self, model: str, input_tokens: int, output_tokens: int = 0) -> float | None:
        return None

    def counted(self, text: str, model: str) -> int:
        return len(text)

    def room(self, model: str) -> int:
        return 1_000_000


async def ask_all(requests: Sequence[ModelRequest], purse: Purse) -> Sequence[Tried]:
    return await ask_many(requests, ask, purse)


async def ask(_: int, request: ModelRequest) -> Answered:
    tool = request.tools[0].name
    arguments = {"remarks": [REMARK]} if tool == "remark" else {"verdicts": [HOLDS]}
    answer = ModelAnswer("m", (ToolCall("1", tool, arguments),), StopReason.TOOL_CALLS, Usage(1, 1), 0.5, "r", 0.1)
    return Answered(answer, at=1.0)


async def reviewed(budget: Budget, *, most: int = 5) -> Review:
    review = Review("b", "h", findings=(KNOWN,), briefs=(BRIEF,), rules=ReviewRules(max_remarks=most))
    return await add_remarks(review, Conversation("m"), ask_all=ask_all, budget=budget, estimate=Ruler())


async def test_what_holds_is_added_and_sorted_in() -> None:
    """A remark that holds stands among the findings by its gravity; what it cost is told; the briefs go no further."""
    review = await reviewed(Budget(5, 10, 1_000_000, 600))
    assert [one.rule for one in review.findings] == ["model/remark", "names/undefined"]
    assert review.reading is not None
    assert (review.reading.posted, review.reading.looked, review.reading.spent.usd) == (1, 1, 1.0)
    assert (review.briefs, review.gaps) == ((), ())


async def test_what_was_not_read_is_a_gap() -> None:
    """A budget that ends it leaves the review as it was, and says what the model did not read."""
    review = await reviewed(Budget(5, 0, 1_000_000, 600))
    assert review.findings == (KNOWN,)
    assert [gap.what for gap in review.gaps] == ["model"]
    assert "1 of 1 parts" in review.gaps[0].why


async def test_a_repository_that_wants_no_remarks_gets_none() -> None:
    """Where a repository wants no remarks, no model is asked and nothing is paid."""
    review = await reviewed(Budget(5, 10, 1_000_000, 600), most=0)
    assert (review.findings, review.reading, review.briefs) == ((KNOWN,), None, ())
