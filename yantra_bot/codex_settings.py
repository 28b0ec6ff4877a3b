"""The operator's settings of the generator; `settings.Settings` has them with all others."""

from enum import StrEnum
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class CodexMode(StrEnum):
    """What the generator is used for."""

    OFF = "off"
    OUTLINE = "outline"
    FIRST = "first"


class CodexSettings(BaseSettings):
    """What may be set about the generator."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    codex: CodexMode = CodexMode.OFF
    """`outline`: a task for a new function is shown to the model with the steps that the small generator guesses, and
    what passes its tests is kept on this machine to train it by ([what it can](codex.md)). `first`: where tests fail
    before any change and the generator is sure of a function without a hole, its own code is tried before a model is
    asked. Default `off`."""
    codex_file: Path | None = None
    """The trained generator, as `yantra codex train --generator` writes it; it is read when the first task asks for it.
    Default: `generator.safetensors` in the state folder; without the file there is no outline."""
