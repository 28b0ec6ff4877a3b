"""Reads what go.mod, pom.xml and Gradle's files declare, as far as it stands there plainly."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from yantra_bot.validation.security.dependencies.declared import Dependency, Ecosystem

_GO = re.compile(r"^\s*(?:require\s+)?([\w.-]+\.[\w.-]+(?:/[\w.~-]+)*)\s+(v[\w.+-]+)")
_GO_REPLACE = re.compile(r"=>\s*(\S+)(?:\s+(v\S+))?")
_GRADLE = re.compile(
    r"\b(?:implementation|api|compileOnly|runtimeOnly|testImplementation|testRuntimeOnly|annotationProcessor|kapt|ksp|compile|"
    r"testCompile|classpath)\b[\s(]*(?:platform\()?[\"']([\w.-]+):([\w.-]+)(?::([\w.+\[\](),-]+))?[\"']"
)


def read_go_mod(text: str) -> Iterator[Dependency]:
    """Give the modules that are required directly, and those that something is replaced by."""
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.partition("//")[0]
        if (to := _GO_REPLACE.search(bare)) is not None:
            if not to[1].startswith((".", "/")):
                yield Dependency(Ecosystem.GO, strip_major(to[1]), to[2] or "", line=number)
        elif "// indirect" not in line and (match := _GO.match(bare)) is not None:
            yield Dependency(Ecosystem.GO, strip_major(match[1]), match[2], line=number)


def strip_major(module: str) -> str:
    """Return a module's path without the major version at its end."""
    return re.sub(r"/v\d+$", "", module)


def read_pom(text: str) -> Iterator[Dependency]:
    """Give the dependencies of a Maven project; a version that is a property is unknown."""
    try:
        root = fromstring(text)
    except (ParseError, DefusedXmlException) as problem:
        raise ValueError(str(problem)) from problem
    for node in root.iter():
        if node.tag.rpartition("}")[2] != "dependency":
            continue
        facts = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in node}
        if facts.get("groupId") and facts.get("artifactId") and "${" not in facts["groupId"]:
            version = facts.get("version", "")
            name = f"{facts['groupId']}:{facts['artifactId']}"
            yield Dependency(Ecosystem.MAVEN, name, "" if "$" in version else version)


def read_gradle(text: str) -> Iterator[Dependency]:
    """Give the dependencies that are written as one text."""
    for number, line in enumerate(text.split("\n"), 1):
        for match in _GRADLE.finditer(line.partition("//")[0]):
            yield Dependency(Ecosystem.MAVEN, f"{match[1]}:{match[2]}", match[3] or "", line=number)
