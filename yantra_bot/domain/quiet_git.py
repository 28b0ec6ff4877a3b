"""The environment in which git obeys nobody's configuration, asks nobody, and fetches nothing by itself. Values only.

Whoever runs git on a repository of others starts from these and adds what is its own; nothing here names a repository.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SEARCHED: Final = "/usr/local/bin:/usr/bin:/bin"
"""The PATH: folders that only the system writes to."""
QUIET_GIT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "PATH": SEARCHED,
        "HOME": "/nonexistent",
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
    }
)
