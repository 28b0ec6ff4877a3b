"""`yantra review`: what changed between two versions of a repository, and what is wrong with it, with no server."""

import asyncio
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Final

import click
from rich.text import Text

from yantra_bot.app.logs import set_up_logging
from yantra_bot.app.scanning import open_scanning
from yantra_bot.app.score_file import find_score_model
from yantra_bot.cli.console import make_console
from yantra_bot.cli.default_branch import find_default_branch
from yantra_bot.cli.graph.options import clean
from yantra_bot.cli.graph.source import default_store
from yantra_bot.cli.review_run import PARTS as RUN_PARTS
from yantra_bot.cli.review_run import is_proven, make_trial, refuse_to_run
from yantra_bot.cli.searching import Repository, open_repository
from yantra_bot.cli.working_tree import Checkout, write_working_tree
from yantra_bot.domain.findings import Severity, Side
from yantra_bot.domain.review import Gap, Review, ReviewRules
from yantra_bot.domain.tiers import find_tier
from yantra_bot.errors import UserError, YantraError
from yantra_bot.graphdb.history.gitlog import configure
from yantra_bot.graphdb.indexer import collector_passing_by
from yantra_bot.replies.review.as_json import review_json
from yantra_bot.replies.review.sarif import sarif_text
from yantra_bot.replies.review.summary import summary
from yantra_bot.replies.review.text import review_lines
from yantra_bot.review.assembly import Compared, choose_base, review_change
from yantra_bot.review.engine import Part
from yantra_bot.review.means import Means
from yantra_bot.review.parts import PARTS, all_rules, choose_parts
from yantra_bot.review.trees import Tree, open_trees
from yantra_bot.runs.rules import PATH as RULES
from yantra_bot.runs.rules import parse_rules
from yantra_bot.sandbox.mirror import open_mirror
from yantra_bot.settings import Settings, read_settings
from yantra_bot.worker.scorers import find_scorer

CLEAN: Final = 0
CLOSED: Final = 1
COULD_NOT: Final = 2
UNPROVEN: Final = 3
"""Exit statuses: nothing closes the gate; a finding does; there is no review; tests that were to run proved nothing."""
WORKING_TREE: Final = "working tree"
_NEVER: Final = "never"
FOLDER: Final = click.Path(file_okay=False, path_type=Path)
_SEVERITIES: Final = click.Choice([*map(str, Severity), _NEVER])


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be reviewed, and how."""

    repo: Path
    base: str | None
    head: str | None
    fail_on: str | None
    parts: tuple[Part, ...]
    with_model: bool = False
    model: str | None = None
    budget: float | None = None
    runs: bool = False
    """Whether tests are run."""


@click.command()
@click.option("--repo", default=".", show_default=True, type=FOLDER, help="A folder of the repository, or a bare one.")
@click.option("--base", help="What it is compared with, from where they parted; else the default branch.")
@click.option(
    "--head", help="The version that is reviewed; else what is in the folder now, uncommitted files included."
)
@click.option("--format", "shape", type=click.Choice(["text", "markdown", "json", "sarif"]), default="text")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead.")
@click.option("--fail-on", type=_SEVERITIES, help="Exit with status 1 from this severity on; else as the rules say.")
@click.option("--only", multiple=True, help="Only this part of a review; may be repeated.")
@click.option("--without", multiple=True, help="All but this part; may be repeated.")
@click.option("--run", is_flag=True, help="Run the tests that the change calls for, in the sandbox.")
@click.option("--model", help="Add the remarks of this model; needs its key in the settings.")
@click.option(
    "--budget",
    type=click.FloatRange(min=0, min_open=True),
    help="Add a model's remarks (the settings' one, if none is named) for at most so many USD.",
)
@click.option("--whole", is_flag=True, help="As text: do not cut lists.")
@click.pass_context
def review(
    context: click.Context,
    *,
    repo: Path,
    base: str | None,
    head: str | None,
    shape: str,
    out: Path | None,
    fail_on: str | None,
    only: tuple[str, ...],
    without: tuple[str, ...],
    run: bool,
    model: str | None,
    budget: float | None,
    whole: bool,
) -> None:
    """Review what lies between a base and a head: what changed, what breaks, what it reaches.

    Exit status 0: nothing closes the gate; 1: a finding does, such as a test that newly fails; 2: there is no review,
    and standard error says why; 3: tests were to be run, and did not show whether the change breaks them.
    """
    set_up_logging(level=40)
    try:
        parts = choose_parts(PARTS, only=(*only, *RUN_PARTS) if run and only else only, without=without)
        if run and set(RUN_PARTS) & set(without):
            raise UserError(f"--run needs these parts: {', '.join(RUN_PARTS)}. Leave --without out.")
        with_model = model is not None or budget is not None
        made = make_review(Asked(repo, base, head, fail_on, parts, with_model, model, budget, run))
        _print(made, shape, out, whole=whole)
    except YantraError as failed:
        click.echo(str(failed), err=True)
        context.exit(COULD_NOT)
    proven = UNPROVEN if run and not is_proven(made) else CLEAN
    context.exit(CLOSED if made.blocking else proven)


@dataclass(frozen=True, slots=True)
class Head:
    """What is reviewed: a commit, or a tree whose `objects` lie in a folder of ours, above a `commit`."""

    version: str
    commit: str
    name: str
    objects: Path | None = None
    gaps: tuple[Gap, ...] = ()


@collector_passing_by()
def make_review(asked: Asked) -> Review:
    """Return the review. Raises UserError, Permanent, Transient."""
    repository = open_repository(asked.repo)
    if repository is None:
        raise UserError(f"{asked.repo.resolve()} is in no git repository. Name a folder of one with --repo.")
    with ExitStack() as opened:
        scratch = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="yantra-review-")))
        tell = opened.enter_context(_progress())
        tell("looking at the two versions")
        base = _find_base(asked, repository)
        head = _find_head(asked, repository, scratch)
        folder = open_mirror(repository.objects)
        opened.callback(os.close, folder)
        trees = opened.enter_context(open_trees(folder, scratch, base, also=head.objects))
        compared = choose_base(trees, base, head.commit)
        _say_what(head.name, compared.base)
        settings = read_settings(**({"model": asked.model} if asked.model and find_tier(asked.model) is None else {}))
        rules = parse_rules(trees.open(compared.base).read(RULES), test_seconds=settings.test_timeout_seconds)
        tools = opened.enter_context(open_scanning(settings))
        store = default_store(repository.objects.resolve())
        trial = None
        if asked.runs:
            refuse_to_run(tools, rules)
            versions = {Side.BASE: compared.base, Side.HEAD: head.version}
            trial = make_trial(settings, trees.mirror, versions, rules, scope=str(store), tell=tell)
        made = review_change(
            trees,
            Compared(compared.base, head.version, compared.base_name, head.name, (*compared.gaps, *head.gaps)),
            scratch=scratch,
            rules=_with_gate(rules.review.rules, asked.fail_on),
            means=Means(
                sandbox=tools.sandbox,
                no_sandbox=tools.no_sandbox,
                scanner=tools.scanner,
                advisories=tools.advisories,
                scratch=scratch,
                store=store,
                may_execute=asked.runs,
                trial=trial,
                past=repository.git,
                past_from=compared.base,
                briefs_model=asked.with_model,
                scorer=None if (model := find_score_model(settings)) is None else find_scorer(model),
            ),
            parts=asked.parts,
            tell=tell,
        )
        made = _judge(made, repository, settings)
        return _add_remarks(asked, made, settings, trees.open(compared.base), tell) if asked.with_model else made


def _judge(made: Review, repository: Repository, settings: Settings) -> Review:
    if made.learned is None:
        return made
    # The server's records are slow to load, and few reviews have a score.
    from yantra_bot.cli.review_score import judge_in_terminal

    return judge_in_terminal(made, repository, settings)


def _add_remarks(asked: Asked, made: Review, settings: Settings, base: Tree, tell: Callable[[str], None]) -> Review:
    tell("asking the model")
    # What a model takes is slow to load, and most reviews have none.
    from yantra_bot.agent.prompts import MAX_AGENTS_CHARACTERS
    from yantra_bot.app.remarking import remark
    from yantra_bot.retrieval.context.conventions import AGENTS

    instructions = (base.read(AGENTS) or b"").decode("utf-8", "replace")[:MAX_AGENTS_CHARACTERS]
    return asyncio.run(remark(settings, made, usd=asked.budget, agents=instructions, tier=find_tier(asked.model)))


def _say_what(head: str, base: str) -> None:
    what = "what is in the folder now, uncommitted files included," if head == WORKING_TREE else head[:12]
    click.echo(f"Reviewing {what} against {base[:12]}.", err=True)


def _find_base(asked: Asked, repository: Repository) -> str:
    if asked.base is None:
        found = find_default_branch(asked.repo)
        if found is None:
            raise UserError("The repository has no commit to compare with. Commit something, or name a --base.")
        return found[0]
    try:
        return repository.commit(asked.base)
    except UserError as unknown:
        is_shallow = (repository.objects / "shallow").exists()
        hint = " This clone is shallow, as a CI makes it: fetch it first (git fetch origin BRANCH)."
        raise UserError(f"{unknown}{hint if is_shallow else ''}") from unknown


def _find_head(asked: Asked, repository: Repository, scratch: Path) -> Head:
    commit = repository.commit("HEAD" if asked.head is None else asked.head)
    if asked.head is not None or not repository.has_tree:
        return Head(commit, commit, commit)
    own = scratch / "working-tree"
    own.mkdir()
    written = write_working_tree(_checkout(repository), own)
    found = (
        Gap("files of the folder", "They are too large, or cannot be read.", written.left_out),
        Gap("repositories inside of the folder", "Each is to be reviewed by itself.", written.inner),
    )
    return Head(written.tree, commit, WORKING_TREE, written.objects, tuple(gap for gap in found if gap.paths))


def _checkout(repository: Repository) -> Checkout:
    asked = ("--show-toplevel", "--absolute-git-dir", "--show-object-format")
    told = b"".join(repository.git((*configure(), "rev-parse", *asked))).split(b"\n")
    top, git = (Path(os.fsdecode(line)) for line in told[:2])
    return Checkout(top, git, repository.objects, is_sha256=told[2] == b"sha256")


def _with_gate(rules: ReviewRules, fail_on: str | None) -> ReviewRules:
    if fail_on is None:
        return rules
    return replace(rules, fail_on=None if fail_on == _NEVER else Severity(fail_on))


def _print(made: Review, shape: str, out: Path | None, *, whole: bool) -> None:
    if out is None and shape == "text":
        console = make_console()
        for line in review_lines(made, width=console.width if console.is_terminal else None, whole=whole):
            console.print(line, soft_wrap=True, highlight=False)
        return
    text = _render(made, shape, whole=whole)
    if out is None:
        click.echo(text.encode("utf-8", "replace"))
        return
    try:
        out.write_text(text + "\n", encoding="utf-8", errors="replace")
    except OSError as refused:
        raise UserError(
            f"{out} cannot be written: {refused.strerror}. Name a file in a folder that is there."
        ) from refused


def _render(made: Review, shape: str, *, whole: bool) -> str:
    if shape == "json":
        return review_json(made)
    if shape == "sarif":
        return sarif_text(made, all_rules(), version=version("yantra-bot"))
    if shape == "markdown":
        return summary(made)
    return "\n".join(line.plain for line in review_lines(made, whole=whole))


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    console = make_console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("Reviewing") as status:
        yield lambda what: status.update(Text(f"Reviewing: {clean(what)}"[: max(console.width - 4, 20)]))
