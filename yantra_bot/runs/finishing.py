"""The end of a run, told once: what it left on GitHub is read back, then the end is stored, told, and read back."""

from dataclasses import replace

from yantra_bot.domain.run import Ending, Phase
from yantra_bot.ports import Forge
from yantra_bot.runs.announce import Announcer
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.deliver import Pushed
from yantra_bot.runs.readback import read_back_branch, read_back_comment


async def finish(
    context: RunContext,
    announcer: Announcer,
    forge: Forge,
    ending: Ending,
    *,
    pushed: Pushed | None,
    patch: str = "",
    evidence: str = "",
) -> Ending:
    """Tell how a run ended, and return the ending with what stands otherwise on GitHub than it says.

    `pushed` is what the run pushed, also where that is not why it ended. Of one that is complete the pull request was
    read back, and its head with it.
    """
    if pushed is not None:
        ending = replace(ending, branch=ending.branch or pushed.branch)
        if ending.phase is not Phase.COMPLETE:
            ending = add_reason(ending, await read_back_branch(context, forge, pushed))
    await announcer.store(ending.phase)
    await announcer.show(ending, ended_at=await context.now(), patch=patch, evidence=evidence)
    return add_reason(ending, await read_back_comment(context, forge, ending))


def add_reason(ending: Ending, told: str) -> Ending:
    """Return an ending that tells this too."""
    return replace(ending, reason=f"{ending.reason} {told}") if told else ending
