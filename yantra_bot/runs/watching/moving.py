"""Makes an incident's next move. Each can be made again after a kill: what it begins has an id that follows from it.

A run is begun first and noted then: where the note was lost, the same run is found begun already.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.incidents import Diagnosis, Do, Incident, IncidentState, IncidentWord, Move
from yantra_bot.domain.repository import Actor
from yantra_bot.domain.run import Order
from yantra_bot.errors import Permanent, UserError
from yantra_bot.monitor.look import Look
from yantra_bot.monitor.proposing import FIX, HEAL, ROLL_BACK
from yantra_bot.replies.incident import news
from yantra_bot.runs.codec import decode
from yantra_bot.runs.deploying.orders import DEPLOY_STORY
from yantra_bot.runs.diagnosing.orders import DIAGNOSE_STORY, DIAGNOSIS
from yantra_bot.runs.engine import Engine
from yantra_bot.runs.healing.orders import HEAL_STORY, heal_command
from yantra_bot.runs.orders import STORY
from yantra_bot.runs.watching.changing import Outrun, change, is_stale
from yantra_bot.runs.watching.kit import WatchKit
from yantra_bot.runs.watching.learning import keep_lesson
from yantra_bot.runs.watching.looking import Surroundings
from yantra_bot.runs.watching.standing import LEAVING, UNDO, find_approver
from yantra_bot.runs.workshop import Workshop

NO_DIAGNOSIS: Final = "What is behind it could not be found out: {reason}"
Make = Callable[[Look, Move, Surroundings], Awaitable[None]]


class Mover:
    """Makes moves."""

    def __init__(
        self, workshop: Workshop, kit: WatchKit, engine: Engine, *, fixes_today: Callable[[Incident], int]
    ) -> None:
        """`fixes_today` counts the hot-fixes that were begun for an incident's service within a day."""
        self._workshop, self._kit, self._engine = workshop, kit, engine
        self._fixes_today, self._fixing = fixes_today, asyncio.Lock()
        self._makers: Mapping[Do, Make] = {
            Do.DIAGNOSE: self._diagnose,
            Do.PROPOSE: self._propose,
            Do.HEAL: self._heal,
            Do.ROLL_BACK: self._roll_back,
            Do.FIX: self._fix,
            Do.MARK: self._mark,
            Do.STAGE: self._stage,
            Do.SHIP: self._ship,
            Do.WATCH: self._watch,
            Do.UNDO: self._undo,
            Do.MERGE: self._merge,
            Do.ESCALATE: self._escalate,
            Do.RESOLVE: self._resolve,
        }

    async def make(self, look: Look, move: Move, around: Surroundings) -> None:
        """Make one move, and store it with what people are told of it."""
        if move.do is not Do.WAIT:
            await self._makers[move.do](look, move, around)

    async def _diagnose(self, look: Look, move: Move, around: Surroundings) -> None:
        command = Command(Verb.DIAGNOSE)
        try:
            await self._begin(look, "diagnose", DIAGNOSE_STORY, command, around, state=IncidentState.OPEN)
        except Permanent:  # a server without clusters has nobody who looks
            nothing = Diagnosis(NO_DIAGNOSIS.format(reason="no cluster is named that could be looked at."))
            self._store(look, IncidentState.DIAGNOSED, Move(Do.PROPOSE), diagnosis=nothing)

    async def _propose(self, look: Look, move: Move, around: Surroundings) -> None:
        """Take what was found out and decide, or have people decide about what is proposed."""
        if move.proposal is not None:
            now = self._workshop.clock.now()
            self._store(look, IncidentState.WAITING, move, proposal=move.proposal, proposed_at=now, agreed_by="")
            return
        found: dict[str, Any] = {}
        if look.incident.state is IncidentState.OPEN:
            found["diagnosis"] = self._read_diagnosis(look)
        now = self._workshop.clock.now()
        self._store(look, IncidentState.DIAGNOSED, move, proposal=None, proposed_at=now, agreed_by="", **found)

    def _read_diagnosis(self, look: Look) -> Diagnosis:
        run = look.runs["diagnose"]
        note = self._workshop.records.notes(run.run_id).get(DIAGNOSIS)
        if note is not None:
            found: Diagnosis = decode(note, Diagnosis)
            return found
        reason = run.ending.reason if run.ending is not None else "it was not looked for."
        return Diagnosis(NO_DIAGNOSIS.format(reason=reason))

    async def _heal(self, look: Look, move: Move, around: Surroundings) -> None:
        proposal = move.proposal
        assert proposal is not None, "it heals"  # noqa: S101 (narrows a type)
        assert proposal.action is not None, "and by no hot-fix"  # noqa: S101 (narrows a type)
        command = heal_command(proposal.action, proposal.target)
        await self._begin(look, HEAL, HEAL_STORY, command, around, state=IncidentState.HEALING, move=move)

    async def _roll_back(self, look: Look, move: Move, around: Surroundings) -> None:
        await self._begin(
            look,
            ROLL_BACK,
            DEPLOY_STORY,
            _back(look.incident, leaving=look.chances.serves),
            around,
            state=IncidentState.ROLLING_BACK,
            move=move,
            partition=_lane(look.incident),
        )

    async def _fix(self, look: Look, move: Move, around: Surroundings) -> None:
        """Have a hot-fix written on the incident's issue, once that is there and nobody else works on it."""
        incident, records = look.incident, self._workshop.records
        if not incident.issue:
            return
        # One at a time: what is begun counts before the next one is.
        async with self._fixing:
            if self._fixes_today(incident) >= look.chances.watch.hot_fixes_a_day:
                said = f"The hot-fixes that may be begun for {incident.service} in a day are begun."
                self._store(look, IncidentState.ESCALATED, Move(Do.ESCALATE, said))
                return
            run_id, at = self._run_id(incident, FIX), self._workshop.clock.now()
            if records.lock_issue(incident.repository_id, incident.issue, run_id, at=at) != run_id:
                return
            command = Command(Verb.FIX, news.FIX_ORDER)
            await self._begin(look, FIX, STORY, command, around, state=IncidentState.FIXING, move=move)

    async def _mark(self, look: Look, move: Move, around: Surroundings) -> None:
        """Say on the pull request that nothing fires any more; a deployment of it that waits for people ends."""
        number, ship = _pull(look), look.incident.run_of("ship")
        if look.ship_waits:
            self._workshop.records.request_stop(ship, self._workshop.handle, at=self._workshop.clock.now())
            await self._engine.stop(ship)
        if number:
            tag = f"incident-over:{look.incident.id}"
            await around.forge.put_comment(number, tag=tag, body=news.no_longer(look.incident))
        self._store(look, IncidentState.ESCALATED, move, pull_request=number)

    async def _stage(self, look: Look, move: Move, around: Surroundings) -> None:
        assert around.environment is not None, "another one comes before it"  # noqa: S101 (narrows a type)
        await self._deploy(look, move, around, "stage", around.environment.after, IncidentState.STAGING)

    async def _ship(self, look: Look, move: Move, around: Surroundings) -> None:
        await self._deploy(look, move, around, "ship", look.incident.environment, IncidentState.SHIPPING)

    async def _deploy(
        self, look: Look, move: Move, around: Surroundings, what: str, environment: str, state: IncidentState
    ) -> None:
        await self._begin(
            look,
            what,
            DEPLOY_STORY,
            Command(Verb.DEPLOY, environment),
            around,
            state=state,
            move=move,
            partition=f"{look.incident.repository_id}/deploy/{environment}",
        )

    async def _watch(self, look: Look, move: Move, around: Surroundings) -> None:
        incident, now = look.incident, self._workshop.clock.now()
        shipped = self._workshop.records.deployment(incident.run_of("ship"), incident.environment)
        fixed = shipped.release.commit if shipped is not None else ""
        self._store(look, IncidentState.WATCHING, move, watched_since=now, fixed_commit=fixed)

    async def _undo(self, look: Look, move: Move, around: Surroundings) -> None:
        state, lane = IncidentState.ROLLING_BACK, _lane(look.incident)
        command = _back(look.incident, UNDO, leaving=look.incident.fixed_commit)
        await self._begin(look, "undo", DEPLOY_STORY, command, around, state=state, move=move, partition=lane)

    async def _merge(self, look: Look, move: Move, around: Surroundings) -> None:
        """Merge what was watched, by the word of who approved of shipping it; else it is a person's to merge."""
        if look.incident.state is not IncidentState.MERGING:
            self._store(look, IncidentState.MERGING, move)
            return
        incident, forge = look.incident, around.forge
        if look.is_held:
            return
        try:
            approver = await find_approver(self._workshop.records, forge, incident)
            if forge.incidents is None:
                raise UserError("There is no forge to merge on.")
            title, message = news.merge_message(incident, approver)
            merged = await forge.incidents.merge(
                incident.pull_request, head=incident.fixed_commit, title=title, message=message
            )
        except UserError as refused:
            self._store(look, IncidentState.ESCALATED, Move(Do.ESCALATE, str(refused)))
            return
        keep_lesson(self._workshop, incident, merged)
        self._store(look, IncidentState.RESOLVED, Move(Do.RESOLVE, news.merged(incident, merged, approver)))

    async def _escalate(self, look: Look, move: Move, around: Surroundings) -> None:
        self._store(look, IncidentState.ESCALATED, move, proposed_at=self._workshop.clock.now())

    async def _resolve(self, look: Look, move: Move, around: Surroundings) -> None:
        self._store(look, IncidentState.RESOLVED, move, proposed_at=self._workshop.clock.now())

    def _store(self, look: Look, state: IncidentState, move: Move, **changes: Any) -> None:
        """Store where it stands now, with one sentence of news where there is something to say."""
        note = move.why or ("" if state is not look.incident.state else look.incident.note)
        self._change(look.incident, state, news.of(look.incident, state, move), note=note, **changes)

    def _change(self, incident: Incident, state: IncidentState, said: str, **changes: Any) -> None:
        """Store a change, unless something happened since that may lead elsewhere. Raises Outrun then."""
        now = self._workshop.clock.now()

        def apply(stored: Incident) -> Incident:
            if is_stale(stored, incident):
                raise Outrun
            told = (*stored.news, (now, said)) if said else stored.news
            return replace(stored, state=state, changed_at=now, news=told, **changes)

        change(self._workshop.records, incident.id, apply)

    def _run_id(self, incident: Incident, what: str) -> str:
        count = sum(1 for name, _ in incident.runs if name == what)
        return self._kit.new_run_id(f"{incident.id} {what} {count}")

    async def _begin(
        self,
        look: Look,
        what: str,
        story: str,
        command: Command,
        around: Surroundings,
        *,
        state: IncidentState,
        move: Move | None = None,
        partition: str = "",
    ) -> None:
        """Begin a run, and note it. What a person agreed to is asked for in their name."""
        incident, origin = look.incident, around.origin
        asker = await self._asker(look, what, around)
        stored = self._workshop.records.incident(incident.id)
        if stored is None or is_stale(stored, incident):
            raise Outrun
        order = Order(
            run_id=self._run_id(incident, what),
            repository=origin.repository,
            installation_id=origin.installation_id,
            issue_number=self._place(incident, what, look),
            command=command,
            requested_by=asker,
            comment_id=None,
            accepted_at=self._workshop.clock.now(),
            incident=incident.id,
        )
        # A word is for one thing: what comes after it is asked for anew.
        note: dict[str, Any] = {"proposed_at": self._workshop.clock.now()}
        note |= {"agreed_by": look.said_by} if look.word is IncidentWord.APPROVE else {}
        said = news.of(incident, state, move or Move(Do.DIAGNOSE))
        runs = (*incident.runs, (what, order.run_id))
        await self._engine.enqueue(story, order, partition=partition or f"{origin.repository.id}/{what}")
        why = move.why if move is not None else incident.note
        changes = {"runs": runs, "note": why, "pull_request": _pull(look), **note}
        # It is begun, whatever happened meanwhile: that is noted in any case.
        self._note_begun(incident, state, said, changes)

    def _note_begun(self, incident: Incident, state: IncidentState, said: str, changes: dict[str, Any]) -> None:
        now = self._workshop.clock.now()

        def apply(stored: Incident) -> Incident:
            told = (*stored.news, (now, said)) if said else stored.news
            return replace(stored, state=state, changed_at=now, news=told, **changes)

        change(self._workshop.records, incident.id, apply)

    def _place(self, incident: Incident, what: str, look: Look) -> int:
        """Return the number of the issue or the pull request that a run is about."""
        if what in ("stage", "ship"):
            return _pull(look)
        return incident.issue

    async def _asker(self, look: Look, what: str, around: Surroundings) -> Actor:
        """Return in whose name a run is begun: of who agreed to just this, else the bot's own."""
        if look.word is IncidentWord.APPROVE and what in (HEAL, ROLL_BACK, FIX):
            assert look.said is not None, "it was agreed to"  # noqa: S101 (narrows a type)
            return look.said.by
        return await self._kit.me(around.origin.repository, around.origin.installation_id)


def _back(incident: Incident, why: str = "incident", *, leaving: str) -> Command:
    """Return the order to go back from exactly one commit: where another one serves by then, nothing is done."""
    return Command(Verb.ROLLBACK, f"{incident.environment} {why} {incident.id} {LEAVING} {leaving}")


def _lane(incident: Incident) -> str:
    return f"{incident.repository_id}/deploy/{incident.environment}"


def _pull(look: Look) -> int:
    """Return the number of the hot-fix's pull request, 0 while there is none."""
    run = look.runs.get(FIX)
    pull = run.ending.pull_request if run is not None and run.ending is not None else None
    return look.incident.pull_request if pull is None else pull.number
