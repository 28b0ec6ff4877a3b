"""Gives each story its scene, and holds what is true after every one: nothing left over, no secret told, all ended."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from demo.servers import wheel_folder
from tests.fakes import alerting
from tests.fakes import slack as fake_slack
from tests.fakes.cluster.world import ClusterWorld
from tests.fakes.github import FakeGitHub
from tests.fakes.registry import open_registry
from tests.stories import afterwards, processes
from tests.stories.library import GOOD
from tests.stories.scene import Scene
from tests.stories.shipyard import Shipyard
from tests.stories.siren import Siren
from tests.stories.slack_town import Town
from tests.stories.watchtower import Watchtower
from yantra_bot import artefacts
from yantra_bot.sandbox.bubblewrap import probe
from yantra_bot.worker.launch import find_fork_server


@pytest.fixture(scope="session")
def place() -> Iterator[Path]:
    """A folder that workers can reach, the same for all stories of this process.

    Environments are kept by the path of the repository's mirror: so that stories share them, their state lies at one
    path, one after the other.
    """
    problem = probe()
    if problem is not None:
        pytest.skip(f"NO SANDBOX: {problem}")
    folder = Path(tempfile.mkdtemp(prefix="yantra-stories-", dir="/tmp"))
    folder.chmod(0o711)
    # Before the first story looks for what it leaves: one serves them all, as it serves all runs of a server.
    find_fork_server().load(artefacts.path("token-ranks"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def scene(github: FakeGitHub, place: Path) -> Iterator[Scene]:
    """A scene whose model answers from a script that does the work well."""
    folder = place / "scene"
    folder.mkdir()
    folder.chmod(0o711)
    key_file = folder / "app.pem"
    key_file.touch(mode=0o600)
    key_file.write_text(github.private_key)
    settings = {
        "state_folder": folder / "state",
        "cache_folder": place / "environments",
        "port": 0,
        "github_url": github.api_url,
        "github_git_url": github.git_url,
        "github_app_id": str(github.app.id),
        "github_app_key_file": key_file,
        "webhook_secrets": (github.webhook_secret,),
        "replay_script": folder / "script.toml",
        "package_index_url": "none",
        "package_folders": (wheel_folder(place),),
        "polling_seconds": 0.1,
        # The stories of reviews switch them on.
        "review_pull_requests": False,
        "review_budget_usd": 0,
        # Those of the second look switch it on.
        "critique_rounds": 0,
        # So do those of tests that are written for uncovered lines.
        "generated_test_rounds": 0,
        # And those of deliveries that nobody heard.
        "redeliver_hours": 0,
        "sweep_minutes": 0,
        "semgrep_folder": folder / "no-semgrep",
    }
    made = Scene(github, folder, settings)
    made.play(GOOD)
    before = processes.family()
    try:
        yield made
        afterwards.check(made, before)
    finally:
        shutil.rmtree(folder)


@pytest.fixture
async def town(scene: Scene) -> AsyncIterator[Town]:
    """A scene with a Slack; none of its secrets is told there, on GitHub, or in what the server stored."""
    async with fake_slack.start() as slack:
        story = Town(scene, slack)
        yield story
        shown = [one.shown for channel in slack.state.channels.values() for one in slack.said(channel)]
        said = "\n".join([*shown, *(one.shown for one in slack.whispers)]).encode()
        for place, data in (*afterwards.told(scene), *afterwards.stored(scene.home.folder), ("Slack", said)):
            for secret in (
                slack.bot_token,
                slack.app_token,
                slack.signing_secret,
                *afterwards.secrets_of(scene).values(),
            ):
                canary = secret.encode() if isinstance(secret, str) else secret
                assert canary not in data, f"a secret stands in {place}"


@pytest.fixture
def world(request: pytest.FixtureRequest) -> ClusterWorld:
    """A namespace of a real control plane where there is one, else of the fake: one contract holds both."""
    kind = "real" if os.environ.get("YANTRA_TEST_KUBECONFIG") else "fake"
    found: ClusterWorld = request.getfixturevalue(f"{kind}_cluster")
    return found


@pytest.fixture
async def yard(scene: Scene, world: ClusterWorld) -> AsyncIterator[Shipyard]:
    """A repository that is deployed."""
    async with open_registry() as registry:
        yield Shipyard(scene, world, registry)


@pytest.fixture
async def tower(yard: Shipyard, town: Town, tmp_path: Path) -> Watchtower:
    """A repository that is deployed, and watched by a real Prometheus and a real Alertmanager."""
    if problem := alerting.missing():
        pytest.skip(problem)
    return Watchtower(yard, town, tmp_path / "alerting")


@pytest.fixture
def siren(yard: Shipyard, town: Town) -> Siren:
    """A broken shop that somebody tells of."""
    return Siren(yard, town)
