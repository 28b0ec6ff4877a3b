"""What a first prompt is made of beside the issue: parts of the repository, each with its cost and its reason. Values.

All texts come from the repository: they are data, whoever chose them.
"""

from dataclasses import dataclass

from yantra_bot.domain.scores import ChangeScore


@dataclass(frozen=True, slots=True)
class ContextPart:
    """One piece. `level` is what it is for, `kind` what it is; `tokens` are counted by the model's vocabulary."""

    level: str
    kind: str
    title: str
    """Its place and name, on one line."""
    text: str
    tokens: int
    reason: str
    """Why it is there, in words."""
    path: str = ""


@dataclass(frozen=True, slots=True)
class LeftOutPart:
    """What would have been a part, and why it is none."""

    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class PromptContext:
    """The context that was assembled for a task; or, where `problem` says why, none."""

    budget: int = 0
    """Tokens that it was made for, all shares together."""
    parts: tuple[ContextPart, ...] = ()
    """In the order of the prompt."""
    left_out: tuple[LeftOutPart, ...] = ()
    notes: tuple[str, ...] = ()
    """What was not asked, and what that means."""
    problem: str = ""
    """Why there is none: one sentence for people."""
    seconds: float = 0.0
    """What its assembly took in the worker."""
    score: ChangeScore | None = None
    """What a learned model says of the functions that the task points at, as they are; None without a model. No model
    that works on the task is shown it."""

    @property
    def tokens(self) -> int:
        """The tokens of all parts."""
        return sum(part.tokens for part in self.parts)

    def of(self, *levels: str) -> tuple[ContextPart, ...]:
        """Return the parts of levels."""
        return tuple(part for part in self.parts if part.level in levels)


NO_CONTEXT = PromptContext()


def without_context(problem: str) -> PromptContext:
    """Return the context of a run that has to go on without one."""
    return PromptContext(problem=problem)


@dataclass(frozen=True, slots=True)
class Convention:
    """One text of the maintainers' own that holds for a task, as the default branch has it: an instruction."""

    path: str
    text: str
    reason: str
