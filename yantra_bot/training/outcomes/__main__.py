"""Tries variants on tests: `python -m yantra_bot.training.outcomes FOLDER OUT.jsonl [--minutes N] [--only NAME]`."""

import sys
from argparse import ArgumentParser
from pathlib import Path

from yantra_bot.errors import YantraError
from yantra_bot.training.corpora import corpus_store, read_projects
from yantra_bot.training.outcomes.collecting import Stores, collect
from yantra_bot.training.outcomes.running import open_bench
from yantra_bot.training.outcomes.suites import read_suites, suite_store


def main() -> None:
    """Collect until the time is over; end with 1 where nothing can be run."""
    parser = ArgumentParser(prog="python -m yantra_bot.training.outcomes", description=__doc__)
    parser.add_argument("folder", type=Path, help="a new folder that every user can reach, for copies")
    parser.add_argument("out", type=Path, help="the outcomes; those that it has are not tried again")
    parser.add_argument("--minutes", type=float, default=25.0)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="a project; may be repeated")
    given = parser.parse_args()
    try:
        suites = [one for one in read_suites() if not given.only or one.project.name in given.only]
        given.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        stores = Stores(suite_store(suites), corpus_store(read_projects()))
        bench = open_bench(given.folder)
        report = collect(suites, stores, bench, given.folder, given.out, seconds=60 * given.minutes)
    except YantraError as problem:
        sys.exit(str(problem))
    sys.stdout.write(f"{report.counts.total()} functions were tried, {len(report.left_out)} projects left out\n")


if __name__ == "__main__":
    main()
