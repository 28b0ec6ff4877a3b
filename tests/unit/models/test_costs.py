"""Prices, windows and model ids: data that is held against the installed SDKs."""

import pytest

from yantra_bot.domain.conversation import Usage
from yantra_bot.models import anthropic, openai
from yantra_bot.models.catalogue import (
    BASE_URLS,
    DEFAULT_MODELS,
    HOSTS,
    MODELS,
    VendorId,
    find_model,
    find_price,
    prices_at,
)
from yantra_bot.models.check import check_model_id
from yantra_bot.models.costs import Price, add_usage, cost_usd, worst_case_usd

DOORS = {VendorId.ANTHROPIC: anthropic, VendorId.OPENAI: openai}
PRICE = Price(2.0, 10.0, 0.1, 2.5, long_from=1000, long_input_factor=2.0, long_output_factor=1.5)


def test_an_unknown_price_is_no_cost() -> None:
    """Where no price is known there is no cost, neither before a call nor after it."""
    assert cost_usd(Usage(input=5), None) is None
    assert worst_case_usd(5, 5, None) is None


def test_each_kind_of_token_has_its_price() -> None:
    """Input, output, cache reads and cache writes are billed apart."""
    usage = Usage(input=100, output=10, cache_read=200, cache_write=300)
    assert cost_usd(usage, PRICE) == pytest.approx((100 * 2 + 10 * 10 + 200 * 0.1 + 300 * 2.5) / 1e6)


def test_a_long_prompt_is_dearer_as_a_whole() -> None:
    """Above the threshold, cached tokens counted, the whole call costs more; at it, it does not."""
    at, above = Usage(input=500, output=10, cache_read=500), Usage(input=501, output=10, cache_read=500)
    assert cost_usd(at, PRICE) == pytest.approx((500 * 2 + 10 * 10 + 500 * 0.1) / 1e6)
    assert cost_usd(above, PRICE) == pytest.approx(((501 * 2 + 500 * 0.1) * 2 + 10 * 10 * 1.5) / 1e6)


def test_the_worst_case_is_never_below_the_cost() -> None:
    """What a budget is checked with before a call covers every way in which the call can be billed."""
    worst = worst_case_usd(900, 50, PRICE)
    assert worst is not None
    for usage in (Usage(input=900, output=50), Usage(cache_write=900, output=50), Usage(cache_read=900, output=1)):
        cost = cost_usd(usage, PRICE)
        assert cost is not None
        assert cost <= worst
    assert worst_case_usd(10, 0, Price(3.0, 0.0, 0.0, 1.0)) == pytest.approx(30 / 1e6)


def test_usage_adds_up() -> None:
    """A sum with an estimate in it is one."""
    assert add_usage(Usage(1, 2, 3, 4), Usage(10, 20, 30, 40, is_estimate=True)) == Usage(11, 22, 33, 44, True)


@pytest.mark.parametrize("vendor", list(VendorId))
def test_defaults_are_current(vendor: VendorId) -> None:
    """Each vendor's default model is in its SDK's list, not called deprecated, and priced."""
    model = DEFAULT_MODELS[vendor]
    assert check_model_id(vendor, model) is None
    facts = find_model(model)
    assert facts is not None
    assert facts.vendor is vendor
    assert facts.price is not None


@pytest.mark.parametrize("model", list(MODELS))
def test_the_catalogue_is_current(model: str) -> None:
    """Every model of the catalogue is in its SDK's list and not called deprecated, and its numbers make sense."""
    facts = MODELS[model]
    assert check_model_id(facts.vendor, model) is None
    assert facts.budget + facts.max_output <= facts.window + facts.max_output
    assert facts.budget <= facts.window
    assert facts.price is not None
    assert 0 < facts.price.cache_read < facts.price.input < facts.price.cache_write < facts.price.output


@pytest.mark.parametrize("vendor", list(VendorId))
def test_the_sdks_still_say_what_is_deprecated(vendor: VendorId) -> None:
    """The lists are read from the SDKs; an upgrade that moves them fails here and not at a customer's."""
    deprecated = DOORS[vendor].deprecated_models()
    assert deprecated
    assert set(DOORS[vendor].known_models()) & set(deprecated)
    for model, reason in deprecated.items():
        assert reason in str(check_model_id(vendor, model))


def test_prices_hold_at_the_vendor_alone() -> None:
    """A compatible server has no prices, whatever it calls its models."""
    assert prices_at(VendorId.OPENAI, "http://127.0.0.1:8000/v1") == {}
    for vendor, address in BASE_URLS.items():
        assert DEFAULT_MODELS[vendor] in prices_at(vendor, address)
        assert HOSTS[vendor] in address


def test_snapshots_are_their_models() -> None:
    """A dated snapshot has its model's facts and price; a stranger has none."""
    assert find_model("claude-haiku-4-5-20251001") is MODELS["claude-haiku-4-5"]
    assert find_model("gpt-6-sol-2026-09-22") is MODELS["gpt-6-sol"]
    assert find_model("llama") is None
    assert find_price({"a": PRICE}, "", "a-20260101") is PRICE
    assert find_price({}, "a") is None


@pytest.mark.parametrize(
    ("vendor", "model", "address", "words"),
    [
        (VendorId.OPENAI, "", None, "No model is set"),
        (VendorId.OPENAI, "llama-9", "http://127.0.0.1:8000/v1", None),
        (VendorId.OPENAI, "ft:gpt-6-luna:acme", None, None),
        (VendorId.OPENAI, "llama-9", None, "has no model 'llama-9'"),
        (VendorId.ANTHROPIC, "claude-opus-55", None, "Did you mean claude-opus-5"),
    ],
)
def test_model_ids(vendor: VendorId, model: str, address: str | None, words: str | None) -> None:
    """Only the vendor's own address is judged, and a problem says the cure."""
    problem = check_model_id(vendor, model, base_url=address)
    assert (problem is None) == (words is None)
    assert (words or "") in (problem or "")
