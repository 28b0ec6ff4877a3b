"""The part `memory:` of a repository's rules, parsed. Pure. It can only narrow what the operator allows."""

from dataclasses import dataclass
from typing import Any, Final

from yantra_bot.domain.lessons import Category
from yantra_bot.runs.follow_up_rules import Refuse

FLAGS: Final = ("enabled", "share", "take_shared", "generator")
KEYS: Final = (*FLAGS, "categories_off")


@dataclass(frozen=True, slots=True)
class MemoryRules:
    """What may be remembered of a repository, and what it is reminded of."""

    enabled: bool = True
    """Whether anything is learnt here, or recalled."""
    categories_off: tuple[Category, ...] = ()
    """Kinds of mistakes that are neither learnt nor recalled."""
    share: bool = False
    """Whether other repositories of the installation may be shown what was learnt here, without its names."""
    take_shared: bool = False
    """Whether this one is shown what others share."""
    generator: bool = True
    """Whether new functions that passed their tests here are kept to train the generator by."""


def parse_memory(value: Any, refuse: Refuse) -> MemoryRules:
    """Return the rules; raise what `refuse` makes for a key that is wrong."""
    if value is None:
        return MemoryRules()
    if not isinstance(value, dict):
        raise refuse("", "has to hold keys and values, such as `enabled: false`")
    unknown = next((str(key) for key in value if key not in KEYS), None)
    if unknown is not None:
        raise refuse(unknown, f"is not known. Known are: {', '.join(KEYS)}")
    for key in FLAGS:
        if not isinstance(value.get(key, True), bool):
            raise refuse(key, "has to be true or false")
    flags = {key: value[key] for key in FLAGS if key in value}
    return MemoryRules(**flags, categories_off=_categories(value.get("categories_off", []), refuse))


def _categories(value: object, refuse: Refuse) -> tuple[Category, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one in set(Category) for one in value):
        raise refuse("categories_off", f"has to be a list of kinds of mistakes: {', '.join(Category)}")
    return tuple(Category(one) for one in dict.fromkeys(value))
