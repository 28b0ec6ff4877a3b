"""What is to be deployed where: the rules of the default branch, the commit, its image, its manifests, the changes.

Every read of the outside is a step. Nothing is changed here, and nothing is judged but whether it can be read.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from yantra_bot.deploy_ports import Cluster, CommitFacts, Shipping
from yantra_bot.domain.deploying import Difference
from yantra_bot.domain.environment import DeployRules, Environment, Release
from yantra_bot.domain.rollout import Manifest
from yantra_bot.errors import UserError
from yantra_bot.ports import Forge, Remote
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.deploying.kit import ShippingKit
from yantra_bot.runs.deploying.orders import environment_of
from yantra_bot.runs.gather import GITHUB_TRIES
from yantra_bot.runs.rules import PATH, parse_rules
from yantra_bot.runs.workshop import Workshop

CLUSTER_TRIES = 4


@dataclass(frozen=True, slots=True)
class Target:
    """Where it goes, by the default branch's own rules."""

    rules: DeployRules
    environment: Environment
    service: str
    default_branch: str


@dataclass(frozen=True, slots=True)
class Head:
    """The commit that was asked for, and what makes it deployable."""

    commit: str
    branch: str = ""
    pull_request: int = 0
    labels: tuple[str, ...] = ()
    is_from_fork: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """What was asked for, read whole."""

    release: Release
    facts: CommitFacts
    head: Head


class Reading:
    """Reads for one deployment."""

    def __init__(self, context: RunContext, workshop: Workshop, kit: ShippingKit, forge: Forge, remote: Remote) -> None:
        self._context, self._workshop, self._kit = context, workshop, kit
        self._forge, self._remote = forge, remote

    @property
    def shipping(self) -> Shipping:
        """The forge's deployments. Raises UserError where it has none."""
        if self._forge.shipping is None:
            raise UserError("Nothing can be deployed from here: there is no forge that keeps deployments.")
        return self._forge.shipping

    async def target(self) -> Target:
        """Return where it goes. Raises UserError where the rules name no such environment."""
        order = self._context.order

        async def read() -> Target:
            facts = await self._forge.facts()
            rules = parse_rules(await self._forge.read_file(PATH))
            if not rules.enabled:
                raise UserError(f"{PATH} switches me off here.")
            environment = rules.deploy.environments.get(environment_of(order))
            if environment is None:
                raise UserError(_no_environment(environment_of(order), rules.deploy))
            service = rules.deploy.service or order.repository.name
            return Target(rules.deploy, environment, service, facts.default_branch)

        return await self._context.step("read deploy rules", read, Target, stoppable=True, tries=GITHUB_TRIES)

    async def head(self, target: Target) -> Head:
        """Return which commit is meant: the one that is named, the pull request's head, or the default branch's."""
        order = self._context.order

        async def read() -> Head:
            if order.command.options.ref:
                return Head(await self.shipping.resolve(order.command.options.ref))
            if order.issue_number:
                issue = await self._forge.issue(order.issue_number)
                if issue.is_pull_request:
                    pull = await self._forge.pull_request(order.issue_number)
                    if not pull.is_merged:
                        return Head(
                            pull.head_sha, pull.head_branch, pull.number, issue.labels, is_from_fork=pull.is_from_fork
                        )
            head = await self._forge.branch_head(target.default_branch)
            if head is None:
                raise UserError(f"The branch {target.default_branch} has no commit.")
            return Head(head)

        return await self._context.step("find commit", read, Head, stoppable=True, tries=GITHUB_TRIES)

    async def facts(self, commit: str) -> CommitFacts:
        """Return what the forge says of the commit now."""

        async def read() -> CommitFacts:
            return await self.shipping.commit_facts(commit)

        return await self._context.step("read commit", read, CommitFacts, stoppable=True, tries=GITHUB_TRIES)

    async def image(self, target: Target, commit: str) -> str:
        """Return the digest of the image that was built of the commit."""

        async def find() -> str:
            return await self._kit.registry.find(target.rules, commit)

        return await self._context.step("find image", find, str, request=commit, stoppable=True, tries=CLUSTER_TRIES)

    async def candidate(self, target: Target) -> Candidate:
        """Return the commit with its image, as far as they can be read."""
        head = await self.head(target)
        facts = await self.facts(head.commit)
        digest = await self.image(target, head.commit)
        branch = head.branch or facts.branch
        return Candidate(Release(head.commit, target.rules.image, digest, branch, head.pull_request), facts, head)

    async def manifests(self, target: Target, release: Release) -> tuple[Manifest, ...]:
        """Return what is applied: read by a worker at that commit, then judged by policy here."""
        order, branch = self._context.order, release.branch or target.default_branch

        async def read() -> tuple[Manifest, ...]:
            await self._remote.fetch(branch)
            mirror = await self._remote.hold(release.commit, order.run_id)
            environment = target.environment
            found = await self._kit.manifests(order.run_id, order.repository, mirror, release.commit, environment)
            return self._kit.prepare(found, release, environment, service=target.service)

        return await self._context.step("read manifests", read, tuple[Manifest, ...], stoppable=True, tries=3)

    async def differences(self, cluster: Cluster, manifests: Sequence[Manifest]) -> tuple[Difference, ...]:
        """Return what applying would change, as the cluster itself says."""

        async def compare() -> tuple[Difference, ...]:
            found = await cluster.diff(manifests)
            return tuple(Difference(f"{one.kind} {one.name}", one.lines[:60], one.is_new) for one in found)

        asked = json.dumps([_name(one) for one in manifests])
        return await self._context.step(
            "compare", compare, tuple[Difference, ...], request=asked, stoppable=True, tries=CLUSTER_TRIES
        )


def _name(manifest: Manifest) -> str:
    return f"{manifest.get('kind')} {(manifest.get('metadata') or {}).get('name')}"


def _no_environment(name: str, rules: DeployRules) -> str:
    if not rules.environments:
        return f"{PATH} of the default branch names no environments. Cure: see docs/environments.md."
    known = ", ".join(rules.environments)
    return f"There is no environment {name[:80]!r}. {PATH} of the default branch names: {known}."
