"""What comes of a run is learned from: kept in numbers, shared without text, and judged before it is used."""

import hashlib
import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.collective_world import make_world
from tests.fakes.door import ManualClock
from tests.fakes.experiences import SHAPE, fill
from tests.fakes.scoring import make_weights
from tests.stories.library import GOOD
from tests.stories.scene import Scene
from yantra_bot.app.collective import open_client
from yantra_bot.app.learning import buffer_of, describe_versions, held_out_of, versions_of
from yantra_bot.collective.credentials import MOST_REST, Credentials
from yantra_bot.collective.head import ROWS, Head
from yantra_bot.collective.identity import WEEK_SECONDS, id_of, week_of
from yantra_bot.collective.outbox import Origin
from yantra_bot.collective.pattern import INPUTS
from yantra_bot.collective.service import Service, ServiceSettings
from yantra_bot.collective.store import Store
from yantra_bot.collective.updates import Manifest, write_update
from yantra_bot.domain.run import Phase
from yantra_bot.scoring.layout import FEATURE_VERSION
from yantra_bot.scoring.network import plain_judgement
from yantra_bot.scoring.replay import Kind, ReplayBuffer
from yantra_bot.scoring.score_file import About, Line, ScoreFile, write_score_file
from yantra_bot.scoring.versions import Versions
from yantra_bot.settings import Settings
from yantra_bot.webhooks.server import listen

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
ENROLLED = "the-installation-of-this-story"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    file = tmp_path / "model.safetensors"
    weights = {name: np.float32(0.2) * value for name, value in make_weights(SHAPE).items()} | plain_judgement()
    write_score_file(file, weights, About(features=FEATURE_VERSION, shape=SHAPE, has_passing=True))
    return file


def tell_rightly(model: Path) -> None:
    """Turn what it says of tests round: weights drawn by lot have it the wrong way, and there is nothing to lose."""
    read = ScoreFile.read(model, features=FEATURE_VERSION)
    write_score_file(model, read.network.arrays, replace(read.about, passing=Line(-1.0, 0.0)))


def version_of(model: Path) -> str:
    return hashlib.sha256(model.read_bytes()).hexdigest()[:12]


async def run_once(scene: Scene) -> str:
    """Have one run to its good end; return its id."""
    await scene.comment("@yantra implement")
    ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    return scene.runs()[0].order.run_id


async def test_what_came_of_a_run_is_kept_to_learn_from(scene: Scene, model: Path) -> None:
    """The changed function in numbers, with its tests' outcome; the record of the score holds none of them."""
    scene.play(GOOD)
    async with scene.server(score_file=model, score_learning=True):
        run_id = await run_once(scene)
    (one,) = (*ReplayBuffer(buffer_of(scene.home)).read(), *ReplayBuffer(held_out_of(scene.home)).read())
    assert (one.pass_share, one.kind) == (1.0, Kind.PASSED)
    assert len(one.batch.inner[0]) > 5
    kept = scene.records()
    (scored,) = kept.scores_of_run(run_id)
    kept.close()
    assert [symbol.name for symbol in scored.score.symbols] == ["add"]
    assert (scored.score.lessons, scored.score.shared) == ((), None)
    assert not (scene.home.collective / "waiting.jsonl").exists()


async def test_without_a_word_nothing_is_kept(scene: Scene, model: Path) -> None:
    """Both are off by default."""
    scene.play(GOOD)
    async with scene.server(score_file=model):
        await run_once(scene)
    assert not scene.home.learned.exists()
    assert not scene.home.collective.exists()


async def test_a_pattern_of_a_run_arrives_at_the_service_without_text(scene: Scene, model: Path) -> None:
    """Five fields of numbers and closed words; what the shared model says is recorded beside the own score."""
    base, folder = version_of(model), scene.folder / "service"
    folder.mkdir()
    store = Store(folder / "patterns.sqlite")
    told = {"collective": True, "collective_key": id_of(KEY), "collective_enrolment_key": ENROLLED}
    clock = ManualClock(2_970 * WEEK_SECONDS + 86_400.0)
    service = Service(store, KEY, ServiceSettings(FEATURE_VERSION, base, (ENROLLED,)), clock)
    scene.play(GOOD)
    async with listen(service.build(), host="127.0.0.1", port=0) as port:
        scene.values |= {**told, "collective_url": f"http://127.0.0.1:{port}", "score_file": model}
        client = open_client(Settings(**scene.values), scene.home.lay_out(), clock)
        assert client is not None
        others = make_world(np.random.default_rng(1)).draw(0, 7, np.random.default_rng(2))
        for pattern in others:
            client.outbox.put(pattern, Origin(FEATURE_VERSION, base))
        (scene.home.collective / "model.bin").write_bytes(make_update(base))
        async with scene.server():
            run_id = await run_once(scene)
        (own,) = [one for one in client.outbox.waiting() if one not in others]
        assert (own.language, own.complexity, own.steps, own.is_passing) == ("python", 1, ("compute", "return"), True)
        credentials = Credentials(scene.home.collective, clock)
        assert credentials.due()
        while credentials.due():
            assert await client.exchange() == 0
            clock.time += MOST_REST
        assert await client.exchange() == 8
    (arrived,) = store.read(week_of(clock.now())).values()
    assert own in arrived
    assert not any(word in (folder / "patterns.sqlite").read_bytes() for word in (b"calc", b"first", b"alice"))
    records = scene.records()
    (scored,) = records.scores_of_run(run_id)
    records.close()
    assert scored.score.shared == pytest.approx(0.7311, abs=1e-3)
    assert not scene.home.learned.exists()


def make_update(base: str) -> bytes:
    """Return a shared model that says 1 / (1 + e^-1) of everything."""
    weights = np.zeros((ROWS, INPUTS))
    weights[0, -1] = 1.0
    data = Head(weights).to_bytes()
    told = Manifest(
        version=1, features=FEATURE_VERSION, base=base, issued=0, digest=hashlib.sha256(data).hexdigest(), changes=[]
    )
    return write_update(KEY, told, data)


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="the extra `learned` is not installed")
@pytest.mark.parametrize("upside_down", [False, True])
async def test_the_server_learns_by_itself_and_takes_only_what_is_no_worse(
    scene: Scene, model: Path, upside_down: bool
) -> None:
    """The reason stands beside each version; the next run's worker scores by the one in use."""
    # Made ahead: at a low priority that takes minutes where other tests use the cores.
    from yantra_bot.training.injected import keep_faults

    keep_faults(scene.home.learned / "faults")
    if upside_down:
        tell_rightly(model)
    fill(buffer_of(scene.home), 40, upside_down=upside_down)
    fill(held_out_of(scene.home), 200, start=1_000)
    versions = Versions(versions_of(scene.home))
    scene.play(GOOD)
    async with scene.server(score_file=model, score_learning=True):
        await scene.until(lambda: len(versions.entries()) == 2)
        run_id = await run_once(scene)
    newest = versions.entries()[0]
    assert newest.parent == version_of(model)
    in_use = version_of(model) if upside_down else newest.version
    assert newest.is_adopted is not upside_down, newest.reason
    assert "AUROC" in describe_versions(scene.home).splitlines()[0]
    records = scene.records()
    (scored,) = records.scores_of_run(run_id)
    records.close()
    assert scored.score.model == in_use
