"""Which logic step a call is, by the name that is called. A table, since names are all that one file tells. Pure."""

from typing import Final

from yantra_bot.codex.steps import Step

_BY_STEP: Final[dict[Step, str]] = {
    Step.QUERY: (
        "execute executemany query fetchone fetchall fetchmany find find_all findall finditer search match "
        "fullmatch select filter_by scalar scalars rfind glob rglob"
    ),
    Step.INSERT: "append appendleft add insert extend setdefault push put put_nowait add_argument heappush bulk_create",
    Step.UPDATE: "update setattr set set_default merge configure setLevel move rename touch chmod",
    Step.DELETE: "remove pop popleft popitem discard clear delete unlink rmtree rmdir delattr heappop",
    Step.SORT: "sorted sort reverse reversed order_by nsmallest nlargest",
    Step.FILTER: "filter compress takewhile dropwhile filterfalse",
    Step.MAP: "map zip starmap enumerate tuple list",
    Step.ACCUMULATE: (
        "sum reduce max min Counter accumulate fsum prod mean median groupby chain product union intersection "
        "difference"
    ),
    Step.PARSE: (
        "loads load parse parse_args int float split splitlines rsplit partition rpartition fromisoformat "
        "strptime decode literal_eval unpack unpack_from from_string fromstring b64decode fromhex from_bytes "
        "Decimal UUID urlparse urlsplit fromtimestamp from_dict parse_qs bool complex int_ ast compile "
        "from_json"
    ),
    Step.FORMAT: (
        "join format format_map dumps strip lstrip rstrip lower upper replace encode strftime isoformat repr "
        "str hex title capitalize ljust rjust center zfill sub subn pack dedent indent quote escape casefold "
        "translate expandtabs swapcase ascii oct bin chr b64encode to_bytes hexdigest urlencode urlunparse "
        "to_string tostring removeprefix removesuffix shorten wrap fill to_dict as_dict to_json unescape"
    ),
    Step.READ: (
        "read readline readlines read_text read_bytes recv getvalue readinto input stdin iterdir listdir walk scandir"
    ),
    Step.WRITE: (
        "write writelines write_text write_bytes dump save send sendall flush mkdir makedirs copy copyfile "
        "copytree writerow writerows symlink"
    ),
    Step.LOG: "debug info warning warn error exception critical log print echo secho fatal",
    Step.LOOKUP: "get getattr items keys values next index getenv get_or_none getattribute itemgetter first last peek",
    Step.COMPUTE: (
        "len abs round pow divmod floor ceil sqrt range log2 log10 exp sin cos tan atan2 hypot gcd factorial "
        "hash id time perf_counter monotonic count random randint choice sha256 md5 sha1"
    ),
    Step.COMPARE: (
        "isinstance issubclass startswith endswith isdigit isalpha isalnum isspace isidentifier isupper "
        "islower any all exists is_file is_dir isfile isdir hasattr callable issubset issuperset isdisjoint "
        "isfinite isnan isclose is_absolute isabs eq"
    ),
    Step.DEFAULT: "dict set frozenset defaultdict deque bytearray OrderedDict object",
    Step.API_CALL: "urlopen urlretrieve fetch",
    Step.CACHE: "lru_cache cache cached memoize",
}
BY_NAME: Final = {name: step for step, names in _BY_STEP.items() for name in names.split()}
_SERVICES: Final = frozenset(
    {"requests", "httpx", "session", "client", "http", "aiohttp", "api", "_session", "_client"}
)
_VERBS: Final = frozenset({"get", "post", "put", "patch", "delete", "head", "request"})
_LOGGERS: Final = frozenset({"logger", "log", "logging", "_logger", "_log", "LOG", "LOGGER"})


def step_of_call(name: str, receiver: str) -> Step:
    """Return the step of `receiver.name(…)`; the receiver is its last word, empty for a plain function."""
    if name in _VERBS and receiver in _SERVICES:
        return Step.API_CALL
    if receiver in _LOGGERS:
        return Step.LOG
    if receiver == "self" and name not in {"append", "add", "remove"}:
        return Step.CALL
    return BY_NAME.get(name, Step.CALL)


def step_of_open(mode: str) -> Step:
    """Return whether opening a file in this mode reads or writes it."""
    return Step.WRITE if set(mode) & set("wax+") else Step.READ
