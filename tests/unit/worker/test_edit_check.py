"""What the guide says of edited files before any test runs."""

import pytest

from tests.unit.worker.test_guide import SHOP, Make, Scene, make
from yantra_bot.domain.checks import CheckKind, CheckState

__all__ = ["make"]


@pytest.fixture
def shop(make: Make) -> Scene:
    return make(SHOP)


def test_a_change_that_holds_together_passes(shop: Scene) -> None:
    """A function that is used as it is defined is no finding."""
    shop.edit("shop/tax.py", b"RATE = 0.2\n\n\ndef add_tax(price):\n    return price + price * RATE\n")
    result = shop.guide.validate()
    assert (result.kind, result.state, result.evidence) == (CheckKind.DEPENDENCIES, CheckState.PASSED, "")


def test_a_new_parameter_is_told_with_the_callers_that_break(shop: Scene) -> None:
    """File and line of each caller are in what the model gets."""
    shop.edit("shop/tax.py", b"RATE = 0.2\n\n\ndef add_tax(price, rate):\n    return price + price * rate\n")
    result = shop.guide.validate()
    assert result.state is CheckState.FAILED
    assert "shop/cart.py:6" in result.evidence
    assert "tests/test_tax.py:5" in result.evidence


def test_a_name_that_is_not_defined_comes_with_the_one_that_was_meant(shop: Scene) -> None:
    """The nearest name in scope is named."""
    shop.edit("shop/tax.py", b"RATE = 0.2\n\n\ndef add_tax(price):\n    return price + price * RAT\n")
    result = shop.guide.validate()
    assert result.state is CheckState.FAILED
    assert "shop/tax.py:5" in result.evidence
    assert "RATE" in result.evidence


def test_a_module_that_is_not_there_is_found_in_a_new_file(make: Make) -> None:
    """A file that the commit does not have is looked at as the others are."""
    shop = make({**SHOP, "shop/__init__.py": b""})
    shop.edit("shop/bill.py", b"from shop.taxes import add_tax\n\n\ndef bill(price):\n    return add_tax(price)\n")
    result = shop.guide.validate()
    assert result.state is CheckState.FAILED
    assert "shop/bill.py:1" in result.evidence


def test_what_is_removed_while_it_is_used_is_told(shop: Scene) -> None:
    """The removed file's users are the finding."""
    shop.edit("shop/cart.py", None)
    result = shop.guide.validate()
    assert result.state is CheckState.FAILED
    assert "shop/page.py" in result.evidence


def test_what_was_wrong_before_is_nobodys_fault_now(make: Make) -> None:
    """Only what the change brings in counts."""
    shop = make({**SHOP, "shop/old.py": b"def old():\n    return nowhere\n"})
    shop.edit("shop/old.py", b"def old():\n    '''It never worked.'''\n    return nowhere\n")
    assert shop.guide.validate().state is CheckState.PASSED


def test_a_change_of_no_code_is_skipped(shop: Scene) -> None:
    """It says so."""
    shop.edit("README.md", b"# Shop\n")
    result = shop.guide.validate()
    assert result.state is CheckState.SKIPPED
    assert "no code" in result.reason


def test_the_tree_of_the_commit_is_as_it_was_afterwards(shop: Scene) -> None:
    """A second change is judged for itself."""
    shop.edit("shop/tax.py", b"RATE = 0.2\n\n\ndef add_tax(price, rate):\n    return price + price * rate\n")
    assert shop.guide.validate().state is CheckState.FAILED
    shop.edit("shop/tax.py", SHOP["shop/tax.py"] + b"\n\nFREE = 0\n")
    assert shop.guide.validate().state is CheckState.PASSED
