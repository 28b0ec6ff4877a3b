"""What the tools that know the tree answer: text out of a search or a code graph. Pure; nothing here reads a file."""
