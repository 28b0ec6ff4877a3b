"""Names of methods and functions of JavaScript's library by what they do. Tables alone."""

from typing import Final

from yantra_bot.domain.graph import Language

SCRIPTS: Final = frozenset({Language.JAVASCRIPT, Language.TYPESCRIPT})
MAPPINGS: Final = frozenset({"Map", "WeakMap", "ReadonlyMap"})
PROMISE: Final = "promise"
KINDS: Final = frozenset({"array", "object", "Set", PROMISE, *MAPPINGS})
"""The kinds of JavaScript's containers."""
PROXY: Final = "proxy"
PROTO: Final = "__proto__"
ITERATOR: Final = "[Symbol.iterator]"
ASYNC_ITERATOR: Final = "[Symbol.asyncIterator]"
CONVERSIONS: Final = {
    "toString": ("[Symbol.toPrimitive]", "toString"),
    "valueOf": ("[Symbol.toPrimitive]", "valueOf", "toString"),
}
"""What turns an object into a string, or a number, by the method that stands for it in the facts."""
GETTER: Final = ".getter"
"""Behind an attribute's name: a function that is called when the attribute is read."""

TESTS: Final = frozenset({"forEach", "some", "every", "findIndex", "findLastIndex", "each"})
"""They call a function with each element, and give nothing of it."""
FILTERS: Final = frozenset({"filter", "takeWhile", "skipWhile", "dropWhile", "uniqBy", "sortBy", "orderBy"})
FINDS: Final = frozenset({"find", "findLast"})
REDUCES: Final = frozenset({"reduce", "reduceRight"})
SORTS: Final = frozenset({"sort", "toSorted"})
MAPS: Final = frozenset({"map", "flatMap"})
CALLS_BACK: Final = TESTS | FILTERS | FINDS | REDUCES | SORTS | MAPS
ADDS: Final = frozenset({"push", "unshift", "add", "enqueue", "append", "prepend"})
"""They keep what they are given, and do not call it."""
INSERTS: Final = {"splice": 2, "toSpliced": 2, "fill": 0, "with": 1, "concat": 0}
"""They keep what they are given from an argument on; those behind `fill` leave the sequence itself as it is."""
TAKES: Final = frozenset({"pop", "shift", "at", "peek", "dequeue", "item"})
SAME: Final = frozenset({"reverse", "copyWithin", "fill", "sort", "add"})
"""They give the object itself."""
COPIES: Final = frozenset({
    "slice", "splice", "concat", "toReversed", "with", "toSpliced", "toSorted", "values", "[Symbol.iterator]", "flat",
    "toArray", "drop", "take", "union", "intersection", "difference", "symmetricDifference",
})  # fmt: skip
POURS: Final = frozenset({"concat", "union", "symmetricDifference"})
_SEQUENCE_LOOKS: Final = frozenset({
    "includes", "indexOf", "lastIndexOf", "join", "has", "delete", "clear", "isSubsetOf", "isSupersetOf",
    "isDisjointFrom", "removeListener", "off", "removeEventListener", "remove", "unsubscribe", "contains", "equals",
})  # fmt: skip
LOOKS: Final = _SEQUENCE_LOOKS | frozenset({
    "test", "exec", "match", "matchAll", "search", "split", "startsWith", "endsWith", "charAt", "charCodeAt",
    "codePointAt", "substring", "substr", "repeat", "padStart", "padEnd", "trim", "localeCompare", "toLowerCase",
    "toUpperCase", "normalize", "toFixed", "getAttribute", "setAttribute", "removeAttribute", "hasAttribute",
    "appendChild", "insertBefore", "removeChild", "replaceChild", "cloneNode", "compareDocumentPosition", "matches",
    "closest", "querySelector", "querySelectorAll", "getElementById", "getElementsByTagName", "getElementsByClassName",
    "createElement", "createTextNode", "getPropertyValue", "setProperty", "write", "setRequestHeader", "hasOwnProperty",
    "getResponseHeader", "getAllResponseHeaders", "log", "warn", "error", "info", "debug",
})  # fmt: skip
"""They ask about what they are given, or let it go."""
OBJECT_METHODS: Final = frozenset({
    "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toString", "toLocaleString", "valueOf",
})  # fmt: skip
ARRAY_METHODS: Final = frozenset({
    *CALLS_BACK, *ADDS, *INSERTS, *TAKES, *SAME, *COPIES, *_SEQUENCE_LOOKS, *OBJECT_METHODS, "keys", "entries", "next",
}) - {"each", "uniqBy", "sortBy", "orderBy", "enqueue", "dequeue", "peek", "append", "prepend", "takeWhile",
      "skipWhile", "dropWhile", "item", "contains", "equals", "off", "remove", "unsubscribe"}  # fmt: skip
MAPPING_METHODS: Final = OBJECT_METHODS | frozenset({
    "get", "set", "has", "delete", "clear", "forEach", "keys", "values", "entries", "[Symbol.iterator]", "getOrInsert",
    "getOrInsertComputed",
})  # fmt: skip
PROMISE_METHODS: Final = OBJECT_METHODS | frozenset({"then", "catch", "finally", "resolve", "reject"})
FUNCTION_METHODS: Final = frozenset({"call", "apply", "bind"})

_WINDOWS: Final = frozenset(f"<builtin>.{name}" for name in ("window", "self", "globalThis", "global", "parent", "top"))
_GLOBALS: Final = frozenset({
    "addEventListener", "removeEventListener", "dispatchEvent", "document", "location", "history", "navigator",
    "screen", "localStorage", "setTimeout", "setInterval", "clearTimeout", "clearInterval", "fetch",
    "requestAnimationFrame", "alert", "sessionStorage", "getComputedStyle", "matchMedia", "open",
    "close", "postMessage", "scrollTo", "XMLHttpRequest", "DOMParser", "WebSocket", "Worker", "Event", "CustomEvent",
    "URL", "Blob", "File", "FileReader", "FormData", "Headers", "Request", "Response", "performance", "crypto", "atob",
    "Array", "Object", "String", "Number", "Boolean", "Symbol", "Map", "Set", "WeakMap", "WeakSet", "Promise", "Proxy",
    "btoa", "Reflect", "JSON", "Math", "Date", "RegExp", "Error", "TypeError", "Function", "parseInt", "parseFloat",
    "Buffer", "process", "queueMicrotask", "structuredClone", "Uint8Array", "ArrayBuffer", "DataView",
    "MutationObserver",
})  # fmt: skip
_DOCUMENT_PARTS: Final = frozenset(f"<builtin>.document.{name}" for name in ("body", "head", "documentElement"))
_MAX_PARTS: Final = 4
TIMERS: Final = {
    "setTimeout": 2, "setInterval": 2, "setImmediate": 1, "queueMicrotask": 1, "requestAnimationFrame": 1,
    "requestIdleCallback": 1, "process.nextTick": 1,
}  # fmt: skip
"""They call their first argument; where the arguments for it begin."""
PURE: Final = frozenset({
    "Array.isArray", "String", "Number", "Boolean", "BigInt", "Symbol", "Symbol.for", "parseInt", "parseFloat", "isNaN",
    "isFinite", "Number.isInteger", "Number.isFinite", "Number.isNaN", "Object.is", "Object.hasOwn",
    "encodeURIComponent", "decodeURIComponent", "encodeURI", "decodeURI", "Object.isFrozen",
    "Object.getOwnPropertyNames",
    "Object.getOwnPropertySymbols", "Object.getOwnPropertyDescriptor", "clearTimeout", "clearInterval",
    "Object.defineProperties", "String.fromCharCode", "RegExp", "Date", "Date.now", "require.resolve", "Object.keys",
    "Reflect.ownKeys", "Reflect.has", "alert",
})  # fmt: skip
"""Their results are nothing that anybody calls, and they call nothing."""
WRAPPERS: Final = frozenset({
    "promisify", "callbackify", "debounce", "throttle", "memoize", "memoizeOne", "once", "partial", "partialRight",
    "curry", "curryRight", "ary", "unary", "negate", "deprecate", "useCallback", "useEvent", "memo", "forwardRef",
    "observer", "action", "asyncHandler", "wrap", "expressAsyncHandler", "rearg", "flip", "spread", "bindKey",
})  # fmt: skip
"""They give a function that calls the one that they are given."""
SAME_OBJECT: Final = frozenset({
    "clone", "cloneDeep", "structuredClone", "Proxy", "Object.freeze", "Object.seal", "extend", "assign", "merge",
    "defaults", "reactive", "readonly", "markRaw", "toRaw", "Object", "inherit",
})  # fmt: skip
"""They give what they are given, or a copy."""


def has_method(kind: str, name: str) -> bool:
    """Say whether containers of a kind have a method; true for kinds that are not JavaScript's."""
    if kind not in KINDS:
        return True
    if kind in MAPPINGS:
        return name in MAPPING_METHODS
    if kind == PROMISE:
        return name in PROMISE_METHODS
    return name in (OBJECT_METHODS if kind == "object" else ARRAY_METHODS)


def member_of(outside: str, name: str) -> str:
    """Return the name of a member of something outside; empty where it is any node of a document, or what that has."""
    if outside in _WINDOWS:
        return f"<builtin>.{name}" if name in _GLOBALS else ""
    is_node = outside.startswith("<builtin>.document.") and outside not in _DOCUMENT_PARTS
    return "" if is_node or outside.count(".") >= _MAX_PARTS else f"{outside}.{name}"
