"""Sources of named packages in six languages, fetched once by the ordinary clients: pip, npm, and Debian's apt-get.

Go and Rust come from Debian's development packages, in the version of the Debian that runs; elsewhere they are absent,
and what is printed says so.
"""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(__file__).resolve().parent.parent / ".artefacts" / "benchmark-sources"


@dataclass(frozen=True, slots=True)
class Sources:
    """A package, and which of its files are its sources."""

    language: str
    client: str
    name: str
    version: str
    """Empty where the client decides."""
    sha256: str
    suffixes: tuple[str, ...]
    under: str = ""
    """A folder that the sources are in, anywhere in the package."""


def pip(language: str, name: str, version: str, sha256: str, suffix: str, under: str = "") -> Sources:
    return Sources(language, "pip", name, version, sha256, (suffix,), under)


def npm(language: str, name: str, version: str, sha256: str, suffix: str, under: str = "") -> Sources:
    return Sources(language, "npm", name, version, sha256, (suffix,), under)


def apt(language: str, name: str, suffix: str) -> Sources:
    return Sources(language, "apt-get", name, "", "", (suffix,))


PACKAGES = (
    pip("Python", "requests", "2.32.5", "2462f94637a34fd532264295e186976db0f5d453d1cdd31473c85a6a161affb6", ".py"),
    pip("Python", "flask", "3.1.2", "ca1d8112ec8a6158cc29ea4858963350011b5c846a414cdb7a954aa9e967d03c", ".py"),
    pip("Python", "rich", "14.2.0", "76bc51fe2e57d2b1be1f96c524b890b816e334ab4c1e45888799bfaab0021edd", ".py"),
    npm("JavaScript", "express", "5.1.0", "dd6bdb4d4e54d520c78443d5c35aa4ae552be1837e8650d2ec1641df99393e1b", ".js"),
    npm("JavaScript", "lodash", "4.17.21", "6a087ac9e5702a0c9d60fbcd48696012646ec8df1491dea472b150e79fcaf804", ".js"),
    npm(
        "JavaScript",
        "axios",
        "1.13.2",
        "6b4421f0d98e874f7151a88741d3aff2014b8f31e80aef2efa83bfb88662adec",
        ".js",
        "lib",
    ),
    npm(
        "TypeScript", "zod", "4.1.12", "2ef9d7a7d822b059c9bd21f87caa4fdc48220d437353678984df942fb67b43fa", ".ts", "src"
    ),
    npm(
        "TypeScript", "rxjs", "7.8.2", "2312f8ffd9726ffd7bd53ea12c5f13663d09a3dc3326f448c70b88f5ef6fac82", ".ts", "src"
    ),
    npm(
        "TypeScript",
        "@reduxjs/toolkit",
        "2.10.1",
        "e73fbcf9b0392e157175bff762f557f4968cbb3fda92133ce2ba1cdc3c11deaa",
        ".ts",
        "src",
    ),
    apt("Go", "golang-github-spf13-cobra-dev", ".go"),
    apt("Go", "golang-github-gorilla-mux-dev", ".go"),
    apt("Go", "golang-github-gin-gonic-gin-dev", ".go"),
    apt("Rust", "librust-serde-json-dev", ".rs"),
    apt("Rust", "librust-regex-dev", ".rs"),
    apt("Rust", "librust-clap-dev", ".rs"),
    pip("Java", "jep", "4.2.2", "4eb79d903133e468c239ba39c8bb5ade021ef202025bf1c9b34a210003e0eab9", ".java"),
    pip("Java", "jpype1", "1.6.0", "2d46b2a14f8f0e6f17d8aa22b4fc3a64b2790851ebf1409ad79a37c698fd6e9a", ".java"),
    npm(
        "Java",
        "@capacitor/android",
        "7.4.4",
        "73aff14ace0bc212adb101ce49c2fa58ce8743f836b0dbe5e5a433a060c149e1",
        ".java",
    ),
)


def fetch(package: Sources, folder: Path = CACHE) -> tuple[str, list[Path]] | None:
    """Return the version and the source files of a package, None where its client is not here."""
    place = folder / package.name.replace("/", "-")
    if not place.is_dir():
        if shutil.which(package.client if package.client != "pip" else sys.executable) is None:
            return None
        download = folder / f"{place.name}.fetching"
        download.mkdir(parents=True, exist_ok=True)
        archive = run_client(package, download)
        unpack(archive, download / "unpacked")
        (download / "version.txt").write_text(package.version or archive.name.split("_")[1])
        download.rename(place)
    found = [
        path
        for path in sorted((place / "unpacked").rglob("*"))
        if path.suffix in package.suffixes
        and path.is_file()
        and not path.name.endswith((".d.ts", ".min.js"))
        and (not package.under or package.under in path.relative_to(place).parts)
    ]
    return (place / "version.txt").read_text(), found


def run_client(package: Sources, folder: Path) -> Path:
    """Download a package into the folder and return the archive; its hash is checked where it is pinned."""
    wanted = f"{package.name}=={package.version}"
    commands = {
        "pip": [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        + (["--no-binary", package.name] if package.language == "Java" else ["--only-binary", ":all:"])
        + [wanted],
        "npm": ["npm", "pack", "--silent", "--ignore-scripts", f"{package.name}@{package.version}"],
        "apt-get": ["apt-get", "download", "-q", package.name],
    }
    subprocess.run(
        commands[package.client], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    archive = next(path for path in folder.iterdir() if path.is_file())
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if package.sha256 and digest != package.sha256:
        raise SystemExit(f"{archive.name} has the hash {digest}, pinned is {package.sha256}")
    return archive


def unpack(archive: Path, target: Path) -> None:
    if archive.suffix == ".deb":
        subprocess.run(["dpkg-deb", "-x", str(archive), str(target)], check=True)
    elif archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(target)
    else:
        with tarfile.open(archive) as tar:
            tar.extraction_filter = getattr(tarfile, "data_filter", None)  # Debian's 3.11.2 has none
            tar.extractall(target)
