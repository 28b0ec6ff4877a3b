"""How many ways lead through a function: cyclomatic complexity, by the node types of six grammars. Pure."""

from collections.abc import Iterator

from tree_sitter import Node

MAX_NODES = 500_000

FUNCTIONS = frozenset(
    {
        *("function_definition", "lambda"),  # Python
        *("function_declaration", "function_expression", "arrow_function", "method_definition"),  # JavaScript, Go
        *("generator_function_declaration", "method_declaration", "func_literal"),  # Go, Java
        *("function_item", "closure_expression", "constructor_declaration", "lambda_expression"),  # Rust, Java
    }
)
# Each is one more way through. An `else` and a `default` are not: they are what is left.
BRANCHES = frozenset(
    {
        *("if_statement", "elif_clause", "for_statement", "while_statement", "except_clause", "case_clause"),
        *("conditional_expression", "for_in_clause", "if_clause", "assert_statement"),
        *("for_in_statement", "do_statement", "switch_case", "catch_clause", "ternary_expression"),
        *("expression_case", "type_case", "communication_case", "enhanced_for_statement", "switch_label"),
        *("if_expression", "while_expression", "for_expression", "loop_expression", "match_arm"),
    }
)
SHORT_CIRCUITS = frozenset({"and", "or", "&&", "||", "??"})


def find_functions(root: Node) -> Iterator[Node]:
    """Yield every function of a tree, inner ones too."""
    waiting, seen = [root], 0
    while waiting and seen < MAX_NODES:
        node = waiting.pop()
        seen += 1
        if node.type in FUNCTIONS and node.is_named:
            yield node
        waiting.extend(node.children)


def measure_function(function: Node) -> int:
    """Return one more than the number of branches in a function, those of inner functions left out."""
    count, seen = 1, 0
    waiting = list(function.children)
    while waiting and seen < MAX_NODES:
        node = waiting.pop()
        seen += 1
        if node.type in FUNCTIONS and node.is_named:
            continue
        count += node.type in (BRANCHES if node.is_named else SHORT_CIRCUITS)
        waiting.extend(node.children)
    return count
