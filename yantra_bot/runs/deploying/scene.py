"""What the parts of one deployment share: its forge, its mirror, what it reads and what it tells."""

from contextlib import suppress
from typing import Final

from yantra_bot.deploy_ports import DeploymentState
from yantra_bot.domain.commands import Verb
from yantra_bot.domain.deploying import Deployment
from yantra_bot.domain.environment import Environment, Release
from yantra_bot.errors import Permanent, Transient, UserError, YantraError
from yantra_bot.replies.deploy.comment import status_words
from yantra_bot.runs.codec import StepBug
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.deploying.kit import ShippingKit
from yantra_bot.runs.deploying.orders import environment_of
from yantra_bot.runs.deploying.reading import Reading
from yantra_bot.runs.deploying.telling import Telling
from yantra_bot.runs.workshop import Workshop

PROBLEMS: Final = (UserError, Permanent, Transient, StepBug)


class Scene:
    """One deployment's surroundings."""

    def __init__(self, context: RunContext, workshop: Workshop, kit: ShippingKit) -> None:
        order = context.order
        self.context, self.workshop, self.kit, self.order = context, workshop, kit, order
        self.forge = workshop.forge(order.repository, order.installation_id)
        self.remote = workshop.remote(order.repository, order.installation_id)
        self.reading = Reading(context, workshop, kit, self.forge, self.remote)
        self.is_rollback = order.command.verb is Verb.ROLLBACK
        shown = Deployment(
            order,
            service=order.repository.name,
            environment=environment_of(order),
            page_url=workshop.page_url(order.run_id),
            handle=workshop.handle,
            is_rollback=self.is_rollback,
        )
        self.telling = Telling(context, workshop, self.forge, kit.chat, shown, alert=kit.alert_channel)
        self._deployment = 0

    async def leave(self) -> None:
        """Let go of what was held; what is left by a kill is collected with the mirror."""
        with suppress(YantraError):
            await self.remote.release(self.order.run_id)

    async def begin_on_forge(self, release: Release, environment: Environment) -> None:
        """Have the forge show the deployment. That it cannot is told, and ends nothing."""
        order = self.order
        words = status_words(self.telling.shown)

        async def begin() -> int:
            return await self.reading.shipping.begin(release, environment, mark=order.run_id, description=words)

        try:
            self._deployment = await self.context.step("begin deployment", begin, int, tries=3)
        except PROBLEMS as problem:
            self.note(f"The forge does not show this deployment: {problem}")

    async def tell_forge(self, state: DeploymentState) -> None:
        """Have the forge show how far it is."""
        number, words = self._deployment, status_words(self.telling.shown)
        if not number:
            return

        async def tell() -> str:
            url = self.telling.shown.page_url
            await self.reading.shipping.tell(number, state, description=words, log_url=url)
            return str(state)

        try:
            await self.context.step("tell forge", tell, str, request=f"{state} {words}", tries=3)
        except PROBLEMS as problem:
            self.note(f"The forge does not show that it is {state}: {problem}")

    def note(self, line: str) -> None:
        """Tell this, too."""
        self.telling.put(notes=(*self.telling.shown.notes, line))
