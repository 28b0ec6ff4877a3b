"""The explanation tells each part with its tokens and its reason, for people and for programs."""

import json

from tests.fakes.context_world import ContextWorld
from yantra_bot.retrieval.context.explain import context_record, count_tokens, explain

PAY = "bank/account.py::Account.pay"


def test_people_read_why(bank: ContextWorld) -> None:
    """Totals first, then every part under its level, then what was left out and what could not be asked."""
    context = bank.assemble(bank.found(PAY, notes=("No meaning was searched.",)), view=bank.view())
    lines = [str(line) for line in explain(context)]
    text = "\n".join(lines)
    assert lines[0] == f"{count_tokens(context):,} of 8,000 tokens in {len(context.parts)} parts"
    assert "of 3,200 for code in full" in lines[1]
    assert "Level 1, code in full: " in text
    assert "  bank/account.py:15-20 Account.pay\n          1st of the search: word 0" in text
    assert lines[-1] == "No meaning was searched."
    assert all(len(line) <= 100 for line in lines)


def test_what_is_left_out_is_told(bank: ContextWorld) -> None:
    """With its reason."""
    context = bank.assemble(bank.found(PAY, "bank/desk.py::serve"), view=bank.view(), budget=500)
    lines = [str(line) for line in explain(context)]
    assert lines[lines.index("Left out") + 1].split()[1].startswith(("bank/", "tests/"))


def test_programs_get_the_same(bank: ContextWorld) -> None:
    """With the texts, or without where only the reasons are asked for."""
    context = bank.assemble(bank.found(PAY), view=bank.view())
    whole = json.loads(json.dumps(context_record(context, is_explained=False)))
    assert whole["tokens"] == count_tokens(context)
    assert whole["parts"][0]["text"].startswith("bank/")
    assert "text" not in context_record(context, is_explained=True)["parts"][0]
