"""What a worker has to know, as values that cross the socket. Holds no secret, and never will."""

from dataclasses import dataclass, field
from pathlib import Path

from yantra_bot.domain.scores import ScoreModel
from yantra_bot.sandbox.layout import CheckoutLimits
from yantra_bot.sandbox.limits import TESTS, Limits
from yantra_bot.sandbox.package_index import PackageIndex


@dataclass(frozen=True, slots=True)
class Patience:
    """How long control waits for an answer, in seconds, before it takes the worker for stuck and kills it."""

    start: float = 30.0
    open: float = 600.0
    prepare: float = 1_800.0
    call: float = 1_800.0
    """One batch of tool calls, each command of which has a limit of its own."""
    test: float = 300.0
    """Beyond the time that the tests themselves may take."""
    read: float = 120.0
    """Diff, outline and measure."""
    assemble: float = 180.0
    """Finding what a task is about, and making a context of it; the worker itself waits less for its guide."""
    check: float = 1_200.0
    """One check of a run's change; what it runs has limits of its own."""
    review: float = 1_200.0
    """One review, the tests that it runs included."""
    keep: float = 1_800.0
    """Bringing a stored graph up to date, a first build of a large repository included."""


@dataclass(frozen=True, slots=True)
class WorkerConfig:
    """What the operator says of all workers."""

    work_folder: Path
    """Holds a folder for each live run. The accounts below have to be able to pass through it: see `slots`."""
    cache_folder: Path
    """Environments and the copy of the interpreter, kept between runs."""
    first_account: int = 59_000
    """First of the user and group numbers that workers run as when control is root; nothing else may use them."""
    accounts: int = 1_000
    """How many there are. Control processes on one machine may share them."""
    first_group: int = 60_000
    """First of the group numbers that repositories' caches belong to when control is root; the same holds."""
    places: int = 100
    """How many workers may live at the same time."""
    index: PackageIndex = field(default_factory=PackageIndex)
    """Where a repository's dependencies may come from; nowhere by default."""
    egress_folder: Path | None = None
    """Folder of the allow-list proxy's socket; None: nothing is fetched from an index."""
    allowed_packages: tuple[str, ...] = ()
    """Packages that a change may add although no lock file and no table names them."""
    checkout: CheckoutLimits = field(default_factory=CheckoutLimits)
    command_limits: Limits = TESTS
    """Limits of one command that a model runs."""
    ranks: Path | None = None
    """Folder of the token ranks. With it a run's worker has a guide, which knows the tree; without, it has none."""
    score: ScoreModel | None = None
    """The score file, which is read before a worker gives its rights up; None: there is no learned score."""
    learns: bool = False
    """Whether scores come with what can be learned from once it is known what came of the change."""
    insecure_no_sandbox: bool = False
    """The operator's switch: run untrusted code with no sandbox."""
    patience: Patience = field(default_factory=Patience)
