"""Makes the best context for a task within a budget out of what a search found. Pure, but for the reading of files.

The same input gives the same bytes. No level takes more than its share, and every part says why it is there.
Instructions come from what is handed in as the default branch's; all else is data.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from yantra_bot.graphdb.view import GraphView
from yantra_bot.retrieval.budget import Budget
from yantra_bot.retrieval.chunks import Chunk, ChunkKind
from yantra_bot.retrieval.context.beside import (
    add_conventions,
    add_map,
    add_past,
    add_signatures,
    add_tests,
    keys_of,
)
from yantra_bot.retrieval.context.code import add_dependencies, add_targets
from yantra_bot.retrieval.context.conventions import NO_INSTRUCTIONS, Instructions, choose_conventions
from yantra_bot.retrieval.context.covering import find_covering
from yantra_bot.retrieval.context.draft import Draft, Weights, clip
from yantra_bot.retrieval.context.needs import Need, index_names, needs_by_graph, needs_by_names
from yantra_bot.retrieval.context.parts import Context, Level, Part, Read
from yantra_bot.retrieval.context.past import find_past
from yantra_bot.retrieval.context.purse import Purse, Scale, TokenCounter, split_budget
from yantra_bot.retrieval.context.repo_map import MAP_TOKENS, rank_by_files, rank_by_graph
from yantra_bot.retrieval.context.source import Sources
from yantra_bot.retrieval.context.targets import Target, choose_targets, touched_paths
from yantra_bot.retrieval.hits import Found

MOST_TESTS_TOKENS: Final = 4_000
MOST_PAST_TOKENS: Final = 400
MOST_CONVENTIONS_TOKENS: Final = 10_000
NO_GRAPH: Final = (
    "There is no code graph: what the code needs was found by equal names alone, and its tests by the search alone."
)
NOTHING_FOUND: Final = "The search found no code for this task, so none is shown. Name a function, a file or an error."


@dataclass(frozen=True, slots=True)
class Material:
    """What a context is made of."""

    task: str
    found: Found
    read: Read
    """Of the tree that the task is about."""
    view: GraphView | None = None
    instructions: Instructions = NO_INSTRUCTIONS
    """Of the default branch."""
    chunks: Iterable[Chunk] = ()
    """All of the tree, for names where there is no graph; without them, those of the files that were found."""
    notes: tuple[str, ...] = ()
    """What else could not be asked, in words for people."""


def assemble(material: Material, counter: TokenCounter, total: int) -> Context:
    """Return the context of a task, given a budget of so many tokens. Raises UserError where that is too small."""
    budget = split_budget(total)
    return _Assembly(material, Draft(Scale(counter), Sources(material.read), material.task), budget).run()


class _Assembly:
    """One context in the making."""

    def __init__(self, material: Material, draft: Draft, budget: Budget) -> None:
        self._material, self._draft, self._budget = material, draft, budget
        self._names: dict[str, list[Chunk]] | None = None

    def run(self) -> Context:
        material, draft = self._material, self._draft
        targets, lost = choose_targets(material.found, draft.sources, material.task)
        draft.leave_out_all(lost)
        draft.notes += [*material.notes, *material.found.notes]
        if material.view is None:
            draft.notes.append(NO_GRAPH)
        self._add_conventions(touched_paths(targets, material.found))
        added, in_full, left = self._add_code(targets)
        self._add_beside(added, in_full, left)
        if not targets:
            draft.notes.append(NOTHING_FOUND)
        return Context(
            self._budget, _ordered(draft.parts), draft.named_left_out(), tuple(dict.fromkeys(map(clip, draft.notes)))
        )

    def _add_conventions(self, touched: list[str]) -> None:
        chosen, skipped = choose_conventions(self._material.instructions, touched, self._material.task)
        share = min(self._budget.reserve // 3, MOST_CONVENTIONS_TOKENS)
        add_conventions(self._draft, self._draft.open_purse(share, Level.CONVENTIONS), chosen)
        self._draft.leave_out_all(skipped)

    def _add_code(self, targets: list[Target]) -> tuple[list[Target], list[Need], list[Need]]:
        """Add level 1; return the targets and dependencies in full, and the dependencies that are not."""
        purse = self._draft.open_purse(self._budget.level_1, Level.CODE)
        added = add_targets(self._draft, purse, targets)
        needs = self._find_needs(added, [])
        in_full, left = add_dependencies(self._draft, purse, needs)
        return added, in_full, left

    def _find_needs(self, targets: list[Target], needs: list[Need]) -> list[Need]:
        """Return what the code of some targets and needs depends on itself."""
        if self._material.view is not None:
            weights = {one.key: one.weight for one in needs} | {one.key: one.weight for one in targets}
            return needs_by_graph(self._material.view, weights)
        code = [(one.chunk, one.weight) for one in targets]
        code += [(_chunk_of(one, self._draft.sources), one.weight) for one in needs]
        return needs_by_names(code, self._known_names())

    def _known_names(self) -> dict[str, list[Chunk]]:
        if self._names is None:
            found = self._material.found
            hits = (*found.functions, *found.others, *found.tests)
            paths = dict.fromkeys([*(hit.chunk.path for hit in hits), *(file.path for file in found.files)])
            known = list(self._material.chunks)
            self._names = index_names(known or (one for path in paths for one in self._draft.sources.chunks(path)))
        return self._names

    def _add_beside(self, targets: list[Target], in_full: list[Need], left: list[Need]) -> None:
        """Add all that the second share pays: signatures, tests, the past, the map."""
        draft, share = self._draft, self._budget.level_2
        levels = (Level.SIGNATURES, Level.TESTS, Level.PAST, Level.MAP)
        purse = draft.open_purse(share, *levels)
        whole = purse.left
        weights = {target.key: target.weight for target in targets}
        tests = find_covering(self._material.found, self._material.view, weights, draft.sources)
        add_tests(draft, purse.inner(min(whole // 3, MOST_TESTS_TOKENS)), tests)
        add_past(draft, purse.inner(min(whole // 10, MOST_PAST_TOKENS)), find_past(self._material.found, targets))
        map_tokens = min(whole // 4, MAP_TOKENS)
        signed = add_signatures(draft, purse.inner(purse.left - map_tokens), self._second_needs(targets, in_full, left))
        shown = {*weights, *keys_of(in_full), *keys_of(signed)}
        self._add_map(purse.inner(map_tokens), weights, shown)

    def _second_needs(self, targets: list[Target], in_full: list[Need], left: list[Need]) -> list[Need]:
        """Return what is shown by its signature: what did not fit in full, then what the code in full needs."""
        shown = {target.key for target in targets} | keys_of(in_full)
        shown |= keys_of(left)
        further = [need for need in self._find_needs(targets, in_full) if need.key not in shown]
        return [*left, *further]

    def _add_map(self, purse: Purse, weights: Weights, shown: set[str]) -> None:
        view, found = self._material.view, self._material.found
        if view is not None:
            add_map(self._draft, purse, rank_by_graph(view, weights, shown), "PageRank from the code of the task")
            return
        paths = dict.fromkeys([*(hit.chunk.path for hit in found.functions), *(file.path for file in found.files)])
        candidates = rank_by_files(paths, self._draft.sources, shown)
        add_map(self._draft, purse, candidates, "files that fit the task; without a graph they cannot be ranked")


def _chunk_of(need: Need, sources: Sources) -> Chunk:
    """Return the code of something in full, as a chunk of its key."""
    for chunk in sources.chunks(need.path):
        if chunk.key == need.key:
            return chunk
    return Chunk(need.path, need.name, ChunkKind.FUNCTION, need.first, need.last, need.signature, "", "")


def _ordered(parts: list[Part]) -> tuple[Part, ...]:
    order = {level: place for place, level in enumerate(Level)}
    return tuple(sorted(parts, key=lambda part: order[part.level]))
