"""What a change reaches: over which path, how surely, and how much of it may be missing."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.review_world import subject_of
from yantra_bot.domain.graph import NodeKind
from yantra_bot.domain.review import ImpactReport, ReviewRules, SymbolChange, SymbolChangeKind
from yantra_bot.review.engine import Draft
from yantra_bot.review.impact import report_impact

BEFORE = {
    "price.py": "def price(item):\n    return item.cost\n\n\ndef gone():\n    return 1\n",
    "cart.py": "from price import price\n\n\ndef total(items):\n    return sum(price(item) for item in items)\n",
    "old.py": "from price import gone\n\n\ndef uses_gone():\n    return gone()\n",
    "main.py": "from cart import total\n\n\ndef main():\n    print(total([]))\n",
    "test_cart.py": "from cart import total\n\n\ndef test_total():\n    assert total([]) == 0\n",
    "odd.py": "def odd(thing):\n    return thing.price()\n",
    "CODEOWNERS": "* @ada\n/main.py @grace\n",
}
AFTER = BEFORE | {"price.py": "def price(item):\n    return item.cost * 2\n"}


def impact_of(folder: Path, *changes: SymbolChange, rules: ReviewRules | None = None) -> ImpactReport:
    subject = replace(subject_of(folder, BEFORE, AFTER), symbols=changes)
    draft = Draft(subject, rules or ReviewRules())
    report_impact(draft)
    assert draft.impact is not None
    return draft.impact


def change(kind: SymbolChangeKind, name: str = "price", **more: bool) -> SymbolChange:
    here = {"name": f"price.{name}", "path": "price.py", "key": f"price.py::{name}"}
    there = {"old_name": f"price.{name}", "old_path": "price.py", "old_key": f"price.py::{name}"}
    places = there if kind is SymbolChangeKind.REMOVED else here | there
    return SymbolChange(kind, NodeKind.FUNCTION, **places, **more)  # type: ignore[arg-type] # all of them are texts


def test_a_path_is_told_from_the_changed_symbol_on(tmp_path: Path) -> None:
    """Each step has its place, and the confidences multiply."""
    impact = impact_of(tmp_path, change(SymbolChangeKind.BODY))
    main = next(one for one in impact.affected if one.name == "main.main")
    assert [(step.text, step.path, step.line) for step in main.via] == [
        ("price.price", "price.py", 1),
        ("cart.total", "cart.py", 5),
        ("main.main", "main.py", 5),
    ]
    product = main.via[1].confidence * main.via[2].confidence
    assert main.confidence == pytest.approx(product, abs=1e-3)


def test_the_surest_come_first_and_tests_are_told_elsewhere(tmp_path: Path) -> None:
    """A test is no affected symbol; files are counted over all."""
    impact = impact_of(tmp_path, change(SymbolChangeKind.BODY))
    assert [one.name for one in impact.affected][:2] == ["cart.total", "main.main"]
    assert not any("test" in one.name for one in impact.affected)
    assert impact.symbols == len(impact.affected)
    assert impact.files == 2


def test_where_execution_comes_in_is_marked(tmp_path: Path) -> None:
    """A main function that the change reaches is an entry point."""
    impact = impact_of(tmp_path, change(SymbolChangeKind.BODY))
    assert [one.name for one in impact.entry_points] == ["main.main"]


def test_references_that_may_mean_a_changed_symbol_are_counted(tmp_path: Path) -> None:
    """What could not be resolved makes the answer a lower bound, and is never guessed."""
    impact = impact_of(tmp_path, change(SymbolChangeKind.BODY))
    assert ("price", 1) in impact.unresolved
    assert not any(one.name == "odd.odd" and one.confidence > 0.5 for one in impact.affected)


def test_a_removed_symbol_is_followed_in_the_base(tmp_path: Path) -> None:
    """Who needed it and is still there is affected."""
    impact = impact_of(tmp_path, change(SymbolChangeKind.REMOVED, "gone"))
    assert [one.name for one in impact.affected] == ["old.uses_gone"]


@pytest.mark.parametrize("kind", [SymbolChangeKind.FORMAT, SymbolChangeKind.MOVED, SymbolChangeKind.RENAMED])
def test_what_does_the_same_as_before_reaches_nothing(tmp_path: Path, kind: SymbolChangeKind) -> None:
    """Another format or another place is not felt; a body edited on the way is."""
    assert impact_of(tmp_path / "a", change(kind)).symbols == 0
    if kind is not SymbolChangeKind.FORMAT:
        assert impact_of(tmp_path / "b", change(kind, is_body_changed=True)).symbols == 2


def test_owners_are_told_of_changed_and_of_affected_files(tmp_path: Path) -> None:
    """By the file of the base."""
    owners = impact_of(tmp_path, change(SymbolChangeKind.BODY)).owners
    assert [(one.name, one.paths, one.is_of_change) for one in owners] == [
        ("@ada", ("price.py",), True),
        ("@grace", ("main.py",), False),
    ]


SHOP = {
    "shop.py": "class Base:\n    pass\n\n\nclass Shop(Base):\n    size = 1\n\n    def sell(self):\n        return 1\n",
    "use.py": "def buy(shop):\n    return shop.sell()\n",
    "start.py": "from shop import Shop\nfrom use import buy\n\n\ndef start():\n    return buy(Shop())\n",
    "tests/helper.py": "from shop import Shop\n\n\ndef make():\n    return Shop().sell()\n",
}


@pytest.mark.parametrize(("kind", "names"), [(SymbolChangeKind.SIGNATURE, ["use.buy"]), (SymbolChangeKind.BODY, [])])
def test_another_head_of_a_class_is_felt_in_all_of_it(tmp_path: Path, kind: SymbolChangeKind, names: list[str]) -> None:
    """A changed line of its body is not; and what stands in test files is no affected symbol."""
    shop = SymbolChange(kind, NodeKind.CLASS, "shop.Shop", "shop.py", key="shop.py::Shop")
    subject = replace(subject_of(tmp_path, SHOP, SHOP | {"shop.py": SHOP["shop.py"] + "\n"}), symbols=(shop,))
    draft = Draft(subject, ReviewRules())
    report_impact(draft)
    assert draft.impact is not None
    assert [one.name for one in draft.impact.affected if one.name == "use.buy"] == names
    assert not any(one.path.startswith("tests/") for one in draft.impact.affected)
