"""What the port Registry promises, on the test registry and on a real one alike."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.fakes.registry import DOCKER, DOCKER_LIST, OCI, OCI_INDEX, REVISION, open_registry
from tests.fakes.registry_push import PASSWORD, PROGRAM, Pusher, is_installed, real_registry
from yantra_bot.clusters.registry import ImageRegistry
from yantra_bot.domain.environment import DeployRules
from yantra_bot.errors import Permanent, UserError

COMMIT, OTHER = "c0ffee" + "0" * 34, "b" * 40
LABEL = {REVISION: COMMIT}


@pytest.fixture(params=["test", "real"])
async def pusher(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Pusher]:
    """A registry that wants a password: the test one for tokens, the real one at once."""
    async with AsyncExitStack() as stack:
        if request.param == "test":
            registry = await stack.enter_async_context(open_registry(password=PASSWORD, scheme="basic"))
            yield Pusher(registry.host, password=PASSWORD)
        elif is_installed():
            host = await stack.enter_async_context(real_registry(tmp_path, password=PASSWORD))
            yield Pusher(host, password=PASSWORD)
        else:
            pytest.skip(f"NO REGISTRY: {PROGRAM} is not installed. Cure: apt-get install {PROGRAM}")


async def find(pusher: Pusher, tmp_path: Path, *, password: str = PASSWORD, path: str = "acme/shop") -> str:
    config = tmp_path / "config.json"
    auth = base64.b64encode(password.encode()).decode()
    config.write_text(json.dumps({"auths": {pusher.host: {"auth": auth}}}))
    registry = ImageRegistry([f"{pusher.host}/acme"], config=config)
    return await registry.find(DeployRules(image=f"{pusher.host}/{path}"), COMMIT)


@pytest.mark.parametrize("kind", [OCI, DOCKER])
async def test_a_pushed_image_is_found_by_its_commit(pusher: Pusher, tmp_path: Path, kind: str) -> None:
    """Under the digest that the build was told when it pushed."""
    assert await find_after(pusher, tmp_path, await pusher.image("acme/shop", COMMIT, labels=LABEL, kind=kind))


@pytest.mark.parametrize("kind", [OCI_INDEX, DOCKER_LIST])
async def test_so_is_one_for_several_platforms(pusher: Pusher, tmp_path: Path, kind: str) -> None:
    """Under the digest of its index."""
    parts = [await pusher.image("acme/shop", "", labels={**LABEL, "n": str(number)}) for number in range(2)]
    assert await find_after(pusher, tmp_path, await pusher.index("acme/shop", COMMIT, parts, kind=kind))


async def find_after(pusher: Pusher, tmp_path: Path, digest: str) -> bool:
    return await find(pusher, tmp_path) == digest


@pytest.mark.case("H04")
async def test_what_was_built_of_another_commit_is_refused(pusher: Pusher, tmp_path: Path) -> None:
    """Alone, and on one platform of several."""
    await pusher.image("acme/shop", COMMIT, labels={REVISION: OTHER})
    with pytest.raises(UserError, match="was built of 'bbb"):
        await find(pusher, tmp_path)
    parts = [await pusher.image("acme/shop", "", labels={REVISION: one}) for one in (COMMIT, OTHER)]
    await pusher.index("acme/shop", COMMIT, parts)
    with pytest.raises(UserError, match="was built of 'bbb"):
        await find(pusher, tmp_path)


async def test_what_is_not_there_is_said_to_be_missing(pusher: Pusher, tmp_path: Path) -> None:
    """No such tag, and no such repository."""
    await pusher.image("acme/shop", "other")
    for path in ("acme/shop", "acme/nothing"):
        with pytest.raises(UserError, match="There is no image"):
            await find(pusher, tmp_path, path=path)


async def test_a_wrong_password_is_said_to_be_one(pusher: Pusher, tmp_path: Path) -> None:
    """And is quoted nowhere."""
    await pusher.image("acme/shop", COMMIT)
    with pytest.raises(Permanent, match="YANTRA_REGISTRY_CONFIG") as refused:
        await find(pusher, tmp_path, password="ann:another-password")
    assert "another-password" not in str(refused.value)
