"""The webhooks that GitHub sent to the App, and what became of each: implements the port DeliveryLog."""

import contextlib
import datetime as dt
from typing import Any, Final

from yantra_bot.domain.deliveries import Attempt
from yantra_bot.forge.answers import reading
from yantra_bot.forge.client import Client

PAGE: Final = 100
MOST_PAGES: Final = 50
"""Pages that are read at most, newest first: what was missed last matters most."""

_LIST: Final = "/app/hook/deliveries{?per_page}"
_AGAIN: Final = "/app/hook/deliveries/{delivery_id}/attempts"
_WHAT: Final = "The App's webhook deliveries"


class Deliveries:
    """GitHub's list of deliveries, which only the App itself may read."""

    def __init__(self, client: Client) -> None:
        """`client` is one that signs as the App."""
        self._client = client

    async def since(self, at: float) -> tuple[Attempt, ...]:
        found: list[Attempt] = []
        pages, read = self._client.pages(_LIST, {"per_page": str(PAGE)}, what=_WHAT), 0
        async with contextlib.aclosing(pages):
            async for page in pages:
                with reading(_WHAT):
                    attempts = [read_attempt(item) for item in page]
                found += [one for one in attempts if one.at >= at]
                read += 1
                if read >= MOST_PAGES or any(one.at < at for one in attempts):
                    break
        return tuple(found)

    async def send_again(self, attempt: Attempt) -> None:
        what = "Another attempt at a webhook delivery"
        # Twice does no harm: the inbox knows a delivery by its GUID.
        await self._client.write("POST", _AGAIN, {"delivery_id": str(attempt.id)}, {}, what=what, repeatable=True)


def read_attempt(item: Any) -> Attempt:
    """Return one item of the list. Raises KeyError, TypeError or ValueError for another shape than documented."""
    return Attempt(
        id=int(item["id"]),
        guid=str(item["guid"]),
        at=dt.datetime.fromisoformat(str(item["delivered_at"])).timestamp(),
        is_redelivery=bool(item["redelivery"]),
        status=int(item["status_code"]),
    )
