"""What a worker does for a review: reads both versions out of the mirror and has the parts look at them. Child's side.

The stored graph that lies in its folder is a copy, for reading. Code of the change runs in the sandbox alone, and only
where the order allows it.
"""

import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from yantra_bot.domain import review as values
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.findings import Side
from yantra_bot.domain.proof import TestReport
from yantra_bot.domain.reviewed import Reviewed, ReviewWork
from yantra_bot.errors import Permanent, UserError
from yantra_bot.graphdb.store_exchange import FACTS, revision_of
from yantra_bot.review.assembly import NO_MERGE_BASE, Compared, review_change
from yantra_bot.review.changes.diff import compare_trees
from yantra_bot.review.changes.files import printable
from yantra_bot.review.graphs import KEPT_FACTS
from yantra_bot.review.means import Means
from yantra_bot.review.parts import all_rules, choose_parts
from yantra_bot.review.trees import Trees
from yantra_bot.sandbox.layout import lay_out
from yantra_bot.sandbox.mirror import Mirror
from yantra_bot.validation.ground import Ground
from yantra_bot.validation.security.dependencies import Advisories
from yantra_bot.validation.security.scanner import Scanner
from yantra_bot.validation.trial import Trial
from yantra_bot.worker.desk import Desk
from yantra_bot.worker.graph_desk import git_of
from yantra_bot.worker.protocol import GRAPH_FOLDER, PAST_FOLDER, Start
from yantra_bot.worker.scorers import find_scorer
from yantra_bot.worker.tasks import Review

FOLDER: Final = "review"


def review(mirror: Mirror, start: Start, order: Review, desk: Desk, *, past: Mirror | None = None) -> Reviewed:
    """Return the review of a change. Raises UserError, Permanent, Transient where it cannot be read at all."""
    folder, work = start.folder / FOLDER, order.work
    folder.mkdir()
    trees = Trees(mirror, work.head)
    prepared = desk.prepared.report if desk.prepared is not None else None
    try:
        gaps = () if work.has_merge_base else (NO_MERGE_BASE,)
        found = review_change(
            trees,
            Compared(work.base, work.head, gaps=gaps),
            scratch=folder,
            rules=work.rules,
            means=replace(
                _make_means(start, order, desk, past),
                ground=_make_ground(mirror, work, start, desk, folder),
                trial=_make_trial(work, desk, is_whole=bool(start.tests.argv)),
            ),
            parts=choose_parts(only=work.parts),
            tell=desk.say,
        )
        changed = _changed_since(trees, work)
    finally:
        trees.close()
        shutil.rmtree(folder, ignore_errors=True)
    used = {finding.rule for finding in found.findings}
    rules = tuple(rule for rule in all_rules() if rule.id in used)
    return Reviewed(_only_new_briefs(found, changed), changed, rules, prepared)


def _make_ground(mirror: Mirror, work: ReviewWork, start: Start, desk: Desk, folder: Path) -> Ground | None:
    """Return where the repository's own tools run; None where nothing of the change may, or nothing was prepared."""
    prepared = desk.prepared
    if not work.may_execute or not work.rules.runs_tools or prepared is None:
        return None
    laid: dict[Side, Path] = {}

    def lay(side: Side) -> Path:
        if side not in laid:
            place = folder / f"ground-{side}"
            place.mkdir(mode=0o755)
            lay_out(mirror, work.head if side is Side.HEAD else work.base, place, start.config.checkout)
            laid[side] = place
        return laid[side]

    return Ground(desk.open_sandbox(), prepared, lay)


def _make_means(start: Start, order: Review, desk: Desk, past: Mirror | None) -> Means:
    store = start.folder / GRAPH_FOLDER
    with suppress(FileNotFoundError):
        # What was parsed for the default branch is what most of the base says, too.
        shutil.copyfile(store / FACTS, store / KEPT_FACTS)
    scratch = start.folder / "review-parts"
    scratch.mkdir(exist_ok=True)
    # The past was fetched for the commit that the stored graph is of.
    known = "" if past is None else revision_of(store)
    git = None
    if past is not None and known:
        git = git_of(past, known, start.folder / PAST_FOLDER)
    return Means(
        may_execute=order.work.may_execute,
        sandbox=desk.open_sandbox(),
        scanner=None if order.scanner is None else Scanner(order.scanner),
        advisories=None if order.advisories is None else Advisories(order.advisories),
        scratch=scratch,
        store=store,
        briefs_model=order.work.briefs_model,
        scorer=find_scorer(start.config.score, gives_lessons=start.config.learns),
        finds_similar=order.work.finds_similar,
        past=git,
        past_from=known,
    )


def _make_trial(work: ReviewWork, desk: Desk, *, is_whole: bool) -> Trial | None:
    """Return where tests run: on the desk's tree, which is the head's until the base's are asked for."""
    prepared = desk.prepared
    if not work.may_execute or prepared is None:
        return None
    problems, laid = {Side.HEAD: prepared.report.problem or ""}, [Side.HEAD]

    def run(side: Side, selection: tuple[str, ...]) -> TestReport:
        if laid[-1] is not side:
            laid.append(side)
            desk.open(work.head if side is Side.HEAD else work.base, Changeset(), _no_blob)
            problems[side] = desk.prepare().problem or ""
        return desk.test(selection, is_lenient=True)

    return Trial(run, is_whole, lambda side: problems.get(side, ""))


def _no_blob(object_id: str) -> bytes:
    raise KeyError(object_id)


def _changed_since(trees: Trees, work: ReviewWork) -> tuple[str, ...] | None:
    if not work.since:
        return None
    try:
        raw = compare_trees(trees, trees.open(work.since).id, work.head)
    except (Permanent, UserError):  # the head of then was forced away, and is not here
        return None
    return tuple(sorted({printable(path) for one in raw for path in (one.path, one.old_path) if path}))


def _only_new_briefs(found: values.Review, changed: tuple[str, ...] | None) -> values.Review:
    """Show a model what it has not seen: what it said of the rest still stands."""
    if changed is None:
        return found
    return replace(found, briefs=tuple(brief for brief in found.briefs if brief.path in changed))
