"""The rules about dependencies: what they are called, how grave they are, and what to do. Values only."""

from typing import Final

from yantra_bot.domain.findings import RuleInfo, Severity

FAMILY: Final = "dependencies/"
NEW, TYPOSQUAT, MODULE = "new", "typosquat", "module-name"
LOCK, LOOSE, ANY_VERSION = "lock-out-of-step", "loose-source", "any-version"
HASH, INDEX, ADVISORY = "missing-hash", "extra-index", "known-weakness"

SEVERITIES: Final = {
    NEW: Severity.WARNING,
    TYPOSQUAT: Severity.ERROR,
    MODULE: Severity.WARNING,
    LOCK: Severity.WARNING,
    LOOSE: Severity.WARNING,
    ANY_VERSION: Severity.WARNING,
    HASH: Severity.WARNING,
    INDEX: Severity.WARNING,
    ADVISORY: Severity.ERROR,
}
_TITLES: Final = {
    NEW: "new dependency",
    TYPOSQUAT: "name like that of a popular package",
    MODULE: "name of a module, not of its package",
    LOCK: "lock file out of step",
    LOOSE: "dependency that can change unseen",
    ANY_VERSION: "dependency in any version",
    HASH: "requirement without a hash",
    INDEX: "another source of packages",
    ADVISORY: "version with a known weakness",
}
_HELP: Final = {
    NEW: """Code of others joins the program. Look whether this is the package that is meant: who publishes it, since
        when, and what for. Names that a model made up have been registered by attackers.""",
    TYPOSQUAT: """Packages with such names have been published to be installed by mistake. Correct the name, or say in
        the pull request that this one is meant.""",
    MODULE: """The module comes in a package of another name; what is published under this name is somebody else's.""",
    LOCK: """What is installed by the lock file is not what the manifest asks for. Let the package manager write the
        lock file anew and commit it.""",
    LOOSE: """An address without a fixed revision or a hash gives another content whenever its owner likes. Name a
        commit in full, or a hash.""",
    ANY_VERSION: """Whatever is published next is installed. Name the versions that are meant.""",
    HASH: """pip refuses a file in which some requirements have a hash and others have none.""",
    INDEX: """With a further index, whoever publishes a higher version of one of your own names there is installed
        instead. Use one index, or bind each name to its index.""",
    ADVISORY: """Go to a version in which it is mended.""",
}
DEPENDENCY_RULES: Final = tuple(
    RuleInfo(FAMILY + name, title, SEVERITIES[name], " ".join(_HELP[name].split()), ("security", "a06:2021"))
    for name, title in _TITLES.items()
)
