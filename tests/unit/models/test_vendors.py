"""Which vendor answers is settled when the product starts, not at the first call."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.fakes.models import FakeModels, Silence
from tests.fakes.models.bench import KEY
from yantra_bot import artefacts
from yantra_bot.clock import SystemClock
from yantra_bot.domain.conversation import Message, ModelRequest, Role, Text
from yantra_bot.errors import Permanent, SettingsError, Transient
from yantra_bot.models.catalogue import (
    CLAUDE_BUDGET,
    DEFAULT_MODELS,
    GPT_BUDGET,
    UNKNOWN_WINDOW,
    VendorId,
    find_room,
)
from yantra_bot.models.vendors import Access, Vendors
from yantra_bot.retrieval.tokens import Tokenizers

LOOPBACK = "http://127.0.0.1:9"


def vendors(access: Access) -> Vendors:
    return Vendors(access, tokenizers=Tokenizers(artefacts.path("token-ranks")), clock=SystemClock())


def test_the_key_that_is_there_decides_the_default() -> None:
    """Claude where there is its key, else OpenAI; never a deprecated model."""
    assert vendors(Access(anthropic_key="k")).default == DEFAULT_MODELS[VendorId.ANTHROPIC]
    assert vendors(Access(openai_key="k")).default == DEFAULT_MODELS[VendorId.OPENAI]


@pytest.mark.parametrize(
    ("access", "word"),
    [
        (Access(), "No model can be reached"),
        (Access(compatible_url=LOOPBACK), "YANTRA_MODEL is empty"),
        (Access(anthropic_key="k", model="gpt-6-sol"), "no key for openai"),
        (Access(anthropic_key="k", models=("gpt-6-sol",)), "no key for openai"),
        (Access(anthropic_key="k", model="claude-sonet-5-5"), "Did you mean"),
        (Access(anthropic_key="k", anthropic_url="not an address"), "YANTRA_ANTHROPIC_BASE_URL"),
        (Access(anthropic_key="k", fallbacks=("gpt-6-sol",)), "no key for openai"),
        (Access(compatible_url=LOOPBACK, model="m", fallbacks=("anthropic/claude-opus-5",)), "no key for anthropic"),
    ],
)
@pytest.mark.case("J09")
def test_what_cannot_answer_stops_the_start(access: Access, word: str) -> None:
    """The cure is in the message."""
    with pytest.raises(SettingsError, match=word):
        vendors(access)(access.model or DEFAULT_MODELS[VendorId.ANTHROPIC])


async def test_a_door_is_opened_once_and_closed() -> None:
    """Both vendors may answer in one process."""
    both = vendors(Access(anthropic_key="k", openai_key="k", anthropic_url=LOOPBACK))
    first = both("claude-sonnet-5-5")
    assert both("claude-haiku-5-5") is first
    assert both("gpt-6-sol") is not first
    await both.close()
    await both.close()


def test_a_model_without_a_key_is_refused_at_the_call_too() -> None:
    """A stored order may name a model that the operator has taken away."""
    with pytest.raises(Permanent, match="no key for openai"):
        vendors(Access(anthropic_key="k"))("gpt-6-sol")


def test_keys_do_not_show() -> None:
    """Not even in a debugger's line."""
    assert "sekret" not in repr(Access(anthropic_key="sekret", openai_key="sekret"))


def test_what_a_call_may_cost_is_the_dearest_that_may_answer() -> None:
    """A budget holds whoever stands in; one of the same vendor never does."""
    keys = {"anthropic_key": "k", "openai_key": "k"}
    alone = vendors(Access(**keys))
    asked, other = alone.usd("claude-sonnet-5-5", 1_000), alone.usd("gpt-6-astra", 1_000)
    assert asked is not None
    assert other is not None
    assert other > asked
    both = vendors(Access(**keys, fallbacks=("claude-opus-5", "gpt-6-astra")))
    assert both.usd("claude-sonnet-5-5", 1_000) == other
    assert both.room("claude-sonnet-5-5") == min(alone.room("claude-sonnet-5-5"), alone.room("gpt-6-astra"))
    local = vendors(
        Access(anthropic_key="k", compatible_url=LOOPBACK, model="m", fallbacks=("anthropic/claude-opus-5",))
    )
    assert local.usd("m", 1_000) is None


def test_the_price_is_known_only_at_the_vendors_own_address() -> None:
    """Somebody else's server has somebody else's prices."""
    own = vendors(Access(anthropic_key="k")).usd("claude-sonnet-5-5", 1_000_000)
    assert own is not None
    assert own > 0
    assert vendors(Access(anthropic_key="k", anthropic_url=LOOPBACK)).usd("claude-sonnet-5-5", 1_000) is None
    assert vendors(Access(compatible_url=LOOPBACK, model="llama")).usd("llama", 1_000) is None


def test_a_replay_costs_nothing_and_answers_for_every_model(tmp_path: Path) -> None:
    """The demo and the tests need no key."""
    script = tmp_path / "script.toml"
    script.write_text('[recording]\nmade = "by hand"\n[[turn]]\nname = "a"\nanswer = "b"\n')
    replay = vendors(Access(replay_script=script))
    assert replay.default == "replay"
    assert replay.usd("replay", 1_000) == 0.0
    assert replay("replay") is replay("anything")


def test_tokens_and_rooms_are_counted() -> None:
    """A conversation may fill twice the budget of its first prompt, and never more than the vendor's own window."""
    one = vendors(Access(compatible_url=LOOPBACK, model="llama"))
    request = ModelRequest("llama", "system", (), (Message(Role.USER, (Text("hello"),)),), 10)
    assert one.tokens(request) > one.counted("system hello", "llama") > 1
    assert one.room("llama") == int(UNKNOWN_WINDOW / 1.25)
    assert one.room("claude-sonnet-5-5") == 2 * CLAUDE_BUDGET
    assert one.room("claude-haiku-4-5") == int(200_000 / 1.2)
    assert one.room("gpt-6-sol") == 2 * GPT_BUDGET


def test_the_defaults_of_an_unknown_model_are_cautious_and_told() -> None:
    """Who names a model that is not listed learns from the log what is assumed of it."""
    with capture_logs() as logged:
        vendors(Access(compatible_url=LOOPBACK, model="llama", models=("claude-haiku-4-5",)))
    assert [(line["model"], line["window"], line["budget"]) for line in logged] == [("llama", 128_000, 64_000)]
    assert not find_room("llama").is_known
    assert find_room("claude-haiku-4-5-20251001").window == 200_000


@pytest.mark.parametrize("name", ["claude-sonnet-5-5", "gpt-6-sol"])
async def test_the_time_to_think_is_the_operators(name: str) -> None:
    """A model that begins too late is given up with the name of the setting that gives it more time."""
    async with FakeModels() as fake:
        fake.will(*[Silence()] * 4)
        url = fake.anthropic_url if name.startswith("claude") else ""
        access = Access(
            anthropic_key=KEY,
            openai_key=KEY,
            anthropic_url=url,
            compatible_url="" if url else fake.openai_url,
            model=name,
            first_byte=0.5,
        )
        both = vendors(access)
        request = ModelRequest(name, "", (), (Message(Role.USER, (Text("Hi"),)),), 16)
        with pytest.raises(Transient, match=r"within 0\.5 s \(YANTRA_MODEL_FIRST_BYTE_SECONDS\)"):
            await both(name).answer(request)
        await both.close()
        assert len(fake.seen) == 4
