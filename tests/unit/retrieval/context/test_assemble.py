"""A context holds what a task needs within its shares, says why, and is the same bytes each time."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.context_world import BANK, ContextWorld, titles
from yantra_bot.errors import UserError
from yantra_bot.retrieval.context.assemble import NO_GRAPH, NOTHING_FOUND
from yantra_bot.retrieval.context.conventions import Instructions
from yantra_bot.retrieval.context.explain import count_shares
from yantra_bot.retrieval.context.parts import HEADINGS, Context, Level, PartKind
from yantra_bot.retrieval.context.purse import MOST_BYTES
from yantra_bot.retrieval.hits import FileHit, Found, Reason, ReasonKind
from yantra_bot.runs.codec import decode, encode

PAY = "bank/account.py::Account.pay"
SERVE = "bank/desk.py::serve"


def test_targets_and_what_they_need_are_there_in_full(bank: ContextWorld) -> None:
    """Level 1 is the code of the targets, verbatim, then of their direct dependencies, each with its reason."""
    context = bank.assemble(bank.found(PAY), view=bank.view())
    code = context.of(Level.CODE)
    assert titles(context, Level.CODE) == ["bank/account.py:15-20 Account.pay", "bank/money.py:4-6 round_money"]
    assert [part.kind for part in code] == [PartKind.TARGET, PartKind.DEPENDENCY]
    own = code[0].text.partition("\n")[2]
    assert own in bank.files["bank/account.py"].decode()
    assert own.startswith("    def pay(self, amount):\n")
    assert all(part.is_exact for part in code)
    assert code[0].reason == "1st of the search: word 0"
    assert code[1].reason == "called by Account.pay in line 19"


def test_what_level_1_needs_is_there_by_its_signature(bank: ContextWorld) -> None:
    """Level 2 skips level 1, groups by file, and gives each signature its place."""
    context = bank.assemble(bank.found(PAY), view=bank.view())
    texts = {part.path or part.text.partition("\n")[0]: part.text for part in context.of(Level.SIGNATURES)}
    assert texts["bank/money.py"].splitlines()[1:] == ["def to_cents(amount: float) -> int  # money.py:9"]
    assert "LIMIT = 1_000  # account.py:5" in texts["bank/account.py"]
    assert not any("def pay" in text or "def round_money" in text for text in texts.values())


def test_tests_that_reach_a_target_are_there(bank: ContextWorld) -> None:
    """The nearest test is in full and says what it calls."""
    context = bank.assemble(bank.found(PAY), view=bank.view())
    first = context.of(Level.TESTS)[0]
    assert (first.kind, first.title) == (PartKind.TEST, "tests/test_account.py:5-6 test_money_is_paid")
    assert first.reason == "calls Account.pay (99% sure)"


def test_without_a_graph_names_speak_and_it_is_said(bank: ContextWorld) -> None:
    """Equal names stand in for edges; the context says that they do."""
    context = bank.assemble(bank.found(PAY, "tests/test_account.py::test_money_is_paid"), chunks=bank.chunks())
    assert "bank/money.py:4-6 round_money" in titles(context, Level.CODE)
    assert context.of(Level.CODE)[1].reason == "its name stands in Account.pay"
    assert NO_GRAPH in context.notes
    assert context.of(Level.TESTS)
    assert "bank/account.py:" in context.of(Level.MAP)[0].text


def test_names_of_the_found_files_do_without_a_list(bank: ContextWorld) -> None:
    """Where the caller hands in no chunks, those of the files found are asked."""
    found = replace(bank.found(PAY), files=(FileHit("bank/money.py", 1.0),))
    assert "bank/money.py:4-6 round_money" in titles(bank.assemble(found), Level.CODE)


def test_stable_parts_come_first(bank: ContextWorld) -> None:
    """Conventions stand above the map, the map above what only this task has; targets are at the end."""
    bank.files["AGENTS.md"] = b"Use tabs."
    context = bank.assemble(bank.found(PAY), view=bank.view(), instructions=Instructions(bank.read))
    assert [level for level in context.levels if level is not Level.PAST] == [
        Level.CONVENTIONS,
        Level.MAP,
        Level.SIGNATURES,
        Level.TESTS,
        Level.CODE,
    ]
    assert context.text.startswith(HEADINGS[Level.CONVENTIONS])
    assert context.instructions.endswith("Use tabs.")
    assert "Use tabs." not in context.data


def test_the_same_input_gives_the_same_bytes(bank: ContextWorld) -> None:
    """Nothing depends on hashes, time or the order of sets."""
    view = bank.view()
    once = bank.assemble(bank.found(PAY, SERVE), view=view)
    assert once == bank.assemble(bank.found(PAY, SERVE), view=bank.view())
    assert once.text == bank.assemble(bank.found(PAY, SERVE), view=view).text


def test_the_past_is_told(bank: ContextWorld) -> None:
    """What the search knows of commits like the task stands there once, with what they changed."""
    found = bank.found(PAY, SERVE)
    past = Reason(ReasonKind.PAST, "3 commits like this changed it, last 'Fix rounding'", 0.5)
    hits = tuple(replace(hit, reasons=(*hit.reasons, past)) for hit in found.functions)
    context = bank.assemble(replace(found, functions=hits), view=bank.view())
    (part,) = context.of(Level.PAST)
    assert part.text == f"- {past.words}: {PAY}, {SERVE}"


def test_a_budget_that_is_too_small_says_the_cure(bank: ContextWorld) -> None:
    """No context is made of nothing."""
    with pytest.raises(UserError, match="Give at least 500"):
        bank.assemble(bank.found(PAY), budget=499)


def test_what_did_not_fit_is_named(bank: ContextWorld) -> None:
    """Each thing that had no place is told with its reason."""
    context = bank.assemble(bank.found(PAY, SERVE, "bank/desk.py::greet"), view=bank.view(), budget=500)
    assert context.of(Level.CODE)
    assert any("full" in one.reason for one in context.left_out)


def test_nothing_found_is_said(bank: ContextWorld) -> None:
    """A search without hits leaves the map, and a sentence."""
    context = bank.assemble(Found(notes=("No meaning was searched.",)), view=bank.view())
    assert context.notes == ("No meaning was searched.", NOTHING_FOUND)
    assert context.levels == (Level.MAP,)


def test_it_travels_as_a_steps_result(bank: ContextWorld) -> None:
    """A context is encoded and read back as it was."""
    context = bank.assemble(bank.found(PAY), view=bank.view())
    assert decode(encode(context, Context), Context) == context


def test_its_size_has_a_limit(tmp_path: Path) -> None:
    """However large the budget, the encoded context stays small enough to be kept."""
    line = f"    x = '{(' ' * 80 + 'x') * 8}'\n"
    body = line * 200
    world = ContextWorld(tmp_path, {f"m{number}.py": f"def f{number}():\n{body}" for number in range(10)})
    context = world.assemble(world.found(*(f"m{n}.py::f{n}" for n in range(10))), budget=1_000_000)
    encoded = json.dumps(asdict(context), ensure_ascii=False).encode()
    assert MOST_BYTES * 0.5 < len(encoded) < 256_000


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> ContextWorld:
    """A repository with a long function and a cycle, whose graph is made once."""
    files = dict(BANK)
    files["bank/long.py"] = "def long():\n" + "".join(f"    step_{n} = ring({n})\n" for n in range(400))
    files["bank/long.py"] += "\n\ndef ring(n):\n    return long() or other(n)\n\n\ndef other(n):\n    return ring(n)\n"
    files["AGENTS.md"] = "Write tests.\n" * 400
    files["bank/AGENTS.md"] = "Money is never a float.\n" * 100
    return ContextWorld(tmp_path_factory.mktemp("world"), files)


@pytest.fixture(scope="module")
def view(world: ContextWorld) -> object:
    return world.view()


KEYS = (
    PAY,
    SERVE,
    "bank/desk.py::greet",
    "bank/long.py::long",
    "bank/long.py::ring",
    "bank/account.py::Account",
    "README.md::Bank",
    "tests/test_account.py::test_a_desk_serves",
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    budget=st.integers(500, 6_000) | st.integers(6_000, 200_000),
    keys=st.lists(st.sampled_from(KEYS), unique=True),
    is_graph=st.booleans(),
)
def test_no_share_is_overdrawn(world: ContextWorld, view: object, budget: int, keys: list[str], is_graph: bool) -> None:
    """Whatever is found and whatever there is to spend: each share holds, the whole holds, each part says why."""
    instructions = Instructions(world.read)
    context = world.assemble(
        world.found(*keys), budget=budget, view=view if is_graph else None, instructions=instructions
    )  # type: ignore[arg-type]  # the fixture's value is a view
    for total in count_shares(context):
        headings = sum(world.tokenizer.count(HEADINGS[level]) for level in total.levels if context.of(level))
        assert total.used + headings <= total.share
    assert world.tokenizer.count(context.text) <= budget - context.budget.reserve + context.budget.reserve // 3
    assert all(part.tokens == world.tokenizer.count(f"{part.text}\n\n") for part in context.parts)
    assert all(part.reason and part.title for part in context.parts)
    shown = [
        (part.path, line) for part in context.of(Level.CODE) for line in range(part.first, part.last + 1) if part.path
    ]
    assert len(shown) == len(set(shown))
