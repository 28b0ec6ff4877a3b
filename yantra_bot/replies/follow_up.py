"""Wording of follow-ups: what the bot's own pull request says of them, and why one does not begin. Pure.

The pull request's text belongs to people as well: only the section between two marks is ever replaced.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.follow_up import Cause
from yantra_bot.replies.text import COMMENT_LIMIT, inline, one_line, plain

BEGIN: Final = "<!-- yantra:follow-ups -->"
END: Final = "<!-- /yantra:follow-ups -->"
_SECTION: Final = re.compile(re.escape(BEGIN) + r".*?" + re.escape(END), re.DOTALL)
_MAX_ROWS: Final = 20
_TITLE: Final = "### Followed up\n\nWhat is said above is of the first commit.\n"


@dataclass(frozen=True, slots=True)
class Row:
    """One commit that followed something up. `tests` is one line whose numbers come from the runner."""

    run_id: str
    cause: Cause
    what: str
    """What was followed up, in a few words."""
    commit: str
    title: str
    tests: str
    reason: str
    page_url: str = ""


def with_follow_up(body: str, row: Row) -> str:
    """Return a pull request's text with this row: added, or in the place of the same run's."""
    found = _SECTION.search(body)
    rows = [line for line in found[0].splitlines() if line.startswith("- ")] if found else []
    mark = f"<!-- {row.run_id} -->"
    kept = [line for line in rows if mark not in line][-(_MAX_ROWS - 1) :]
    section = "\n".join([BEGIN, _TITLE, *kept, _show(row, mark), END])
    if found:
        return body[: found.start()] + section + body[found.end() :]
    return body[: COMMENT_LIMIT - len(section) - 2].rstrip() + f"\n\n{section}"


def _show(row: Row, mark: str) -> str:
    run = f"[run {row.run_id}]({row.page_url})" if row.page_url else f"run {row.run_id}"
    title = one_line(row.title, 100)
    return f"- {row.commit[:12]} {title}, for {row.what}. {row.tests} {one_line(row.reason, 300)} {run}{mark}"


def name_checks(names: Sequence[str]) -> str:
    """Return the names of checks in one line."""
    shown = ", ".join(inline(one_line(name, 60)) for name in names[:5])
    return shown + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def enough(what: str, limit: str) -> str:
    """Say that something is left and that no further run begins by itself."""
    return f"Not followed up: {what}. I stop here, after {limit}: a person is needed."


def only_on_base_too(names: Sequence[str], base: str) -> str:
    """Say that what fails is not of this pull request."""
    return f"Nothing was done: {name_checks(names)} failed on {inline(base)} as well, so it is not of this change."


def moved() -> str:
    """Say that somebody else's commit stands."""
    return "Somebody pushed to this branch meanwhile. Theirs stands, and nothing was pushed."


def answer(words: str, *, commit: str, is_done: bool, is_changed: bool) -> str:
    """Return what is said to one comment of a review; `is_changed`: the commit changes the file that it stands in."""
    words = plain(words)
    if not commit:
        return f"Nothing was changed. {words}"
    if not is_done:
        return f"Not done. {words}"
    return f"Done in {commit}. {words}" if is_changed else f"Done in {commit}, which leaves this file as it is. {words}"


def applied(commit: str) -> str:
    """Say that a suggestion stands as it was written."""
    return f"Applied exactly, in {commit}."


def no_answer(commit: str, reason: str) -> str:
    """Return what is said to a comment where the model said nothing."""
    if commit:
        return f"There is a new commit, {commit}; whether it does this was not said. {one_line(reason, 400)}"
    return f"Nothing was changed. {one_line(reason, 600)}"


def name_review(threads: int, summaries: int) -> str:
    """Return what is followed up of a review, in a few words."""
    comments = f"{threads} review comment{'s' if threads != 1 else ''}" if threads else ""
    whole = f"{summaries} review{'s' if summaries != 1 else ''} as a whole" if summaries else ""
    return " and ".join(part for part in (comments, whole) if part)
