"""The third act: a commit is deployed and serves; the next one crashes, and is gone from, in the cluster and in git.

The cluster and the registry of images are pretended, on loopback; the client that reaches them is the product's own.
"""

import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.text import Text

from demo.servers import PERSON
from demo.stage import Stage
from tests.fakes.cluster.fake import FakeCluster
from tests.fakes.cluster.fates import CONFIG_MAP
from tests.fakes.registry import REVISION, FakeRegistry, open_registry
from yantra_bot.cli.display import Display
from yantra_bot.domain.commands import Verb
from yantra_bot.domain.run import Phase

REPOSITORY: Final = "octo/shop"
NAMESPACE: Final = "shop-staging"
TITLE: Final = "Ship what is on main"
COMMENT: Final = "@yantra deploy staging"
MARK: Final = "<!-- yantra:deploy:"
RULES: Final = """\
deploy:
  service: shop
  image: {image}
  environments:
    staging:
      cluster: main
      namespace: shop-staging
      strategy: {{hold_seconds: 1}}
      health:
        http: [{{path: /health, version_header: X-Version}}]
        interval_seconds: 1
        healthy_samples: 2
        start_seconds: 1
"""


@dataclass(slots=True)
class Harbour:
    """A cluster and a registry; `fates` say what becomes of the pods of an image."""

    cluster: FakeCluster
    registry: FakeRegistry
    fates: dict[str, str]

    @property
    def settings(self) -> Mapping[str, str]:
        """What an operator sets to let a repository be deployed."""
        return {
            "YANTRA_CLUSTERS": f"main={self.cluster.kubeconfig}",
            "YANTRA_DEPLOY_TARGETS": f"{REPOSITORY}=main/{NAMESPACE}",
            "YANTRA_IMAGE_REGISTRIES": self.registry.host,
            "YANTRA_POD_NETWORKS": "127.0.0.0/8",
        }

    def build(self, commit: str, fate: str) -> None:
        """Have a commit's image in the registry; its pods meet this fate."""
        digest = self.registry.put(REPOSITORY, commit, labels={REVISION: commit})
        self.fates[digest.removeprefix("sha256:")[:20]] = f"{fate} version={commit}"
        named = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": CONFIG_MAP, "namespace": NAMESPACE}}
        self.cluster.objects.put("configmaps", {**named, "data": dict(self.fates)})


@asynccontextmanager
async def open_harbour(folder: Path) -> AsyncIterator[Harbour]:
    """Pretend a cluster with one namespace, and a registry."""
    folder.mkdir()
    cluster = await FakeCluster(folder).start()
    cluster.objects.put("namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    try:
        async with open_registry() as registry:
            yield Harbour(cluster, registry, {})
    finally:
        await cluster.close()


async def play_shipping(stage: Stage, harbour: Harbour) -> bool:
    """Deploy a good commit, then a bad one; return whether the one served and the other was gone back from."""
    github, console = stage.github, stage.console
    files = {".github/yantra.yml": RULES.format(image=f"{harbour.registry.host}/{REPOSITORY}"), "price.txt": "9\n"}
    first = (await github.ask("POST", "/repositories", repository=REPOSITORY, files=files, by=PERSON))["head"]
    issue = await github.open_issue(TITLE, "Both prices were agreed on.", repository=REPOSITORY)
    console.print(
        "The cluster and the registry of images are pretended; what reaches them is the product's own client."
    )
    console.print(
        "The repository has rules and no manifests, so they are made. Its image is built, its checks are green.\n"
    )
    if await _deploy(stage, harbour, first, issue, "ready") is not Phase.COMPLETE:
        return False
    pushed = {"repository": REPOSITORY, "files": {"price.txt": "7\n"}, "by": PERSON}
    second = (await github.ask("POST", "/pushes", **pushed))["commit"]
    console.print("\nalice pushes another commit; its container will not start.", highlight=False)
    return await _deploy(stage, harbour, second, issue, "crash") is Phase.ROLLED_BACK


async def _deploy(stage: Stage, harbour: Harbour, commit: str, issue: int, fate: str) -> Phase:
    """Have a commit built and checked, order its deployment, show it, and return how it ended."""
    harbour.build(commit, fate)
    await stage.github.ask("POST", "/checks", repository=REPOSITORY, commit=commit, name="ci", conclusion="success")
    stage.introduce(issue, TITLE, COMMENT, repository=REPOSITORY)
    began = time.monotonic()
    await stage.github.comment(issue, COMMENT, repository=REPOSITORY)
    records = await stage.open_records()
    try:
        run_id = await stage.find_run(records, issue, Verb.DEPLOY, besides=tuple(stage.run_ids))
        await Display(stage.console, records, run_id).follow(stage.wait_for_ending(records, run_id))
        stage.run_ids.append(run_id)
        ending = records.ending(run_id)
        assert ending is not None, "it was waited for"
        stage.console.print(f"From comment to ending: {time.monotonic() - began:.1f} s.", highlight=False)
        await _show_comment(stage, issue)
        return ending.phase
    finally:
        records.close()


async def _show_comment(stage: Stage, issue: int) -> None:
    """Print the deployment's comment as it stands there now."""
    found = await stage.github.show(issue, repository=REPOSITORY)
    body = [one["body"] for one in found["comments"] if MARK in one["body"]][-1]
    stage.console.print(Text(f"\nOn {REPOSITORY}#{issue} stands:", "bold"))
    for line in body.splitlines():
        if (shown := _plain(line)) is not None:
            stage.console.print(Text(f"  {shown}"))


def _plain(line: str) -> str | None:
    """Return a line of a comment as a terminal shows it; None for one that only lays it out."""
    if not line.strip() or re.match(r"<!--|<details|</details|```|\|[ |-]+\|$", line):
        return None
    cells = re.fullmatch(r"\| (.+?) \| (.+) \|", line)
    text = f"{cells[1]}: {cells[2]}" if cells else line
    return re.sub(r"\[([^\]]+)\]\([^)]*\)|\*\*|`", lambda found: found[1] or "", text)
