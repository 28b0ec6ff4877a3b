"""What Slack's documentation says of arguments: which there are, and how long. What breaks it is a violation."""

import re
from collections.abc import Iterator
from typing import Any

ARGUMENTS = {
    "auth.test": set[str](),
    "apps.connections.open": set[str](),
    "users.info": {"user", "include_locale"},
    "conversations.history": {"channel", "limit", "cursor", "oldest", "latest", "inclusive", "include_all_metadata"},
    "conversations.replies": {
        "channel", "ts", "limit", "cursor", "oldest", "latest", "inclusive", "include_all_metadata",
    },
    "chat.postMessage": {
        "channel", "text", "blocks", "parse", "thread_ts", "reply_broadcast", "unfurl_links", "unfurl_media",
        "metadata", "mrkdwn", "link_names",
    },
    "chat.update": {"channel", "ts", "text", "blocks", "parse", "metadata", "link_names", "reply_broadcast"},
    "chat.postEphemeral": {"channel", "user", "text", "blocks", "parse", "thread_ts", "link_names"},
    "views.open": {"trigger_id", "view", "interactivity_pointer"},
}  # fmt: skip
TS = re.compile(r"\d{10}\.\d{6}")
READING = {"users.info", "conversations.history", "conversations.replies", "auth.test"}
_LIVE = re.compile(r"<[!@#](?!U0[A-Z]+>$)")
"""Only a call that stands alone is one of ours."""


def check_arguments(method: str, arguments: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a call."""
    unknown = set(arguments) - ARGUMENTS[method]
    if unknown:
        yield f"{method} takes no {sorted(unknown)}"
    for name in ("ts", "thread_ts"):
        if name in arguments and not TS.fullmatch(str(arguments[name])):
            yield f"{method}: {name} is {arguments[name]!r}"
    if "text" in arguments and len(arguments["text"]) > 40_000:
        yield f"{method}: text is too long"
    if "blocks" in arguments:
        yield from (f"{method}: {wrong}" for wrong in check_blocks(arguments["blocks"], most=50))
    if method.startswith("chat.") and not (arguments.get("text") or arguments.get("blocks")):
        yield f"{method}: there is nothing in it"
    if "metadata" in arguments:
        metadata = arguments["metadata"]
        if set(metadata) != {"event_type", "event_payload"} or not isinstance(metadata["event_payload"], dict):
            yield f"{method}: metadata is {metadata!r}"
    if method == "views.open":
        yield from check_view(arguments.get("view"))


def check_view(view: Any) -> Iterator[str]:
    """Yield what is wrong with a window."""
    if not isinstance(view, dict) or view.get("type") != "modal":
        yield "views.open: no modal"
        return
    for name in ("title", "submit", "close"):
        if name in view and (view[name]["type"] != "plain_text" or not 0 < len(view[name]["text"]) <= 24):
            yield f"views.open: {name}"
    if len(view.get("private_metadata", "")) > 3_000 or len(view.get("callback_id", "")) > 255:
        yield "views.open: too much beside the blocks"
    has_input = any(block["type"] == "input" for block in view["blocks"])
    if has_input and "submit" not in view:
        yield "views.open: inputs, and no submit"
    yield from (f"views.open: {wrong}" for wrong in check_blocks(view["blocks"], most=100))


def check_blocks(blocks: Any, *, most: int) -> Iterator[str]:
    """Yield what is wrong with blocks."""
    if not isinstance(blocks, list) or len(blocks) > most:
        yield f"more than {most} blocks"
        return
    names = [block["block_id"] for block in blocks if "block_id" in block]
    if len(names) != len(set(names)):
        yield "a block_id is there twice"
    for block in blocks:
        check = _BLOCKS.get(block.get("type"))
        if check is None:
            yield f"no block is called {block.get('type')!r}"
        else:
            yield from (f"{block['type']}: {wrong}" for wrong in check(block))


def _text(value: Any, most: int, *, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")) -> Iterator[str]:
    if not isinstance(value, dict) or value.get("type") not in kinds:
        yield f"no text of {kinds}"
    elif not 0 < len(value["text"]) <= most:
        yield f"a text of {len(value['text'])} signs, up to {most} are taken"
    elif value["type"] == "mrkdwn" and _LIVE.search(value["text"]):
        yield f"a live mention in {value['text']!r}"


def _header(block: dict[str, Any]) -> Iterator[str]:
    yield from _text(block.get("text"), 150, kinds=("plain_text",))


def _section(block: dict[str, Any]) -> Iterator[str]:
    if "text" in block:
        yield from _text(block["text"], 3_000)
    elif "fields" not in block:
        yield "neither text nor fields"
    if len(block.get("fields", ())) > 10:
        yield "more than ten fields"
    for one in block.get("fields", ()):
        yield from _text(one, 2_000)


def _actions(block: dict[str, Any]) -> Iterator[str]:
    elements = block.get("elements", [])
    if not 0 < len(elements) <= 25:
        yield f"{len(elements)} elements"
    names = [one["action_id"] for one in elements]
    if len(names) != len(set(names)):
        yield "an action_id is there twice"
    for one in elements:
        yield from _text(one["text"], 75, kinds=("plain_text",))
        if len(one["action_id"]) > 255 or len(one.get("value", "")) > 2_000:
            yield "an action_id or a value is too long"
        if one.get("style", "primary") not in ("primary", "danger"):
            yield f"no style is called {one['style']}"


def _context(block: dict[str, Any]) -> Iterator[str]:
    if not 0 < len(block.get("elements", ())) <= 10:
        yield "elements"
    for one in block["elements"]:
        yield from _text(one, 3_000)


def _rich_text(block: dict[str, Any]) -> Iterator[str]:
    for one in block["elements"]:
        if one["type"] not in ("rich_text_section", "rich_text_preformatted", "rich_text_quote", "rich_text_list"):
            yield f"no part is called {one['type']}"
        for part in one["elements"]:
            if part["type"] == "text" and not part["text"]:
                yield "an empty text"


def _input(block: dict[str, Any]) -> Iterator[str]:
    yield from _text(block.get("label"), 2_000, kinds=("plain_text",))
    element = block.get("element", {})
    if element.get("type") not in ("plain_text_input", "static_select"):
        yield f"no element is called {element.get('type')!r}"
    if element.get("type") == "static_select" and not 0 < len(element.get("options", ())) <= 100:
        yield "options"


def _divider(_block: dict[str, Any]) -> Iterator[str]:
    yield from ()


_BLOCKS = {
    "header": _header,
    "section": _section,
    "actions": _actions,
    "context": _context,
    "rich_text": _rich_text,
    "input": _input,
    "divider": _divider,
}
