"""Faults of calls: arguments the wrong way round, a keyword left out, a careless variant, no `await`, no `super()`."""

import ast
from collections.abc import Iterator
from typing import Final

from yantra_bot.domain.scores import BugClass
from yantra_bot.training.faults.blocks import without
from yantra_bot.training.faults.function import Function, last_name
from yantra_bot.training.faults.site import Site
from yantra_bot.training.faults.weak import does_nothing_above, is_default

_ANY_ORDER: Final = frozenset(
    {"max", "min", "gcd", "lcm", "hypot", "isclose", "compare_digest", "samefile", "is_", "eq", "ne", "add", "mul"}
) | {"and_", "or_", "xor", "union", "intersection", "assertEqual", "assertIs"}
_KEYS: Final = (ast.Name, ast.Attribute, ast.Subscript, ast.Call)
_CARELESS: Final = {
    "yaml.safe_load": "yaml.load",
    "yaml.safe_dump": "yaml.dump",
    "ast.literal_eval": "eval",
    "literal_eval": "eval",
    "tempfile.mkstemp": "tempfile.mktemp",
    "hashlib.sha256": "hashlib.md5",
    "hashlib.sha512": "hashlib.sha1",
    "secrets.choice": "random.choice",
    "html.escape": "str",
    "json.loads": "eval",
    "copy.deepcopy": "copy.copy",
    "deepcopy": "copy",
    "os.path.realpath": "os.path.abspath",
}
_UNWRAPPED: Final = frozenset(
    {
        "html.escape",
        "escape",
        "shlex.quote",
        "quote",
        "re.escape",
        "deepcopy",
        "copy.deepcopy",
        "copy.copy",
        "urllib.parse.quote",
    }
)
_CAREFUL_METHODS: Final = {"discard": "remove", "find": "index", "rfind": "rindex"}
_SAFE_KEYWORDS: Final = {("verify", True): b"False", ("shell", False): b"True", ("check", True): b"False"} | {
    ("exist_ok", True): b"False",
    ("ignore_errors", True): b"False",
    ("autoescape", True): b"False",
    ("strict", True): b"False",
}


def find(function: Function) -> Iterator[Site]:
    """Give the places for the classes of this file."""
    for node in function.nodes:
        if isinstance(node, ast.Call):
            yield from _swapped(function, node)
            yield from _dropped(function, node)
            yield from _careless(function, node)
            yield from _without_default(function, node)
        elif isinstance(node, ast.Await):
            yield from _unawaited(function, node)
        elif isinstance(node, ast.Expr):
            yield from _without_super(function, node)
        elif isinstance(node, ast.For):
            yield from _without_copy(function, node)


def _swapped(function: Function, node: ast.Call) -> Iterator[Site]:
    module = function.module
    if last_name(node.func) in _ANY_ORDER:
        return
    for left, right in zip(node.args, node.args[1:], strict=False):
        alike = isinstance(left, _KEYS) == isinstance(right, _KEYS)
        is_plain = isinstance(left, (*_KEYS, ast.Constant)) and isinstance(right, (*_KEYS, ast.Constant))
        if not alike or not is_plain or ast.dump(left) == ast.dump(right):
            continue
        start, end = module.start(left), module.end(right)
        between = module.source[module.end(left) : module.start(right)]
        if between.strip() == b"," and module.is_one_line(left) and module.is_one_line(right):
            yield function.site(
                BugClass.SWAPPED_ARGUMENT, (start, end, module.text(right) + between + module.text(left))
            )


def _dropped(function: Function, node: ast.Call) -> Iterator[Site]:
    module = function.module
    for keyword in node.keywords:
        value = keyword.value
        if keyword.arg is None or (isinstance(value, ast.Constant) and value.value is None):
            continue
        if is_default(function, node, keyword):
            continue
        span = _span_in_call(function, node, keyword)
        if span is not None and b"#" not in module.source[span[0] : span[1]]:
            yield function.site(BugClass.DROPPED_KEYWORD, (*span, b""), module.start(node))


def _span_in_call(function: Function, node: ast.Call, given: ast.keyword | ast.expr) -> tuple[int, int] | None:
    """Return what is to be cut out of a call for an argument, with its comma; None where a trace would stay."""
    module = function.module
    every = sorted([*node.args, *node.keywords], key=module.start)
    at = every.index(given)
    start, end = module.start(given), module.end(given)
    if at > 0:
        before = module.end(every[at - 1])
        return (before, end) if module.source[before:start].strip() == b"," else None
    if len(every) > 1:
        following = module.start(every[1])
        return (start, following) if module.source[end:following].strip() == b"," else None
    opened, closed = module.source[module.end(node.func) : start], module.source[end : module.end(node)]
    return (start, end) if opened == b"(" and closed == b")" else None


def _careless(function: Function, node: ast.Call) -> Iterator[Site]:
    """The careful variant of a call is replaced by the one that trusts its input."""
    module = function.module
    name = module.text(node.func).decode()
    start = module.start(node)
    if name in _CARELESS:
        yield function.site(BugClass.UNSAFE_CALL, (start, module.end(node.func), _CARELESS[name].encode()))
    is_bare = len(node.args) == 1 and not node.keywords and isinstance(node.args[0], _KEYS)
    if name in _UNWRAPPED and is_bare and not isinstance(function.parents[node], ast.Expr):
        yield function.site(BugClass.UNSAFE_CALL, (start, module.end(node), module.text(node.args[0])))
    if isinstance(node.func, ast.Attribute) and node.func.attr in _CAREFUL_METHODS and len(node.args) == 1:
        end = module.end(node.func)
        method = _CAREFUL_METHODS[node.func.attr].encode()
        yield function.site(BugClass.UNSAFE_CALL, (end - len(node.func.attr), end, method))
    for keyword in node.keywords:
        value = keyword.value
        if (
            isinstance(value, ast.Constant)
            and isinstance(value.value, bool)
            and (keyword.arg, value.value) in _SAFE_KEYWORDS
        ):
            other = _SAFE_KEYWORDS[keyword.arg or "", value.value]
            yield function.site(BugClass.UNSAFE_CALL, (module.start(value), module.end(value), other))


def _without_default(function: Function, node: ast.Call) -> Iterator[Site]:
    """`d.get(k)` becomes `d[k]`, `d.pop(k, None)` becomes `d.pop(k)`: what is missing is no longer expected."""
    module = function.module
    name, count = last_name(node.func), len(node.args)
    if node.keywords or any(isinstance(one, ast.Starred) for one in node.args):
        return
    is_method = isinstance(node.func, ast.Attribute)
    if is_method and name == "get" and count == 1 and isinstance(node.args[0], (*_KEYS, ast.Constant)):
        opened = module.end(node.func) - len(".get")
        end = module.end(node)
        if module.source[opened : module.start(node.args[0])] == b".get(" and module.source[end - 1 : end] == b")":
            edit = (opened, end, b"[" + module.text(node.args[0]) + b"]")
            if module.source[module.end(node.args[0]) : end] == b")":
                yield function.site(BugClass.UNSAFE_CALL, edit, module.start(node))
    expected = {"pop": 2 if is_method else 0, "next": 0 if is_method else 2, "getattr": 0 if is_method else 3}.get(name)
    if expected and count == expected:
        span = _span_in_call(function, node, node.args[-1])
        if span is not None:
            yield function.site(BugClass.UNSAFE_CALL, (*span, b""), module.start(node))


def _without_copy(function: Function, node: ast.For) -> Iterator[Site]:
    """`for x in list(xs)` becomes `for x in xs`, where the body changes what is gone through."""
    module, over = function.module, node.iter
    if not isinstance(over, ast.Call) or last_name(over.func) not in ("list", "tuple") or len(over.args) != 1:
        return
    inner = over.args[0]
    base = inner.func.value if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) else inner
    changed = [one for one in ast.walk(node) if isinstance(one, ast.Delete | ast.Call) and one is not over]
    if not isinstance(base, ast.Name | ast.Attribute) or not isinstance(over.func, ast.Name):
        return
    if any(module.text(base) + b"." in module.text(one) or isinstance(one, ast.Delete) for one in changed):
        yield function.site(BugClass.UNSAFE_CALL, (module.start(over), module.end(over), module.text(inner)))


def _unawaited(function: Function, node: ast.Await) -> Iterator[Site]:
    module = function.module
    parent = function.parents[node]
    start, end = module.extent(node, 0, len(module.source))
    is_wrapped = start != module.start(node)
    if is_wrapped and not isinstance(parent, ast.Attribute | ast.Subscript | ast.Call):
        return
    if isinstance(node.value, _KEYS) and (not is_wrapped or module.is_one_line(node)):
        yield function.site(BugClass.MISSING_AWAIT, (start, end, module.text(node.value)))


def _without_super(function: Function, node: ast.Expr) -> Iterator[Site]:
    call = node.value.value if isinstance(node.value, ast.Await) else node.value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return
    base = call.func.value
    is_super = isinstance(base, ast.Call) and last_name(base.func) == "super"
    first = call.args[0] if call.args else None
    names_base = (
        isinstance(base, ast.Name | ast.Attribute) and call.func.attr == "__init__" and last_name(base) != "self"
    )
    if is_super and does_nothing_above(function, call.func.attr):
        return
    if is_super or (names_base and first is not None and last_name(first) == "self"):
        edit = without(function, node)
        if edit is not None:
            yield function.site(BugClass.MISSING_SUPER_CALL, edit, min(function.around(node), edit[0]))
