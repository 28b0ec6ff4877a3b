"""OpenAI's Chat Completions API as the fake speaks it."""

from typing import Any

from tests.fakes.models.answers import Answer, Event, HttpError, pieces
from tests.fakes.models.pictures import find_url_fault

FINISH = {
    "end_turn": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "refusal": "content_filter",
    "pause_turn": "pause",
}
CODES = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded", 500: "server_error"}


def build_deltas(answer: Answer) -> list[dict[str, Any]]:
    """Return what the chunks bring."""
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    if answer.extra_block:
        deltas.append({"reasoning_content": str(answer.extra_block)})
    deltas += [{"content": piece} for piece in pieces(answer.text)]
    for index, call in enumerate(answer.calls):
        name = f"call_{index}" if call.id is None else call.id
        head = {"index": index, "id": name, "type": "function", "function": {"name": call.name, "arguments": ""}}
        deltas.append({"tool_calls": [head]})
        deltas += [{"tool_calls": [{"index": index, "function": {"arguments": piece}}]} for piece in pieces(call.text)]
    return deltas


def build_usage(answer: Answer) -> dict[str, Any]:
    """Return the tokens as this API counts them: the prompt's include the cached ones."""
    total, output, read, written = answer.usage or (0, 0, 0, 0)
    return {
        "prompt_tokens": total,
        "completion_tokens": output,
        "total_tokens": total + output,
        "prompt_tokens_details": {"cached_tokens": read, "cache_write_tokens": written},
    }


def build_events(body: dict[str, Any], answer: Answer, number: int) -> list[Event]:
    """Return the chunks of a streamed answer."""
    head = {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion.chunk",
        "created": 1_795_000_000,
        "model": answer.model or body["model"],
    }
    chunks = [
        {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in build_deltas(answer)
    ]
    chunks.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": FINISH[answer.reason]}]})
    if answer.usage is not None and (body.get("stream_options") or {}).get("include_usage"):
        chunks.append({**head, "choices": [], "usage": build_usage(answer)})
    return [("", chunk) for chunk in chunks]


def build_error(error: HttpError) -> Event:
    """Return an error, as a body and as an event."""
    code = error.code or CODES.get(error.status, "invalid_request_error")
    return "", {"error": {"message": error.message, "type": code, "param": None, "code": code}}


def find_fault(body: dict[str, Any]) -> str | None:
    """Return what the vendor would refuse about a request, None when it would accept it."""
    open_calls: set[str] = set()
    for message in body["messages"]:
        if message["role"] == "tool":
            if message["tool_call_id"] not in open_calls:
                return f"No tool call found for tool_call_id {message['tool_call_id']}"
            open_calls.remove(message["tool_call_id"])
            continue
        if open_calls:
            return f"tool_call_ids did not have response messages: {sorted(open_calls)}"
        if fault := find_content_fault(message):
            return fault
        asked = [call["id"] for call in message.get("tool_calls") or []]
        if len(set(asked)) != len(asked):
            return "tool call ids must be unique"
        open_calls = set(asked)
    return None


def find_content_fault(message: dict[str, Any]) -> str | None:
    """Return what is wrong with the parts of a message; words alone may be a plain text."""
    parts = message.get("content")
    if not isinstance(parts, list):
        return None
    for part in parts:
        if part.get("type") == "image_url":
            if message["role"] != "user":
                return "image_url is only allowed in user messages"
            if part["image_url"].get("detail", "auto") not in ("auto", "low", "high"):
                return "invalid detail"
            if fault := find_url_fault(part["image_url"].get("url")):
                return fault
        elif part.get("type") != "text" or not str(part.get("text", "")).strip():
            return f"invalid content part {part.get('type')!r}"
    return None
