"""Rust's types as values: what a declaration says of a variable."""

from tree_sitter import Node

from yantra_bot.graphdb.facts import ERROR, NOTHING, SUCCESS, Literal, Op, Value
from yantra_bot.graphdb.languages.builder import words
from yantra_bot.graphdb.languages.rust.context import RustContext, Shape
from yantra_bot.graphdb.languages.rust.paths import flatten, resolve
from yantra_bot.graphdb.languages.ssa import Variable

TRANSPARENT = words("""
    Box Rc Arc RefCell Cell Mutex RwLock Pin Cow Ref RefMut MutexGuard RwLockReadGuard RwLockWriteGuard Wrapping
    Reverse ManuallyDrop UnsafeCell AssertUnwindSafe""")
"""Types of the standard library that stand for what is in them."""
OPTIONAL = words("Option Result Weak Poll OnceCell OnceLock LazyLock Lazy")
LISTS = words("Vec VecDeque LinkedList HashSet BTreeSet BinaryHeap SmallVec IndexSet")
DICTS = words("HashMap BTreeMap IndexMap FxHashMap DashMap")
_ITERATORS = words("Iterator IntoIterator DoubleEndedIterator ExactSizeIterator Stream")
_INNER = (
    "reference_type",
    "pointer_type",
    "dynamic_type",
    "abstract_type",
    "bounded_type",
    "higher_ranked_trait_bound",
)
_NAMES = ("type_identifier", "scoped_type_identifier", "identifier", "scoped_identifier", "self", "primitive_type")


def strip_type(node: Node | None) -> Node | None:
    """Return the type under references, `dyn`, `impl` and bounds."""
    for _ in range(50):
        if node is None or node.type not in _INNER:
            return node
        inner = node.child_by_field_name("type") or node.child_by_field_name("trait")
        if inner is None:
            inner = next(
                (one for one in node.named_children if one.type not in ("lifetime", "mutable_specifier")), None
            )
        node = inner
    return None


def named_type(ctx: RustContext, node: Node | None) -> tuple[Value, Variable | None]:
    """Return the class that a type names, and its variable where this file declares it."""
    node = strip_type(node)
    if node is None:
        return NOTHING, None
    if node.type == "primitive_type":
        return ctx.extension(ctx.text(node)), None
    if node.type == "generic_type":
        arguments = node.child_by_field_name("type_arguments")
        for one in [] if arguments is None else arguments.named_children:
            type_value(ctx, one)
        return named_type(ctx, node.child_by_field_name("type"))
    if node.type not in _NAMES:
        return NOTHING, None
    return resolve(ctx, flatten(ctx, node))


def last_name(ctx: RustContext, node: Node) -> str:
    """Return the last segment of a type's name."""
    named = node.child_by_field_name("name") if node.type.startswith("scoped_") else node
    return "" if named is None else ctx.text(named)


def type_value(ctx: RustContext, node: Node | None) -> Value:
    """Return a value that says what instances of the type are: a class, or a container of declared elements."""
    node = strip_type(node)
    if node is None or not ctx.enter():
        return NOTHING
    ctx.depth += 1  # A level of types takes more frames than one of expressions.
    if node.type == "generic_type":
        value = _generic_type(ctx, node)
    elif node.type == "array_type":
        value = _container(ctx, "list", [node.child_by_field_name("element")], [None])
    elif node.type == "tuple_type":
        children = node.named_children
        value = _container(ctx, "tuple", list(children), list(range(len(children))))
    else:
        value = named_type(ctx, node)[0]
    ctx.depth -= 2
    return value


def _generic_type(ctx: RustContext, node: Node) -> Value:
    named, arguments = node.child_by_field_name("type"), node.child_by_field_name("type_arguments")
    if named is None or arguments is None:
        return NOTHING
    name = last_name(ctx, named)
    children = [one for one in arguments.named_children if one.type not in ("lifetime", "block")]
    if not children or (named.type == "type_identifier" and not ctx.standard(name)):
        return named_type(ctx, node)[0]
    if name in TRANSPARENT:
        return type_value(ctx, children[0])
    if name in OPTIONAL:
        return _container(ctx, "list", list(children[:2]), [SUCCESS, ERROR])
    if name in LISTS:
        return _container(ctx, "list", [children[0]], [None])
    if name in DICTS:
        return _container(ctx, "dict", [children[-1]], [None])
    if name in _ITERATORS:
        return _container(ctx, "list", [children[0].child_by_field_name("type")], [None])
    return named_type(ctx, node)[0]


def _container(ctx: RustContext, kind: str, nodes: list[Node | None], keys: list[Literal]) -> Value:
    elements = [(key, declared(ctx, node)) for key, node in zip(keys, nodes, strict=False)]
    if all(value == NOTHING for _, value in elements):
        return NOTHING
    return ctx.make_container(kind, *elements)


def declared(ctx: RustContext, node: Node | None) -> Value:
    """Return a value that holds what the type lets one expect where nothing else is known."""
    of_type = type_value(ctx, node)
    if of_type == NOTHING:
        return NOTHING
    value = ctx.frame.new()
    ctx.frame.emit(Op.INSTANCE, value, of_type)
    return value


def annotate(ctx: RustContext, value: Value, node: Node | None) -> None:
    """Say what the declared type of a value is."""
    of_type = type_value(ctx, node)
    if NOTHING not in (of_type, value):
        ctx.frame.emit(Op.INSTANCE, value, of_type)


def declare_type_parameters(ctx: RustContext, node: Node) -> None:
    """Declare the type parameters of an item in the innermost block; the value of each is its first own bound."""
    parameters = node.child_by_field_name("type_parameters")
    for one in [] if parameters is None else parameters.named_children:
        name = one.child_by_field_name("name") or one.child_by_field_name("left")
        if one.type in ("type_parameter", "constrained_type_parameter") and name is not None:
            ctx.frame.declare(ctx.text(name), NOTHING).note = Shape.PARAMETER
            _bind(ctx, ctx.text(name), one.child_by_field_name("bounds"))
    clause = next((child for child in node.named_children if child.type == "where_clause"), None)
    for one in [] if clause is None else clause.named_children:
        left = one.child_by_field_name("left")
        if left is not None:
            _bind(ctx, ctx.text(left), one.child_by_field_name("bounds"))


def _bind(ctx: RustContext, name: str, bounds: Node | None) -> None:
    """Let a type parameter's value be what bounds it."""
    variable = ctx.frame.scopes[-1].get(name)
    if bounds is None or variable is None or variable.note is not Shape.PARAMETER:
        return
    values = [type_value(ctx, bound) for bound in bounds.named_children if bound.type != "lifetime"]
    variable.value = ctx.frame.union([variable.value, *values])
