"""Everything that decides about an incident's next move, as it is now. Pure values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from yantra_bot.deploy_ports import CommitStanding
from yantra_bot.domain.incidents import Incident, IncidentWord, SaidOfIncident
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.monitor.proposing import Chances

MOST_QUIET: Final = 60.0
"""How long nothing may fire until an incident is over, at most, in seconds."""


@dataclass(frozen=True, slots=True)
class FixFact:
    """The pull request of a hot-fix, as the forge tells it now."""

    head: str
    is_draft: bool
    is_open: bool
    standing: CommitStanding


@dataclass(frozen=True, slots=True)
class RunFact:
    """What became of a run that was begun for it. `ending` is None while it works."""

    run_id: str
    ending: Ending | None = None

    @property
    def is_stopped(self) -> bool:
        """Whether a person stopped it: then nothing else is done in its place."""
        return self.ending is not None and self.ending.phase is Phase.STOPPED

    @property
    def is_well(self) -> bool:
        return self.ending is not None and self.ending.phase is Phase.COMPLETE


@dataclass(frozen=True, slots=True)
class Look:
    """Everything that decides about the next move."""

    incident: Incident
    now: float
    chances: Chances
    runs: Mapping[str, RunFact] = field(default_factory=dict)
    """The newest run of each name that was begun."""
    is_held: bool = False
    """Whether nothing is to be done: its service is silenced, or the bot is paused."""
    said: SaidOfIncident | None = None
    """What a person said first, since something was proposed, begun or ended; None: nothing."""
    fix: FixFact | None = None
    """The hot-fix's pull request as it is now; None: not read."""
    stages_first: bool = False
    """Whether another environment comes before."""
    ships_since: float = 0.0
    """Since when the hot-fix has been there to be shipped; 0: it is not."""
    ship_waits: bool = False
    """Whether its deployment waits for people's approval."""
    samples: Sequence[Verdict] = ()
    """Of the watch, by this process, oldest first."""
    sampled_since: float = 0.0
    """Of the first of them; 0: there is none."""

    @property
    def word(self) -> IncidentWord | None:
        return None if self.said is None else self.said.word

    @property
    def said_by(self) -> str:
        return "" if self.said is None else self.said.by.login

    @property
    def quiet_for(self) -> float:
        """How long nothing has fired, in seconds; 0 while something does."""
        incident = self.incident
        return 0.0 if incident.is_firing or incident.ended_at is None else max(0.0, self.now - incident.ended_at)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing has fired for long enough to be over."""
        return self.quiet_for >= min(MOST_QUIET, 30.0 * self.chances.watch.watch_minutes)
