"""What a definition is in each language: tree-sitter queries for functions and classes with their names. Data."""

from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import Final

from tree_sitter import Parser, Query

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.languages import frontend_of, language_of

_PYTHON: Final = """
(function_definition name: (_) @name) @function
(class_definition name: (_) @name) @class
(module (expression_statement (assignment left: (identifier) @name)) @value)
"""
_FUNCTION_VALUE: Final = "[(arrow_function) (function_expression) (generator_function)]"
_TABLE: Final = "[(object) (array) (new_expression) (call_expression) (template_string)]"
_JAVASCRIPT: Final = f"""
(function_declaration name: (_) @name) @function
(generator_function_declaration name: (_) @name) @function
(method_definition name: (_) @name) @function
(class_declaration name: (_) @name) @class
(variable_declarator name: (identifier) @name value: {_FUNCTION_VALUE}) @function
(variable_declarator name: (identifier) @name value: (class)) @class
(assignment_expression left: (identifier) @name right: {_FUNCTION_VALUE}) @function
(assignment_expression left: (member_expression property: (_) @name) right: {_FUNCTION_VALUE}) @function
(pair key: (property_identifier) @name value: {_FUNCTION_VALUE}) @function
(export_statement value: {_FUNCTION_VALUE}) @default
(program (lexical_declaration (variable_declarator name: (identifier) @name value: {_TABLE})) @value)
(program (export_statement (lexical_declaration (variable_declarator name: (identifier) @name value: {_TABLE}))) @value)
"""
_FIELD: Final = f"(field_definition property: (_) @name value: {_FUNCTION_VALUE}) @function"
_TYPESCRIPT: Final = f"""
(public_field_definition name: (_) @name value: {_FUNCTION_VALUE}) @function
(abstract_class_declaration name: (_) @name) @class
(interface_declaration name: (_) @name) @class
(type_alias_declaration name: (_) @name) @class
(enum_declaration name: (_) @name) @class
(internal_module name: (_) @name) @scope
(function_signature name: (_) @name) @function
(abstract_method_signature name: (_) @name) @function
"""
_GO: Final = """
(function_declaration name: (_) @name) @function
(method_declaration receiver: (parameter_list (parameter_declaration type: (_) @owner)) name: (_) @name) @function
(type_spec name: (_) @name) @class
(type_alias name: (_) @name) @class
(source_file (var_declaration (var_spec name: (identifier) @name)) @value)
"""
_RUST: Final = """
(function_item name: (_) @name) @function
(function_signature_item name: (_) @name) @function
(macro_definition name: (_) @name) @function
(struct_item name: (_) @name) @class
(enum_item name: (_) @name) @class
(union_item name: (_) @name) @class
(trait_item name: (_) @name) @class
(impl_item type: (_) @name) @scope
(mod_item name: (_) @name body: (_)) @scope
(source_file (const_item name: (_) @name) @value)
(source_file (static_item name: (_) @name) @value)
"""
_JAVA: Final = """
(method_declaration name: (_) @name) @function
(constructor_declaration name: (_) @name) @constructor
(compact_constructor_declaration name: (_) @name) @constructor
(class_declaration name: (_) @name) @class
(interface_declaration name: (_) @name) @class
(enum_declaration name: (_) @name) @class
(record_declaration name: (_) @name) @class
(annotation_type_declaration name: (_) @name) @class
"""
_QUERIES: Final = {
    Language.PYTHON: _PYTHON,
    Language.JAVASCRIPT: f"{_JAVASCRIPT}{_FIELD}",
    Language.TYPESCRIPT: f"{_JAVASCRIPT}{_TYPESCRIPT}",
    Language.GO: _GO,
    Language.RUST: _RUST,
    Language.JAVA: _JAVA,
}


@dataclass(frozen=True)
class Grammar:
    """How a kind of file is read. `comment` are the beginnings of lines that belong to the definition below."""

    language: Language
    parser: Parser
    query: Query
    comment: tuple[str, ...]


@cache
def grammar_of_suffix(suffix: str) -> Grammar | None:
    """Return how files of a suffix are read, None when they are no code that is known. Loads the grammar."""
    language = language_of(f"x{suffix}")
    if language is None:
        return None
    grammar = frontend_of(f"x{suffix}").grammar(suffix)
    marks = {Language.PYTHON: ("#",), Language.RUST: ("//", "#[", "/*", "*")}
    comment = marks.get(language, ("//", "/*", "*", "@"))
    return Grammar(language, Parser(grammar), Query(grammar, _QUERIES[language]), comment)


def grammar_of(path: str) -> Grammar | None:
    """Return how a file is read, None when it is no code that is known."""
    return grammar_of_suffix(PurePosixPath(path).suffix)
