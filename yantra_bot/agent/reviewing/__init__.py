"""A review with a model: it reads a change part by part, and every remark has to survive a second, sceptical look.

Control's side, and pure but for the asking, which is handed in. Nothing a model says is posted on its word alone.
"""
