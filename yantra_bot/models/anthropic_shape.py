"""The Anthropic Messages API: our conversation in its shape, its events in ours.

Pure; imports no SDK. Vendors' own blocks go back unchanged, and only to the model that made them.
"""

from collections.abc import Mapping
from typing import Any

from yantra_bot.domain.conversation import (
    Block,
    Image,
    Message,
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
from yantra_bot.models.sight import Show, show_nothing

VENDOR = "Anthropic"
CACHED = {"type": "ephemeral"}
CACHED_TURNS = 2
"""Besides system and tools: the vendor allows four breakpoints in all."""
STOPS = {
    "end_turn": StopReason.END_TURN,
    "stop_sequence": StopReason.END_TURN,
    "tool_use": StopReason.TOOL_CALLS,
    "max_tokens": StopReason.MAX_TOKENS,
    "model_context_window_exceeded": StopReason.MAX_TOKENS,
    "refusal": StopReason.REFUSAL,
}


def encode(request: ModelRequest, *, with_reasoning: bool = True, show: Show = show_nothing) -> dict[str, Any]:
    """Return the body of a request, with breakpoints for the vendor's prompt cache."""
    body: dict[str, Any] = {
        "model": request.model,
        "max_tokens": request.max_output_tokens,
        "messages": encode_messages(request, with_reasoning=with_reasoning, show=show),
    }
    if request.system.strip():
        body["system"] = [{"type": "text", "text": clean(request.system), "cache_control": CACHED}]
    if request.tools:
        tools: list[dict[str, Any]] = [
            {"name": tool.name, "description": tool.description, "input_schema": tool.parameters}
            for tool in request.tools
        ]
        tools[-1]["cache_control"] = CACHED
        body["tools"] = tools
    return body


def encode_messages(request: ModelRequest, *, with_reasoning: bool, show: Show = show_nothing) -> list[dict[str, Any]]:
    """Return the turns, neighbours of one role joined, results of tools first."""
    turns: list[dict[str, Any]] = []
    for message in request.messages:
        content = encode_message(message, request.model, with_reasoning=with_reasoning, show=show)
        if turns and turns[-1]["role"] == message.role.value:
            turns[-1]["content"].extend(content)
        elif content:
            turns.append({"role": message.role.value, "content": content})
    for turn in turns:
        if turn["role"] == "user":
            turn["content"].sort(key=lambda block: block["type"] != "tool_result")
    for turn in [turn for turn in turns if turn["role"] == "user"][-CACHED_TURNS:]:
        turn["content"][-1]["cache_control"] = CACHED
    return turns


def encode_message(
    message: Message, model: str, *, with_reasoning: bool, show: Show = show_nothing
) -> list[dict[str, Any]]:
    """Return the blocks of a turn that this model may see again."""
    content = []
    for block in message.blocks:
        encoded = encode_block(block, model, show)
        if encoded is not None and (with_reasoning or not isinstance(block, Opaque)):
            content.append(encoded)
    # A turn of nothing but reasoning has nothing to follow it, which the vendor refuses.
    if message.role is Role.ASSISTANT and all(block["type"] not in ("text", "tool_use") for block in content):
        return []
    return content


def encode_block(block: Block, model: str, show: Show = show_nothing) -> dict[str, Any] | None:
    """Return one block, None for what must not or cannot be sent."""
    match block:
        case Text(text=text):
            return {"type": "text", "text": clean(text)} if text.strip() else None
        case ToolCall(id=id, name=name, arguments=arguments):
            return {"type": "tool_use", "id": clean_id(id), "name": name, "input": arguments or {}}
        case ToolResult(call_id=call_id, content=content, is_error=is_error):
            text = clean(content) if content.strip() else "(no output)"
            result = {"type": "tool_result", "tool_use_id": clean_id(call_id), "content": text}
            return {**result, "is_error": True} if is_error else result
        case Opaque(vendor=vendor, payload=payload):
            is_ours = vendor == VENDOR and payload.get("model") == model
            return dict(payload["block"]) if is_ours else None
        case Image():
            data = show(block, model)
            if data is None:
                return {"type": "text", "text": block.describe()}
            return {"type": "image", "source": {"type": "base64", "media_type": block.media, "data": data}}


def read_event(event: Mapping[str, Any], draft: Draft) -> None:
    """Pour one event of a stream into the draft. Unknown events are ignored."""
    match event.get("type"):
        case "message_start":
            message = event.get("message") or {}
            draft.request_id = str(message.get("id") or "")
            draft.model = str(message.get("model") or "")
            draft.usage = read_usage(message.get("usage") or {}, draft.usage)
        case "content_block_start":
            start_block(event.get("index"), dict(event.get("content_block") or {}), draft)
        case "content_block_delta":
            read_delta(event.get("index"), event.get("delta") or {}, draft)
        case "message_delta":
            read_end(event, draft)
        case "message_stop":
            draft.is_complete = draft.stop is not None


def start_block(index: object, block: dict[str, Any], draft: Draft) -> None:
    """Begin a block: words, a tool call, or something of the vendor's own."""
    match block.get("type"):
        case "text":
            draft.add_text(index, str(block.get("text") or ""))
        case "tool_use":
            draft.add_call(index, call_id=str(block.get("id") or ""), name=str(block.get("name") or ""))
            draft.call_input(index, block.get("input"))
        case _:
            draft.add_opaque(index, block)


def read_delta(index: object, delta: Mapping[str, Any], draft: Draft) -> None:
    """Append to a block."""
    match delta.get("type"):
        case "text_delta":
            draft.add_text(index, str(delta.get("text") or ""))
        case "input_json_delta":
            draft.add_call(index, arguments=str(delta.get("partial_json") or ""))
        case "thinking_delta":
            draft.extend_opaque(index, "thinking", str(delta.get("thinking") or ""))
        case "signature_delta":
            draft.extend_opaque(index, "signature", str(delta.get("signature") or ""))
        case _:
            # What cannot be sent back unchanged is not sent back.
            draft.break_opaque(index)


def read_end(event: Mapping[str, Any], draft: Draft) -> None:
    """Read why the answer ended and what it used."""
    delta = event.get("delta") or {}
    draft.usage = read_usage(event.get("usage") or {}, draft.usage)
    reason = delta.get("stop_reason")
    if reason is None:
        return
    draft.stop = STOPS.get(str(reason), StopReason.OTHER)
    explanation = (delta.get("stop_details") or {}).get("explanation")
    if draft.stop is StopReason.REFUSAL and explanation:
        draft.add_text("refusal", str(explanation))


def read_usage(usage: Mapping[str, Any], before: Usage | None) -> Usage:
    """Return the tokens reported so far; every number is cumulative, and a later event may leave some out."""
    known = before or Usage()
    return Usage(
        input=read_count(usage.get("input_tokens")) or known.input,
        output=read_count(usage.get("output_tokens")) or known.output,
        cache_read=read_count(usage.get("cache_read_input_tokens")) or known.cache_read,
        cache_write=read_count(usage.get("cache_creation_input_tokens")) or known.cache_write,
    )
