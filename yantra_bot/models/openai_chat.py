"""OpenAI's Chat Completions API, which compatible servers speak: our conversation in its shape, its chunks in ours.

Pure; imports no SDK. Sends only what llama.cpp, vLLM and Ollama understand as well.
"""

import json
from collections.abc import Mapping
from typing import Any

from yantra_bot.domain.conversation import (
    Image,
    Message,
    ModelRequest,
    Role,
    StopReason,
    Text,
    ToolCall,
    ToolResult,
    Usage,
)
from yantra_bot.models.draft import Draft, clean, clean_id, read_count
from yantra_bot.models.sight import Show, show_nothing

STOPS = {
    "stop": StopReason.END_TURN,
    "tool_calls": StopReason.TOOL_CALLS,
    "function_call": StopReason.OTHER,
    "length": StopReason.MAX_TOKENS,
    "content_filter": StopReason.REFUSAL,
}


def encode(request: ModelRequest, *, limit_field: str = "max_tokens", show: Show = show_nothing) -> dict[str, Any]:
    """Return the body of a request. `limit_field` is `max_completion_tokens` at OpenAI itself."""
    messages: list[dict[str, Any]] = []
    if request.system.strip():
        messages.append({"role": "system", "content": clean(request.system)})
    for message in request.messages:
        is_answer = message.role is Role.ASSISTANT
        messages += encode_answer(message) if is_answer else encode_results(message, request.model, show)
    body: dict[str, Any] = {
        "model": request.model,
        limit_field: request.max_output_tokens,
        "messages": messages,
        "stream_options": {"include_usage": True},
    }
    if request.tools:
        body["tools"] = [
            {
                "type": "function",
                "function": {"name": tool.name, "description": tool.description, "parameters": tool.parameters},
            }
            for tool in request.tools
        ]
    return body


def encode_answer(message: Message) -> list[dict[str, Any]]:
    """Return a turn of the model; blocks of a vendor's own are left out."""
    words = join_text(message)
    calls = [
        {
            "id": clean_id(block.id),
            "type": "function",
            "function": {"name": block.name, "arguments": encode_arguments(block)},
        }
        for block in message.blocks
        if isinstance(block, ToolCall)
    ]
    if not words and not calls:
        return []
    return [{"role": "assistant", "content": words or None, **({"tool_calls": calls} if calls else {})}]


def encode_results(message: Message, model: str = "", show: Show = show_nothing) -> list[dict[str, Any]]:
    """Return a turn of ours: each result of a tool is a message, before any words."""
    results = [
        {"role": "tool", "tool_call_id": clean_id(block.call_id), "content": render_result(block)}
        for block in message.blocks
        if isinstance(block, ToolResult)
    ]
    if any(isinstance(block, Image) for block in message.blocks):
        return [*results, {"role": "user", "content": encode_parts(message, model, show)}]
    words = join_text(message)
    return [*results, {"role": "user", "content": words}] if words else results


def encode_parts(message: Message, model: str, show: Show) -> list[dict[str, Any]]:
    """Return the words and pictures of a turn of ours, in order."""
    parts: list[dict[str, Any]] = []
    for block in message.blocks:
        if isinstance(block, Text) and block.text.strip():
            parts.append({"type": "text", "text": clean(block.text)})
        elif isinstance(block, Image):
            data = show(block, model)
            url = {"url": f"data:{block.media};base64,{data}", "detail": "high"}
            told = {"type": "text", "text": block.describe()}
            parts.append(told if data is None else {"type": "image_url", "image_url": url})
    return parts


def join_text(message: Message) -> str:
    """Return the words of a turn."""
    return clean("\n\n".join(block.text for block in message.blocks if isinstance(block, Text) and block.text.strip()))


def encode_arguments(call: ToolCall) -> str:
    """Return the arguments of a call as the text that this vendor wants."""
    return json.dumps(call.arguments or {}, ensure_ascii=False)


def render_result(result: ToolResult) -> str:
    """Return what a tool answered; the API has no field for failure, so the text says it."""
    text = clean(result.content) if result.content.strip() else "(no output)"
    return f"[error]\n{text}" if result.is_error else text


def read_chunk(chunk: Mapping[str, Any], draft: Draft) -> None:
    """Pour one chunk of a stream into the draft."""
    draft.request_id = draft.request_id or str(chunk.get("id") or "")
    draft.model = draft.model or str(chunk.get("model") or "")
    if usage := chunk.get("usage"):
        draft.usage = read_usage(usage)
    for choice in (chunk.get("choices") or [])[:1]:
        read_delta(choice.get("delta") or {}, draft)
        if reason := choice.get("finish_reason"):
            draft.stop = draft.stop or STOPS.get(str(reason), StopReason.OTHER)
            draft.is_complete = True


def read_delta(delta: Mapping[str, Any], draft: Draft) -> None:
    """Append what a chunk brings."""
    if content := delta.get("content"):
        draft.add_text("text", str(content))
    if refusal := delta.get("refusal"):
        draft.add_text("refusal", str(refusal))
        draft.stop = StopReason.REFUSAL
    for position, call in enumerate(delta.get("tool_calls") or []):
        function = call.get("function") or {}
        draft.add_call(
            find_key(call, position, draft),
            call_id=str(call.get("id") or ""),
            name=str(function.get("name") or ""),
            arguments=str(function.get("arguments") or ""),
        )


def find_key(call: Mapping[str, Any], position: int, draft: Draft) -> object:
    """Return which call a fragment belongs to: by index, unless a server numbers every call alike."""
    index = call.get("index")
    number, call_id = position if index is None else index, str(call.get("id") or "")
    piece = draft.find(("call", number))
    is_another = piece is not None and call_id and piece.id and piece.id != call_id
    return ("call", number, call_id) if is_another else ("call", number)


def read_usage(usage: Mapping[str, Any]) -> Usage:
    """Return the tokens reported; the prompt's count includes the cached ones, which are taken out."""
    details = usage.get("prompt_tokens_details") or {}
    cached, written = read_count(details.get("cached_tokens")), read_count(details.get("cache_write_tokens"))
    return Usage(
        input=max(0, read_count(usage.get("prompt_tokens")) - cached - written),
        output=read_count(usage.get("completion_tokens")),
        cache_read=cached,
        cache_write=written,
    )
