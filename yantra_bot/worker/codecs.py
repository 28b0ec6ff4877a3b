"""Loads the codecs that reading code takes. A process that has given up its account may not load them any more."""

import codecs
from typing import Final

_CODECS: Final = (
    *("ascii", "latin-1", "utf-8-sig", "utf-16", "utf-32", "idna"),
    *("unicode_escape", "raw_unicode_escape"),  # ast.unparse writes the texts of f-strings by them
    # What the first lines of source files name.
    *(
        "cp1251",
        "cp1252",
        "iso8859-2",
        "iso8859-15",
        "koi8-r",
        "big5",
        "euc-jp",
        "euc-kr",
        "gb18030",
        "gbk",
        "shift_jis",
    ),
)


def load_codecs() -> None:
    """Load them. One that this Python comes without is left out."""
    for name in _CODECS:
        try:
            codecs.lookup(name)
        except LookupError:
            continue
