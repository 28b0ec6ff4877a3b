"""The image of a commit is found in its registry, and named by what its bytes are."""

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from yarl import URL

from tests.fakes import registry as fake
from tests.fakes.registry import FakeRegistry, open_registry
from yantra_bot.clusters.registry import ImageRegistry, tag_of
from yantra_bot.clusters.registry_credentials import Challenge, read_challenge, read_config
from yantra_bot.domain.environment import DeployRules
from yantra_bot.errors import Permanent, SettingsError, Transient, UserError

COMMIT, OTHER = "c0ffee" + "0" * 34, "b" * 40
LABEL = {fake.REVISION: COMMIT}
PASSWORD = "ann:s3cret-of-the-test-registry"


@pytest.fixture
async def registry() -> AsyncIterator[FakeRegistry]:
    async with open_registry() as opened:
        yield opened


def client(registry: FakeRegistry, *, allowed: str = "", **how: Any) -> ImageRegistry:
    return ImageRegistry([allowed or f"{registry.host}/acme"], **how)


async def find(registry: FakeRegistry, *, path: str = "acme/shop", tag: str = "{commit}", **how: Any) -> str:
    rules = DeployRules(image=f"{registry.host}/{path}", tag=tag)
    return await client(registry, **how).find(rules, COMMIT)


def config_of(tmp_path: Path, host: str, **more: Any) -> Path:
    file = tmp_path / "config.json"
    auth = base64.b64encode(PASSWORD.encode()).decode()
    file.write_text(json.dumps({"auths": {host: {"auth": auth}}, **more}))
    return file


@pytest.mark.parametrize("kind", [fake.OCI, fake.DOCKER])
@pytest.mark.parametrize("labels", [None, {}, LABEL, {fake.REVISION: COMMIT[:12]}])
async def test_an_image_is_named_by_the_digest_of_its_manifest(
    registry: FakeRegistry, kind: str, labels: dict[str, str] | None
) -> None:
    """Whether it says which commit it was built of or not."""
    digest = registry.put("acme/shop", COMMIT, labels=labels, kind=kind)
    assert await find(registry) == digest


@pytest.mark.parametrize("kind", [fake.OCI_INDEX, fake.DOCKER_LIST])
async def test_an_image_for_several_platforms_is_named_by_its_index(registry: FakeRegistry, kind: str) -> None:
    """Attestations beside the images are none; each image is looked at."""
    parts = [registry.put("acme/shop", "", labels=LABEL, annotations={"n": str(number)}) for number in range(3)]
    digest = registry.put_index("acme/shop", COMMIT[:7], parts, kind=kind)
    assert await find(registry, tag="{short}") == digest
    assert len([one for one in registry.asked if "manifests/sha256:" in one]) == 3


@pytest.mark.case("H04")
async def test_an_image_of_another_commit_is_refused(registry: FakeRegistry) -> None:
    """By its label, by an annotation, and on one platform of several."""
    registry.put("acme/shop", COMMIT, labels={fake.REVISION: OTHER})
    with pytest.raises(UserError, match=r"was built of 'bbb.*and not of c0ffee"):
        await find(registry)
    registry.put("acme/shop", COMMIT, annotations={fake.REVISION: OTHER})
    with pytest.raises(UserError, match="was built of"):
        await find(registry)
    good = registry.put("acme/shop", "", labels=LABEL)
    registry.put_index("acme/shop", COMMIT, [good, registry.put("acme/shop", "", labels={fake.REVISION: "c0ffee"})])
    with pytest.raises(UserError, match="was built of 'c0ffee'"):
        await find(registry)


@pytest.mark.case("H04")
@pytest.mark.parametrize("allowed", ["ghcr.io/acme", "{host}/acm", "{host}/acme/shop/x", "{host}/other"])
async def test_a_registry_that_is_not_allowed_is_not_asked(registry: FakeRegistry, allowed: str) -> None:
    """Nor a neighbour whose path begins with the same letters."""
    registry.put("acme/shop", COMMIT)
    with pytest.raises(UserError, match="YANTRA_IMAGE_REGISTRIES"):
        await find(registry, allowed=allowed.format(host=registry.host))
    assert registry.asked == []
    with pytest.raises(UserError, match="YANTRA_IMAGE_REGISTRIES"):
        await ImageRegistry([]).find(DeployRules(image=f"{registry.host}/acme/shop"), COMMIT)


@pytest.mark.case("H04")
async def test_bytes_that_are_not_what_they_are_called_are_refused(registry: FakeRegistry) -> None:
    """A header that lies, a platform's manifest and a configuration that were exchanged."""
    registry.put("acme/shop", COMMIT)
    registry.headers["Docker-Content-Digest"] = "sha256:" + "0" * 64
    with pytest.raises(UserError, match="nothing of it is believed"):
        await find(registry)
    registry.headers.clear()
    part = registry.put("acme/shop", "", labels=LABEL)
    registry.put_index("acme/shop", COMMIT, [part])
    kind, body = registry.manifests[f"acme/shop@{part}"]
    registry.manifests[f"acme/shop@{part}"] = (kind, body + b" ")
    with pytest.raises(UserError, match="nothing of it is believed"):
        await find(registry)
    registry.manifests[f"acme/shop@{part}"] = (kind, body)
    registry.blobs = {digest: data + b" " for digest, data in registry.blobs.items()}
    with pytest.raises(UserError, match="nothing of it is believed"):
        await find(registry)


async def test_an_image_that_is_not_there_is_said_to_be_missing(registry: FakeRegistry) -> None:
    """The whole, a platform of it, or its configuration."""
    with pytest.raises(UserError, match=f"There is no image {registry.host}/acme/shop:{COMMIT}"):
        await find(registry)
    registry.put_index("acme/shop", COMMIT, [fake.digest_of(b"nothing")])
    with pytest.raises(UserError, match="names an image that is not there"):
        await find(registry)
    registry.put("acme/shop", COMMIT)
    registry.blobs.clear()
    with pytest.raises(UserError, match="lacks a part of the image"):
        await find(registry)


@pytest.mark.parametrize(
    "manifest",
    [
        {"schemaVersion": 1},
        {"schemaVersion": 2, "mediaType": fake.OCI_INDEX, "manifests": []},
        {"schemaVersion": 2, "config": "x"},
        {"schemaVersion": 2, "config": {"digest": "sha256:" + "0" * 64}},
        {"schemaVersion": 2, "config": {"digest": "sha512:x", "size": 1}},
        {"schemaVersion": 2, "config": {"digest": "../../etc/passwd", "size": 1}},
        {"schemaVersion": 2, "config": {"digest": "sha256:" + "0" * 64, "size": 1 << 40}},
    ],
)
async def test_what_is_no_image_is_refused(registry: FakeRegistry, manifest: dict[str, Any]) -> None:
    """An old kind, another kind than it was sent as, and parts that are none."""
    registry.put_manifest("acme/shop", COMMIT, fake.OCI, manifest)
    with pytest.raises(UserError, match=r"Push it as|Push the image again|Make it smaller"):
        await find(registry)


async def test_an_index_of_indexes_and_one_of_nothing_are_refused(registry: FakeRegistry) -> None:
    """There is no end to looking at the first."""
    for parts in ([], [fake.digest_of(str(number).encode()) for number in range(21)]):
        registry.put_index("acme/shop", COMMIT, parts)
        with pytest.raises(UserError, match="platforms"):
            await find(registry)
    inner = registry.put_index("acme/shop", "", [registry.put("acme/shop", "")])
    registry.put_index("acme/shop", COMMIT, [inner])
    with pytest.raises(UserError, match="names an image that is not there"):
        await find(registry)


@pytest.mark.parametrize("scheme", ["bearer", "basic"])
async def test_a_password_of_the_operators_is_used_where_it_is_wanted(tmp_path: Path, scheme: str) -> None:
    """For a token that may read this repository alone; blobs in a storage are had without it."""
    async with open_registry(password=PASSWORD, scheme=scheme, redirects_blobs=True) as registry:
        digest = registry.put("acme/shop", COMMIT, labels=LABEL)
        config = config_of(tmp_path, registry.host)
        assert await find(registry, config=config, may_store=lambda _address: True) == digest
        assert any(one.startswith("STORAGE /sha256:") for one in registry.asked)
        with pytest.raises(Permanent, match="YANTRA_REGISTRY_CONFIG") as refused:
            await find(registry, config=config_of(tmp_path, "ghcr.io"))
        assert "s3cret" not in str(refused.value)


@pytest.mark.case("F04")
async def test_a_token_is_asked_for_only_where_it_may_be(tmp_path: Path) -> None:
    """A registry that names another host would have the password sent there."""
    async with open_registry(password=PASSWORD) as evil, open_registry(password=PASSWORD) as registry:
        registry.put("acme/shop", COMMIT)
        registry.realm = f"http://{evil.host}/token"
        with pytest.raises(Permanent, match="YANTRA_REGISTRY_TOKEN_HOSTS"):
            await find(registry, config=config_of(tmp_path, registry.host))
        assert evil.asked == []


@pytest.mark.case("F04")
@pytest.mark.parametrize(
    ("header", "is_taken"),
    [
        ('Bearer realm="https://ghcr.io/token",service="ghcr.io"', True),
        ('bearer realm="https://tokens.example/t"', True),
        ('Bearer realm="https://ghcr.io@evil.example/token"', False),
        ('Bearer realm="https://ghcr.io:8443/token"', False),
        ('Bearer realm="https://tokens.example:8443/t"', False),
        ('Bearer realm="http://ghcr.io/token"', False),
        ('Bearer realm="https://ghcr.io.evil.example/token"', False),
        ('Bearer realm="https://auth.docker.io/token"', False),
        ('Bearer realm="//[/"', False),
        ('Bearer service="ghcr.io"', False),
        ("Negotiate abc", False),
        ("", False),
    ],
)
def test_a_challenge_is_read_strictly(header: str, is_taken: bool) -> None:
    """Hosts are compared whole, and only encrypted ones count."""
    found = read_challenge(header, URL("https://ghcr.io"), frozenset({"tokens.example"}))
    assert (found is not None) is is_taken
    assert read_challenge('Basic realm="x"', URL("https://ghcr.io"), frozenset()) == Challenge(None)
    docker = URL("https://registry-1.docker.io")
    assert read_challenge('Bearer realm="https://auth.docker.io/token"', docker, frozenset()) is not None


@pytest.mark.case("F03")
async def test_a_redirect_is_judged(registry: FakeRegistry) -> None:
    """A manifest comes from the registry alone, and a blob from no address of this network."""
    registry.put("acme/shop", COMMIT)

    def to(place: str) -> web.Response:
        return web.Response(status=302, headers={"Location": place})

    for place in ("https://evil.example/x", "http://127.0.0.1:1/x", "file:///etc/passwd", "", "http://[::1", "//a@b/"):
        registry.answers["/manifests/"] = to(place)
        with pytest.raises(Permanent, match="redirects"):
            await find(registry)
    registry.redirects_blobs = True
    with pytest.raises(Permanent, match="no address that may be asked"):
        await find(registry)
    for place in ("http://169.254.169.254/latest", "http://localhost:1/x", "http://2130706433/", "http://0x7f.1/"):
        registry.answers["/blobs/"] = to(place)
        with pytest.raises((Permanent, Transient), match=r"no address|may not be asked|not a canonical"):
            await find(registry)
    registry.redirects_blobs = False
    registry.answers["/manifests/"] = to(f"/v2/acme/shop/manifests/{COMMIT}")
    assert await find(registry)


@pytest.mark.case("F05")
async def test_too_much_is_cut_off(registry: FakeRegistry) -> None:
    """Of a manifest as of a configuration."""
    registry.put("acme/shop", COMMIT)
    registry.answers["/manifests/"] = web.Response(body=b"x" * (5 << 20))
    with pytest.raises(UserError, match="sends more than 4096 KiB"):
        await find(registry)
    registry.answers["/blobs/"] = web.Response(body=b"x" * (2 << 20))
    with pytest.raises(UserError, match="sends more than 1024 KiB"):
        await find(registry)


@pytest.mark.parametrize(("status", "wait"), [(429, 7.0), (500, None), (503, None)])
async def test_trouble_passes(registry: FakeRegistry, status: int, wait: float | None) -> None:
    """It is asked again, at the time that it says."""
    headers = {"Retry-After": "7"} if wait else {}
    registry.answers["/manifests/"] = web.Response(status=status, headers=headers)
    with pytest.raises(Transient, match=f"HTTP {status}") as passing:
        await find(registry)
    assert passing.value.retry_after == wait
    gone = FakeRegistry(port=registry.port)
    gone.port = 1
    with pytest.raises(Transient, match="cannot be reached"):
        await find(gone)


@pytest.mark.parametrize("tag", ["{commit}", "v-{short}"])
def test_a_tag_is_made_of_a_whole_commit(tag: str) -> None:
    """And of nothing that could be anything else."""
    rules = DeployRules(image="ghcr.io/acme/shop", tag=tag)
    assert tag_of(rules, COMMIT) == tag.format(commit=COMMIT, short="c0ffee0")
    for odd in ("main", COMMIT[:7], "../" + COMMIT, COMMIT.upper(), ""):
        with pytest.raises(UserError, match="no full commit id"):
            tag_of(rules, odd)
    with pytest.raises(UserError, match="name no image"):
        tag_of(DeployRules(image="ghcr.io/acme/shop", tag="{commit}" * 4), COMMIT)


@pytest.mark.parametrize("word", ["acme/shop", "https://ghcr.io/acme", "ghcr.io/acme:1", "ghcr.io/../x", "", "/x"])
def test_a_prefix_that_is_none_stops_the_start(word: str) -> None:
    """With what one looks like."""
    with pytest.raises(SettingsError, match="YANTRA_IMAGE_REGISTRIES"):
        ImageRegistry([word])


def test_a_docker_config_is_read(tmp_path: Path) -> None:
    """Also under the old names of Docker's own registry; its secrets show in no text."""
    found = read_config(config_of(tmp_path, "https://index.docker.io/v1/", HttpHeaders={}))
    assert list(found) == ["docker.io"]
    assert found["docker.io"].get_secret_value() == PASSWORD
    assert "s3cret" not in repr(found)
    assert read_config(None) == {}


@pytest.mark.case("H19")
@pytest.mark.parametrize("more", [{"credsStore": "evil"}, {"credHelpers": {"ghcr.io": "evil"}}])
def test_a_helper_of_dockers_is_refused(tmp_path: Path, more: dict[str, Any]) -> None:
    """It is a program, and none is run."""
    with pytest.raises(SettingsError, match="names programs, and none is run"):
        read_config(config_of(tmp_path, "ghcr.io", **more))


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"auths": []}', '{"auths": {"a": 1}}', '{"auths": {"a": {"auth": "!"}}}', "[" * 100_000]
)
def test_a_docker_config_that_is_none_stops_the_start(tmp_path: Path, text: str) -> None:
    """As one does that is not there, or has no password for a registry."""
    file = tmp_path / "config.json"
    file.write_text(text)
    with pytest.raises(SettingsError, match="YANTRA_REGISTRY_CONFIG"):
        read_config(file)
    with pytest.raises(SettingsError, match="cannot be read"):
        read_config(tmp_path / "nowhere.json")
