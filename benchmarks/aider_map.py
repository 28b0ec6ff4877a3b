"""Makes aider's map of a folder, as aider does before a question; run by `benchmarks.graph_rivals` with aider's Python.

    python aider_map.py FOLDER

It prints its highest memory. No model is needed: words are counted by their length.
"""

import contextlib
import io
import os
import resource
import sys
from pathlib import Path
from typing import Any

MAP_TOKENS = 4096


class Counter:
    """What the map asks of a model."""

    def token_count(self, text: str) -> int:
        """Return about how many tokens a text has."""
        return len(text) // 4


class Silent:
    """What the map asks of a terminal."""

    def tool_output(self, *_: Any, **__: Any) -> None:
        """Say nothing."""

    tool_error = tool_warning = tool_output

    def read_text(self, path: str, **_: Any) -> str | None:
        """Return a file's text, None where it has none."""
        try:
            return Path(path).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return None


def main() -> None:
    """Make the map of the folder that is named."""
    from aider.repomap import RepoMap

    root = sys.argv[1]
    files = [
        str(Path(folder, name)) for folder, _, names in os.walk(root) for name in names if name.endswith((".py", ".js"))
    ]
    with contextlib.redirect_stderr(io.StringIO()):
        found = RepoMap(map_tokens=MAP_TOKENS, root=root, main_model=Counter(), io=Silent()).get_repo_map([], files)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{peak:.0f} MB, {len(found or ''):,} characters")


if __name__ == "__main__":
    main()
