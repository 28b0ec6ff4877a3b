"""Answers about a run's tree: makes the context of a task, and what the tools that know the tree say. Text and values.

What cannot be told is answered in words. It reads through `Knowledge` and writes nothing.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal

from yantra_bot.agent.answers.by_names import names_in, show_symbol_by_name, show_uses_by_name
from yantra_bot.agent.answers.effects import show_impact
from yantra_bot.agent.answers.found import show_found
from yantra_bot.agent.answers.symbols import show_callers, show_symbol
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.checks import CheckResult
from yantra_bot.domain.context import ContextPart, LeftOutPart, PromptContext
from yantra_bot.domain.scores import ChangeScore
from yantra_bot.errors import UserError
from yantra_bot.retrieval.context.assemble import NOTHING_FOUND
from yantra_bot.retrieval.context.gather import Ground, gather_context
from yantra_bot.retrieval.context.parts import Context, Level, PartKind
from yantra_bot.retrieval.hits import Found
from yantra_bot.retrieval.result_cache import ResultCache
from yantra_bot.retrieval.tokens import Tokenizers
from yantra_bot.scoring.scorer import NoScorer, Scorer, score_places
from yantra_bot.worker.edit_check import NO_SCORER, validate_edits
from yantra_bot.worker.knowledge import Knowledge
from yantra_bot.worker.protocol import Assemble

TOP: Final = 10
MOST_FOUND: Final = 20
"""Hits that a context is chosen from."""
MOST_LEFT_OUT: Final = 12
MOST_NOTES: Final = 12
LONGEST: Final = 300
NO_CODE: Final = "There is no code in this repository that can be searched."
KEPT_GRAPH: Final = "The code graph is the one that the last push has left."
BY_NAME: Final = "What follows is found by equal names alone."


class Guide:
    """One run's guide through its tree."""

    def __init__(
        self,
        knowledge: Knowledge,
        tokenizers: Tokenizers,
        *,
        recordings: Path | None = None,
        scorer: Scorer | NoScorer = NO_SCORER,
    ) -> None:
        """`recordings` is a folder with what each test of the commit was seen to run, where anybody has looked."""
        self._scorer = scorer
        self.knowledge = knowledge
        self._recordings = recordings
        self._tokenizers = tokenizers
        self._results: ResultCache[Found] = ResultCache(time.monotonic)
        self._tools: dict[str, Callable[[dict[str, Any]], str]] = {
            "codebase_search": self._search,
            "symbol": self._symbol,
            "callers": self._callers,
            "impact": self._impact,
        }

    def see(self, commit: str, changes: Changeset) -> None:
        """Be about a commit and a change from now on."""
        if self.knowledge.see(commit, changes):
            self._results.drop()

    def assemble(self, order: Assemble) -> PromptContext:
        """Return the context of a task. Raises UserError where nothing can be found."""
        began = time.monotonic()
        known = self.knowledge
        every = known.corpus.files.values()
        if not every:
            raise UserError(NO_CODE)
        ground = Ground(
            known.read,
            lambda text: self._find(text, MOST_FOUND),
            lambda: known.view,
            known.instructions(),
            [chunk for file in every for chunk in file.chunks] if known.view is None else (),
        )
        made = gather_context(order.task, ground, self._tokenizers.of(order.model), total=order.budget)
        graph = known.no_graph or (KEPT_GRAPH if known.has_kept_graph else "")
        notes = (*made.notes, *known.notes, *([graph] if graph else []))
        told = _tell(made, notes, time.monotonic() - began)
        has_code = any(part.level is not Level.CONVENTIONS for part in made.parts)
        told = replace(told, score=self._score_targets(made))
        return told if has_code else replace(told, problem=NOTHING_FOUND)

    def _score_targets(self, made: Context) -> ChangeScore | None:
        """Return what the learned model says of the functions that a task points at; None without either."""
        view = self.knowledge.view
        if isinstance(self._scorer, NoScorer) or view is None:
            return None
        places = [(one.path, one.first, one.last) for one in made.parts if one.kind is PartKind.TARGET and one.path]
        return score_places(self._scorer, view, self.knowledge.read, places)

    def look_ahead(self, part: Literal["context", "edits"]) -> None:
        """Have at hand what a context, or judging edits, takes of the tree: whoever asks then waits for less."""
        if part == "edits":
            self.knowledge.ready_for_edits()
            return
        self._tokenizers.load()
        self.knowledge.ready_for_search()

    def validate(self) -> CheckResult:
        """Return what the code graph shows of the tree as it is edited, against the commit. Raises UserError."""
        return validate_edits(self.knowledge, self._recordings, self._scorer)

    def answer(self, tool: str, arguments: dict[str, Any]) -> str:
        """Return what a tool says. Raises UserError that says what to do instead."""
        return self._tools[tool](arguments)

    def _find(self, text: str, top: int) -> Found:
        found = self._results.get((text, top))
        if found is None:
            found = self.knowledge.searcher.search(text, top)
            self._results.put((text, top), found)
        return found

    def _search(self, arguments: dict[str, Any]) -> str:
        text = arguments["text"]
        if not text.strip():
            raise UserError("The text is empty. Say what you look for: a sentence, an error message, a name.")
        if not len(self.knowledge.corpus.files):
            raise UserError(f"{NO_CODE} Use list_files and search.")
        return show_found(self._find(text, arguments.get("top", TOP)), self.knowledge.notes)

    def _symbol(self, arguments: dict[str, Any]) -> str:
        view = self.knowledge.view
        if view is None:
            return show_symbol_by_name(self.knowledge.corpus, arguments["name"], self._why_by_name())
        return show_symbol(view, arguments["name"])

    def _callers(self, arguments: dict[str, Any]) -> str:
        view = self.knowledge.view
        if view is None:
            return show_uses_by_name(self.knowledge.corpus, [arguments["name"]], self._why_by_name())
        return show_callers(view, arguments["name"], arguments.get("depth", 1))

    def _impact(self, arguments: dict[str, Any]) -> str:
        view, names, path = self.knowledge.view, arguments.get("names", []), arguments.get("path", "")
        if view is not None:
            return show_impact(view, names, path)
        names = [*names, *(names_in(self.knowledge.corpus, path) if path else [])]
        if not names:
            raise UserError("Give names of symbols, or the path of a file that is to be changed.")
        return show_uses_by_name(self.knowledge.corpus, names, self._why_by_name())

    def _why_by_name(self) -> str:
        return f"{self.knowledge.no_graph} {BY_NAME}"


def _tell(made: Context, notes: tuple[str, ...], seconds: float) -> PromptContext:
    return PromptContext(
        budget=made.budget.total,
        parts=tuple(
            ContextPart(part.level, part.kind, _cut(part.title), part.text, part.tokens, _cut(part.reason), part.path)
            for part in made.parts
        ),
        left_out=tuple(LeftOutPart(_cut(one.title), _cut(one.reason)) for one in made.left_out[:MOST_LEFT_OUT]),
        notes=tuple(_cut(note) for note in dict.fromkeys(notes))[:MOST_NOTES],
        seconds=round(seconds, 3),
    )


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
