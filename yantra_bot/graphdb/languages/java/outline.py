"""The declarations of a file before any code is read: its types, their members, their supertypes.

Java lets code name what is declared further down, so this comes first. It never looks into the bodies of methods.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, Value
from yantra_bot.graphdb.languages.java.nodes import has_modifier
from yantra_bot.graphdb.languages.java.types import ARRAY, OBJECT, Type, erase, parse_type

TYPE_NODES = {
    "class_declaration": "class",
    "interface_declaration": "interface",
    "enum_declaration": "enum",
    "record_declaration": "record",
    "annotation_type_declaration": "annotation",
}
MAX_NESTING = 30
"""How deep types may nest in each other."""
_MOST_SUPERS = 100


@dataclass(eq=False, slots=True)
class Method:
    """A method or a constructor (`<init>`) as declared."""

    name: str
    node: Node
    owner: "Outline"
    types: tuple[Type | None, ...] = ()
    varargs: bool = False
    static: bool = False
    private: bool = False
    returns: Type | None = None
    bounds: dict[str, Type | None] = field(default_factory=dict)
    """Its type parameters with their bounds."""

    key: str = ""
    """The name it is stored under: `add/2`, with variable arguments `add/*`."""
    exact: str = ""
    """The name that no overload shares: `add/2(int,String)`."""

    def __post_init__(self) -> None:
        self.key = f"{self.name}/{'*' if self.varargs else len(self.types)}"
        self.exact = f"{self.key}({','.join(map(erase, self.types))})"

    @property
    def overloads(self) -> str:
        """The name of all methods that are called so, whatever they take."""
        return f"{self.name}::"

    @property
    def own_key(self) -> str:
        """As `key`, but no class below can hide it."""
        return f"{self.owner.name}#{self.key}"

    @property
    def own_exact(self) -> str:
        """As `exact`, but no class below can hide it."""
        return f"{self.owner.name}#{self.exact}"

    def is_hidden(self) -> bool:
        """Say whether calls may mean it and no override: private ones, constructors, default methods."""
        return self.private or self.name == "<init>" or self.owner.kind == "interface"


@dataclass(eq=False, slots=True)
class Field:
    """A field, a constant, a constant of an enumeration, a component of a record."""

    type: Type | None
    static: bool
    owner: "Outline"
    value: Value = NOTHING
    """Its cell in the body of its class, where it is static."""
    symbol: int = -1


@dataclass(eq=False, slots=True)
class Outline:
    """A type that this file declares."""

    name: str
    kind: str
    node: Node
    body_node: Node | None
    outer: "Outline | None" = None
    cut: bool = False
    """Types that nest too deep in it are left out."""
    static: bool = True
    """Its instances have no enclosing instance."""
    bases: list[tuple[Type, Node]] = field(default_factory=list)
    bounds: dict[str, Type | None] = field(default_factory=dict)
    methods: dict[str, list[Method]] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    inner: dict[str, "Outline"] = field(default_factory=dict)
    body: int = -1
    symbol: int = -1
    around: int = -1
    """The body that declares it."""
    value: Value = NOTHING
    """Its cell there."""
    supers: list["Outline"] = field(default_factory=list)
    """Its supertypes of this file; known once the file's outline is complete."""
    line: "tuple[Outline, ...] | None" = None
    """What `lineage` has found."""
    initialised: bool = False
    """A constructor runs its initialisers already."""
    extended: bool = False
    """A type of this file inherits from it."""
    arity: int = 0
    """How many arguments an anonymous one is made with."""
    foreign: bool = False
    """It has supertypes that this file does not declare."""

    def lineage(self) -> tuple["Outline", ...]:
        """Return it and its supertypes of this file, nearest first, each once; to be asked once they are known."""
        if self.line is None:
            seen: dict[int, Outline] = {}
            waiting = [self]
            for one in waiting:
                if id(one) not in seen and len(seen) < _MOST_SUPERS:
                    seen[id(one)] = one
                    waiting += one.supers
            self.line = tuple(seen.values())
        return self.line

    def is_foreign(self) -> bool:
        """Say whether it may inherit members that this file does not show."""
        return any(one.foreign for one in self.lineage())

    def find_methods(self, name: str) -> list[Method]:
        """Return the methods of a name in the order of inheritance, without those that are overridden."""
        found: dict[str, Method] = {}
        for one in self.lineage():
            for method in one.methods.get(name, ()):
                found.setdefault(method.exact, method)
        return list(found.values())

    def find_field(self, name: str) -> Field | None:
        """Return a field by name, inherited ones too."""
        for one in self.line or self.lineage():
            field = one.fields.get(name)
            if field is not None:
                return field
        return None

    def find_inner(self, name: str) -> "Outline | None":
        """Return a member type by name, inherited ones too."""
        for one in self.line or self.lineage():
            inner = one.inner.get(name)
            if inner is not None:
                return inner
        return None


def outline_type(node: Node, source: bytes, outer: Outline | None, depth: int = 0) -> Outline | None:
    """Return the outline of a type declaration; None when it has no name or nests too deep."""
    name = node.child_by_field_name("name")
    if name is None or depth > MAX_NESTING:
        return None
    kind = TYPE_NODES[node.type]
    static = kind != "class" or outer is None or outer.kind in ("interface", "annotation")
    made = Outline(
        _text(source, name),
        kind,
        node,
        node.child_by_field_name("body"),
        outer,
        static=static or has_modifier(node, "static"),
    )
    for child in node.named_children:
        if child.type in ("superclass", "super_interfaces", "extends_interfaces"):
            made.bases += _base_types(child, source)
        elif child.type == "type_parameters":
            made.bounds = read_bounds(child, source)
    if kind == "record":
        types, names, _ = read_parameters(node.child_by_field_name("parameters"), source)
        made.fields = {name: Field(one, False, made) for name, one in zip(names, types, strict=True)}
    fill_outline(made, source, depth)
    return made


def fill_outline(made: Outline, source: bytes, depth: int = 0) -> None:
    """Read the members of a type's body into its outline."""
    for member in members_of(made.body_node):
        kind = member.type
        if kind == "method_declaration":
            add_method(made, member, source)
        elif kind in ("field_declaration", "constant_declaration"):
            _add_fields(made, member, source)
        elif kind == "constructor_declaration":
            types, _, varargs = read_parameters(member.child_by_field_name("parameters"), source)
            made.methods.setdefault("<init>", []).append(Method("<init>", member, made, types, varargs))
        elif kind == "compact_constructor_declaration":
            types = tuple(one.type for one in made.fields.values() if not one.static)
            made.methods.setdefault("<init>", []).append(Method("<init>", member, made, types))
        elif kind == "enum_constant":
            name = member.child_by_field_name("name")
            if name is not None:
                made.fields[_text(source, name)] = Field(Type(made.name), True, made)
        elif kind in TYPE_NODES:
            inner = outline_type(member, source, made, depth + 1)
            if inner is not None:
                made.inner.setdefault(inner.name, inner)
                made.cut = made.cut or inner.cut
            made.cut = made.cut or depth >= MAX_NESTING


def members_of(body: Node | None) -> Iterator[Node]:
    """Yield the members of a type's body, those of an enumeration after its constants."""
    for child in body.named_children if body is not None else ():
        if child.type == "enum_body_declarations":
            yield from child.named_children
        else:
            yield child


def add_method(made: Outline, node: Node, source: bytes) -> None:
    """Add a method to the outline of its class."""
    name = node.child_by_field_name("name")
    if name is None:
        return
    types, _, varargs = read_parameters(node.child_by_field_name("parameters"), source)
    returned = node.child_by_field_name("type")
    method = Method(_text(source, name), node, made, types, varargs)
    method.returns = parse_type(returned, source) if returned else None
    method.static = has_modifier(node, "static")
    method.private = has_modifier(node, "private")
    bounds = node.child_by_field_name("type_parameters")
    if bounds is not None:
        method.bounds = read_bounds(bounds, source)
    made.methods.setdefault(method.name, []).append(method)


def _add_fields(made: Outline, node: Node, source: bytes) -> None:
    declared = node.child_by_field_name("type")
    kind = parse_type(declared, source) if declared else None
    static = node.type == "constant_declaration" or made.kind == "interface" or has_modifier(node, "static")
    for one in node.children_by_field_name("declarator"):
        name = one.child_by_field_name("name")
        if name is not None:
            array = one.child_by_field_name("dimensions") is not None
            made.fields[_text(source, name)] = Field(Type(ARRAY, (kind,)) if array else kind, static, made)


def read_parameters(node: Node | None, source: bytes) -> tuple[tuple[Type | None, ...], list[str], bool]:
    """Return the types and names of formal parameters, and whether the last takes any number of arguments."""
    types: list[Type | None] = []
    names: list[str] = []
    varargs = False
    for child in node.named_children if node is not None else ():
        if child.type == "formal_parameter":
            declared, name = child.child_by_field_name("type"), child.child_by_field_name("name")
            kind = parse_type(declared, source) if declared else None
            if child.child_by_field_name("dimensions") is not None:
                kind = Type(ARRAY, (kind,))
        elif child.type == "spread_parameter":
            inner = [one for one in child.named_children if one.type != "modifiers"]
            name = inner[-1].child_by_field_name("name") if inner else None
            kind = Type(ARRAY, (parse_type(inner[0], source),)) if inner else None
            varargs = True
        else:
            continue
        types.append(kind)
        names.append(_text(source, name) if name is not None else "")
    return tuple(types), names, varargs


def read_bounds(node: Node, source: bytes) -> dict[str, Type | None]:
    """Return type parameters with their first bounds (`Object` without one)."""
    bounds: dict[str, Type | None] = {}
    for child in node.named_children:
        if child.type == "type_parameter" and child.named_child_count:
            parts = [one for one in child.named_children if one.type not in ("annotation", "marker_annotation")]
            bound = parts[1].named_children[:1] if len(parts) > 1 else []
            bounds[_text(source, parts[0])] = parse_type(bound[0], source) if bound else OBJECT
    return bounds


def _base_types(node: Node, source: bytes) -> list[tuple[Type, Node]]:
    found = []
    for child in node.named_children:
        for one in child.named_children if child.type == "type_list" else (child,):
            kind = parse_type(one, source)
            if kind is not None:
                found.append((kind, one))
    return found


def _text(source: bytes, node: Node) -> str:
    return source[node.start_byte : node.end_byte].decode("utf-8", "replace")
