"""Commands that the bot proposed after somebody said something in words of their own: one an issue, the newest.

Responsible for a yes or a thumb being taken once, whatever ends the process in between. It must never run anything.
"""

from dataclasses import dataclass
from typing import Any

from yantra_bot.domain.commands import Command
from yantra_bot.domain.events import Origin
from yantra_bot.runs.codec import decode, encode
from yantra_bot.runs.schema import Database


@dataclass(frozen=True, slots=True)
class Offer:
    """A proposal in a comment of its own, where people may put a thumb. `at` is when it was asked for, in Unix time."""

    origin: Origin
    issue_number: int
    is_pull_request: bool
    comment_id: int
    at: float

    @property
    def thumb_key(self) -> str:
        """Name a thumb on it, whosever it is: what takes a proposal by this key takes it again after a kill."""
        return f"thumb:{self.comment_id}"


class Proposals:
    """Part of `records.Records`."""

    _database: Database

    def propose(self, repository_id: int, issue_number: int, command: Command, *, at: float) -> None:
        """Keep what was proposed, in the place of what was proposed there before."""
        self._database.run("propose", (repository_id, issue_number, encode(command, Command), at))

    def was_proposed(self, repository_id: int, issue_number: int, command: Command) -> bool:
        """Tell whether a command was proposed on another issue of a repository and is not answered."""
        return (
            self._database.row("proposed elsewhere", (repository_id, encode(command, Command), issue_number))
            is not None
        )

    def take_proposal(self, repository_id: int, issue_number: int, *, by: str, since: float) -> Command | None:
        """Return what was proposed there since a moment, and keep that `by` took it; None where nothing is left."""
        row = self._database.row("take proposal", (repository_id, issue_number, by, since))
        return None if row is None else decode(row["command"], Command)

    def forget_proposal(self, repository_id: int, issue_number: int, *, since: float) -> bool:
        """Drop what was proposed; return whether there was something."""
        return self._database.run("forget proposal", (repository_id, issue_number, since)) > 0

    def show_proposal(self, offer: Offer) -> None:
        """Keep where a proposal is shown, so that reactions there are looked at; of an answered one nothing is kept."""
        where = (offer.origin.repository.id, offer.issue_number)
        shown = (encode(offer.origin, Origin), int(offer.is_pull_request), offer.comment_id, offer.at)
        self._database.run("show proposal", (*where, *shown))

    def offers_to_look_at(self, *, now: float, since: float, limit: int) -> tuple[Offer, ...]:
        """Return those since a moment whose reactions are due: unanswered, or taken by a thumb that was not heeded."""
        return tuple(_read(row) for row in self._database.rows("proposals to look at", (now, since, limit)))

    def look_at_offer(self, offer: Offer, *, at: float | None) -> None:
        """Store when its reactions are looked at next; None: no more."""
        self._database.run("look at proposal again", (offer.origin.repository.id, offer.comment_id, at))


def _read(row: Any) -> Offer:
    origin = decode(row["origin"], Origin)
    return Offer(origin, row["issue_number"], bool(row["is_pull_request"]), row["comment_id"], row["at"])
