"""Commands that the bot proposed after somebody said something in words of their own: one an issue, the newest.

Responsible for a yes being taken once, whatever ends the process in between. It must never run anything.
"""

from yantra_bot.domain.commands import Command
from yantra_bot.runs.codec import decode, encode
from yantra_bot.runs.schema import Database


class Proposals:
    """Part of `records.Records`."""

    _database: Database

    def propose(self, repository_id: int, issue_number: int, command: Command, *, at: float) -> None:
        """Keep what was proposed, in the place of what was proposed there before."""
        self._database.run("propose", (repository_id, issue_number, encode(command, Command), at))

    def take_proposal(self, repository_id: int, issue_number: int, *, by: str, since: float) -> Command | None:
        """Return what was proposed there since a moment, and keep that `by` took it; None where nothing is left."""
        row = self._database.row("take proposal", (repository_id, issue_number, by, since))
        return None if row is None else decode(row["command"], Command)

    def forget_proposal(self, repository_id: int, issue_number: int, *, since: float) -> bool:
        """Drop what was proposed; return whether there was something."""
        return self._database.run("forget proposal", (repository_id, issue_number, since)) > 0
