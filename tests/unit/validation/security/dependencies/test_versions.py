"""Versions are ordered as their ecosystems order them."""

from itertools import pairwise

import pytest

from yantra_bot.validation.security.dependencies.declared import Ecosystem
from yantra_bot.validation.security.dependencies.versions import first_fixed, is_affected, version_key


@pytest.mark.parametrize(
    ("ecosystem", "ordered"),
    [
        (Ecosystem.PYPI, "1.0.dev1 1.0a1.dev2 1.0a1 1.0b2 1.0rc1 1.0 1.0.post1.dev1 1.0.post1 1.0.1 1.1 1.10 2!0.1"),
        (Ecosystem.NPM, "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.b 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0"),
        (Ecosystem.GO, "0.0.0-20200101000000-abcdef 0.1.0 1.0.0"),
    ],
)  # fmt: skip
def test_versions_are_in_order(ecosystem: Ecosystem, ordered: str) -> None:
    """The order that PEP 440 and semantic versioning give as their examples."""
    keys = [version_key(ecosystem, one) for one in ordered.split()]
    assert None not in keys
    assert all(a < b for a, b in pairwise(keys))  # type: ignore[operator]  (none is None)


def test_equal_versions_are_equal() -> None:
    """Zeros at the end, a v in front, and what stands behind + make no difference."""
    assert version_key(Ecosystem.PYPI, "1.0") == version_key(Ecosystem.PYPI, "v1.0.0+local")
    assert version_key(Ecosystem.NPM, "1.0.0") == version_key(Ecosystem.NPM, "v1.0.0+build")
    assert version_key(Ecosystem.PYPI, "not a version") is None


def affected(*events: dict[str, str], **fields: object) -> dict[str, object]:
    return {"ranges": [{"type": "SEMVER", "events": list(events)}], **fields}


@pytest.mark.parametrize(
    ("version", "is_hit"),
    [
        ("0.9.0", False),
        ("1.0.0", True),
        ("1.4.9", True),
        ("1.5.0", False),
        ("2.0.0", True),
        ("2.3.0", True),
        ("2.3.1", False),
    ],
)
def test_a_version_is_within_ranges_or_not(version: str, is_hit: bool) -> None:
    """From where it came in up to where it was mended, or to the last that has it, in any order of events."""
    ranges = affected({"fixed": "1.5.0"}, {"introduced": "1.0.0"}, {"introduced": "2.0.0"}, {"last_affected": "2.3.0"})
    assert is_affected(Ecosystem.NPM, version, ranges) is is_hit


def test_what_cannot_be_compared_is_not_affected() -> None:
    """A listed version is affected by its name alone; records of a wrong shape say nothing."""
    assert is_affected(Ecosystem.PYPI, "odd version", {"versions": ["odd version"]})
    assert not is_affected(Ecosystem.PYPI, "odd", affected({"introduced": "0"}))
    for wrong in ({"ranges": 3}, {"ranges": [3]}, {"ranges": [{"type": "GIT", "events": []}]}, affected("x"), {}):  # type: ignore[arg-type]  (wrong)
        assert not is_affected(Ecosystem.PYPI, "1.0", wrong)
        assert first_fixed(Ecosystem.PYPI, "1.0", wrong if isinstance(wrong.get("ranges"), list) else {}) == ""


def test_the_next_version_that_mends_it_is_named() -> None:
    """Not one that is older."""
    ranges = affected({"introduced": "0"}, {"fixed": "1.2.0"}, {"introduced": "2.0.0"}, {"fixed": "2.1.0"})
    assert first_fixed(Ecosystem.NPM, "2.0.5", ranges) == "2.1.0"
