"""Compatible servers are not all alike: odd streams are read where that is safe, and asked for again where not."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.fakes.models import Answer, FakeModels, HttpError, Raw
from tests.fakes.models.bench import APIS, ask, connect
from yantra_bot.domain.conversation import Message, Role, StopReason, Text, ToolResult
from yantra_bot.errors import Permanent, Transient
from yantra_bot.models import anthropic_shape, openai_chat
from yantra_bot.models.draft import Draft


@pytest.fixture
async def fake() -> AsyncIterator[FakeModels]:
    async with FakeModels() as running:
        yield running


def stream(*events: dict[str, Any]) -> Raw:
    """Return events as bytes; named after their type, as vendors do."""
    names = (f"event: {event['type']}\n" if "type" in event else "" for event in events)
    lines = [f"{name}data: {json.dumps(event)}\n\n" for name, event in zip(names, events, strict=True)]
    return Raw("".join([*lines, "data: [DONE]\n\n"]).encode())


def chunk(finish: str | None = None, **delta: Any) -> dict[str, Any]:
    return {"id": "c", "model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def call(call_id: str | None, arguments: str, index: int | None = 0) -> dict[str, Any]:
    place = {} if index is None else {"index": index}
    return {**place, "id": call_id, "function": {"name": "read_file" if call_id else None, "arguments": arguments}}


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    "garbage",
    [b"", b"data: {]\n\n", b"event: message_start\ndata: {\n\n", b"<html>busy</html>", b"\xff\xfe\x00"],
    ids=range(5),
)
async def test_garbage_is_asked_for_again(api: str, garbage: bytes, fake: FakeModels) -> None:
    """A stream that is none is no answer; the call is made again."""
    fake.will(Raw(garbage), Answer("Fine."))
    async with connect(api, fake) as model:
        assert (await model.answer(ask())).text == "Fine."


@pytest.mark.parametrize(
    ("api", "event"),
    [
        ("messages", {"type": "message_start", "message": "x"}),
        ("messages", {"type": "content_block_delta", "index": 0, "delta": 7}),
        ("chat", {"id": "c", "choices": [3]}),
        ("responses", {"type": "response.completed", "response": [1]}),
    ],
)
async def test_events_of_a_wrong_shape_are_asked_for_again(api: str, event: dict[str, Any], fake: FakeModels) -> None:
    """JSON that is not what the vendor promises ends the try, not the run."""
    fake.will(stream(event), Answer("Fine."))
    async with connect(api, fake) as model:
        assert (await model.answer(ask())).text == "Fine."


async def test_chat_calls_without_or_with_one_index(fake: FakeModels) -> None:
    """Calls that a server numbers all alike, or not at all, are still told apart."""
    fake.will(
        stream(chunk(tool_calls=[call("a", "{}")]), chunk(tool_calls=[call("b", "{}")]), chunk("tool_calls")),
        stream(chunk(tool_calls=[call("a", "{}", None), call("b", "{}", None)]), chunk("stop")),
    )
    async with connect("chat", fake) as model:
        for _ in range(2):
            answer = await model.answer(ask())
            assert [one.id for one in answer.tool_calls] == ["a", "b"]
            assert answer.stop_reason is StopReason.TOOL_CALLS


async def test_a_chat_refusal(fake: FakeModels) -> None:
    """A refusal is read as the answer's words, and as a refusal."""
    fake.will(stream(chunk(refusal="I can"), chunk(refusal="not."), chunk("stop")))
    async with connect("chat", fake) as model:
        answer = await model.answer(ask())
    assert (answer.text, answer.stop_reason) == ("I cannot.", StopReason.REFUSAL)


async def test_an_error_inside_a_chat_stream(fake: FakeModels) -> None:
    """An error among the chunks is read by its words: overload is retried, the rest is not."""
    fake.will(stream({"error": {"message": "busy", "code": "server_error"}}), Answer("Fine."))
    fake.will(stream({"error": {"message": "no", "code": "insufficient_quota"}}))
    async with connect("chat", fake) as model:
        assert (await model.answer(ask())).text == "Fine."
        with pytest.raises(Permanent, match="quota"):
            await model.answer(ask())


async def test_a_response_that_comes_all_at_once(fake: FakeModels) -> None:
    """A server that sends the finished response alone is read like one that streams."""
    output = [
        {"type": "reasoning", "id": "r", "summary": []},
        {"type": "message", "content": [{"type": "output_text", "text": "Hi."}, {"type": "refusal", "refusal": "No."}]},
        {"type": "function_call", "call_id": "a", "name": "diff", "arguments": "{}"},
    ]
    response = {"id": "r", "model": "m", "status": "completed", "output": output}
    fake.will(stream({"type": "response.completed", "response": response}))
    heard: list[str] = []
    async with connect("responses", fake) as model:
        answer = await model.answer(ask(), on_text=heard.append)
    assert heard == ["Hi.", "No."]
    assert [block.kind for block in answer.blocks] == ["opaque", "text", "text", "tool_call"]
    assert answer.stop_reason is StopReason.REFUSAL
    assert answer.tool_calls[0].arguments is None


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"code": "server_error", "message": "x"}, None),
        ({"code": "rate_limit_exceeded", "message": "x"}, None),
        ({"code": "context_length_exceeded", "message": "x"}, "too long"),
    ],
)
async def test_a_failed_response(error: dict[str, str], expected: str | None, fake: FakeModels) -> None:
    """A response that fails on the way is retried or refused by its code."""
    fake.will(stream({"type": "response.failed", "response": {"error": error}}), Answer("Fine."))
    async with connect("responses", fake) as model:
        if expected is None:
            assert (await model.answer(ask())).text == "Fine."
        else:
            with pytest.raises(Permanent, match=expected):
                await model.answer(ask())


async def test_an_incomplete_response_for_an_unknown_reason(fake: FakeModels) -> None:
    """A reason nobody knows yet is OTHER, and runs nothing."""
    response = {"status": "incomplete", "incomplete_details": None, "output": [{"type": "message", "content": None}]}
    fake.will(stream({"type": "response.incomplete", "response": response}))
    async with connect("responses", fake) as model:
        assert (await model.answer(ask())).stop_reason is StopReason.OTHER


def read(*events: dict[str, Any]) -> Draft:
    draft = Draft("Anthropic", "m")
    for event in events:
        anthropic_shape.read_event(event, draft)
    return draft


def test_claude_arguments_that_come_whole() -> None:
    """A server that sends a call's arguments with its start is understood."""
    block = {"type": "tool_use", "id": "a", "name": "diff", "input": {"x": 1}}
    draft = read({"type": "content_block_start", "index": 0, "content_block": block}, {"type": "novelty"})
    draft.stop = StopReason.TOOL_CALLS
    assert draft.seal()[0][0].arguments == {"x": 1}  # type: ignore[union-attr]  # it is a call


def test_a_block_that_cannot_be_returned_unchanged_is_not_returned() -> None:
    """A vendor's own block with a part nobody understands is left out of the answer; other blocks stay."""
    start = {"type": "content_block_start", "index": 0, "content_block": {"type": "hologram"}}
    delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "light_delta", "light": "x"}}
    stray = {"type": "content_block_delta", "index": 9, "delta": {"type": "thinking_delta", "thinking": "x"}}
    assert read(start).seal()[0][0].kind == "opaque"
    assert read(start, delta, stray).seal()[0] == ()


def test_claude_gets_breakpoints_and_whole_turns() -> None:
    """System, tools and the last two turns of ours are marked for the cache; neighbours of one role are one turn."""
    turns = [Message(role, (Text(f"{role} {number}"),)) for number in range(3) for role in (Role.USER, Role.ASSISTANT)]
    last = (Message(Role.USER, (Text("steer"),)), Message(Role.USER, (ToolResult("a", "x"), Text(" "))))
    body = anthropic_shape.encode(ask(*turns, *last))
    assert body["system"][0]["cache_control"] == body["tools"][-1]["cache_control"] == {"type": "ephemeral"}
    marked = [turn["content"][-1] for turn in body["messages"] if "cache_control" in turn["content"][-1]]
    assert [block["text"] for block in marked] == ["user 2", "steer"]
    assert [block["type"] for block in body["messages"][-1]["content"]] == ["tool_result", "text"]
    assert str(body).count("cache_control") == 4


def test_bare_requests_leave_out_what_is_empty() -> None:
    """Without system text and tools neither is sent, and an empty turn of the model is no turn."""
    bare = ask("Go.", Message(Role.ASSISTANT, (Text(" "),)), "More.", system="", tools=())
    assert set(anthropic_shape.encode(bare)) == {"model", "max_tokens", "messages"}
    assert [turn["role"] for turn in openai_chat.encode(bare)["messages"]] == ["user", "user"]
    assert "max_completion_tokens" in openai_chat.encode(bare, limit_field="max_completion_tokens")


async def test_a_refusal_without_words(fake: FakeModels) -> None:
    """An HTTP error with no body ends like any other."""
    fake.will(*[HttpError(500, "")] * 4)
    async with connect("messages", fake) as model:
        with pytest.raises(Transient):
            await model.answer(ask())
