"""What workers have to read and cannot get to is told at the start, with what opens it."""

import os
from pathlib import Path

import pytest

from tests.fakes.worker_bench import open_folder
from yantra_bot.app.home import Home
from yantra_bot.app.package_sources import package_index
from yantra_bot.app.scanning import open_scanning
from yantra_bot.app.within_reach import own_cache, readable
from yantra_bot.app.workshop import worker_config
from yantra_bot.errors import SettingsError
from yantra_bot.sandbox.package_index import PackageIndex
from yantra_bot.settings import Settings

__all__ = ["open_folder"]

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives workers accounts of their own")


@pytest.fixture
def wheels(open_folder: Path) -> Path:
    """A folder with a wheel, below one that can be closed."""
    folder = open_folder / "home" / "wheels"
    folder.mkdir(parents=True)
    (folder / "some.whl").write_bytes(b"wheel")
    for path, mode in ((folder.parent, 0o755), (folder, 0o755), (folder / "some.whl", 0o644)):
        path.chmod(mode)
    return folder


def sources(wheels: Path, **more: Path) -> PackageIndex:
    return package_index(Settings(package_index_url="none", package_folders=(wheels,), **more))


def test_open_folders_are_taken_by_their_whole_paths(wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker stands in another folder than who set them."""
    monkeypatch.chdir(wheels.parent)
    found = sources(Path("wheels"), ca_file=Path("wheels/some.whl"))
    assert (found.find_links, found.ca_file) == ((wheels,), wheels / "some.whl")


@as_root
@pytest.mark.parametrize(
    ("closed", "mode", "cure"),
    [
        (".", 0o711, "chmod o+rx {wheels}"),
        (".", 0o744, "chmod o+rx {wheels}"),
        ("..", 0o700, "chmod o+x {wheels.parent}"),
        ("some.whl", 0o600, "chmod o+r {wheels}/some.whl"),
    ],
)
def test_a_closed_folder_of_packages_is_refused(wheels: Path, closed: str, mode: int, cure: str) -> None:
    """The setting, what is closed and what opens it are named; with that done it is taken."""
    (wheels / closed).resolve().chmod(mode)
    with pytest.raises(SettingsError) as caught:
        sources(wheels)
    command = cure.format(wheels=wheels)
    assert str(caught.value).startswith(f"YANTRA_PACKAGE_FOLDERS names {wheels}, which workers cannot read: ")
    assert f"Cure: {command}, or " in str(caught.value)
    kind, bits, path = command.split(" ")
    assert (kind, bits[:2]) == ("chmod", "o+")
    added = {"r": 0o004, "x": 0o001}
    Path(path).chmod(Path(path).stat().st_mode | sum(added[bit] for bit in bits[2:]))
    assert sources(wheels).find_links == (wheels,)


@as_root
def test_a_link_does_not_hide_what_is_closed(wheels: Path, open_folder: Path) -> None:
    """What counts is where the packages lie."""
    (open_folder / "link").symlink_to(wheels)
    wheels.parent.chmod(0o700)
    with pytest.raises(SettingsError, match=rf"{open_folder}/link.* to which {wheels.parent} is closed"):
        sources(open_folder / "link")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A misspelt path is told by name."""
    with pytest.raises(SettingsError, match=r"YANTRA_PACKAGE_FOLDERS names .*/nowhere, .*No such file.*Cure"):
        sources(tmp_path / "nowhere")


@as_root
def test_certificates_that_installations_could_not_read_are_refused(
    wheels: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are the operator's, or what pip is set to here; each is told by its own name."""
    bundle = open_folder / "ca.pem"
    bundle.touch(mode=0o600)
    with pytest.raises(SettingsError, match=rf"^YANTRA_CA_FILE names {bundle}.*Cure: chmod o\+r {bundle}"):
        sources(wheels, ca_file=bundle)
    monkeypatch.setenv("PIP_CERT", str(bundle))
    with pytest.raises(SettingsError, match=rf"^pip's setting `cert` names {bundle}.*Cure: chmod o\+r {bundle}"):
        package_index(Settings(package_index_url="https://index.test/simple", npm_registry_url="none"))


def test_a_folder_of_environments_is_made_open(open_folder: Path) -> None:
    """Also where new folders are closed by default; one that is there is left as it is."""
    before = os.umask(0o077)
    try:
        made = own_cache(Settings(cache_folder=open_folder / "cache"))
    finally:
        os.umask(before)
    assert made == open_folder / "cache"
    assert made.stat().st_mode & 0o777 == 0o711
    made.chmod(0o755)
    assert own_cache(Settings(cache_folder=made)) == made
    assert made.stat().st_mode & 0o777 == 0o755
    assert own_cache(Settings()) is None


@as_root
def test_a_closed_folder_of_environments_stops_the_start(wheels: Path) -> None:
    """A server does not come up with it, and a review from a terminal says why nothing is run."""
    wheels.parent.chmod(0o700)
    settings = Settings(cache_folder=wheels.parent / "cache", state_folder=wheels.parent / "state")
    with pytest.raises(SettingsError) as caught:
        worker_config(settings, Home(settings.home), PackageIndex(), None)
    assert str(caught.value).startswith(f"Workers cannot reach YANTRA_CACHE_FOLDER {wheels.parent}/cache: ")
    assert f"to which {wheels.parent} is closed. Cure: chmod o+x {wheels.parent}, or " in str(caught.value)
    with open_scanning(settings) as tools:
        assert (tools.sandbox, tools.no_sandbox) == (None, str(caught.value))


def test_a_folder_of_environments_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file in its way is named."""
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match=r"YANTRA_CACHE_FOLDER .*/file/cache cannot be used: Not a directory. Cure"):
        own_cache(Settings(cache_folder=tmp_path / "file" / "cache"))


def test_what_is_named_from_home_is_found_there(wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tilde is the operator's home, as in the state folder's path."""
    monkeypatch.setenv("HOME", str(wheels.parent))
    assert readable(Path("~/wheels"), named_by="x") == wheels
