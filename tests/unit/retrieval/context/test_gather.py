"""A run gets a context whatever fails on the way, and is told what did."""

import pytest

from tests.fakes.context_world import ContextWorld, titles
from yantra_bot.errors import Permanent, UserError
from yantra_bot.graphdb.view import GraphView
from yantra_bot.retrieval.context.conventions import Instructions
from yantra_bot.retrieval.context.gather import MOST_TASK, Ground, gather_context
from yantra_bot.retrieval.context.parts import Context, Level
from yantra_bot.retrieval.hits import Found
from yantra_bot.runs.codec import decode, encode

PAY = "bank/account.py::Account.pay"


def test_search_graph_and_instructions_become_one_value(bank: ContextWorld) -> None:
    """It can be kept as a step's result."""
    asked: list[str] = []

    def search(task: str) -> Found:
        asked.append(task)
        return bank.found(PAY)

    ground = Ground(bank.read, search, bank.view, Instructions({"AGENTS.md": b"Use tabs."}.get))
    context = gather_context("x" * 100_000, ground, bank.tokenizer, total=8_000)
    assert context.levels[0] is Level.CONVENTIONS
    assert "bank/money.py:4-6 round_money" in titles(context, Level.CODE)
    assert len(asked[0]) == MOST_TASK
    assert decode(encode(context, Context), Context) == context


def test_what_fails_is_a_note(bank: ContextWorld) -> None:
    """The rest is made without it."""

    def fail_to_search(_: str) -> Found:
        raise UserError("No index.")

    def fail_to_ask() -> GraphView:
        raise Permanent("No graph.")

    context = gather_context("pay", Ground(bank.read, fail_to_search, fail_to_ask), bank.tokenizer, total=8_000)
    assert context.notes[:2] == ("The search failed: No index.", "The code graph could not be asked: No graph.")
    assert context.parts == ()


def test_a_bug_is_no_note(bank: ContextWorld) -> None:
    """Only expected failures are."""
    with pytest.raises(ZeroDivisionError):
        gather_context(
            "pay", Ground(bank.read, lambda _: Found((), (), (), (), (str(1 // 0),))), bank.tokenizer, total=800
        )
