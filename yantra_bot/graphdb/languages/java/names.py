"""What a plain name or a dotted one means where a value is asked for: a variable, a field, a class; and writes."""

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, Op, Value
from yantra_bot.graphdb.languages.java.code import JavaFile, Result
from yantra_bot.graphdb.languages.java.outline import Field, Outline
from yantra_bot.graphdb.languages.java.types import ARRAY, INT, STRING, Type, is_tracked, split_path
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.ssa import Variable

_DEEPEST_PATH = 40


def find_member(file: JavaFile, name: str) -> Variable | Field | Outline | None:
    """Return the variable or field that a name means; a class of this file where it may inherit the name unseen."""
    foreign: Outline | None = None
    for code in file.code.chain:
        if code.outline is None:
            variable = code.find_local(name)
            if variable is not None:
                return variable
            continue
        field = code.outline.find_field(name)
        if field is not None:
            return field
        if foreign is None and code.outline.is_foreign():
            foreign = code.outline
    return foreign


def read_name(file: JavaFile, node: Node, name: str) -> Result:
    """Return what a plain name holds."""
    member = find_member(file, name)
    if isinstance(member, Variable):
        return file.code.read(member), member.note
    if isinstance(member, Field):
        return read_field(file, node, name, member, NOTHING)
    if name in file.static_imports:
        return file.read_attribute(file.from_module(file.static_imports[name][0]), name, node), None
    if isinstance(member, Outline):
        value = file.this(member)
        value = file.class_of(member) if value == NOTHING else value
        return read_foreign(file, value, name, node), None
    if file.static_stars and name.isupper():
        return file.read_attribute(file.from_module(file.static_stars[0]), name, node), None
    return NOTHING, None


def read_field(file: JavaFile, node: Node, name: str, field: Field, obj: Value) -> Result:
    """Return what a field of this file holds; `obj` NOTHING: of `this` or of its class."""
    if field.symbol >= 0 and field.symbol not in file.code.used:
        file.code.used.add(field.symbol)
        file.emit(Op.USES, field.symbol, site_of(node))
    if field.static:
        if not is_tracked(field.type) and field.type != STRING:
            return NOTHING, field.type
        if field.owner.body == file.code.index:
            return field.value, field.type
        if not _is_around(file, field.owner):
            return read_attribute_once(file, file.class_of(field.owner), name, node), field.type
        return file.code.read_outer(field.owner.body, field.value), field.type
    if not is_tracked(field.type):
        return NOTHING, field.type
    obj = file.this(field.owner) if obj == NOTHING else obj
    if obj == NOTHING:
        return NOTHING, field.type
    value = read_attribute_once(file, obj, name, node)
    kind = field.type
    if kind is not None and kind.name in field.owner.bounds:
        return value, kind
    return file.declare_instance(value, kind, node), kind


def _is_around(file: JavaFile, owner: Outline) -> bool:
    """Say whether the code that is lowered stands in a class, whose cells it reaches then."""
    return owner.body >= 0 and any(code.index == owner.body for code in file.code.chain)


def read_attribute_once(file: JavaFile, obj: Value, name: str, node: Node) -> Value:
    """Return what a field of an object holds: one read for each body, since what is stored in it has no order."""
    key = (obj, name)
    value = file.code.reads.get(key)
    if value is None:
        value = file.code.reads[key] = file.read_attribute(obj, name, node)
    return value


def is_type_name(file: JavaFile, name: str) -> bool:
    """Say whether a name at the head of a dotted one is a type's: by scopes, else by the custom of capital letters."""
    if isinstance(find_member(file, name), Variable | Field):
        return False
    if file.find_outline(name) is not None or name in file.imports:
        return True
    return name[:1].isupper() and name not in file.static_imports


def dotted_path(file: JavaFile, node: Node) -> list[str] | None:
    """Return the names of `a.b.C` when it is nothing but names; None otherwise."""
    names: list[str] = []
    while node.type in ("field_access", "scoped_identifier") and len(names) < _DEEPEST_PATH:
        last, rest = node.child_by_field_name("field"), node.child_by_field_name("object")
        if last is None or rest is None or last.type != "identifier":
            return None
        names.append(file.text(last))
        node = rest
    if node.type != "identifier":
        return None
    names.append(file.text(node))
    return names[::-1]


def read_type_path(file: JavaFile, node: Node) -> Result | None:
    """Return the class that a name or a dotted path names where an object could stand; None when it is no class.

    The type of the result has the class's own name, so that its members are found.
    """
    if node.type == "identifier":
        name = file.text(node)
        return (file.type_value(name, node), Type(name)) if is_type_name(file, name) else None
    names = dotted_path(file, node)
    if names is None or isinstance(find_member(file, names[0]), Variable | Field):
        return None
    if is_type_name(file, names[0]):
        outline = file.find_outline(".".join(names))
        fits = outline is not None or (file.find_outline(names[0]) is None and names[-1][:1].isupper())
        if not fits or (outline is None and names[-1].isupper()):
            return None
    elif len(split_path(".".join(names))[0].split(".")) == len(names) - 1 and not names[-1][:1].isupper():
        return None
    joined = ".".join(names)
    return file.type_value(joined, node), Type(joined)


def read_dotted(file: JavaFile, node: Node, obj: Value, kind: Type | None, name: str) -> Result:
    """Return what `obj.name` holds, where `obj` is an object or a class."""
    if kind is not None and kind.name == ARRAY:
        return NOTHING, INT
    outline = file.outline_of(kind)
    field = outline.find_field(name) if outline is not None else None
    if field is not None:
        value, declared = read_field(file, node, name, field, obj)
        if declared is not None and kind is not None and outline is not None and declared.name in outline.bounds:
            declared = substitute(declared, outline, kind)
            value = file.declare_instance(value, declared, node)
        return value, declared
    if obj == NOTHING:
        return NOTHING, None
    return read_foreign(file, obj, name, node), None


def read_foreign(file: JavaFile, obj: Value, name: str, node: Node) -> Value:
    """Return what a field holds that another file declares: its class says what it is where nothing is stored."""
    known = (obj, name) in file.code.reads
    value = read_attribute_once(file, obj, name, node)
    if not known:
        file.emit(Op.INSTANCE, value, read_attribute_once(file, obj, declared_name(name), node))
    return value


def declared_name(name: str) -> str:
    """Return the name under which a class keeps the class that one of its fields is declared to be of."""
    return f"{name}?"


def substitute(kind: Type | None, outline: Outline, actual: Type | None) -> Type | None:
    """Return a member's type with the class's type parameters replaced by the arguments of the receiver's type."""
    if kind is None or actual is None or not outline.bounds:
        return kind
    names = list(outline.bounds)
    if kind.name in outline.bounds:
        place = names.index(kind.name)
        return actual.args[place] if place < len(actual.args) else outline.bounds[kind.name]
    if not kind.args:
        return kind
    return Type(kind.name, tuple(substitute(arg, outline, actual) for arg in kind.args))


def write_name(file: JavaFile, node: Node, name: str, value: Value) -> None:
    """Let a plain name hold a value."""
    member = find_member(file, name)
    if isinstance(member, Variable):
        file.code.assign(member, value)
    elif isinstance(member, Field):
        write_field(file, node, name, member, NOTHING, value)
    elif isinstance(member, Outline):
        this = file.this(member)
        if NOTHING not in (this, value):
            file.emit(Op.SET_ATTR, this, name, value)


def write_field(file: JavaFile, node: Node, name: str, field: Field, obj: Value, value: Value) -> None:
    """Let a field of this file hold a value; `obj` NOTHING: of `this` or of its class."""
    if field.symbol >= 0 and field.symbol not in file.code.used:
        file.code.used.add(field.symbol)
        file.emit(Op.USES, field.symbol, site_of(node))
    if value == NOTHING:
        return
    if not field.static:
        obj = file.this(field.owner) if obj == NOTHING else obj
        if obj != NOTHING and (is_tracked(field.type) or field.type == STRING):
            file.emit(Op.SET_ATTR, obj, name, value)
    elif field.value != NOTHING and field.owner.body == file.code.index:
        file.code.copy(field.value, value)
    elif field.value != NOTHING and _is_around(file, field.owner):
        file.emit(Op.SET_OUTER, field.owner.body, field.value, value)
    elif is_tracked(field.type):
        file.emit(Op.SET_ATTR, file.class_of(field.owner), name, value)
