"""What commands about deployments do: begin one, go back, answer one, hold an environment, tell what is deployed.

Every effect can be repeated, as those of `runs.orders`. What is asked of people by the story is answered here.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from yantra_bot.deploy.approving import refuse_approver
from yantra_bot.deploy.eligibility import same_release, serving
from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.deployments import Approval
from yantra_bot.domain.environment import DeployRules
from yantra_bot.domain.plan import Decision, Means, Verdict
from yantra_bot.domain.run import Order
from yantra_bot.errors import UserError
from yantra_bot.ports import Clock
from yantra_bot.replies.deploy import orders as say
from yantra_bot.runs.deploying.holding import Said, hold
from yantra_bot.runs.deploying.pins import read_pin
from yantra_bot.runs.engine import Engine
from yantra_bot.runs.place import Place
from yantra_bot.runs.records import Records
from yantra_bot.runs.review_orders import react
from yantra_bot.runs.rules import PATH, parse_rules

DEPLOY_STORY: Final = "deploy"
DEPLOYS: Final = frozenset({Verb.DEPLOY, Verb.ROLLBACK})
VERBS: Final = frozenset({*DEPLOYS, Verb.LOCK, Verb.UNLOCK, Verb.PROMOTE, Verb.ABORT})
MOST_REASON: Final = 500
OLD_SECONDS: Final = 1_800.0
"""A deployment that was asked for so long before it is heard is asked for again: the world went on without it."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a command names: an environment of the repository's rules, and what was said after it."""

    environment: str
    rest: str
    rules: DeployRules


class DeployOrders:
    """Carries commands about deployments out."""

    def __init__(
        self,
        *,
        engine: Engine,
        records: Records,
        clock: Clock,
        new_run_id: Callable[[str], str],
        handle: str,
        page_url: Callable[[str], str],
        is_connected: bool,
    ) -> None:
        """`is_connected` tells whether the operator named any cluster."""
        self._engine, self._records, self._clock = engine, records, clock
        self._new_run_id, self._handle, self._page_url = new_run_id, handle, page_url
        self._is_connected = is_connected

    async def obey(self, command: Command, place: Place) -> str:
        """Carry a command out; return the words to answer with, empty where the run itself tells."""
        if not self._is_connected:
            return say.not_connected()
        try:
            if command.verb in (Verb.PROMOTE, Verb.ABORT):
                return await self._say(command, place)
            if command.verb in (Verb.APPROVE, Verb.REJECT):
                return await self._decide(command, place)
            named = await self._name(command, place)
            if command.verb in DEPLOYS:
                return await self._begin(command, named, place)
            said = Said(
                place.origin.repository.id, place.sender.login, place.said_at or self._clock.now(), self._handle
            )
            return hold(self._records, command, named.environment, named.rest, said)
        except UserError as problem:
            return str(problem)

    async def _name(self, command: Command, place: Place) -> Named:
        """Return what the words name. Raises UserError that says which environments there are."""
        rules = parse_rules(await place.forge.read_file(PATH)).deploy
        words = command.argument.split()
        repository = place.origin.repository
        own_names = {name.lower() for name in (repository.name, repository.full_name, rules.service) if name}
        if len(words) > 1 and words[0] not in rules.environments and words[0].lower() in own_names:
            words = words[1:]
        name = words[0] if words else ""
        if name not in rules.environments:
            raise UserError(say.no_environment(name, tuple(rules.environments), PATH))
        return Named(name, " ".join(words[1:]).strip("\"'“”")[:MOST_REASON], rules)

    async def _begin(self, command: Command, named: Named, place: Place) -> str:
        if command.verb is Verb.DEPLOY and named.rest:
            return say.too_many_words(named.rest, self._handle)
        pressed = place.run_id if command.verb is Verb.ROLLBACK else ""
        run_id = self._new_run_id(f"rollback of {pressed}" if pressed else place.content_key)
        known = self._records.run(run_id)
        if known is not None and known.ending is not None:
            if pressed:
                return say.rolled_back_already(named.environment, self._page_url(run_id), self._handle)
            return f"run {run_id} has ended already"
        if pressed and known is None and not self._serves(pressed, named.environment, place):
            return say.serves_no_more(named.environment, self._handle)
        if known is None and place.said_at and self._clock.now() - place.said_at > OLD_SECONDS:
            return say.said_long_ago(command.verb, named.environment, self._handle)
        other = self._at_work(place.origin.repository.id, named.environment)
        if other is not None and other.run_id != run_id:
            return say.busy(named.environment, self._page_url(other.run_id), self._handle)
        await react(place, "eyes")
        # Who presses second adds nothing: the order stays as it was first given.
        order = known.order if known is not None else self._order(run_id, command, named, place)
        self._records.start_run(order, order.accepted_at)
        partition = f"{order.repository.id}/deploy/{named.environment}"
        await self._engine.enqueue(DEPLOY_STORY, order, partition=partition)
        return ""

    def _order(self, run_id: str, command: Command, named: Named, place: Place) -> Order:
        return Order(
            run_id=run_id,
            repository=place.origin.repository,
            installation_id=place.origin.installation_id,
            issue_number=place.issue_number,
            command=replace(command, argument=f"{named.environment} {named.rest}".strip()),
            requested_by=place.sender,
            comment_id=place.comment_id,
            accepted_at=self._clock.now(),
            chat=place.ordered_in,
        )

    def _serves(self, run_id: str, environment: str, place: Place) -> bool:
        """Tell whether what a run deployed is what serves now, for certain."""
        now = serving(self._records.deployments(place.origin.repository.id, environment))
        mine = self._records.deployment(run_id, environment)
        return now is not None and mine is not None and same_release(now.release, mine.release)

    def _at_work(self, repository_id: int, environment: str) -> Order | None:
        """Return the deployment of an environment that has not ended."""
        for order in self._records.active():
            is_of_it = order.repository.id == repository_id and order.command.verb in DEPLOYS
            if is_of_it and environment_of(order) == environment:
                return order
        return None

    def _active(self, place: Place) -> list[Order]:
        """Return the deployments of a repository that have not ended."""
        repository_id = place.origin.repository.id
        orders = self._records.active()
        return [one for one in orders if one.repository.id == repository_id and one.command.verb in DEPLOYS]

    def _find(self, command: Command, place: Place) -> Order:
        """Return the deployment that a word is for: the button's, the named environment's, or the only one here."""
        mine, name = self._active(place), first_word(command)
        if place.run_id:
            mine = [order for order in mine if order.run_id == place.run_id]
        elif name:
            mine = [order for order in mine if environment_of(order) == name]
        return self._only(mine)

    def _only(self, found: list[Order]) -> Order:
        if len(found) != 1:
            raise UserError(say.which_deployment(tuple(environment_of(order) for order in found), self._handle))
        return found[0]

    async def _say(self, command: Command, place: Place) -> str:
        order = self._find(command, place)
        at, by, name = self._clock.now(), place.sender.login, environment_of(order)
        if command.verb is Verb.PROMOTE:
            has = self._records.promote(order.run_id, by=by, at=at)
            return say.promoted(name) if has else say.nothing_to_promote(name)
        if self._waits(order):
            return await self._reject(order, command, place)
        if self._records.deployment(order.run_id, name) is None:
            # Should the roll-out begin in between, its watch takes a stop for an abort.
            self._records.request_stop(order.run_id, by, at=at)
            await self._engine.stop(order.run_id)
            return say.ended_before(name)
        has = self._records.abort(order.run_id, by=by, at=at)
        return say.aborting(name) if has else say.aborting_already(name)

    def _waits(self, order: Order) -> bool:
        """Tell whether a deployment asks people, and has no answer yet."""
        return read_pin(self._records, order.run_id) is not None and self._records.decision(order.run_id) is None

    def _is_too_new(self, order: Order, place: Place) -> bool:
        """Tell whether something was said before a deployment asked: a word that is handled again is not for it."""
        since = self._records.waits_since(order.run_id)
        return since is not None and bool(place.said_at) and place.said_at < since

    def _asked(self, command: Command, place: Place) -> list[Order]:
        """Return the deployments that a yes or a no may be for: the button's, the named environment's, those here.

        A first word that names no environment that waits is one of the reason: `approve LGTM`.
        """
        if place.run_id:
            return [order for order in self._active(place) if order.run_id == place.run_id]
        waiting = [order for order in self._active(place) if self._waits(order) and not self._is_too_new(order, place)]
        named = [order for order in waiting if environment_of(order) == first_word(command)]
        is_everywhere = place.chat is not None and not place.issue_number
        return named or [one for one in waiting if is_everywhere or one.issue_number == place.issue_number]

    async def tell(self, place: Place) -> str:
        """Return what is deployed where, and what is locked; empty where the repository names no environments."""
        if not self._is_connected:
            return ""
        repository_id, records = place.origin.repository.id, self._records
        try:
            rules = parse_rules(await place.forge.read_file(PATH)).deploy
        except UserError as problem:
            return str(problem)
        lines = []
        for name in rules.environments:
            now = serving(records.deployments(repository_id, name))
            at_work = self._at_work(repository_id, name)
            url = "" if at_work is None else self._page_url(at_work.run_id)
            lines.append(say.standing(name, now, records.environment_locks(repository_id, name), at_work=url))
        return "\n".join(lines)

    def waits_for(self, command: Command, place: Place) -> bool:
        """Tell whether a yes or a no is meant for a deployment: by its button, its environment, or its place.

        Where a plan waits as well, a word that names no environment is the plan's.
        """
        if place.run_id:
            pressed = self._records.order(place.run_id)
            return pressed is not None and pressed.command.verb in DEPLOYS
        asked = self._asked(command, place)
        if any(environment_of(order) == first_word(command) for order in asked):
            return True
        plan = self._records.wait_of_issue(place.origin.repository.id, place.issue_number)
        return bool(asked) and plan is None

    async def _decide(self, command: Command, place: Place) -> str:
        """Keep what somebody says to a deployment that waits."""
        order = self._only(self._asked(command, place))
        if command.verb is Verb.REJECT:
            return await self._reject(order, command, place)
        return await self._approve(order, place)

    async def _approve(self, order: Order, place: Place) -> str:
        """Keep an approval, where it counts; the run goes on with the last one that it needs."""
        name, records = environment_of(order), self._records
        pin = read_pin(records, order.run_id)
        if pin is None or not self._waits(order):
            return say.nothing_waits(self._handle)
        environment = parse_rules(await place.forge.read_file(PATH)).deploy.environments.get(name)
        if environment is None:
            return say.no_environment(name, (), PATH)
        permission = await place.forge.permission(place.sender.login)
        why_not = refuse_approver(environment.approval, place.sender, order.requested_by, permission)
        if why_not:
            return say.may_not_approve(why_not)
        at = self._clock.now()
        records.approve_deployment(order.run_id, Approval(place.sender, pin, at))
        have = {one.person.id for one in records.deployment_approvals(order.run_id) if one.pin == pin}
        needed = max(1, environment.approval.count)
        if len(have) >= needed:
            means = Means.BUTTON if place.run_id else Means.COMMENT
            records.decide(order.run_id, Decision(Verdict.APPROVED, place.sender.login, means=means), at=at)
            await self._engine.wake(order.run_id)
        return say.approved(name, len(have), needed)

    async def _reject(self, order: Order, command: Command, place: Place) -> str:
        name = environment_of(order)
        words = command.argument.split()
        text = " ".join(words[1:] if words[:1] == [name] else words)[:MOST_REASON]
        means = Means.BUTTON if place.run_id else Means.COMMENT
        decision = Decision(Verdict.REJECTED, place.sender.login, text, means)
        if not self._records.decide(order.run_id, decision, at=self._clock.now()):
            return say.nothing_waits(self._handle)
        await self._engine.wake(order.run_id)
        return say.rejected(name)


def first_word(command: Command) -> str:
    """Return the first word after the verb, empty where there is none."""
    return next(iter(command.argument.split()), "")


def environment_of(order: Order) -> str:
    """Return the environment that a deployment's order names."""
    return order.command.argument.split()[0]


def reason_of(order: Order) -> str:
    """Return what was said after the environment's name."""
    return order.command.argument.partition(" ")[2]
