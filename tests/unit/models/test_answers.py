"""Both SDKs, over all three APIs, against the fake: what is sent, what comes back, what it costs."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.fakes.models import Answer, Call, FakeModels, Silence
from tests.fakes.models.bench import APIS, ask, connect, result
from yantra_bot.domain.conversation import Message, Opaque, Role, StopReason, Text, ToolCall, Usage
from yantra_bot.models.retry import Policy

pytestmark = pytest.mark.parametrize("api", APIS)


@pytest.fixture
async def fake() -> AsyncIterator[FakeModels]:
    async with FakeModels() as running:
        yield running


async def test_words_arrive_whole_and_piece_by_piece(api: str, fake: FakeModels) -> None:
    """An answer in words is returned whole, billed, and heard while it is written."""
    fake.will(Answer("I will look at the failing test first."))
    heard: list[str] = []
    async with connect(api, fake) as model:
        answer = await model.answer(ask(), on_text=heard.append)
    assert answer.text == "".join(heard) == "I will look at the failing test first."
    assert len(heard) > 1
    assert answer.stop_reason is StopReason.END_TURN
    assert answer.usage == Usage(input=100, output=34, cache_read=1000, cache_write=100)
    assert answer.cost_usd == pytest.approx((100 * 2 + 34 * 10 + 1000 * 0.1 + 100 * 2.5) / 1e6)
    assert answer.model == "some-model"
    assert answer.request_id


async def test_tool_calls_arrive_parsed(api: str, fake: FakeModels) -> None:
    """Tool calls keep their order, ids and arguments."""
    calls = (Call("read_file", {"path": "a.py"}, id="one"), Call("read_file", {"path": "é.py"}, id="two"), Call("diff"))
    fake.will(Answer("Reading.", calls=calls))
    async with connect(api, fake) as model:
        answer = await model.answer(ask())
    assert answer.stop_reason is StopReason.TOOL_CALLS
    assert [(call.id, call.name, call.arguments) for call in answer.tool_calls[:2]] == [
        ("one", "read_file", {"path": "a.py"}),
        ("two", "read_file", {"path": "é.py"}),
    ]
    assert answer.tool_calls[2].arguments == {}


async def test_a_conversation_goes_back_as_the_vendor_wants_it(api: str, fake: FakeModels) -> None:
    """A second turn carries the first answer, its reasoning and the tools' results, and the vendor accepts it."""
    fake.will(Answer("Reading.", (Call("read_file", {"path": "a.py"}),), thinking="hm"), Answer("Done."))
    async with connect(api, fake) as model:
        first = await model.answer(ask())
        call = first.tool_calls[0]
        history = ("Fix it.", Message(Role.ASSISTANT, first.blocks), result(call.id, "", is_error=True), "Hurry.")
        second = await model.answer(ask(*history))
    assert second.text == "Done."
    sent = str(fake.seen[1].body)
    assert "Hurry." in sent
    assert "(no output)" in sent
    if api != "chat":
        assert [block.kind for block in first.blocks] == ["opaque", "text", "tool_call"]
        assert "signed:hm" in sent or "sealed:hm" in sent


async def test_reasoning_goes_to_its_own_model_only(api: str, fake: FakeModels) -> None:
    """Another vendor's or another model's own blocks are left out of a request."""
    blocks = (
        Opaque("Anthropic", {"model": "other", "block": {"type": "thinking", "thinking": "SECRET"}}),
        Text("Yes."),
    )
    foreign = Opaque("Elsewhere", {"model": "some-model", "block": {"type": "thinking", "thinking": "SECRET"}})
    fake.will(Answer("Good."))
    async with connect(api, fake) as model:
        await model.answer(ask("One.", Message(Role.ASSISTANT, (*blocks, foreign)), "Two."))
    assert "SECRET" not in str(fake.seen[0].body)


async def test_unknown_blocks_are_kept_and_returned_unchanged(api: str, fake: FakeModels) -> None:
    """A block that no SDK of today knows goes back to its vendor as it came."""
    novelty = {"type": "hologram", "id": "h1", "data": {"depth": [1, 2, {"x": None}]}}
    fake.will(Answer("Look.", extra_block=novelty), Answer("Fine."))
    async with connect(api, fake) as model:
        first = await model.answer(ask())
        await model.answer(ask("One.", Message(Role.ASSISTANT, first.blocks), "Two."))
    assert first.text == "Look."
    if api != "chat":
        assert [block.payload["block"] for block in first.blocks if isinstance(block, Opaque)] == [novelty]
        content = fake.seen[1].body.get("input") or fake.seen[1].body["messages"][1]["content"]
        assert novelty in content


async def test_only_headers_of_ours_are_sent(api: str, fake: FakeModels, monkeypatch: pytest.MonkeyPatch) -> None:
    """Environment variables that the SDKs read leave no trace in a request."""
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "LEAK")
    for name in ("ANTHROPIC_CUSTOM_HEADERS", "OPENAI_CUSTOM_HEADERS"):
        monkeypatch.setenv(name, "authorization: LEAK\nx-leak: LEAK")
    for name in ("ANTHROPIC_BASE_URL", "OPENAI_BASE_URL", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    fake.will(Answer("Hello."))
    async with connect(api, fake) as model:
        await model.answer(ask())
    assert "LEAK" not in str(fake.seen[0])
    assert not [name for name in fake.seen[0].headers if name.startswith("x-")]


async def test_a_stopped_call_closes_its_connection(api: str, fake: FakeModels) -> None:
    """Cancelling a call in flight hangs up, so that nobody pays for what nobody reads."""
    fake.will(Silence(after_headers=True))
    async with connect(api, fake) as model:
        task = asyncio.create_task(model.answer(ask()))
        await fake.hung.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(fake.left.wait(), 5)


async def test_silence_before_the_first_byte_is_retried(api: str, fake: FakeModels) -> None:
    """A server that does not answer in time is asked again."""
    fake.will(Silence(), Silence(after_headers=True), Answer("There you are."))
    async with connect(api, fake, policy=Policy(first_byte=0.3, silence=0.3)) as model:
        answer = await model.answer(ask())
    assert answer.text == "There you are."
    assert len(fake.seen) == 3


async def test_a_call_ends_when_its_time_is_over(api: str, fake: FakeModels) -> None:
    """Retries and waits together never take longer than the overall limit."""
    fake.will(Silence())
    async with connect(api, fake, policy=Policy(overall=0.2)) as model:
        with pytest.raises(Exception, match="took longer than"):
            await model.answer(ask())


async def test_a_snapshot_is_priced_as_its_model(api: str, fake: FakeModels) -> None:
    """A vendor that names a dated snapshot of the model is billed at the model's price; an unknown one is unpriced."""
    fake.will(Answer("A", model="some-model-20260101"), Answer("B", model="mystery"))
    async with connect(api, fake) as model:
        assert (await model.answer(ask())).cost_usd is not None
        assert (await model.answer(ask(model="mystery"))).cost_usd is None


async def test_a_call_without_usable_arguments_goes_back_as_empty(api: str, fake: FakeModels) -> None:
    """A doubtful call stays in the history, with no arguments, so that its error can be answered to it."""
    call = ToolCall("bad id!", "read_file", None)
    fake.will(Answer("Sorry."))
    async with connect(api, fake) as model:
        await model.answer(ask("One.", Message(Role.ASSISTANT, (call,)), result("bad id!", "no JSON", is_error=True)))
    assert "bad_id_" in str(fake.seen[0].body)
