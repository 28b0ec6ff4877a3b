"""What a worker does for a diagnosis: looks at the last commits, in a folder of its own. The child's side."""

import shutil
from contextlib import suppress
from pathlib import Path

from yantra_bot.domain.diagnosing import Inspection
from yantra_bot.graphdb.store_exchange import FACTS
from yantra_bot.review.graphs import KEPT_FACTS
from yantra_bot.review.trees import Trees
from yantra_bot.sandbox.mirror import Mirror
from yantra_bot.worker.protocol import GRAPH_FOLDER
from yantra_bot.worker.suspects.look import look
from yantra_bot.worker.tasks import InspectPast


def inspect(past: Mirror, folder: Path, order: InspectPast) -> Inspection:
    """Return the ranked suspects. Raises UserError, Permanent, Transient where the past cannot be read at all.

    `folder` is the worker's own; a copy of the stored graph may lie in it.
    """
    scratch, store = folder / "suspects", folder / GRAPH_FOLDER
    scratch.mkdir()
    with suppress(FileNotFoundError):
        # What was parsed for the default branch is what most of what serves says, too.
        shutil.copyfile(store / FACTS, store / KEPT_FACTS)
    try:
        with Trees(past, order.question.serves) as trees:
            return look(trees, order.question, scratch=scratch, store=store if store.is_dir() else None)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
