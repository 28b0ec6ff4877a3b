"""Gathers everything that decides about an incident's next move. Reads; changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from yantra_bot.deploy.eligibility import serving
from yantra_bot.domain.alerts import Service
from yantra_bot.domain.commands import Verb
from yantra_bot.domain.deployments import Deployed
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.events import Origin
from yantra_bot.domain.incidents import Incident, IncidentState
from yantra_bot.domain.monitoring import Watch
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.run import Phase
from yantra_bot.errors import UserError
from yantra_bot.monitor.look import FixFact, Look, RunFact
from yantra_bot.monitor.proposing import FIX, Chances
from yantra_bot.ports import Forge
from yantra_bot.runs.healing.sampling import Sampling
from yantra_bot.runs.rules import PATH, RepositoryRules, parse_rules
from yantra_bot.runs.watching.kit import WatchKit
from yantra_bot.runs.workshop import Workshop

RULES_SECONDS: Final = 30.0
"""How long rules that were read are used; what the bot may do is read anew where it does it."""
CHECKS_SECONDS: Final = 5.0
"""Between two looks at a hot-fix's checks."""
SAMPLE_SECONDS: Final = 10.0
"""Between two samples of a watch, at most."""
KEPT_SAMPLES: Final = 30
DAY: Final = 86_400.0
MOST_COUNTED: Final = 200


class NotWatched(UserError):
    """The operator names the service no more. Cure: name it again, if it is to be watched."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where an incident's service lives, and what its rules say."""

    origin: Origin
    forge: Forge
    watch: Watch
    environment: Environment | None
    """None: the repository's rules name no such environment (any more)."""
    target: str
    """Name of the service's Deployment."""


class Looker:
    """Looks at incidents, with a short memory of what is costly to read."""

    def __init__(self, workshop: Workshop, kit: WatchKit) -> None:
        self._workshop, self._kit = workshop, kit
        self._rules: dict[int, tuple[float, RepositoryRules]] = {}
        self._fixes: dict[str, tuple[float, FixFact]] = {}
        self._watches: dict[str, Watch] = {}
        self._sampled_since: dict[str, float] = {}
        self._samples: dict[str, list[tuple[float, Verdict]]] = {}

    def cooldown(self, service: Service) -> float:
        """Return for how long the same again opens an incident again, in seconds: by the rules that were read last."""
        watch = self._watches.get(service.name, Watch(service.environment))
        return 60.0 * watch.cooldown_minutes

    async def surroundings(self, incident: Incident) -> Surroundings:
        """Return where its service lives. Raises UserError where the operator names it no more."""
        service = self._kit.services.named(incident.service)
        if service is None:
            raise NotWatched(f"YANTRA_SERVICES names no service {incident.service} any more.")
        origin = await self._kit.places.origin(service)
        if origin is None or origin.repository.id != incident.repository_id:
            raise UserError(f"{service.repository} cannot be reached: is the App installed there?")
        forge = self._workshop.forge(origin.repository, origin.installation_id)
        rules = await self._read_rules(origin, forge)
        watch = self._watches[service.name] = rules.monitor.of(incident.environment)
        environment = rules.deploy.environments.get(incident.environment)
        target = rules.deploy.service or origin.repository.name
        return Surroundings(origin, forge, watch, environment, target)

    async def look(self, incident: Incident, around: Surroundings) -> Look:
        """Return everything that decides now."""
        records, now = self._workshop.records, self._workshop.clock.now()
        said = [one for one in records.words_of_incident(incident.id) if one.at >= incident.proposed_at]
        history = records.deployments(incident.repository_id, incident.environment)
        samples = await self._sample(incident, around)
        ship = incident.run_of("ship")
        return Look(
            incident=incident,
            now=now,
            chances=self._chances(incident, around, history),
            runs=self._runs(incident),
            is_held=self.is_silenced(incident) or records.is_paused(incident.repository_id),
            said=said[0] if said else None,
            fix=await self._read_fix(incident, around),
            stages_first=around.environment is not None and bool(around.environment.after),
            ships_since=records.ending_and_time(incident.run_of(FIX))[1] or 0.0,
            ship_waits=bool(ship) and records.phase_of(ship) is Phase.AWAITING_APPROVAL,
            samples=tuple(verdict for _, verdict in samples),
            sampled_since=self._sampled_since.get(incident.id, 0.0),
        )

    def is_silenced(self, incident: Incident) -> bool:
        """Tell whether somebody wants to hear nothing of its service now."""
        now = self._workshop.clock.now()
        return any(one.service == incident.service for one in self._workshop.records.silences(at=now))

    def _chances(self, incident: Incident, around: Surroundings, history: Sequence[Deployed]) -> Chances:
        latest, records = serving(history), self._workshop.records
        order = records.order(latest.run_id) if latest is not None else None
        is_own = order is not None and bool(order.incident) and order.command.verb is Verb.DEPLOY
        is_open = bool(history) and history[0].verdict is None
        return Chances(
            serves=latest.release.commit if latest is not None else "",
            is_moving=is_open and records.ending(history[0].run_id) is None,
            watch=around.watch,
            rules=around.watch.rules,
            target=around.target,
            fixes_today=self.fixes_today(incident),
            is_after_own_fix=is_own,
        )

    def fixes_today(self, incident: Incident) -> int:
        """Return how many hot-fixes were begun for the service within a day."""
        records, since = self._workshop.records, self._workshop.clock.now() - DAY
        runs = [
            run_id
            for one in records.incidents(incident.repository_id, limit=MOST_COUNTED)
            if one.service == incident.service and one.changed_at >= since
            for name, run_id in one.runs
            if name == FIX
        ]
        orders = [records.order(run_id) for run_id in runs]
        return sum(1 for order in orders if order is not None and order.accepted_at >= since)

    def _runs(self, incident: Incident) -> Mapping[str, RunFact]:
        facts = {}
        for name, run_id in incident.runs_now:
            ending = self._workshop.records.ending(run_id)
            facts[name] = RunFact(run_id, ending)
        return facts

    async def _read_rules(self, origin: Origin, forge: Forge) -> RepositoryRules:
        now, key = self._workshop.clock.now(), origin.repository.id
        at, rules = self._rules.get(key, (float("-inf"), None))
        if rules is None or now - at > RULES_SECONDS:
            rules = parse_rules(await forge.read_file(PATH))
            self._rules[key] = (now, rules)
        return rules

    async def _read_fix(self, incident: Incident, around: Surroundings) -> FixFact | None:
        """Return how the hot-fix's pull request stands, where that decides."""
        ending = self._workshop.records.ending(incident.run_of(FIX)) if incident.state is IncidentState.FIXING else None
        if ending is None or ending.pull_request is None or around.forge.shipping is None:
            self._fixes.pop(incident.id, None)
            return None
        now = self._workshop.clock.now()
        at, fix = self._fixes.get(incident.id, (float("-inf"), None))
        if fix is None or now - at > CHECKS_SECONDS:
            pull = await around.forge.pull_request(ending.pull_request.number)
            facts = await around.forge.shipping.commit_facts(pull.head_sha)
            fix = FixFact(pull.head_sha, pull.is_draft, pull.is_open, facts.standing)
            self._fixes[incident.id] = (now, fix)
        return fix

    async def _sample(self, incident: Incident, around: Surroundings) -> Sequence[tuple[float, Verdict]]:
        """Return what was seen while it is watched, by this process, with a sample of now where one is due."""
        if incident.state is not IncidentState.WATCHING or around.environment is None:
            self._samples.pop(incident.id, None)
            self._sampled_since.pop(incident.id, None)
            return ()
        kept = self._samples.setdefault(incident.id, [])
        now = self._workshop.clock.now()
        if not kept or now - kept[-1][0] >= min(SAMPLE_SECONDS, 10.0 * around.watch.watch_minutes):
            sampling = Sampling(
                self._kit,
                self._workshop.records,
                self._workshop.clock,
                repository=around.origin.repository,
                environment=around.environment,
                target=around.target,
            )
            sample = await sampling.sample(incident, around.watch, since=incident.watched_since)
            kept.append((now, sample.verdict))
            self._sampled_since.setdefault(incident.id, now)
            del kept[:-KEPT_SAMPLES]
        return tuple(one for one in kept if one[0] >= incident.watched_since)
