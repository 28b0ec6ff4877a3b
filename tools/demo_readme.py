"""Print the demo's output anew: all of it in docs/demo.md, its outline in README.md.

    python -m tools.demo_readme [FILE]

Runs `python -m demo` in a pipe, or takes what FILE holds of such a run. Do it while the machine has nothing else to do:
the pages quote how long things took.
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
WIDTH: Final = 120
"""Of a line, in characters."""
DETAIL: Final = "    "
"""Begins a line that the outline leaves out."""
BLOCK: Final = re.compile(r"(?<=```\n)No model is asked.*?(?=^```$)", re.DOTALL | re.MULTILINE)


def main() -> None:
    """Play the demo, and write."""
    said = Path(sys.argv[1]).read_text(encoding="utf-8") if len(sys.argv) > 1 else play()
    lines = [cut(line) for line in said.splitlines()]
    write(ROOT / "docs" / "demo.md", lines)
    write(ROOT / "README.md", outline(lines))


def outline(lines: list[str]) -> list[str]:
    """Return the lines without details and differences."""
    kept, is_difference = [], False
    for line in lines:
        is_difference = line.startswith("diff --git") or (is_difference and not line.startswith("Cost: "))
        if not is_difference and not line.startswith(DETAIL):
            kept.append(line)
    return kept


def write(page: Path, lines: list[str]) -> None:
    """Put lines between the fences of a page. Raises SystemExit where that cannot be."""
    shown = "".join(f"{line}\n" for line in lines)
    text, count = BLOCK.subn(lambda _: shown, page.read_text(encoding="utf-8"))
    if count != 1 or "```" in shown:
        raise SystemExit(f"{page} holds {count} blocks that begin as the demo does, or the output holds a fence.")
    page.write_text(text, encoding="utf-8")


def play() -> str:
    """Return what the demo prints. Raises SystemExit with it where the demo fails."""
    done = subprocess.run([sys.executable, "-m", "demo"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return done.stdout


def cut(line: str) -> str:
    """Return a line of at most WIDTH characters, without blanks at its end."""
    line = line.rstrip()
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"


if __name__ == "__main__":
    main()
