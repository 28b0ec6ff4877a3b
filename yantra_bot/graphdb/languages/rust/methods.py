"""What the methods of Rust's standard library do with objects and functions, by their names.

A method of one of these names that the program defines itself is called as well; the solver knows whether there is one.
"""

from tree_sitter import Node

from yantra_bot.graphdb.facts import ANY_VALUE, ERROR, NOTHING, SUCCESS, CallFlag, Op, Value
from yantra_bot.graphdb.languages.builder import words
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.rust.context import OWN_ONLY, RustContext
from yantra_bot.graphdb.languages.rust.expressions import literal_key

_SAME = """
    iter iter_mut into_iter clone cloned copied to_owned to_vec as_ref as_mut as_deref as_deref_mut as_slice by_ref rev
    skip take step_by peekable fuse cycle drain collect borrow borrow_mut lock read write get_mut_or into try_into
    into_inner into_boxed_slice keys entry ok err or upgrade downgrade take as_any boxed
    sum product deref deref_mut split_at windows chunks to_string leak unwrap_or_clone await
"""
_ELEMENT = """
    unwrap expect unwrap_or unwrap_or_default unwrap_unchecked join recv swap_remove replace
"""
_MAYBE = """
    get get_mut first first_mut last last_mut pop pop_front pop_back remove next next_back nth min max front back
    front_mut back_mut peek peek_mut try_recv
"""
_STORE = "push push_back push_front insert append extend extend_from_slice set send add_all fill"
_WITH_FUNCTION = """
    map for_each filter filter_map flat_map and_then map_err map_or map_or_else unwrap_or_else or_else then then_some
    any all find find_map position fold try_fold reduce inspect take_while skip_while map_while sort_by sort_by_key
    sort_unstable_by sort_by_cached_key retain partition max_by max_by_key min_by min_by_key is_some_and is_ok_and
    or_insert_with get_or_insert_with and_modify scan try_for_each dedup_by_key zip_with unwrap_or_default_with
"""
_CONTAINER_MAKERS = words("Vec::new HashMap::new HashSet::new BTreeMap::new BTreeSet::new VecDeque::new")
SAME = words(_SAME)
ELEMENT = words(_ELEMENT)
MAYBE = words(_MAYBE)
STORE = words(_STORE)
WITH_FUNCTION = words(_WITH_FUNCTION)
QUIET = words("""
    len is_empty contains contains_key starts_with ends_with trim split chars bytes lines as_str as_bytes push_str
    is_some is_none is_ok is_err count cmp partial_cmp eq ne hash fmt abs pow sqrt min max sort dedup clear truncate
    reserve capacity with_capacity swap reverse wait notify_one notify_all store load fetch_add elapsed trim_end
    trim_start trim_matches strip_prefix strip_suffix to_os_string to_str to_string_lossy into_owned into_string
    display as_os_str as_path as_bstr as_bytes_mut is_ascii_digit is_ascii_alphanumeric is_alphanumeric
    is_alphabetic is_numeric is_whitespace is_uppercase is_lowercase to_lowercase to_uppercase to_ascii_lowercase
    to_ascii_uppercase checked_add checked_sub checked_mul checked_div saturating_add saturating_sub saturating_mul
    wrapping_add wrapping_sub wrapping_mul write_all write_str write_fmt flush read_line read_to_string read_to_end
    seek metadata is_dir is_file exists parent file_name extension file_stem with_extension canonicalize modified
    accessed created replace replacen repeat split_whitespace splitn rsplit rsplitn split_once rsplit_once
    char_indices rev_chars find_str as_secs as_secs_f64 as_millis as_micros as_nanos duration_since floor ceil round
    powi powf sin cos tan ln exp is_nan rem_euclid signum leading_zeros trailing_zeros count_ones swap_bytes
    to_be_bytes to_le_bytes copy_from_slice clone_from_slice sort_unstable binary_search concat join_paths to_vec_in
    as_ptr as_mut_ptr is_null add_signal total_cmp eq_ignore_ascii_case is_char_boundary resize insert_str
    retain_mut shrink_to_fit subsec_nanos debug_struct debug_tuple debug_list field finish pad write_char alternate
    type_id
""")
"""Methods that hand nothing on: not finding them in the program is no loss."""


def call_standard(ctx: RustContext, obj: Value, name: str, field: Node, args: list[tuple[Node, Value]]) -> Value:
    """Call a method; what the library's of this name does is done here."""
    values = tuple(value for _, value in args)
    place = site_of(field)
    if name == "or_insert_with" and args and ctx.text(args[0][0]) in _CONTAINER_MAKERS:
        return NOTHING if obj == NOTHING else _entry(ctx, obj, field, [])
    if name in WITH_FUNCTION:
        if obj == NOTHING and any(value != NOTHING for value in values):
            obj = ctx.make_container("list")
        return ctx.call_method(obj, name, place, values, CallFlag.IMPLICIT)
    if obj == NOTHING:
        return NOTHING
    handler = _HANDLERS.get(name)
    if handler is None:
        flags = CallFlag.IMPLICIT if name in QUIET else CallFlag.NONE
        return ctx.call_method(obj, name, place, values, flags)
    own = ctx.call_method(obj, name, place, values, OWN_ONLY)
    return ctx.frame.union((own, handler(ctx, obj, field, args)))


def _same(ctx: RustContext, obj: Value, field: Node, args: list[tuple[Node, Value]]) -> Value:
    return obj


def _element(ctx: RustContext, obj: Value, field: Node, args: list[tuple[Node, Value]]) -> Value:
    """What an option holds, or the value that is given for where it holds none."""
    return ctx.frame.union((ctx.unwrap(obj, SUCCESS, field), *(value for _, value in args)))


def _error(ctx: RustContext, obj: Value, field: Node, args: list[tuple[Node, Value]]) -> Value:
    return ctx.unwrap(obj, ERROR, field)


def _maybe(ctx: RustContext, obj: Value, field: Node, args: list[tuple[Node, Value]]) -> Value:
    """`get(k)`, `pop()`: an option of an element. `remove(n)` gives the element itself where obj is a vector."""
    key = literal_key(ctx, args[0][0]) if args else None
    found = ctx.unwrap(obj, ANY_VALUE if key is None and args else key, field)
    if key is not None:
        found = ctx.frame.union((found, ctx.unwrap(obj, SUCCESS, field)))
    option = ctx.make_container("list", (SUCCESS, found))
    return ctx.frame.union((option, found)) if ctx.text(field) == "remove" else option


def _store(ctx: RustContext, obj: Value, field: Node, args: list[tuple[Node, Value]]) -> Value:
    name = ctx.text(field)
    if args and name in ("append", "extend", "extend_from_slice"):
        if args[0][1] != NOTHING:
            ctx.frame.emit(Op.SPREAD, obj, args[0][1])
    elif args and args[-1][1] != NOTHING:
        key = literal_key(ctx, args[0][0]) if len(args) == 2 else None
        ctx.frame.emit(Op.SET_ITEM, obj, key if isinstance(key, str) else None, args[-1][1], site_of(field))
    return NOTHING


def _entry(ctx: RustContext, obj: Value, field: Node, args: list[tuple[Node, Value]]) -> Value:
    """`entry(k).or_insert(x)` stores x and gives what is there; what `or_default` makes is taken for a container."""
    value = args[0][1] if args else ctx.make_container("list")
    if value != NOTHING:
        ctx.frame.emit(Op.SET_ITEM, obj, None, value, site_of(field))
    return ctx.unwrap(obj, ANY_VALUE, field)


def _values(ctx: RustContext, obj: Value, field: Node, args: list[tuple[Node, Value]]) -> Value:
    """What a map holds, without its keys."""
    return ctx.make_container("list", (None, ctx.unwrap(obj, ANY_VALUE, field)))


def _zip(ctx: RustContext, obj: Value, field: Node, args: list[tuple[Node, Value]]) -> Value:
    values = (obj, *(value for _, value in args))
    pair = ctx.make_container("tuple", *((index, ctx.unwrap(one, None, field)) for index, one in enumerate(values)))
    return ctx.make_container("list", (None, pair))


def _enumerate(ctx: RustContext, obj: Value, field: Node, args: list[tuple[Node, Value]]) -> Value:
    pair = ctx.make_container("tuple", (1, ctx.unwrap(obj, None, field)))
    return ctx.make_container("list", (None, pair))


def _chain(ctx: RustContext, obj: Value, field: Node, args: list[tuple[Node, Value]]) -> Value:
    return ctx.frame.union((obj, *(value for _, value in args)))


_HANDLERS = {
    **dict.fromkeys(SAME, _same),
    **dict.fromkeys(ELEMENT, _element),
    **dict.fromkeys(MAYBE, _maybe),
    **dict.fromkeys(("unwrap_err", "expect_err"), _error),
    **dict.fromkeys(STORE, _store),
    **dict.fromkeys(("values", "values_mut", "into_values"), _values),
    "or_insert": _entry,
    "or_default": _entry,
    "zip": _zip,
    "enumerate": _enumerate,
    "chain": _chain,
}
