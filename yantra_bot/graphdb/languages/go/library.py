"""What functions of Go's library do with the functions they are given, where it is not to call them."""

from typing import Final

from yantra_bot.graphdb.languages.builder import words

_INSPECTS: Final = words("""
    bytes context encoding/base64 encoding/binary encoding/csv encoding/gob encoding/hex encoding/json encoding/xml
    errors fmt io io/ioutil log log/slog math math/big net/url os path path/filepath reflect regexp runtime
    runtime/debug strconv strings testing text/tabwriter time unicode unicode/utf8 unsafe
    github.com/stretchr/testify/assert github.com/stretchr/testify/require
""")
_CALLS: Final = words("""
    AfterFunc AllocsPerRun Benchmark Condition Conditionf ContainsFunc Eventually EventuallyWithT Eventuallyf
    FieldsFunc IndexFunc LastIndexFunc Map MapFunc Never Neverf NotPanics NotPanicsf Panics PanicsWithError
    PanicsWithErrorf PanicsWithValue PanicsWithValuef Panicsf TrimFunc TrimLeftFunc TrimRightFunc Walk WalkDir
""")
_SAME: Final = frozenset((("sync", "OnceFunc"), ("sync", "OnceValue"), ("sync", "OnceValues")))


def only_looks(package: str, name: str) -> bool:
    """Say whether a function looks at its arguments (prints, compares, wraps) and calls none of them."""
    return package in _INSPECTS and name not in _CALLS


def gives_back(package: str, name: str) -> bool:
    """Say whether a function's result does what its argument does."""
    return (package, name) in _SAME
