"""A request gets the tier of the requests that it is like."""

import pytest

from tests.fakes.sentence_models import make_model
from yantra_bot.domain.tiers import Tier, find_tier
from yantra_bot.models.routing.features import count
from yantra_bot.models.routing.router import Example, Router, load_examples
from yantra_bot.retrieval.embedding.embedder import load_embedder

EXAMPLES = (
    Example("Fix the typo in the README", Tier.FAST),
    Example("Which port does the server listen on?", Tier.FAST),
    Example("Migrate the whole code base to TypeScript", Tier.PREMIUM),
    Example("Split the monolith into services", Tier.PREMIUM),
    Example("Why does this deadlock only under load?", Tier.REASONING),
    Example("Add a flag to the export command", Tier.BALANCED),
)


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("fix the typo in CONTRIBUTING", Tier.FAST),
        ("Migrate the whole front end to TypeScript", Tier.PREMIUM),
        ("why does it deadlock under load", Tier.REASONING),
        ("add a flag to the import command", Tier.BALANCED),
    ],
)
def test_words_alone_tell_what_is_nearly_said(text: str, tier: Tier) -> None:
    """Without a sentence model the router goes on, and says by which example."""
    router = Router(EXAMPLES)
    route = router.route(text)
    assert (route.tier, router.knows_meaning) == (tier, False)
    assert "It is like" in route.why


@pytest.mark.parametrize("text", ["", "   \n", "\x00", "zzz qqq", "\ud800", "🙂" * 5000])
def test_what_is_like_nothing_is_balanced(text: str) -> None:
    """An empty, broken or foreign request gets the usual model."""
    route = Router(EXAMPLES).route(text)
    assert route.tier is Tier.BALANCED
    assert "no example" in route.why


def test_a_sentence_model_takes_part(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Its likeness is added to that of words; the same request always gets the same tier."""
    router = Router(EXAMPLES, load_embedder(make_model(tmp_path_factory.mktemp("model"))))
    assert router.knows_meaning
    first = router.route("Split the monolith into services")
    assert first.tier is Tier.PREMIUM
    assert router.route("Split the monolith into services").tier is first.tier


def test_the_examples_that_ship_speak_of_every_tier() -> None:
    """None is there twice, and none is short of examples."""
    examples = load_examples()
    assert len({one.text for one in examples}) == len(examples)
    counts = [sum(one.tier is tier for one in examples) for tier in Tier]
    assert min(counts) > 0.6 * max(counts)


def test_a_text_without_words_counts_nothing() -> None:
    """No division by zero."""
    assert not count("").any()


def test_a_tier_is_told_apart_from_a_model() -> None:
    """`--model` takes both."""
    assert find_tier("fast") is Tier.FAST
    assert find_tier("claude-opus-5-5") is None
    assert find_tier(None) is None
