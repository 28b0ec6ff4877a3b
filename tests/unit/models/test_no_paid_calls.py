"""Paid calls are impossible in tests."""

import os

import pytest

from tests.fakes.models import FakeModels
from tests.fakes.models.bench import StillClock, ask, connect, make_tokenizer
from yantra_bot.errors import Transient
from yantra_bot.models.anthropic import AnthropicModel
from yantra_bot.models.openai import OpenAIModel
from yantra_bot.models.retry import Policy
from yantra_bot.models.transport import is_loopback


@pytest.mark.parametrize(("kind", "host"), [(AnthropicModel, "api.anthropic.com"), (OpenAIModel, "api.openai.com")])
async def test_a_model_built_by_default_reaches_nobody(
    kind: type[AnthropicModel] | type[OpenAIModel], host: str, refused: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without an address a model goes to its vendor, and in tests that name leads nowhere."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    model = kind(api_key="no key", tokenizer=make_tokenizer(), clock=StillClock(), policy=Policy(delays=()))
    with pytest.raises(Transient, match="connection failed"):
        await model.answer(ask())
    await model.close()
    assert refused == [host]


def test_no_key_of_the_developer_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment held of keys is gone while a test runs."""
    assert not [name for name in os.environ if name.startswith(("ANTHROPIC_", "OPENAI_"))]


async def test_the_bench_refuses_other_addresses() -> None:
    """The helper that tests open models with takes loopback addresses alone."""
    async with FakeModels() as fake:
        with pytest.raises(AssertionError, match="nobody who is paid"):
            async with connect("chat", fake, base_url="https://models.example/v1"):
                pass


@pytest.mark.parametrize(
    ("address", "verdict"),
    [
        ("http://127.0.0.1:1/v1", True),
        ("http://[::1]:1", True),
        ("http://localhost", True),
        ("https://127.0.0.1.example", False),
        ("https://api.openai.com/v1", False),
        ("https://10.0.0.1", False),
    ],
)
def test_loopback(address: str, verdict: bool) -> None:
    """Only this machine counts as loopback."""
    assert is_loopback(address) is verdict
