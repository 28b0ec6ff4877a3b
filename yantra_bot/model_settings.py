"""The operator's settings of models: tiers, router, learned score, what saves calls; `settings.Settings` has all."""

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from yantra_bot.domain.tiers import ScoreRouting


def split(value: object) -> object:
    """Read a comma-separated environment variable as a list."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(split)]


class ModelSettings(BaseSettings):
    """What may be set about the choice of models, beside their names and keys."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    # Tiers, and who chooses among them
    model_fast: str = ""
    """Model of `--model fast`. Default: the catalogue's, of the vendor of the usual model; with model_base_url: that
    model. So it is for the other tiers."""
    model_balanced: str = ""
    """Model of `--model balanced`. Default: the usual model."""
    model_premium: str = ""
    """Model of `--model premium`."""
    model_reasoning: str = ""
    """Model of `--model reasoning`."""
    model_router: bool = False
    """Choose the tier of a run by what is asked for, where its comment names no model. Default off: a dearer model may
    be chosen than the usual one; budgets hold."""

    model_racing: bool = False
    """Ask the fast and the premium tier at once for a plan, and for the first answer to a question, and take the fast
    one's where it is sure enough, where the comment names no model. Costs both; default off."""

    # Limits that all runs share
    model_rates: Words = ()
    """What a vendor may be asked a minute, all runs together: `VENDOR=REQUESTS/INPUT/OUTPUT` with tokens, comma
    separated, such as anthropic=50/40000/8000; vendors are anthropic, openai, compatible. Default: what a vendor's
    headers tell."""

    # What the model does beyond the change itself
    generated_test_rounds: int = Field(default=2, ge=0, le=2)
    """How often the model of a run is asked for tests where too few of the changed lines are run by any
    (`tests.cover_percent` of a repository's rules); at most 8 calls each, within the run's budget. 0: never."""

    # The learned score
    score_file: Path | None = None
    """Score file of the model that says how likely a changed function is at fault, as `yantra codex export` writes it;
    this server alone has to read it. Default: none, and there is no learned score."""
    score_sha256: str = Field(default="", pattern="^([0-9a-f]{64})?$")
    """SHA-256 that the score file must have; another file is not used, and runs go on without a score. Default: what
    stands in the file of the same name with .sha256 behind it, which the export writes; without that, any file."""
    score_weight: float = Field(default=0.0, ge=0, le=0.5)
    """What the learned score weighs in the confidence of a run, in a repository where it has earned it; the other five
    factors share the rest. 0: it is recorded, and does not count."""

    score_routing: ScoreRouting = ScoreRouting.OFF
    """What happens to an implement order, or a follow-up, where the learned score has earned it by what came of tasks
    in a repository and says, of the functions that this one points at, that tasks on such code go well less often than
    half the time. `stronger`: the model of the premium tier works on it; `refuse`: the run ends with the reason.
    Default `off`. An order that names a model keeps it."""

    score_learning: bool = False
    """Learn on from the score file by what comes of scored changes here: an hourly look in a process of its own, for
    which the extra `learned` has to be installed. A new version is used only where it is no worse on what it did not
    learn from (docs/learned-score.md). Default off: nothing is kept to learn from."""

    # What saves calls
    answer_cache_hours: float = Field(default=24, ge=0)
    """How long a model's answer is kept for the very same request of another question or review in the same repository;
    `--fresh` asks anew. 0 keeps none."""
    similar_questions: bool = False
    """Answer a question as an earlier one that asked the same in other words: of the same repository, commit, model and
    tools, within answer_cache_hours, with its places looked up again. Needs a sentence model (`make setup`). The answer
    says so; `--fresh` asks anew."""
