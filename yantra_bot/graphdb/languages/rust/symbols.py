"""What Rust's symbols say of themselves: signature, doc comment, attributes, whether a test runner collects them."""

from collections.abc import Sequence

from tree_sitter import Node

from yantra_bot.graphdb.languages.rust.context import RustContext


def describe(ctx: RustContext, index: int, node: Node, attributes: Sequence[Node] = ()) -> None:
    """Give a symbol its signature, docstring, hash and attributes."""
    body = node.child_by_field_name("body")
    end = node.end_byte if body is None else body.start_byte
    ctx.describe(index, node, docstring=_doc_of(ctx, node), header_end=end)
    ctx.facts.symbols[index].decorators = tuple(ctx.text(one)[2:-1].strip() for one in attributes)


def _doc_of(ctx: RustContext, node: Node) -> str:
    """Return the doc comment above an item, behind its attributes."""
    lines: list[str] = []
    before = node.prev_sibling
    while before is not None and len(lines) < 200:
        if before.type == "attribute_item":
            before = before.prev_sibling
            continue
        if "comment" not in before.type:
            break
        text = ctx.text(before)
        if not text.startswith(("///", "/**")):
            break
        lines.insert(0, text.rstrip("\n").removeprefix("///").removeprefix("/**").removesuffix("*/"))
        before = before.prev_sibling
    return "\n".join(lines)


def is_test(ctx: RustContext, attribute: Node) -> bool:
    """Say whether an attribute makes a function a test: `#[test]`, `#[tokio::test]`, `#[rstest]`."""
    inner = attribute.named_children[0] if attribute.named_children else None
    name = "" if inner is None or not inner.named_children else ctx.text(inner.named_children[0])
    return name.rpartition("::")[2] in ("test", "rstest", "bench", "proptest", "quickcheck")
