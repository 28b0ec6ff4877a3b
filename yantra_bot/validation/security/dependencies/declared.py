"""A dependency as a manifest declares it, and the ecosystems. Values only."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Ecosystem(StrEnum):
    """Where packages come from; the value is OSV's word for it."""

    PYPI = "PyPI"
    NPM = "npm"
    CRATES = "crates.io"
    GO = "Go"
    MAVEN = "Maven"


@dataclass(frozen=True, slots=True)
class Dependency:
    """One declared dependency. `spec` is what the manifest says of its version."""

    ecosystem: Ecosystem
    name: str
    spec: str = ""
    source: str = ""
    """A git or web address, or a path, where it does not come from a registry."""
    line: int = 0
    is_locked: bool = True
    """Whether a lock file holds it: what a build needs, or what others have to bring, it does not."""

    @property
    def key(self) -> tuple[Ecosystem, str]:
        """What tells it from others: the ecosystem and the name as that compares names."""
        return self.ecosystem, normalise(self.ecosystem, self.name)

    @property
    def version(self) -> str:
        """The one version that the spec pins, empty where it pins none."""
        if self.ecosystem is Ecosystem.PYPI:
            match = re.fullmatch(r"\s*={2,3}\s*([\w.!+-]+)\s*", self.spec)
        elif self.ecosystem is Ecosystem.NPM:
            match = re.fullmatch(r"\s*=?\s*v?(\d+\.\d+\.\d+[\w.+-]*)\s*", self.spec)
        elif self.ecosystem is Ecosystem.CRATES:
            match = re.fullmatch(r"\s*=\s*(\d[\w.+-]*)\s*", self.spec)
        else:
            match = re.fullmatch(r"\s*v?(\d[\w.+-]*)\s*", self.spec)
        return match.group(1) if match else ""


def normalise(ecosystem: Ecosystem, name: str) -> str:
    """Return a name as its ecosystem compares names."""
    if ecosystem is Ecosystem.PYPI:
        return re.sub(r"[-_.]+", "-", name).lower()
    if ecosystem is Ecosystem.CRATES:
        return name.replace("_", "-").lower()
    return name.lower()
