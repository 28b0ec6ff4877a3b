"""In a sandbox: lays the files that an installation made over a fresh tree, then becomes a command.

Usage: lay_over.py OVERLAY TREE COMMAND... A file that the tree has already stays as it is.
"""

import os
import shutil
import sys
from pathlib import Path


def lay_over(overlay: Path, tree: Path) -> None:
    """Copy every file of `overlay` that `tree` lacks."""
    for folder, _, names in os.walk(overlay):
        for name in names:
            source = Path(folder, name)
            target = tree / source.relative_to(overlay)
            if not os.path.lexists(target):
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target, follow_symlinks=False)


def main(arguments: list[str]) -> None:
    """Copy, then replace this process by the command."""
    overlay, tree, *command = arguments
    lay_over(Path(overlay), Path(tree))
    try:
        os.execvp(command[0], command)  # noqa: S606 (no shell is wanted)
    except OSError as error:
        sys.exit(_refuse(command[0], error))


def _refuse(program: str, error: OSError) -> int:
    """Say what is wrong as a shell does, and return its exit code for it."""
    sys.stderr.write(f"{program}: {error.strerror}\n")
    return 127 if isinstance(error, FileNotFoundError) else 126


if __name__ == "__main__":
    main(sys.argv[1:])
