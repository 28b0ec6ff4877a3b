"""Anthropic's Messages API as the fake speaks it."""

from typing import Any

from tests.fakes.models.answers import Answer, Event, HttpError, pieces
from tests.fakes.models.pictures import find_picture_fault

ERRORS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}


def build_blocks(answer: Answer) -> list[dict[str, Any]]:
    """Return the content of a message."""
    blocks: list[dict[str, Any]] = []
    if answer.thinking:
        blocks.append({"type": "thinking", "thinking": answer.thinking, "signature": f"signed:{answer.thinking}"})
    if answer.extra_block:
        blocks.append(answer.extra_block)
    if answer.text:
        blocks.append({"type": "text", "text": answer.text, "citations": None})
    for number, call in enumerate(answer.calls):
        name = f"toolu_{number}" if call.id is None else call.id
        blocks.append({"type": "tool_use", "id": name, "name": call.name, "input": call.arguments, "raw": call.text})
    return blocks


def build_usage(answer: Answer) -> dict[str, Any]:
    """Return the tokens as this API splits them."""
    total, output, read, written = answer.usage or (0, 0, 0, 0)
    return {
        "input_tokens": max(0, total - read - written),
        "output_tokens": output,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": written,
    }


def build_events(body: dict[str, Any], answer: Answer, number: int) -> list[Event]:
    """Return the events of a streamed answer."""
    usage = build_usage(answer)
    message: dict[str, Any] = {
        "id": f"msg_{number}",
        "type": "message",
        "role": "assistant",
        "model": answer.model or body["model"],
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {**usage, "output_tokens": min(1, usage["output_tokens"])},
    }
    events: list[Event] = [("message_start", {"type": "message_start", "message": message}), ("ping", {"type": "ping"})]
    for index, block in enumerate(build_blocks(answer)):
        events += build_block_events(index, block)
    details = {"type": "refusal", "category": None, "explanation": "policy"} if answer.reason == "refusal" else None
    delta = {"stop_reason": answer.reason, "stop_sequence": None, "stop_details": details}
    end = {"type": "message_delta", "delta": delta, "usage": usage}
    return [*events, ("message_delta", end), ("message_stop", {"type": "message_stop"})]


def build_block_events(index: int, block: dict[str, Any]) -> list[Event]:
    """Return the events of one block."""
    deltas: list[dict[str, Any]] = []
    match block["type"]:
        case "text":
            start = {**block, "text": ""}
            deltas = [{"type": "text_delta", "text": piece} for piece in pieces(block["text"])]
        case "tool_use":
            start = {"type": "tool_use", "id": block["id"], "name": block["name"], "input": {}}
            deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in ["", *pieces(block["raw"])]]
        case "thinking":
            start = {"type": "thinking", "thinking": "", "signature": ""}
            deltas = [{"type": "thinking_delta", "thinking": piece} for piece in pieces(block["thinking"])]
            deltas.append({"type": "signature_delta", "signature": block["signature"]})
        case _:
            start = block
    events: list[dict[str, Any]] = [{"type": "content_block_start", "index": index, "content_block": start}]
    events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
    events.append({"type": "content_block_stop", "index": index})
    return [(event["type"], event) for event in events]


def build_error(error: HttpError) -> Event:
    """Return an error, as a body and as an event."""
    kind = error.code or ERRORS.get(error.status, "api_error")
    return "error", {"type": "error", "error": {"type": kind, "message": error.message}, "request_id": "req_1"}


def find_fault(body: dict[str, Any]) -> str | None:
    """Return what the vendor would refuse about a request, None when it would accept it."""
    if "max_tokens" not in body:
        return "max_tokens: Field required"
    marks = str(body).count("'cache_control'")
    if marks > 4:
        return f"A maximum of 4 blocks with cache_control may be provided. Found {marks}."
    turns = body["messages"]
    if not turns or turns[0]["role"] != "user":
        return "messages: first message must use the user role"
    for before, after in zip(turns, [*turns[1:], {"role": "", "content": []}], strict=True):
        if fault := find_turn_fault(before, after):
            return fault
    return None


def find_turn_fault(turn: dict[str, Any], following: dict[str, Any]) -> str | None:
    """Return what is wrong with a turn in view of the one after it."""
    if not turn["content"] or any(block["type"] == "text" and not block["text"].strip() for block in turn["content"]):
        return "messages: text content blocks must be non-empty"
    for block in turn["content"]:
        if block["type"] == "image":
            source = block["source"]
            if turn["role"] != "user" or source.get("type") != "base64":
                return "messages: image blocks are allowed in user turns, with a source"
            if fault := find_picture_fault(source.get("media_type"), source.get("data")):
                return f"messages: {fault}"
    if turn["role"] == following["role"]:
        return "messages: roles must alternate"
    asked = [block["id"] for block in turn["content"] if block["type"] == "tool_use"]
    answered = [block["tool_use_id"] for block in following["content"] if block["type"] == "tool_result"]
    if len(set(asked)) != len(asked):
        return "messages: `tool_use` ids must be unique"
    if sorted(asked) != sorted(answered) and following["role"]:
        return "messages: `tool_use` ids were found without `tool_result` blocks immediately after"
    return None
