"""What a story works with besides its durable context: the adapters that the composition root hands in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from yantra_bot.agent.budget import Budget
from yantra_bot.agent.loop import Estimate
from yantra_bot.deploy_ports import ManifestReader
from yantra_bot.domain.run import Order
from yantra_bot.domain.tiers import Route, ScoreRouting, Tier
from yantra_bot.learning_ports import Memory
from yantra_bot.monitor_ports import Inspector
from yantra_bot.ports import (
    BlobStore,
    Clock,
    ForgeFactory,
    GraphKeeper,
    Model,
    RemoteFactory,
    Reviewer,
    WorkspaceFactory,
)
from yantra_bot.runs.answers import AnswerCache
from yantra_bot.runs.distilling import Sketching
from yantra_bot.runs.learner import Learner
from yantra_bot.runs.questions import QuestionCache
from yantra_bot.runs.records import Records


class Chooser(Protocol):
    """Chooses models where an order names none, or a tier."""

    @property
    def routes(self) -> bool:
        """Whether orders that name nothing are given a tier by what they ask for."""

    def of_tier(self, tier: Tier) -> str:
        """Return the model of a tier."""

    async def route(self, text: str) -> Route:
        """Return the tier of a request."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the operator allows one run."""

    budget: Budget
    max_repository_kb: int
    context_tokens: int = 24_000
    """What is chosen of a repository for the first prompt may have at most, in tokens."""
    review_usd: float = 0.0
    """What a model's part of one review may cost, in USD; 0: no model is asked."""
    day_usd: float | None = None
    """What models may cost in 24 hours, in USD, all runs together; None: no ceiling."""
    repository_day_usd: float | None = None
    """The same, for the runs of one repository."""
    critique_rounds: int = 0
    """How often a model looks at a change again before it is handed over; 0: no model is asked."""
    test_rounds: int = 0
    """How often a model is asked for tests of changed lines that no test runs; 0: it is not."""
    long_suite_seconds: float = 10.0
    """A suite that takes so long has the tests run first that a change calls for, in seconds."""
    approval_seconds: float = 259_200.0
    """How long a plan waits for a person."""
    test_seconds: float = 300.0
    """What one run of the tests may take; a repository's own rules can only make it less."""
    score_weight: float = 0.0
    """What a learned score weighs in the confidence of a run, where it has earned it."""
    score_routing: ScoreRouting = ScoreRouting.OFF
    """What a learned score that has earned it may do to a run's model."""
    races: bool = False
    """Whether plans and questions are asked of a quick and a strong model at once."""


@dataclass(frozen=True, slots=True)
class Web:
    """Pages that a model may read."""

    hosts: tuple[str, ...]
    """As the model is told of them."""
    read: Callable[[str], Awaitable[str]]
    """Returns the text of an address; raises UserError with the reason where there is none."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """The adapters and choices of one installation."""

    forge: ForgeFactory
    remote: RemoteFactory
    workspace: WorkspaceFactory
    model: Callable[[str], Model]
    """Opens the vendor of a model id."""
    default_model: str
    estimate: Estimate
    blobs: BlobStore
    records: Records
    clock: Clock
    limits: Limits
    page_url: Callable[[str], str]
    handle: str
    """The name that people address the bot by."""
    other_models: tuple[str, ...] = ()
    """Models that may be asked where the run's own gets nowhere, in this order."""
    graphs: GraphKeeper | None = None
    """Keeps the graphs of default branches; None where nobody hears of pushes."""
    reviewer: Reviewer | None = None
    """Has changes reviewed; None where nobody hears of pull requests."""
    manifests: ManifestReader | None = None
    """Has manifests read; None where nothing is deployed."""
    inspector: Inspector | None = None
    """Has the past of code looked at; None where nothing is watched."""
    web: Web | None = None
    """What of the web models may read; None: nothing."""
    chooser: Chooser | None = None
    """Knows the models of tiers; None: every run has the default model or the one that is named."""
    answers: AnswerCache | None = None
    """Answers that questions and reviews share; None: every call is made."""
    questions: QuestionCache | None = None
    """Answers to earlier questions, for those that ask the same in other words; None: none are kept."""
    clear_places: Callable[[], Awaitable[int]] | None = None
    """Clears what workers of dead control processes left, and returns of how many; None where there are none."""
    memory: Memory | None = None
    """What was learnt from mistakes; None: nothing is remembered."""
    sketching: Sketching | None = None
    """Outlines new functions, and keeps what passed; None: neither."""
    learner: Learner | None = None
    """Keeps what can be learned of scored changes; None: nothing is."""

    def note(self, run_id: str, line: str) -> None:
        """Keep one line for the run's page."""
        self.records.log(run_id, line)

    def audit(self, order: Order, what: str, sha: str) -> None:
        """Append a row about a write to the outside."""
        self.records.audit(order.run_id, what=what, sha=sha, who=order.requested_by.login, at=self.clock.now())
