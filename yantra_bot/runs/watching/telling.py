"""Tells people of an incident: one message in the chat and one issue, each edited in place, and news in both.

Nothing here ends anything: what cannot be said now is said at the next look. What was said is found again by its mark.
"""

import hashlib
from dataclasses import replace
from typing import Final

from yantra_bot.domain.chat import ChatMessage, ChatPlace
from yantra_bot.domain.incidents import Incident
from yantra_bot.replies.incident.chat import incident_mark, incident_message
from yantra_bot.replies.incident.issue import LABEL, harmless, issue_body, issue_tag, issue_title
from yantra_bot.replies.incident.told import Shown
from yantra_bot.replies.slack_text import one_line
from yantra_bot.runs.codec import encode
from yantra_bot.runs.watching.changing import change
from yantra_bot.runs.watching.kit import WatchKit
from yantra_bot.runs.watching.looking import Surroundings
from yantra_bot.runs.workshop import Workshop

MOST_NEWS_LINE: Final = 600


class IncidentTelling:
    """What was told last of each incident, by this process."""

    def __init__(self, workshop: Workshop, kit: WatchKit) -> None:
        self._workshop, self._kit = workshop, kit
        self._said: dict[tuple[str, str], str] = {}
        self._news: dict[tuple[str, str], int] = {}

    async def chat(self, incident: Incident, around: Surroundings | None) -> None:
        """Have the chat show it as it is now; this never waits. Without surroundings, as far as it is known."""
        chat, channel = self._kit.chat, self._kit.channel
        if chat is None or not channel:
            return
        mark = incident_mark(incident.id)
        message = incident_message(self._shown(incident, around))
        if self._is_new(incident, "chat", encode(message, ChatMessage)):
            await chat.put(ChatPlace("", channel), message, mark=mark)
        place = ChatPlace("", channel, under=mark)
        for number, (_, text) in self._unsaid(incident, "chat"):
            await chat.reply(place, one_line(text, MOST_NEWS_LINE), mark=f"{mark}:{number}")
            self._news[incident.id, "chat"] = number + 1

    async def issue(self, incident: Incident, around: Surroundings) -> Incident:
        """Have the issue show it as it is now; return the incident with the issue's number."""
        forge = around.forge.incidents
        if forge is None:
            return incident
        shown, tag = self._shown(incident, around), issue_tag(incident.id)
        body = issue_body(shown)
        if not incident.issue:
            number = await forge.open_issue(tag=tag, title=issue_title(shown), body=body, labels=[LABEL])
            incident = change(self._workshop.records, incident.id, lambda stored: replace(stored, issue=number))
        if self._is_new(incident, "issue", body):
            await forge.update_issue(incident.issue, tag=tag, body=body)
        for number, (_, text) in self._unsaid(incident, "issue"):
            await around.forge.put_comment(incident.issue, tag=f"{tag}:{number}", body=harmless(incident, text))
            self._news[incident.id, "issue"] = number + 1
        wanted = f"{'closed' if incident.state.is_over else 'open'} {incident.opened_again}"
        if wanted == (incident.issue_shows or "open 0"):
            return incident
        await (forge.close_issue if incident.state.is_over else forge.reopen_issue)(incident.issue)
        return change(self._workshop.records, incident.id, lambda stored: replace(stored, issue_shows=wanted))

    def forget(self, incident: Incident) -> None:
        """Forget what was told of what is over."""
        for kind in ("chat", "issue"):
            self._said.pop((incident.id, kind), None)
            self._news.pop((incident.id, kind), None)

    def _shown(self, incident: Incident, around: Surroundings | None) -> Shown:
        pages = {run_id: self._workshop.page_url(run_id) for _, run_id in incident.runs}
        issue_url = self._kit.issue_url(around.origin.repository, incident.issue) if around is not None else ""
        owners = around.watch.owners if around is not None else ()
        found = incident.diagnosis.owners if incident.diagnosis is not None else ()
        return Shown(incident, self._workshop.handle, pages, owners or found, issue_url)

    def _unsaid(self, incident: Incident, where: str) -> list[tuple[int, tuple[float, str]]]:
        """Return the news that this process has not said, with their numbers."""
        told = self._news.get((incident.id, where), 0)
        return list(enumerate(incident.news))[told:]

    def _is_new(self, incident: Incident, kind: str, text: str) -> bool:
        """Tell whether something differs from what was told last, and keep it."""
        digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
        is_new = self._said.get((incident.id, kind)) != digest
        self._said[incident.id, kind] = digest
        return is_new
