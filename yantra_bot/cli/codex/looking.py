"""`yantra codex info|standing|versions|rollback|forget`: what a file is worth, what was learned on, what was kept."""

from dataclasses import asdict
from pathlib import Path

import click

from yantra_bot.app.home import Home
from yantra_bot.app.learning import describe_versions, versions_of
from yantra_bot.app.score_file import find_score_model
from yantra_bot.cli.answers import json_option, print_json
from yantra_bot.cli.graph.options import clean, clean_lines
from yantra_bot.cli.runs import open_records
from yantra_bot.clock import SystemClock
from yantra_bot.codex.generator import holds_generator, read_generator
from yantra_bot.domain.scores import ScoreModel, ScoreStanding
from yantra_bot.errors import UserError
from yantra_bot.runs.distilling import Pairs
from yantra_bot.runs.records import Records
from yantra_bot.runs.scored import find_standing, find_target_standing
from yantra_bot.scoring.layout import FEATURE_VERSION
from yantra_bot.scoring.score_file import ScoreFile, find_pin
from yantra_bot.scoring.versions import Versions
from yantra_bot.settings import read_settings


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@json_option
def info(file: Path | None, *, as_json: bool) -> None:
    """Say what a score file or a generator is: FILE, or the score file in use."""
    model = ScoreModel(file, find_pin(file)) if file else find_score_model(read_settings())
    if model is None:
        raise UserError("No score file is in use. Cure: name one here, or with YANTRA_SCORE_FILE.")
    path = model.file
    is_generator = path.exists() and holds_generator(path)
    score = None if is_generator else ScoreFile.read(path, features=FEATURE_VERSION, digest=model.digest)
    read = score or read_generator(path)
    about = asdict(read.about)
    if as_json:
        print_json({"file": "generator" if is_generator else "score", "version": read.version, **about})
        return
    what = "a generator: YANTRA_CODEX_FILE names it" if is_generator else f"for {', '.join(about['languages'])}"
    click.echo(clean(str(path)))
    click.echo(f"version {read.version[:12]}, features {about['features']}, {what}")
    # Whoever wrote the file chose these words: none of them may act on the terminal.
    click.echo(clean(about["note"] + (f", from {about['parent']}" if about.get("parent") else "")))
    for name, value in sorted(about["figures"].items()):
        click.echo(f"  {clean(name.replace('_', ' '))}: {value:,.4g}")


@click.command()
@click.argument("repository")
@json_option
def standing(repository: str, *, as_json: bool) -> None:
    """Say whether the learned score has earned to be shown in REPOSITORY (owner/name), and on what that rests."""
    records = open_records()
    number = _number_of(records, repository)
    found, before = find_standing(records, number), find_target_standing(records, number)
    if as_json:
        print_json({**asdict(found), "before_changes": asdict(before)})
        return
    _say(found)
    click.echo(("May choose models: " if before.is_earned else "Chooses no model: ") + before.reason)


def _number_of(records: Records, repository: str) -> int:
    named = {name.casefold(): number for number, name in records.repositories().items()}
    number = named.get(repository.casefold())
    if number is None:
        raise UserError(f"No run here was for {repository}. Cure: name it as owner/name, as `yantra runs list` does.")
    return number


def _say(found: ScoreStanding) -> None:
    click.echo(("Shown: " if found.is_earned else "Not shown: ") + found.reason)
    for one in found.curve:
        click.echo(f"  said {one.said:.0%}, seen {one.seen:.0%} of {one.count}")


@click.command()
def versions() -> None:
    """List the versions of the learned score that were made here, and why each was taken or not."""
    click.echo(clean_lines(describe_versions(Home(read_settings().home))))


@click.command()
@click.argument("version", default="")
def rollback(version: str) -> None:
    """Go back to VERSION of the learned score; to the parent of the one in use where none is named."""
    folder = versions_of(Home(read_settings().home))
    if not folder.is_dir():
        raise UserError("Nothing was learned in use here, so that there is nothing to go back from.")
    kept = Versions(folder)
    with kept.lock():
        entry = kept.roll_back(version, at=SystemClock().now())
    click.echo(f"Version {entry.version} is in use: workers that start from now on read it.")


@click.command()
@click.argument("repository", required=False)
@click.option("--all", "is_all", is_flag=True, help="Of all repositories, with lines that are no pairs.")
def forget(repository: str | None, *, is_all: bool) -> None:
    """Remove what was kept to train the generator by: the tested new functions of REPOSITORY (owner/name), or all."""
    if is_all == (repository is not None):
        raise UserError("It is not said what to forget. Cure: name one repository as owner/name, or give --all.")
    number = None if repository is None else _number_of(open_records(), repository)
    gone = Pairs(Home(read_settings().home).pairs).forget(number)
    click.echo(f"{gone} kept functions are removed. A generator that was trained on them still holds their steps.")
