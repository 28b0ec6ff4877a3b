"""The words of the syntax features: what each node type of six grammars is, whatever its grammar calls it. A table.

A type that is in no category counts as `other`; a new grammar's types are put here and nowhere else.
"""

from typing import Final

# A category and the grammars' names for it. A type stands in one category alone: a test holds that.
_TYPES: Final = {
    "function": "function_definition function_declaration function_item method_definition method_declaration "
    "constructor_declaration compact_constructor_declaration generator_function_declaration",
    "lambda": "lambda arrow_function function_expression generator_function func_literal closure_expression "
    "lambda_expression",
    "signature": "function_signature function_signature_item method_signature abstract_method_signature method_elem "
    "call_signature construct_signature annotation_type_element_declaration",
    "class": "class_definition class_declaration class abstract_class_declaration struct_item struct_type "
    "record_declaration union_item impl_item",
    "interface": "interface_declaration interface_type trait_item annotation_type_declaration object_type",
    "enumeration": "enum_declaration enum_item",
    "enumeration member": "enum_constant enum_variant enum_assignment",
    "module": "module program source_file mod_item internal_module package_clause package_declaration "
    "module_declaration",
    "block": "block statement_block statement_list declaration_list class_body interface_body enum_body switch_body "
    "switch_block match_block constructor_body field_declaration_list enum_variant_list",
    "condition": "if_statement if_expression elif_clause",
    "alternative": "else_clause default_case switch_default",
    "inline condition": "conditional_expression ternary_expression",
    "choice": "match_statement match_expression switch_statement switch_expression expression_switch_statement "
    "type_switch_statement select_statement",
    "case": "case_clause switch_case expression_case type_case communication_case match_arm switch_label switch_rule "
    "switch_block_statement_group",
    "guard": "if_clause guard let_condition let_chain",
    "loop over": "for_in_statement enhanced_for_statement for_expression range_clause",
    "loop": "for_statement for_clause",
    "loop while": "while_statement while_expression do_statement loop_expression",
    "comprehension": "list_comprehension set_comprehension dictionary_comprehension generator_expression",
    "comprehension loop": "for_in_clause",
    "attempt": "try_statement try_with_resources_statement try_block",
    "handler": "except_clause catch_clause",
    "final": "finally_clause",
    "handed-on error": "try_expression",
    "throw": "raise_statement throw_statement",
    "return": "return_statement return_expression",
    "yield": "yield yield_expression yield_statement",
    "await": "await await_expression",
    "break": "break_statement break_expression",
    "continue": "continue_statement continue_expression fallthrough_statement goto_statement",
    "nothing": "pass_statement empty_statement debugger_statement",
    "assertion": "assert_statement",
    "import": "import_statement import_from_statement import_declaration use_declaration import_spec "
    "future_import_statement extern_crate_declaration",
    "imported name": "aliased_import import_specifier import_clause namespace_import use_as_clause wildcard_import "
    "use_wildcard scoped_use_list use_list import_prefix relative_import named_imports",
    "export": "export_statement export_clause export_specifier",
    "call": "call call_expression method_invocation explicit_constructor_invocation",
    "creation": "new_expression object_creation_expression array_creation_expression composite_literal "
    "struct_expression",
    "macro": "macro_invocation macro_definition token_tree",
    "arguments": "argument_list arguments",
    "keyword argument": "keyword_argument",
    "spread": "list_splat dictionary_splat spread_element variadic_argument base_field_initializer",
    "attribute access": "attribute member_expression selector_expression field_expression field_access",
    "subscript": "subscript subscript_expression index_expression array_access",
    "slice": "slice slice_expression range_expression",
    "name": "identifier blank_identifier",
    "member name": "property_identifier field_identifier private_property_identifier shorthand_property_identifier "
    "shorthand_field_identifier package_identifier",
    "type name": "type_identifier primitive_type predefined_type integral_type floating_point_type boolean_type "
    "void_type",
    "path": "dotted_name scoped_identifier scoped_type_identifier nested_identifier qualified_type",
    "self": "self this super self_parameter receiver_parameter",
    "text": "string string_literal interpreted_string_literal raw_string_literal concatenated_string char_literal "
    "character_literal rune_literal template_string",
    "text interpolation": "interpolation template_substitution string_interpolation format_specifier",
    "escape": "escape_sequence",
    "pattern text": "regex",
    "whole number": "integer integer_literal int_literal number decimal_integer_literal hex_integer_literal "
    "octal_integer_literal binary_integer_literal iota",
    "real number": "float float_literal decimal_floating_point_literal hex_floating_point_literal imaginary_literal",
    "truth value": "true false boolean_literal",
    "no value": "none null nil null_literal undefined unit_expression",
    "sequence": "list array array_expression array_initializer tuple tuple_expression set literal_value "
    "expression_list",
    "mapping": "dictionary object",
    "pair": "pair keyed_element field_initializer element_value_pair",
    "arithmetic": "binary_operator binary_expression",
    "comparison": "comparison_operator instanceof_expression",
    "logic": "boolean_operator",
    "negation": "not_operator",
    "unary": "unary_operator unary_expression negative_literal",
    "assignment": "assignment assignment_expression assignment_statement named_expression",
    "changing assignment": "augmented_assignment augmented_assignment_expression compound_assignment_expr "
    "update_expression inc_statement dec_statement",
    "declaration": "lexical_declaration variable_declaration let_declaration short_var_declaration var_declaration "
    "local_variable_declaration const_declaration const_item static_item field_declaration field_definition "
    "public_field_definition constant_declaration type_declaration variable_declarator var_spec const_spec",
    "parameters": "parameters formal_parameters parameter_list lambda_parameters closure_parameters "
    "inferred_parameters",
    "parameter": "parameter required_parameter parameter_declaration formal_parameter typed_parameter "
    "catch_formal_parameter",
    "parameter with default": "default_parameter typed_default_parameter optional_parameter assignment_pattern",
    "open parameter": "list_splat_pattern dictionary_splat_pattern rest_pattern spread_parameter variadic_parameter "
    "variadic_parameter_declaration",
    "decoration": "decorator annotation marker_annotation attribute_item inner_attribute_item decorated_definition",
    "type annotation": "type type_annotation type_spec type_item type_alias type_alias_declaration "
    "type_alias_statement",
    "generic type": "generic_type type_arguments type_parameters type_parameter generic_function type_parameter_list "
    "type_parameter_declaration bounded_type trait_bounds where_clause",
    "built type": "array_type slice_type map_type pointer_type reference_type union_type function_type tuple_type "
    "optional_type channel_type intersection_type",
    "cast": "as_expression cast_expression type_assertion_expression type_cast_expression type_conversion_expression "
    "satisfies_expression non_null_expression type_assertion",
    "inheritance": "class_heritage extends_clause implements_clause superclass super_interfaces extends_interfaces "
    "extends_type_clause",
    "resource": "with_statement with_item defer_statement using_declaration resource resource_specification",
    "concurrency": "go_statement send_statement receive_statement synchronized_statement async_block",
    "removal": "delete_statement",
    "outer name": "global_statement nonlocal_statement",
    "pattern": "pattern_list tuple_pattern object_pattern array_pattern as_pattern case_pattern match_pattern "
    "tuple_struct_pattern struct_pattern reference_pattern ref_pattern or_pattern list_pattern dict_pattern "
    "class_pattern record_pattern pair_pattern",
    "pointer": "reference_expression",
    "danger": "unsafe_block",
    "modifier": "modifiers visibility_modifier mutable_specifier accessibility_modifier override_modifier "
    "function_modifiers lifetime keyword_separator positional_separator",
    "markup": "jsx_element jsx_self_closing_element jsx_attribute jsx_expression jsx_text",
    "comment": "comment line_comment block_comment doc_comment html_comment",
    "statement": "expression_statement labeled_statement",
    "brackets": "parenthesized_expression sequence_expression",
    "error": "ERROR",
}
OTHER: Final = "other"
CATEGORIES: Final = (*_TYPES, OTHER)
CATEGORY_OF: Final = {name: place for place, names in enumerate(_TYPES.values()) for name in names.split()}

# An operator and the tokens that are it: `&&` is `and`.
_OPERATORS: Final = {
    "+": "+", "-": "-", "*": "*", "/": "/", "//": "//", "%": "%", "**": "**", "==": "==", "!=": "!= <>", "===": "===",
    "!==": "!==", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "is": "is", "is not": "is not", "in": "in",
    "not in": "not in", "and": "and &&", "or": "or ||", "not": "not !", "??": "??", "&": "&", "|": "|", "^": "^ &^",
    "<<": "<<", ">>": ">> >>>", "+=": "+= ++", "-=": "-= --", "other changing assignment": "*= /= //= %= **= &= |= ^= "
    "<<= >>= >>>= @= &&= ||= ??= &^=", "?": "? ?.",
}  # fmt: skip
OPERATORS: Final = tuple(_OPERATORS)
_TWO_WORDS: Final = {"is not", "not in"}
OPERATOR_OF: Final = {
    token: place
    for place, (name, tokens) in enumerate(_OPERATORS.items())
    for token in ([tokens] if name in _TWO_WORDS else tokens.split())
}
