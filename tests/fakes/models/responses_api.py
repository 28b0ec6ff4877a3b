"""OpenAI's Responses API as the fake speaks it."""

from typing import Any

from tests.fakes.models.answers import Answer, Event, HttpError, pieces
from tests.fakes.models.chat_api import CODES
from tests.fakes.models.pictures import find_url_fault

INCOMPLETE = {"max_tokens": "max_output_tokens", "refusal": "content_filter", "pause_turn": "steered"}


def build_items(answer: Answer) -> list[dict[str, Any]]:
    """Return the output of a response."""
    items: list[dict[str, Any]] = []
    if answer.thinking:
        sealed = f"sealed:{answer.thinking}"
        items.append({"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": sealed})
    if answer.extra_block:
        items.append(answer.extra_block)
    if answer.text:
        part = {"type": "output_text", "text": answer.text, "annotations": []}
        message = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [part]}
        items.append(message)
    for number, call in enumerate(answer.calls):
        items.append(
            {
                "type": "function_call",
                "id": f"fc_{number}",
                "call_id": f"call_{number}" if call.id is None else call.id,
                "name": call.name,
                "arguments": call.text,
                "status": "completed",
            }
        )
    return items


def build_usage(answer: Answer) -> dict[str, Any] | None:
    """Return the tokens as this API counts them: the input's include the cached ones."""
    if answer.usage is None:
        return None
    total, output, read, written = answer.usage
    return {
        "input_tokens": total,
        "output_tokens": output,
        "total_tokens": total + output,
        "input_tokens_details": {"cached_tokens": read, "cache_write_tokens": written},
        "output_tokens_details": {"reasoning_tokens": 0},
    }


def build_response(body: dict[str, Any], answer: Answer, number: int) -> dict[str, Any]:
    """Return a whole response."""
    reason = INCOMPLETE.get(answer.reason)
    return {
        "id": f"resp_{number}",
        "object": "response",
        "created_at": 1_795_000_000,
        "status": "incomplete" if reason else "completed",
        "incomplete_details": {"reason": reason} if reason else None,
        "error": None,
        "instructions": None,
        "metadata": {},
        "model": answer.model or body["model"],
        "output": build_items(answer),
        "parallel_tool_calls": True,
        "temperature": None,
        "tool_choice": "auto",
        "tools": [],
        "top_p": None,
        "usage": build_usage(answer),
    }


def build_events(body: dict[str, Any], answer: Answer, number: int) -> list[Event]:
    """Return the events of a streamed answer."""
    whole = build_response(body, answer, number)
    begun = {**whole, "status": "in_progress", "incomplete_details": None, "output": [], "usage": None}
    events: list[dict[str, Any]] = [{"type": "response.created", "response": begun}]
    for index, item in enumerate(whole["output"]):
        events += build_item_events(index, item)
    events.append({"type": f"response.{whole['status']}", "response": whole})
    return [(event["type"], {**event, "sequence_number": place}) for place, event in enumerate(events)]


def build_item_events(index: int, item: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the events of one item."""
    begun, deltas = item, []
    if item["type"] == "message":
        begun = {**item, "status": "in_progress", "content": []}
        place = {"item_id": item["id"], "output_index": index, "content_index": 0, "logprobs": []}
        deltas = [
            {"type": "response.output_text.delta", **place, "delta": piece}
            for piece in pieces(item["content"][0]["text"])
        ]
    elif item["type"] == "function_call":
        begun = {**item, "status": "in_progress", "arguments": ""}
        deltas = [
            {
                "type": "response.function_call_arguments.delta",
                "item_id": item["id"],
                "output_index": index,
                "delta": piece,
            }
            for piece in pieces(item["arguments"])
        ]
    return [
        {"type": "response.output_item.added", "output_index": index, "item": begun},
        *deltas,
        {"type": "response.output_item.done", "output_index": index, "item": item},
    ]


def build_error(error: HttpError) -> Event:
    """Return an error, as a body and as an event."""
    code = error.code or CODES.get(error.status, "invalid_request_error")
    if error.in_stream:
        return "error", {"type": "error", "code": code, "message": error.message, "param": None, "sequence_number": 0}
    return "", {"error": {"message": error.message, "type": code, "param": None, "code": code}}


def find_fault(body: dict[str, Any]) -> str | None:
    """Return what the vendor would refuse about a request, None when it would accept it."""
    asked = [item["call_id"] for item in body["input"] if item.get("type") == "function_call"]
    answered = [item["call_id"] for item in body["input"] if item.get("type") == "function_call_output"]
    if len(set(asked)) != len(asked):
        return "function call ids must be unique"
    for item in body["input"]:
        for part in item["content"] if isinstance(item.get("content"), list) else []:
            if part.get("type") == "input_image" and (fault := find_url_fault(part.get("image_url"))):
                return fault
            if part.get("type") == "input_image" and item.get("role") != "user":
                return "input_image is only allowed in user messages"
    missing = set(asked) ^ set(answered)
    return f"No tool output found for function call {min(missing)}." if missing else None
