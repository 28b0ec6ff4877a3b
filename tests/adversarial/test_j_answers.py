"""Group J, the answers: broken, doubled, empty, refused, endless, unbilled, carried to another vendor."""

from collections.abc import AsyncIterator

import pytest

from tests.fakes.models import Answer, Call, FakeModels, HttpError
from tests.fakes.models.bench import APIS, READ_FILE, ask, connect, result
from tests.fakes.models.guard import forbid_paid_calls
from yantra_bot.domain.conversation import Message, Role, StopReason
from yantra_bot.errors import Permanent
from yantra_bot.models.draft import MAX_CHARACTERS, MAX_TOOL_CALLS

each_api = pytest.mark.parametrize("api", APIS)
READ = Call("read_file", {"path": "a.py"})


@pytest.fixture(autouse=True)
def nobody_is_paid(monkeypatch: pytest.MonkeyPatch) -> None:
    """The vendors are out of reach."""
    forbid_paid_calls(monkeypatch)


@pytest.fixture
async def fake() -> AsyncIterator[FakeModels]:
    async with FakeModels() as running:
        yield running


@pytest.mark.case("J03")
@each_api
@pytest.mark.parametrize(
    "raw",
    [
        *('{"path": "a', '{"path": }', "[1]", '"x"', "null", "NaN", '{"a": NaN}', '{"a": "\\ud800"}', "[" * 100_000),
        *('{"a":' * 200 + "1" + "}" * 200, '{"a": ' + "9" * 5000 + "}"),
    ],
    ids=range(11),
)
async def test_broken_arguments_are_never_executed(api: str, raw: str, fake: FakeModels) -> None:
    """Arguments that are cut, no object, too deep or not storable become None, and the answer is whole otherwise."""
    fake.will(Answer("Well.", (Call("read_file", raw=raw), READ)))
    async with connect(api, fake) as model:
        answer = await model.answer(ask())
    assert [call.arguments for call in answer.tool_calls] == [None, {"path": "a.py"}]
    assert answer.cost_usd is not None


@pytest.mark.case("J03")
@each_api
async def test_two_calls_with_one_id(api: str, fake: FakeModels) -> None:
    """Ids become unique, so that a history can hold both; the second call is in doubt and not executed."""
    twice = (
        Call("read_file", {"path": "a"}, id="same"),
        Call("read_file", {"path": "b"}, id="same"),
        Call("diff", id=""),
    )
    fake.will(Answer(calls=twice), Answer("Good."))
    async with connect(api, fake) as model:
        first = await model.answer(ask())
        ids = [call.id for call in first.tool_calls]
        history = ("Go.", Message(Role.ASSISTANT, first.blocks), *(result(call_id, "x") for call_id in ids))
        assert (await model.answer(ask(*history))).text == "Good."
    assert len(set(ids)) == 3
    assert [call.arguments for call in first.tool_calls] == [{"path": "a"}, None, {}]


@pytest.mark.case("J03")
@each_api
async def test_calls_of_an_answer_that_hit_the_limit_are_not_executed(api: str, fake: FakeModels) -> None:
    """With stop reason max_tokens no call of the answer has arguments, whole as they look."""
    fake.will(Answer("Reading.", (READ, Call("write_file", raw="")), stop="max_tokens"))
    async with connect(api, fake) as model:
        answer = await model.answer(ask())
    assert answer.stop_reason is StopReason.MAX_TOKENS
    assert [call.arguments for call in answer.tool_calls] == [None, None]


@pytest.mark.case("J04")
@each_api
@pytest.mark.parametrize(
    ("told", "stop"),
    [
        (Answer(), StopReason.END_TURN),
        (Answer("  \n"), StopReason.END_TURN),
        (Answer("I will not.", stop="refusal"), StopReason.REFUSAL),
        (Answer(stop="refusal"), StopReason.REFUSAL),
        (Answer("Wait.", stop="pause_turn"), StopReason.OTHER),
        (Answer(calls=(READ,), stop="refusal"), StopReason.REFUSAL),
        (Answer(extra_block={"type": "hologram"}), StopReason.END_TURN),
    ],
)
async def test_odd_endings_are_named(api: str, told: Answer, stop: StopReason, fake: FakeModels) -> None:
    """An empty answer, a refusal, a filter and a pause are answers with their reason, billed, and run nothing."""
    fake.will(told)
    async with connect(api, fake) as model:
        answer = await model.answer(ask())
    assert answer.stop_reason is stop
    assert all(call.arguments is None for call in answer.tool_calls)
    assert answer.usage.output == 34


@pytest.mark.case("J05")
@each_api
async def test_an_endless_answer_is_cut(api: str, fake: FakeModels) -> None:
    """An answer beyond a million characters is not read on, counts as cut, and is billed by our own count."""
    fake.will(Answer("word " * 400_000))
    heard: list[str] = []
    async with connect(api, fake) as model:
        answer = await model.answer(ask(), on_text=heard.append)
    assert len(answer.text) <= MAX_CHARACTERS
    assert sum(map(len, heard)) <= MAX_CHARACTERS
    assert answer.stop_reason is StopReason.MAX_TOKENS
    assert answer.usage.output > 100_000
    assert answer.usage.is_estimate


@pytest.mark.case("J05")
@each_api
async def test_endless_arguments_are_not_executed(api: str, fake: FakeModels) -> None:
    """A tool call beyond a million characters has no arguments."""
    fake.will(Answer("Writing.", (Call("write_file", {"content": "x" * 2 * MAX_CHARACTERS}),)))
    async with connect(api, fake) as model:
        answer = await model.answer(ask())
    assert [call.arguments for call in answer.tool_calls] == [None]


@pytest.mark.case("J05")
@pytest.mark.parametrize(("api", "count"), [("messages", 10_000), ("chat", 1_000), ("responses", 1_000)])
async def test_ten_thousand_calls_are_capped(api: str, count: int, fake: FakeModels) -> None:
    """Of too many calls the first are kept, and the answer says how many were dropped."""
    fake.will(Answer("Reading.", tuple(Call("diff", id=f"c{number}") for number in range(count))))
    async with connect(api, fake) as model:
        answer = await model.answer(ask())
    assert len(answer.tool_calls) == MAX_TOOL_CALLS
    assert f"{count - MAX_TOOL_CALLS} further tool calls" in answer.text


@pytest.mark.case("J06")
@each_api
async def test_impossible_tool_names_can_live_in_a_history(api: str, fake: FakeModels) -> None:
    """A name that vendors refuse in a history is made harmless; it still names no tool."""
    fake.will(Answer(calls=(Call("x" * 30_000), Call("../etc/passwd\n"), Call(""))))
    async with connect(api, fake) as model:
        answer = await model.answer(ask())
    assert [call.name for call in answer.tool_calls] == ["x" * 64, "___etc_passwd_", "unnamed"]


@pytest.mark.case("J07")
@each_api
@pytest.mark.parametrize("usage", [None, (0, 0, 0, 0)])
async def test_missing_usage_is_counted_here(
    api: str, usage: tuple[int, int, int, int] | None, fake: FakeModels
) -> None:
    """When a vendor reports no tokens ours are counted, priced and marked as an estimate."""
    fake.will(Answer("word " * 100, (READ,), usage=usage))
    async with connect(api, fake) as model:
        answer = await model.answer(ask("word " * 1000))
    assert answer.usage.is_estimate
    assert 1000 <= answer.usage.input <= 1100
    assert 100 <= answer.usage.output <= 120
    assert answer.cost_usd is not None
    assert answer.cost_usd > 0


@pytest.mark.case("J11")
@each_api
@pytest.mark.parametrize("first_api", APIS)
async def test_a_conversation_moves_to_another_vendor(api: str, first_api: str, fake: FakeModels) -> None:
    """A run that began at one vendor goes on at another: same tools, same results, nobody's private blocks."""
    calls = (Call("read_file", {"path": "a"}, id="toolu/odd:id"), Call("read_file", raw="{"))
    fake.will(Answer("Reading.", calls, thinking="hm"), Answer("Done."))
    async with connect(first_api, fake) as model:
        first = await model.answer(ask())
    results = (result(call.id, "x") for call in first.tool_calls)
    async with connect(api, fake) as model:
        other = ask("Go.", Message(Role.ASSISTANT, first.blocks), *results, model="another-model")
        assert (await model.answer(other)).text == "Done."
    assert READ_FILE.description in str(fake.seen[1].body["tools"])
    assert "signed:" not in str(fake.seen[1].body)
    assert "sealed:" not in str(fake.seen[1].body)


@pytest.mark.case("J11")
@pytest.mark.parametrize("api", ["messages", "responses"])
async def test_reasoning_that_is_not_accepted_any_more_is_left_out(api: str, fake: FakeModels) -> None:
    """When a vendor refuses its own earlier reasoning the call is made once more without it."""
    complaint = {
        "messages": "messages.1.content.0: Invalid `signature` in `thinking` block. The block is bound elsewhere.",
        "responses": "The encrypted content for item rs_1 could not be verified. invalid_encrypted_content",
    }[api]
    fake.will(Answer("One.", thinking="hm"), HttpError(400, complaint), Answer("Two."), HttpError(400, complaint))
    async with connect(api, fake) as model:
        first = await model.answer(ask())
        history = ("Go.", Message(Role.ASSISTANT, first.blocks), "More.")
        assert (await model.answer(ask(*history))).text == "Two."
        with pytest.raises(Permanent):
            await model.answer(ask("Nothing to leave out."))
    assert "hm" in str(fake.seen[1].body)
    assert "signed:" not in str(fake.seen[2].body)
