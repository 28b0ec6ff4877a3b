"""What incidents are attended with besides the workshop and the engine."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from yantra_bot.chat_ports import Chat
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.monitor.services import Services
from yantra_bot.monitor_ports import AlertQueries, Metrics
from yantra_bot.runs.watching.places import Places


@dataclass(frozen=True, slots=True)
class WatchKit:
    """What the composition root builds for the keeper of incidents."""

    services: Services
    """Of the operator's settings."""
    places: Places
    me: Callable[[Repository, int], Awaitable[Actor]]
    """Tells who the bot is, through a repository and its installation."""
    queries: AlertQueries
    metrics: Metrics | None
    """None: no numbers can be asked for."""
    new_run_id: Callable[[str], str]
    """Makes the id of a run of what it is begun for: the same for the same, and not to be guessed."""
    issue_url: Callable[[Repository, int], str]
    chat: Chat | None = None
    channel: str = ""
    """Channel of the chat that incidents are told in; empty: none."""
