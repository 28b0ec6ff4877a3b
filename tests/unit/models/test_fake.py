"""The fake against the vendors' own types: what it says is what they would say, and what we send is what they take."""

from collections.abc import Iterable
from typing import Any

import pytest
from anthropic.types import RawMessageStreamEvent
from anthropic.types.message_create_params import MessageCreateParamsStreaming
from openai.types.chat import ChatCompletionChunk
from openai.types.chat.completion_create_params import CompletionCreateParamsStreaming
from openai.types.responses import ResponseStreamEvent
from openai.types.responses.response_create_params import ResponseCreateParamsStreaming
from pydantic import TypeAdapter

from tests.fakes.models import Answer, Call, FakeModels, chat_api, messages_api, responses_api
from tests.fakes.models.bench import READ_FILE, ask, connect, result
from yantra_bot.domain.conversation import Message, Role, Text, ToolCall
from yantra_bot.errors import Permanent
from yantra_bot.models import anthropic_shape, openai_chat, openai_responses

ANSWERS = (
    Answer("Words, all kinds: é漢🎉."),
    Answer("Reading.", (Call("read_file", {"path": "a"}), Call("diff")), thinking="hm"),
    Answer(stop="refusal"),
    Answer("Half", stop="max_tokens", usage=None),
)
SHAPES: dict[str, tuple[Any, Any]] = {
    "messages": (messages_api, RawMessageStreamEvent),
    "chat": (chat_api, ChatCompletionChunk),
    "responses": (responses_api, ResponseStreamEvent),
}
BODY = {"model": "m", "stream_options": {"include_usage": True}}


@pytest.mark.parametrize("api", SHAPES)
@pytest.mark.parametrize("answer", ANSWERS)
def test_every_event_is_of_the_vendors_type(api: str, answer: Answer) -> None:
    """Each event of an answer validates against the type that the vendor's SDK declares for it."""
    module, declared = SHAPES[api]
    adapter: TypeAdapter[Any] = TypeAdapter(declared)
    for name, event in module.build_events(BODY, answer, 1):
        if name != "ping":
            adapter.validate_python(event)


@pytest.mark.parametrize(
    ("encode", "declared"),
    [
        (anthropic_shape.encode, MessageCreateParamsStreaming),
        (openai_chat.encode, CompletionCreateParamsStreaming),
        (openai_responses.encode, ResponseCreateParamsStreaming),
    ],
)
def test_every_request_is_of_the_vendors_type(encode: Any, declared: Any) -> None:
    """A request with everything in it validates against the parameters that the vendor's SDK declares."""
    call = ToolCall("one", "read_file", {"path": "a"})
    request = ask("Go.", Message(Role.ASSISTANT, (Text("Yes."), call)), result("one", "text", is_error=True), "More.")
    body = {**encode(request), "stream": True}
    adapter: TypeAdapter[Any] = TypeAdapter(declared)
    walk(adapter.validate_python(body))
    assert {READ_FILE.name} == {tool.get("name") or tool["function"]["name"] for tool in body["tools"]}


def walk(value: Any) -> None:
    """Visit everything: pydantic validates what the SDK declares as iterable only when it is read."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, str | bytes) and isinstance(value, Iterable):
        for part in value:
            walk(part)


@pytest.mark.parametrize("api", SHAPES)
async def test_the_fake_refuses_what_a_vendor_refuses(api: str) -> None:
    """A call of a tool that nobody answered is refused, as at the vendors."""
    async with FakeModels() as fake, connect(api, fake) as model:
        with pytest.raises(Permanent, match=r"refuses the request: .*(tool|function)"):
            await model.answer(ask("Go.", Message(Role.ASSISTANT, (ToolCall("one", "diff", {}),)), "More."))
