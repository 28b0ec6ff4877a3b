"""A review as people and machines read it: comments, annotations, SARIF, JSON, lines of a terminal. Pure.

`wording` and `symbols` say it once, in plain sentences in which names of the repository stand between backticks; the
others lay those sentences out. Everything that a stranger may have named passes through `markdown` or the terminal's
escape; nothing here judges, counts against the gate, or reads a file.
"""
