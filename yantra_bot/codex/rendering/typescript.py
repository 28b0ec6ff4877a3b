"""How a sketch is written in TypeScript: as in JavaScript, with types."""

from dataclasses import replace
from typing import Final

from yantra_bot.codex.rendering.javascript import JAVASCRIPT
from yantra_bot.codex.rendering.templates import words
from yantra_bot.codex.tree import Kind

_WORDS: Final = words(
    "any as asserts bigint declare infer is keyof module namespace never number object readonly require",
    "string symbol type unique unknown",
)
TYPESCRIPT: Final = replace(
    JAVASCRIPT,
    suffix=".ts",
    reserved=JAVASCRIPT.reserved | _WORDS,
    types={
        Kind.TEXT: "string",
        Kind.WHOLE: "number",
        Kind.REAL: "number",
        Kind.TRUTH: "boolean",
        Kind.NOTHING: "void",
        Kind.ANY: "any",
    },
    list_type="Array<{inside}>",
    map_type="Record<string, {inside}>",
    optional_type="{type} | null",
    head="function {name}({parameters}): {result} {{",
    parameter="{name}: {type}",
    result="{type}",
    nothing_result="void",
    failing_result="{type}",
    failing_nothing_result="void",
    helper="function undecided(what: string): any {\n  throw new Error(`not implemented: ${what}`);\n}",
    empty_list="[] as any[]",
    generator_head="function* {name}({parameters}): Generator<any> {{",
)
