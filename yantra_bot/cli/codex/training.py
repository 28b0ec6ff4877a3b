"""`yantra codex train|eval|export`: what needs a data set, and most of it torch."""

import importlib.util
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Self

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from yantra_bot.cli.answers import json_option, print_json
from yantra_bot.cli.graph.options import clean
from yantra_bot.domain.scores import BugClass
from yantra_bot.errors import UserError
from yantra_bot.scoring.layout import FEATURE_VERSION
from yantra_bot.scoring.score_file import ScoreFile

NO_TORCH: Final = (
    "This needs torch, which is not installed. Cure: `make learned`, or pip install 'yantra-bot[learned]'."
)
EPOCHS: Final = 100
corpus_option = click.option(
    "--corpus",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".state/corpus"),
    show_default=True,
    help="Folder of the data set; it is built first where it is not whole.",
)
small_option = click.option("--small", is_flag=True, help="Eight projects instead of all: minutes, and a poor model.")


@click.command()
@corpus_option
@small_option
@click.option(
    "--quick",
    is_flag=True,
    help="Fewer functions of each project, with one fault each: half of the time to build, and a model that is worse.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Train the generator instead, on JSON lines of problem, solution and tests.",
)
@click.option(
    "--kept", is_flag=True, help="The file of --data was kept by a server: what teaches nothing is passed over."
)
@click.option("--generator", is_flag=True, help="Train the generator instead, on the functions of the pinned projects.")
@click.option("--network", is_flag=True, help="With the generator: its network, which agreed less with real functions.")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".state/codex"),
    show_default=True,
    help="Folder for checkpoints, the log that TensorBoard reads, and the file that is used.",
)
@click.option("--epochs", type=click.IntRange(1), default=EPOCHS, show_default=True)
@click.option(
    "--minutes",
    type=click.FloatRange(0, min_open=True),
    help="End after so long; the rate of the learned score follows the clock then. With --epochs, what comes first.",
)
@click.option(
    "--without",
    type=click.Choice([one.value for one in BugClass]),
    multiple=True,
    help="A class of faults that is kept out of training, to see what is known of it all the same. Can be repeated.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--device", default="auto", show_default=True, help="cpu, cuda, or auto: CUDA where it is there.")
@click.option("--resume", is_flag=True, help="Go on from the last checkpoint.")
def train(corpus: Path, data: Path | None, into: Path, *, small: bool, resume: bool, **given: Any) -> None:
    """Train the learned score on the pinned projects; or the generator, on them or on your own solved problems."""
    is_kept, is_generator = given.pop("kept"), given.pop("generator") or data is not None
    has_network, quick = given.pop("network"), given.pop("quick")
    if (is_kept and data is None) or (has_network and not is_generator):
        raise UserError("--kept is for --data, and --network for --data or --generator. Cure: give one of these too.")
    if is_generator and not has_network:
        _say_ready(_train_recall(_generator_parts(data, small=small, is_kept=is_kept), into), "YANTRA_CODEX_FILE")
        return
    _need_torch()
    from yantra_bot.training import exporting, loop, scorer_training

    minutes, without = given.pop("minutes"), frozenset(map(BugClass, given.pop("without")))
    settings = loop.LoopSettings(
        **given, seconds=60 * minutes if minutes else float("inf"), about=scorer_training.ABOUT
    )
    if is_generator:
        file = _train_network(_generator_parts(data, small=small, is_kept=is_kept), into, settings, resume=resume)
    else:
        _build(corpus, small=small, quick=quick)
        with _Bar(settings.epochs) as bar:
            timed = replace(settings, cycle=minutes is not None)
            how = scorer_training.ScorerTraining(timed, without=without)
            file = exporting.train_scorer(corpus, into, how, resume=resume, watch=bar)
        _print_figures(Console(), ScoreFile.read(file, features=FEATURE_VERSION).about.figures)
    _say_ready(file, "YANTRA_CODEX_FILE" if is_generator else "YANTRA_SCORE_FILE")


@click.command("eval")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@corpus_option
@small_option
@json_option
def evaluate(file: Path, corpus: Path, *, small: bool, as_json: bool) -> None:
    """Measure a score file on the projects that nothing was trained on."""
    from yantra_bot.training import corpora, evaluation, samples

    read = ScoreFile.read(file, features=FEATURE_VERSION)
    _build(corpus, small=small)
    tests = samples.Samples(corpus, corpora.Part.TEST)
    told = evaluation.tell(read.network.compute, tests.batches(evaluation.BATCH, seed=0, pairs=True))
    figures = evaluation.figures_of(told, read.about.faulty)
    found = evaluation.detect(told.faulty, told.bugs)
    if as_json:
        print_json({**figures, "by_class": found.by_class, "counts": found.counts})
        return
    console = Console()
    _print_figures(console, figures)
    table = Table("fault", "samples", "AUROC", title="By class of fault, against the same functions without it")
    for name, value in sorted(found.by_class.items(), key=lambda one: -one[1]):
        table.add_row(name, f"{found.counts[name]:,}", f"{value:.3f}")
    console.print(table)


@click.command()
@click.argument("checkpoint", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@corpus_option
@small_option
def export(checkpoint: Path, file: Path, corpus: Path, *, small: bool) -> None:
    """Make the score file FILE of a CHECKPOINT: its probabilities are fitted, and its figures measured."""
    _need_torch()
    from yantra_bot.scoring.network import Shape
    from yantra_bot.training.exporting import export as write
    from yantra_bot.training.scorer_training import read_network

    network = read_network(checkpoint, Shape())
    _build(corpus, small=small)
    write(network, corpus, file)
    _print_figures(Console(), ScoreFile.read(file, features=FEATURE_VERSION).about.figures)
    click.echo(f"{file} is ready.")


def _need_torch() -> None:
    if importlib.util.find_spec("torch") is None:
        raise UserError(NO_TORCH)


def _build(corpus: Path, *, small: bool, quick: bool = False) -> None:
    """Build the data set, or what is missing of it; one that is whole is used as it is."""
    from yantra_bot.training.samples import build_dataset, is_whole

    if not is_whole(corpus):
        build_dataset(corpus, small=small, quick=quick)


def _generator_parts(data: Path | None, *, small: bool, is_kept: bool) -> Any:
    """Return what the generator is trained on and what it is judged by; both never hold the same problem."""
    from yantra_bot.training.corpora import Part, corpus_store, read_projects
    from yantra_bot.training.generator_samples import read_corpus
    from yantra_bot.training.pairs import read_kept, read_pairs, samples_of

    if data is None:
        projects = [one for one in read_projects(small=small) if one.part is not Part.TEST]
        parts = read_corpus(projects, corpus_store(projects))
        return parts[Part.TRAIN], parts[Part.VALIDATION]
    if not is_kept:
        return samples_of(read_pairs(data))
    kept = read_kept(data)
    if kept.passed_over:
        click.echo(f"{kept.passed_over} lines of {data} teach nothing and are passed over.", err=True)
    return samples_of(kept.pairs)


def _say_ready(file: Path, setting: str) -> None:
    click.echo(f"{file} is ready. Use it: {setting}={file.resolve()}")


def _train_recall(parts: Any, into: Path) -> Path:
    from yantra_bot.training.recall import train_recall

    train, held_out = parts
    file = into / "generator.safetensors"
    about = train_recall(train, held_out, file, note=f"recalls bodies of {len(train)} functions")
    for name, value in sorted(about.figures.items()):
        click.echo(f"{name}: {value:,.3f}")
    return file


def _train_network(parts: Any, into: Path, settings: Any, *, resume: bool) -> Path:
    from yantra_bot.training import generator_training as training

    how = training.GeneratorTraining(replace(settings, about=training.ABOUT))
    train, held_out = parts
    file = into / "generator.safetensors"
    with _Bar(settings.epochs) as bar:
        network = training.train_generator(train, held_out, into, how, resume=resume, watch=bar)
    training.export_generator(network, held_out, file, widths=how.widths, note=f"trained on {len(train)} functions")
    return file


class _Bar:
    """A bar over the epochs, with what the last one came to."""

    def __init__(self, epochs: int) -> None:
        columns = (
            TextColumn("epoch"),
            MofNCompleteColumn(),
            BarColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[told]}"),
        )
        self._progress = Progress(*columns, console=Console(stderr=True))
        self._task = self._progress.add_task("", total=epochs, told="")
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, epoch: int, figures: dict[str, float]) -> None:
        told = f"held out {figures['held out']:.4f}, rate {figures['rate']:.1e}, {figures['seconds']:.0f} s an epoch"
        told += f", {figures['skipped']:.0f} batches skipped" if figures["skipped"] else ""
        self._progress.update(self._task, completed=epoch, told=told)


def _print_figures(console: Console, figures: dict[str, float]) -> None:
    table = Table("figure", "value", title="On projects that nothing was trained on, half of it with a fault")
    for name, value in sorted(figures.items()):
        told = f"{value:,.0f}" if "samples" in name else f"{value:.4f}"
        table.add_row(Text(clean(name.replace("_", " "))), told)
    console.print(table)
