"""Reads what a Python file declares, without its code: functions with their types, classes, annotated names, imports.

It is for files of installed packages and their stubs. Bodies of functions are not read, but for the attributes that
`__init__` gives an object. Bytes of any kind give declarations; what cannot be read is named in `problems`.
"""

from typing import Final

from tree_sitter import Node, Parser

from yantra_bot.graphdb.languages.lowering import find_syntax_errors
from yantra_bot.graphdb.languages.python.conditions import Target, holds
from yantra_bot.graphdb.languages.python.declared import (
    ALIAS,
    CLASS,
    FUNCTION,
    IMPORT,
    MADE,
    VALUE,
    VARIABLE,
    Declaration,
    Declared,
    Flag,
    Names,
)
from yantra_bot.graphdb.languages.python.heads import read_parameters, read_type_parameters

MAX_TEXT: Final = 2_000
MAX_DEPTH: Final = 25
MAX_DECLARATIONS: Final = 30_000
"""Of one file; what is behind them is left out."""
MAX_OF_NAME: Final = 64
"""Overloads, and definitions of which any may be the one."""

_FLAGS: Final = {
    "property": Flag.PROPERTY,
    "cached_property": Flag.PROPERTY,
    "abstractproperty": Flag.PROPERTY,
    "cachedproperty": Flag.PROPERTY,
    "hybrid_property": Flag.PROPERTY,
    "reify": Flag.PROPERTY,
    "staticmethod": Flag.STATIC,
    "classmethod": Flag.OF_CLASS,
    "contextmanager": Flag.MANAGER,
    "asynccontextmanager": Flag.MANAGER,
    "overload": Flag.OVERLOAD,
}
_BY_NAME: Final = {"__new__": Flag.STATIC, "__init_subclass__": Flag.OF_CLASS, "__class_getitem__": Flag.OF_CLASS}
_PARTS: Final = (".setter", ".deleter", ".getter")
_BLOCKS: Final = frozenset({"block", "with_statement", "else_clause", "finally_clause"})


def read_declarations(source: bytes, parser: Parser, target: Target) -> Declared:
    """Return what a file declares. Never raises for what its bytes are; what does not parse is left out."""
    root = parser.parse(source).root_node
    reader = _Reader(source, target)
    found: Names = {}
    reader.read(root, found, 0)
    problems = find_syntax_errors(root)
    if reader.left == 0:
        problems.append(("too many declarations", f"only the first {MAX_DECLARATIONS} are read"))
    return Declared(found, reader.stars, reader.exports, problems)


class _Reader:
    """Reads the statements of one file."""

    def __init__(self, source: bytes, target: Target) -> None:
        self._source, self._target = source, target
        self.stars: list[str] = []
        self.exports: list[str] | None = None
        self.left = MAX_DECLARATIONS
        self._weak = False
        """Whether what is read stands behind something that may be there instead."""

    def _text(self, node: Node | None) -> str:
        if node is None or node.end_byte - node.start_byte > MAX_TEXT:
            return ""
        return self._source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def _add(self, names: Names, name: str, declaration: Declaration, *, beside: bool = False) -> None:
        """Note a declaration: in the place of one before it, or beside it where both may be meant."""
        if self.left <= 0 or not name:
            return
        self.left -= 1
        known = names.get(name)
        if known is None or not (beside or self._weak):
            names[name] = [declaration]
        elif len(known) < MAX_OF_NAME and declaration not in known:
            known.append(declaration)

    def read(self, block: Node, names: Names, depth: int) -> None:
        """Read the statements of a module, a class or a branch."""
        if depth > MAX_DEPTH:
            return
        for node in block.named_children:
            self._read_statement(node, names, depth)

    def _read_statement(self, node: Node, names: Names, depth: int) -> None:
        kind = node.type
        if kind == "expression_statement" and node.named_child_count:
            self._read_assignment(node.named_children[0], names)
        elif kind == "function_definition":
            self._read_function(node, names, [])
        elif kind == "class_definition":
            self._read_class(node, names, depth)
        elif kind == "decorated_definition":
            self._read_decorated(node, names, depth)
        elif kind in ("import_statement", "import_from_statement"):
            self._read_import(node, names)
        elif kind == "if_statement":
            self._read_branches(node, names, depth)
        elif kind == "try_statement":
            self._read_try(node, names, depth)
        elif kind == "type_alias_statement" and len(node.named_children) > 1:
            left, right = self._text(node.named_children[0]), self._text(node.named_children[1])
            self._add(names, left.partition("[")[0].strip(), (ALIAS, right))
        elif kind in _BLOCKS:
            self.read(node, names, depth + 1)

    # Branches

    def _read_branches(self, node: Node, names: Names, depth: int) -> None:
        """Read the branch that the environment takes; all of them where that is not known."""
        before = self._weak
        for branch in _branches(node):
            test = branch.child_by_field_name("condition")
            value = None if test is None else holds(self._text(test), self._target)
            block = branch.child_by_field_name("consequence") or branch.child_by_field_name("body")
            if value is not False and block is not None:
                self.read(block, names, depth + 1)
            if value is True:
                break
            if value is None:
                self._weak = True
        self._weak = before

    def _read_try(self, node: Node, names: Names, depth: int) -> None:
        own: Names = {}
        for child in node.named_children:
            if child.type in _BLOCKS:
                self.read(child, own, depth + 1)
        instead: Names = {}
        for child in node.named_children:
            if child.type.startswith("except") and child.named_children:
                self.read(child.named_children[-1], instead, depth + 1)
        for name, known in (instead | own).items():
            for declaration in known:
                self._add(names, name, declaration, beside=declaration is not known[0])

    # Statements

    def _read_import(self, node: Node, names: Names) -> None:
        module = node.child_by_field_name("module_name")
        specifier = self._text(module).replace(" ", "")
        for child in node.named_children:
            if module is not None and child.start_byte == module.start_byte:
                continue
            parts = [self._text(part) for part in child.named_children]
            if child.type == "wildcard_import":
                self.stars.append(specifier)
            elif child.type == "aliased_import" and len(parts) == 2:
                found = (IMPORT, specifier, parts[0]) if module is not None else (IMPORT, parts[0], "")
                self._add(names, parts[1], found)
            elif child.type == "dotted_name" and module is not None:
                self._add(names, self._text(child), (IMPORT, specifier, self._text(child)))
            elif child.type == "dotted_name" and parts:
                self._add(names, parts[0], (IMPORT, parts[0], ""))

    def _read_assignment(self, node: Node, names: Names) -> None:
        if node.type == "augmented_assignment":
            self._read_exports(node)
        if node.type != "assignment":
            return
        left, right, written = (node.child_by_field_name(field) for field in ("left", "right", "type"))
        if left is None or left.type != "identifier":
            return
        name, annotation = self._text(left), self._text(written)
        if name == "__all__":
            self.exports = []
            self._read_exports(node)
        elif annotation and not annotation.endswith("TypeAlias"):
            self._add(names, name, (VALUE, annotation))
        elif right is not None:
            declaration = self._assigned(right)
            if declaration is not None:
                self._add(names, name, declaration)

    def _assigned(self, right: Node) -> Declaration | None:
        """Return what the right side of an assignment declares."""
        if right.type == "call":
            return self._called(right)
        if right.type in ("identifier", "attribute", "subscript", "binary_operator", "string"):
            text = self._text(right)
            return (ALIAS, text) if text else None
        return None

    def _called(self, call: Node) -> Declaration | None:
        function = self._text(call.child_by_field_name("function"))
        last = function.rpartition(".")[2]
        arguments = call.child_by_field_name("arguments")
        given = arguments.named_children if arguments is not None else []
        if last in ("TypeVar", "ParamSpec", "TypeVarTuple"):
            bound = next((self._text(one)[6:] for one in given if self._text(one).startswith("bound=")), "")
            return (VARIABLE, bound)
        if last == "NewType" and len(given) == 2:
            return (ALIAS, self._text(given[1]))
        return (MADE, function) if function.replace(".", "").isidentifier() else None

    def _read_exports(self, node: Node) -> None:
        right = node.child_by_field_name("right")
        left = self._text(node.child_by_field_name("left"))
        if left != "__all__" or right is None:
            return
        if self.exports is None:
            self.exports = []
        if right.type in ("list", "tuple"):
            texts = (self._text(one) for one in right.named_children if one.type == "string")
            self.exports += [text.strip("\"'") for text in texts]
        else:
            self.exports = None

    # Definitions

    def _read_decorated(self, node: Node, names: Names, depth: int) -> None:
        definition = node.child_by_field_name("definition")
        texts = [self._text(one).lstrip("@ ") for one in node.named_children if one.type == "decorator"]
        if definition is None:
            return
        if definition.type == "class_definition":
            self._read_class(definition, names, depth)
        elif not any(text.endswith(_PARTS) for text in texts):
            self._read_function(definition, names, texts)

    def _read_function(self, node: Node, names: Names, decorators: list[str]) -> None:
        name = self._text(node.child_by_field_name("name"))
        flags = _BY_NAME.get(name, 0) | (Flag.ASYNC if node.children[0].type == "async" else 0)
        for text in decorators:
            flags |= _FLAGS.get(text.partition("(")[0].rpartition(".")[2], 0)
        parameters = read_parameters(self._text, node.child_by_field_name("parameters"))
        returns = self._text(node.child_by_field_name("return_type"))
        found = (FUNCTION, flags, parameters, returns, read_type_parameters(self._text, node))
        known = names.get(name, [])
        if flags & Flag.OVERLOAD:
            self._add(names, name, found, beside=_is_overloaded(known))
        elif not _is_overloaded(known):
            self._add(names, name, found)

    def _read_class(self, node: Node, names: Names, depth: int) -> None:
        head, block = node.child_by_field_name("superclasses"), node.child_by_field_name("body")
        bases = tuple(
            self._text(one)
            for one in (head.named_children if head is not None else ())
            if one.type in ("identifier", "attribute", "subscript")
        )
        inner: Names = {}
        before, self._weak = self._weak, False
        if block is not None:
            self.read(block, inner, depth + 1)
            self._read_objects(block, inner)
        self._weak = before
        name = self._text(node.child_by_field_name("name"))
        self._add(names, name, (CLASS, bases, inner, read_type_parameters(self._text, node)))

    def _read_objects(self, block: Node, names: Names) -> None:
        """Read what `__init__` gives an object: annotated, made by a call, or a parameter that is annotated."""
        for node in block.named_children:
            one = node.child_by_field_name("definition") or node
            if one.type == "function_definition" and self._text(one.child_by_field_name("name")) == "__init__":
                parameters = read_parameters(self._text, one.child_by_field_name("parameters"))
                declared = {parameter[0]: parameter[1] for parameter in parameters}
                body = one.child_by_field_name("body")
                for statement in body.named_children if body is not None else ():
                    if statement.type == "expression_statement" and statement.named_child_count:
                        self._read_attribute(statement.named_children[0], declared, names)

    def _read_attribute(self, node: Node, declared: dict[str, str], names: Names) -> None:
        if node.type != "assignment":
            return
        left, right, written = (node.child_by_field_name(field) for field in ("left", "right", "type"))
        target, dot, name = self._text(left).partition(".")
        if left is None or not dot or target != next(iter(declared), "") or not name.isidentifier() or name in names:
            return
        annotation = self._text(written) or declared.get(self._text(right), "")
        if annotation:
            self._add(names, name, (VALUE, annotation))
        elif right is not None and right.type == "call":
            made = self._called(right)
            if made is not None and made[0] == MADE:
                self._add(names, name, made)


def _branches(node: Node) -> list[Node]:
    return [node, *(child for child in node.named_children if child.type in ("elif_clause", "else_clause"))]


def _is_overloaded(known: list[Declaration]) -> bool:
    return any(one[0] == FUNCTION and one[1] & Flag.OVERLOAD for one in known)
