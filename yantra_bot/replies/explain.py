"""How an explanation is said: the answer, the places that prove it, what the code does not tell, what it cost. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime

from yantra_bot.domain.explanations import Explanation
from yantra_bot.replies.run import spent_line
from yantra_bot.replies.text import fit, inline, one_line, plain

_SURE = ((0.9, "very high"), (0.7, "high"), (0.5, "moderate"))
"""SPEC 5's words for a confidence, from the least that each takes."""
MAX_QUOTE = 120
LOW = 0.5


@dataclass(frozen=True, slots=True)
class Said:
    """An earlier question whose answer is given again, and when it was answered (Unix time in seconds)."""

    question: str
    at: float


def answer(found: Explanation, *, commit: str, earlier: Said | None = None) -> str:
    """Return the answer to a question, with every place at the commit that it was read at."""
    lines = [*(_again(earlier) if earlier is not None else []), plain(found.text), ""]
    for number, place in found.citations:
        lines.append(f"[{number}] {inline(f'{place.path}:{place.line}')} {inline(_cut(place.quote.strip()))}  ")
    if found.unknown:
        lines += ["", f"What the code does not tell: {plain(found.unknown)}"]
    if found.factors:
        lines += ["", *_parts(found)]
    lines += ["", f"_{_note(found)} Read at {inline(commit[:12])}._ {spent_line(found.spent)}"]
    return fit("\n".join(lines))


def no_answer(reason: str, hits: str, *, handle: str) -> str:
    """Return what is said where there is no proven answer: why, and what a search finds for the question."""
    lines = [f"I have no answer that the code proves: {one_line(reason, 400)}"]
    if hits:
        lines += ["", "What a search for the question finds:", "", plain(hits)]
    lines += ["", f"Ask again with names of functions or files: {inline(f'@{handle} explain QUESTION')}."]
    return fit("\n".join(lines))


def _again(earlier: Said) -> list[str]:
    """Return the words that an answer is not one to this question's own words."""
    when = datetime.fromtimestamp(earlier.at, UTC)
    asked = (
        f"Answered from an earlier question, of {when:%Y-%m-%d %H:%M} UTC: {inline(one_line(earlier.question, 300))}."
    )
    return [f"_{asked} If it asks something else, ask again with `--fresh` for a new answer._", ""]


def _note(found: Explanation) -> str:
    word = next((word for least, word in _SURE if found.confidence >= least), "low")
    missing = f" {found.missing} more places that it named are not there." if found.missing else ""
    if found.confidence < LOW:
        missing += " That is too low to rely on: it was corrected once, and this is the better answer."
    return f"Every place was looked up again; confidence {found.confidence:.2f}, {word}.{missing}"


def _parts(found: Explanation) -> list[str]:
    """Return what the confidence is made of, folded away unless it is low."""
    fold = "<details>" if found.confidence >= LOW else "<details open>"
    rows = [
        f"| {one.name} | {one.weight:.1f} | {'left out' if one.value is None else f'{one.value:.2f}'} "
        f"| {one_line(one.reason, 300)} |"
        for one in found.factors
    ]
    return [
        f"{fold}<summary>Confidence {found.confidence:.2f}</summary>",
        "",
        "| factor | weight | value | why |",
        "|---|---|---|---|",
        *rows,
        "",
        "</details>",
    ]


def _cut(text: str) -> str:
    return text if len(text) <= MAX_QUOTE else f"{text[: MAX_QUOTE - 1]}…"
