"""What was sent while nobody was there to hear it: the forge is asked to send it again, at each start and every hour.

It comes in by the door like everything else: signature, inbox, policy; what was stored already is the same delivery
there. Nothing here may end the server or hold up its start, whatever the forge answers.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog

from yantra_bot.domain.deliveries import MOST_ATTEMPTS, Attempt, Missed, find_missed
from yantra_bot.errors import Permanent, YantraError
from yantra_bot.ports import Clock, DeliveryLog

SWEEP_SECONDS: Final = 3_600.0
MOST_A_SWEEP: Final = 100
LOOK_SECONDS: Final = 2.0
"""How often is looked whether the door is ready to hear."""
PACE_SECONDS: Final = 1.0
"""Time between two requests that make the forge do something, as it wants it."""
CURE: Final = (
    "check the App's id and key; what was missed can be sent again on the App's page at the forge (Advanced, "
    "Recent deliveries); YANTRA_REDELIVER_HOURS=0 looks no more"
)

_log = structlog.get_logger()


class Redelivery:
    """Looks for missed deliveries for as long as control runs."""

    def __init__(
        self, deliveries: DeliveryLog, *, is_ready: Callable[[], Awaitable[bool]], clock: Clock, hours: float
    ) -> None:
        """`is_ready` tells whether the door takes deliveries now. `hours` is how far back is looked."""
        self._deliveries, self._is_ready, self._clock = deliveries, is_ready, clock
        self._seconds = hours * 3_600
        self._problem = ""
        self._told: frozenset[str] = frozenset()
        self._asked = 0

    async def run(self) -> None:
        """Sweep until cancelled, each time once the door is ready: nobody else would hear what is asked for."""
        while True:
            while not await self._is_ready():
                await self._clock.sleep(LOOK_SECONDS)
            await self.sweep()
            await self._clock.sleep(SWEEP_SECONDS)

    def take_asked(self) -> int:
        """Return how many were asked for since this was called last."""
        asked, self._asked = self._asked, 0
        return asked

    async def sweep(self) -> int:
        """Ask once for each delivery that was missed, oldest first; return how many were asked for."""
        try:
            missed = find_missed(await self._deliveries.since(self._clock.now() - self._seconds))
        except Exception as problem:  # noqa: BLE001 (it has to outlive whatever the forge answers)
            self._warn("missed deliveries cannot be looked for", problem)
            return 0
        asked, trouble = await self._ask(missed.to_ask[:MOST_A_SWEEP])
        self._asked += asked
        self._tell(missed, asked)
        if trouble is None:
            self._problem = ""
        else:
            self._warn("missed deliveries cannot be asked for", trouble)
        return asked

    async def _ask(self, attempts: Sequence[Attempt]) -> tuple[int, YantraError | None]:
        """Return how many were asked for, and the last problem. What cannot be sent again stands in no other's way."""
        asked, last = 0, None
        for place, attempt in enumerate(attempts):
            if place:
                await self._clock.sleep(PACE_SECONDS)
            try:
                await self._deliveries.send_again(attempt)
                asked += 1
            except Permanent as refused:
                last = refused
            except YantraError as trouble:
                return asked, trouble
        return asked, last

    def _tell(self, missed: Missed, asked: int) -> None:
        if missed.to_ask:
            _log.info("missed deliveries are asked for again", asked=asked, missed=len(missed.to_ask))
        given_up = frozenset(one.guid for one in missed.given_up)
        if given_up - self._told:
            _log.warning(
                "deliveries were missed and are not asked for again",
                deliveries=len(given_up),
                attempts=MOST_ATTEMPTS,
                cure="see that the forge reaches the door; then order again, or send them again on the App's page",
            )
        self._told = given_up

    def _warn(self, event: str, problem: Exception) -> None:
        """Say a problem once, until it was well in between or it is another one."""
        told = f"{event}: {type(problem).__name__}"
        if told != self._problem:
            is_bug = not isinstance(problem, YantraError)
            _log.warning(event, problem=str(problem), cure=CURE, exc_info=problem if is_bug else None)
        self._problem = told
