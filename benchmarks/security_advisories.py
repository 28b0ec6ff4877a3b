"""Looking versions up in a large export of OSV: the first time, when nothing has changed, when a little has; memory.

    python -m benchmarks.security_advisories [RECORDS]

The export is made up, with records as those of packages with bad intent are, which are most of what OSV has; once as
one zip file and once as a file a record. Each figure is of a process of its own, memory its highest resident size
beyond what it had before.
"""

import json
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.aims import at_most, print_aims
from benchmarks.machine import describe_machine
from benchmarks.measuring import give, resident, run_apart, time_it
from yantra_bot.validation.security.dependencies.advisories import Advisories, Pinned, find_advisories
from yantra_bot.validation.security.dependencies.declared import Ecosystem

RECORDS = 200_000
WANTED = 50
MEMORY, SECONDS = 100, 1


def records(count: int) -> Iterator[tuple[str, str]]:
    """Give names and texts."""
    for number in range(count):
        affected = {
            "package": {"ecosystem": "npm", "name": f"package-{number}", "purl": f"pkg:npm/package-{number}"},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}],
            "versions": [f"1.0.{patch}" for patch in range(8)],
        }
        text = {
            "id": f"MAL-2026-{number}", "modified": "2026-01-01T00:00:00Z", "affected": [affected],
            "summary": f"Malicious code in package-{number} (npm)",
            "details": f"It sends what it finds, {number}. " * 25,
            "references": [{"type": "WEB", "url": f"https://advisories.example/{number}"}],
        }  # fmt: skip
        yield f"MAL-2026-{number}.json", json.dumps(text)


def look(export: Path, index: Path) -> None:
    """Look some versions up; in a process of its own. Without an export, do nothing."""
    before = resident()
    wanted = [Pinned(Ecosystem.NPM, f"package-{number}", "1.0.3") for number in range(WANTED)]
    found, took = time_it(lambda: find_advisories(Advisories(index, export), wanted))
    assert len(found) == WANTED
    give(wall=took.wall, cpu=took.cpu, memory=resident("VmHWM") - before)


def change(export: Path) -> None:
    """Replace one record, or the archive with all of them."""
    file = next(iter(sorted(export.iterdir())))
    data = file.read_bytes()
    file.unlink()
    file.write_bytes(data)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS
    print(describe_machine("python -m benchmarks.security_advisories"))
    print(f"{count} records, {WANTED} versions looked up.\n")
    print("| export | | wall s | CPU s | memory MB | index MB |\n|---|---|---|---|---|---|")
    warm, memory = 0.0, 0.0
    for kind in ("one zip file", "a file a record"):
        with tempfile.TemporaryDirectory() as folder:
            export, index = Path(folder, "export"), Path(folder, "index.sqlite")
            export.mkdir()
            if kind == "one zip file":
                with zipfile.ZipFile(export / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
                    for name, text in records(count):
                        archive.writestr(name, text)
            else:
                for name, text in records(count):
                    (export / name).write_text(text)
            for what in ("first", "nothing changed", "one file changed"):
                if what == "one file changed":
                    change(export)
                took = run_apart("benchmarks.security_advisories", "look", export, index)
                memory = max(memory, took["memory"])
                warm = max(warm, took["wall"]) if what == "nothing changed" else warm
                size = index.stat().st_size / 1e6
                print(
                    f"| {kind} | {what} | {took['wall']:.2f} | {took['cpu']:.2f} | {took['memory']:.0f} | {size:.0f} |"
                )
    print_aims([at_most("memory, in all cases", memory, MEMORY, "MB"), at_most("nothing changed", warm, SECONDS, "s")])


if __name__ == "__main__":
    if sys.argv[1:2] == ["look"]:
        look(*map(Path, sys.argv[2:4]))
    else:
        main()
