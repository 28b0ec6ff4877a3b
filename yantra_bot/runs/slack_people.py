"""Who speaks in a chat, and who that is on the forge: asked live, each time."""

import asyncio

from yantra_bot.chat_ports import ChatPeople, Directory
from yantra_bot.domain.chat import ChatPlace
from yantra_bot.domain.chat_events import Subject
from yantra_bot.domain.events import Origin
from yantra_bot.domain.repository import Actor
from yantra_bot.ports import ForgeFactory
from yantra_bot.runs.links import ChatPerson, Link
from yantra_bot.runs.records import Records
from yantra_bot.webhooks.policy import is_allowed_repository
from yantra_bot.webhooks.slack_policy import ChatRules, judge_person, judge_place

MOST_CANDIDATES = 20
"""Repositories of one name of which it is asked whether somebody may write there."""


class SlackPersons:
    """Knows whom to listen to, by whose rights, and where."""

    def __init__(
        self,
        *,
        people: ChatPeople,
        directory: Directory,
        forge: ForgeFactory,
        records: Records,
        rules: ChatRules,
        repositories: tuple[str, ...],
    ) -> None:
        """`repositories` are those of the operator's list, empty for all."""
        self._people, self._directory, self._forge, self._records = people, directory, forge, records
        self._rules, self._repositories = rules, repositories

    async def refusal(self, place: ChatPlace) -> str:
        """Return why somebody is not listened to, empty where they are."""
        if why := judge_place(place, self._rules):
            return why
        return judge_person(await self._people.profile(place.user), place, self._rules)

    async def name(self, person: ChatPerson) -> str:
        """Return what somebody is called in the chat."""
        profile = await self._people.profile(person.user)
        return profile.name if profile is not None else person.user

    def link(self, place: ChatPlace) -> Link | None:
        """Return whom the speaker is tied to."""
        return self._records.link_of(ChatPerson(place.team, place.user))

    async def actor(self, link: Link, origin: Origin) -> Actor | None:
        """Return the tied account as it is called now; None where it is gone, or is no person's."""
        actor = await self._directory.account(link.account_id, origin)
        return None if actor is None or actor.is_bot else actor

    async def repositories(self, subject: Subject, link: Link) -> tuple[Origin, ...]:
        """Return the repositories of a name in which the tied account may write."""
        found = [
            origin
            for origin in await self._directory.find(subject.name)
            if is_allowed_repository(origin.repository, self._repositories)
        ][:MOST_CANDIDATES]
        may = await asyncio.gather(*(self.may_write(link, origin) for origin in found))
        return tuple(origin for origin, is_allowed in zip(found, may, strict=True) if is_allowed)

    async def may_write(self, link: Link, origin: Origin) -> bool:
        """Tell whether the tied account may write in a repository now."""
        actor = await self.actor(link, origin)
        if actor is None:
            return False
        permission = await self._forge(origin.repository, origin.installation_id).permission(actor.login)
        return permission.may_write
