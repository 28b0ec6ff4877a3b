"""Who calls what: links the facts of all files and follows values through them to a fixpoint.

`program` knows files, modules and names; `engine` moves sets of abstract objects along flows; `bodies` turns a body's
instructions into flows; `lookup` finds attributes, `calls` binds arguments; `library` models the outside.
"""
