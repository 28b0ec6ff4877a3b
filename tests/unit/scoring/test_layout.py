"""The table of features adds up, and its page says what the code does."""

from pathlib import Path

from yantra_bot.graphdb.languages import frontend_of
from yantra_bot.scoring.batch import FEATURES
from yantra_bot.scoring.layout import GROUPS, describe, mask
from yantra_bot.scoring.vocabulary import _TYPES, CATEGORY_OF, OPERATOR_OF

GRAMMARS = ("a.py", "a.js", "a.ts", "a.tsx", "a.go", "a.rs", "a.java")


def test_the_groups_lie_side_by_side_and_name_each_feature() -> None:
    """978 features, none in two groups, none in no group, each with words of its own in its group."""
    ends = [group.start + group.size for group in GROUPS]
    assert [group.start for group in GROUPS] == [0, *ends[:-1]]
    assert ends[-1] == FEATURES == 978
    assert all(len(group.names) == group.size == len(set(group.names)) for group in GROUPS)
    assert (GROUPS[-1].name, GROUPS[-1].size) == ("language", 4)


def test_a_mask_chooses_groups() -> None:
    """It is true for the features of the groups that are named alone."""
    chosen = mask("history", "language")
    assert chosen.sum() == 14 + 4
    assert chosen[-4:].all()
    assert not chosen[0]


def test_the_page_is_what_the_code_writes() -> None:
    """Whoever changes a feature has the page written anew: its first lines name the command."""
    assert (Path(__file__).parents[3] / "docs" / "learned-features.md").read_text() == describe()


def test_the_vocabulary_names_types_that_grammars_have() -> None:
    """A name that no grammar knows is a mistake, and so is one that stands in two categories."""
    known = {"ERROR"}
    for path in GRAMMARS:
        grammar = frontend_of(path).grammar(path[1:])
        known |= {grammar.node_kind_for_id(kind) or "" for kind in range(grammar.node_kind_count)}
    assert not (CATEGORY_OF.keys() | OPERATOR_OF.keys()) - known
    assert sum(len(names.split()) for names in _TYPES.values()) == len(CATEGORY_OF)
