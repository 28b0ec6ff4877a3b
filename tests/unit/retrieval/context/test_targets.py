"""Targets are the hits that count, as the files have them now."""

from dataclasses import replace

import pytest

from tests.fakes.context_world import ContextWorld, titles
from yantra_bot.retrieval.context.parts import Level
from yantra_bot.retrieval.context.source import Sources
from yantra_bot.retrieval.context.targets import choose_targets, ordinal, touched_paths, weigh_score
from yantra_bot.retrieval.hits import FileHit, Found, Reason, ReasonKind

PAY = "bank/account.py::Account.pay"


def keys(bank: ContextWorld, found: Found) -> list[str]:
    return [target.key for target in choose_targets(found, Sources(bank.read))[0]]


def test_hits_that_have_fallen_off_are_left_out(bank: ContextWorld) -> None:
    """What is far less likely than the best is no target, unless the text names it."""
    found = bank.found(PAY, "bank/desk.py::serve", "bank/desk.py::greet")
    hits = [replace(hit, score=score) for hit, score in zip(found.functions, (1.0, 0.9, -1.0), strict=True)]
    assert keys(bank, replace(found, functions=tuple(hits))) == [PAY, "bank/desk.py::serve"]
    hits[2] = replace(hits[2], reasons=(Reason(ReasonKind.NAMED, "`greet` is named", 1.0),))
    assert keys(bank, replace(found, functions=tuple(hits)))[2] == "bank/desk.py::greet"


def test_a_table_that_fits_stands_among_functions(bank: ContextWorld) -> None:
    """What the search found of classes and values is a target by its score, before functions that fit less."""
    bank.files["bank/rates.py"] = b"RATES = {\n    'eur': 1,\n    'usd': 2,\n    'gbp': 3,\n    'chf': 4,\n}\n"
    found = bank.found(PAY, "bank/desk.py::serve")
    table = replace(found.functions[0], chunk=bank.chunk("bank/rates.py::RATES"), score=found.functions[0].score - 0.5)
    context = bank.assemble(replace(found, definitions=(table,)))
    assert titles(context, Level.CODE)[:3] == [
        "bank/account.py:15-20 Account.pay",
        "bank/rates.py:1-6 RATES",
        "bank/desk.py:4-5 serve",
    ]
    assert context.of(Level.CODE)[1].reason == "1st of the classes and tables that were found: word 0"


def test_weights_are_odds(bank: ContextWorld) -> None:
    """A score that is lower by one is a third as likely; none is more likely than the best."""
    assert [round(weigh_score(score, 2.0), 2) for score in (2.0, 1.0, 3.0)] == [1.0, 0.37, 1.0]


def test_a_class_counts_where_the_text_names_it(bank: ContextWorld) -> None:
    """Beside functions, classes and sections have to be named; alone they are what there is."""
    found = bank.found(PAY, "bank/account.py::Account", "README.md::Bank")
    assert keys(bank, found) == [PAY]
    targets, _ = choose_targets(found, Sources(bank.read), "an Account loses money, all Accounts do")
    assert [target.key for target in targets] == [PAY, "bank/account.py::Account"]
    assert len(choose_targets(found, Sources(bank.read), "Accounts lose money")[0]) == 1
    assert keys(bank, bank.found("README.md::Bank")) == ["README.md::Bank"]


def test_a_file_that_vanished_is_named(bank: ContextWorld) -> None:
    """It is told, and the others are shown."""
    found = bank.found(PAY, "bank/desk.py::serve")
    del bank.files["bank/account.py"]
    context = bank.assemble(found)
    assert titles(context, Level.CODE)[0] == "bank/desk.py:4-5 serve"
    assert [(one.title, one.reason) for one in context.left_out] == [
        ("bank/account.py:15-20 Account.pay", "the file has vanished since the search, or is no text")
    ]


def test_a_function_that_moved_is_shown_where_it_is_now(bank: ContextWorld) -> None:
    """Lines come from the file, not from the search; what is not in it any more is named."""
    found = bank.found(PAY, "bank/desk.py::serve")
    bank.files["bank/account.py"] = b"# new\n" + bank.files["bank/account.py"]
    bank.files["bank/desk.py"] = b"def other():\n    pass\n"
    context = bank.assemble(found)
    assert titles(context, Level.CODE)[0] == "bank/account.py:16-21 Account.pay"
    assert context.left_out[0].reason == "the file has changed since the search, and does not have it any more"


def test_two_functions_of_one_name_are_two_targets(bank: ContextWorld) -> None:
    """Each is shown at its own lines."""
    bank.files["bank/twice.py"] = b"if X:\n    def run():\n        return 1\nelse:\n    def run():\n        return 2\n"
    context = bank.assemble(bank.found("bank/twice.py::run#2", "bank/twice.py::run"))
    assert [title for title in titles(context, Level.CODE) if "twice" in title] == [
        "bank/twice.py:5-6 run#2",
        "bank/twice.py:2-3 run",
    ]


def test_a_repository_of_one_file(bank: ContextWorld) -> None:
    """There is enough to show."""
    bank.files = {"a.py": b"def tick():\n    return tock()\n\n\ndef tock():\n    return tick()\n"}
    context = bank.assemble(bank.found("a.py::tick"), chunks=bank.chunks())
    assert titles(context, Level.CODE) == ["a.py:1-2 tick", "a.py:5-6 tock"]


def test_files_stand_in_for_targets(bank: ContextWorld) -> None:
    """Where no function was found, what is touched are the files that were."""
    assert touched_paths([], Found(files=(FileHit("a.py", 1.0), FileHit("b.py", 0.5)))) == ["a.py", "b.py"]
    targets, _ = choose_targets(bank.found(PAY, "bank/account.py::Account.close"), Sources(bank.read))
    assert touched_paths(targets, Found()) == ["bank/account.py"]


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (13, "13th"), (22, "22nd")]
)
def test_places_are_said_as_people_do(number: int, said: str) -> None:
    """English has its exceptions."""
    assert ordinal(number) == said
