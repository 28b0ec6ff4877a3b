"""Shows source in fewer tokens (SPEC 1): comments, blank lines and deep indents go, the syntax tree stays the same.

Pure. What comes out is a `ReadOnlyText` and no text: edits match a file's exact words, so that nobody may take what was
compressed for them. Where it is not sure that the tree stays the same, the text is shown as it is, with the reason.
"""

from dataclasses import dataclass

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.languages import language_of
from yantra_bot.retrieval.compression.brace_scan import scan_go, scan_java, scan_rust
from yantra_bot.retrieval.compression.grammar_scan import scan_by_grammar
from yantra_bot.retrieval.compression.javascript_scan import scan_javascript
from yantra_bot.retrieval.compression.lines import rebuild
from yantra_bot.retrieval.compression.python_scan import scan_python
from yantra_bot.retrieval.compression.spans import NotSure, Scan, Spans

NOTE = "comments, blank lines and indents shortened: for reading alone, read the file before you edit it"
MARKUP_SUFFIXES = (".jsx", ".tsx")
SCANS: dict[Language, Scan] = {
    Language.PYTHON: scan_python,
    Language.JAVASCRIPT: scan_javascript,
    Language.TYPESCRIPT: scan_javascript,
    Language.GO: scan_go,
    Language.RUST: scan_rust,
    Language.JAVA: scan_java,
}


@dataclass(frozen=True, slots=True)
class ReadOnlyText:
    """Source that may be shown and never edited: its lines are not the file's."""

    shown: str
    is_compressed: bool
    note: str
    """What was done, or why nothing was."""

    def __str__(self) -> str:
        raise TypeError(
            "A ReadOnlyText is no text of a file. Cure: say .shown where it is shown, never where it is edited."
        )


def compress(text: str, path: str) -> ReadOnlyText:
    """Return the source of a file in fewer tokens; its suffix tells the language. Never raises for any text."""
    language = language_of(path)
    if language is None:
        return ReadOnlyText(text, False, "left as it is: no language that is known")
    plain = text.replace("\r\n", "\n")
    is_crlf = plain != text
    if "\r" in plain or (is_crlf and text.count("\n") != text.count("\r\n")):
        return ReadOnlyText(text, False, "left as it is: its line ends are mixed")
    try:
        shown = rebuild(plain, find_spans(plain, path, language), indents_matter=language is Language.PYTHON)
    except NotSure as problem:
        return ReadOnlyText(text, False, f"left as it is: {problem}")
    if shown is None:
        return ReadOnlyText(text, False, "left as it is: it has every sign that could stand for its strings")
    if shown == plain:
        return ReadOnlyText(text, False, "left as it is: there is nothing to shorten")
    return ReadOnlyText(shown.replace("\n", "\r\n") if is_crlf else shown, True, NOTE)


def find_spans(text: str, path: str, language: Language) -> Spans:
    """Return what may be cut and what may not be touched: by a scan, by the grammar where the scan gives up."""
    if not path.lower().endswith(MARKUP_SUFFIXES):
        try:
            return SCANS[language](text)
        except NotSure:
            pass
    return scan_by_grammar(text, path, language)
