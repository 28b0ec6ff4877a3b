"""Manifests are read by real, confined workers; what they answer is checked, and a repository's mistakes are told."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from tests.fakes.mirror import MirrorMaker
from tests.fakes.worker_bench import DictBlobs
from yantra_bot.deploy.manifests.kinds import SOURCE
from yantra_bot.deploy_ports import Manifests
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.repository import Repository
from yantra_bot.errors import UserError
from yantra_bot.ports import TestCommand
from yantra_bot.worker.client import Work, WorkerFactory
from yantra_bot.worker.config import WorkerConfig
from yantra_bot.worker.manifests import ManifestWorkers, check_read
from yantra_bot.worker.protocol import Close, Closed, ProtocolError
from yantra_bot.worker.tasks import ReadManifests

SHOP = Repository(7, "acme", "shop")
MAP = b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n"
FILES = {
    "deploy/staging/b.yaml": MAP,
    "deploy/staging/a.yml": MAP.replace(b"settings", b"first"),
    "deploy/staging/notes.md": b"nothing",
    "deploy/staging/more/c.yaml": MAP,
    "deploy/wrong/x.yaml": MAP + b"data:\n  a: 1\n  a: 2\n",
    "deploy/kustomized/kustomization.yaml": b"resources: [x.yaml]\n",
    "deploy/empty/notes.md": b"nothing",
    "deploy/big/x.yaml": b"#" * 600_000,
    "chart/Chart.yaml": b"name: shop\n",
}


@pytest.fixture
def commit(maker: MirrorMaker) -> str:
    return maker.commit(FILES)


@pytest.fixture
def read(config: WorkerConfig, blobs: DictBlobs, maker: MirrorMaker, commit: str):  # type: ignore[no-untyped-def] # (a function)
    reader = ManifestWorkers(WorkerFactory(config, blobs))

    async def call(place: str, **more: str) -> Manifests:
        environment = Environment("staging", "main", "shop-staging", manifests=place, **more)  # type: ignore[arg-type] # (texts)
        return await reader("run-1", SHOP, maker.folder, commit, environment)

    return call


async def test_a_folders_files_are_read_in_the_order_of_their_names(read) -> None:  # type: ignore[no-untyped-def] # (a function)
    """Folders inside of it and other files are left out; each object says where it stands."""
    found = await read("./deploy/staging/")
    assert [one["metadata"]["annotations"][SOURCE] for one in found.objects] == [
        "deploy/staging/a.yml:1",
        "deploy/staging/b.yaml:1",
    ]
    assert not found.is_generated
    (one,) = (await read("deploy/staging/b.yaml")).objects
    assert one["kind"] == "ConfigMap"


async def test_without_manifests_they_are_made(read) -> None:  # type: ignore[no-untyped-def] # (a function)
    """No worker is needed for that; it is told."""
    found = await read("")
    assert (found.objects, found.is_generated) == ((), True)
    assert found.notes


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("deploy/wrong", r"deploy/wrong/x\.yaml:7: it has 'a' twice"),
        ("deploy/nowhere", "There is no deploy/nowhere at this commit"),
        ("deploy/empty", "has no object in it"),
        ("deploy/big", "larger than"),
        ("deploy/kustomized", "Kustomize is not run here"),
        ("chart", "Helm is not run here"),
        ("deploy/staging/notes.md", "neither YAML nor JSON"),
        ("../x", "is no path in the repository"),
        ("/etc/passwd", "is no path in the repository"),
    ],
)
async def test_a_mistake_is_told_with_its_place_and_the_cure(read, place: str, said: str) -> None:  # type: ignore[no-untyped-def] # (a function)
    """It is the repository's, and never retried."""
    with pytest.raises(UserError, match=said) as refused:
        await read(place)
    assert "Cure" in str(refused.value)


async def test_a_chart_is_refused_with_the_cure(read) -> None:  # type: ignore[no-untyped-def] # (a function)
    """Helm is a program that nobody has here."""
    with pytest.raises(UserError, match="helm template"):
        await read("", chart="chart")


async def test_a_link_is_not_followed(config: WorkerConfig, blobs: DictBlobs, maker: MirrorMaker) -> None:
    """Wherever it leads."""
    commit = maker.commit({"deploy/app.yaml": ("120000", b"/etc/passwd")})
    reader = ManifestWorkers(WorkerFactory(config, blobs))
    environment = Environment("staging", "main", "shop-staging", manifests="deploy")
    with pytest.raises(UserError, match="it is a link"):
        await reader("run-1", SHOP, maker.folder, commit, environment)


async def test_a_worker_loads_nothing_more_for_it(
    config: WorkerConfig, blobs: DictBlobs, maker: MirrorMaker, commit: str
) -> None:
    """All that it takes was loaded before it gave up its rights."""
    worker = await WorkerFactory(config, blobs).employ(Work("run-1", maker.folder, TestCommand(), is_guided=False))
    try:
        read = await worker.order(
            ReadManifests(commit, "deploy/staging"), TypeAdapter(tuple[dict[str, Any], ...]), patience=60
        )
        assert len(read) == 2
        with pytest.raises(UserError):
            await worker.order(
                ReadManifests(commit, "deploy/wrong"), TypeAdapter(tuple[dict[str, Any], ...]), patience=60
            )
        closed = await worker.order(Close(), TypeAdapter(Closed), patience=60)
        assert closed.late_imports == ()
    finally:
        await worker.end()


@pytest.mark.parametrize(
    "answer",
    [
        (),
        ({"kind": "A"},) * 101,
        ({"kind": "A", "apiVersion": "v1"},),
        ({"kind": 1, "apiVersion": "v1", "metadata": {"name": "a"}},),
        ({"kind": "A", "apiVersion": "v1", "metadata": {"name": 1}},),
        ({"kind": "A", "apiVersion": "v1", "metadata": {"name": "a", "labels": ["x"]}},),
    ],
)
def test_what_is_no_answer_is_not_believed(answer: tuple[dict[str, object], ...]) -> None:
    """A worker that was taken over cannot make control stumble."""
    with pytest.raises(ProtocolError):
        check_read(answer)
