"""What a registry says of an image is believed only where it is what it has to be."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yantra_bot.deploy.image_manifests import (
    IMAGES,
    INDEXES,
    REVISION,
    Image,
    Index,
    check_revision,
    read_manifest,
    read_revision,
)
from yantra_bot.errors import UserError

DIGEST, COMMIT = "sha256:" + "1" * 64, "c0ffee" + "0" * 34
NAMES = ("schemaVersion", "mediaType", "config", "manifests", "annotations", "digest", "size", "Labels", REVISION)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 3) | st.text(max_size=5) | st.sampled_from((DIGEST, *IMAGES, *INDEXES)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=15,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(NAMES), ANYTHING), st.sampled_from((*IMAGES, *INDEXES, "text/html", "")))
def test_any_answer_is_read_or_refused(found: dict[str, Any], kind: str) -> None:
    """And what is read names its parts by digests alone."""
    for body in (found, {"schemaVersion": 2, **{key: found[key] for key in found if key != "schemaVersion"}}):
        try:
            manifest = read_manifest(json.dumps(body).encode(), kind, shown="it")
        except UserError:
            continue
        assert kind in (INDEXES if isinstance(manifest, Index) else IMAGES)
        parts = manifest.manifests if isinstance(manifest, Index) else (manifest.config,)
        assert set(parts) == {DIGEST}


@settings(deadline=None)
@given(st.binary(max_size=40))
def test_bytes_that_are_no_json_are_refused(body: bytes) -> None:
    """Whatever else they are."""
    for read in (lambda: read_manifest(body, IMAGES[0], shown="it"), lambda: read_revision(body, shown="it")):
        try:
            assert read() == ""
        except UserError as refused:
            assert "it" in str(refused)  # noqa: PT017 (it may as well be read)


def test_deep_json_is_refused() -> None:
    """Instead of ending the process."""
    with pytest.raises(UserError, match="cannot be read"):
        read_manifest(b"[" * 200_000, IMAGES[0], shown="it")


def test_an_index_has_no_configuration_and_an_image_has_one() -> None:
    """By the kind that it was sent as, which it has to say of itself too."""
    config = {"digest": DIGEST, "size": 7}
    body = json.dumps({"schemaVersion": 2, "config": config, "manifests": [{"digest": DIGEST}]}).encode()
    assert read_manifest(body, IMAGES[0], shown="it") == Image(DIGEST, 7, "")
    assert read_manifest(body, INDEXES[0], shown="it") == Index((DIGEST,), "")
    lying = json.dumps({"schemaVersion": 2, "mediaType": INDEXES[0], "config": config}).encode()
    with pytest.raises(UserError, match="of a kind that is not deployed"):
        read_manifest(lying, IMAGES[0], shown="it")


@pytest.mark.case("H04")
@pytest.mark.parametrize("said", ["c0ffe", "b" * 40, COMMIT + "0", "main", "C0FFEE1"])
def test_a_label_that_names_another_commit_is_refused(said: str) -> None:
    """Also one that is too short to name any."""
    with pytest.raises(UserError, match="was built of"):
        check_revision(said, COMMIT, shown="it")


@pytest.mark.parametrize("said", ["", " ", COMMIT, COMMIT[:7], COMMIT.upper()])
def test_a_label_that_names_this_commit_or_none_is_taken(said: str) -> None:
    """An image need not say what it was built of: its tag does."""
    check_revision(said, COMMIT, shown="it")
    assert read_revision(json.dumps({"config": {"Labels": {REVISION: said}}}).encode(), shown="it") == said
