"""Which registry of npm packages a sandbox may reach is the operator's to say."""

from pathlib import Path
from typing import Any

import pytest

from yantra_bot.app.registries import npm_registry
from yantra_bot.settings import Settings


def settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


@pytest.mark.parametrize(
    ("values", "registry"),
    [
        ({"npm_registry_url": "https://registry.test/npm"}, "https://registry.test/npm"),
        ({"npm_registry_url": "none"}, None),
        ({"package_index_url": "none"}, None),
        ({"package_index_url": "none", "npm_registry_url": "https://registry.test"}, "https://registry.test"),
    ],
)
def test_the_operator_decides(values: dict[str, str], registry: str | None) -> None:
    """No index at all means no registry either, unless one is named."""
    assert npm_registry(settings(**values)) == registry


@pytest.mark.parametrize(
    ("found", "is_used"), [("https://r.test/", True), ("http://r.test/", False), ("https://a:b@r.test/", False)]
)
def test_without_a_word_it_is_npm_s_own(
    found: str, is_used: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One that a sandbox cannot or must not be given counts as none."""
    (tmp_path / "npmrc").write_text(f"registry={found}\n")
    for name in ("NPM_CONFIG_REGISTRY", "npm_config_registry"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("npm_config_userconfig", str(tmp_path / "npmrc"))
    assert npm_registry(settings()) in ((found, None) if is_used else (None,))
