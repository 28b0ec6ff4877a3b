"""Puts the pictures of changed pages where the pull request can show them. It never ends a run that it cannot show."""

import structlog

from yantra_bot.domain.checks import CheckResult
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.ports import Remote
from yantra_bot.replies.pages import find_browsed, name_pictures
from yantra_bot.runs.codec import encode
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.workshop import Workshop

TRIES = 3


async def show_pictures(
    context: RunContext, workshop: Workshop, remote: Remote, checks: tuple[CheckResult, ...]
) -> dict[str, str]:
    """Return the addresses of the pictures by name; none where there are none, or where the forge takes none."""
    browsed = find_browsed(checks)
    pictures = {} if browsed is None else name_pictures(browsed)
    if not pictures:
        return {}
    at = await context.now()
    order = context.order

    async def write() -> dict[str, str]:
        links = dict(await remote.show(pictures, run_id=order.run_id, at=at))
        if links:
            workshop.audit(order, "push pictures of pages", next(iter(links.values())).split("/")[-2])
        return links

    asked = encode(pictures, dict[str, str])
    try:
        return await context.step("show pictures", write, dict[str, str], request=asked, tries=TRIES)
    except (UserError, Permanent, Transient) as problem:
        workshop.note(order.run_id, f"The pictures stand on this page alone: {problem}")
        structlog.get_logger().warning("pictures are not shown", run_id=order.run_id, problem=str(problem))
        return {}
