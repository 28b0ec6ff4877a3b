"""What is said around a review on the forge: below its summary, in its threads, and where there is none. Pure."""

from collections.abc import Sequence

from yantra_bot.replies.review.quoting import count
from yantra_bot.replies.text import inline, one_line, plain

TAG = "review"
"""The hidden mark of the one comment that sums a pull request's review up."""


def footer(*, head: str, base: str, page_url: str, handle: str, notes: Sequence[str]) -> str:
    """Return what stands below a summary: what else there is to know, which commit it is of, what can be said."""
    told = [f"- {note}" for note in notes]
    run = f" · [this run]({page_url})" if page_url else ""
    commands = ", ".join(inline(f"@{handle} {verb}") for verb in ("review", "pause", "ignore"))
    last = f"<sub>Of {inline(head[:12])} against {inline(base[:12])}{run} · {commands}</sub>"
    return "\n".join(["", *told, *([""] if told else []), last, ""])


def remarks_body(number: int) -> str:
    """Return the text of the review that carries remarks."""
    return f"{count(number, 'remark')} at the lines concerned; the summary is in the conversation above."


def fixed(head: str) -> str:
    """Return what is said in a thread that cannot be resolved, when its finding is gone."""
    return f"Fixed in {head[:12]}: this is not found any more."


def declined(number: int) -> str:
    return f"{count(number, 'finding')} that people declined {'is' if number == 1 else 'are'} left out."


def ignored(number: int) -> str:
    rules = "by rules that are ignored on this pull request"
    return f"{count(number, 'finding')} {rules} {'is' if number == 1 else 'are'} left out."


def unplaced(number: int) -> str:
    return f"{count(number, 'remark')} could not be placed at a line; what they say stands above."


def no_check(problem: str) -> str:
    return f"The check could not be shown: {one_line(problem, 300)}"


def no_scanning(problem: str) -> str:
    return f"Nothing was handed to code scanning: {one_line(problem, 300)}"


def blind(head: str) -> str:
    return (
        f"Something that was looked at before could not be looked at in {inline(head[:12])}, so no thread was resolved."
    )


def ended(reason: str, head: str, page_url: str) -> str:
    """Return the summary of a review that did not come to a result."""
    run = f"\n\n<sub>[This run]({page_url})</sub>" if page_url else ""
    of = f" of {inline(head[:12])}" if head else ""
    return f"## Not reviewed\n\nThe review{of} ended without a result. {plain(reason)}{run}\n"


def result(headline: str, new: int, fixed_now: int) -> str:
    """Return how a review ended, in one line."""
    said = [f"{count(new, 'new remark')}" if new else "", f"{count(fixed_now, 'remark')} fixed" if fixed_now else ""]
    more = ", ".join(part for part in said if part)
    return f"{headline}{f' ({more})' if more else ''}."
