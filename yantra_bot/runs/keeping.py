"""Keeping work that a run does not deliver: what became of it is a value, and pushed to a branch for a person.

What is in git once stays there: what holds a secret is never pushed, and neither is what could not be looked through.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from yantra_bot.agent.corrections import describe_checks
from yantra_bot.domain.checks import CheckResult, CheckState
from yantra_bot.domain.run import Phase
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.runs.announce import Announcer
from yantra_bot.runs.bench import Bench
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.deliver import Door, Pushed, authorise, push
from yantra_bot.runs.scanning import NOT_PUSHED, SECRETS, Scan
from yantra_bot.runs.workshop import Workshop


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a change that is not delivered."""

    told: str
    """In whole sentences, for a person."""
    pushed: Pushed | None = None
    patch: str = ""
    """The change, to be shown; empty where it holds a secret."""
    evidence: str = ""
    """What was found in a change that no scan had seen before, without the secret itself."""


class Keeper:
    """Keeps the change of one run on a branch."""

    def __init__(self, context: RunContext, workshop: Workshop, door: Door, bench: Bench, announcer: Announcer) -> None:
        self._context, self._workshop, self._door = context, workshop, door
        self._bench, self._announcer = bench, announcer

    async def diff(self) -> str:
        """Return the change as a patch. A step of the run."""

        async def diff() -> str:
            return await (await self._bench.workspace()).diff()

        return await self._context.step("diff", diff, str, tries=2)

    async def keep_unjudged(self, *, message: str, branch: str) -> Kept:
        """Look through a change that no scan has seen, for secrets alone, and push it where there is none.

        Raises Stopped where somebody stops the run meanwhile, and what the bench raises.
        """
        scan = Scan(self._context, self._bench, self._workshop.reviewer, installs=False, parts=SECRETS)
        try:
            checks = await scan.take()
        finally:
            await scan.abandon()
        unseen = next((one.reason for one in checks if one.state in (CheckState.ERROR, CheckState.SKIPPED)), "")
        if unseen:
            told = f"What was changed so far is shown, untested, and was not pushed. {unseen}"
            return Kept(told, patch=await self.diff())
        kept = await self.keep(checks, message=message, branch=branch, about="untested")
        return replace(kept, evidence="\n\n".join(describe_checks(checks)))

    async def keep(self, checks: Sequence[CheckResult], *, message: str, branch: str, about: str) -> Kept:
        """Push a change to a branch, unless it holds a secret by `checks`. `about` says what the change is.

        A push that is refused is told, and is no failure of the run. Raises Stopped, and what the bench raises.
        """
        if any(check.must_stay for check in checks):
            return Kept(f"What was changed holds what looks like a secret. {NOT_PUSHED}")
        patch = await self.diff()
        try:
            await authorise(self._context, self._workshop, self._door.forge)
            await self._announcer.enter(Phase.GIT_COMMIT)
            pushed = await push(
                self._context,
                self._workshop,
                self._door,
                base=self._bench.base,
                changes=self._bench.changes,
                message=message,
                branch=branch,
            )
        except (UserError, Permanent, Transient) as problem:
            told = f"What was changed so far is shown, {about}; it could not be kept on a branch: {problem}"
            return Kept(told, patch=patch)
        return Kept(f"What was changed so far is kept on a branch, {about}.", pushed, patch)
