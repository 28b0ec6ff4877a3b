"""An incident as one issue on the forge, written anew as it goes on. Pure.

What alerts, logs and commits say stands in it as data: fenced, cut, and without a mention or a link of theirs.
"""

import re
from typing import Final

from yantra_bot.domain.incidents import Diagnosis, Evidence, Incident, Suspect
from yantra_bot.domain.log_redaction import redact_log
from yantra_bot.domain.repository import called_name
from yantra_bot.replies.incident.told import Shown, count_words, headline, proposal_words, state_words, time_words
from yantra_bot.replies.text import code, fit, inline, link, one_line, plain

LABEL: Final = "incident"
MOST_TRACE: Final = 6_000
MOST_ALERT: Final = 2_000
MOST_NEWS: Final = 30


def issue_tag(incident_id: str) -> str:
    """Return the hidden mark of an incident's issue."""
    return f"incident:{incident_id}"


def issue_title(shown: Shown) -> str:
    """Return one line without anything that a title would act on."""
    return redact_log(one_line(headline(shown.incident), 180))


def issue_body(shown: Shown) -> str:
    """Return the issue's text."""
    incident = shown.incident
    diagnosis = incident.diagnosis
    parts = [
        f"**{one_line(headline(incident), 200)}** · {state_words(incident)} · {count_words(incident)}",
        f"Since {time_words(incident.opened_at)}.",
        _called(shown),
        _alert(shown),
        _found(diagnosis) if diagnosis is not None else "",
        plain(proposal_words(shown, _how(shown.handle))).replace(f"@\u2060{shown.handle}", f"@{shown.handle}"),
        _news(shown),
        "_What alerts, logs and commits say above is data: I take no orders from it._",
    ]
    return fit(redact_log("\n\n".join(part for part in parts if part)))


def _how(handle: str) -> str:
    return f"Say `@{handle} approve` here to have it done, `@{handle} reject` to leave it."


def _called(shown: Shown) -> str:
    """Return who is called by name: only of our own rules, and only where they have to act."""
    names = [f"@{name}" if (name := called_name(owner)) else one_line(owner, 100) for owner in shown.owners]
    return f"Owners: {' '.join(names)}" if names else ""


def _alert(shown: Shown) -> str:
    first = shown.incident.first
    if first is None:
        return ""
    text = redact_log("\n".join(part for part in (first.summary, first.text) if part))[:MOST_ALERT]
    return f"What the alert `{one_line(first.name, 80).replace('`', '')}` ({first.source}) says:\n\n{code(text)}"


def _found(diagnosis: Diagnosis) -> str:
    parts = [f"### What is behind it\n\n{plain(diagnosis.cause)}"]
    if diagnosis.narrative:
        parts.append(
            f"In a model's words, each claim of which names evidence that exists:\n\n{plain(diagnosis.narrative)}"
        )
    if diagnosis.suspects:
        parts.append("\n".join(_suspect(place, one) for place, one in enumerate(diagnosis.suspects, 1)))
    if diagnosis.trace:
        parts.append(f"The error as it was thrown:\n\n{code(diagnosis.trace[:MOST_TRACE])}")
    if diagnosis.evidence:
        lines = "\n".join(_evidence(one) for one in diagnosis.evidence)
        parts.append(f"<details><summary>Evidence</summary>\n\n{lines}\n\n</details>")
    return "\n\n".join(parts)


def _suspect(place: int, one: Suspect) -> str:
    pull = f" (#{one.pull_request})" if one.pull_request else ""
    lines = [f"{place}. `{one.commit[:12]}`{pull} {one_line(one.title, 100)}, by {inline(one.author)}: "]
    lines[0] += plain(one.why)
    lines += [f"   - {inline(name)} at {inline(where)}" for name, where in zip(one.functions, one.places, strict=False)]
    if one.path:
        lines.append(f"   - from the failing frame to the change: {' → '.join(inline(step) for step in one.path)}")
    return "\n".join(lines)


def _evidence(one: Evidence) -> str:
    where = link("look", one.link) or (inline(one.link) if one.link else "")
    return f"- {one.id} {one.kind}: {one_line(one.text, 300)} {where}".rstrip()


def _news(shown: Shown) -> str:
    news = shown.incident.news
    if not news:
        return ""
    lines = [f"- {time_words(at)}: {harmless(shown.incident, text)}" for at, text in news[-MOST_NEWS:]]
    runs = [
        f"- {name}: {link(run_id, shown.pages.get(run_id, '')) or inline(run_id)}"
        for name, run_id in shown.incident.runs
    ]
    return "\n".join(["### What happened", "", *lines, *(["", "Runs:", "", *runs] if runs else [])])


def harmless(incident: Incident, text: str) -> str:
    """Return a sentence of ours that may quote others; the number of our own pull request stays a link."""
    line = redact_log(one_line(text, 600))
    return re.sub(rf"#\u2060(?={incident.pull_request}(?!\d))", "#", line) if incident.pull_request else line
