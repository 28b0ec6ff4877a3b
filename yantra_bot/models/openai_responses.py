"""OpenAI's Responses API: our conversation in its shape, its events in ours.

Pure; imports no SDK. Used for OpenAI itself, because its reasoning items, encrypted, can be carried from turn to turn;
nothing is stored at the vendor.
"""

from collections.abc import Mapping
from typing import Any

from yantra_bot.domain.conversation import (
    Block,
    Image,
    ModelRequest,
    Opaque,
    Role,
    StopReason,
    Text,
    ToolCall,
    ToolResult,
    Usage,
)
from yantra_bot.models.draft import Draft, clean, clean_id, read_count
from yantra_bot.models.openai_chat import encode_arguments, render_result
from yantra_bot.models.retry import classify
from yantra_bot.models.sight import Show, show_nothing

VENDOR = "OpenAI"
INCOMPLETE = {"max_output_tokens": StopReason.MAX_TOKENS, "content_filter": StopReason.REFUSAL}


def encode(request: ModelRequest, *, with_reasoning: bool = True, show: Show = show_nothing) -> dict[str, Any]:
    """Return the body of a request."""
    items: list[dict[str, Any]] = []
    for message in request.messages:
        results = [block for block in message.blocks if isinstance(block, ToolResult)]
        others = [block for block in message.blocks if not isinstance(block, ToolResult)]
        for block in (*results, *others):
            if with_reasoning or not isinstance(block, Opaque):
                items += encode_block(block, message.role, request.model, show)
    body: dict[str, Any] = {
        "model": request.model,
        "max_output_tokens": request.max_output_tokens,
        "input": items,
        "store": False,
        "include": ["reasoning.encrypted_content"],
    }
    if request.system.strip():
        body["instructions"] = clean(request.system)
    if request.tools:
        body["tools"] = [
            {
                "type": "function",
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters,
                "strict": False,
            }
            for tool in request.tools
        ]
    return body


def encode_block(block: Block, role: Role, model: str, show: Show = show_nothing) -> list[dict[str, Any]]:
    """Return one item, none for what must not or cannot be sent."""
    match block:
        case Text(text=text):
            return [{"role": role.value, "content": clean(text)}] if text.strip() else []
        case ToolCall(id=id, name=name):
            call = {
                "type": "function_call",
                "call_id": clean_id(id),
                "name": name,
                "arguments": encode_arguments(block),
            }
            return [call]
        case ToolResult(call_id=call_id):
            return [{"type": "function_call_output", "call_id": clean_id(call_id), "output": render_result(block)}]
        case Opaque(vendor=vendor, payload=payload):
            return [dict(payload["block"])] if vendor == VENDOR and payload.get("model") == model else []
        case Image():
            data = show(block, model)
            if data is None:
                return [{"role": role.value, "content": block.describe()}]
            part = {"type": "input_image", "image_url": f"data:{block.media};base64,{data}", "detail": "high"}
            return [{"role": role.value, "content": [part]}]


def read_event(event: Mapping[str, Any], draft: Draft) -> None:
    """Pour one event of a stream into the draft. Unknown events are ignored. Raises Failure for an error event."""
    match event.get("type"):
        case "response.created" | "response.in_progress":
            read_head(event.get("response") or {}, draft)
        case "response.output_text.delta" | "response.refusal.delta":
            key = (event.get("output_index"), event.get("content_index"))
            draft.add_text(key, str(event.get("delta") or ""))
        case "response.output_item.added":
            begin_item(event.get("output_index"), event.get("item") or {}, draft)
        case "response.function_call_arguments.delta":
            draft.add_call(event.get("output_index"), arguments=str(event.get("delta") or ""))
        case "response.output_item.done":
            read_item(event.get("output_index"), event.get("item") or {}, draft)
        case "response.completed" | "response.incomplete":
            read_end(event.get("response") or {}, draft)
        case "response.failed":
            raise_error((event.get("response") or {}).get("error") or {})
        case "error":
            raise_error(event.get("error") or event)


def raise_error(error: Mapping[str, Any]) -> None:
    """Raise the Failure that an error inside a stream is."""
    raise classify(None, str(error.get("code") or error.get("type") or ""), str(error.get("message") or ""))


def read_head(response: Mapping[str, Any], draft: Draft) -> None:
    """Read whose answer it is."""
    draft.request_id = str(response.get("id") or draft.request_id)
    draft.model = str(response.get("model") or draft.model)
    draft.has_begun = True


def begin_item(index: object, item: Mapping[str, Any], draft: Draft) -> None:
    """Take a call's name and id, which arrive before its arguments."""
    if item.get("type") == "function_call":
        draft.add_call(index, call_id=str(item.get("call_id") or ""), name=str(item.get("name") or ""))


def read_item(index: object, item: Mapping[str, Any], draft: Draft) -> None:
    """Take an item that is done; words that were streamed already are not taken twice."""
    match item.get("type"):
        case "message":
            for position, part in enumerate(item.get("content") or []):
                read_part((index, position), part, draft)
        case "function_call":
            begin_item(index, item, draft)
            piece = draft.find(index)
            if piece is not None and not piece.text:
                draft.add_call(index, arguments=str(item.get("arguments") or ""))
        case _:
            draft.add_opaque(index, dict(item))


def read_part(key: object, part: Mapping[str, Any], draft: Draft) -> None:
    """Take one part of a message."""
    if part.get("type") == "refusal":
        draft.stop = StopReason.REFUSAL
    text = part.get("text") or part.get("refusal")
    if text and draft.find(key) is None:
        draft.add_text(key, str(text))


def read_end(response: Mapping[str, Any], draft: Draft) -> None:
    """Read how the answer ended, what it used, and what no event before has brought."""
    read_head(response, draft)
    if usage := response.get("usage"):
        draft.usage = read_usage(usage)
    for index, item in enumerate(response.get("output") or []):
        if draft.find(index) is None:
            read_item(index, item, draft)
    draft.is_complete = True
    if draft.stop is not None:
        return
    if response.get("status") == "incomplete":
        reason = str((response.get("incomplete_details") or {}).get("reason") or "")
        draft.stop = INCOMPLETE.get(reason, StopReason.OTHER)
    else:
        draft.stop = StopReason.TOOL_CALLS if draft.has_calls() else StopReason.END_TURN


def read_usage(usage: Mapping[str, Any]) -> Usage:
    """Return the tokens reported; the input's count includes the cached ones, which are taken out."""
    details = usage.get("input_tokens_details") or {}
    cached, written = read_count(details.get("cached_tokens")), read_count(details.get("cache_write_tokens"))
    return Usage(
        input=max(0, read_count(usage.get("input_tokens")) - cached - written),
        output=read_count(usage.get("output_tokens")),
        cache_read=cached,
        cache_write=written,
    )
