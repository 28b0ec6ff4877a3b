"""Group J, the vendors: busy, cut off, refusing, deprecated, moved elsewhere, out of room."""

import traceback
from collections.abc import AsyncIterator

import pytest

from tests.fakes.models import Answer, Call, Cut, FakeModels, HttpError, Redirect, Silence
from tests.fakes.models.bench import APIS, StillClock, ask, connect
from tests.fakes.models.guard import forbid_paid_calls
from tests.fakes.models.server import KEY
from yantra_bot.errors import ContextOverflow, Permanent, SettingsError, Transient
from yantra_bot.models.anthropic import AnthropicModel
from yantra_bot.models.caller import Unanswered
from yantra_bot.models.catalogue import VendorId
from yantra_bot.models.check import check_model_id
from yantra_bot.models.openai import OpenAIModel
from yantra_bot.models.retry import Policy

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


@pytest.mark.case("J01")
@each_api
@pytest.mark.parametrize("status", [408, 429, 500, 503, 529])
async def test_a_busy_vendor_is_asked_again(api: str, status: int, fake: FakeModels) -> None:
    """Overload is retried with rising, jittered waits, and the answer that comes then is the answer."""
    clock = StillClock()
    fake.will(HttpError(status), HttpError(status), Answer("At last."))
    async with connect(api, fake, clock=clock) as model:
        assert (await model.answer(ask())).text == "At last."
    assert [round(wait, 1) for wait in clock.slept] != []
    assert 0.05 <= clock.slept[0] < 0.15 <= clock.slept[1] * 1.5
    assert clock.slept[1] < 0.3


@pytest.mark.case("J01")
@each_api
async def test_a_vendor_that_stays_busy_is_given_up(api: str, fake: FakeModels) -> None:
    """After the last retry the call ends as Transient, with what the vendor said."""
    fake.will(*[HttpError(529, "come back later")] * 4)
    async with connect(api, fake) as model:
        with pytest.raises(Transient, match="come back later"):
            await model.answer(ask())
    assert len(fake.seen) == 4


@pytest.mark.case("J01")
@each_api
@pytest.mark.parametrize(("headers", "wait"), [({"retry-after": "7"}, 7), ({"retry-after-ms": "1500"}, 1.5)])
async def test_retry_after_is_honoured(api: str, headers: dict[str, str], wait: float, fake: FakeModels) -> None:
    """A vendor that names a time is not asked before it."""
    clock = StillClock()
    fake.will(HttpError(429, headers=headers), Answer("Now."))
    async with connect(api, fake, clock=clock) as model:
        await model.answer(ask())
    assert wait < clock.slept[0] < wait + 0.2


@pytest.mark.case("J01")
@each_api
async def test_a_long_retry_after_ends_the_call(api: str, fake: FakeModels) -> None:
    """A wait beyond the budget is handed to the caller instead of being slept through."""
    clock = StillClock()
    fake.will(HttpError(429, headers={"retry-after": "3600"}))
    async with connect(api, fake, clock=clock) as model:
        with pytest.raises(Transient) as raised:
            await model.answer(ask())
    assert raised.value.retry_after == 3600
    assert clock.slept == []


@pytest.mark.case("J02")
@each_api
@pytest.mark.parametrize("is_abrupt", [True, False])
async def test_a_cut_stream_never_becomes_an_answer(api: str, is_abrupt: bool, fake: FakeModels) -> None:
    """Wherever a stream ends too early, its half tool call is thrown away and the whole one is asked for again."""
    whole = Answer("Reading.", (READ,))
    async with connect(api, fake, policy=Policy(delays=(0.0,) * 40)) as model:
        fake.will(*(Answer("Reading.", (READ,), cut=Cut(after, is_abrupt)) for after in range(1, 6)), whole)
        answer = await model.answer(ask())
    assert len(fake.seen) == 6
    assert [call.arguments for call in answer.tool_calls] == [{"path": "a.py"}]
    assert answer.usage.output > 34, "the cut tries are on the bill too"


@pytest.mark.case("J02")
@each_api
async def test_streams_that_are_always_cut_are_given_up_and_booked(api: str, fake: FakeModels) -> None:
    """When every try is cut the call ends as Transient and says what was spent."""
    fake.will(*[Answer("Reading a lot.", (READ,), cut=Cut(4))] * 4)
    async with connect(api, fake) as model:
        with pytest.raises(Unanswered) as raised:
            await model.answer(ask())
    assert raised.value.usage.is_estimate
    assert raised.value.usage.output > 0
    assert raised.value.cost_usd is not None
    assert raised.value.cost_usd > 0


@pytest.mark.case("J02")
@each_api
async def test_nobody_listens(api: str, fake: FakeModels) -> None:
    """An address where nothing listens ends as Transient."""
    async with connect(api, fake, base_url="http://127.0.0.1:9") as model:
        with pytest.raises(Transient, match="connection failed"):
            await model.answer(ask())


@pytest.mark.case("J02")
@each_api
async def test_errors_inside_a_stream_are_read_by_their_words(api: str, fake: FakeModels) -> None:
    """An overload that is reported under status 200 is retried like any other."""
    code = {"messages": "overloaded_error"}.get(api, "server_error")
    fake.will(HttpError(200, "busy", code=code, in_stream=True), Answer("Now."))
    async with connect(api, fake) as model:
        assert (await model.answer(ask())).text == "Now."


@pytest.mark.case("J08")
@each_api
@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (HttpError(401, "Incorrect API key provided: sk-abc***xyz"), "refuses the key"),
        (HttpError(403, "not in your country"), "not in your country"),
        (HttpError(402, "pay"), "quota"),
        (HttpError(429, "You exceeded your current quota", code="insufficient_quota"), "quota"),
        (HttpError(400, "Your credit balance is too low to access the API."), "quota"),
        (HttpError(400, "You have reached your specified API usage limits."), "quota"),
    ],
)
async def test_a_refused_key_or_quota_is_not_retried(
    api: str, refusal: HttpError, words: str, fake: FakeModels
) -> None:
    """What only the operator can mend ends the call at once, names the setting, and quotes no key."""
    fake.will(refusal)
    async with connect(api, fake) as model:
        with pytest.raises(Permanent, match=words) as raised:
            await model.answer(ask())
    assert len(fake.seen) == 1
    assert "_API_KEY" in str(raised.value)
    assert "sk-" not in str(raised.value)


@pytest.mark.case("J08")
async def test_a_rate_limit_that_speaks_of_billing_is_no_quota(fake: FakeModels) -> None:
    """A rate limit whose text points to the billing page is waited for."""
    fake.will(HttpError(429, "Rate limit reached. Add a payment method at example.org/account/billing."), Answer("Ok."))
    async with connect("chat", fake) as model:
        assert (await model.answer(ask())).text == "Ok."


@pytest.mark.case("J09")
@each_api
async def test_an_unknown_model_is_a_plain_error(api: str) -> None:
    """A model that the vendor does not know ends the call, naming the model and the setting."""
    async with FakeModels(models=frozenset({"other"})) as fake, connect(api, fake) as model:
        with pytest.raises(Permanent, match=r"some-model.*YANTRA_MODEL"):
            await model.answer(ask())


@pytest.mark.case("J09")
def test_a_deprecated_model_is_refused_at_start_up() -> None:
    """What an SDK calls deprecated, and what it does not know, is a problem with a cure."""
    assert "deprecated" in str(check_model_id(VendorId.ANTHROPIC, "claude-sonnet-4-5"))
    assert "deprecated" in str(check_model_id(VendorId.OPENAI, "gpt-4o"))
    assert "Did you mean claude-opus-5-5" in str(check_model_id(VendorId.ANTHROPIC, "claude-opus-5.5"))


@pytest.mark.case("J10")
@each_api
async def test_redirects_are_not_followed(api: str, fake: FakeModels) -> None:
    """A vendor's address that sends requests elsewhere gets no further, and the other host never sees the key."""
    async with FakeModels() as elsewhere:
        elsewhere.will(Answer("Give me your key."))
        fake.will(*(Redirect(f"{elsewhere.url}/v1/messages", status) for status in (301, 307, 308)))
        async with connect(api, fake) as model:
            for _ in range(3):
                with pytest.raises(Permanent, match="sends requests elsewhere"):
                    await model.answer(ask())
        assert elsewhere.seen == []


@pytest.mark.case("J10")
@pytest.mark.parametrize("address", ["ftp://host", "host", "https://user:key@host/v1", "https://host/v1?key=1", ""])
def test_an_odd_address_is_refused(address: str) -> None:
    """An address that is none, or holds a key, stops start-up with the setting's name."""
    with pytest.raises(SettingsError, match="BASE_URL"):
        AnthropicModel(api_key="k", tokenizer=None, clock=StillClock(), base_url=address)
    with pytest.raises(SettingsError, match="BASE_URL"):
        OpenAIModel(api_key="k", tokenizer=None, clock=StillClock(), base_url=address)


@pytest.mark.case("J12")
@each_api
@pytest.mark.parametrize(
    "refusal",
    [
        HttpError(400, "prompt is too long: 1200000 tokens > 1000000 maximum"),
        HttpError(400, "This model's maximum context length is 8192 tokens.", code="context_length_exceeded"),
        HttpError(413, "Request exceeds the maximum size"),
        HttpError(400, "the request exceeds the available context size", code="exceed_context_size_error"),
    ],
)
async def test_context_overflow_is_no_loop(api: str, refusal: HttpError, fake: FakeModels) -> None:
    """A conversation that is too long is told apart from other refusals and not sent again."""
    fake.will(refusal)
    async with connect(api, fake) as model:
        with pytest.raises(ContextOverflow, match="too long"):
            await model.answer(ask())
    assert len(fake.seen) == 1


@pytest.mark.case("J02")
async def test_a_long_silence_in_the_middle_is_a_broken_connection(fake: FakeModels) -> None:
    """A stream that falls silent is given up and asked for again."""
    fake.will(Silence(after_headers=True), Answer("Now."))
    async with connect("messages", fake, policy=Policy(silence=0.2)) as model:
        assert (await model.answer(ask())).text == "Now."


@pytest.mark.case("J08")
@each_api
async def test_a_server_that_repeats_the_key_is_not_quoted(api: str, fake: FakeModels) -> None:
    """The key appears in no error, even where the other side sends it back."""
    fake.will(HttpError(400, f"cannot read header: Bearer {KEY}"))
    async with connect(api, fake) as model:
        with pytest.raises(Permanent, match=r"Bearer \*\*\*") as raised:
            await model.answer(ask())
    assert KEY not in "".join(traceback.format_exception(raised.value))
