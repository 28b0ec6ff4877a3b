"""Builds what chooses models where an order names none: the vendors' tiers, and the router if it is switched on."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import structlog

from yantra_bot import artefacts
from yantra_bot.domain.tiers import Route, Tier
from yantra_bot.errors import SettingsError, UserError
from yantra_bot.models.absent import NoModels
from yantra_bot.models.routing.router import Router, load_examples
from yantra_bot.models.vendors import Vendors
from yantra_bot.retrieval.embedding.embedder import load_embedder
from yantra_bot.retrieval.embedding.kept import KeptEmbedder
from yantra_bot.settings import Settings

EMBEDDING = "embedding-model"


@dataclass(frozen=True, slots=True)
class Choice:
    """runs.workshop.Chooser over the vendors. `router` is None where the operator did not switch it on."""

    vendors: Vendors | NoModels
    router: Router | None = None

    @property
    def routes(self) -> bool:
        return self.router is not None and bool(self.vendors.default)

    def of_tier(self, tier: Tier) -> str:
        return self.vendors.of_tier(tier)

    async def route(self, text: str) -> Route:
        assert self.router is not None, "asked only where it routes"  # noqa: S101 (narrows a type)
        return await asyncio.to_thread(self.router.route, text)


async def open_choice(settings: Settings, vendors: Vendors | NoModels, vectors: Path) -> Choice:
    """Return what chooses; a router learns its examples now, so that no run waits. `vectors`: where those are kept."""
    if not settings.model_router:
        return Choice(vendors)
    return Choice(vendors, await asyncio.to_thread(make_router, find_sentence_model(settings), vectors))


def make_router(folder: Path | None, vectors: Path) -> Router:
    """Return the router, with the sentence model of a folder; raise SettingsError for one that is unfit."""
    if folder is None:
        structlog.get_logger().warning("the router has no sentence model and goes by words alone", cure="make setup")
        return Router(load_examples())
    try:
        return Router(load_examples(), KeptEmbedder(load_embedder(folder, threads=1), vectors))
    except UserError as problem:
        raise SettingsError(f"YANTRA_MODEL_ROUTER needs a sentence model that is fit: {problem}") from problem


def find_sentence_model(settings: Settings) -> Path | None:
    """Return the folder of the sentence model; None where none was fetched or set."""
    if settings.embedding_model_folder is not None:
        return settings.embedding_model_folder
    return artefacts.path(EMBEDDING) if artefacts.available(EMBEDDING) else None


def tiers_of(settings: Settings) -> dict[Tier, str]:
    """Return the models that the operator named for tiers."""
    named = {
        Tier.FAST: settings.model_fast,
        Tier.BALANCED: settings.model_balanced,
        Tier.PREMIUM: settings.model_premium,
        Tier.REASONING: settings.model_reasoning,
    }
    return {tier: model for tier, model in named.items() if model}
