"""Settings of the operator: environment variables with the prefix YANTRA_, or `yantra.toml`; frozen.

Only the composition root reads them. Secrets never show in a repr. A wrong setting stops start-up with the cure.
"""

import os
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from yantra_bot.codex_settings import CodexSettings
from yantra_bot.collective_settings import CollectiveSettings
from yantra_bot.deploy_settings import DeploySettings
from yantra_bot.errors import SettingsError
from yantra_bot.memory_settings import MemorySettings, Secrets
from yantra_bot.model_settings import ModelSettings, Words
from yantra_bot.model_settings import split as _split
from yantra_bot.monitor_settings import MonitorSettings
from yantra_bot.slack_settings import SlackSettings

PREFIX = "YANTRA_"

Numbers = Annotated[tuple[int, ...], NoDecode, BeforeValidator(_split)]
Folders = Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_split)]


class Settings(
    ModelSettings, MemorySettings, DeploySettings, MonitorSettings, SlackSettings, CollectiveSettings, CodexSettings
):
    """Everything an operator can set. Each field's text says its unit, its default and why."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", use_attribute_docstrings=True, hide_input_in_errors=True
    )

    # Where things are
    state_folder: Path = Path("~/.local/state/yantra")
    """Folder of databases, mirrors and caches; made with mode 0711. Default: the user's state folder."""
    cache_folder: Path | None = None
    """Folder of installed environments, which may be deleted at any time. Default: in the state folder; from a terminal
    the user's cache folder, where mirrors are kept too."""
    host: str = "127.0.0.1"
    """Address the door listens on. Default loopback: a TLS proxy is expected in front of it."""
    port: int = Field(default=8080, ge=0, le=65535)
    """Port the door listens on; 0 takes a free one."""
    public_url: str = ""
    """Address people reach the pages at, such as https://yantra.example.com. Default: http://HOST:PORT."""

    # The forge
    github_url: str = "https://api.github.com"
    """Base of GitHub's API; https://HOST/api/v3 for GitHub Enterprise."""
    github_git_url: str = "https://github.com"
    """Base of git over HTTP; https://HOST for GitHub Enterprise."""
    github_app_id: str = ""
    """The App's number or client id."""
    github_app_key: SecretStr = SecretStr("")
    """The App's private key, PEM. Use either this or github_app_key_file."""
    github_app_key_file: Path | None = None
    """File with the App's private key, PEM; refused when others may read it."""
    webhook_secrets: Secrets = ()
    """Webhook secrets that are valid now, comma separated; two while one is being replaced. None: no start."""
    repositories: Words = ()
    """Repositories that may be worked on, `owner/name` with * as wildcard. Default: every installed one."""
    allowed_bots: Numbers = ()
    """Numeric ids of bots whose commands are taken. Default none: a bot can be made to say anything."""
    handle: str = "yantra"
    """The name the bot is addressed by, without @."""
    review_pull_requests: bool = True
    """Review each pull request when it is opened and pushed to; off: only on `@yantra review`."""
    follow_up_checks: bool = True
    """Go on with an own pull request whose checks fail, by itself, on the same branch."""
    follow_up_reviews: bool = True
    """Go on with an own pull request when people who may write say in a review what is to be changed."""
    follow_up_quiet_seconds: float = Field(default=30, gt=0)
    """Time without another failing check, or another comment of a review, after which they are followed up together."""
    redeliver_hours: float = Field(default=12, ge=0, le=72)
    """How old what GitHub could not deliver may be to be asked for again, at start and hourly, in hours; 0: never."""
    sweep_minutes: float = Field(default=10, ge=0, le=1440)
    """How often is looked for what was left over: runs, roll-outs, locks, commands that nobody heard; 0: never."""

    # Searching
    embedding_model_folder: Path | None = None
    """Folder of another sentence model: config.json, vocab.txt, model.safetensors. Default: that of `make setup`."""
    reranking_model_folder: Path | None = None
    """Folder of a cross-encoder (model.onnx, vocab.txt): ranks the first hits anew. Default none; needs `[onnx]`."""

    # Checking
    chromium: Path | None = None
    """Chromium's own program, below /usr, with which changed web pages are tried out. Default: where Debian's package
    `chromium` puts it; where there is none, the check is left out, and the pull request says so."""

    # Reviewing
    semgrep_folder: Path | None = None
    """Folder of a virtual environment with semgrep 1.182.0 in it. Default: that of `make setup`."""
    advisories_folder: Path | None = None
    """Folder with an export of the OSV database (JSON files, or zip files of them): versions of dependencies that a
    change brings are looked up there. Default none: they are not looked up, and a review says so."""

    # The models
    model: str = ""
    """Model a run uses. Default: the vendor's current one of the catalogue."""
    models: Words = ()
    """Models a comment may choose with --model. Default: only the one above."""
    fallback_models: Words = ()
    """Models of other vendors that answer, in this order, while the vendor of a run's model does not. Default: none.
    Beside model_base_url, `anthropic/MODEL` is one of Claude's."""
    anthropic_api_key: SecretStr = SecretStr("")
    """Key for Claude. ANTHROPIC_API_KEY is read too."""
    openai_api_key: SecretStr = SecretStr("")
    """Key for OpenAI. OPENAI_API_KEY is read too."""
    model_base_url: str = ""
    """An OpenAI-compatible endpoint used instead, such as http://127.0.0.1:8000/v1."""
    anthropic_base_url: str = ""
    """Another address of the Anthropic API. ANTHROPIC_BASE_URL is read too."""
    model_first_byte_seconds: float = Field(default=30, gt=0)
    """How long a model may think before an answer begins; then it is asked again. Raise it for a slow local model."""
    replay_script: Path | None = None
    """Answer from this script instead of a model. For demonstrations and tests."""

    # Budgets of one run
    budget_usd: float = Field(default=5.0, gt=0)
    """Money one run may spend at most, in USD. A comment may lower it, never raise it."""
    critique_rounds: int = Field(default=2, ge=0, le=2)
    """How often the model looks at its own change again before it is handed over; each look is one call within the
    run's budget, and after all but the last one the change may go back to be corrected. 0: never."""
    review_budget_usd: float = Field(default=0.5, ge=0)
    """Money that a model may cost in one review, in USD; 0 reviews without a model."""
    budget_usd_per_day: float | None = Field(default=None, gt=0)
    """Money that models may cost in 24 hours, in USD, all runs together. Calls that are under way are let end. Default:
    no ceiling."""
    repository_budget_usd_per_day: float | None = Field(default=None, gt=0)
    """The same for the runs of one repository, so that none spends what all may. Default: no ceiling."""
    budget_steps: int = Field(default=60, gt=0)
    """Model calls one run may make at most."""
    budget_tokens: int = Field(default=2_000_000, gt=0)
    """Input and output tokens one run may use at most."""
    budget_minutes: float = Field(default=60, gt=0)
    """Wall-clock minutes one run may take at most, waiting in the queue left out."""
    context_tokens: int = Field(default=24_000, ge=0)
    """Tokens that are shared out for what a first prompt shows of the repository: 40 % code, 30 % signatures, tests,
    past and map. Never more than the model has room for; 0 shows nothing."""

    # Plans
    plan_approval_hours: float = Field(default=72, gt=0)
    """How long a plan waits for approval; then its run ends, with nothing changed."""
    plan_reaction_seconds: float = Field(default=20, gt=0)
    """How often thumbs on a young plan or proposal are looked at, since GitHub does not tell of them; seldomer with its
    age."""

    # Limits
    concurrent_runs: int = Field(default=4, gt=0)
    """Runs that work at the same time."""
    runs_per_repository: int = Field(default=1, gt=0)
    """Runs that work at the same time in one repository, so that no repository starves the others."""
    runs_per_person_a_day: int = Field(default=50, gt=0)
    """Runs one person may start in 24 hours."""
    max_repository_mb: int = Field(default=2_048, gt=0)
    """Size above which a repository is not cloned, as GitHub reports it, in MB."""
    test_timeout_seconds: float = Field(default=300, gt=0)
    """Time one run of a repository's tests may take at most; a repository's own rules can only make it less."""
    long_suite_seconds: float = Field(default=10, ge=0)
    """A suite that takes so long has the tests run first that a change calls for, and all when these pass."""

    # The web
    fetch_hosts: Words = ()
    """Hosts whose pages a model may read by its tool `fetch_url`, each by its exact name: `docs.python.org`,
    `docs.example.org:8443`, or `http://docs.example.org` for one without TLS. Default none: the tool is not there. Only
    public addresses are connected to; a host where anybody can see what was asked for does not belong here."""

    # The sandbox
    package_index_url: str = ""
    """Package index the sandboxed installation may reach. Default: the one pip is set to here; `none` for no index."""
    npm_registry_url: str = ""
    """The same for packages of npm: an https address. Default: what npm is set to here, if there is a package index."""
    package_hosts: Words = ()
    """Further `host:port` that the index serves its files from. Default: learnt from the index."""
    package_folders: Folders = ()
    """Folders with wheels to install from, bound read-only; used before the index. For root: open to all accounts."""
    allowed_packages: Words = ()
    """Python packages that a change may add although neither a lock file nor the known packages name them."""
    ca_file: Path | None = None
    """Certificates that are trusted: of the forge, and of the package index. Default: the system's."""
    worker_accounts_from: int = Field(default=59_000, gt=0, le=60_000)
    """First of the 1000 user numbers that workers run under where the server is root; nothing else may use them."""
    insecure_no_sandbox: bool = False
    """Run untrusted code without a sandbox. Never set it on a machine that holds anything."""

    # The engine
    database_url: str = ""
    """The durable engine's database. Default: a SQLite file in the state folder; or PostgreSQL, for one server."""
    polling_seconds: float = Field(default=0.1, gt=0)
    """How often the engine and the dispatcher look for new work; 0.1 takes 3 % of a core when idle, 0.05 twice that."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take arguments first, then the environment, then the file named by YANTRA_CONFIG or ./yantra.toml."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, find_file())

    @property
    def home(self) -> Path:
        """The state folder, absolute."""
        return self.state_folder.expanduser().absolute()


def find_file() -> Path:
    """Return the file of settings, there or not; raise SettingsError for one that a repository could have brought."""
    named = os.environ.get(f"{PREFIX}CONFIG")
    if named is not None:
        if not Path(named).exists() or Path(named).is_dir():
            raise SettingsError(f"{PREFIX}CONFIG names {named}, which is no file. Cure: correct it or leave it out.")
        return Path(named)
    file = Path("yantra.toml").absolute()
    # Who works in a clone has not read all of it, and a setting can say where keys are sent or turn the sandbox off.
    if file.exists() and any((folder / ".git").exists() for folder in file.parents):
        raise SettingsError(
            f"{file} lies in a git repository, whose authors could set anything with it. Cure: move it elsewhere and "
            f"name it by {PREFIX}CONFIG, or set {PREFIX}CONFIG=/dev/null to go without it."
        )
    return file


def read_settings(**overrides: Any) -> Settings:
    """Return the operator's settings; raise SettingsError with the setting's name and the cure."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | {f"{PREFIX}CONFIG", f"{PREFIX}ARTEFACTS"}
    # YANTRA_TEST_… say what the tests may use, and nothing to the product.
    named = (name for name in os.environ if name.startswith(PREFIX) and not name.startswith(f"{PREFIX}TEST_"))
    unknown = sorted(name for name in named if name not in known)
    if unknown:
        raise SettingsError(f"{unknown[0]} is not a setting. Cure: remove it, or see `yantra settings` for the list.")
    borrowed = {
        name: value
        for name in ("anthropic_api_key", "openai_api_key", "anthropic_base_url")
        if (value := os.environ.get(name.upper())) and f"{PREFIX}{name.upper()}" not in os.environ
    }
    try:
        return Settings(**{**borrowed, **overrides})
    except ValidationError as error:
        raise SettingsError(_explain(error)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{find_file()} is no valid TOML: {error}. Cure: correct it, then start again.") from None
    except OSError as error:
        raise SettingsError(f"{find_file()} cannot be read: {error.strerror}. Cure: correct it or move it.") from None


def _explain(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    name = ".".join(str(part) for part in first["loc"]) or "a setting"
    if first["type"] == "extra_forbidden":
        return f"{name} is not a setting. Cure: remove it from yantra.toml, or see `yantra settings` for the list."
    return f"{PREFIX}{name.upper()} is wrong: {first['msg']}. Cure: correct or remove it, then start again."


def describe() -> Iterable[tuple[str, str, str]]:
    """Yield (environment variable, default, meaning) of every setting, for help and documentation."""
    for name, field in Settings.model_fields.items():
        default = "" if "secret" in name or "key" in name else field.get_default()
        yield f"{PREFIX}{name.upper()}", str(default if default not in ((), None) else ""), field.description or ""
