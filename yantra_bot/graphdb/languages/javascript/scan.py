"""One look over a whole tree before it is lowered: where names are assigned again, and where comments stand.

It is a single tree query, run by the parser's own code, so that no second walk in Python is needed.
"""

from bisect import bisect_left
from functools import cache

from tree_sitter import Language as Grammar
from tree_sitter import Node, Query, QueryCursor

_FUNCTIONS = (
    "function_declaration",
    "function_expression",
    "generator_function",
    "generator_function_declaration",
    "arrow_function",
    "method_definition",
    "class_body",
)
_QUERY = (
    "(assignment_expression left: (identifier) @name)"
    "(assignment_expression left: [(object_pattern) (array_pattern)] @pattern)"
    "(augmented_assignment_expression left: (identifier) @name)"
    "(update_expression argument: (identifier) @name)"
    "(for_in_statement left: [(identifier) (object_pattern) (array_pattern)] @pattern)"
    "(variable_declaration (variable_declarator name: (identifier) @name value: (_)))"
    "(comment) @comment [" + " ".join(f"({one})" for one in _FUNCTIONS) + "] @function"
)
_MODULE = -1


@cache
def _query(grammar: Grammar) -> Query:
    return Query(grammar, _QUERY)


def pattern_names(pattern: Node) -> list[Node]:
    """Return the identifiers that a destructuring pattern binds or assigns."""
    found = []
    stack = [pattern]
    while stack:
        node = stack.pop()
        kind = node.type
        if kind in ("identifier", "shorthand_property_identifier_pattern"):
            found.append(node)
        elif kind in ("assignment_pattern", "object_assignment_pattern"):
            left = node.child_by_field_name("left")
            stack.extend([left] if left is not None else [])
        elif kind == "pair_pattern":
            value = node.child_by_field_name("value")
            stack.extend([value] if value is not None else [])
        elif kind in ("object_pattern", "array_pattern", "rest_pattern", "required_parameter", "optional_parameter"):
            inner = node.child_by_field_name("pattern")
            stack.extend([inner] if inner is not None else reversed(node.named_children))
    return found


class Scan:
    """Answers about a file by byte offsets."""

    def __init__(self, source: bytes, root: Node, grammar: Grammar) -> None:
        captures = QueryCursor(_query(grammar)).captures(root)
        named = list(captures.get("name", ()))
        for pattern in captures.get("pattern", ()):
            named.extend(pattern_names(pattern))
        spans = [(node.start_byte, node.end_byte) for node in captures.get("function", ())]
        places = sorted((node.start_byte, source[node.start_byte : node.end_byte]) for node in named)
        self.comments = sorted((node.start_byte, node.end_byte) for node in captures.get("comment", ()))
        self._comment_ends = [end for _, end in self.comments]
        self._offsets = [offset for offset, _ in places]
        self._names = [name.decode("utf-8", "replace") for _, name in places]
        self._by_name: dict[str, list[tuple[int, int]]] = {}
        self._attribute(sorted(spans))

    def _attribute(self, spans: list[tuple[int, int]]) -> None:
        """Note for each assignment the start of the innermost function it stands in."""
        around: list[tuple[int, int]] = []
        following = 0
        for offset, name in zip(self._offsets, self._names, strict=True):
            while following < len(spans) and spans[following][0] <= offset:
                while around and around[-1][1] <= spans[following][0]:
                    around.pop()
                around.append(spans[following])
                following += 1
            while around and around[-1][1] <= offset:
                around.pop()
            inside = around[-1][0] if around else _MODULE
            self._by_name.setdefault(name, []).append((offset, inside))

    def assigned_between(self, start: int, end: int) -> set[str]:
        """Return the names that are assigned between two offsets."""
        first = bisect_left(self._offsets, start)
        if first == len(self._offsets) or self._offsets[first] >= end:
            return set()
        return set(self._names[first : bisect_left(self._offsets, end)])

    def has_assignment(self, start: int, end: int) -> bool:
        """Say whether anything is assigned between two offsets."""
        first = bisect_left(self._offsets, start)
        return first < len(self._offsets) and self._offsets[first] < end

    def is_assigned(self, name: str, start: int, end: int) -> bool:
        """Say whether the name is assigned again between two offsets."""
        places = self._by_name.get(name)
        if not places:
            return False
        first = bisect_left(places, (start, _MODULE))
        return first < len(places) and places[first][0] < end

    def is_assigned_inside(self, name: str, start: int, end: int, function: int) -> bool:
        """Say whether a function other than the one that begins at `function` assigns the name there."""
        places = self._by_name.get(name)
        if not places:
            return False
        for index in range(bisect_left(places, (start, _MODULE)), len(places)):
            offset, inside = places[index]
            if offset >= end:
                return False
            if inside != function:
                return True
        return False

    def comment_before(self, source: bytes, offset: int) -> bytes:
        """Return the comment that ends right before an offset, with nothing but whitespace between; else nothing."""
        index = bisect_left(self._comment_ends, offset + 1) - 1
        if index < 0:
            return b""
        start, end = self.comments[index]
        return b"" if source[end:offset].strip() else source[start:end]
