"""Manifests are read by real, confined workers; what they answer is checked, and a repository's mistakes are told."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from tests.fakes.mirror import MirrorMaker
from tests.fakes.worker_bench import DictBlobs
from yantra_bot.deploy.manifests.kinds import SOURCE
from yantra_bot.deploy_ports import Manifests
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.repository import Repository
from yantra_bot.errors import SettingsError, UserError
from yantra_bot.ports import TestCommand
from yantra_bot.worker.client import WorkerFactory
from yantra_bot.worker.config import WorkerConfig
from yantra_bot.worker.manifests import ManifestWorkers, check_read, find_helm, release_name
from yantra_bot.worker.protocol import Close, Closed, ProtocolError
from yantra_bot.worker.tasks import ReadManifests
from yantra_bot.worker.work import Work

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


HELM = """#!/bin/sh
# Stands in for Helm: says what it was called with, and what it can reach.
case "$*" in *broken*) echo "Error: template: shop/templates/x.yaml:3: function nope not defined" >&2; exit 1;; esac
case "$*" in *silent*) exit 0;; esac
cat "$3/templates/app.yaml"
printf 'data:\\n  called: "%s"\\n' "$*"
printf '  network: "%s"\\n' "$(ls /sys/class/net 2>/dev/null | tr '\\n' ' ')"
printf '  secrets: "%s"\\n' "$(env | grep -c YANTRA)"
"""


@pytest.fixture
def helm(open_folder: Path) -> Path:
    """A program that the workers' accounts can run."""
    file = open_folder / "helm"
    file.write_text(HELM)
    file.chmod(0o755)
    return file


async def render(
    config: WorkerConfig, blobs: DictBlobs, maker: MirrorMaker, helm: Path | None, **names: str
) -> Manifests:
    commit = maker.commit(
        {"charts/shop/Chart.yaml": b"name: shop\n", "charts/shop/templates/app.yaml": MAP, "v.yaml": b""}
    )
    reader = ManifestWorkers(WorkerFactory(config, blobs), helm=helm)
    environment = Environment("staging", "main", "shop-staging", **names)  # type: ignore[arg-type] # (texts)
    return await reader("run-1", SHOP, maker.folder, commit, environment)


@pytest.mark.sandbox
async def test_a_chart_is_rendered_in_the_sandbox(
    config: WorkerConfig, blobs: DictBlobs, maker: MirrorMaker, helm: Path
) -> None:
    """With the operator's program, the environment's values and namespace, and nothing to reach; then as any other."""
    (found,) = (await render(config, blobs, maker, helm, chart="charts/shop/", values="v.yaml")).objects
    assert found["data"] == {
        "called": "template shop /repository/charts/shop --namespace shop-staging --no-hooks --skip-tests "
        "--values /repository/v.yaml",
        "network": "",
        "secrets": "0",
    }
    assert found["metadata"]["annotations"][SOURCE].startswith("charts/shop (rendered):")


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("chart", "said"),
    [
        ("charts/broken", r"Helm does not render it: Error: template: shop/templates/x\.yaml:3: function nope"),
        ("charts/silent", "it renders to no object"),
        ("../charts", "is no path in the repository"),
    ],
)
async def test_a_chart_that_does_not_render_is_told_with_helms_words(
    config: WorkerConfig, blobs: DictBlobs, maker: MirrorMaker, helm: Path, chart: str, said: str
) -> None:
    """It is the repository's mistake."""
    with pytest.raises(UserError, match=said):
        await render(config, blobs, maker, helm, chart=chart)


async def test_without_helm_a_chart_is_refused_with_the_cure(
    config: WorkerConfig, blobs: DictBlobs, maker: MirrorMaker, tmp_path: Path
) -> None:
    """Nobody has to have it; who names it has to have it right."""
    with pytest.raises(UserError, match="YANTRA_HELM"):
        await render(config, blobs, maker, None, chart="charts/shop")
    assert find_helm(None, [tmp_path / "helm"]) is None
    with pytest.raises(SettingsError, match="YANTRA_HELM"):
        find_helm(tmp_path / "helm")
    assert (release_name("My.Shop_2"), release_name("___")) == ("my-shop-2", "release")


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
