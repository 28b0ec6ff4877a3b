"""A run: what was ordered, where it stands, how it ended."""

from dataclasses import dataclass
from enum import StrEnum

from yantra_bot.domain.chat import ChatPlace
from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.follow_up import Follows
from yantra_bot.domain.proof import Confidence
from yantra_bot.domain.repository import Actor, PullRequest, Repository


@dataclass(frozen=True, slots=True)
class Order:
    """A command that was accepted, as stored: a later edit of the comment changes nothing."""

    run_id: str
    repository: Repository
    installation_id: int
    """0 for a run without a forge."""
    issue_number: int
    """0 for a task given on a command line."""
    command: Command
    requested_by: Actor
    comment_id: int | None
    accepted_at: float
    """Unix time in seconds."""
    thread_id: int = 0
    """First comment of the review's thread that it was given in; 0: in the conversation."""
    follows: Follows | None = None
    """What of the bot's own pull request it follows up; `issue_number` is that pull request then."""
    chat: ChatPlace | None = None
    """Where in a chat it was given; None: on the forge, or a command line."""
    incident: str = ""
    """The incident that it is for; empty: none. Where the bot itself asks, the policy of its rules has to let it."""

    @property
    def is_unasked(self) -> bool:
        """Whether nobody gave it as a command: a review after a push, or a follow-up."""
        return self.follows is not None or (
            self.command.verb is Verb.REVIEW and self.comment_id is None and self.chat is None
        )


class Phase(StrEnum):
    """SPEC 4, in order, and those of reviews and deployments; a phase that a run does not need is not in it."""

    QUEUED = "Queued"
    CONTEXT_ASSEMBLY = "ContextAssembly"
    PLANNING = "Planning"
    AWAITING_APPROVAL = "AwaitingApproval"
    CODE_GENERATION = "CodeGeneration"
    DEPENDENCY_VALIDATION = "DependencyValidation"
    UNIT_TESTING = "UnitTesting"
    SECURITY_SCANNING = "SecurityScanning"
    INTEGRATION_TESTING = "IntegrationTesting"
    BROWSER_VALIDATION = "BrowserValidation"
    CONFIDENCE_SCORING = "ConfidenceScoring"
    FIXING_ISSUES = "FixingIssues"
    TEST_GENERATION = "TestGeneration"
    REVIEWING = "Reviewing"
    POSTING = "Posting"
    GIT_COMMIT = "GitCommit"
    PULL_REQUEST = "PullRequest"
    PREFLIGHT = "Preflight"
    ROLLING_OUT = "RollingOut"
    ROLLING_BACK = "RollingBack"
    AFTERMATH = "Aftermath"
    DIAGNOSING = "Diagnosing"
    HEALING = "Healing"
    VERIFYING = "Verifying"
    UNDOING = "Undoing"
    COMPLETE = "Complete"
    ESCALATED = "Escalated"
    STOPPED = "Stopped"
    FAILED = "Failed"
    ROLLED_BACK = "RolledBack"
    ROLLBACK_FAILED = "RollbackFailed"

    @property
    def is_final(self) -> bool:
        return self in _FINAL


_FINAL = frozenset(
    {Phase.COMPLETE, Phase.ESCALATED, Phase.STOPPED, Phase.FAILED, Phase.ROLLED_BACK, Phase.ROLLBACK_FAILED}
)


@dataclass(frozen=True, slots=True)
class Spent:
    """What a run has used so far. `usd` leaves out calls whose price is not known; `unpriced_calls` counts them."""

    usd: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    model_calls: int = 0
    tool_calls: int = 0
    unpriced_calls: int = 0
    kept_answers: int = 0
    """Of the model calls, those that were answered by what another run was answered."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended. `reason` is one sentence for a person."""

    phase: Phase
    reason: str
    pull_request: PullRequest | None = None
    branch: str | None = None
    confidence: Confidence | None = None
    spent: Spent = Spent()


@dataclass(frozen=True, slots=True)
class RunEnded:
    """Outcome event: a run reached its final phase."""

    order: Order
    ending: Ending


@dataclass(frozen=True, slots=True)
class TestsFailed:
    """Outcome event: an attempt's tests did not pass."""

    __test__ = False

    order: Order
    attempt: int
    newly_failing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeploymentEnded:
    """Outcome event: a roll-out ended, whichever way."""

    order: Order
    environment: str
    commit: str
    result: str
    """`well`, `went back`, `held`, `left`, `stuck`."""
    reason: str


Outcome = RunEnded | TestsFailed | DeploymentEnded
