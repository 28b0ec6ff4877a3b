"""Makes small wheels, and a build backend that needs no other package: what an installation is tested with offline."""

import base64
import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path

BACKEND = '''
"""A PEP 517 backend in the tree: an editable wheel that is one path file, and a generated version module."""
import base64, hashlib, os, zipfile

NAME, VERSION = "sample", os.environ.get("SETUPTOOLS_SCM_PRETEND_VERSION", "0")

def _metadata():
    with open("extras.txt") as file:
        return f"Metadata-Version: 2.1\\nName: {NAME}\\nVersion: {VERSION}\\n" + file.read()

def build_wheel(folder, config_settings=None, metadata_directory=None):
    return _build(folder, {"sample.py": "", })

def build_editable(folder, config_settings=None, metadata_directory=None):
    with open("src/sample_version.py", "w") as file:
        file.write(f"version = {VERSION!r}\\n")
    return _build(folder, {"sample.pth": os.path.abspath("src") + "\\n"})

def _build(folder, files):
    name = f"{NAME}-{VERSION}-py3-none-any.whl"
    info = f"{NAME}-{VERSION}.dist-info"
    wheel = "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    files = {**files, f"{info}/METADATA": _metadata(), f"{info}/WHEEL": wheel}
    with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
        archive.writestr(f"{info}/RECORD", "".join(f"{path},,\\n" for path in files) + f"{info}/RECORD,,\\n")
    return name
'''

PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "sample"
version = "1"
dependencies = ["needed"]

[project.optional-dependencies]
test = ["helper"]
"""

SAMPLE = {
    "pyproject.toml": PROJECT,
    "backend.py": BACKEND,
    "extras.txt": 'Requires-Dist: needed\nProvides-Extra: test\nRequires-Dist: helper; extra == "test"\n',
    "CHANGES.md": "# Changes\n\n## 1.4.2 (2024-01-01)\n",
    "src/sample.py": "import needed\n",
}
"""A repository that can be installed with no network: its backend is its own."""


def make_wheel(folder: Path, name: str, modules: Mapping[str, str], version: str = "1.0", needs: str = "") -> Path:
    """Write a wheel of the given modules (file name to text) into `folder`; return its path."""
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    files = {
        **modules,
        f"{info}/METADATA": metadata + (f"Requires-Dist: {needs}\n" if needs else ""),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        lines = []
        for inner, text in files.items():
            archive.writestr(inner, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            lines.append(f"{inner},sha256={digest},{len(text.encode())}\n")
        archive.writestr(f"{info}/RECORD", "".join(lines) + f"{info}/RECORD,,\n")
    return path


def make_wheels(folder: Path) -> Path:
    """Fill `folder` with stand-ins for pytest and coverage and with two packages that SAMPLE needs."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    for name in ("pytest", "coverage", "needed", "helper"):
        make_wheel(folder, name, {f"{name}.py": f"name = {name!r}\n"})
    return folder
