"""The scene of a deployment: a repository with environments, images of its commits, and a cluster to deploy to."""

import uuid
from typing import Any, Final

from tests.fakes.cluster.world import ClusterWorld
from tests.fakes.github import git_repository
from tests.fakes.github.state import Issue
from tests.fakes.registry import REVISION, FakeRegistry
from tests.stories.scene import Scene
from yantra_bot.domain.run import Ending, Phase

APP: Final = "shop"


def quick_health(*, deadline: int = 90, good: int = 2, more: str = "") -> str:
    """Return rules of health that are quick to judge; `more` are further keys, with a comma after each."""
    return (
        f"{{http: [{{path: /health, version_header: X-Version}}], {more}interval_seconds: 1, healthy_samples: {good}, "
        f"failing_samples: 2, silence_samples: 2, start_seconds: 1, deadline_seconds: {deadline}}}"
    )


HEALTH: Final = quick_health()


class Shipyard:
    """A repository that is deployed to two namespaces of a cluster."""

    def __init__(self, scene: Scene, world: ClusterWorld, registry: FakeRegistry) -> None:
        self.scene, self.github, self.world, self.registry = scene, scene.github, world, registry
        self.production = f"{world.namespace}-p"
        self.image = f"{registry.host}/acme/shop"
        scene.github.install("acme")
        self.repository = scene.work_in({"app.py": "VERSION = 1\n"}, name="acme/shop")
        scene.github.permit(self.repository, "bob", "write")
        scene.values |= {
            "clusters": (f"main={world.kubeconfig}",),
            "deploy_targets": (f"acme/shop=main/{world.namespace}", f"acme/shop=main/{self.production}"),
            "image_registries": (registry.host,),
            "pod_networks": ("127.0.0.0/8",),
        }
        self.fates: dict[str, str] = {}
        self.there: list[str] = []

    async def lay_out(self, *, staging: str = "", production: str = "", health: str = HEALTH, monitor: str = "") -> str:
        """Make the second namespace and write the rules, with more keys where given; return the commit."""
        await self.world.create("/api/v1/namespaces", {"metadata": {"name": self.production}})
        self.there.append(self.production)
        rules = (
            f"deploy:\n  image: {self.image}\n  environments:\n"
            f"    staging:\n      cluster: main\n      namespace: {self.world.namespace}\n      pull_requests: true\n"
            f"      replicas: 2\n      strategy: {{hold_seconds: 1}}\n      health: {health}\n{staging}"
            f"    production:\n      cluster: main\n      namespace: {self.production}\n      after: staging\n"
            f"      replicas: 2\n      strategy: {{hold_seconds: 1}}\n      health: {health}\n{production}{monitor}"
        )
        return await self.release({".github/yantra.yml": rules})

    async def release(self, files: dict[str, str] | None = None, *, fate: str = "ready", branch: str = "") -> str:
        """Push a commit whose checks are green and whose image was built; its pods meet this fate."""
        changed = files or {"app.py": f"VERSION = {uuid.uuid4().hex!r}\n"}
        commit = await self.github.push(self.repository, changed, by="alice", branch=branch or None)
        await self.build(commit, fate=fate)
        return commit

    async def build(self, commit: str, *, fate: str = "ready", checks: str = "success") -> str:
        """Build a commit's image, and end its checks; return the digest."""
        digest = self.registry.put("acme/shop", commit, labels={REVISION: commit})
        self.fates[digest.removeprefix("sha256:")[:20]] = f"{fate} version={commit}"
        await self.decree()
        if checks:
            await self.github.end_check(self.repository, commit, "ci", checks)
        return digest

    async def decree(self) -> None:
        """Tell both namespaces what becomes of which image."""
        first = self.world.namespace
        for namespace in (first, *self.there):
            self.world.namespace = namespace
            await self.world.decree(self.fates)
        self.world.namespace = first

    async def order(self, text: str, *, by: str = "alice", on: Issue | None = None) -> None:
        await self.scene.comment(text, by=by, on=on)

    async def deploy(self, environment: str = "staging", *, of: int = 1, options: str = "") -> Ending:
        """Order a deployment and return how it ended."""
        await self.order(f"@yantra deploy {environment} {options}".strip())
        return await self.scene.ending(of=of)

    async def deploy_everywhere(self) -> None:
        """Have alice deploy the newest commit to staging and to production."""
        for environment in ("staging", "production"):
            before = self._deployed(environment)
            await self.order(f"@yantra deploy {environment}")
            ended = await self.scene.until(lambda place=environment, known=before: self._deployed(place)[len(known) :])
            assert ended[0].phase is Phase.COMPLETE, ended[0].reason

    def _deployed(self, environment: str) -> list[Ending]:
        """Return how alice's deployments to an environment ended, oldest first."""
        mine = [run for run in self.scene.runs() if run.order.requested_by.login == "alice"]
        return [run.ending for run in reversed(mine) if run.order.command.argument == environment and run.ending]

    async def serving(self, namespace: str = "") -> list[str]:
        """Return the images of the pods that are ready in a namespace, each once."""
        path = f"/api/v1/namespaces/{namespace or self.world.namespace}/pods"
        found: dict[str, Any] = await self.world.admin.json("GET", path)
        images = set()
        for pod in found["items"]:
            conditions = {one["type"]: one["status"] for one in pod.get("status", {}).get("conditions") or ()}
            if conditions.get("Ready") == "True" and "deletionTimestamp" not in pod["metadata"]:
                images |= {one["image"] for one in pod["spec"]["containers"]}
        return sorted(images)

    def read(self, path: str, commit: str) -> str:
        """Return a file of the repository on GitHub at a commit."""
        return git_repository.run_git(self.repository.git_dir, "show", f"{commit}:{path}")

    async def change_as_somebody_else(self) -> None:
        """Have a person give the Deployment another environment variable."""
        containers = [{"name": APP, "image": "registry.example.com/mine:1"}]
        body = {"spec": {"template": {"spec": {"containers": containers}}}}
        await self.world.change(f"{self.world.apps}/deployments/{APP}", body)

    async def is_as_somebody_left_it(self) -> bool:
        found = await self.world.admin.json("GET", f"{self.world.apps}/deployments/{APP}")
        images = [one["image"] for one in found["spec"]["template"]["spec"]["containers"]]
        return images == ["registry.example.com/mine:1"]

    async def redecree(self, fate: str, *, every: bool = False) -> None:
        """Have the pods of the newest image, or of every one, meet another fate from now on."""
        for part in list(self.fates) if every else list(self.fates)[-1:]:
            self.fates[part] = f"{fate} {self.fates[part].split()[-1]}"
        await self.decree()

    async def forget_old_versions(self) -> None:
        """Delete the ReplicaSets that have no pods, as a cluster does with what is older than it keeps."""
        found = await self.world.admin.json("GET", f"{self.world.apps}/replicasets")
        for one in found["items"]:
            if not one["spec"].get("replicas"):
                await self.world.admin.json("DELETE", f"{self.world.apps}/replicasets/{one['metadata']['name']}")
