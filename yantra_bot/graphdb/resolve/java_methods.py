"""Names of methods of Java's library by what they do. Tables alone."""

from typing import Final

STORES: Final = frozenset({
    "add", "addFirst", "addLast", "addElement", "offer", "offerFirst", "offerLast", "push", "put", "putFirst",
    "putLast", "putIfAbsent", "set", "setValue", "of", "asList", "ofNullable", "entry", "singletonList", "singleton",
    "singletonMap", "complete", "completedFuture", "insertElementAt", "replace", "append", "setRunnable",
    "addAll", "putAll", "just", "nCopies", "fill", "copyOf", "compareAndSet", "lazySet", "getAndSet",
})  # fmt: skip
"""They keep what they are given, and do not call it."""
POURS: Final = frozenset({
    "addAll", "putAll", "<init>", "copyOf", "concat", "unmodifiableList", "unmodifiableSet", "unmodifiableMap",
    "unmodifiableCollection", "synchronizedList", "synchronizedMap", "synchronizedSet", "enumeration", "list", "sort",
    "shuffle", "reverse", "max", "min", "union",
})  # fmt: skip
"""They take the elements of a collection that they are given."""
SPREADS: Final = frozenset({"of", "asList", "stream", "flatMap", "thenCompose", "concatMap", "mapMulti"})
"""They take the elements of an array, or of what a function gives."""
KEYED: Final = frozenset({
    "put", "putIfAbsent", "get", "getOrDefault", "remove", "of", "replace", "computeIfAbsent", "computeIfPresent",
    "compute", "merge", "setAttribute", "getAttribute", "setProperty", "getProperty",
})  # fmt: skip
"""Their first argument is a key."""
NAMING: Final = frozenset({"forName", "getMethod", "getDeclaredMethod"})
"""Their first argument names a class or a method."""
READS: Final = frozenset({
    "remove", "contains", "containsKey", "containsValue", "indexOf", "lastIndexOf", "equals", "compareTo", "get",
    "removeAll", "retainAll", "containsAll", "isInstance", "removeFirstOccurrence", "println", "print", "printf",
    "hashCode", "requireNonNull_", "wait", "notify", "isSameInstance", "execute", "submit", "schedule", "invokeLater",
    "forEach", "sort", "compare",
})  # fmt: skip
"""They keep no object that they are given."""
ELEMENTS: Final = frozenset({
    "get", "getOrDefault", "next", "previous", "nextElement", "getFirst", "getLast", "first", "last", "firstElement",
    "lastElement", "elementAt", "poll", "pollFirst", "pollLast", "peekFirst", "peekLast", "pop", "remove",
    "removeFirst", "removeLast", "take", "takeFirst", "takeLast", "element", "orElse", "orElseGet", "orElseThrow",
    "call", "join", "getNow", "getValue", "lower", "floor", "ceiling", "higher", "set", "put", "putIfAbsent",
    "computeIfAbsent", "computeIfPresent", "compute", "merge", "replace", "getAndSet", "resultNow", "getAttribute",
    "getProperty", "updateAndGet", "getAndUpdate", "accumulateAndGet", "setValue",
})  # fmt: skip
"""They give one of the elements."""
MAPPED: Final = frozenset({
    "map", "flatMap", "mapToObj", "mapMulti", "thenApply", "thenApplyAsync", "thenCompose", "thenCombine", "handle",
    "submit", "schedule", "invokeAll", "boxed_", "replaceAll_", "asFunction_", "andThen", "compose", "transform",
})  # fmt: skip
"""They give something that holds what the function gives."""
_STREAM = "java.util.stream.Stream"
VIEWS: Final = {
    **dict.fromkeys(
        (
            "stream", "parallelStream", "filter", "sorted", "distinct", "limit", "skip", "peek", "takeWhile",
            "dropWhile", "parallel", "sequential", "unordered", "onClose", "flatMap", "mapToObj", "mapMulti",
        ),
        _STREAM,
    ),
    "iterator": "java.util.Iterator",
    "listIterator": "java.util.ListIterator",
    "spliterator": "java.util.Spliterator",
    "values": "java.util.Collection",
    "toList": "java.util.List",
    "subList": "java.util.List",
    "findFirst": "java.util.Optional",
    "findAny": "java.util.Optional",
    "collect": "",
    "submit": "java.util.concurrent.Future",
    "schedule": "java.util.concurrent.ScheduledFuture",
    "toArray": "",
    "reversed": "",
    "max": "java.util.Optional",
    "min": "java.util.Optional",
    "mapToInt": "java.util.stream.IntStream",
    "mapToLong": "java.util.stream.LongStream",
    "mapToDouble": "java.util.stream.DoubleStream",
}  # fmt: skip
"""They give another object that holds the same elements, of this class."""
_SAME_CLASS: Final = frozenset({
    "map", "flatMap", "filter", "sorted", "distinct", "limit", "skip", "peek", "takeWhile", "dropWhile", "parallel",
    "sequential", "unordered", "onClose", "or", "thenApply", "thenApplyAsync", "thenCompose", "thenCombine", "handle",
    "whenComplete", "thenAccept", "thenRun", "exceptionally", "reversed", "thenComparing",
})  # fmt: skip
"""They give an object of the class that theirs is of."""
_CHAINED: Final = ("Stream", "Optional", "CompletableFuture", "CompletionStage", "Comparator")


def name_view(owner: str, method: str) -> str:
    """Return the class of what a method of an object gives that holds the same; empty where it is not known."""
    return owner if method in _SAME_CLASS and owner.endswith(_CHAINED) else VIEWS.get(method, "")


FACTORIES: Final = frozenset({
    "<init>", "of", "asList", "ofNullable", "empty", "emptyList", "emptyMap", "emptySet", "stream", "copyOf",
    "supplyAsync", "runAsync", "completedFuture", "newFixedThreadPool", "newCachedThreadPool",
    "newSingleThreadExecutor", "newWorkStealingPool", "newVirtualThreadPerTaskExecutor", "unmodifiableList",
    "unmodifiableSet", "unmodifiableMap", "synchronizedList", "synchronizedMap", "singletonList", "singletonMap",
    "singleton", "comparing", "comparingInt", "ofEntries", "unmodifiableCollection", "synchronizedCollection",
    "iterate", "generate", "concat", "entry", "range", "rangeClosed", "toList", "toSet", "toMap", "groupingBy",
})  # fmt: skip
"""Static methods and constructors whose result is a new object that holds what was given."""
_MADE: Final = {
    **dict.fromkeys(("asList", "emptyList", "singletonList", "unmodifiableList", "synchronizedList"), "java.util.List"),
    **dict.fromkeys(("emptySet", "singleton", "unmodifiableSet"), "java.util.Set"),
    **dict.fromkeys(("emptyMap", "unmodifiableMap", "synchronizedMap", "singletonMap"), "java.util.Map"),
    **dict.fromkeys(("unmodifiableCollection", "synchronizedCollection"), "java.util.Collection"),
    **dict.fromkeys(
        (
            "newFixedThreadPool", "newCachedThreadPool", "newSingleThreadExecutor", "newWorkStealingPool",
            "newVirtualThreadPerTaskExecutor",
        ),
        "java.util.concurrent.ExecutorService",
    ),
    **dict.fromkeys(("supplyAsync", "runAsync", "completedFuture"), "java.util.concurrent.CompletableFuture"),
    "entry": "java.util.Map.Entry",
    "stream": "java.util.stream.Stream",
    **dict.fromkeys(("toList", "toSet", "toMap", "groupingBy"), "java.util.stream.Collector"),
}  # fmt: skip


def name_made(owner: str, method: str) -> str:
    """Return the class of what a static method or a constructor makes; empty where it is not known."""
    return _MADE.get(method, owner) if method in FACTORIES else ""


SUPPLIED: Final = frozenset({"supplyAsync", "generate", "iterate", "withInitial"})
"""Static methods whose result holds what the function gives that they take."""
COMBINES: Final = frozenset({"andThen", "compose", "and", "or", "negate", "reversed", "thenComparing"})
"""Methods of functional interfaces that make a function of functions."""
RUNS: Final = frozenset({"start", "run", "join_"})
"""Methods of threads and tasks that run what they were made with."""
FUNCTIONAL: Final = {
    "Runnable": "run/0", "Callable": "call/0", "Supplier": "get/0", "Consumer": "accept/1", "BiConsumer": "accept/2",
    "Function": "apply/1", "BiFunction": "apply/2", "UnaryOperator": "apply/1", "BinaryOperator": "apply/2",
    "Predicate": "test/1", "BiPredicate": "test/2", "Comparator": "compare/2", "Thread": "run/0", "TimerTask": "run/0",
    "ActionListener": "actionPerformed/1", "ThreadFactory": "newThread/1", "FileVisitor": "visitFile/2",
    "InvocationHandler": "invoke/3", "Collector": "accumulator/0", "PropertyChangeListener": "propertyChange/1",
}  # fmt: skip
"""The one method of a functional interface of the library."""
_MEMBERS: Final = {
    "java.lang.Iterable": ("iterator", "forEach", "spliterator"),
    "java.lang.Comparable": ("compareTo",),
    "java.lang.Runnable": ("run",),
    "java.lang.Cloneable": (),
    "java.lang.AutoCloseable": ("close",),
    "java.io.Closeable": ("close",),
    "java.io.Serializable": (),
    "java.util.Iterator": ("hasNext", "next", "remove", "forEachRemaining"),
    "java.util.concurrent.Callable": ("call",),
}


def may_have(owner: str, name: str) -> bool:
    """Say whether something outside may have a member: interfaces that many classes have, have few."""
    members = _MEMBERS.get(owner)
    return members is None or name.partition("/")[0].removesuffix("::") in members or name == "class"
