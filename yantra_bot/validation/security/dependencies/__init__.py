"""Dependencies of a change: which are new, how their names look, whether lock files follow, what is known of versions.

Manifests are read as data. Nothing of them is executed, resolved or downloaded.
"""

from yantra_bot.validation.security.dependencies.advisories import Advisories
from yantra_bot.validation.security.dependencies.advisory_index import refresh
from yantra_bot.validation.security.dependencies.checking import DEPENDENCY_RULES, Reader, check_dependencies
from yantra_bot.validation.security.dependencies.names import load_names

__all__ = ["DEPENDENCY_RULES", "Advisories", "Reader", "check_dependencies", "load_names", "refresh"]
