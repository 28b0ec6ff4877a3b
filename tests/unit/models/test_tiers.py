"""Each tier is one model: the operator's, else the catalogue's of the usual model's vendor."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.fakes.models.bench import StillClock
from yantra_bot import artefacts
from yantra_bot.domain.conversation import Usage
from yantra_bot.domain.tiers import Tier
from yantra_bot.errors import SettingsError
from yantra_bot.models.absent import NoModels
from yantra_bot.models.catalogue import MODELS, PRICED_ON, STALE_DAYS, TIERS, VendorId, find_stale
from yantra_bot.models.costs import cost_usd
from yantra_bot.models.vendors import Access, Vendors
from yantra_bot.retrieval.tokens import Tokenizers

LOOPBACK = "http://127.0.0.1:9"


def vendors(access: Access, *, at: float = 1_795_000_000.0) -> Vendors:
    return Vendors(access, tokenizers=Tokenizers(artefacts.path("token-ranks")), clock=StillClock(at))


def test_tiers_are_of_the_usual_models_vendor() -> None:
    """Balanced is the usual model; the others are the catalogue's."""
    claude = vendors(Access(anthropic_key="k", model="claude-opus-5"))
    assert claude.of_tier(Tier.BALANCED) == "claude-opus-5"
    assert claude.of_tier(Tier.FAST) == TIERS[VendorId.ANTHROPIC][Tier.FAST]
    assert vendors(Access(openai_key="k")).of_tier(Tier.FAST) == TIERS[VendorId.OPENAI][Tier.FAST]


def test_the_operators_model_of_a_tier_wins_and_is_checked_at_the_start() -> None:
    """A slip in it stops the start as one in any other model does."""
    own = vendors(Access(anthropic_key="k", openai_key="k", tiers={Tier.FAST: "gpt-6-luna"}))
    assert own.of_tier(Tier.FAST) == "gpt-6-luna"
    with pytest.raises(SettingsError, match="Did you mean"):
        vendors(Access(anthropic_key="k", tiers={Tier.FAST: "claude-haiku-5.5"}))


def test_where_nobody_knows_other_models_every_tier_is_the_usual_one(tmp_path: Path) -> None:
    """A compatible server, a replay, and no model at all."""
    local = vendors(Access(compatible_url=LOOPBACK, model="llama"))
    assert {local.of_tier(tier) for tier in Tier} == {"llama"}
    assert {NoModels().of_tier(tier) for tier in Tier} == {""}


@pytest.mark.parametrize("vendor", list(VendorId))
def test_a_higher_tier_is_never_cheaper(vendor: VendorId) -> None:
    """Fast costs least; each has a price, a day and a source."""
    costs = []
    for tier in Tier:
        facts = MODELS[TIERS[vendor][tier]]
        assert facts.vendor is vendor
        costs.append(cost_usd(Usage(input=1_000, output=1_000), facts.price))
    assert costs == sorted(costs, key=lambda cost: cost or 0.0)


def test_every_price_names_its_day_and_source() -> None:
    """So that an old one can be told."""
    for facts in MODELS.values():
        assert date.fromisoformat(facts.priced_on)
        assert facts.price is None or facts.source


def test_an_old_price_is_told_at_the_start() -> None:
    """It is old the day after its time, not on it."""
    read = date.fromisoformat(PRICED_ON)
    name = TIERS[VendorId.ANTHROPIC][Tier.BALANCED]
    assert find_stale([name, "unknown"], read + timedelta(days=STALE_DAYS)) == ()
    assert find_stale([name], read + timedelta(days=STALE_DAYS + 1)) == (name,)
    with capture_logs() as logged:
        vendors(Access(anthropic_key="k"), at=1_795_000_000.0 + 86_400 * 400)
    assert [(line["event"], line["model"]) for line in logged] == [("old_price", name)]
