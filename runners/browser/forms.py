"""In a sandbox: forms that nobody described: handed in empty, then filled by the types of their fields."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

MAX_FORMS = 3
"""Of one page."""
MAX_FIELDS = 40
_STEP_MS = 2_000
_SETTLE_SECONDS = 0.2
VALUES = {
    "email": "person@example.com",
    "password": "Correct-Horse-7",
    "tel": "+49 30 1234567",
    "url": "https://example.com/",
    "date": "2026-01-15",
    "time": "12:30",
    "datetime-local": "2026-01-15T12:30",
    "month": "2026-01",
    "week": "2026-W03",
    "color": "#336699",
}
TEXT = "Example text"
_FIELDS = "input, select, textarea"
_INVALID = "form => [...form.elements].filter(one => one.willValidate && !one.checkValidity()).length"
_SUBMIT = "button[type=submit], input[type=submit], input[type=image], button:not([type])"
_FILE = {"name": "example.txt", "mimeType": "text/plain", "buffer": b"example\n"}


async def settle(page: Any) -> None:
    """Give what was begun a moment to come to an end; a page that never rests is not waited for."""
    await asyncio.sleep(_SETTLE_SECONDS)
    with suppress(Exception):
        await page.wait_for_load_state("networkidle", timeout=_STEP_MS)


async def hand_in(page: Any, number: int, *, is_filled: bool) -> dict[str, Any]:
    """Hand in the page's form of this number, and return what was seen: its fields and those that were refused."""
    form = page.locator("form").nth(number)
    fields = form.locator(_FIELDS)
    count = min(await fields.count(), MAX_FIELDS)
    if is_filled:
        for place in range(count):
            with suppress(Exception):  # a field that takes nothing is found out by the form's own validity
                await fill(fields.nth(place))
    invalid = await form.evaluate(_INVALID)
    await submit(form)
    await settle(page)
    return {"fields": count, "refused": int(invalid)}


async def submit(form: Any) -> None:
    """Hand in a form as a person does, by its button; by its own means where it has none that can be clicked."""
    button = form.locator(_SUBMIT).first
    if await button.count() and await button.is_visible():
        with suppress(Exception):
            await button.click(timeout=_STEP_MS)
            return
    with suppress(Exception):
        await form.evaluate("form => form.requestSubmit()")


async def fill(field: Any) -> None:
    """Give a field a value that its type and limits allow."""
    facts = await field.evaluate(
        "one => ({tag: one.localName, type: (one.type || '').toLowerCase(), min: one.min || '', max: one.max || '',"
        " least: one.minLength ?? -1, most: one.maxLength ?? -1, off: one.disabled || one.readOnly === true,"
        " options: one.localName === 'select' ? [...one.options].map(each => each.disabled ? '' : each.value) : []})"
    )
    kind = facts["type"]
    if facts["off"] or kind in ("hidden", "submit", "button", "reset", "image", "range"):
        return
    if facts["tag"] == "select":
        await field.select_option(_first(facts["options"]), timeout=_STEP_MS)
    elif kind in ("checkbox", "radio"):
        await field.check(timeout=_STEP_MS)
    elif kind == "file":
        await field.set_input_files(_FILE, timeout=_STEP_MS)
    else:
        await field.fill(choose_value(facts), timeout=_STEP_MS)


def choose_value(facts: dict[str, Any]) -> str:
    """Return a value for a field of text, by its type and its limits."""
    kind = facts["type"]
    if kind == "number":
        return str(facts["min"] or facts["max"] or "1")
    if kind in ("date", "time", "datetime-local", "month", "week") and (facts["min"] or facts["max"]):
        return str(facts["min"] or facts["max"])
    text = VALUES.get(kind, TEXT)
    if len(text) < facts["least"]:
        text = (text + " " + TEXT * facts["least"])[: facts["least"]]
    return text[: facts["most"]] if facts["most"] >= 0 and kind not in VALUES else text


def _first(options: Iterable[str]) -> str:
    return next((one for one in options if one), "")
