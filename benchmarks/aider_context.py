"""Makes aider's map for questions, as aider does for a first message; run by `benchmarks.context_tokens`, its Python.

    python aider_context.py < QUESTIONS > MAPS

A question is a line {"root", "files", "query", "tokens"}; each is answered by a line, the map as a JSON string. As in
aider, the identifiers of the text and the files that are called like one of them weigh more.
"""

import contextlib
import json
import re
import sys
from pathlib import Path
from typing import Any

from aider_map import Counter, Silent

SHORTEST = 5
"""Characters of an identifier that may stand for a file, in aider."""


def make_map(question: dict[str, Any]) -> str:
    """Return the map for one question."""
    from aider.repomap import RepoMap

    root = Path(question["root"])
    words = set(re.split(r"\W+", question["query"]))
    long = {word.lower() for word in words if len(word) >= SHORTEST}
    named = {path for path in question["files"] if Path(path).stem.lower() in long}
    files = [str(root / path) for path in question["files"]]
    maker = RepoMap(map_tokens=question["tokens"], root=str(root), main_model=Counter(), io=Silent())
    found = maker.get_repo_map([], files, mentioned_fnames=named, mentioned_idents=words)
    return str(found or "")


def main() -> None:
    """Answer every question."""
    for line in sys.stdin:
        with contextlib.redirect_stderr(sys.stderr), contextlib.redirect_stdout(sys.stderr):
            answer = make_map(json.loads(line))
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
