"""What a person asked for, as a closed set."""

from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    """Every command there is; one grammar for GitHub and Slack."""

    IMPLEMENT = "implement"
    PLAN = "plan"
    REVIEW = "review"
    FIX = "fix"
    APPROVE = "approve"
    REJECT = "reject"
    STOP = "stop"
    RETRY = "retry"
    STATUS = "status"
    EXPLAIN = "explain"
    DEPLOY = "deploy"
    ROLLBACK = "rollback"
    LOCK = "lock"
    UNLOCK = "unlock"
    PROMOTE = "promote"
    ABORT = "abort"
    RUNS = "runs"
    LINK = "link"
    UNLINK = "unlink"
    PAUSE = "pause"
    RESUME = "resume"
    IGNORE = "ignore"
    REMEMBER = "remember"
    FORGET = "forget"
    HELP = "help"
    YES = "yes"
    NO = "no"
    DIAGNOSE = "diagnose"
    HEAL = "heal"


INTERNAL = frozenset({Verb.DIAGNOSE, Verb.HEAL})
"""What the bot orders of itself; no word that a person could say."""


@dataclass(frozen=True, slots=True)
class Options:
    """The only settings a comment may change."""

    budget_usd: float | None = None
    dry_run: bool = False
    model: str | None = None
    plan: bool = False
    """Write a plan first, and wait until it is approved."""
    head_start: bool = False
    """Follow a quick model's plan at once, while the run's own model refines what is not begun."""
    template: str = ""
    """Name of the template that a plan is made after; empty: the one that fits the issue."""
    fresh: bool = False
    """Ask models anew, whatever is kept of their answers."""
    ref: str = ""
    """Branch, tag or commit to deploy; empty: what the place where it was said stands for."""
    info: bool = False
    """Show, and change nothing: of a lock, who holds it and why."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command that was understood. `argument` is the literal text after the verb, never syntax."""

    verb: Verb
    argument: str = ""
    options: Options = Options()


@dataclass(frozen=True, slots=True)
class CommandProblem:
    """The bot was addressed and the text could not be understood; `suggestion` is the closest verb or option."""

    reason: str
    suggestion: str | None = None
    free_text: str = ""
    """What was said to the bot, where it begins with no command and nothing like one."""


@dataclass(frozen=True, slots=True)
class NoCommand:
    """The bot was not addressed."""


Parsed = Command | CommandProblem | NoCommand
