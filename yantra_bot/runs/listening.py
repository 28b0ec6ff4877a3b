"""What is done about a comment: it is parsed, its sender authorised by what the forge says now, and it is carried out.

Nothing is said to strangers. Who is over a limit is told so once.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from yantra_bot.domain.commands import Command, CommandProblem, NoCommand, Verb
from yantra_bot.domain.events import CommentPosted, Delivery, IssueClosed, IssueLabelled, ReviewSubmitted
from yantra_bot.domain.plan import Means
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.ports import Clock, ForgeFactory
from yantra_bot.replies import commands as say
from yantra_bot.runs.orders import STARTERS, WORKERS, Orders
from yantra_bot.runs.place import Place, time_said
from yantra_bot.runs.proposals import Offer
from yantra_bot.runs.records import Records
from yantra_bot.runs.review_orders import react
from yantra_bot.runs.tally import DAY, MINUTE, Tally
from yantra_bot.runs.watching.closing import close_incident
from yantra_bot.webhooks.commands import is_question, parse
from yantra_bot.webhooks.free_text import propose_verb
from yantra_bot.webhooks.policy import Counts, Refused, Request, Rules, decide
from yantra_bot.webhooks.review_words import ReviewWord, sort_words
from yantra_bot.webhooks.verbs import is_built

CORRECTING = frozenset({*WORKERS, Verb.RETRY, Verb.APPROVE, Verb.REJECT})
"""Commands whose text may say what was wrong with what the bot did before."""


class Listener:
    """Hears people."""

    def __init__(
        self,
        *,
        orders: Orders,
        records: Records,
        forge: ForgeFactory,
        me: Callable[[Repository, int], Awaitable[Actor]],
        rules: Rules,
        models: tuple[str, ...],
        clock: Clock,
        heed_review: Callable[[Place], str],
    ) -> None:
        """`heed_review` stores that what a review asks for is to be followed up, and waits for nothing."""
        self._heed_review = heed_review
        self._orders, self._records, self._forge, self._me = orders, records, forge, me
        self._rules, self._models, self._clock = rules, models, clock
        self._tally = Tally()

    async def hear(self, delivery: Delivery, event: CommentPosted) -> str:
        """Act on a comment; return a few words for the record."""
        place = self.place(delivery, event, comment_id=event.comment_id)
        match parse(event.body, handle=self._rules.handle, models=self._models):
            case NoCommand():
                outcome = await self._hear_reply(event, place)
                return _both(outcome, await self._overhear(event.body, place, about=event.title))
            case Command() as command:
                # Before it is obeyed: a first order corrects nothing.
                also = await self._overhear(_correcting(command), place, about=event.title)
                return _both(await self.obey(command, place), also)
            case CommandProblem() as problem:
                refusal = await self._judge(Verb.HELP, place)
                if refusal is not None:
                    return await self._refuse(refusal, place)
                outcome = await self._hear_free_text(problem, place)
                return _both(outcome, await self._overhear(problem.free_text, place, about=event.title))

    async def _hear_free_text(self, problem: CommandProblem, place: Place) -> str:
        """Answer what was said in words of one's own: a question, or something that may be a command."""
        words = problem.free_text
        kind = sort_words(words, handle=self._rules.handle) if words else ReviewWord.COMMAND
        if kind is ReviewWord.QUESTION:
            return await self.obey(Command(Verb.EXPLAIN, words), place)
        if kind is ReviewWord.THANKS:
            await react(place, "heart")
            return "thanks were seen"
        verb = propose_verb(words, is_pull_request=place.is_pull_request) if kind is ReviewWord.REQUEST else None
        if verb is None:
            return await self._answer(place, say.problem(problem, self._rules.handle))
        return await self._offer(Command(verb, "" if verb is Verb.STOP else words), place)

    async def _offer(self, command: Command, place: Place) -> str:
        """Propose a command; what takes a thumb is kept with the comment that it is to stand on."""
        self._records.propose(place.origin.repository.id, place.issue_number, command, at=place.said_at)
        self._note_answer(place)
        text = say.propose(command.verb, self._rules.handle, takes_thumbs=not place.is_in_thread)
        shown = await place.reply(text)
        if shown is not None:
            offer = Offer(place.origin, place.issue_number, place.is_pull_request, shown, place.said_at)
            self._records.show_proposal(offer)
        return f"proposed {command.verb}"

    async def heed_thumb(self, offer: Offer, by: Actor, *, is_up: bool) -> str:
        """Act on a thumb that stands on a proposal: up is a yes, down is a no."""
        place = Place(
            origin=offer.origin,
            issue_number=offer.issue_number,
            comment_id=offer.comment_id,
            sender=by,
            content_key=offer.thumb_key,
            forge=self._forge(offer.origin.repository, offer.origin.installation_id),
            is_pull_request=offer.is_pull_request,
            means=Means.REACTION,
        )
        return await self.obey(Command(Verb.YES if is_up else Verb.NO), place)

    async def _settle(self, command: Command, place: Place) -> str:
        """Run what was proposed here, or forget it."""
        where, since = (place.origin.repository.id, place.issue_number), self._clock.now() - DAY
        if command.verb is Verb.NO:
            if self._records.forget_proposal(*where, since=since):
                return await self._answer(place, say.forgotten())
        elif (proposed := self._records.take_proposal(*where, by=place.content_key, since=since)) is not None:
            return await self.obey(proposed, place)
        if place.means is Means.REACTION:
            return "somebody answered before the thumb was seen"
        return await self._answer(place, say.nothing_proposed())

    async def _hear_reply(self, event: CommentPosted, place: Place) -> str:
        """Act on what was said without a command: in a review of an own pull request, or in the thread of a remark."""
        words = event.body.strip()
        if event.is_review_of_own and self._rules.follows_reviews and await is_own_pull(place):
            return await self._hear_review(sort_words(words, handle=self._rules.handle), words, place)
        if not await self._orders.owns_thread(place):
            return await self._orders.tell_run(place, event.body)
        if not is_question(words):
            return "no command"
        return await self.obey(Command(Verb.EXPLAIN, words), place)

    async def hear_review(self, delivery: Delivery, event: ReviewSubmitted) -> str:
        """Act on what stands above the comments of a review; these are heard by themselves."""
        place = Place(
            origin=event.origin,
            issue_number=event.number,
            comment_id=None,
            sender=event.sender,
            content_key=delivery.content_key,
            forge=self._forge(event.origin.repository, event.origin.installation_id),
            is_pull_request=True,
        )
        if not await is_own_pull(place):
            return "not the bot's own pull request"
        word = sort_words(event.body, handle=self._rules.handle)
        asks = event.state == "changes_requested" and word in (ReviewWord.QUESTION, ReviewWord.THANKS)
        outcome = await self._hear_review(ReviewWord.REQUEST if asks else word, event.body.strip(), place)
        return _both(outcome, await self._overhear(event.body, place))

    async def hear_closed(self, delivery: Delivery, event: IssueClosed) -> str:
        """Act on an issue that a person closed: that of an incident says that there is nothing more to do."""
        return await close_incident(self._records, self.place(delivery, event, comment_id=None))

    async def _overhear(self, text: str, place: Place, *, about: str = "") -> str:
        """Have a correction kept beside whatever else is done with it, within what one person may teach in a day."""
        lately = self._tally.count(("lessons", place.sender.id), since=self._clock.now() - DAY)
        if lately >= self._rules.lessons_per_person_a_day:
            return ""
        outcome = await self._orders.teaching.overhear(text, place, about=about)
        if outcome:
            self._tally.add(("lessons", place.sender.id), self._clock.now())
        return outcome

    async def _hear_review(self, word: ReviewWord, words: str, place: Place) -> str:
        """Answer a question, see thanks, have the rest followed up; nothing of it for who may not write."""
        refusal = await self._judge(Verb.EXPLAIN, place)
        if refusal is not None:
            return f"refused: {refusal.reason}"
        match word:
            case ReviewWord.QUESTION:
                return await self.obey(Command(Verb.EXPLAIN, words), place)
            case ReviewWord.THANKS if place.comment_id is not None:
                await react(place, "heart")
                return "thanks were seen"
            case ReviewWord.REQUEST:
                return self._heed_review(place)
        return "a review that asks for nothing"

    async def obey(self, command: Command, place: Place) -> str:
        """Carry a command out if it may be; return a few words for the record."""
        refusal = await self._judge(command.verb, place)
        if refusal is not None:
            return await self._refuse(refusal, place)
        if (words := self._orders.misplaced(command, place)) is not None:
            return await self._answer(place, words)
        if command.verb in (Verb.YES, Verb.NO):
            return await self._settle(command, place)
        if command.verb in STARTERS and self._records.is_paused(place.origin.repository.id):
            return await self._answer(place, say.refused("the operator paused the bot here."))
        self._note(place)
        return await self._orders.carry_out(command, place)

    async def _judge(self, verb: Verb, place: Place) -> Refused | None:
        """Decide with what the forge says now."""
        if not is_built(verb):
            verb = Verb.HELP
        rules = self._rules
        if place.sender.is_bot and rules.allowed_bots:
            rules = replace(rules, bot_id=(await self._me(place.origin.repository, place.origin.installation_id)).id)
        permission = await place.forge.permission(place.sender.login)
        is_about_one = permission.may_write and bool(place.issue_number)
        issue = await place.forge.issue(place.issue_number) if is_about_one else None
        request = Request(
            verb=verb,
            repository=place.origin.repository,
            sender=place.sender,
            permission=permission,
            is_open=issue is None or issue.is_open,
            is_locked=issue is not None and issue.is_locked,
        )
        decision = decide(request, rules, self._counts(place))
        self._tally.add(("person", place.sender.id), self._clock.now())
        if verb is Verb.REMEMBER:
            self._tally.add(("lessons", place.sender.id), self._clock.now())
        return decision if isinstance(decision, Refused) else None

    def _counts(self, place: Place) -> Counts:
        now, repository, person = self._clock.now(), place.origin.repository.id, place.sender.id
        return Counts(
            person_this_minute=self._tally.count(("person", person), since=now - MINUTE),
            person_today=self._records.runs_of_person(person, since=now - DAY),
            repository_today=self._tally.count(("repository", repository), since=now - DAY),
            replies_in_thread_today=self._tally.count(("thread", repository, place.issue_number), since=now - DAY),
            lessons_of_person_today=self._tally.count(("lessons", person), since=now - DAY),
        )

    def _note(self, place: Place) -> None:
        self._tally.add(("repository", place.origin.repository.id), self._clock.now())

    async def _refuse(self, refusal: Refused, place: Place) -> str:
        if refusal.say:
            await self._answer(place, say.refused(refusal.reason))
        return f"refused: {refusal.reason}"

    def _note_answer(self, place: Place) -> None:
        if place.chat is not None:  # it stands in no thread of the forge, and answers nobody but who spoke
            return
        self._tally.add(("thread", place.origin.repository.id, place.issue_number), self._clock.now())

    async def _answer(self, place: Place, text: str) -> str:
        self._note_answer(place)
        return await self._orders.reply(place, text)

    def place(
        self, delivery: Delivery, event: CommentPosted | IssueLabelled | IssueClosed, *, comment_id: int | None
    ) -> Place:
        """Return where something was said, and how it can be answered there."""
        return Place(
            origin=event.origin,
            issue_number=event.issue_number,
            comment_id=comment_id,
            sender=event.sender,
            content_key=delivery.content_key,
            forge=self._forge(event.origin.repository, event.origin.installation_id),
            is_pull_request=event.is_pull_request,
            thread_id=event.thread_id if isinstance(event, CommentPosted) else 0,
            said_at=time_said(event.updated_at, delivery.received_at),
        )


def _correcting(command: Command) -> str:
    """Return what of a command may correct something: `no, that's wrong` begins with one, others have it after them."""
    if command.verb is Verb.NO:
        return f"{command.verb}, {command.argument}"
    return command.argument if command.verb in CORRECTING else ""


def _both(outcome: str, also: str) -> str:
    return f"{outcome}; {also}" if also else outcome


async def is_own_pull(place: Place) -> bool:
    """Tell whether something was said on a pull request that the bot itself opened."""
    return place.forge.follow_ups is not None and await place.forge.follow_ups.own_pull(place.issue_number) is not None
