"""Where sandboxed installations get packages from: the operator's choice, else what pip is set to here."""

import ast
import subprocess
import sys
from pathlib import Path

from yantra_bot.app.registries import NOWHERE, npm_registry
from yantra_bot.app.within_reach import readable
from yantra_bot.errors import SettingsError
from yantra_bot.sandbox.package_index import PackageIndex
from yantra_bot.settings import Settings


def package_index(settings: Settings) -> PackageIndex:
    """Return the operator's package sources. Raises SettingsError for one that workers could not read."""
    if settings.package_index_url == NOWHERE:
        url, certificates, named_by = None, settings.ca_file, "YANTRA_CA_FILE"
    else:
        listing = pip_listing()
        url = settings.package_index_url or read_pip_setting(listing, "index-url") or default_index()
        certificates, named_by = settings.ca_file, "YANTRA_CA_FILE"
        if certificates is None and (found := read_pip_setting(listing, "cert")):
            certificates, named_by = Path(found), "pip's setting `cert`"
    return PackageIndex(
        url=url,
        find_links=tuple(readable(folder, named_by="YANTRA_PACKAGE_FOLDERS") for folder in settings.package_folders),
        ca_file=None if certificates is None else readable(certificates, named_by=named_by),
        file_hosts=settings.package_hosts,
        npm_url=npm_registry(settings),
    )


def pip_listing() -> str:
    """Return all that pip is set to here, environment variables included; empty when it cannot say."""
    done = ask_pip("config", "list")
    return done.stdout if done.returncode == 0 else ""


def ask_pip(*words: str) -> "subprocess.CompletedProcess[str]":
    """Run pip, and never a `pip.py` of the working directory: that may be a repository, and we hold keys."""
    command = [sys.executable, "-P", "-m", "pip", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd="/")


def read_pip_setting(listing: str, name: str) -> str:
    """Return a setting out of `pip config list`. What is for one command wins over what is for all of them."""
    # `pip config get` looks into one file only: neither the machine's nor the environment's setting is seen by it.
    settings = dict(line.partition("=")[::2] for line in listing.splitlines())
    found = next(
        (settings[key] for key in (f":env:.{name}", f"install.{name}", f"global.{name}") if key in settings), ""
    )
    try:
        return str(ast.literal_eval(found)) if found else ""
    except (SyntaxError, ValueError):
        return ""


def default_index() -> str:
    """Return the index that pip uses when nothing is configured, as pip itself names it."""
    done = ask_pip("install", "--help")
    words = done.stdout.split()
    address = next((word.rstrip(").,") for word in words if word.startswith("https://") and "simple" in word), "")
    if not address:
        raise SettingsError(
            "The package index cannot be found out from pip. Cure: set YANTRA_PACKAGE_INDEX_URL to its address, or to "
            "`none` to install from YANTRA_PACKAGE_FOLDERS only."
        )
    return address
