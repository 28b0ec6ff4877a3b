"""Opens the memory of mistakes where the operator wants it. Nothing is loaded before it is used."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from yantra_bot.app.choosing import find_sentence_model
from yantra_bot.app.home import Home
from yantra_bot.errors import SettingsError
from yantra_bot.learning.memory import StoredMemory
from yantra_bot.learning.store.mistakes import Mistakes
from yantra_bot.ports import Clock
from yantra_bot.retrieval.embedding.embedder import Embedder, load_embedder
from yantra_bot.settings import Settings


def open_memory(settings: Settings, home: Home, clock: Clock) -> StoredMemory | None:
    """Return the memory; None where there is to be none. Raises SettingsError for settings that make no sense."""
    store = open_mistakes(settings, home, clock)
    return StoredMemory(store) if store is not None else None


def open_mistakes(settings: Settings, home: Home, clock: Clock) -> Mistakes | None:
    """Return the store of the memory, for who looks into it or changes it by hand."""
    if not settings.memory:
        return None
    said = settings.memory_url
    place = said if "://" in said else str(Path(said).expanduser().absolute() if said else home.memory)
    options = read_options([one.get_secret_value() for one in settings.memory_secrets])
    return Mistakes(place, find_embedder(settings), clock=clock, options=options)


def find_embedder(settings: Settings) -> Callable[[], Embedder | None]:
    """Return what loads the sentence model, once; UserError where it is unfit."""

    @cache
    def load(folder: Path) -> Embedder:
        return load_embedder(folder, threads=1)

    def find() -> Embedder | None:
        folder = find_sentence_model(settings)
        return load(folder) if folder is not None else None

    return find


def read_options(said: list[str]) -> dict[str, str]:
    """Return an object storage's options by their names; raise SettingsError for what is none, without showing it."""
    options = dict[str, str]()
    for number, one in enumerate(said, 1):
        name, sign, value = one.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise SettingsError(f"YANTRA_MEMORY_SECRETS: its part {number} is not NAME=VALUE. Cure: correct it.")
        options[name.strip()] = value.strip()
    return options
