"""Source in fewer tokens, for reading alone: the same syntax tree, without comments, blank lines, deep indents."""
