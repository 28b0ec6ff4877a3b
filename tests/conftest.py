"""What every test may ask for: a running GitHub. Added to by others, kept small."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from tests.fakes.cluster.fake import FakeCluster
from tests.fakes.cluster.world import ClusterWorld
from tests.fakes.github import FakeGitHub, start
from tests.fakes.github.fake import make_key
from tests.fakes.github.judge import Judge, load
from tests.fakes.models.guard import forbid_paid_calls
from tests.fakes.sandbox_world import SandboxWorld, is_root
from yantra_bot import artefacts
from yantra_bot.sandbox.bubblewrap import probe
from yantra_bot.validation.browser.program import Browser, BrowserMissing, find_browser, place_browser
from yantra_bot.validation.security.scanner import Scanner, find_scanner, place_scanner

DESCRIPTION = "github-openapi"
JUDGE_IS_OFF = (
    f"THE JUDGE IS OFF: the artefact {DESCRIPTION} is missing, so nothing was held against GitHub's own "
    "API description. Cure: install npm, then make setup."
)

# A traceback with the values of every frame takes longer to draw than most tests; nobody reads it here.
structlog.get_config()["processors"][-1].exception_formatter = structlog.dev.plain_traceback


@pytest.fixture(autouse=True)
def no_paid_calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No test can reach a vendor of models, whatever keys the developer has; the refused names come out."""
    return forbid_paid_calls(monkeypatch)


@pytest.fixture(autouse=True)
def plain_logging(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a command or a server sets up for logging ends with the test: the next one may look at what is logged."""
    configure = structlog.configure
    # A logger that keeps what it found at its first use would keep it for all tests after.
    monkeypatch.setattr(
        structlog, "configure", lambda **given: configure(**(given | {"cache_logger_on_first_use": False}))
    )
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def judge() -> Judge | None:
    """GitHub's own description, None (said at the top and at the end of the session) where it could not be fetched."""
    return load(artefacts.path(DESCRIPTION)) if artefacts.available(DESCRIPTION) else None


@pytest.fixture(scope="session")
def app_key() -> str:
    """The private key of the app, PEM; one a session, since making one takes longer than a test."""
    return make_key()


@pytest.fixture
async def github(tmp_path: Path, judge: Judge | None, app_key: str) -> AsyncIterator[FakeGitHub]:
    """A GitHub on a loopback port; the test fails when anything was not as GitHub's description says."""
    fake = await start(tmp_path / "github", judge=judge, private_key=app_key)
    yield fake
    await fake.close()


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[FakeCluster]:
    """A cluster on a loopback port, with controllers and pods that answer."""
    fake = await FakeCluster(tmp_path / "cluster").start()
    yield fake
    await fake.close()


@pytest.fixture
async def fake_cluster(cluster: FakeCluster, tmp_path: Path) -> ClusterWorld:
    """A namespace of it, as tests see one."""
    return await ClusterWorld(cluster.kubeconfig, tmp_path / "scratch").make()


@pytest.fixture
async def real_cluster(tmp_path: Path) -> AsyncIterator[ClusterWorld]:
    """A namespace of a real control plane with our pretend node; skipped, loudly, where none was started."""
    named = os.environ.get("YANTRA_TEST_KUBECONFIG")
    if not named:
        pytest.skip("NO CLUSTER: YANTRA_TEST_KUBECONFIG is not set. Cure: docs/kubernetes.md, Developing")
    world = await ClusterWorld(Path(named), tmp_path / "scratch").make()
    yield world
    await world.discard()


@pytest.fixture(scope="session")
def sandbox_world() -> Iterator[SandboxWorld]:
    """Real sandboxes, with an interpreter and folders that their user can reach."""
    problem = probe()
    if problem is not None:
        pytest.skip(f"NO SANDBOX: {problem}")
    world = SandboxWorld()
    yield world
    world.close()


@pytest.fixture(scope="session")
def scanner(sandbox_world: SandboxWorld) -> Scanner:
    """semgrep's engine, where sandboxes can read it; skipped, loudly, where it could not be fetched."""
    if not artefacts.available("semgrep"):
        pytest.skip("NO SCANNER: the artefact semgrep is missing. Cure: make setup")
    found = find_scanner(artefacts.path("semgrep"))
    return place_scanner(found, sandbox_world.folder / "tools", is_for_other_user=is_root())


@pytest.fixture(scope="session")
def found_browser() -> Browser:
    """Chromium, and the Playwright that drives it; skipped, loudly, where one of them is missing."""
    try:
        return find_browser(artefacts.path("playwright") if artefacts.available("playwright") else None)
    except BrowserMissing as problem:
        pytest.skip(f"NO BROWSER: {problem}")


@pytest.fixture(scope="session")
def browser(sandbox_world: SandboxWorld, found_browser: Browser) -> Browser:
    """The same, where sandboxes can read it."""
    return place_browser(found_browser, sandbox_world.folder / "tools", is_for_other_user=is_root())


def pytest_report_header() -> list[str]:
    return [] if artefacts.available(DESCRIPTION) else [JUDGE_IS_OFF]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not artefacts.available(DESCRIPTION):
        terminalreporter.section("the judge", sep="!", red=True)
        terminalreporter.write_line(JUDGE_IS_OFF, red=True)
