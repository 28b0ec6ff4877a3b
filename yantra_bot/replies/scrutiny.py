"""What a pull request says of the second look at it: what is struck, what is open, what was objected. Pure.

A claim that does not hold is never repeated as a fact: it is struck where it stands, and gone from the commit.
"""

from yantra_bot.domain.scrutiny import Objection, Scrutiny
from yantra_bot.replies.text import inline, one_line, plain

MAX_MESSAGE = 600


def strike_false(summary: str, scrutiny: Scrutiny) -> str:
    """Return the model's summary, safe to post, with the sentences struck that claim what does not hold."""
    for sentence in _false_sentences(scrutiny):
        mark, words = _split_mark(sentence)
        summary = summary.replace(sentence, f"{mark}~~{words.replace('~~', '')}~~")
    return plain(summary)


def drop_false(summary: str, scrutiny: Scrutiny) -> str:
    """Return the model's summary without the sentences that claim what does not hold."""
    for sentence in _false_sentences(scrutiny):
        summary = summary.replace(sentence, "")
    return summary.strip()


def honest_title(title: str, scrutiny: Scrutiny) -> str:
    """Return the model's title; nothing where it claims what does not hold."""
    return "" if title.strip() in _false_sentences(scrutiny) else title


def _false_sentences(scrutiny: Scrutiny) -> list[str]:
    """Return the sentences, the longest first, so that none is struck as a part of another."""
    return sorted({one.sentence for one in scrutiny.false_claims}, key=len, reverse=True)


def _split_mark(sentence: str) -> tuple[str, str]:
    """Return the mark of a list's item or a heading, and the words behind it."""
    words = sentence.lstrip("-*+#> 0123456789.)") or sentence
    at = len(sentence) - len(words)
    return sentence[:at], words


def false_claims_text(scrutiny: Scrutiny) -> str:
    """Return what of the summary does not hold, a line each; empty where all that could be looked up does."""
    lines = [
        f"- The summary says {inline(one.claim)}: {one_line(one.reason, MAX_MESSAGE)}." for one in scrutiny.false_claims
    ]
    return "**Struck, since it does not hold:**\n\n" + "\n".join(lines) if lines else ""


def points_text(scrutiny: Scrutiny) -> str:
    """Return the points of the task, each with its evidence or with why it is open; empty where there are none."""
    lines = []
    for state in scrutiny.points:
        what = one_line(state.point.text, 300)
        if state.is_open:
            lines.append(f"- [ ] {what} **Open**: {one_line(state.reason, MAX_MESSAGE)}.")
        else:
            lines.append(f"- [x] {what} ({inline(state.evidence)})")
    return "### What the task asks for\n\n" + "\n".join(lines) if lines else ""


def second_look_text(scrutiny: Scrutiny) -> str:
    """Return what a second look objects to, and what contradicts the conversation; empty where there was none."""
    if not (scrutiny.rounds or scrutiny.problem or scrutiny.contradictions):
        return ""
    lines = [_summary(scrutiny)]
    lines += [_objection(one) for one in scrutiny.objections]
    if scrutiny.contradictions:
        lines += ["", "Contradictions with what was said, for a person to decide:", ""]
        lines += [
            f"- {one_line(one.message, MAX_MESSAGE)} ({inline(one.said[:300])})" for one in scrutiny.contradictions
        ]
    return "### Second look\n\n" + "\n".join(lines)


def _summary(scrutiny: Scrutiny) -> str:
    if not scrutiny.rounds:
        return f"No model looked at the change again. {one_line(scrutiny.problem, MAX_MESSAGE)}".rstrip() + "\n"
    times = "once" if scrutiny.rounds == 1 else f"{scrutiny.rounds} times"
    corrected = f", and it was corrected {scrutiny.corrections} time{'s' if scrutiny.corrections != 1 else ''}"
    told = f"A model looked at the change again {times}{corrected if scrutiny.corrections else ''}."
    if scrutiny.problem:
        return f"{told} {one_line(scrutiny.problem, MAX_MESSAGE)}\n"
    return f"{told} {'It objects (its words):' if scrutiny.objections else 'It objects to nothing.'}\n"


def _objection(one: Objection) -> str:
    place = f" {inline(one.place)}" if one.place else ""
    note = f" _({one.note}, so that it counts as minor)_" if one.note else ""
    return f"- **{one.weight}**, {one.kind}{place}: {one_line(one.message, MAX_MESSAGE)}{note}"
