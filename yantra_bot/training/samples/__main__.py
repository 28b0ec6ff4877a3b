"""Builds the data set: `python -m yantra_bot.training.samples FOLDER [--small] [--quick] [--processes N]`."""

import sys
from argparse import ArgumentParser
from pathlib import Path

from yantra_bot.errors import YantraError
from yantra_bot.training.samples import build_dataset


def main() -> None:
    """Build what is missing; end with 1 where something could not be had."""
    parser = ArgumentParser(prog="python -m yantra_bot.training.samples", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--small", action="store_true", help="only the small corpus of eight projects")
    parser.add_argument("--quick", action="store_true", help="fewer functions of each project, with one fault each")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    try:
        amount = {"small": given.small, "quick": given.quick}
        counts = build_dataset(given.folder, **amount, seed=given.seed, processes=given.processes)
    except YantraError as problem:
        sys.exit(str(problem))
    sys.stdout.write(f"{sum(counts.values())} samples of {len(counts)} projects in {given.folder}\n")


if __name__ == "__main__":
    main()
