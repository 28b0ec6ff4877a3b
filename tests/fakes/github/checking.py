"""What other services do at commits: report check runs, suites, workflows and statuses; webhooks and all."""

from collections.abc import Sequence
from typing import Any

from tests.fakes.github import payloads, payloads_ci
from tests.fakes.github.reviewing import Reviewing
from tests.fakes.github.routes_repos import commit_shape
from tests.fakes.github.shapes import Json
from tests.fakes.github.state import CheckRun, Repository
from tests.fakes.github.state_commits import Status

ACTIONS = "github-actions"


class Checking(Reviewing):
    """The part of a GitHub in which continuous integration reports."""

    def add_check(
        self, repository: Repository, sha: str, name: str, conclusion: str | None, *, app: str = ACTIONS,
        output: Json | None = None, annotations: Sequence[Json] = (), log: str | None = None,
    ) -> CheckRun:  # fmt: skip
        """Add another App's check run; nothing is announced. A conclusion of None is still in progress."""
        at, status = self.state.timestamp(), "in_progress" if conclusion is None else "completed"
        done = None if conclusion is None else at
        same = (one.suite_id for one in repository.check_runs if one.head_sha == sha and one.app_slug == app)
        suite = next(same, None) or self.state.new_large_id()
        run = CheckRun(
            self.state.new_large_id(), suite, sha, name, "", status, conclusion, at, done, None, dict(output or {}),
            list(annotations), app, log,
        )  # fmt: skip
        repository.check_runs.append(run)
        return run

    async def end_check(self, repository: Repository, sha: str, name: str, conclusion: str, **how: Any) -> CheckRun:
        """Add another App's check run that has ended, and deliver its webhook."""
        run = self.add_check(repository, sha, name, conclusion, **how)
        await self.announce_check(repository, run)
        return run

    async def announce_check(self, repository: Repository, run: CheckRun) -> None:
        """Deliver the webhook of a check run that has ended."""
        payload = payloads.check_run(self.world.links, repository, run, app=self.app, action="completed")
        bot = self.add_user(f"{run.app_slug or self.app.slug}[bot]", "Bot")
        self.world.emit("check_run", payload, repository=repository, sender=bot)
        await self.world.deliveries.wait()

    async def end_suite(self, repository: Repository, run: CheckRun) -> None:
        """Deliver the webhooks of the suite and of the workflow that a check run belongs to."""
        links, bot = self.world.links, self.add_user(f"{run.app_slug}[bot]", "Bot")
        suite = payloads_ci.check_suite(links, repository, run, app=self.app)
        self.world.emit("check_suite", suite, repository=repository, sender=bot)
        workflow = payloads_ci.workflow_run(links, repository, run, actor=bot)
        self.world.emit("workflow_run", workflow, repository=repository, sender=bot)
        await self.world.deliveries.wait()

    async def set_status(
        self, repository: Repository, sha: str, context: str, state: str, *, description: str = "", by: str = "ci"
    ) -> Status:
        """Report the state of a commit, as older services do, and deliver its webhook."""
        one = Status(self.state.new_large_id(), sha, context, state, description, self.state.timestamp())
        repository.statuses.append(one)
        commit = commit_shape(self.world, repository, sha)
        payload = payloads_ci.status(self.world.links, repository, one, commit=commit)
        self.world.emit("status", payload, repository=repository, sender=self.add_user(by))
        await self.world.deliveries.wait()
        return one
