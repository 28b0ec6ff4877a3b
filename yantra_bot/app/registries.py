"""Which registry of npm packages sandboxed installations may reach: the operator's choice, else what npm is set to."""

import os
import shutil
import subprocess
from typing import Final
from urllib.parse import urlsplit

import structlog

from yantra_bot.settings import Settings

NOWHERE: Final = "none"
_PROGRAMS: Final = "/usr/local/bin:/usr/bin"
_SECONDS: Final = 30


def npm_registry(settings: Settings) -> str | None:
    """Return the registry's address; None where there is none. No index at all means no registry either."""
    if settings.npm_registry_url:
        return None if settings.npm_registry_url == NOWHERE else settings.npm_registry_url
    if settings.package_index_url == NOWHERE:
        return None
    found = _ask_npm()
    parts = urlsplit(found)
    if parts.scheme == "https" and parts.hostname and not parts.username and not parts.query:
        return found
    if found:
        structlog.get_logger().warning("npm_registry_unusable", cure="set YANTRA_NPM_REGISTRY_URL to an https address")
    return None


def _ask_npm() -> str:
    """Return what npm is set to here; empty where there is no npm, or it cannot say. No project's settings count."""
    npm = shutil.which("npm", path=_PROGRAMS)
    if npm is None:
        return ""
    names = ("HOME", "NPM_CONFIG_REGISTRY", "npm_config_registry", "NPM_CONFIG_USERCONFIG", "npm_config_userconfig")
    environment = {name: os.environ[name] for name in names if name in os.environ} | {"PATH": _PROGRAMS}
    command = [npm, "config", "get", "registry"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_SECONDS, check=False, cwd="/", env=environment
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
