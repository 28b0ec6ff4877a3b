"""In a sandbox: flows that the repository describes, step by step."""

from typing import Any

from runners.browser.forms import settle

STEP_MS = 5_000
_MAX_TEXT = 400


async def follow(page: Any, origin: str, flow: dict[str, Any]) -> str:
    """Go through a flow; return what went wrong, with the step's number, and nothing when all went well."""
    for number, step in enumerate(flow["steps"], start=1):
        try:
            await take(page, origin, step)
        except Exception as problem:  # noqa: BLE001 (whatever the browser says is the answer)
            reason = str(problem).strip().splitlines()
            return f"step {number}, {describe(step)}: {reason[0] if reason else type(problem).__name__}"[:_MAX_TEXT]
    return ""


async def take(page: Any, origin: str, step: dict[str, str]) -> None:
    """Do one step; raise what the browser raises, or AssertionError for an expectation that is not met."""
    kind, target = step["do"], step["target"]
    if kind == "open":
        await page.goto(origin + target, timeout=2 * STEP_MS)
    elif kind == "fill":
        await page.locator(target).first.fill(step["value"], timeout=STEP_MS)
    elif kind == "click":
        await page.locator(target).first.click(timeout=STEP_MS)
        await settle(page)
    else:
        await expect(page, target)


async def expect(page: Any, words: str) -> None:
    """Wait until the page shows these words."""
    try:
        await page.get_by_text(words).first.wait_for(state="visible", timeout=STEP_MS)
    except Exception as problem:
        shown = " ".join((await page.inner_text("body", timeout=STEP_MS)).split())[:120]
        raise AssertionError(
            f"the words are not shown within {STEP_MS / 1000:g} s; the page says: {shown}"
        ) from problem


def describe(step: dict[str, str]) -> str:
    """Name a step as its description does."""
    value = f" with {step['value']!r}" if "value" in step else ""
    return f"{step['do']} {step['target']}{value}"
