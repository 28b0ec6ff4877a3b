"""Methods whose new name keeps from them what called them, and renames that lose nothing."""

from collections.abc import Callable

import pytest

Told = Callable[[dict[str, str], dict[str, str]], list[str]]

OVERRIDE = (
    "class B:\n    def go(self):\n        return self.show()\n    def show(self):\n        return 1\n"
    "class C(B):\n    def show(self):\n        return 2\nC().go()\n"
)
MADE = (
    "class V:\n    def go(self, kind):\n        return getattr(self, f'_do_{kind}', self.other)(kind)\n"
    "    def _do_one(self, kind):\n        return kind + 1\n    def _do_two(self, kind):\n        return kind - 2\n"
    "    def other(self, kind): ...\n"
)
WHOLE = "class C(B):\n    def show(self):\n        return 2\n"

TRUE = {
    "an override": (OVERRIDE, OVERRIDE.replace(WHOLE, WHOLE.replace("show", "display")), "m.C.display: m.py:3"),
    "an override that is reached by super": (
        OVERRIDE + "class D(C):\n    def show(self):\n        return super().show()\n",
        OVERRIDE.replace(WHOLE, WHOLE.replace("show", "display"))
        + "class D(C):\n    def show(self):\n        return super().show()\n",
        "m.C.display: m.py:12 m.py:3",
    ),
    "what a made name finds": (MADE, MADE.replace("_do_one", "handle_first"), "m.V.handle_first: m.py:3"),
}
SILENT = {
    "the made name finds the new one": (MADE, MADE.replace("_do_one", "_do_first")),
    "what made its name is gone": (
        MADE,
        MADE.replace("_do_one", "handle_first").replace("getattr(self, f'_do_{kind}', self.other)(kind)", "kind"),
    ),
    "all were renamed": (OVERRIDE, OVERRIDE.replace("show", "display")),
    "somebody speaks of the new name": (
        OVERRIDE,
        OVERRIDE.replace(WHOLE, WHOLE.replace("show", "display")) + "print(C().display)\n",
    ),
    "it is decorated: who knows who keeps it": (
        OVERRIDE,
        OVERRIDE.replace(WHOLE, WHOLE.replace("    def show", "    @keep\n    def display")),
    ),
    "it was removed": (OVERRIDE, OVERRIDE.replace(WHOLE, "class C(B):\n    pass\n")),
    "nobody called it": (
        OVERRIDE.replace("C().go()\n", "").replace("self.show()", "0"),
        OVERRIDE.replace("C().go()\n", "").replace("self.show()", "0").replace(WHOLE, WHOLE.replace("show", "display")),
    ),
}


@pytest.mark.parametrize(("before", "after", "expected"), TRUE.values(), ids=TRUE)
def test_what_called_it_is_named(told: Told, before: str, after: str, expected: str) -> None:
    """A method that was found by its name, and is by its new one no more, is named with its callers."""
    assert told({"m.py": before}, {"m.py": after}) == [f"no-longer-reached {expected}"]


@pytest.mark.parametrize(("before", "after"), SILENT.values(), ids=SILENT)
def test_a_rename_that_is_followed_is_not_reported(told: Told, before: str, after: str) -> None:
    """Where something may reach the method still, there is no finding."""
    assert told({"m.py": before}, {"m.py": after}) == []
