"""What holds for the changes of symbols whatever the files are."""

import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.review_world import subject_of
from yantra_bot.domain.graph import Language, NodeKind
from yantra_bot.domain.review import SymbolChange, SymbolChangeKind
from yantra_bot.review.changes.tokens import read_tokens

_NAMES = st.sampled_from(["alpha", "beta", "gamma", "delta", "epsilon"])
_LINES = st.lists(
    st.sampled_from(["x = 1", "y = x + 2", "call(x, y)", "if x:\n        y = 3", "return x", "z = [1,\n         2]"]),
    min_size=1,
    max_size=6,
)
_FUNCTIONS = st.dictionaries(_NAMES, _LINES, max_size=4)
_FILES = st.dictionaries(st.sampled_from(["a.py", "b.py"]), _FUNCTIONS, max_size=2)
Files = dict[str, dict[str, list[str]]]


def write(files: Files, *, blank: str = "\n\n", comment: str = "") -> dict[str, str]:
    return {
        path: blank.join(
            f"def {name}():{comment}\n" + "\n".join(f"    {line}" for line in lines)
            for name, lines in functions.items()
        )
        + "\n"
        for path, functions in files.items()
    }


def changes(before: dict[str, str], after: dict[str, str]) -> tuple[SymbolChange, ...]:
    with tempfile.TemporaryDirectory() as folder:
        return subject_of(Path(folder), before, after).symbols


@settings(max_examples=40, deadline=None)
@given(_FILES)
def test_what_is_equal_has_no_changes(files: Files) -> None:
    """A version compared with itself, or with other blank lines, gives nothing."""
    assert changes(write(files), write(files)) == ()
    assert changes(write(files), write(files, blank="\n\n\n\n")) == ()


@settings(max_examples=40, deadline=None)
@given(_FILES)
def test_comments_are_no_more_than_comments(files: Files) -> None:
    """Where only comments are added, nothing else is said to have changed."""
    found = changes(write(files), write(files, comment="  # a note"))
    assert {one.kind for one in found} <= {SymbolChangeKind.FORMAT}
    assert len(found) == sum(map(len, files.values()))


@settings(max_examples=60, deadline=None)
@given(_FILES, _FILES)
def test_every_symbol_is_accounted_for_once(before: Files, after: Files) -> None:
    """A function of the head is new, or is one of the base; and the other way round. A moved file moves its own."""
    found = changes(write(before), write(after))
    olds = Counter(one.old_key for one in found if one.old_key)
    news = Counter(one.key for one in found if one.key)
    assert max([*olds.values(), *news.values()], default=1) == 1
    names = {(path, name) for path, functions in before.items() for name in functions}
    later = {(path, name) for path, functions in after.items() for name in functions}
    gone = {tuple(key.split("::")) for key in olds if not key.endswith("::")}
    come = {tuple(key.split("::")) for key in news if not key.endswith("::")}
    moved = [one for one in found if one.kind is SymbolChangeKind.MOVED and one.symbol_kind is NodeKind.MODULE]
    assert {one for one in names - later if one[0] not in {file.old_path for file in moved}} <= gone
    assert {one for one in later - names if one[0] not in {file.path for file in moved}} <= come


@settings(max_examples=60, deadline=None)
@given(_FILES, _FILES)
def test_the_other_way_round_is_the_opposite(before: Files, after: Files) -> None:
    """What was added one way was removed the other way."""
    there, back = changes(write(before), write(after)), changes(write(after), write(before))
    assert {one.key for one in there if one.kind is SymbolChangeKind.ADDED} == {
        one.old_key for one in back if one.kind is SymbolChangeKind.REMOVED
    }


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(list(Language)))
def test_any_bytes_are_tokens(text: bytes, language: Language) -> None:
    """Nothing that a file can hold makes the reading fail, and what is white space alone is nothing."""
    read_tokens(text, language)
    assert read_tokens(b"  \t ", language) == ()
