"""ContextAssembly: what a run knows before a model is asked. Every read is a step, so that replay sees the same."""

from dataclasses import dataclass
from functools import partial

from yantra_bot.agent.critique.points import extract_points
from yantra_bot.agent.critique.task import find_missing_task
from yantra_bot.agent.prompts import Briefing
from yantra_bot.domain.context import Convention, PromptContext
from yantra_bot.domain.pictures import IssuePicture
from yantra_bot.domain.proof import EnvironmentReport, TestReport
from yantra_bot.domain.repository import Issue, RepositoryFacts
from yantra_bot.domain.run import Phase
from yantra_bot.errors import UserError
from yantra_bot.ports import Forge
from yantra_bot.runs.announce import Announcer
from yantra_bot.runs.bench import Bench
from yantra_bot.runs.briefing import assemble_context, read_conventions
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.issue_pictures import read_pictures
from yantra_bot.runs.rules import PATH, RepositoryRules, parse_rules
from yantra_bot.runs.workshop import Workshop

OUTLINE_PATHS = 400
GITHUB_TRIES = 4


class NoTask(UserError):
    """Nobody says what is to be done. The message is the question to ask back."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the forge said at the start of a run."""

    facts: RepositoryFacts
    issue: Issue
    rules: RepositoryRules
    agents: str | None
    pictures: tuple[IssuePicture, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a run starts: the reading, the base commit, and what its tests showed before any change."""

    reading: Reading
    base: str
    outline: str
    environment: EnvironmentReport
    base_tests: TestReport
    context: PromptContext
    conventions: tuple[Convention, ...]
    more: tuple[tuple[str, str], ...] = ()
    """What else the model is shown: a heading of our own, and data."""
    difference: str = ""
    """Of the pull request that people reviewed: tests that it brought itself may go again."""

    def briefing(self, request: str, *, command: str) -> Briefing:
        issue = self.reading.issue
        points = extract_points(issue.body, request)
        shown = (issue, request, command, self.outline, self.environment, self.base_tests, self.context)
        return Briefing(*shown, points, self.more, self.reading.pictures)


async def read_forge(context: RunContext, workshop: Workshop, forge: Forge) -> Reading:
    """Read repository, issue and the default branch's rules; raise UserError where no work can be done."""
    facts = await context.step("read repository", forge.facts, RepositoryFacts, stoppable=True, tries=GITHUB_TRIES)
    _refuse(facts, workshop.limits.max_repository_kb)

    async def read_issue() -> Issue:
        return await forge.issue(context.order.issue_number)

    issue = await context.step("read issue", read_issue, Issue, stoppable=True, tries=GITHUB_TRIES)
    if not issue.is_open:
        raise UserError("This issue is closed. Reopen it to have it worked on.")
    if issue.is_locked:
        raise UserError("This issue is locked. Unlock it to have it worked on.")

    async def read_rules() -> RepositoryRules:
        return parse_rules(await forge.read_file(PATH), test_seconds=workshop.limits.test_seconds)

    rules = await context.step("read rules", read_rules, RepositoryRules, stoppable=True, tries=GITHUB_TRIES)
    if not rules.enabled:
        raise UserError(f"{PATH} of this repository says `enabled: false`.")
    agents = await read_agents(context, forge)
    return Reading(facts, issue, rules, agents, await read_pictures(context, workshop, forge, issue))


async def read_agents(context: RunContext, forge: Forge, *, branch: str = "") -> str | None:
    """Return the maintainers' instructions, of the default branch or of another one; None where there are none."""

    async def read() -> str | None:
        data = await forge.read_file("AGENTS.md", branch=branch)
        return None if data is None else data.decode("utf-8", "replace")

    return await context.step("read instructions", read, str | None, stoppable=True, tries=GITHUB_TRIES)


def _refuse(facts: RepositoryFacts, max_kb: int) -> None:
    if facts.head is None:
        raise UserError(
            "This repository is empty: there is no commit to work on. Push a first commit, then order again."
        )
    if facts.is_archived:
        raise UserError("This repository is archived, so nothing can be pushed to it.")
    if facts.size_kb > max_kb:
        raise UserError(
            f"This repository has {facts.size_kb / 1024:,.0f} MB, and the limit is {max_kb / 1024:,.0f} MB. "
            "The operator can raise YANTRA_MAX_REPOSITORY_MB."
        )


async def lay_ground(
    context: RunContext,
    workshop: Workshop,
    forge: Forge,
    reading: Reading,
    bench: Bench,
    *,
    model: str,
    branch: str = "",
) -> Ground:
    """Bring the base commit, choose what the model is shown of it, install it, and run its tests as it is.

    The base is the head of the default branch, or of another one: then nothing of it is kept for reviews.
    """

    async def fetch() -> str:
        return await bench.remote.fetch(branch or reading.facts.default_branch)

    base = await context.step("fetch", fetch, str, stoppable=True, tries=3)
    bench.start_from(base, reading.rules.tests)

    async def outline() -> str:
        return await (await bench.workspace()).outline(OUTLINE_PATHS)

    async def prepare() -> EnvironmentReport:
        return await (await bench.workspace()).prepare()

    shown = await context.step("outline", outline, str, stoppable=True, tries=2)
    environment = await context.step("prepare environment", prepare, EnvironmentReport, stoppable=True, tries=2)
    bench.is_prepared = True
    tests = bench.test if branch else partial(bench.test_base, context.order)
    base_tests = await context.step("test base", tests, TestReport, stoppable=True, tries=2)
    # Last: what knows the tree has got ready for it meanwhile.
    chosen = await assemble_context(context, workshop, bench, reading.issue, model=model)
    conventions = await read_conventions(context, forge, chosen)
    return Ground(reading, base, shown, environment, base_tests, chosen, conventions)


def heed_empty(context: RunContext, workshop: Workshop, reading: Reading) -> None:
    """Raise NoTask, with the question to ask back, where nobody says what is to be done."""
    command = context.order.command
    spoken = f"@{workshop.handle} {command.verb}"
    if question := find_missing_task(reading.issue, command.argument, command=spoken):
        raise NoTask(question)


async def gather(
    context: RunContext, workshop: Workshop, forge: Forge, bench: Bench, announcer: Announcer, *, model: str
) -> Ground:
    """Assemble everything for a model, in the phase of that name."""
    await announcer.store(Phase.CONTEXT_ASSEMBLY)
    reading = await read_forge(context, workshop, forge)
    heed_empty(context, workshop, reading)
    return await lay_ground(context, workshop, forge, reading, bench, model=model)
