"""Which Cypher people may run: one statement that reads the graph and touches nothing else.

An engine that is open for reading still writes files (COPY TO, EXPORT), reads any file (LOAD FROM) and fetches programs
from the network (INSTALL), so that the statement is judged before the engine sees it.
"""

import re
from typing import Final

from yantra_bot.errors import UserError

_TOKEN: Final = re.compile(
    r"""'(?:\\.|[^'\\])*' | "(?:\\.|[^"\\])*" | `[^`]*` | /\* | // | [.:|$@]?\s*[A-Za-z_]\w* | ; | \S""",
    re.VERBOSE | re.DOTALL,
)
_WORD: Final = re.compile(r"[A-Za-z_]\w*")
_FIRST: Final = frozenset({"MATCH", "OPTIONAL", "WITH", "UNWIND", "RETURN", "EXPLAIN", "PROFILE", "CALL"})
_FORBIDDEN: Final = frozenset(
    {"ALTER", "ATTACH", "BEGIN", "CHECKPOINT", "COMMIT", "COPY", "CREATE", "DELETE", "DETACH", "DROP", "EXPORT"}
    | {"FORCE", "IMPORT", "INSTALL", "LOAD", "MERGE", "REMOVE", "ROLLBACK", "SET", "UNINSTALL", "UPDATE", "USE"}
)
_CALLABLE: Final = frozenset({"SHOW_TABLES", "TABLE_INFO", "SHOW_CONNECTION"})


def check_reading(cypher: str) -> str:
    """Return the statement without its last semicolon. Raises UserError when it does more than read."""
    tokens = [token.strip() for token in _TOKEN.findall(cypher)]
    while tokens and tokens[-1] == ";":
        tokens.pop()
    if not tokens:
        raise UserError("The query is empty. For example: MATCH (a:Symbol)-[:CALLS]->(b:Symbol) RETURN a.key, b.key")
    if ";" in tokens:
        raise UserError("Only one statement can be run at a time.")
    if "//" in tokens or "/*" in tokens:  # where a comment ends is the engine's to say: nothing may hide behind that
        raise UserError("A query may hold no comments.")
    words = [token.upper() for token in tokens]
    if words[0] not in _FIRST:
        raise UserError(f"A query begins with MATCH or another reading clause, not with {tokens[0][:40]}: {_ADVICE}")
    for number, word in enumerate(words):
        following = words[number + 1] if number + 1 < len(words) else ""
        if word in _FORBIDDEN and _WORD.fullmatch(word):
            raise UserError(f"{word} is not allowed in a query: {_ADVICE}")
        if word == "CALL" and following not in _CALLABLE:
            raise UserError(f"CALL {following.lower()} is not allowed in a query; show_tables and table_info are.")
    return cypher.rstrip("; \t\r\n").strip()


_ADVICE: Final = "it may only read the graph. Backquote a name that is a keyword."
